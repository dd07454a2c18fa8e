package player

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/url"
	"slices"
	"strings"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Kind says which run time a package talks to.
type Kind string

// The kinds of packages that the player plays.
const (
	Scorm12   Kind = "scorm12"
	Scorm2004 Kind = "scorm2004"
	Cmi5      Kind = "cmi5"
	XAPI      Kind = "xapi" // tincan.xml
	H5P       Kind = "h5p"
)

// Course is a package made elsewhere, as far as playing it goes: one version of
// it, which never changes.
type Course struct {
	Version id.ModuleVersion
	Module  id.Module
	// Of is the module that it is in its language; Module, where that is its own.
	Of  id.Module
	Key string // of the module that it is
	// Publisher is the id that cmi5's course has from its maker; empty for others.
	Publisher string
	Kind      Kind
	Title     string
	Language  string
	// Units is the activity tree below the course, in manifest order.
	Units []Unit
	// Sequencing is what SCORM 2004 asks for, as the run time takes it, with the
	// activity tree in its member activityTree; nil for SCORM 1.2.
	Sequencing json.RawMessage
	// Shared says that the package's global objectives are the learner's own,
	// over all packages (adlseq:objectivesGlobalToSystem).
	Shared bool
	// Bytes is what the whole package weighs on the wire.
	Bytes int64
	// Hosts are hosts outside that an officer allows it to load from, and to be
	// launched from; Popups lets it open windows of its own origin.
	Hosts  []string
	Popups bool
	// Withdrawn says that it was taken out of use: nobody opens it any more.
	Withdrawn bool
	// Lacks is what it lacks for some learners, as an officer has noted it.
	Lacks Lacks
}

// Lacks is what a package lacks for some learners.
type Lacks struct {
	Captions bool   // for what is said in it
	Keyboard bool   // it cannot be used by keyboard alone
	Other    string // in an officer's words
}

// Plays reports whether there is a run time for packages of that kind.
func (k Kind) Plays() bool { return k == Scorm12 || k == Scorm2004 || k == H5P || k.Speaks() }

// Unit is a node of the activity tree: a chapter, or something to launch. Ids are
// the maker's, since packages navigate by them.
type Unit struct {
	ID string `json:"id"`
	// Key is its id as it stands in addresses; empty where ID does.
	Key   string `json:"-"`
	Title string `json:"title"`
	// Href is where it starts: a path of the package with its parameters; empty
	// for a chapter.
	Href string `json:"href,omitempty"`
	// Asset is set for what does not speak to the run time: opening it completes it.
	Asset bool `json:"asset,omitempty"`
	// Hidden keeps it out of the tree that learners see.
	Hidden bool `json:"hidden,omitempty"`
	// Prerequisites is SCORM 1.2's expression (aicc_script) over ids.
	Prerequisites string `json:"prerequisites,omitempty"`
	// Given are the elements of the data model that the manifest sets, by their
	// dotted names: launch data, mastery score, time limits, thresholds.
	Given map[string]string `json:"given,omitempty"`
	// Says is what a unit is told that speaks xAPI.
	Says  Says   `json:"-"`
	Units []Unit `json:"units,omitempty"`
}

// Says is what a manifest tells a unit that speaks xAPI: cmi5's AU metadata.
type Says struct {
	MoveOn      string
	Mastery     *float64
	Parameters  string
	Entitlement string
	Type        string
	OwnWindow   bool
}

// leaves goes through the units that can be launched, in manifest order.
func (c *Course) leaves() iter.Seq[*Unit] {
	return func(yield func(*Unit) bool) {
		var walk func(us []Unit) bool
		walk = func(us []Unit) bool {
			for i := range us {
				if u := &us[i]; u.Href != "" && !yield(u) || !walk(us[i].Units) {
					return false
				}
			}
			return true
		}
		walk(c.Units)
	}
}

// Leaves returns the units that can be launched, in manifest order.
func (c *Course) Leaves() []Unit {
	var out []Unit
	for u := range c.leaves() {
		out = append(out, *u)
	}
	return out
}

// Unit returns the unit of that id that can be launched; nil if there is none.
func (c *Course) Unit(key string) *Unit {
	for u := range c.leaves() {
		if u.ID == key {
			return u
		}
	}
	return nil
}

// CourseFile is one file of a package.
type CourseFile struct {
	Media string
	// Digest names its content, Size counts it.
	Digest string
	Size   int64
	Open   func() (io.ReadSeekCloser, error)
	// Packed are the same bytes compressed, the smallest first.
	Packed []PackedFile
}

// PackedFile is a file in a content coding.
type PackedFile struct {
	Coding string // "br", "zstd", "gzip"
	Size   int64
	Open   func() (io.ReadSeekCloser, error)
}

// pathToken is the name under which a person's browser finds the files of a
// version: the same at every launch, so that what was fetched once is kept, and
// meaningless to whoever reads it. It opens files of the package and nothing
// else; what she did is guarded by a launch's credential.
func (s *Service) pathToken(p id.Person, v id.ModuleVersion) string {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte("files\x00" + string(p) + "\x00" + string(v)))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil)[:20]))
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// path makes sure that a person's path to a version is open, and returns it.
func (s *Service) path(tx *db.Tx, p id.Person, v id.ModuleVersion) (string, error) {
	token := s.pathToken(p, v)
	_, err := tx.Exec(`INSERT INTO player_paths (id, person, version, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`,
		hashed(token), p, v, db.Micros(tx.Now()))
	return token, err
}

// File finds a file for whoever holds the path's token. It asks for no session:
// the token is the right to read, and to nothing else.
func (s *Service) File(ctx context.Context, token, path string) (f *CourseFile, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err := s.versionAt(tx, token)
		if err != nil {
			return err
		}
		f, err = s.shelf.CourseFile(tx, v, path)
		return err
	})
	return f, err
}

// Held is a package as far as serving it goes.
type Held struct {
	Kind Kind
	// Hosts and Popups are what an officer allows it.
	Hosts  []string
	Popups bool
	// Origins are those of units that lie outside, at hosts that an officer allows:
	// no other may read what such a unit is answered.
	Origins []string
}

// origins are those of units outside, as far as their hosts are allowed.
func (c *Course) origins() (out []string) {
	for _, l := range c.Leaves() {
		if u, err := url.Parse(l.Href); err == nil && l.remote() && slices.Contains(c.Hosts, strings.ToLower(u.Host)) {
			out = append(out, u.Scheme+"://"+strings.ToLower(u.Host))
		}
	}
	return out
}

// Holds returns what a path's token opens, or a fault of kind NotFound.
func (s *Service) Holds(ctx context.Context, token string) (h Held, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err := s.versionAt(tx, token)
		if err != nil {
			return err
		}
		c, err := s.shelf.Course(tx, v)
		if err != nil {
			return err
		}
		h = Held{Kind: c.Kind, Hosts: c.Hosts, Popups: c.Popups, Origins: c.origins()}
		return nil
	})
	return h, err
}

// versionAt is the version that a path's token opens.
func (s *Service) versionAt(tx *db.Tx, token string) (v id.ModuleVersion, err error) {
	if len(token) == previewToken {
		return s.previewed(token, tx.Now())
	}
	err = tx.QueryRow(`SELECT version FROM player_paths WHERE id = ?1`, hashed(token)).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "fault.not-found", nil)
	}
	return v, err
}
