package coaching

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// Roll answers for [Cohorts] from the packages that know: cohort who takes part,
// pathway which blueprint a cohort follows.
type Roll struct{}

// Coaching implements [Cohorts].
func (Roll) Coaching(tx *db.Tx, c id.Cohort, stage string) (Terms, error) {
	f, err := pathway.FollowingOf(tx, c)
	if err != nil {
		return Terms{}, err
	}
	plan, err := pathway.PlanOf(tx, f.Version)
	if err != nil {
		return Terms{}, err
	}
	b := plan.Blueprint()
	s, ok := b.Stage(programme.Key(stage))
	if !ok || s.Coaching == nil {
		return Terms{}, fault.New(fault.NotFound, "coaching.stage-unknown", nil)
	}
	return Terms{Stage: s, Zone: string(b.Zone)}, nil
}

// Participant implements [Cohorts]. Someone who left keeps her page: what she
// wrote is hers.
func (Roll) Participant(tx *db.Tx, c id.Cohort, p id.Person) (access.Place, error) {
	e, err := cohort.EnrolmentOf(tx, c, p)
	if err != nil {
		return access.Place{}, err
	}
	if e.Capacity != cohort.Participant {
		return access.Place{}, fault.New(fault.NotFound, "coaching.not-a-participant", nil)
	}
	place, err := Roll{}.Cohort(tx, c)
	place.Agency, place.Since, place.Until = e.Agency, e.JoinedAt, e.LeftAt
	return place, err
}

// Cohort implements [Cohorts].
func (Roll) Cohort(tx *db.Tx, c id.Cohort) (access.Place, error) {
	found, err := cohort.ByID(tx, c)
	return access.Place{
		Country: found.Country, Programme: found.Programme, Cohort: found.ID, Since: found.OpenedAt, Until: found.ClosedAt,
	}, err
}

// Where is a coaching stage of a cohort, as a door to it is labelled.
type Where struct {
	Cohort id.Cohort
	Title  i18n.Text // the cohort's
	Stage  string
	Name   programme.Text // the stage's
}

// Hers lists the coaching stages of whoever asks, as a participant: those of the
// cohorts that she takes part in, or took part in, the latest first.
func (s *Service) Hers(ctx context.Context) ([]Where, error) {
	var out []Where
	err := s.db.View(ctx, func(tx *db.Tx) error {
		out = nil
		me := tx.Actor().Person
		if me == "" {
			return fault.New(fault.Unauthenticated, "access.sign-in-first", nil)
		}
		es, err := cohort.EnrolmentsOf(tx, me)
		if err != nil {
			return err
		}
		for _, e := range es {
			if e.Capacity != cohort.Participant {
				continue
			}
			obj := access.Object{Kind: access.Account, Subject: me, Place: access.Place{Cohort: e.Cohort}}
			if !access.Allows(tx.Actor(), access.Read, obj) {
				continue
			}
			c, err := cohort.ByID(tx, e.Cohort)
			if err != nil {
				return err
			}
			if out, err = doors(tx, out, c); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Overseen lists the coaching stages that a programme officer looks after, the
// latest cohort first.
func (s *Service) Overseen(ctx context.Context) ([]Where, error) {
	var out []Where
	err := s.db.View(ctx, func(tx *db.Tx) error {
		out = nil
		cs, err := cohort.OfProgramme(tx, tx.Actor().Grant.Scope.Programme)
		if err != nil {
			return err
		}
		for _, c := range cs {
			place, err := Roll{}.Cohort(tx, c.ID)
			if err != nil {
				return err
			}
			if access.Allows(tx.Actor(), access.List, access.Object{Kind: access.Account, Place: place}) {
				if out, err = doors(tx, out, c); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

// doors adds the coaching stages of a cohort.
func doors(tx *db.Tx, out []Where, c cohort.Cohort) ([]Where, error) {
	plan, err := pathway.PlanOf(tx, c.Version)
	if err != nil {
		return out, err
	}
	for i := range plan.Blueprint().Stages {
		if st := &plan.Blueprint().Stages[i]; st.Coaching != nil {
			out = append(out, Where{c.ID, c.Title, string(st.Key), st.Title})
		}
	}
	return out, nil
}
