package pathway

import (
	"context"
	"encoding/json"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/programme"
)

// Deps are what the service needs of others.
type Deps struct {
	DB *db.DB
	// Place fills in what the policy has to know of a person in a cohort beyond
	// the cohort's own place: the agency that nominated her and since when, her
	// coaches. The package cohort knows. Without it staff of the programme alone
	// see standings, and she her own.
	Place func(tx *db.Tx, p id.Person, c id.Cohort, o *access.Object) error
}

// Service is the operations of this package as people carry them out.
type Service struct {
	db    *db.DB
	place func(tx *db.Tx, p id.Person, c id.Cohort, o *access.Object) error
}

// New returns a service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, place: d.Place}
	if s.place == nil {
		s.place = func(*db.Tx, id.Person, id.Cohort, *access.Object) error { return nil }
	}
	return s
}

func (s *Service) allow(tx *db.Tx, v access.Verb, k access.Kind, in Following, p id.Person) error {
	o := access.Object{Kind: k, Subject: p, Place: access.Place{Country: in.Country, Programme: in.Programme, Cohort: in.Cohort}}
	if p != "" {
		o.ID = string(p)
		if err := s.place(tx, p, in.Cohort, &o); err != nil {
			return err
		}
	}
	return access.Allow(tx.Actor(), v, o)
}

// Standing says where a person stands, now.
func (s *Service) Standing(ctx context.Context, p id.Person, c id.Cohort) (Standing, *programme.Blueprint, error) {
	var out Standing
	var b *programme.Blueprint
	err := s.db.View(ctx, func(tx *db.Tx) error {
		in, err := FollowingOf(tx, c)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.Read, access.Standing, in, p); err != nil {
			return err
		}
		var v id.Version
		if out, v, _, err = evaluate(tx, p, c, tx.Now()); err != nil {
			return err
		}
		b, err = programme.Load(tx, v)
		return err
	})
	return out, b, err
}

// Page is one page of a cohort's standings.
type Page struct {
	Rows   []Row
	Stages map[id.Person][]StageRow
	// After continues the list; empty at its end.
	After id.Person
}

// List returns a page of a cohort's standings, by person id.
func (s *Service) List(ctx context.Context, c id.Cohort, f Filter, after id.Person, limit int) (Page, error) {
	out := Page{Stages: map[id.Person][]StageRow{}}
	limit = min(max(limit, 1), 200)
	err := s.db.View(ctx, func(tx *db.Tx) error {
		in, err := FollowingOf(tx, c)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.List, access.Standing, in, ""); err != nil {
			return err
		}
		if out.Rows, err = Standings(tx, c, f, after, limit+1); err != nil {
			return err
		}
		if len(out.Rows) > limit {
			out.Rows = out.Rows[:limit]
			out.After = out.Rows[limit-1].Person
		}
		var people []id.Person
		for _, r := range out.Rows {
			people = append(people, r.Person)
		}
		rows, err := StageRows(tx, c, people)
		for _, r := range rows {
			out.Stages[r.Person] = append(out.Stages[r.Person], r)
		}
		return err
	})
	return out, err
}

// Explanation is a standing with what it rests on.
type Explanation struct {
	Cohort    id.Cohort
	Person    id.Person
	At        time.Time
	Version   id.Version
	Evaluator int
	Digest    string
	Facts     []Fact
	// Counting are the ids of the facts that count.
	Counting map[id.Fact]bool
	Standing Standing
	Plan     *Plan
}

// Explain says where a person stood at a moment, and on which facts that rests:
// those that had been recorded by then. The zero time is now.
func (s *Service) Explain(ctx context.Context, p id.Person, c id.Cohort, at time.Time) (Explanation, error) {
	out := Explanation{Cohort: c, Person: p, Evaluator: Evaluator, Counting: map[id.Fact]bool{}}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		in, err := FollowingOf(tx, c)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.Read, access.Standing, in, p); err != nil {
			return err
		}
		out.At, out.Version = at, in.Version
		if at.IsZero() {
			out.At = tx.Now()
		}
		if out.Plan, err = PlanOf(tx, in.Version); err != nil {
			return err
		}
		all, err := FactsOf(tx, p, c)
		if err != nil {
			return err
		}
		out.Facts = KnownBy(all, out.At)
		out.Digest = Digest(out.Facts)
		counting, _ := Effective(out.Facts, out.At)
		for _, f := range counting {
			out.Counting[f.ID] = true
		}
		out.Standing = out.Plan.Evaluate(out.Facts, out.At)
		return nil
	})
	return out, err
}

