package app

import (
	"time"

	"cadre/internal/access"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/notify"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// standings answers notify for package pathway.
type standings struct{}

func (standings) DueBetween(tx *db.Tx, from, until time.Time, after notify.Due, limit int) ([]notify.Due, error) {
	all, err := pathway.DueBetween(tx, from, until,
		pathway.Due{At: after.At, Person: after.Person, Cohort: after.Cohort, Stage: programme.Key(after.Stage)}, limit)
	if err != nil {
		return nil, err
	}
	out := make([]notify.Due, 0, len(all))
	for _, d := range all {
		b, err := blueprintOf(tx, d.Cohort)
		if err != nil {
			return nil, err
		}
		n := notify.Due{Person: d.Person, Cohort: d.Cohort, Stage: string(d.Stage), At: d.At}
		if st, ok := b.Stage(d.Stage); ok && st.Deadline != nil {
			n.WarnDays = st.Deadline.WarnDays
		}
		out = append(out, n)
	}
	return out, nil
}

// warnings answers cohort for package notify.
type warnings struct{}

func warning(r notify.Reminder) cohort.Warning {
	return cohort.Warning{Stage: r.Stage, Due: r.Due, At: r.At, Mail: r.Mail}
}

func (warnings) Latest(tx *db.Tx, c id.Cohort, who ...id.Person) (map[id.Person]cohort.Warning, error) {
	all, err := notify.Latest(tx, c, who...)
	out := make(map[id.Person]cohort.Warning, len(all))
	for p, r := range all {
		out[p] = warning(r)
	}
	return out, err
}

func (warnings) About(tx *db.Tx, c id.Cohort, p id.Person) ([]cohort.Warning, error) {
	all, err := notify.About(tx, c, p)
	out := make([]cohort.Warning, len(all))
	for i, r := range all {
		out[i] = warning(r)
	}
	return out, err
}

// standingPlace tells pathway where a person's part in a cohort lies.
func standingPlace(tx *db.Tx, p id.Person, c id.Cohort, o *access.Object) error {
	place, err := cohort.PlaceIn(tx, c, p)
	if err != nil {
		return err
	}
	o.Place = place
	return nil
}
