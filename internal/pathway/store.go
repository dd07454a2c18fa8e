package pathway

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Following is which version of a blueprint a cohort follows.
type Following struct {
	Cohort    id.Cohort
	Programme id.Programme
	Version   id.Version
	Country   string
	Revision  int64
}

// scope is where the entries about a cohort belong.
func (c Following) scope() actor.Scope {
	return actor.Scope{Country: c.Country, Programme: c.Programme, Cohort: c.Cohort}
}

// FollowingOf returns what a cohort follows. It is a [fault.NotFound] for a
// cohort that [Begin] was not called for.
func FollowingOf(tx *db.Tx, c id.Cohort) (Following, error) {
	f := Following{Cohort: c}
	err := tx.QueryRow(`SELECT programme, version, country, revision FROM pathway_cohorts WHERE id = ?1`, c).
		Scan(&f.Programme, &f.Version, &f.Country, &f.Revision)
	if errors.Is(err, sql.ErrNoRows) {
		return f, fault.New(fault.NotFound, "pathway.cohort-unknown", nil)
	}
	return f, err
}

// PlanOf returns the compiled blueprint of a version. It is compiled once.
func PlanOf(tx *db.Tx, v id.Version) (*Plan, error) {
	return db.Memo(tx, "pathway.plan:"+string(v), func() (*Plan, error) {
		b, err := programme.Load(tx, v)
		if err != nil {
			return nil, err
		}
		return Compile(b), nil
	})
}

const factColumns = `id, person, cohort, kind, version, subject, value, occurred_at, recorded_at, basis, source, actor, origin, sequence, corrects`

func scanFact(r *db.Rows) (Fact, error) {
	var f Fact
	var kind Kind
	var version int
	var value string
	var occurred, recorded int64
	err := r.Scan(&f.ID, &f.Person, &f.Cohort, &kind, &version, &f.Subject, &value, &occurred, &recorded,
		&f.Basis, &f.Source, &f.Actor, &f.Origin, &f.Sequence, &f.Corrects)
	if err != nil {
		return f, err
	}
	f.OccurredAt, f.RecordedAt = db.Time(occurred), db.Time(recorded)
	// A kind that this version does not know stays a fact without a value: it
	// shows as a doubt, and is not lost.
	if v, err := DecodeValue(kind, version, value); err == nil {
		f.Value = v
	}
	return f, nil
}

// FactsOf returns the facts that bear on a person in a cohort: the cohort's and
// the person-wide ones, in the order in which they were recorded. What was
// corrected is among them.
func FactsOf(tx *db.Tx, p id.Person, c id.Cohort) ([]Fact, error) {
	return db.Collect(tx, scanFact, `SELECT `+factColumns+` FROM pathway_facts
		WHERE person = ?1 AND (cohort = ?2 OR cohort = '') ORDER BY recorded_at, id`, p, c)
}

// FactOf returns one fact.
func FactOf(tx *db.Tx, f id.Fact) (Fact, error) {
	fs, err := db.Collect(tx, scanFact, `SELECT `+factColumns+` FROM pathway_facts WHERE id = ?1`, f)
	if err == nil && len(fs) == 0 {
		return Fact{}, fault.New(fault.NotFound, "pathway.fact-unknown", nil)
	}
	if err != nil {
		return Fact{}, err
	}
	return fs[0], nil
}

// FactsOfKind returns a cohort's facts of one kind, and of one subject unless it
// is empty, corrected ones included.
func FactsOfKind(tx *db.Tx, c id.Cohort, k Kind, subject string) ([]Fact, error) {
	return db.Collect(tx, scanFact, `SELECT `+factColumns+` FROM pathway_facts
		WHERE cohort = ?1 AND kind = ?2 AND (?3 = '' OR subject = ?3) ORDER BY occurred_at, id`, c, k, subject)
}

