package pathway

import (
	"encoding/json"
	"slices"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Begin says that a cohort follows a version of a blueprint from now on. The
// package cohort calls it in the transaction that opens the cohort.
func Begin(tx *db.Tx, c Following) error {
	if _, err := PlanOf(tx, c.Version); err != nil {
		return err
	}
	c.Revision = 1
	if _, err := tx.Exec(`INSERT INTO pathway_cohorts (id, programme, version, country, begun_at, revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
		c.Cohort, c.Programme, c.Version, c.Country, db.Micros(tx.Now()), c.Revision); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "pathway.cohort-begun", Version: 1, Scope: c.scope(), Subject: string(c.Cohort),
		Body: following{c.Cohort, c.Version, c.Revision}, Rows: []journal.Row{journal.RowOf(cohortsTable, c.Cohort)},
	})
}

// following is the body of pathway.cohort-begun and pathway.cohort-moved, version 1.
type following struct {
	Cohort   id.Cohort  `json:"cohort"`
	Version  id.Version `json:"version"`
	Revision int64      `json:"revision"`
}

// factRecorded is the body of pathway.fact-recorded, version 1.
type factRecorded struct {
	ID         id.Fact         `json:"id"`
	Person     id.Person       `json:"person"`
	Cohort     id.Cohort       `json:"cohort,omitempty"`
	Kind       Kind            `json:"kind"`
	Version    int             `json:"version"`
	Subject    string          `json:"subject,omitempty"`
	Value      json.RawMessage `json:"value"`
	OccurredAt time.Time       `json:"occurred_at"`
	Basis      Basis           `json:"basis"`
	Source     string          `json:"source,omitempty"`
	Corrects   id.Fact         `json:"corrects,omitempty"`
}

// Record adds a fact to the ledger, with its journal entry, and brings the
// standing up to date, all in tx. See the package comment for what it fills in.
//
// It is a [fault.Invalid] if the subject is not a key that facts of the kind can
// have in the cohort's blueprint, or if it corrects what it cannot correct.
func Record(tx *db.Tx, f Fact) error {
	_, err := RecordAll(tx, []Fact{f})
	return err
}

// RecordAll is Record for several facts, such as a whole register: each person's
// standing is brought up to date once. It returns the facts as they were written.
func RecordAll(tx *db.Tx, facts []Fact) ([]Fact, error) {
	out := slices.Clone(facts)
	type key struct {
		p id.Person
		c id.Cohort
	}
	var stale []key
	touched := map[key]bool{}
	touch := func(p id.Person, c id.Cohort) {
		if k := (key{p, c}); !touched[k] {
			touched[k] = true
			stale = append(stale, k)
		}
	}
	for i := range out {
		if err := record(tx, &out[i]); err != nil {
			return nil, err
		}
		f := &out[i]
		if f.Cohort != "" {
			touch(f.Person, f.Cohort)
			continue
		}
		cohorts, err := cohortsOf(tx, f.Person)
		if err != nil {
			return nil, err
		}
		for _, c := range cohorts {
			touch(f.Person, c)
		}
	}
	for _, k := range stale {
		if _, err := Refresh(tx, k.p, k.c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func bad(field, key string, args fault.Args) error {
	return fault.Bad("pathway.fact-refused", fault.Field{Name: field, Key: key, Args: args})
}

// record validates and writes one fact, with its entry, the grounds of a
// decision, and the reviews that it opens.
func record(tx *db.Tx, f *Fact) error {
	if f.Value == nil {
		return bad("kind", "pathway.kind-unknown", nil)
	}
	if !id.Valid(string(f.Person)) {
		return bad("person", "pathway.person-missing", nil)
	}
	if !slices.Contains(Bases(), f.Basis) {
		return bad("basis", "pathway.basis-missing", nil)
	}
	if f.ID == "" {
		f.ID = id.New[id.Fact]()
	}
	f.RecordedAt = tx.Now()
	if f.OccurredAt.IsZero() {
		f.OccurredAt = f.RecordedAt
	}
	f.OccurredAt = f.OccurredAt.UTC().Truncate(time.Microsecond)
	if f.Actor == "" {
		f.Actor = tx.Actor().ID()
	}
	kind, version := f.Value.form()
	scope := actor.Scope{}
	var in Following
	var plan *Plan
	if f.Cohort != "" {
		var err error
		if in, err = FollowingOf(tx, f.Cohort); err != nil {
			return err
		}
		if plan, err = PlanOf(tx, in.Version); err != nil {
			return err
		}
		scope = in.scope()
	}
	if kind == KindWithdrawn && f.Corrects == "" {
		return bad("corrects", "pathway.withdraws-nothing", nil)
	}
	if f.Corrects != "" {
		target, err := FactOf(tx, f.Corrects)
		if err != nil {
			return err
		}
		if kind == KindWithdrawn && f.Subject == "" {
			f.Subject = target.Subject
		}
		if target.Person != f.Person || target.Cohort != f.Cohort || target.Subject != f.Subject ||
			kind != KindWithdrawn && target.Kind() != kind {
			return bad("corrects", "pathway.corrects-another", nil)
		}
	} else if plan != nil && !plan.fits(kind, f.Subject) {
		return bad("subject", "pathway.subject-unknown", fault.Args{"subject": f.Subject})
	}
	value, err := EncodeValue(f.Value)
	if err != nil {
		return err
	}
	if f.Origin == "" {
		if err := tx.QueryRow(`SELECT COALESCE(MAX(sequence), 0) + 1 FROM pathway_facts WHERE origin = ''`).Scan(&f.Sequence); err != nil {
			return err
		}
	}
	var before []Fact
	if plan != nil {
		if before, err = FactsOf(tx, f.Person, f.Cohort); err != nil {
			return err
		}
	}
	if err := insertFact(tx, f, value); err != nil {
		if tx.Dialect().IsUnique(err) {
			return fault.Wrap(fault.Conflict, "pathway.fact-there", err)
		}
		return err
	}
	rows := []journal.Row{journal.RowOf(factsTable, f.ID)}
	if plan != nil && kind.Decision() {
		if err := keepGrounds(tx, f, in, plan, before); err != nil {
			return err
		}
		rows = append(rows, journal.RowOf(decisionsTable, f.ID))
	}
	if err := journal.Append(tx, journal.Entry{
		Kind: "pathway.fact-recorded", Version: 1, Scope: scope, Subject: string(f.Person),
		Body: factRecorded{
			ID: f.ID, Person: f.Person, Cohort: f.Cohort, Kind: kind, Version: version, Subject: f.Subject, Value: json.RawMessage(value),
			OccurredAt: f.OccurredAt, Basis: f.Basis, Source: f.Source, Corrects: f.Corrects,
		},
		Rows: rows,
	}); err != nil {
		return err
	}
	if plan == nil {
		return nil
	}
	return doubtDecisions(tx, f, in, plan, before)
}

// keepGrounds stores what a decision rested on: the standing as it was before it.
func keepGrounds(tx *db.Tx, f *Fact, in Following, plan *Plan, facts []Fact) error {
	s := plan.Evaluate(facts, tx.Now())
	explanation, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO pathway_decisions (fact, person, cohort, blueprint, evaluator, facts, digest, explanation) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		f.ID, f.Person, f.Cohort, in.Version, Evaluator, len(facts), Digest(facts), string(explanation))
	return err
}

// Refresh derives a person's standing anew and stores it for lists.
func Refresh(tx *db.Tx, p id.Person, c id.Cohort) (Standing, error) {
	s, v, facts, err := evaluate(tx, p, c, tx.Now())
	if err != nil {
		return s, err
	}
	return s, writeStanding(tx, c, rowOf(p, &s, v, facts), &s)
}

func evaluate(tx *db.Tx, p id.Person, c id.Cohort, now time.Time) (Standing, id.Version, []Fact, error) {
	in, err := FollowingOf(tx, c)
	if err != nil {
		return Standing{}, "", nil, err
	}
	plan, err := PlanOf(tx, in.Version)
	if err != nil {
		return Standing{}, "", nil, err
	}
	facts, err := FactsOf(tx, p, c)
	if err != nil {
		return Standing{}, "", nil, err
	}
	return plan.Evaluate(facts, now), in.Version, facts, nil
}

// StandingOf says where a person stands in a cohort at the transaction's instant.
// Other packages gate on it, in the transaction that acts on the answer.
func StandingOf(tx *db.Tx, p id.Person, c id.Cohort) (Standing, error) {
	s, _, _, err := evaluate(tx, p, c, tx.Now())
	return s, err
}
