package player

import (
	"context"
	"errors"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Saved is what the record store has of a session of a unit that speaks xAPI: what the
// frame around it may say is saved.
type Saved struct {
	// At is when it last took something; zero while it has taken nothing.
	At time.Time `json:"at,omitzero"`
	// Ended says that the unit has said itself that it is over, Refused that nothing
	// more is taken though it has not: another launch has followed, the session was
	// ended or silent for too long, or the package is out of use.
	Ended   bool `json:"ended,omitempty"`
	Refused bool `json:"refused,omitempty"`
	// Units says how far each unit has come, by its id.
	Units map[string]UnitState `json:"units"`
}

// pass lets whoever has it read what is saved of a launch, and nothing else: the
// player's frame, which may have no session, or one that ends before her work does.
func (s *Service) pass(l id.Launch) string { return string(l) + "." + s.derived(useSaved, string(l)) }

// Saved says what is saved of the launch that a pass is for. One that is unknown is a
// fault of kind Unauthenticated; after [LateFor] of silence it is Closed. To ask is no
// activity.
func (s *Service) Saved(ctx context.Context, pass string) (out Saved, err error) {
	stranger := fault.New(fault.Unauthenticated, "player.no-launch", nil)
	launch, ok := s.shown(useSaved, pass)
	if !ok {
		return out, stranger
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := sessionByLaunch(tx, id.Launch(launch))
		if err != nil {
			return err
		}
		if tx.Now().Sub(row.TouchedAt) > LateFor {
			return fault.New(fault.Closed, "player.too-late", nil)
		}
		a, err := attemptByID(tx, row.Attempt)
		if err != nil {
			return err
		}
		c, err := s.shelf.Course(tx, a.Version)
		if err != nil {
			return err
		}
		units, err := unitsOf(tx, a.ID)
		if err != nil {
			return err
		}
		out = Saved{At: row.HeardAt, Ended: !row.EndedAt.IsZero(), Units: make(map[string]UnitState, len(units))}
		out.Refused = !out.Ended && row.over(c, tx.Now()) != nil
		for k, u := range units {
			out.Units[k] = u.state()
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		err = stranger
	}
	return out, err
}

// heardEvery is how exactly it is kept when something was last taken of a session:
// units keep their state at every step.
const heardEvery = 5 * time.Second

// Kept answers lrs: the session was heard of, and with it the one in which she opened it
// is in use.
func (v *visit) Kept(ctx context.Context) (err error) {
	s := v.s
	if s.db.Clock().Now().Sub(v.row.HeardAt) >= heardEvery {
		err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE player_sessions SET heard_at = ?2, touched_at = ?2 WHERE id = ?1 AND heard_at < ?2`, v.row.ID, db.Micros(tx.Now()))
			return err
		})
	}
	if s.active == nil || v.row.OpenedIn == "" {
		return err
	}
	return errors.Join(err, s.active(ctx, v.row.OpenedIn))
}

// openedIn notes in which session of hers a launch is opened that another program asked
// for.
func openedIn(tx *db.Tx, l launchRow) error {
	who := tx.Actor()
	if who.Session == "" || who.Person != l.Person { // the device is another's, or nobody is signed in
		return nil
	}
	_, err := tx.Exec(`UPDATE player_sessions SET opened_in = ?2 WHERE launch = ?1`, l.ID, who.Session)
	return err
}
