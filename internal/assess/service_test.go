package assess

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

const (
	programme = id.Programme("01900000-0000-7000-8000-00000000000a")
	cohort    = id.Cohort("01900000-0000-7000-8000-00000000000c")
)

func person(n int) id.Person { return id.Person(fmt.Sprintf("01900000-0000-7000-8000-%012d", n)) }

// course is a cohort of people 1 to size, with a timed pre-test and a post-test
// that may be on paper.
type course struct{ size int }

func (c course) Place(_ *db.Tx, p id.Person, k id.Cohort) (access.Place, error) {
	for n := 1; n <= c.size; n++ {
		if p == person(n) && k == cohort {
			return place(), nil
		}
	}
	return access.Place{}, fault.New(fault.NotFound, "access.not-found", nil)
}

func (course) CohortPlace(*db.Tx, id.Cohort) (access.Place, error) { return place(), nil }

func (c course) Participants(*db.Tx, id.Cohort) ([]id.Person, error) {
	out := []id.Person{}
	for n := 1; n <= c.size; n++ {
		out = append(out, person(n))
	}
	return out, nil
}

func (course) Assessment(_ *db.Tx, _ id.Cohort, stage string) (Stage, error) {
	switch stage {
	case "before":
		return Stage{Key: stage, Form: "pre", Test: "small", Minutes: 30, Paper: true}, nil
	case "after":
		return Stage{Key: stage, Form: "post", Test: "small", Paper: true}, nil
	}
	return Stage{}, fault.New(fault.NotFound, "access.not-found", nil)
}

func (c course) Assessments(tx *db.Tx, k id.Cohort) ([]Stage, error) {
	var out []Stage
	for _, key := range []string{"before", "after"} {
		s, err := c.Assessment(tx, k, key)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func place() access.Place {
	return access.Place{Country: "PK", Programme: programme, Cohort: cohort, Since: time.Unix(0, 0)}
}

type ledger struct{ facts []pathway.Fact }

func (l *ledger) Record(_ *db.Tx, f pathway.Fact) error              { l.facts = append(l.facts, f); return nil }
func (*ledger) StageOpen(*db.Tx, id.Person, id.Cohort, string) error { return nil }

func as(p id.Person, role actor.Role, scope actor.Scope) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{ID: "g", Role: role, Scope: scope}})
}

func learner(n int) context.Context {
	return as(person(n), actor.Participant, actor.Scope{Cohort: cohort})
}

func officer() context.Context {
	return as(person(900), actor.ProgrammeOfficer, actor.Scope{Programme: programme})
}

func trainer() context.Context { return as(person(901), actor.Trainer, actor.Scope{Cohort: cohort}) }

func op() id.Operation { return id.New[id.Operation]() }

const small = `key: small
title: {en: Small, ur: مختصر}
minutes: 10
items:
  - id: a
    kind: single
    competency: know
    text: {en: "Which?", ur: "کون سا؟"}
    options: [{text: {en: This, ur: یہ}, correct: true}, {text: {en: That, ur: وہ}}]
  - id: b
    kind: multiple
    competency: know
    points: 2
    text: {en: "Which two?", ur: "کون سے دو؟"}
    options: [{text: {en: One, ur: ایک}, correct: true}, {text: {en: Two, ur: دو}}, {text: {en: Three, ur: تین}, correct: true}]
  - id: c
    kind: number
    competency: do
    text: {en: "How many?", ur: "کتنے؟"}
    answer: 5
`

type world struct {
	*Service
	ledger *ledger
	db     *db.DB
}

