package evaluation_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/evaluation"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

// kept is a world whose facts and reads are kept to be looked at.
type kept struct {
	*evaluation.Service
	facts []pathway.Fact
	reads reading
}

func keeping(t *testing.T, d *db.DB) (*kept, id.Survey) {
	t.Helper()
	k := &kept{}
	var sid id.Survey
	k.Service, sid = askedBy(t, d, &k.reads, func(f pathway.Fact) { k.facts = append(k.facts, f) })
	return k, sid
}

func TestSheetsOnPaperAreEnteredWithoutNames(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k, sid := keeping(t, d)
		give(t, k.Service, sid, 0, evaluation.Answers{"useful": "5"})
		for what, ctx := range map[string]context.Context{
			"a participant": participant(1), "a trainer": as(woman(9), actor.Trainer, actor.Scope{Cohort: cohort}),
			"another programme's officer": as(woman(9), actor.ProgrammeOfficer, actor.Scope{Programme: id.New[id.Programme]()}),
		} {
			if _, err := k.Sheets(ctx, sid); err == nil {
				t.Errorf("%s sees who has not answered", what)
			}
			if err := k.HandIn(ctx, op(), sid, []id.Person{woman(1)}); err == nil {
				t.Errorf("%s hands in", what)
			}
			if err := k.EnterSheet(ctx, op(), sid, evaluation.Answers{"useful": "1"}); err == nil {
				t.Errorf("%s enters", what)
			}
		}
		at := func(open, waiting, answered int) {
			t.Helper()
			v, err := k.Sheets(officer(), sid)
			if err != nil || len(v.Open) != open || v.Waiting != waiting || v.Answered != answered {
				t.Fatalf("%d open, %d waiting, %d answered, %v; want %d, %d, %d", len(v.Open), v.Waiting, v.Answered, err, open, waiting, answered)
			}
		}
		at(5, 0, 1)
		if err := k.EnterSheet(officer(), op(), sid, evaluation.Answers{"useful": "1"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a sheet that nobody handed in: %v", err)
		}
		if err := k.HandIn(officer(), op(), sid, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("nobody handed in: %v", err)
		}
		// One of them has answered already: nothing of it is kept.
		if err := k.HandIn(officer(), op(), sid, []id.Person{woman(1), woman(0)}); !fault.Is(err, fault.Conflict) {
			t.Errorf("handed in after answering: %v", err)
		}
		at(5, 0, 1)
		before := len(k.facts)
		again := op()
		for range 2 { // sent twice, kept once
			if err := k.HandIn(officer(), again, sid, []id.Person{woman(1), woman(2), woman(3), woman(4)}); err != nil {
				t.Fatal(err)
			}
		}
		at(1, 4, 1)
		if len(k.facts) != before+4 || k.facts[before].Basis != pathway.Paper || k.facts[before].Value != (pathway.FeedbackGiven{}) {
			t.Errorf("what was recorded: %+v", k.facts[before:])
		}
		// Whoever handed in has answered; a form that she had open is of no use.
		if _, _, err := k.Begin(participant(1), sid); !fault.Is(err, fault.Conflict) {
			t.Errorf("she answers again: %v", err)
		}
		if err := k.EnterSheet(officer(), op(), sid, evaluation.Answers{"useful": "9"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("no grade of ours: %v", err)
		}
		for n := range 3 {
			if err := k.EnterSheet(officer(), op(), sid, evaluation.Answers{"useful": "4", "better": fmt.Sprintf("sheet %d", n)}); err != nil {
				t.Fatal(err)
			}
		}
		at(1, 1, 4)
		if err := k.EnterSheet(officer(), op(), sid, evaluation.Answers{}); err != nil { // an empty sheet
			t.Fatal(err)
		}
		at(1, 0, 4)
		if len(k.facts) != before+4 {
			t.Error("entering a sheet says something of a person")
		}
		var told int
		if err := d.View(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT (SELECT COUNT(*) FROM journal_bodies WHERE CAST(body AS TEXT) LIKE '%sheet 1%')
				+ (SELECT COUNT(*) FROM journal_operations WHERE CAST(outcome AS TEXT) LIKE '%sheet 1%')`).Scan(&told)
		}); err != nil || told != 0 {
			t.Errorf("what stands on a sheet stands elsewhere too: %d, %v", told, err)
		}
		dbtest.Clock(d).Advance(8 * 24 * time.Hour)
		if err := k.HandIn(officer(), op(), sid, []id.Person{woman(5)}); !fault.Is(err, fault.Closed) {
			t.Errorf("handed in after the end: %v", err)
		}
		if v, err := k.Sheets(officer(), sid); err != nil || !v.Closed {
			t.Errorf("it says nothing of being closed: %+v, %v", v, err)
		}
		r, err := k.Results(officer(), sid)
		if err != nil || r.Answered != 4 {
			t.Errorf("results: %+v, %v", r, err)
		}
	})
}

func TestAnOfficerEntersWhatSheSaysByTelephone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k, _ := keeping(t, d)
		in := evaluation.FollowUpInput{Cohort: cohort, Person: woman(2), Stage: "use-3-months", Use: evaluation.UseSome, InPost: true}
		for _, b := range []pathway.Basis{"", pathway.OwnAct} {
			in.Basis = b
			if _, err := k.AnswerFollowUp(officer(), op(), in); !fault.Is(err, fault.Invalid) {
				t.Errorf("basis %q: %v", b, err)
			}
		}
		in.Basis = pathway.Telephone
		if _, err := k.AnswerFollowUp(participant(1), op(), in); err == nil {
			t.Error("a colleague answers for her")
		}
		if _, err := k.AnswerFollowUp(officer(), op(), in); err != nil {
			t.Fatal(err)
		}
		later := in
		later.Use = evaluation.UseOften
		if _, err := k.AnswerFollowUp(officer(), op(), later); !fault.Is(err, fault.Stale) {
			t.Errorf("an answer in place of one that was not read: %v", err)
		}
		later.Revision, later.Use = 1, in.Use
		if _, err := k.AnswerFollowUp(officer(), op(), later); err != nil {
			t.Errorf("an answer in place of the one that was read: %v", err)
		}
		if f := k.facts[len(k.facts)-1]; f.Person != woman(2) || f.Basis != pathway.Telephone {
			t.Errorf("recorded: %+v", f)
		}
		stage, all, err := k.Followed(officer(), cohort, "use-3-months")
		if err != nil || len(all) != 6 || string(stage.Key) != "use-3-months" {
			t.Fatalf("%d people, %v", len(all), err)
		}
		for _, f := range all {
			if (f.Answer != nil) != (f.Person == woman(2)) {
				t.Errorf("%s: %+v", f.Person, f.Answer)
			}
		}
		if len(k.reads.who) != 6 {
			t.Errorf("%d reads recorded", len(k.reads.who))
		}
		for what, ctx := range map[string]context.Context{"a participant": participant(1), "a supervisor": as(boss, actor.Supervisor, actor.Scope{Agency: agency})} {
			if _, _, err := k.Followed(ctx, cohort, "use-3-months"); err == nil {
				t.Errorf("%s lists", what)
			}
			if _, _, err := k.FollowUpOf(ctx, cohort, "use-3-months", woman(2)); err == nil {
				t.Errorf("%s reads", what)
			}
		}
		// She reads what was entered for her, and may answer herself.
		if _, f, err := k.MyFollowUp(participant(2), cohort, "use-3-months"); err != nil || f.Use != evaluation.UseSome {
			t.Errorf("her answer: %+v, %v", f, err)
		}
	})
}
