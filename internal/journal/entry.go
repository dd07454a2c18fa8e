package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
)

// Hash is a SHA-256 hash.
type Hash [sha256.Size]byte

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

func hashOf(b []byte) (Hash, error) {
	var h Hash
	if len(b) != len(h) {
		return h, fmt.Errorf("journal: a hash of %d bytes", len(b))
	}
	copy(h[:], b)
	return h, nil
}

// stored returns what a hash column holds. Bytes of another length cannot be a
// hash; they become one that no entry has, so that whoever compares sees it.
func stored(b []byte) Hash {
	h, err := hashOf(b)
	if err != nil {
		for i := range h {
			h[i] = 0xff
		}
	}
	return h
}

// ParseHash is the inverse of [Hash.String].
func ParseHash(s string) (Hash, error) {
	b, err := hex.DecodeString(s)
	if err != nil {
		return Hash{}, fmt.Errorf("journal: not a hash: %.80q", s)
	}
	return hashOf(b)
}

// Entry is what a service appends.
type Entry struct {
	// Actor is who does it. The zero Actor means the transaction's own.
	Actor actor.Actor
	// Kind names what happened, "area.what-happened", in the past tense.
	Kind string
	// Version is the version of the body's form, from 1.
	Version int
	// Scope is the narrowest scope that the fact belongs to.
	Scope actor.Scope
	// Subject is the id of what it happened to; empty where that is several things,
	// which the body names.
	Subject string
	// Body is marshalled as JSON: ids, revisions, hashes, figures, codes.
	Body any
	// Rows are the state rows, as just written, that the entry vouches for.
	Rows []Row
}

// Record is an entry as it stands in the journal.
type Record struct {
	Lane        string
	Origin      string
	Incarnation string
	Sequence    int64
	At          time.Time
	Actor       string
	Kind        string
	Version     int
	Scope       actor.Scope
	Subject     string
	Previous    Hash
	BodyHash    Hash
	Hash        Hash
	// Body is the body's JSON; nil if it was redacted.
	Body []byte
}

// sum hashes fields so that no two different lists of fields hash alike: each
// is preceded by its length, and the domain by nothing else that hashes alike.
type sum []byte

func newSum(domain string) sum {
	s := make(sum, 0, 1024)
	s.text(domain)
	return s
}

func (s *sum) bytes(b []byte) {
	*s = append(binary.BigEndian.AppendUint64(*s, uint64(len(b))), b...)
}

func (s *sum) text(t string) {
	*s = append(binary.BigEndian.AppendUint64(*s, uint64(len(t))), t...)
}

func (s *sum) number(i int64) {
	*s = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(*s, 8), uint64(i))
}

func (s sum) hash() Hash { return sha256.Sum256(s) }

// hash computes the entry's hash from its fields.
func (r *Record) hash() Hash {
	s := newSum("cadre journal entry 1")
	s.text(r.Lane)
	s.text(r.Origin)
	s.text(r.Incarnation)
	s.number(r.Sequence)
	s.number(db.Micros(r.At))
	s.text(r.Actor)
	s.text(r.Kind)
	s.number(int64(r.Version))
	s.text(r.Scope.Country)
	s.text(string(r.Scope.Agency))
	s.text(string(r.Scope.Programme))
	s.text(string(r.Scope.Cohort))
	s.text(r.Subject)
	s.bytes(r.Previous[:])
	s.bytes(r.BodyHash[:])
	return s.hash()
}

// hashBody is the salted hash of a body and of the rows it vouches for.
func hashBody(salt, body []byte, rows []vouched) Hash {
	s := newSum("cadre journal body 1")
	s.bytes(salt)
	s.bytes(body)
	s.number(int64(len(rows)))
	for _, r := range rows {
		s.text(r.name)
		s.text(r.id)
		s.number(int64(r.columns))
		s.bytes(r.digest[:])
	}
	return s.hash()
}

var kindForm = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$`)
