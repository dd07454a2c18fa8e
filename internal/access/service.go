package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Directory is what access asks of whoever knows people; package people is it.
type Directory interface {
	// Object returns a person as the policy sees her, as an object of the kind.
	Object(tx *db.Tx, kind Kind, p id.Person) (Object, error)
	// Branch returns an agency's country and branch.
	Branch(tx *db.Tx, agency id.Agency) (Place, error)
	// Locate says that a grant places a person; Unlocate takes it back.
	Locate(tx *db.Tx, p id.Person, grant id.Grant, at Place) error
	Unlocate(tx *db.Tx, p id.Person, grant id.Grant) error
	// Prefs returns how she wants to read.
	Prefs(tx *db.Tx, p id.Person) (i18n.Prefs, error)
	// Enter makes a person of one name, who works in a place.
	Enter(tx *db.Tx, name, email string, at Place) (id.Person, error)
}

// Deps are what the service needs of others.
type Deps struct {
	DB     *db.DB
	People Directory
	// Key makes and hashes codes. It is kept outside the database and its backups,
	// shared by all instances on one database, and at least 32 bytes long.
	Key []byte
}

// Service is the operations of this package.
type Service struct {
	db     *db.DB
	people Directory
	key    []byte
	hasher *hasher
	noted  noted
}

// New returns a service.
func New(d Deps) (*Service, error) {
	if d.DB == nil || d.People == nil {
		return nil, errors.New("access: DB and People are needed")
	}
	if len(d.Key) < 32 {
		return nil, errors.New("access: the key is shorter than 32 bytes")
	}
	return &Service{db: d.DB, people: d.People, key: slices.Clone(d.Key), hasher: newHasher()}, nil
}

// update does one operation in the main lane, at most once.
func update[T any](ctx context.Context, s *Service, op id.Operation, kind string, out *T, f func(*db.Tx) error) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, kind, out, func() error { return f(tx) })
		return err
	})
}

// ReaderProgram is the [Reading.Role] of a program that showed a token or a key.
const ReaderProgram actor.Role = "program"

// RecordRead notes that the actor of ctx, a person or a program with a token,
// read kind of these people, by the route of ctx, today. Her own data, and what
// commands and timers read, is not noted.
// What cannot be recorded is not shown: the caller withholds it on an error.
func (s *Service) RecordRead(ctx context.Context, kind Kind, ps ...id.Person) error {
	a := actor.From(ctx)
	reader, role := string(a.Person), a.Grant.Role
	switch {
	case a.Person != "":
	case a.Token != "":
		reader, role = a.ID(), ReaderProgram
	default:
		return nil
	}
	day := s.db.Clock().Now().Format("2006-01-02")
	route := actor.Route(ctx)
	var fresh []id.Person
	err := s.db.View(ctx, func(tx *db.Tx) error {
		noted := map[id.Person]bool{a.Person: true}
		for some := range slices.Chunk(ps, 500) {
			args := []any{day, reader, role, kind, route}
			marks := make([]string, len(some))
			for i, p := range some {
				args = append(args, p)
				marks[i] = fmt.Sprintf("?%d", len(args))
			}
			known, err := db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
				`SELECT whom FROM access_reads WHERE whom IN (`+strings.Join(marks, ", ")+`)
				AND day = ?1 AND reader = ?2 AND role = ?3 AND kind = ?4 AND route = ?5`, args...)
			if err != nil {
				return err
			}
			for _, p := range known {
				noted[p] = true
			}
		}
		for _, p := range ps {
			if !noted[p] {
				fresh = append(fresh, p)
				noted[p] = true
			}
		}
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return err
	}
	return s.db.Update(ctx, db.Reads, func(tx *db.Tx) error {
		for _, p := range fresh {
			if _, err := tx.Exec(`INSERT INTO access_reads (day, whom, reader, role, kind, route, at)
				VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING`,
				day, p, reader, role, kind, route, db.Micros(tx.Now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reading is one line of the record of who read whose data.
type Reading struct {
	Day    string // civil date in UTC
	Reader string // as actor.Actor.ID names them
	Role   actor.Role
	Kind   Kind
	Route  string
}

// ReadsOf returns who read a person's data, newest first, at most the last 500
// lines: for herself.
func (s *Service) ReadsOf(ctx context.Context, p id.Person) ([]Reading, error) {
	var out []Reading
	err := s.db.View(ctx, func(tx *db.Tx) error {
		if err := Allow(tx.Actor(), Read, Object{Kind: Reads, ID: string(p), Subject: p}); err != nil {
			return err
		}
		var err error
		out, err = db.Collect(tx, func(r *db.Rows) (Reading, error) {
			var x Reading
			return x, r.Scan(&x.Day, &x.Reader, &x.Role, &x.Kind, &x.Route)
		}, `SELECT day, reader, role, kind, route FROM access_reads WHERE whom = ?1 ORDER BY at DESC, kind LIMIT 500`, p)
		return err
	})
	return out, err
}

// Routing judges routes by the policy, in web's terms.
type Routing struct{}

// Known reports whether any rule speaks of verb done to kind.
func (Routing) Known(verb, kind string) bool { return Known(Verb(verb), Kind(kind)) }

// Could reports whether a's role may do verb to some object of kind.
func (Routing) Could(a actor.Actor, verb, kind string) bool { return Could(a, Verb(verb), Kind(kind)) }

func unknownPerson() error { return fault.New(fault.NotFound, "access.not-found", nil) }
