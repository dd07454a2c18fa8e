package pathway

import (
	"context"
	"os"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// world is a cohort of the first programme on a fresh database.
type world struct {
	*testing.T
	d      *db.DB
	ctx    context.Context
	s      *Service
	prog   id.Programme
	cohort id.Cohort
}

func begin(t *testing.T, d *db.DB) world {
	t.Helper()
	data, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ctx := actor.With(t.Context(), actor.Actor{Operator: true})
	imported, err := programme.New(programme.Deps{DB: d}).Import(ctx, id.New[id.Operation](), programme.ImportInput{File: "programme.yaml", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	w := world{t, d, ctx, New(Deps{DB: d}), imported.Programme, id.New[id.Cohort]()}
	w.update(func(tx *db.Tx) error {
		return Begin(tx, Following{Cohort: w.cohort, Programme: imported.Programme, Version: imported.Version, Country: "PK"})
	})
	return w
}

func (w world) update(f func(tx *db.Tx) error) {
	w.Helper()
	if err := w.d.Update(w.ctx, db.Main, f); err != nil {
		w.Fatal(err)
	}
}

func (w world) record(f Fact) Fact {
	w.Helper()
	f.Cohort = w.cohort
	if f.Basis == "" {
		f.Basis = OwnAct
	}
	var out Fact
	w.update(func(tx *db.Tx) error {
		all, err := RecordAll(tx, []Fact{f})
		if err == nil {
			out = all[0]
		}
		return err
	})
	return out
}

func (w world) row(p id.Person) (out Row) {
	w.Helper()
	err := w.d.View(w.ctx, func(tx *db.Tx) (err error) { out, err = StoredOf(tx, p, w.cohort); return err })
	if err != nil {
		w.Fatal(err)
	}
	return out
}

func (w world) verify() {
	w.Helper()
	err := w.d.View(w.ctx, func(tx *db.Tx) error {
		bad, n, err := VerifySample(tx, 1, 0)
		if len(bad) > 0 || n == 0 && err == nil {
			w.Errorf("of %d standings looked at, these do not follow from their facts: %v", n, bad)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

func TestRecordRefreshesTheStanding(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		p := id.New[id.Person]()
		w.record(Fact{Person: p, Value: Nominated{Agency: "fia", Quota: "fia"}, Basis: Paper})
		if r := w.row(p); r.Participation != Proposed || r.Next == nil || r.Next.Key != "answer" {
			t.Errorf("proposed: %+v", r)
		}
		w.record(Fact{Person: p, Value: Accepted{}})
		w.record(Fact{Person: p, Value: SeatConfirmed{}, Basis: ByStaff})
		if r := w.row(p); r.Participation != Confirmed || r.Seat != SeatNotYet || r.Next.Module != "tip-basics" {
			t.Errorf("confirmed: %+v, next %+v", r, r.Next)
		}
		for _, m := range []string{"tip-basics", "som-basics", "victim-centred-interviewing", "special-techniques"} {
			w.record(Fact{Person: p, Subject: m, Value: ModuleCompleted{Score: 9, Max: 10, Passed: true}})
		}
		w.record(Fact{Person: p, Subject: "gender", Value: ModuleProgress{Percent: 60}})
		w.verify()

		// Time passes, nothing else: the deadline goes by and the timer sees it.
		dbtest.Clock(d).Set(time.Date(2020, 10, 28, 19, 0, 0, 0, time.UTC))
		if err := w.s.RefreshDue(w.ctx, nil); err != nil {
			t.Fatal(err)
		}
		if r := w.row(p); r.Seat != SeatAwaiting {
			t.Errorf("after the deadline the seat is %s", r.Seat)
		}
		w.verify()

		// An hour before the deadline, on a bus, without a connection: it arrives now.
		w.record(Fact{Person: p, Subject: "gender", Value: ModuleCompleted{Score: 9, Max: 10, Passed: true}, OccurredAt: time.Date(2020, 10, 28, 17, 0, 0, 0, time.UTC)})
		if r := w.row(p); r.Seat != SeatEarned || r.SeatLate {
			t.Errorf("judged by when it arrived: %+v", r)
		}
		w.verify()

		// The zone data change, and the power goes before anything is derived anew:
		// what waits for that is no damage.
		was := w.row(p)
		if err := d.Update(w.ctx, db.Main, AllDue); err != nil {
			t.Fatal(err)
		}
		if err := d.View(w.ctx, func(tx *db.Tx) error {
			bad, _, err := VerifySample(tx, 1, 0)
			if len(bad) > 0 {
				t.Errorf("a standing that waits to be derived anew is called damaged: %v", bad)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		if err := w.s.RefreshDue(w.ctx, nil); err != nil {
			t.Fatal(err)
		}
		if is := w.row(p); !sameRow(was, is) {
			t.Errorf("derived anew, it is %+v, and was %+v", is, was)
		}
		w.verify()
	})
}

func TestRecordRefusesWhatMakesNoSense(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		p, q := id.New[id.Person](), id.New[id.Person]()
		mine := w.record(Fact{Person: p, Subject: "tip-basics", Value: ModuleCompleted{Passed: true}})
		for name, f := range map[string]Fact{
			"no value":                {Person: p, Basis: OwnAct},
			"nobody":                  {Value: Accepted{}, Basis: OwnAct},
			"no basis":                {Person: p, Value: Accepted{}},
			"unknown module":          {Person: p, Subject: "tip-basic", Value: ModuleCompleted{}, Basis: OwnAct},
			"an index for a key":      {Person: p, Subject: "3", Value: AttendanceVerdict{Verdict: Present}, Basis: ByTrainer},
			"a subject of its own":    {Person: p, Subject: "week", Value: Accepted{}, Basis: OwnAct},
			"a test in a workshop":    {Person: p, Subject: "week", Value: AssessmentSubmitted{}, Basis: OwnAct},
			"withdraws nothing":       {Person: p, Value: Withdrawn{}, Basis: ByStaff},
			"corrects another's":      {Person: q, Subject: "tip-basics", Value: ModuleCompleted{}, Corrects: mine.ID, Basis: ByStaff},
			"corrects another kind":   {Person: p, Subject: "tip-basics", Value: ModuleProgress{}, Corrects: mine.ID, Basis: ByStaff},
			"corrects what is not":    {Person: p, Subject: "tip-basics", Value: ModuleCompleted{}, Corrects: id.New[id.Fact](), Basis: ByStaff},
			"moves it to another key": {Person: p, Subject: "gender", Value: ModuleCompleted{}, Corrects: mine.ID, Basis: ByStaff},
		} {
			f.Cohort = w.cohort
			err := d.Update(w.ctx, db.Main, func(tx *db.Tx) error { return Record(tx, f) })
			if err == nil || fault.KindOf(err) == fault.Internal {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.verify()
	})
}

// A certificate was issued on a register that turns out wrong. The correction
// undoes nothing: a person is told what the certificate rested on.
func TestACorrectionListsWhatReliedOnIt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		p := id.New[id.Person]()
		at := func(day, hour int) { dbtest.Clock(d).Set(time.Date(2020, 11, day, hour, 0, 0, 0, time.UTC)) }
		w.record(Fact{Person: p, Value: Accepted{}})
		w.record(Fact{Person: p, Value: SeatConfirmed{}, Basis: ByStaff})
		w.record(Fact{Person: p, Value: Joined{}, Basis: ByStaff})
		for _, m := range []string{"tip-basics", "som-basics", "victim-centred-interviewing", "special-techniques", "gender"} {
			w.record(Fact{Person: p, Subject: m, Value: ModuleCompleted{Passed: true}})
		}
		at(2, 13)
		var last Fact
		for _, h := range []string{"mon-am", "mon-pm", "tue-am", "tue-pm", "wed-am", "wed-pm", "thu-am", "thu-pm"} {
			last = w.record(Fact{Person: p, Subject: h, Value: AttendanceVerdict{Verdict: Present}, Basis: ByTrainer})
		}
		at(6, 10)
		w.record(Fact{Person: p, Subject: "post-test", Value: AssessmentSubmitted{Form: "post", Raw: 15, Max: 20}})
		at(10, 9)
		issued := w.record(Fact{Person: p, Subject: "completion", Value: CertificateIssued{}, Basis: ByStaff})
		if r := w.row(p); r.Certificate != "issued" {
			t.Fatalf("certificate: %+v", r)
		}
		at(12, 9)
		corrected := w.record(Fact{Person: p, Subject: "thu-pm", Value: AttendanceVerdict{Verdict: Absent}, Basis: Paper, Corrects: last.ID, OccurredAt: last.OccurredAt})
		if r := w.row(p); r.Certificate != "issued" {
			t.Errorf("the correction took the certificate away: %+v", r)
		}
		reviews, err := w.s.Reviews(actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer}}), w.cohort)
		if err != nil {
			t.Fatal(err)
		}
		if len(reviews) != 1 || reviews[0].Decision != issued.ID || reviews[0].Cause != corrected.ID {
			t.Fatalf("reviews: %+v", reviews)
		}
		if c := reviews[0].Changes; len(c) != 1 || c[0] != (Change{What: "certificate", Was: "earned", Is: "not-earned"}) {
			t.Errorf("what changed: %+v", c)
		}
		err = d.View(w.ctx, func(tx *db.Tx) error {
			if reviews, _, err := Awaiting(tx, w.cohort); err != nil || reviews != 1 {
				t.Errorf("%d reviews wait, %v", reviews, err)
			}
			g, err := GroundsOf(tx, issued.ID)
			if err == nil && (!g.Standing.Certificate.Earned || g.Evaluator != Evaluator || g.Standing.Stage("week").Have != 8) {
				t.Errorf("the grounds are not what they were: %+v", g)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		officer := actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer}})
		if err := w.s.Settle(officer, id.New[id.Operation](), SettleInput{Review: reviews[0].ID, Outcome: "stands"}); err != nil {
			t.Error(err)
		}
		if left, err := w.s.Reviews(officer, w.cohort); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
		w.verify()
	})
}

// Two half-days turn out not to have been attended, where one could have been
// missed: the correction that turns the scale is the one that is told.
func TestOfSeveralCorrectionsTheLastMayTurnTheScale(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		p := id.New[id.Person]()
		at := func(day, hour int) { dbtest.Clock(d).Set(time.Date(2020, 11, day, hour, 0, 0, 0, time.UTC)) }
		for _, v := range []Value{Accepted{}, SeatConfirmed{}, Joined{}} {
			w.record(Fact{Person: p, Value: v, Basis: ByStaff})
		}
		for _, m := range []string{"tip-basics", "som-basics", "victim-centred-interviewing", "special-techniques", "gender"} {
			w.record(Fact{Person: p, Subject: m, Value: ModuleCompleted{Passed: true}})
		}
		at(2, 13)
		var there []Fact
		for _, h := range []string{"mon-am", "mon-pm", "tue-am", "tue-pm", "wed-am", "wed-pm", "thu-am", "thu-pm", "fri-am"} {
			there = append(there, w.record(Fact{Person: p, Subject: h, Value: AttendanceVerdict{Verdict: Present}, Basis: ByTrainer}))
		}
		at(6, 10)
		w.record(Fact{Person: p, Subject: "post-test", Value: AssessmentSubmitted{Form: "post", Raw: 15, Max: 20}})
		at(10, 9)
		issued := w.record(Fact{Person: p, Subject: "completion", Value: CertificateIssued{}, Basis: ByStaff})
		officer := actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer}})
		var corrected Fact
		for i, f := range there[7:] {
			at(12+i, 9)
			corrected = w.record(Fact{Person: p, Subject: f.Subject, Value: AttendanceVerdict{Verdict: Absent}, Basis: Paper, Corrects: f.ID, OccurredAt: f.OccurredAt})
			reviews, err := w.s.Reviews(officer, w.cohort)
			if err != nil || len(reviews) != i {
				t.Fatalf("after %d corrections: %+v, %v", i+1, reviews, err)
			}
		}
		reviews, err := w.s.Reviews(officer, w.cohort)
		if err != nil || reviews[0].Decision != issued.ID || reviews[0].Cause != corrected.ID {
			t.Errorf("%+v, %v", reviews, err)
		}
		w.verify()
	})
}