// KnownBy lists the facts that had been recorded by a moment.
func KnownBy(facts []Fact, at time.Time) []Fact {
	out := []Fact{}
	for i := range facts {
		if !facts[i].RecordedAt.After(at) {
			out = append(out, facts[i])
		}
	}
	return out
}

// Grounds is what a decision rested on.
type Grounds struct {
	Decision  Fact
	Blueprint id.Version
	Evaluator int
	Facts     int
	Digest    string
	// Standing is the explanation as it was given.
	Standing Standing
}

// GroundsOf returns what a decision rested on when it was taken.
func GroundsOf(tx *db.Tx, decision id.Fact) (Grounds, error) {
	var g Grounds
	var err error
	if g.Decision, err = FactOf(tx, decision); err != nil {
		return g, err
	}
	var explanation string
	err = tx.QueryRow(`SELECT blueprint, evaluator, facts, digest, explanation FROM pathway_decisions WHERE fact = ?1`, decision).
		Scan(&g.Blueprint, &g.Evaluator, &g.Facts, &g.Digest, &explanation)
	if err != nil {
		return g, err
	}
	return g, json.Unmarshal([]byte(explanation), &g.Standing)
}

// RecordInput is a fact that a person enters by hand.
type RecordInput struct {
	Fact Fact
}

// Record enters a fact by hand: a telephone call, a paper, a correction. Facts
// that have a screen of their own are recorded by the package that owns it.
func (s *Service) Record(ctx context.Context, op id.Operation, in RecordInput) (id.Fact, error) {
	var out id.Fact
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, "pathway.record", &out, func() error {
			at, err := FollowingOf(tx, in.Fact.Cohort)
			if err != nil {
				return err
			}
			verb := access.Record
			if in.Fact.Corrects != "" {
				verb = access.Correct
			}
			if err := s.allow(tx, verb, access.Fact, at, in.Fact.Person); err != nil {
				return err
			}
			f := in.Fact
			f.Actor, f.Origin, f.Sequence, f.RecordedAt = "", "", 0, time.Time{}
			written, err := RecordAll(tx, []Fact{f})
			if err == nil {
				out = written[0].ID
			}
			return err
		})
		return err
	})
	return out, err
}

// SettleInput settles a review.
type SettleInput struct {
	Review id.Review
	// Outcome is "stands", if the decision is kept, or "decided-anew".
	Outcome string
}

// Settle says what a person made of a review. It changes no decision: a new one
// is a fact of its own.
func (s *Service) Settle(ctx context.Context, op id.Operation, in SettleInput) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var out bool
		_, err := journal.Once(tx, op, "pathway.settle", &out, func() error {
			if in.Outcome != "stands" && in.Outcome != "decided-anew" {
				return fault.Bad("pathway.settle-refused", fault.Field{Name: "outcome", Key: "pathway.outcome-missing"})
			}
			all, err := db.Collect(tx, scanReview, `SELECT id, cohort, person, cause, decision, changes, opened_at FROM pathway_reviews WHERE id = ?1`, in.Review)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				return fault.New(fault.NotFound, "pathway.review-unknown", nil)
			}
			r := all[0]
			at, err := FollowingOf(tx, r.Cohort)
			if err != nil {
				return err
			}
			if err := s.allow(tx, access.Correct, access.Fact, at, r.Person); err != nil {
				return err
			}
			n, err := tx.Exec(`UPDATE pathway_reviews SET settled_at = ?2, settled_by = ?3, outcome = ?4 WHERE id = ?1 AND settled_at = 0`,
				r.ID, db.Micros(tx.Now()), tx.Actor().ID(), in.Outcome)
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.New(fault.Closed, "pathway.review-settled", nil)
			}
			out = true
			return journal.Append(tx, journal.Entry{
				Kind: "pathway.review-settled", Version: 1, Scope: at.scope(), Subject: string(r.Person),
				Body: reviewed{r.ID, r.Cause, r.Decision, in.Outcome}, Rows: []journal.Row{journal.RowOf(reviewsTable, r.ID)},
			})
		})
		return err
	})
}

// Reviews lists a cohort's open reviews, the oldest first, at most 200.
func (s *Service) Reviews(ctx context.Context, c id.Cohort) ([]Review, error) {
	var out []Review
	err := s.db.View(ctx, func(tx *db.Tx) error {
		in, err := FollowingOf(tx, c)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.List, access.Fact, in, ""); err != nil {
			return err
		}
		out, err = OpenReviews(tx, c, 200)
		return err
	})
	return out, err
}

// Consequence is what moving a cohort to another version changes for one person.
type Consequence struct {
	Person  id.Person
	Changes []Change
}

