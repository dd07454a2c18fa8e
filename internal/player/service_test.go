package player

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
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
	ayesha    = id.Person("01900000-0000-7000-8000-0000000000a1")
	rubina    = id.Person("01900000-0000-7000-8000-0000000000a2")
)

// enrolled has everybody of the test in the cohort.
type enrolled struct{}

func (enrolled) Place(_ *db.Tx, p id.Person, c id.Cohort) (access.Place, error) {
	if c != cohort || (p != ayesha && p != rubina) {
		return access.Place{}, fault.New(fault.NotFound, "access.not-found", nil)
	}
	return place(), nil
}

func (enrolled) CohortPlace(*db.Tx, id.Cohort) (access.Place, error) { return place(), nil }

func place() access.Place {
	return access.Place{Country: "PK", Programme: programme, Cohort: cohort, Since: time.Unix(0, 0)}
}

// ledger keeps facts in memory, and every module open that is not named closed.
type ledger struct {
	facts  []pathway.Fact
	closed string
}

func (l *ledger) Record(_ *db.Tx, f pathway.Fact) error { l.facts = append(l.facts, f); return nil }

func (l *ledger) ModuleOpen(_ *db.Tx, _ id.Person, _ id.Cohort, module string) error {
	if module == l.closed {
		return ErrNotOpen
	}
	return nil
}

func learner(p id.Person) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{
		ID: "g", Role: actor.Participant, Scope: actor.Scope{Cohort: cohort},
	}})
}

func officer() context.Context {
	return actor.With(context.Background(), actor.Actor{Person: "01900000-0000-7000-8000-0000000000b1", Grant: actor.Grant{
		ID: "h", Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: programme},
	}})
}

const module = `---
title: Words
minutes: 10
pass_mark: 60
competencies: []
---
# One

Text.

` + "```question" + `
id: one
kind: single
text: Which?
points: 3
options: [{text: This, correct: true}, {text: That}]
` + "```" + `

# Two

` + "```warning" + `
Violence.
` + "```" + `

` + "```question" + `
id: two
kind: number
text: How many?
points: 5
answer: 5
` + "```" + `

# Three

` + "```question" + `
id: three
kind: short
text: Say it.
points: 2
accept: [yes]
` + "```" + `
`

func op() id.Operation { return id.New[id.Operation]() }

type world struct {
	*Service
	ledger *ledger
	db     *db.DB
}