func TestListsAreKeysetPaged(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		var facts []Fact
		for i := range 7 {
			p := id.New[id.Person]()
			facts = append(facts, Fact{Person: p, Cohort: w.cohort, Value: SeatConfirmed{}, Basis: ByStaff})
			if i < 3 {
				facts = append(facts, Fact{Person: p, Cohort: w.cohort, Subject: "foundation", Value: WaiverSigned{Cause: "no-electricity"}, Basis: ByStaff})
			}
		}
		w.update(func(tx *db.Tx) error { _, err := RecordAll(tx, facts); return err })
		seen := map[id.Person]bool{}
		var after id.Person
		pages := 0
		for {
			page, err := w.s.List(w.ctx, w.cohort, Filter{}, after, 3)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			for _, r := range page.Rows {
				if seen[r.Person] || len(page.Stages[r.Person]) != 8 {
					t.Errorf("%s: seen before, or %d stages", r.Person, len(page.Stages[r.Person]))
				}
				seen[r.Person] = true
			}
			if after = page.After; after == "" {
				break
			}
		}
		if len(seen) != 7 || pages != 3 {
			t.Errorf("%d people on %d pages", len(seen), pages)
		}
		page, err := w.s.List(w.ctx, w.cohort, Filter{Stage: "week", States: []State{Locked}, Seat: SeatNotYet}, "", 50)
		if err != nil || len(page.Rows) != 4 {
			t.Errorf("%d are locked out of the week and have not earned the seat: %v", len(page.Rows), err)
		}
		w.verify()
	})
}

