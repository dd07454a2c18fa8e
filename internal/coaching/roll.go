package coaching

import (
	"cadre/internal/access"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
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
