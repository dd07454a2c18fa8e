package people

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Link ties a participant to her line manager, with her agreement and for as
// long as she wants: he may then say how often he sees what she learnt being
// used, and nothing else. A person has one link at a time.
type Link struct {
	ID         id.Link
	Person     id.Person
	Supervisor id.Person
	Since      time.Time
}

var links = db.Table{
	Name: "people_links", Owner: "people", Journalled: []string{"person", "supervisor", "since", "until"}, Person: "person",
	Purpose: "Which line manager a participant has agreed to link.", Keep: "until she ends it, and a year more for the record of who could confirm",
	Erase: db.EraseDelete,
}

// SupervisorOf returns whom a person has linked; "" for nobody.
func SupervisorOf(tx *db.Tx, p id.Person) (id.Person, error) {
	l, err := linkOf(tx, p)
	if l == nil {
		return "", err
	}
	return l.Supervisor, err
}

// LinkedTo lists the people who have linked supervisor, in the order in which
// they did.
func LinkedTo(tx *db.Tx, supervisor id.Person) ([]id.Person, error) {
	return db.Collect(tx, func(r *db.Rows) (id.Person, error) {
		var p id.Person
		return p, r.Scan(&p)
	}, `SELECT person FROM people_links WHERE supervisor = ?1 AND until = 0 ORDER BY since, id`, supervisor)
}

func linkOf(tx *db.Tx, p id.Person) (*Link, error) {
	var l Link
	var since int64
	err := tx.QueryRow(`SELECT id, person, supervisor, since FROM people_links WHERE person = ?1 AND until = 0`, p).
		Scan(&l.ID, &l.Person, &l.Supervisor, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	l.Since = db.Time(since)
	return &l, err
}

// LinkOf returns the link that p has agreed to: nil for none. She sees it, and
// so do the officers of her programme.
func (s *Service) LinkOf(ctx context.Context, p id.Person) (l *Link, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err := Object(tx, access.Link, p)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.Read, o); err != nil {
			return err
		}
		l, err = linkOf(tx, p)
		return err
	})
	return l, err
}

// AgreeLink links the person who acts to a supervisor, in place of any other.
// Nobody can do it for her. It returns Invalid if she names herself, and
// NotFound for somebody who is not known.
func (s *Service) AgreeLink(ctx context.Context, op id.Operation, supervisor id.Person) error {
	p := actor.From(ctx).Person
	var out id.Link
	return alter(ctx, s, op, "people.agree-link", access.Create, access.Link, p, &out, func(tx *db.Tx) error {
		if supervisor == p {
			return fault.Bad("people.mend", fault.Field{Name: "supervisor", Key: "people.link-self"})
		}
		if _, err := get(tx, supervisor); err != nil {
			return err
		}
		if err := endLink(tx, p); err != nil {
			return err
		}
		out = id.New[id.Link]()
		if _, err := tx.Exec(`INSERT INTO people_links (id, person, supervisor, since, until) VALUES (?1, ?2, ?3, ?4, 0)`,
			out, p, supervisor, db.Micros(tx.Now())); err != nil {
			return err
		}
		return record(tx, "people.link-agreed", string(out), p, 1, journal.RowOf(links, out))
	})
}

// EndLink ends p's link at once; it is no error if there is none. She does it,
// or an officer of her programme where a link does harm.
func (s *Service) EndLink(ctx context.Context, op id.Operation, p id.Person) error {
	var out struct{}
	return alter(ctx, s, op, "people.end-link", access.Delete, access.Link, p, &out, func(tx *db.Tx) error {
		return endLink(tx, p)
	})
}

func endLink(tx *db.Tx, p id.Person) error {
	l, err := linkOf(tx, p)
	if err != nil || l == nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE people_links SET until = ?2 WHERE id = ?1`, l.ID, db.Micros(tx.Now())); err != nil {
		return err
	}
	return record(tx, "people.link-ended", string(l.ID), p, 2, journal.RowOf(links, l.ID))
}