func TestMovingACohortShowsWhatChanges(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		p := id.New[id.Person]()
		w.record(Fact{Person: p, Value: SeatConfirmed{}, Basis: ByStaff})
		for _, m := range []string{"tip-basics", "som-basics", "victim-centred-interviewing", "special-techniques"} {
			w.record(Fact{Person: p, Subject: m, Value: ModuleCompleted{Passed: true}})
		}
		data, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
		if err != nil {
			t.Fatal(err)
		}
		b, err := programme.Read("p", data)
		if err != nil {
			t.Fatal(err)
		}
		b.Stages[0].ELearning.Enough = 4
		if data, err = programme.Marshal(b); err != nil {
			t.Fatal(err)
		}
		v, err := programme.New(programme.Deps{DB: d}).Import(w.ctx, id.New[id.Operation](), programme.ImportInput{File: "p", Data: data})
		if err != nil {
			t.Fatal(err)
		}
		officer := actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer}})
		would, err := w.s.WhatWouldChange(officer, w.cohort, v.Version)
		if err != nil || len(would) != 1 || would[0].Person != p || len(would[0].Changes) != 3 {
			t.Fatalf("%+v, %v", would, err)
		}
		if r := w.row(p); r.Seat != SeatNotYet {
			t.Errorf("looking moved the cohort: %+v", r)
		}
		if err := w.s.Move(officer, id.New[id.Operation](), MoveInput{Cohort: w.cohort, Version: v.Version, Revision: 9}); !fault.Is(err, fault.Stale) {
			t.Errorf("a stale move: %v", err)
		}
		if err := w.s.Move(officer, id.New[id.Operation](), MoveInput{Cohort: w.cohort, Version: v.Version, Revision: 1}); err != nil {
			t.Fatal(err)
		}
		if r := w.row(p); r.Seat != SeatEarned || r.Blueprint != v.Version {
			t.Errorf("after the move: %+v", r)
		}
		w.verify()
	})
}

