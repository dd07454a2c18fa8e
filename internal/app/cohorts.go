package app

import (
	"context"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/assess"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/evaluation"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/player"
	"cadre/internal/programme"
)

// The answers of package cohort, in the words of those who ask.

func blueprintOf(tx *db.Tx, c id.Cohort) (*programme.Blueprint, error) {
	in, err := cohort.ByID(tx, c)
	if err != nil {
		return nil, err
	}
	return programme.Load(tx, in.Version)
}

// programmeKey is the key of a cohort's programme.
func programmeKey(tx *db.Tx, c id.Cohort) (string, error) {
	in, err := cohort.ByID(tx, c)
	if err != nil {
		return "", err
	}
	p, err := programme.Find(tx, in.Programme)
	return string(p.Key), err
}

// participants lists whose the seats are and who takes part as participants.
func participants(tx *db.Tx, c id.Cohort) ([]id.Person, error) {
	all, err := cohort.Expected(tx, c)
	if err != nil {
		return nil, err
	}
	out := make([]id.Person, 0, len(all))
	for _, e := range all {
		if e.Capacity == cohort.Participant {
			out = append(out, e.Person)
		}
	}
	return out, nil
}

// askedOf lists of whom in a cohort a module is asked, by person, at most limit
// after the person after: who takes part, whether or not a seat is hers already,
// and is not of a group for which its stage is not meant.
func (a *App) askedOf(ctx context.Context, c id.Cohort, module string, after id.Person, limit int) ([]id.Person, error) {
	out := []id.Person{}
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		at, err := cohort.PlaceOf(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.List, access.Object{Kind: access.Progress, Place: at}); err != nil {
			return err
		}
		b, err := blueprintOf(tx, c)
		if err != nil {
			return err
		}
		holds := func(k programme.Key) bool {
			st, ok := b.Stage(k)
			return ok && st.ELearning != nil && slices.ContainsFunc(st.ELearning.Modules, func(m programme.Module) bool { return string(m.Key) == module })
		}
		for len(out) < limit {
			some, err := cohort.Participating(tx, c, after, limit)
			if err != nil || len(some) == 0 {
				return err
			}
			after = some[len(some)-1]
			rows, err := pathway.StageRows(tx, c, some)
			if err != nil {
				return err
			}
			for _, p := range some {
				if slices.ContainsFunc(rows, func(r pathway.StageRow) bool { return r.Person == p && r.State != pathway.NotAsked && holds(r.Stage) }) {
					out = append(out, p)
				}
			}
		}
		return nil
	})
	return out[:min(len(out), limit)], err
}

// seats answers player and assess, who name the person first.
type seats struct{}

func (seats) Place(tx *db.Tx, p id.Person, c id.Cohort) (access.Place, error) {
	return cohort.PlaceIn(tx, c, p)
}

func (seats) CohortPlace(tx *db.Tx, c id.Cohort) (access.Place, error) { return cohort.PlaceOf(tx, c) }

func (seats) Participants(tx *db.Tx, c id.Cohort) ([]id.Person, error) { return participants(tx, c) }

func (seats) Assessment(tx *db.Tx, c id.Cohort, key string) (assess.Stage, error) {
	b, err := blueprintOf(tx, c)
	if err != nil {
		return assess.Stage{}, err
	}
	st, ok := b.Stage(programme.Key(key))
	if !ok || st.Assessment == nil {
		return assess.Stage{}, fault.New(fault.NotFound, "", nil)
	}
	return assessment(st), nil
}

func (seats) Assessments(tx *db.Tx, c id.Cohort) ([]assess.Stage, error) {
	b, err := blueprintOf(tx, c)
	if err != nil {
		return nil, err
	}
	var out []assess.Stage
	for i := range b.Stages {
		if b.Stages[i].Assessment != nil {
			out = append(out, assessment(&b.Stages[i]))
		}
	}
	return out, nil
}

func assessment(st *programme.Stage) assess.Stage {
	a := st.Assessment
	return assess.Stage{Key: string(st.Key), Form: string(a.Form), Test: string(a.Test), Minutes: a.Minutes, Paper: a.Paper}
}

// week answers workshop.
type week struct{}

func (week) Blueprint(tx *db.Tx, c id.Cohort) (*programme.Blueprint, error) {
	return blueprintOf(tx, c)
}

func (week) Place(tx *db.Tx, c id.Cohort) (access.Place, error) { return cohort.PlaceOf(tx, c) }