func insertFact(tx *db.Tx, f *Fact, value string) error {
	kind, version := f.Value.form()
	_, err := tx.Exec(`INSERT INTO pathway_facts (`+factColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)`,
		f.ID, f.Person, f.Cohort, kind, version, f.Subject, value, db.Micros(f.OccurredAt), db.Micros(f.RecordedAt),
		f.Basis, f.Source, f.Actor, f.Origin, f.Sequence, f.Corrects)
	return err
}

// Digest is a SHA-256 over the facts that bear on a standing, whatever their
// order: a decision keeps it to show what it knew.
func Digest(facts []Fact) string {
	each := make([]string, len(facts))
	for i := range facts {
		f := &facts[i]
		value, err := EncodeValue(f.Value)
		if err != nil || f.Value == nil {
			value = ""
		}
		h := sha256.New()
		for _, s := range []string{string(f.ID), string(f.Person), string(f.Cohort), string(f.Kind()), f.Subject, value, string(f.Basis), f.Source, string(f.Corrects)} {
			var n [8]byte
			binary.BigEndian.PutUint64(n[:], uint64(len(s)))
			h.Write(n[:])
			h.Write([]byte(s))
		}
		var at [16]byte
		binary.BigEndian.PutUint64(at[:8], uint64(db.Micros(f.OccurredAt)))
		binary.BigEndian.PutUint64(at[8:], uint64(db.Micros(f.RecordedAt)))
		h.Write(at[:])
		each[i] = string(h.Sum(nil))
	}
	slices.Sort(each)
	h := sha256.New()
	for _, one := range each {
		h.Write([]byte(one))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Row is where a person stands, as lists have it: derived, kept for filters.
type Row struct {
	Person        id.Person
	Participation Participation
	JoinedAt      programme.Key
	Later         bool
	Next          *Action
	Due           int64 // microseconds; see [db.Time]
	NextChangeAt  int64
	Seat          SeatState
	SeatConfirmed bool
	SeatLate      bool
	// Certificate is "", "earned", "issued" or "revoked".
	Certificate string
	Complete    bool
	Doubts      int
	Facts       int
	Digest      string
	Evaluator   int
	Blueprint   id.Version
}

const standingColumns = `person, participation, joined_at, later, next_key, next_stage, next_module, next_minutes, next_at, due, next_change_at,
	seat_state, seat_confirmed, seat_late, certificate, complete, doubts, facts, digest, evaluator, blueprint`

func scanRow(r *db.Rows) (Row, error) {
	var w Row
	var a Action
	var at int64
	var later, confirmed, late, complete int64
	err := r.Scan(&w.Person, &w.Participation, &w.JoinedAt, &later, &a.Key, &a.Stage, &a.Module, &a.Minutes, &at, &w.Due, &w.NextChangeAt,
		&w.Seat, &confirmed, &late, &w.Certificate, &complete, &w.Doubts, &w.Facts, &w.Digest, &w.Evaluator, &w.Blueprint)
	w.Later, w.SeatConfirmed, w.SeatLate, w.Complete = later == 1, confirmed == 1, late == 1, complete == 1
	if a.Key != "" {
		a.At = db.Time(at)
		w.Next = &a
	}
	return w, err
}

func rowOf(p id.Person, s *Standing, v id.Version, facts []Fact) Row {
	w := Row{
		Person: p, Participation: s.Participation, JoinedAt: s.JoinedAt, Later: s.Later, Next: s.Next,
		Due: db.Micros(s.Due), NextChangeAt: db.Micros(s.NextChangeAt), Seat: s.Seat.State, SeatConfirmed: s.Seat.Confirmed, SeatLate: s.Seat.Late,
		Complete: s.Complete, Doubts: len(s.Doubts), Facts: len(facts), Digest: Digest(facts), Evaluator: Evaluator, Blueprint: v,
	}
	switch {
	case s.Certificate.Revoked:
		w.Certificate = "revoked"
	case s.Certificate.Issued:
		w.Certificate = "issued"
	case s.Certificate.Earned:
		w.Certificate = "earned"
	}
	return w
}

// StageRow is where a person stands in one stage, as lists have it.
type StageRow struct {
	Person     id.Person
	Stage      programme.Key
	Kind       programme.Kind
	State      State
	Passed     bool
	PassedAt   int64
	Late       bool
	Have, Need int
	Unrecorded int
	Percent    int
	Best       int
	Due, Until int64
	// Reason is the key of the first reason; empty if there is none.
	Reason string
}

const stageColumns = `person, stage, kind, state, passed, passed_at, late, have, need, unrecorded, percent, best, due, until, reason`

func scanStageRow(r *db.Rows) (w StageRow, err error) {
	var passed, late int64
	err = r.Scan(&w.Person, &w.Stage, &w.Kind, &w.State, &passed, &w.PassedAt, &late, &w.Have, &w.Need, &w.Unrecorded, &w.Percent, &w.Best, &w.Due, &w.Until, &w.Reason)
	w.Passed, w.Late = passed == 1, late == 1
	return w, err
}

func stageRowOf(p id.Person, o *StageStanding) StageRow {
	w := StageRow{
		Person: p, Stage: o.Key, Kind: o.Kind, State: o.State, Passed: o.Passed, PassedAt: db.Micros(o.PassedAt), Late: o.Late,
		Have: o.Have, Need: o.Need, Unrecorded: o.Unrecorded, Percent: o.Percent, Best: o.Best, Due: db.Micros(o.Due), Until: db.Micros(o.Until),
	}
	if len(o.Reasons) > 0 {
		w.Reason = o.Reasons[0].Key
	}
	return w
}

// writeStanding brings the derived rows up to date. Of the stages only those
// that changed are written.
func writeStanding(tx *db.Tx, c id.Cohort, w Row, s *Standing) error {
	var a Action
	if w.Next != nil {
		a = *w.Next
	}
	_, err := tx.Exec(`INSERT INTO pathway_standings (cohort, `+standingColumns+`, refreshed_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
		ON CONFLICT (cohort, person) DO UPDATE SET participation = excluded.participation, joined_at = excluded.joined_at, later = excluded.later,
			next_key = excluded.next_key, next_stage = excluded.next_stage, next_module = excluded.next_module, next_minutes = excluded.next_minutes,
			next_at = excluded.next_at, due = excluded.due, next_change_at = excluded.next_change_at, seat_state = excluded.seat_state,
			seat_confirmed = excluded.seat_confirmed, seat_late = excluded.seat_late, certificate = excluded.certificate, complete = excluded.complete,
			doubts = excluded.doubts, facts = excluded.facts, digest = excluded.digest, evaluator = excluded.evaluator, blueprint = excluded.blueprint,
			refreshed_at = excluded.refreshed_at`,
		c, w.Person, w.Participation, w.JoinedAt, db.Flag(w.Later), a.Key, a.Stage, a.Module, a.Minutes, db.Micros(a.At), w.Due, w.NextChangeAt,
		w.Seat, db.Flag(w.SeatConfirmed), db.Flag(w.SeatLate), w.Certificate, db.Flag(w.Complete), w.Doubts, w.Facts, w.Digest, w.Evaluator, w.Blueprint,
		db.Micros(tx.Now()))
	if err != nil {
		return err
	}
	old, err := db.Collect(tx, scanStageRow, `SELECT `+stageColumns+` FROM pathway_stages WHERE cohort = ?1 AND person = ?2`, c, w.Person)
	if err != nil {
		return err
	}
	was := make(map[programme.Key]StageRow, len(old))
	for _, o := range old {
		was[o.Stage] = o
	}
	for i := range s.Stages {
		n := stageRowOf(w.Person, &s.Stages[i])
		o, there := was[n.Stage]
		delete(was, n.Stage)
		if there && o == n {
			continue
		}
		_, err := tx.Exec(`INSERT INTO pathway_stages (cohort, `+stageColumns+`)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
			ON CONFLICT (cohort, person, stage) DO UPDATE SET kind = excluded.kind, state = excluded.state, passed = excluded.passed,
				passed_at = excluded.passed_at, late = excluded.late, have = excluded.have, need = excluded.need, unrecorded = excluded.unrecorded,
				percent = excluded.percent, best = excluded.best, due = excluded.due, until = excluded.until, reason = excluded.reason`,
			c, n.Person, n.Stage, n.Kind, n.State, db.Flag(n.Passed), n.PassedAt, db.Flag(n.Late), n.Have, n.Need, n.Unrecorded, n.Percent, n.Best,
			n.Due, n.Until, n.Reason)
		if err != nil {
			return err
		}
	}
	for k := range was { // a stage that the version it moved to no longer has
		if _, err := tx.Exec(`DELETE FROM pathway_stages WHERE cohort = ?1 AND person = ?2 AND stage = ?3`, c, w.Person, k); err != nil {
			return err
		}
	}
	return nil
}

// cohortsOf lists the cohorts in which a person has a standing.
func cohortsOf(tx *db.Tx, p id.Person) ([]id.Cohort, error) {
	return db.Collect(tx, func(r *db.Rows) (c id.Cohort, err error) { err = r.Scan(&c); return c, err },
		`SELECT cohort FROM pathway_standings WHERE person = ?1 ORDER BY cohort`, p)
}

// Filter narrows a list of standings. Zero fields do not narrow.
type Filter struct {
	Participation []Participation
	Seat          SeatState
	Stage         programme.Key // together with States
	States        []State
	// Doubtful: only those that a person should look at.
	Doubtful bool
}

// Standings returns a page of a cohort's standings, by person id, after the given
// one. They are where people stood when it was last refreshed, which is when the
// last fact came or the last deadline passed.
func Standings(tx *db.Tx, c id.Cohort, f Filter, after id.Person, limit int) ([]Row, error) {
	args := []any{c, after}
	where := []string{"s.cohort = ?1", "s.person > ?2"}
	put := func(v any) string { args = append(args, v); return fmt.Sprintf("?%d", len(args)) }
	from := "pathway_standings s"
	if f.Stage != "" {
		from += " JOIN pathway_stages t ON t.cohort = s.cohort AND t.person = s.person AND t.stage = " + put(f.Stage)
		if len(f.States) > 0 {
			var in []string
			for _, x := range f.States {
				in = append(in, put(x))
			}
			where = append(where, "t.state IN ("+strings.Join(in, ", ")+")")
		}
	}
	if len(f.Participation) > 0 {
		var in []string
		for _, x := range f.Participation {
			in = append(in, put(x))
		}
		where = append(where, "s.participation IN ("+strings.Join(in, ", ")+")")
	}
	if f.Seat != "" {
		where = append(where, "s.seat_state = "+put(f.Seat))
	}
	if f.Doubtful {
		where = append(where, "s.doubts > 0")
	}
	columns := "s." + strings.ReplaceAll(strings.ReplaceAll(strings.Join(strings.Fields(standingColumns), " "), ", ", ","), ",", ", s.")
	return db.Collect(tx, scanRow, `SELECT `+columns+` FROM `+from+` WHERE `+strings.Join(where, " AND ")+` ORDER BY s.person LIMIT `+put(limit), args...)
}

// StoredOf returns where a person stood when it was last refreshed.
func StoredOf(tx *db.Tx, p id.Person, c id.Cohort) (Row, error) {
	rows, err := db.Collect(tx, scanRow, `SELECT `+standingColumns+` FROM pathway_standings WHERE cohort = ?1 AND person = ?2`, c, p)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "pathway.standing-unknown", nil)
	}
	if err != nil {
		return Row{}, err
	}
	return rows[0], nil
}

// StageRows returns where the given people stand in every stage.
func StageRows(tx *db.Tx, c id.Cohort, people []id.Person) ([]StageRow, error) {
	if len(people) == 0 {
		return []StageRow{}, nil
	}
	args := []any{c}
	var in []string
	for _, p := range people {
		args = append(args, p)
		in = append(in, fmt.Sprintf("?%d", len(args)))
	}
	return db.Collect(tx, scanStageRow, `SELECT `+stageColumns+` FROM pathway_stages WHERE cohort = ?1 AND person IN (`+strings.Join(in, ", ")+`) ORDER BY person, stage`, args...)
}

// Tally is how many people of a cohort are in a state of a stage.
type Tally struct {
	Stage programme.Key
	State State
	Late  bool
	N     int
}

// Tallies counts who stands where, for the map of the way. People who are out of
// the cohort are left out.
func Tallies(tx *db.Tx, c id.Cohort) ([]Tally, error) {
	return db.Collect(tx, func(r *db.Rows) (t Tally, err error) {
		var late int64
		err = r.Scan(&t.Stage, &t.State, &late, &t.N)
		t.Late = late == 1
		return t, err
	}, `SELECT t.stage, t.state, t.late, COUNT(*) FROM pathway_stages t JOIN pathway_standings s ON s.cohort = t.cohort AND s.person = t.person
		WHERE t.cohort = ?1 AND s.participation IN ('proposed', 'accepted', 'selected', 'confirmed', 'taking-part')
		GROUP BY t.stage, t.state, t.late ORDER BY t.stage, t.state, t.late`, c)
}

// EachPerson calls f for each person who has a standing in a cohort, by id, with
// the facts that bear on her, in the order in which they were recorded. It is for
// figures over a whole cohort: it runs one statement.
func EachPerson(tx *db.Tx, c id.Cohort, f func(p id.Person, facts []Fact) error) error {
	rows, err := tx.Query(`SELECT `+factColumns+` FROM pathway_facts
		WHERE cohort = ?1 OR (cohort = '' AND person IN (SELECT person FROM pathway_standings WHERE cohort = ?1))
		ORDER BY person, recorded_at, id`, c)
	if err != nil {
		return err
	}
	defer rows.Close()
	var facts []Fact
	for rows.Next() {
		one, err := scanFact(rows)
		if err != nil {
			return err
		}
		if len(facts) > 0 && facts[0].Person != one.Person {
			if err := f(facts[0].Person, facts); err != nil {
				return err
			}
			facts = nil
		}
		facts = append(facts, one)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(facts) > 0 {
		return f(facts[0].Person, facts)
	}
	return nil
}