// WhatWouldChange says what moving a cohort to a version would change, for whom.
func (s *Service) WhatWouldChange(ctx context.Context, c id.Cohort, v id.Version) ([]Consequence, error) {
	var out []Consequence
	err := s.db.View(ctx, func(tx *db.Tx) error {
		in, err := FollowingOf(tx, c)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.List, access.Standing, in, ""); err != nil {
			return err
		}
		out, err = whatWouldChange(tx, in, v)
		return err
	})
	return out, err
}

func whatWouldChange(tx *db.Tx, in Following, v id.Version) ([]Consequence, error) {
	out := []Consequence{}
	now, err := PlanOf(tx, in.Version)
	if err != nil {
		return nil, err
	}
	then, err := PlanOf(tx, v)
	if err != nil {
		return nil, err
	}
	people, err := peopleOf(tx, in.Cohort)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		facts, err := FactsOf(tx, p, in.Cohort)
		if err != nil {
			return nil, err
		}
		was, is := now.Evaluate(facts, tx.Now()), then.Evaluate(facts, tx.Now())
		if c := Compare(&was, &is); len(c) > 0 {
			out = append(out, Consequence{p, c})
		}
	}
	return out, nil
}

func peopleOf(tx *db.Tx, c id.Cohort) ([]id.Person, error) {
	return db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { err = r.Scan(&p); return p, err },
		`SELECT person FROM pathway_standings WHERE cohort = ?1 ORDER BY person`, c)
}

// MoveInput moves a cohort to another version of its blueprint.
type MoveInput struct {
	Cohort  id.Cohort
	Version id.Version
	// Revision is that of the [Following] whose consequences were looked at.
	Revision int64
}

// Move moves a cohort to another version of its programme's blueprint. What was
// decided stays decided.
func (s *Service) Move(ctx context.Context, op id.Operation, in MoveInput) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var out bool
		_, err := journal.Once(tx, op, "pathway.move", &out, func() error {
			f, err := FollowingOf(tx, in.Cohort)
			if err != nil {
				return err
			}
			if err := s.allow(tx, access.Change, access.Blueprint, f, ""); err != nil {
				return err
			}
			v, err := programme.FindVersion(tx, in.Version)
			if err != nil {
				return err
			}
			if v.Programme != f.Programme {
				return fault.New(fault.Conflict, "pathway.version-of-another", nil)
			}
			if f.Revision != in.Revision {
				return fault.New(fault.Stale, "pathway.moved-meanwhile", nil)
			}
			f.Version = v.ID
			f.Revision++
			if _, err := tx.Exec(`UPDATE pathway_cohorts SET version = ?2, revision = ?3 WHERE id = ?1`, f.Cohort, f.Version, f.Revision); err != nil {
				return err
			}
			if err := journal.Append(tx, journal.Entry{
				Kind: "pathway.cohort-moved", Version: 1, Scope: f.scope(), Subject: string(f.Cohort),
				Body: following{f.Cohort, f.Version, f.Revision}, Rows: []journal.Row{journal.RowOf(cohortsTable, f.Cohort)},
			}); err != nil {
				return err
			}
			people, err := peopleOf(tx, f.Cohort)
			if err != nil {
				return err
			}
			for _, p := range people {
				if _, err := Refresh(tx, p, f.Cohort); err != nil {
					return err
				}
			}
			out = true
			return nil
		})
		return err
	})
}

// RefreshJob is the kind of the job that [Service.RefreshDue] handles. It is to
// run every minute.
const RefreshJob = "pathway.refresh"

// refreshBatch bounds one transaction of RefreshDue.
const refreshBatch = 200

// RefreshDue derives anew the standings whose time has come: a deadline has
// passed, a stage opened, an exception ended.
func (s *Service) RefreshDue(ctx context.Context, _ *job.Job) error {
	for {
		n := 0
		err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
			due, err := db.Collect(tx, func(r *db.Rows) (k [2]string, err error) { err = r.Scan(&k[0], &k[1]); return k, err },
				`SELECT cohort, person FROM pathway_standings WHERE next_change_at > 0 AND next_change_at <= ?1 ORDER BY next_change_at LIMIT ?2`,
				db.Micros(tx.Now()), refreshBatch)
			if err != nil {
				return err
			}
			n = len(due)
			for _, k := range due {
				if _, err := Refresh(tx, id.Person(k[1]), id.Cohort(k[0])); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < refreshBatch {
			return err
		}
	}
}

// Timer is the actor of the refresh job, for commands that run it at once.
func Timer() actor.Actor { return actor.Actor{Timer: RefreshJob} }
