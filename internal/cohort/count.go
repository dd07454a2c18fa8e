package cohort

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"cadre/internal/db"
	"cadre/internal/id"
)

// Pages about a cohort show counts; counting 25,000 seats for each of them would
// make large cohorts slow. So the counts are kept, in the transaction that changes
// what they count: seats of a lane by state, movements by act, and nominations
// without a seat by what was decided about them. They are derived and can be
// counted anew at any time ([recount]).

const (
	countState      = "state:"
	countAct        = "act:"
	countNomination = "nomination:"
)

// bump adds delta to a count.
func bump(tx *db.Tx, cohort id.Cohort, quota id.Quota, lane Lane, what string, delta int) error {
	if delta == 0 {
		return nil
	}
	key := strings.Join([]string{string(quota), lane.Sex, lane.Station, what}, "|")
	k, err := tx.Exec(`UPDATE cohort_counts SET n = n + ?2 WHERE id = ?1`, key, delta)
	if err != nil || k > 0 {
		return err
	}
	_, err = tx.Exec(`INSERT INTO cohort_counts (id, cohort, quota, sex, station, what, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		key, cohort, quota, lane.Sex, lane.Station, what, delta)
	return err
}

// waiting is the count that a nomination belongs to: none once it has a seat or
// has come to its end.
func waiting(d Decision, e Ending, seat id.Seat) string {
	if e != Open || seat != "" {
		return ""
	}
	return countNomination + string(d)
}

// recountNomination moves a nomination from the count that it belongs to as it is
// stored to the one that it will belong to.
func recountNomination(tx *db.Tx, n *Nomination) error {
	var d Decision
	var e Ending
	var seat id.Seat
	err := tx.QueryRow(`SELECT decision, ending, seat FROM cohort_nominations WHERE id = ?1`, n.ID).Scan(&d, &e, &seat)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // saving it will say so
	}
	if err != nil {
		return err
	}
	was, is := waiting(d, e, seat), waiting(n.Decision, n.Ending, n.Seat)
	if was == is {
		return nil
	}
	if was != "" {
		if err := bump(tx, n.Cohort, n.Quota, Lane{}, was, -1); err != nil {
			return err
		}
	}
	if is != "" {
		return bump(tx, n.Cohort, n.Quota, Lane{}, is, 1)
	}
	return nil
}

type tally struct {
	quota id.Quota
	lane  Lane
	what  string
	n     int
}

func scanTally(r *db.Rows) (tally, error) {
	var t tally
	return t, r.Scan(&t.quota, &t.lane.Sex, &t.lane.Station, &t.what, &t.n)
}

func tallies(tx *db.Tx, cohort id.Cohort) ([]tally, error) {
	return db.Collect(tx, scanTally, `SELECT c.quota, c.sex, c.station, c.what, c.n FROM cohort_counts c
		JOIN cohort_quotas q ON q.id = c.quota WHERE c.cohort = ?1 AND c.n > 0
		ORDER BY q.quota_key, c.station, c.sex, c.what`, cohort)
}

// recount counts what cohort_counts keeps from the rows themselves.
func recount(tx *db.Tx, cohort id.Cohort) ([]tally, error) {
	var out []tally
	for _, q := range []string{
		`SELECT s.quota, s.sex, s.station, 'state:' || s.state, COUNT(*) FROM cohort_seats s WHERE s.cohort = ?1 GROUP BY s.quota, s.sex, s.station, s.state`,
		`SELECT s.quota, s.sex, s.station, 'act:' || m.act, COUNT(*) FROM cohort_movements m JOIN cohort_seats s ON s.id = m.seat
			WHERE m.cohort = ?1 GROUP BY s.quota, s.sex, s.station, m.act`,
		`SELECT n.quota, '', '', 'nomination:' || n.decision, COUNT(*) FROM cohort_nominations n
			WHERE n.cohort = ?1 AND n.ending = '' AND n.seat = '' GROUP BY n.quota, n.decision`,
	} {
		ts, err := db.Collect(tx, scanTally, q, cohort)
		if err != nil {
			return nil, err
		}
		out = append(out, ts...)
	}
	return out, nil
}

func (t tally) compare(o tally) int {
	return cmp.Or(cmp.Compare(t.quota, o.quota), cmp.Compare(t.lane.Sex, o.lane.Sex), cmp.Compare(t.lane.Station, o.lane.Station), cmp.Compare(t.what, o.what))
}

// Miscounted lists the counts of a cohort that do not agree with its rows, for
// verification: none, ever.
func Miscounted(tx *db.Tx, cohort id.Cohort) ([]string, error) {
	kept, err := tallies(tx, cohort)
	if err != nil {
		return nil, err
	}
	counted, err := recount(tx, cohort)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(kept, tally.compare)
	slices.SortFunc(counted, tally.compare)
	var out []string
	for i := 0; i < max(len(kept), len(counted)); i++ {
		switch {
		case i >= len(kept):
			out = append(out, counted[i].what)
		case i >= len(counted) || kept[i] != counted[i]:
			out = append(out, kept[i].what)
		}
	}
	return out, nil
}

// MiscountedCohorts lists the cohorts whose counts do not agree with their rows.
func MiscountedCohorts(tx *db.Tx) ([]id.Cohort, error) {
	all, err := db.Collect(tx, func(r *db.Rows) (c id.Cohort, err error) { return c, r.Scan(&c) }, `SELECT id FROM cohort_cohorts ORDER BY id`)
	if err != nil {
		return nil, err
	}
	var out []id.Cohort
	for _, c := range all {
		wrong, err := Miscounted(tx, c)
		if err != nil {
			return nil, err
		}
		if len(wrong) > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// Counts returns how many seats of each lane stand where, and how often each act
// moved one, by quota key and lane.
func Counts(tx *db.Tx, cohort id.Cohort) ([]Count, error) {
	ts, err := tallies(tx, cohort)
	if err != nil {
		return nil, err
	}
	lanes, _ := counted(ts)
	return lanes, nil
}

// counted sorts tallies into counts by lane, and nominations without a seat by
// quota and decision.
func counted(ts []tally) ([]Count, map[id.Quota]map[Decision]int) {
	var out []Count
	noms := map[id.Quota]map[Decision]int{}
	for _, t := range ts {
		if d, ok := strings.CutPrefix(t.what, countNomination); ok {
			if noms[t.quota] == nil {
				noms[t.quota] = map[Decision]int{}
			}
			noms[t.quota][Decision(d)] = t.n
			continue
		}
		i := slices.IndexFunc(out, func(c Count) bool { return c.Quota == t.quota && c.Lane == t.lane })
		if i < 0 {
			i = len(out)
			out = append(out, Count{Quota: t.quota, Lane: t.lane, By: map[State]int{}, Acts: map[Act]int{}})
		}
		if s, ok := strings.CutPrefix(t.what, countState); ok {
			out[i].By[State(s)] = t.n
		}
		if a, ok := strings.CutPrefix(t.what, countAct); ok {
			out[i].Acts[Act(a)] = t.n
		}
	}
	return out, noms
}
