package workshop

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// maxTries bounds wrong PINs of one person in one half-day.
const maxTries = 6

// PINTyped is the number that a participant read in the room.
type PINTyped struct {
	Register id.Register
	PIN      string
}

// TypePIN records the half-day's PIN as the participant's own sign that she is
// in the room. It is taken from half an hour before the start to the end.
func (s *Service) TypePIN(ctx context.Context, op id.Operation, in PINTyped) (Judgement, error) {
	var out Judgement
	wrong := false
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		h, err := halfDay(tx, in.Register)
		if err != nil {
			return err
		}
		p := tx.Actor().Person
		if err := s.allowHalf(tx, access.Record, access.Evidence, h, p); err != nil {
			return err
		}
		if err := s.known(tx, h, p); err != nil {
			return err
		}
		tries, err := triesOf(tx, h.ID, p)
		if err != nil {
			return err
		}
		if tries >= maxTries {
			return fault.New(fault.Limited, "workshop.pin-tries", nil)
		}
		if err := s.running(tx, h); err != nil {
			return err
		}
		typed := i18n.Plain(strings.TrimSpace(in.PIN))
		if subtle.ConstantTimeCompare([]byte(typed), []byte(h.PIN)) != 1 {
			wrong = true // counted, so the transaction has to be kept
			return countTry(tx, h.ID, p)
		}
		_, err = journal.Once(tx, op, "workshop.type-pin", &out, func() error {
			rows, err := s.sign(tx, h, Evidence{Person: p, Source: PIN, Says: Present, Mode: InPerson, At: tx.Now()})
			if err != nil {
				return err
			}
			if out, err = s.judge(tx, h, p); err != nil {
				return err
			}
			return s.note(tx, "workshop.pin-typed", h.Cohort, string(h.ID), signGiven{h.Key, p}, rows...)
		})
		return err
	})
	if err == nil && wrong {
		err = fault.Bad("workshop.mend", fault.Field{Name: "pin", Key: "workshop.pin-wrong"})
	}
	return out, err
}

// running refuses signs of presence outside of a half-day.
func (s *Service) running(tx *db.Tx, h HalfDay) error {
	starts, err := h.Starts.Instant()
	if err != nil {
		return err
	}
	ends, err := h.Ends.Instant()
	if err != nil {
		return err
	}
	if tx.Now().Before(starts.Add(-30*time.Minute)) || tx.Now().After(ends) {
		return fault.New(fault.Closed, "workshop.not-running", fault.Args{"starts": h.Starts})
	}
	return open(h)
}

func triesOf(tx *db.Tx, r id.Register, p id.Person) (int, error) {
	var n int
	err := tx.QueryRow(`SELECT tries FROM workshop_tries WHERE register = ?1 AND person = ?2`, r, p).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

func countTry(tx *db.Tx, r id.Register, p id.Person) error {
	_, err := tx.Exec(`INSERT INTO workshop_tries (id, register, person, tries) VALUES (?1, ?2, ?3, 1)
		ON CONFLICT (register, person) DO UPDATE SET tries = workshop_tries.tries + 1`, id.New[id.Evidence](), r, p)
	return err
}

// Join records that the actor opened a session's online link, and returns it.
// It proves that the link was opened, and nothing more.
func (s *Service) Join(ctx context.Context, op id.Operation, session id.WorkshopSession) (string, error) {
	var out string
	err := do(ctx, s, op, "workshop.join", &out, func(tx *db.Tx) error {
		h, err := halfDayOf(tx, session)
		if err != nil {
			return err
		}
		p := tx.Actor().Person
		if err := s.allowHalf(tx, access.Record, access.Evidence, h, p); err != nil {
			return err
		}
		if err := s.known(tx, h, p); err != nil {
			return err
		}
		t, err := timetable(tx, h.Cohort, h.Stage)
		if err != nil {
			return err
		}
		x, _, _ := t.Session(session)
		if out = t.LinkOf(x); out == "" {
			return fault.New(fault.NotFound, "workshop.no-link", nil)
		}
		starts, err := h.Starts.Instant()
		if err != nil {
			return err
		}
		if tx.Now().Before(starts.Add(-30 * time.Minute)) {
			return nil // a look beforehand is no sign of anything
		}
		rows, err := s.sign(tx, h, Evidence{Person: p, Source: Link, Mode: Online, At: tx.Now()})
		if err != nil {
			return err
		}
		return s.note(tx, "workshop.link-opened", h.Cohort, string(x.ID), signGiven{h.Key, p}, rows...)
	})
	return out, err
}