// A standing that somebody changed, or that misses a fact, is named.
func TestVerifyNamesStandingsThatDoNotFollow(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		p, q, r, gone := id.New[id.Person](), id.New[id.Person](), id.New[id.Person](), id.New[id.Person]()
		for _, x := range []id.Person{p, q, r, gone} {
			w.record(Fact{Person: x, Value: SeatConfirmed{}, Basis: ByStaff})
		}
		// Time passes, and no timer has refreshed anything: what was true then is still
		// what is compared.
		dbtest.Clock(d).Set(dbtest.Start.AddDate(1, 0, 0))
		w.update(func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE pathway_stages SET state = 'done', passed = 1 WHERE person = ?1 AND stage = 'week'`, p); err != nil {
				return err
			}
			if _, err := tx.Exec(`DELETE FROM pathway_standings WHERE person = ?1`, gone); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE pathway_facts SET value = '{"seat":"another"}' WHERE person = ?1`, q)
			return err
		})
		if err := d.View(w.ctx, func(tx *db.Tx) error {
			bad, looked, err := VerifySample(tx, 1, 0)
			found := map[id.Person]string{}
			for _, b := range bad {
				found[b.Person] = b.What
			}
			if looked != 3 || len(bad) != 3 || found[p] != "standing" || found[q] != "facts" || found[gone] != "missing" {
				t.Errorf("of %d looked at: %v", looked, bad)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