func begin(t *testing.T, d *db.DB) world {
	t.Helper()
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	modules := content.New(content.Deps{DB: d, Files: files})
	_, err = modules.Import(officer(), op(), content.Import{
		Programme: programme, Key: "words", Files: map[string][]byte{"en.md": []byte(module)}, Publish: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{}
	t.Cleanup(func() { verify(t, d, append(Tables(), content.Tables()...)) })
	return world{New(Deps{DB: d, Files: files, Content: modules, Cohorts: enrolled{}, Ledger: l}), l, d}
}

// verify holds that every journalled row is as its latest entry says, however
// the test got there.
func verify(t *testing.T, d *db.DB, tables []db.Table) {
	t.Helper()
	err := d.View(context.Background(), func(tx *db.Tx) error {
		rep, err := journal.Verify(tx, journal.VerifyOptions{Tables: tables})
		if err == nil && (!rep.OK() || rep.Rows == 0) {
			t.Errorf("%d rows compared: %+v", rep.Rows, rep.Findings)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func (w world) start(t *testing.T, p id.Person) Launch {
	t.Helper()
	l, err := w.Start(learner(p), op(), Start{Cohort: cohort, Module: "words", Language: "ur"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (w world) answer(t *testing.T, a id.Attempt, key string, r item.Response) Marked {
	t.Helper()
	m, err := w.Answer(learner(ayesha), op(), Answer{Attempt: a, Item: key, Response: r})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w world) turn(t *testing.T, a id.Attempt, page string, skip bool) Turned {
	t.Helper()
	out, err := w.Turn(learner(ayesha), op(), Turn{Attempt: a, Page: page, Skip: skip})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (w world) values() []pathway.Value {
	out := []pathway.Value{}
	for _, f := range w.ledger.facts {
		out = append(out, f.Value)
	}
	return out
}

func TestAModuleIsLeftTakenUpSkippedInAndPassed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		if l.Page != "one" || l.Review {
			t.Fatalf("%+v", l)
		}
		if m := w.answer(t, l.Attempt, "one", item.Response{Chosen: []int{0}}); !m.Right || m.Points != 3 {
			t.Errorf("%+v", m)
		}
		if out := w.turn(t, l.Attempt, "one", false); out.Page != "two" || out.Finished {
			t.Errorf("%+v", out)
		}
		// On another device, another day.
		if again := w.start(t, ayesha); again.Attempt != l.Attempt || again.Page != "two" {
			t.Errorf("taken up at %+v", again)
		}
		before, err := w.Where(learner(ayesha), l.Attempt)
		if err != nil {
			t.Fatal(err)
		}
		if before.Seconds >= 600 || before.Seconds == 0 || before.Bytes == 0 || before.Outcome.Percent == 0 {
			t.Errorf("left: %d s, %d bytes at %d%%", before.Seconds, before.Bytes, before.Outcome.Percent)
		}
		if out := w.turn(t, l.Attempt, "two", true); out.Page != "three" {
			t.Errorf("%+v", out)
		}
		w.answer(t, l.Attempt, "three", item.Response{Written: "no"})
		out := w.turn(t, l.Attempt, "three", false)
		if !out.Finished || !out.Passed {
			t.Errorf("3 of 5 points reach 60%%, what was skipped does not count: %+v", out)
		}
		values := w.values()
		want := pathway.ModuleCompleted{Score: 3, Max: 5, Passed: true, Skipped: 1}
		if got := values[len(values)-1]; got != want {
			t.Errorf("the fact is %+v", got)
		}
		if _, err := w.Turn(learner(ayesha), op(), Turn{Attempt: l.Attempt, Page: "one"}); !fault.Is(err, fault.Closed) {
			t.Errorf("a passed attempt moved: %v", err)
		}
		if review := w.start(t, ayesha); !review.Review || review.Attempt != l.Attempt {
			t.Errorf("%+v", review)
		}
		if len(w.ledger.facts) != len(values) {
			t.Error("review left a fact")
		}
	})
}

func TestAFurtherAttemptKeepsWhatWasRight(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		w.answer(t, l.Attempt, "one", item.Response{Chosen: []int{1}})
		w.answer(t, l.Attempt, "three", item.Response{Written: "yes"})
		w.turn(t, l.Attempt, "one", false)
		w.turn(t, l.Attempt, "two", true)
		if out := w.turn(t, l.Attempt, "three", false); !out.Finished || out.Passed {
			t.Fatalf("%+v", out)
		}
		second := w.start(t, ayesha)
		if second.Attempt == l.Attempt || second.Page != "one" {
			t.Fatalf("%+v", second)
		}
		where, err := w.Where(learner(ayesha), second.Attempt)
		if err != nil {
			t.Fatal(err)
		}
		three, _ := where.Page("three")
		if q := three.Questions["three"]; !q.Right || !three.Done || where.Attempt.Number != 2 {
			t.Errorf("what was right is asked again: %+v", q)
		}
		w.answer(t, second.Attempt, "one", item.Response{Chosen: []int{0}})
		if out := w.turn(t, second.Attempt, "one", false); !out.Finished || !out.Passed {
			t.Errorf("%+v", out)
		}
	})
}

func TestAnAnswerCountsOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		same := op()
		in := Answer{Attempt: l.Attempt, Item: "one", Response: item.Response{Chosen: []int{1}}}
		first, err := w.Answer(learner(ayesha), same, in)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.Answer(learner(ayesha), same, in); err != nil || again != first {
			t.Errorf("a resend: %+v, %v", again, err)
		}
		in.Response = item.Response{Chosen: []int{0}}
		if _, err := w.Answer(learner(ayesha), op(), in); !fault.Is(err, fault.Conflict) {
			t.Errorf("after the feedback she answered again: %v", err)
		}
		if _, err := w.Answer(learner(ayesha), op(), Answer{Attempt: l.Attempt, Item: "two"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("nothing was taken for an answer: %v", err)
		}
		if _, err := w.Turn(learner(ayesha), op(), Turn{Attempt: l.Attempt, Page: "one", Skip: true}); !fault.Is(err, fault.Denied) {
			t.Errorf("a page without a warning was skipped: %v", err)
		}
		if _, err := w.Finish(learner(ayesha), op(), l.Attempt); !fault.Is(err, fault.Closed) {
			t.Errorf("ended with pages left: %v", err)
		}
	})
}

// Who has begun, who has not and who need not stand in one list, a page at a time.
func TestWhoIsWhereIsReadAPageAtATime(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		w.start(t, ayesha)
		asked := []id.Person{ayesha, rubina}
		for range 3 {
			asked = append(asked, id.New[id.Person]())
		}
		slices.Sort(asked)
		if _, err := w.Rule(officer(), op(), Rule{Person: rubina, Cohort: cohort, Module: "words", Step: Exempt, Reason: "She teaches it."}); err != nil {
			t.Fatal(err)
		}
		var got []At
		for after := id.Person(""); ; {
			rest := slices.DeleteFunc(slices.Clone(asked), func(p id.Person) bool { return p <= after })
			some, err := w.WhoIsWhere(officer(), cohort, "words", rest[:min(len(rest), 2)], after, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(some) == 0 {
				break
			}
			got, after = append(got, some...), some[len(some)-1].Person
		}
		if len(got) != len(asked) {
			t.Fatalf("%d people are listed, want %d: %+v", len(got), len(asked), got)
		}
		for i, a := range got {
			if a.Person != asked[i] || (a.Attempt != "") != (a.Person == ayesha) || (a.State == Open) != (a.Person == ayesha) || a.Exempt != (a.Person == rubina) {
				t.Errorf("row %d is %+v", i, a)
			}
		}
	})
}

func TestNobodyElseMovesOrSeesHerAttempt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		w.turn(t, l.Attempt, "one", false)
		if _, err := w.Where(learner(rubina), l.Attempt); !fault.Is(err, fault.NotFound) {
			t.Errorf("a colleague reads it: %v", err)
		}
		if _, err := w.Turn(learner(rubina), op(), Turn{Attempt: l.Attempt, Page: "two"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a colleague moves it: %v", err)
		}
		if _, err := w.Turn(officer(), op(), Turn{Attempt: l.Attempt, Page: "two"}); err == nil {
			t.Error("an officer moves it")
		}
		rows, err := w.WhoIsWhere(officer(), cohort, "words", nil, "", 50)
		if err != nil || len(rows) != 1 || rows[0].Person != ayesha || rows[0].Page != "two" {
			t.Errorf("%+v, %v", rows, err)
		}
		if tallies, err := w.Tallies(officer(), cohort); err != nil || len(tallies) != 1 || tallies[0] != (Tally{"words", 1, 0}) {
			t.Errorf("%+v, %v", tallies, err)
		}
		if _, err := w.WhoIsWhere(learner(rubina), cohort, "words", nil, "", 50); err == nil {
			t.Error("a participant sees who is where")
		}
		left, err := w.LeftOf(learner(ayesha), ayesha, cohort, "en", []string{"words", "nowhere"})
		if err != nil || len(left) != 1 || left[0].Percent == 0 || left[0].State != Open || left[0].Seconds == 0 {
			t.Errorf("%+v, %v", left, err)
		}
		w.ledger.closed = "words"
		if _, err := w.Start(learner(rubina), op(), Start{Cohort: cohort, Module: "words"}); !fault.Is(err, fault.Closed) {
			t.Errorf("began what is not open: %v", err)
		}
	})
}

