package evaluation

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Followed is a participant whom a follow-up stage asks, and her answer: nil if
// none is there.
type Followed struct {
	Person id.Person
	Answer *FollowUp
}

// Followed lists whom a follow-up stage of a cohort asks, for whoever rings them
// or holds their sheets.
func (s *Service) Followed(ctx context.Context, cohort id.Cohort, key string) (stage *programme.Stage, out []Followed, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.roll.Cohort(tx, cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.FollowUp, Place: place}); err != nil {
			return err
		}
		if stage, err = s.followUpStage(tx, cohort, key); err != nil {
			return err
		}
		all, err := s.roll.Participants(tx, cohort)
		if err != nil {
			return err
		}
		said, err := followUps(tx, cohort, key)
		if err != nil {
			return err
		}
		of := make(map[id.Person]*FollowUp, len(said))
		for _, f := range said {
			of[f.Person] = f
		}
		for _, p := range all {
			out = append(out, Followed{p, of[p]})
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return stage, nil, err
	}
	who := make([]id.Person, len(out))
	for i, f := range out {
		who[i] = f.Person
	}
	return stage, out, s.reads.RecordRead(ctx, access.FollowUp, who...)
}

// FollowUpOf returns a follow-up stage and what a participant answered to it, for
// whoever enters what she says: nil if nothing is there.
func (s *Service) FollowUpOf(ctx context.Context, cohort id.Cohort, key string, person id.Person) (stage *programme.Stage, f *FollowUp, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.roll.Place(tx, cohort, person)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Record, access.Object{Kind: access.FollowUp, Subject: person, Place: place}); err != nil {
			return err
		}
		if stage, err = s.followUpStage(tx, cohort, key); err != nil {
			return err
		}
		f, err = followUpOf(tx, cohort, key, person)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return stage, f, s.reads.RecordRead(ctx, access.FollowUp, person)
}
