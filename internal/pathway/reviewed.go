package pathway

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Waiting is a review with the two facts that it is about.
type Waiting struct {
	Review
	// Cause came later, or corrected something; Decision is what it puts in doubt.
	Cause    Fact
	Decision Fact
}

// Waiting lists a cohort's open reviews with their facts, the oldest first, at
// most 200, and the blueprint that names their subjects.
func (s *Service) Waiting(ctx context.Context, c id.Cohort) ([]Waiting, *programme.Blueprint, error) {
	var out []Waiting
	var b *programme.Blueprint
	err := s.db.View(ctx, func(tx *db.Tx) error {
		in, err := FollowingOf(tx, c)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.List, access.Fact, in, ""); err != nil {
			return err
		}
		if b, err = programme.Load(tx, in.Version); err != nil {
			return err
		}
		all, err := OpenReviews(tx, c, 200)
		if err != nil {
			return err
		}
		for _, r := range all {
			w := Waiting{Review: r}
			if w.Cause, err = FactOf(tx, r.Cause); err != nil {
				return err
			}
			if w.Decision, err = FactOf(tx, r.Decision); err != nil {
				return err
			}
			out = append(out, w)
		}
		return nil
	})
	return out, b, err
}