func TestAnOutsideCertificateOpensAsAnEquivalence(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		scan := []byte("%PDF of a certificate")
		show := ShowOutside{Person: ayesha, Cohort: cohort, Module: "words", Issuer: "An academy", Scan: bytes.NewReader(scan)}
		o, err := w.ShowOutside(learner(ayesha), op(), show)
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.Scan(officer(), o)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(r); err != nil || !bytes.Equal(b, scan) {
			t.Errorf("the scan: %q, %v", b, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if _, err := w.Scan(learner(rubina), o); !fault.Is(err, fault.NotFound) {
			t.Errorf("a colleague reads the scan: %v", err)
		}
		waits := func(want int) {
			t.Helper()
			if err := d.View(t.Context(), func(tx *db.Tx) error {
				n, err := OutsideWaiting(tx, cohort)
				if n != want {
					t.Errorf("%d wait for a decision, want %d", n, want)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
		waits(1)
		until := dbtest.Clock(d).Now().Add(24 * time.Hour)
		accept := DecideOutside{Outside: o, Accept: true, Until: until}
		if err := w.DecideOutside(learner(ayesha), op(), accept); err == nil {
			t.Error("she accepted her own")
		}
		if err := w.DecideOutside(officer(), op(), accept); err != nil {
			t.Fatal(err)
		}
		waits(0)
		if err := w.DecideOutside(officer(), op(), DecideOutside{Outside: o, Cause: "too-old", Reason: "From 1999."}); !fault.Is(err, fault.Closed) {
			t.Errorf("decided twice: %v", err)
		}
		if err := w.WithdrawOutside(officer(), op(), o); err != nil {
			t.Fatal(err)
		}
		want := []pathway.Value{pathway.EquivalenceAccepted{Until: until}, pathway.Withdrawn{}}
		if got := w.values(); !slices.Equal(got, want) {
			t.Errorf("facts %+v", got)
		}
		if f := w.ledger.facts; f[1].Corrects != f[0].ID || f[0].Basis != pathway.Paper {
			t.Errorf("the withdrawal corrects %q, not %q", f[1].Corrects, f[0].ID)
		}
		if list, err := w.OutsideOf(learner(ayesha), ayesha, cohort); err != nil || len(list) != 1 || list[0].State != Withdrawn {
			t.Errorf("%+v, %v", list, err)
		}

		show = ShowOutside{Person: ayesha, Cohort: cohort, Module: "words", Issuer: "A friend", Paper: true}
		if _, err := w.ShowOutside(learner(ayesha), op(), show); !fault.Is(err, fault.Invalid) {
			t.Errorf("she said herself that staff saw the paper: %v", err)
		}
		o, err = w.ShowOutside(officer(), op(), show)
		if err != nil {
			t.Fatal(err)
		}
		if waiting, err := w.OutsideToDecide(officer(), cohort); err != nil || len(waiting) != 1 || waiting[0].ID != o {
			t.Errorf("%+v, %v", waiting, err)
		}
		err = w.DecideOutside(officer(), op(), DecideOutside{Outside: o, Cause: "not-readable"})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "reason") {
			t.Errorf("refused without a reason: %v", err)
		}
	})
}
