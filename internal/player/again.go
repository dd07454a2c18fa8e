package player

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// AgainFor is how long after it was asked for a launch that another program opened may
// be reloaded: a working day.
const AgainFor = 12 * time.Hour

// Again asks once more for a launch that its ticket has opened in the player's frame,
// for whoever has its pass: a ticket is good once, and a page that was opened by one may
// still be reloaded. What comes is the ticket of another launch of the same unit, in the
// same registration and mode, and with the same way back. The same operation that is
// sent again gets the same ticket. Where another launch has gone on since, this one was
// ended by anybody but her, or is too old, it is a fault of kind Closed.
func (s *Service) Again(ctx context.Context, op id.Operation, pass string) (string, error) {
	of, ok := s.shown(useAgain, pass)
	if !ok {
		return "", fault.New(fault.Unauthenticated, "player.no-launch", nil)
	}
	if err := s.ready(ctx); err != nil {
		return "", err
	}
	var out struct {
		LaunchedFor
		Before string `json:"before"`
	}
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out.LaunchedFor, out.Before = LaunchedFor{}, of
		_, err := journal.Once(tx, op, "player.launch-again", &out, func() error {
			in, err := s.asBefore(tx, id.Launch(of))
			if err != nil {
				return err
			}
			return s.launchFor(tx, in, &out.LaunchedFor)
		})
		if err == nil && out.Before != of {
			err = fault.New(fault.Conflict, "journal.operation-taken", nil)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return s.ticket(out.Launch), nil
}

// asBefore asks for what a launch was asked with.
func (s *Service) asBefore(tx *db.Tx, launch id.Launch) (LaunchFor, error) {
	closed := fault.New(fault.Closed, "player.launch-used", nil)
	var back string
	var opened, own int64
	err := tx.QueryRow(`SELECT back, opened_at, own_window FROM player_tickets WHERE launch = ?1`, launch).Scan(&back, &opened, &own)
	if errors.Is(err, sql.ErrNoRows) {
		return LaunchFor{}, closed
	}
	if err != nil {
		return LaunchFor{}, err
	}
	l, err := scanLaunch(tx.QueryRow(`SELECT `+launchColumns+` FROM player_launches WHERE id = ?1`, launch).Scan)
	if err != nil {
		return LaunchFor{}, err
	}
	if opened == 0 || own == 1 || !l.ReplacedAt.IsZero() || tx.Now().Sub(l.StartedAt) > AgainFor {
		return LaunchFor{}, closed
	}
	a, err := attemptByID(tx, l.Attempt)
	if err != nil {
		return LaunchFor{}, err
	}
	c, err := s.shelf.Course(tx, a.Version)
	if err != nil {
		return LaunchFor{}, err
	}
	if c.Kind.Speaks() {
		row, err := sessionByLaunch(tx, launch)
		if err != nil {
			return LaunchFor{}, err
		}
		if !row.AbandonedAt.IsZero() {
			return LaunchFor{}, closed
		}
	}
	return LaunchFor{Package: c.Module, Person: a.Person, Unit: l.Activity, Registration: a.ID, Mode: l.Mode, Back: back}, nil
}
