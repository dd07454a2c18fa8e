package coaching

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/id"
)

// Desk is what a programme officer arranges for others: who coaches whom, and the
// times that wait for a yes.
type Desk struct {
	Pairings map[id.Person]Pairing // those that are asked for or live, by participant
	Proposed []Session             // the next first
}

// Desk returns the pairings of a coaching stage and the times proposed in it. It
// is for programme officers, who say yes for whoever is reached by telephone only.
func (s *Service) Desk(ctx context.Context, cohort id.Cohort, stage string) (Desk, error) {
	out := Desk{Pairings: map[id.Person]Pairing{}}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.Cohort(tx, cohort)
		if err != nil {
			return err
		}
		for _, kind := range []access.Kind{access.Coaching, access.Booking} {
			if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: kind, Place: place}); err != nil {
				return err
			}
		}
		pairs, err := db.Collect(tx, rowPairing, `SELECT `+pairingColumns+` FROM coaching_pairings
			WHERE cohort = ?1 AND stage = ?2 AND state IN ('asked', 'active') ORDER BY person`, cohort, stage)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			out.Pairings[p.Of.Person] = p
		}
		out.Proposed, err = db.Collect(tx, rowSession, `SELECT `+sessionColumns+` FROM coaching_sessions
			WHERE cohort = ?1 AND stage = ?2 AND state = 'proposed' ORDER BY starts_at, id`, cohort, stage)
		return err
	})
	return out, err
}