func (week) Expected(tx *db.Tx, c id.Cohort, stage string) ([]id.Person, error) {
	all, err := participants(tx, c)
	if err != nil || stage == "" {
		return all, err
	}
	others, err := pathway.NotAskedOf(tx, c, programme.Key(stage))
	return slices.DeleteFunc(all, func(p id.Person) bool { return others[p] }), err
}

func (week) Trainers(tx *db.Tx, c id.Cohort) ([]id.Person, error) {
	at, err := cohort.PlaceOf(tx, c)
	if err != nil {
		return nil, err
	}
	return access.HoldersIn(tx, actor.Trainer, at)
}

// arrive enrols somebody who stands at the door and was not expected, and makes
// her a participant, so that she can sign in with the code she is given there.
func (a *App) arrive(tx *db.Tx, c id.Cohort, p id.Person, stage string) error {
	in := cohort.Joining{Cohort: c, Person: p, Capacity: cohort.Participant, Stage: stage}
	at, err := cohort.PlaceIn(tx, c, p)
	switch {
	case err == nil:
		in.Agency = at.Agency
	case fault.Is(err, fault.NotFound):
		aff, err := people.AffiliationOn(tx, p, civil.Of(tx.Now(), time.UTC))
		if err != nil {
			return err
		}
		in.Agency = aff.Agency
	default:
		return err
	}
	if _, err = cohort.Arrive(tx, in); err != nil {
		return err
	}
	of, err := cohort.ByID(tx, c)
	if err != nil {
		return err
	}
	_, err = a.Access.Give(tx, access.Giving{Person: p, Role: actor.Participant, Scope: actor.Scope{Programme: of.Programme, Cohort: c}})
	return err
}

// asked answers evaluation.
type asked struct{}

func (asked) Place(tx *db.Tx, c id.Cohort, p id.Person) (access.Place, error) {
	if _, err := cohort.EnrolmentOf(tx, c, p); err != nil {
		return access.Place{}, err
	}
	return cohort.PlaceIn(tx, c, p)
}

func (asked) Cohort(tx *db.Tx, c id.Cohort) (access.Place, error) { return cohort.PlaceOf(tx, c) }

func (asked) Participants(tx *db.Tx, c id.Cohort) ([]id.Person, error) { return participants(tx, c) }

func (asked) Supervisor(tx *db.Tx, p id.Person) (id.Person, error) {
	return people.SupervisorOf(tx, p)
}

func (asked) Supervised(tx *db.Tx, supervisor id.Person) ([]evaluation.Enrolled, error) {
	linked, err := people.LinkedTo(tx, supervisor)
	if err != nil {
		return nil, err
	}
	var out []evaluation.Enrolled
	for _, p := range linked {
		all, err := cohort.EnrolmentsOf(tx, p)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			out = append(out, evaluation.Enrolled{Cohort: e.Cohort, Person: p})
		}
	}
	return out, nil
}

func (asked) Blueprint(tx *db.Tx, c id.Cohort) (*programme.Blueprint, error) {
	return blueprintOf(tx, c)
}

// ledger answers player and assess for package pathway.
type ledger struct{}

func (ledger) Record(tx *db.Tx, f pathway.Fact) error { return pathway.Record(tx, f) }

func (l ledger) StageOpen(tx *db.Tx, p id.Person, c id.Cohort, stage string) error {
	return l.open(tx, p, c, assess.ErrNotOpen, func(s *pathway.Standing) *pathway.StageStanding {
		return s.Stage(programme.Key(stage))
	})
}

func (l ledger) ModuleOpen(tx *db.Tx, p id.Person, c id.Cohort, module string) error {
	return l.open(tx, p, c, player.ErrNotOpen, func(s *pathway.Standing) *pathway.StageStanding {
		for i := range s.Stages {
			for _, m := range s.Stages[i].Modules {
				if string(m.Key) == module {
					return &s.Stages[i]
				}
			}
		}
		return nil
	})
}

// open answers whether what stage finds may be begun. After a missed deadline it
// may: what she still does helps whoever decides about her seat.
func (ledger) open(tx *db.Tx, p id.Person, c id.Cohort, not error, stage func(*pathway.Standing) *pathway.StageStanding) error {
	s, err := pathway.StandingOf(tx, p, c)
	if err != nil {
		return err
	}
	st := stage(&s)
	if st == nil || s.Participation.Out() || shuts(st.State) {
		return not
	}
	return nil
}

// shuts reports whether nothing of a stage in that state can be begun.
func shuts(s pathway.State) bool {
	return s == pathway.NotAsked || s == pathway.Locked || s == pathway.Closed
}
