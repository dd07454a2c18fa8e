package player

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Waive says that a unit's requirements are met by other means.
type Waive struct {
	Registration id.Attempt
	// Unit is the unit's id, or its maker's.
	Unit   string
	Reason string
}

// maxWaiver bounds the reason of a waiver, in bytes.
const maxWaiver = 2000

// waivedBody is the body of player.waived, version 1: the reason lies apart.
type waivedBody struct {
	Attempt  id.Attempt `json:"attempt"`
	Activity string     `json:"activity"`
	Session  string     `json:"session,omitempty"`
}

// Waive waives a unit, with a reason. Of cmi5 the statement "waived" is written,
// under a session id of its own, and what is satisfied by it (9.3.7, 9.3.9). Each
// unit is waived once in a registration: again is a fault of kind Conflict.
func (s *Service) Waive(ctx context.Context, op id.Operation, in Waive) error {
	if in.Reason == "" || len(in.Reason) > maxWaiver {
		return fault.Bad("fault.invalid", fault.Field{Name: "reason", Key: "fault.required"})
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var out struct{}
		_, err := journal.Once(tx, op, "player.waive", &out, func() error {
			a, c, err := s.settled(tx, access.Record, in.Registration)
			if err != nil {
				return err
			}
			u, err := c.unitBy(in.Unit)
			if err != nil {
				return err
			}
			return s.waive(tx, a, c, u, in.Reason)
		})
		return err
	})
}

func (s *Service) waive(tx *db.Tx, a Attempt, c *Course, u *Unit, reason string) error {
	m, err := marksOf(tx, a.ID)
	if err != nil {
		return err
	}
	if m.has(u.ID, markWaived) {
		return fault.New(fault.Conflict, "player.waived-before", nil)
	}
	session := id.New[string]()
	if err := insertMark(tx, a, u.ID, markWaived, session, reason, tx.Now()); err != nil {
		return err
	}
	m.set(u.ID, markWaived, tx.Now())
	if c.Kind == Cmi5 {
		of, err := s.of(tx, a, session)
		if err != nil {
			return err
		}
		st, err := of.Waived(s.au(c, u), reason, tx.Now())
		if err != nil {
			return err
		}
		if err := s.write(tx, a, st); err != nil {
			return err
		}
		if err := s.satisfy(tx, a, c, m, session, tx.Now()); err != nil {
			return err
		}
	}
	units, err := unitsOf(tx, a.ID)
	if err != nil {
		return err
	}
	r := units[u.ID]
	r.activity, r.completion, r.percent, r.touched = u.ID, completed, 100, tx.Now()
	if r.success != passed {
		r.success = passed
	}
	units[u.ID] = r
	if err := setUnit(tx, a.ID, a.Person, r); err != nil {
		return err
	}
	return s.judgeRun(tx, &a, c, "", units, tx.Now(), func(changed ...journal.Row) error {
		return journal.Append(tx, journal.Entry{
			Kind: "player.waived", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID),
			Body: waivedBody{Attempt: a.ID, Activity: u.ID, Session: session}, Rows: changed,
		})
	})
}

// Abandon ends a session that did not end by itself, as another launch ends it. Of
// what does not speak xAPI that is a launch: what is on her device is kept when it
// comes, and counts for what was reached, but it is not what she resumes from. One that was
// abandoned, or that another launch has followed, stays so; one that has ended is a
// fault of kind Conflict.
func (s *Service) Abandon(ctx context.Context, op id.Operation, session string) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var out struct{}
		_, err := journal.Once(tx, op, "player.abandon", &out, func() error {
			l, err := launchBySession(tx, session)
			if err != nil {
				return err
			}
			a, c, err := s.settled(tx, access.Record, l.Attempt)
			if err != nil {
				return err
			}
			if !c.Kind.Speaks() {
				return abandonLaunch(tx, a, l)
			}
			row, err := sessionByID(tx, session)
			switch {
			case err != nil:
				return err
			case !row.AbandonedAt.IsZero():
				return nil
			case !row.EndedAt.IsZero():
				return fault.New(fault.Conflict, "player.session-over", nil)
			}
			return s.abandon(tx, a, c, &row)
		})
		return err
	})
}

// abandonLaunch ends a launch of what does not speak xAPI.
func abandonLaunch(tx *db.Tx, a Attempt, l launchRow) error {
	ended, replaced := !l.EndedAt.IsZero(), !l.ReplacedAt.IsZero()
	switch {
	case ended && (!replaced || l.EndedAt.Before(l.ReplacedAt)):
		return fault.New(fault.Conflict, "player.session-over", nil)
	case replaced:
		return nil
	}
	if _, err := tx.Exec(`UPDATE player_launches SET replaced_at = ?2, ended_at = ?2 WHERE id = ?1`, l.ID, db.Micros(tx.Now())); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "player.session-abandoned", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(l.ID),
		Body: abandonedBody{Attempt: a.ID, Session: l.Session}, Rows: []journal.Row{journal.RowOf(launchesTable(), l.ID)},
	})
}

// settled loads an attempt at a package for staff or a program who read or settle it.
func (s *Service) settled(tx *db.Tx, verb access.Verb, attempt id.Attempt) (Attempt, *Course, error) {
	a, err := attemptByID(tx, attempt)
	if err != nil {
		return a, nil, err
	}
	place := access.Place{}
	if a.Cohort != "" {
		if place, err = s.cohorts.Place(tx, a.Person, a.Cohort); err != nil {
			return a, nil, err
		}
	}
	if err := access.Allow(tx.Actor(), verb, progress(a.ID, a.Person, place)); err != nil {
		return a, nil, err
	}
	if a.Page != "" {
		return a, nil, fault.New(fault.NotFound, "player.no-attempt", nil)
	}
	c, err := s.shelf.Course(tx, a.Version)
	return a, c, err
}
