package pathway

import (
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
)

// Mismatch is a standing that does not follow from its facts.
type Mismatch struct {
	Cohort id.Cohort
	Person id.Person
	// What differs: "facts" if they are not those it was derived from, "standing"
	// if another one follows from them, "missing" if there are facts and none.
	What string
}

// VerifySample compares standings with what follows from their facts: every
// n-th one, all if n is 1, beginning with the offset-th. Each is derived anew for
// the moment at which it was last refreshed, so that those whose time has come
// and that the timer has not reached are compared too. Only what another version
// of the rules derived is left out. Whoever has facts in a cohort and no standing
// there is always found.
//
// It returns what differs, and how many standings were looked at.
func VerifySample(tx *db.Tx, n, offset int) ([]Mismatch, int, error) {
	type entry struct {
		cohort id.Cohort
		person id.Person
		at     int64
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (e entry, err error) { err = r.Scan(&e.cohort, &e.person, &e.at); return e, err },
		`SELECT cohort, person, refreshed_at FROM pathway_standings ORDER BY cohort, person`)
	if err != nil {
		return nil, 0, err
	}
	out, looked := []Mismatch{}, 0
	for i, e := range rows {
		if n > 1 && i%n != offset%n {
			continue
		}
		w, err := StoredOf(tx, e.person, e.cohort)
		if err != nil {
			return nil, looked, err
		}
		if w.Evaluator != Evaluator {
			continue
		}
		looked++
		what, err := differs(tx, e.cohort, w, time.UnixMicro(e.at).UTC())
		if err != nil {
			return nil, looked, err
		}
		if what != "" {
			out = append(out, Mismatch{e.cohort, w.Person, what})
		}
	}
	without, err := db.Collect(tx, func(r *db.Rows) (m Mismatch, err error) {
		m.What = "missing"
		err = r.Scan(&m.Cohort, &m.Person)
		return m, err
	}, `SELECT DISTINCT f.cohort, f.person FROM pathway_facts f
		WHERE f.cohort <> '' AND NOT EXISTS (SELECT 1 FROM pathway_standings s WHERE s.cohort = f.cohort AND s.person = f.person)
		ORDER BY f.cohort, f.person`)
	return append(out, without...), looked, err
}

// differs says what is wrong with a standing that was refreshed at a moment;
// empty if nothing is.
func differs(tx *db.Tx, c id.Cohort, w Row, at time.Time) (string, error) {
	s, v, facts, err := evaluate(tx, w.Person, c, at)
	if err != nil {
		return "", err
	}
	is := rowOf(w.Person, &s, v, facts)
	stages, err := StageRows(tx, c, []id.Person{w.Person})
	if err != nil {
		return "", err
	}
	switch {
	case w.Digest != is.Digest:
		return "facts", nil
	case !sameRow(w, is) || !sameStages(stages, w.Person, &s):
		return "standing", nil
	}
	return "", nil
}

func sameRow(a, b Row) bool {
	x, y := a.Next, b.Next
	a.Next, b.Next = nil, nil
	if a != b || (x == nil) != (y == nil) {
		return false
	}
	return x == nil || x.Key == y.Key && x.Stage == y.Stage && x.Module == y.Module && x.Minutes == y.Minutes && x.At.Equal(y.At)
}

func sameStages(rows []StageRow, p id.Person, s *Standing) bool {
	if len(rows) != len(s.Stages) {
		return false
	}
	for _, r := range rows {
		o := s.Stage(r.Stage)
		if o == nil || stageRowOf(p, o) != r {
			return false
		}
	}
	return true
}
