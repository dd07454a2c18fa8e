package pathway

import (
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Due is a stage that somebody has not passed, and its deadline.
type Due struct {
	At     time.Time // extension included
	Person id.Person
	Cohort id.Cohort
	Stage  programme.Key
}

// DueBetween lists what is not passed and due from from until before until, of
// people who take part or may. At most limit, in the order of deadline, person,
// cohort and stage; after is the last of the page before, or the zero Due. The
// caller has asked the policy.
func DueBetween(tx *db.Tx, from, until time.Time, after Due, limit int) ([]Due, error) {
	if after.At.IsZero() {
		after.At = from.Add(-time.Microsecond)
	}
	return db.Collect(tx, func(r *db.Rows) (Due, error) {
		var d Due
		var at int64
		err := r.Scan(&at, &d.Person, &d.Cohort, &d.Stage)
		d.At = db.Time(at)
		return d, err
	}, `SELECT t.due, t.person, t.cohort, t.stage FROM pathway_stages t
		JOIN pathway_standings s ON s.cohort = t.cohort AND s.person = t.person
		WHERE t.passed = 0 AND t.due > 0 AND t.due >= ?1 AND t.due < ?2
		AND (t.due, t.person, t.cohort, t.stage) > (?3, ?4, ?5, ?6)
		AND t.state IN ('open', 'under-way') AND s.participation IN ('accepted', 'selected', 'confirmed', 'taking-part')
		ORDER BY t.due, t.person, t.cohort, t.stage LIMIT ?7`,
		db.Micros(from), db.Micros(until), db.Micros(after.At), after.Person, after.Cohort, after.Stage, limit)
}
