// Package id mints and parses the typed identifiers of everything in Cadre.
//
// An identifier is a UUIDv7 (RFC 9562, section 5.7) in its text form. It is
// minted where the thing arises, so that two sites without a connection never
// collide. It is never a secret (see [Secret] for those) and never an order:
// what must be ordered carries a time or a sequence.
//
// Each kind of thing has a string type of its own, so that a person's id cannot
// be handed where a cohort's is wanted.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"
)

// The kinds of things that have an identifier.
type (
	Person          string
	Name            string
	Agency          string
	Unit            string
	Affiliation     string
	Grant           string
	Session         string // a sign-in session; a workshop's is a WorkshopSession
	Credential      string
	Token           string // by which another program calls
	Invitation      string
	Programme       string
	Version         string // an imported version of a blueprint
	Cohort          string
	Nomination      string
	Seat            string
	Letter          string
	Enrolment       string
	Selection       string // a signed choice of some of a cohort
	Ranked          string // one person's line of it
	Certificate     string
	Fact            string
	Review          string // a decision that a later fact puts in doubt
	Module          string
	Attempt         string
	Response        string
	Register        string // of one half-day of a workshop
	WorkshopSession string // one item of a timetable
	Room            string
	Evidence        string // one sign of attendance
	Admission       string // somebody let in at the door
	Change          string // an announced change of a session
	Booking         string
	Note            string
	Goal            string
	File            string
	Job             string
	Message         string
	Operation       string // an operation id: one act of one person, however often it is sent
	Site            string
	Release         string
	Entry           string
	Link            string // of a participant to her line manager
	StaffCount      string // how many of an agency could be proposed
)

// The kinds of what is learned from and tested with.
type (
	ModuleVersion string // a version of a module's material
	Outside       string // a certificate earned elsewhere
	Ruling        string // what staff decided about somebody's way through a module
	Launch        string // one opening of a package made elsewhere
	Upload        string // a package on its way in, part by part
	TestVersion   string // a version of a test's items
)

// Things of a cohort.
type (
	Quota       string
	Call        string
	Movement    string // a line of the seat ledger
	Cover       string // an officer and days that a letter covers
	Exception   string
	Contest     string // a participant's word that her attendance is recorded wrongly
	TimeRequest string // an officer's word that she needs more time
	TimeAnswer  string // what was answered to it
	Reach       string // an attempt to reach somebody
	Need        string
	Arrangement string
	Import      string
	Paper       string // the scanned paper on which an officer's answer came
)

// Contact is one way to reach a person.
type Contact string

// The kinds of coaching.
type (
	Pairing         string // of a participant with a coach
	CoachingSession string // one session, or one day of a group event for one person
	Survey          string
	Testimonial     string
	FollowUp        string // one person's answer about use at work
)

// New mints an identifier.
func New[T ~string]() T {
	var b [16]byte
	if _, err := rand.Read(b[6:]); err != nil {
		panic(err) // crypto/rand does not fail on supported systems
	}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(time.Now().UnixMilli()))
	copy(b[:6], ms[2:])
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return T(fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// Parse accepts the canonical lower-case text form of a UUID, of any version,
// and nothing else.
func Parse[T ~string](s string) (T, error) {
	if !Valid(s) {
		return "", fmt.Errorf("id: not an identifier: %.40q", s)
	}
	return T(s), nil
}

// Valid reports whether s is a canonical identifier.
func Valid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

const alphabet = "abcdefghijkmnpqrstuvwxyz23456789" // 32 signs, without l, o, 0 and 1

// Secret returns a random string of n signs, 5 bits each, for links and tokens.
// It is written in letters and digits that cannot be taken for one another.
func Secret(n int) string {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return string(b)
}