func begin(t *testing.T, d *db.DB, size int) world {
	t.Helper()
	l := &ledger{}
	s := New(Deps{DB: d, Cohorts: course{size}, Ledger: l})
	if _, err := s.Import(officer(), op(), Import{Programme: programme, File: "small.yaml", Data: []byte(small)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { verify(t, d) })
	return world{s, l, d}
}

// verify holds that every journalled row is as its latest entry says, however
// the test got there.
func verify(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.View(context.Background(), func(tx *db.Tx) error {
		rep, err := journal.Verify(tx, journal.VerifyOptions{Tables: Tables()})
		if err == nil && (!rep.OK() || rep.Rows == 0) {
			t.Errorf("%d rows compared: %+v", rep.Rows, rep.Findings)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func (w world) sit(t *testing.T, n int, stage string) Sitting {
	t.Helper()
	s, err := w.Sit(learner(n), op(), Sit{Cohort: cohort, Stage: stage, Language: "ur"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w world) save(t *testing.T, n int, a id.Attempt, answers map[string]item.Response) {
	t.Helper()
	if err := w.Save(learner(n), op(), Save{Attempt: a, Answers: answers}); err != nil {
		t.Fatal(err)
	}
}

func TestATestIsLeftTakenUpChangedAndHandedIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d, 2)
		s := w.sit(t, 1, "before")
		w.save(t, 1, s.Attempt, map[string]item.Response{"a": {Chosen: []int{1}}, "b": {Chosen: []int{2, 0}}})
		dbtest.Clock(d).Advance(10 * time.Minute)
		if again := w.sit(t, 1, "before"); again.Attempt != s.Attempt || !again.DueAt.Equal(s.DueAt) {
			t.Errorf("taken up as %+v, begun as %+v", again, s)
		}
		w.save(t, 1, s.Attempt, map[string]item.Response{"a": {Chosen: []int{0}}, "b": {}})
		sheet, err := w.Sheet(learner(1), s.Attempt)
		if err != nil || sheet.Answered != 2 || sheet.Left != 20*time.Minute || sheet.Attempt.Language != "ur" {
			t.Fatalf("%+v, %v", sheet, err)
		}
		// Nobody hands in for her, or answers in her name, whatever her part is.
		for who, ctx := range map[string]context.Context{
			"a colleague": learner(2), "a programme officer": officer(), "a trainer": trainer(),
			"a focal point":    as(person(902), actor.FocalPoint, actor.Scope{Agency: "x"}),
			"an administrator": as(person(903), actor.Administrator, actor.Scope{}),
		} {
			if _, err := w.HandIn(ctx, op(), s.Attempt); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Denied) {
				t.Errorf("%s hands in for her: %v", who, err)
			}
			in := Save{Attempt: s.Attempt, Answers: map[string]item.Response{"c": {Written: "5"}}}
			if err := w.Save(ctx, op(), in); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Denied) {
				t.Errorf("%s answers in her name: %v", who, err)
			}
		}
		if n := len(w.ledger.facts); n != 0 {
			t.Fatalf("%d facts before she handed in", n)
		}
		res, err := w.HandIn(learner(1), op(), s.Attempt)
		if err != nil || res.Attempt.Points != 3 || res.Attempt.Max != 4 || res.Answered != 2 {
			t.Fatalf("%+v, %v", res, err)
		}
		if err := w.Save(learner(1), op(), Save{Attempt: s.Attempt, Answers: map[string]item.Response{"c": {Written: "5"}}}); !fault.Is(err, fault.Closed) {
			t.Errorf("answered after handing in: %v", err)
		}
		f := w.ledger.facts
		want := pathway.AssessmentSubmitted{Form: "pre", Raw: 3, Max: 4, ByCompetency: map[string]pathway.Score{"know": {Raw: 3, Max: 3}, "do": {Raw: 0, Max: 1}}}
		if len(f) != 1 || fmt.Sprint(f[0].Value) != fmt.Sprint(want) || f[0].Subject != "before" || f[0].Basis != pathway.OwnAct {
			t.Errorf("%+v", f)
		}
		if _, err := w.Sheet(learner(2), s.Attempt); !fault.Is(err, fault.NotFound) {
			t.Errorf("a colleague reads it: %v", err)
		}
		if _, err := w.ResultOf(as(person(902), actor.FocalPoint, actor.Scope{Agency: "x"}), s.Attempt); err == nil {
			t.Error("a focal point reads scores")
		}
	})
}

func TestATimedTestEndsWithWhatWasSaved(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d, 1)
		s := w.sit(t, 1, "before")
		w.save(t, 1, s.Attempt, map[string]item.Response{"c": {Written: "۵"}})
		clock := dbtest.Clock(d)
		clock.Advance(30*time.Minute + Late)
		w.save(t, 1, s.Attempt, map[string]item.Response{"a": {Chosen: []int{0}}}) // on its way when the time was over
		clock.Advance(time.Second)
		if err := w.Save(learner(1), op(), Save{Attempt: s.Attempt, Answers: map[string]item.Response{"b": {Chosen: []int{0, 2}}}}); !fault.Is(err, fault.Closed) {
			t.Errorf("saved after the time: %v", err)
		}
		timer := actor.With(context.Background(), actor.Actor{Timer: "assess"})
		if n, err := w.CloseDue(timer); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		if n, err := w.CloseDue(timer); err != nil || n != 0 {
			t.Errorf("closed again: %d, %v", n, err)
		}
		res, err := w.ResultOf(officer(), s.Attempt)
		if err != nil || res.Attempt.Points != 2 || !res.Attempt.SubmittedAt.Equal(s.DueAt) {
			t.Errorf("%+v, %v", res, err)
		}
		if _, err := w.CloseDue(learner(1)); err != nil {
			t.Errorf("nothing was due: %v", err)
		}
	})
}

func TestTwentyFivePapersAreEnteredAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d, 25)
		taken := dbtest.Clock(d).Now().Add(-time.Hour)
		sheet := Paper{Cohort: cohort, Stage: "after", TakenAt: taken}
		for n := 1; n <= 25; n++ {
			r := PaperRow{Person: person(n), Cells: map[string]string{"a": "a", "b": "AC", "c": "1"}, Total: "4"}
			switch {
			case n == 24:
				r = PaperRow{Person: person(n), Total: "۳"}
			case n == 25:
				r = PaperRow{Person: person(n)} // she was not there
			}
			sheet.Rows = append(sheet.Rows, r)
		}
		bad := sheet
		bad.Rows = append([]PaperRow{}, sheet.Rows...)
		bad.Rows[0] = PaperRow{Person: person(1), Cells: map[string]string{"a": "d", "b": "7", "c": "0"}, Total: "9"}
		_, err := w.EnterPaper(trainer(), op(), bad)
		var f *fault.Error
		if !errors.As(err, &f) || f.Key != "assess.sheet-wrong" || len(f.Fields) != 3 || f.Fields[0].Name != string(person(1))+".a" {
			t.Fatalf("%v", err)
		}
		if g, err := w.Grid(trainer(), cohort, "after", "", 50); err != nil || g.Rows[1].Attempt.ID != "" {
			t.Fatalf("half a sheet was taken: %v", err)
		}
		w.ledger.facts = nil // the fake does not roll back
		out, err := w.EnterPaper(trainer(), op(), sheet)
		if err != nil || out.New != 24 {
			t.Fatalf("%+v, %v", out, err)
		}
		if len(w.ledger.facts) != 24 || !w.ledger.facts[0].OccurredAt.Equal(taken) || w.ledger.facts[0].Basis != pathway.ByTrainer {
			t.Errorf("%d facts, first %+v", len(w.ledger.facts), w.ledger.facts[0])
		}
		sheet.Rows[0].Cells, sheet.Rows[0].Total = map[string]string{"a": "a", "b": "AC", "c": "0"}, ""
		out, err = w.EnterPaper(trainer(), op(), sheet)
		if err != nil || out != (Entered{Corrected: 1, Same: 23}) {
			t.Errorf("%+v, %v", out, err)
		}
		if f := w.ledger.facts; f[len(f)-1].Corrects != f[0].ID {
			t.Errorf("the correction names %q, not %q", f[len(f)-1].Corrects, f[0].ID)
		}
		g, err := w.Grid(trainer(), cohort, "after", "", 50)
		if err != nil || len(g.Rows) != 25 || g.Rows[0].Attempt.Points != 3 || g.Rows[0].Cells["b"] != 2 || g.Rows[23].Attempt.ByItem {
			t.Errorf("%+v, %v", g, err)
		}
		first, err := w.Grid(trainer(), cohort, "after", "", 10)
		if err != nil || len(first.Rows) != 10 || !first.More {
			t.Fatalf("%+v, %v", first, err)
		}
		last, err := w.Grid(trainer(), cohort, "after", first.Rows[9].Person, 20)
		if err != nil || len(last.Rows) != 15 || last.More || last.Rows[0].Person != person(11) || last.Rows[0].Cells["a"] != 1 {
			t.Errorf("%+v, %v", last, err)
		}
		if _, err := w.EnterPaper(learner(1), op(), sheet); err == nil {
			t.Error("a participant entered papers")
		}
		items, err := w.ItemResults(officer(), cohort, "after")
		if err != nil || items[2].Asked != 23 || items[2].Right != 22 {
			t.Errorf("%+v, %v", items, err)
		}
	})
}

func TestGainIsOverMatchedPairsAndSaysWhatIsMissing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d, 5)
		enter := func(stage string, cells map[int]string) {
			sheet := Paper{Cohort: cohort, Stage: stage, TakenAt: dbtest.Clock(d).Now()}
			for n, c := range cells {
				sheet.Rows = append(sheet.Rows, PaperRow{Person: person(n), Cells: map[string]string{"a": c, "c": "0"}})
			}
			if _, err := w.EnterPaper(trainer(), op(), sheet); err != nil {
				t.Fatal(err)
			}
		}
		enter("before", map[int]string{1: "0", 2: "0", 3: "1"})
		enter("after", map[int]string{1: "1", 2: "0", 4: "1"})
		g, err := w.Gain(officer(), cohort, "before", "after")
		if err != nil {
			t.Fatal(err)
		}
		if g.Pairs != 2 || g.PreOnly != 1 || g.PostOnly != 1 || g.Neither != 1 || !near(g.Mean, 12.5) || !g.Few {
			t.Errorf("%+v", g.Gain)
		}
		if len(g.ByCompetency) != 2 || g.ByCompetency[0].Competency != "know" || !near(g.ByCompetency[0].Mean, 100.0/6) {
			t.Errorf("%+v", g.ByCompetency)
		}
		if _, err := w.Gain(learner(1), cohort, "before", "after"); err == nil {
			t.Error("a participant reads everybody's scores")
		}
	})
}

func TestWhoSatOnScreenIsNotEnteredAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d, 1)
		w.sit(t, 1, "before")
		_, err := w.EnterPaper(trainer(), op(), Paper{
			Cohort: cohort, Stage: "before", TakenAt: dbtest.Clock(d).Now(), Rows: []PaperRow{{Person: person(1), Total: "2"}},
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	})
}

func TestTheFirstProgrammesTestIsRight(t *testing.T) {
	const file = "../../examples/pakistan-2020/tests/foundation.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	test, problems := Read("foundation.yaml", data)
	for _, p := range problems {
		t.Error(p)
	}
	if test != nil && (len(test.Items) != 20 || len(test.Competencies()) != 5 || len(test.Languages) != 2) {
		t.Errorf("%d items, competencies %v, languages %v", len(test.Items), test.Competencies(), test.Languages)
	}
}

func TestAFileIsReadWithAllItsProblems(t *testing.T) {
	_, ps := Read("t.yaml", []byte(`key: T
title: {en: Small, ur: مختصر}
minutes: 0
items:
  - {id: a, kind: number, text: {en: Q}, answer: 1}
  - {id: a, kind: number, text: {en: Q, ur: س}, answer: x}
`))
	want := []string{"t.yaml:1:6 item.key", "t.yaml:3:10 yaml.not-number", "t.yaml:5:5 test.languages", "t.yaml:6:5 item.twice", "t.yaml:6:57 item.number"}
	got := []string{}
	for _, p := range ps {
		got = append(got, p.Place()+" "+p.Code)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
}
