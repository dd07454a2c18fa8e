package player

import (
	"context"
	"slices"
	"testing"
	"time"

	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/pathway"
)

func (w world) rule(t *testing.T, s Step) id.Ruling {
	t.Helper()
	r, err := w.Rule(officer(), op(), Rule{Person: ayesha, Cohort: cohort, Module: "words", Step: s, Reason: "Her tablet broke."})
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return r
}

func (w world) wayOf(t *testing.T, may ...Step) Way {
	t.Helper()
	out, err := w.WayOf(officer(), ayesha, cohort, "words")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out.May)
	slices.Sort(may)
	if !slices.Equal(out.May, may) {
		t.Errorf("staff may %v, want %v", out.May, may)
	}
	return out
}

func (w world) last(t *testing.T) pathway.Fact {
	t.Helper()
	if len(w.ledger.facts) == 0 {
		t.Fatal("no fact")
	}
	return w.ledger.facts[len(w.ledger.facts)-1]
}

// Whoever is to begin anew begins with nothing, and what she did stays to be read.
func TestStaffHaveHerBeginAnew(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		w.wayOf(t, Exempt)
		first := w.start(t, ayesha)
		w.answer(t, first.Attempt, "one", item.Response{Chosen: []int{0}})
		w.turn(t, first.Attempt, "one", false)
		facts := len(w.ledger.facts)
		w.wayOf(t, Close, Restart, Complete, Exempt)
		w.rule(t, Restart)
		second := w.start(t, ayesha)
		if second.Attempt == first.Attempt || second.Page != "one" || second.Review {
			t.Fatalf("%+v", second)
		}
		if m := w.answer(t, second.Attempt, "one", item.Response{Chosen: []int{1}}); m.Right {
			t.Error("the first answer was carried over")
		}
		if _, err := w.Where(learner(ayesha), first.Attempt); err != nil {
			t.Errorf("the first attempt is not to be read: %v", err)
		}
		if _, err := w.Answer(learner(ayesha), op(), Answer{Attempt: first.Attempt, Item: "three", Response: item.Response{Written: "yes"}}); !fault.Is(err, fault.Closed) {
			t.Errorf("the first attempt goes on: %v", err)
		}
		if len(w.ledger.facts) != facts {
			t.Error("beginning anew is no result")
		}
		way := w.wayOf(t, Close, Restart, Complete, Exempt)
		if len(way.Attempts) != 2 || way.Attempts[0].Number != 2 || len(way.Rulings) != 1 || way.Rulings[0].Reason != "Her tablet broke." {
			t.Errorf("%+v", way)
		}
	})
}

// An attempt that was ended too early goes on where it was; a result that it had by
// then is corrected by the next, which counts if it is better.
func TestStaffCloseAndReopen(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		w.answer(t, l.Attempt, "one", item.Response{Chosen: []int{0}})
		w.turn(t, l.Attempt, "one", false)
		w.rule(t, Close)
		if f := w.last(t); f.Value != (pathway.ModuleCompleted{Score: 3, Max: 5}) || f.Basis != pathway.ByStaff {
			t.Errorf("closed with pages left, the fact is %+v", f)
		}
		w.wayOf(t, Restart, Reopen, Complete, Exempt)
		w.rule(t, Reopen)
		if again := w.start(t, ayesha); again.Attempt != l.Attempt || again.Page != "two" {
			t.Errorf("%+v", again)
		}
		w.turn(t, l.Attempt, "two", true)
		w.answer(t, l.Attempt, "three", item.Response{Written: "yes"})
		if out := w.turn(t, l.Attempt, "three", false); !out.Passed {
			t.Errorf("%+v", out)
		}
		w.wayOf(t, Restart)
		if _, err := w.Rule(officer(), op(), Rule{Person: ayesha, Cohort: cohort, Module: "words", Step: Reopen, Reason: "So."}); !fault.Is(err, fault.Closed) {
			t.Errorf("what is passed was reopened: %v", err)
		}
	})
}

// What counts by a decision of staff is said to, and can be taken back: then all is
// as it was.
func TestWhatStaffLetCountIsTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		w.answer(t, l.Attempt, "one", item.Response{Chosen: []int{0}})
		w.turn(t, l.Attempt, "one", false)
		before := w.wayOf(t, Close, Restart, Complete, Exempt).Attempts[0]

		r := w.rule(t, Complete)
		f := w.last(t)
		if v, ok := f.Value.(pathway.ModuleCompleted); !ok || !v.Passed || f.Basis != pathway.ByStaff || f.Actor == string(ayesha) {
			t.Errorf("%+v", f)
		}
		if review := w.start(t, ayesha); !review.Review {
			t.Errorf("%+v", review)
		}
		if err := w.TakeBackRuling(officer(), op(), r); err != nil {
			t.Fatal(err)
		}
		if back := w.last(t); back.Corrects != f.ID || back.Value != (pathway.Withdrawn{}) {
			t.Errorf("%+v", back)
		}
		after := w.wayOf(t, Close, Restart, Complete, Exempt).Attempts[0]
		after.TouchedAt = before.TouchedAt
		if after != before {
			t.Errorf("it was %+v, and is %+v", before, after)
		}
		if err := w.TakeBackRuling(officer(), op(), r); !fault.Is(err, fault.Closed) {
			t.Errorf("taken back twice: %v", err)
		}

		r = w.rule(t, Exempt)
		f = w.last(t)
		if f.Value != (pathway.EquivalenceAccepted{}) || f.Basis != pathway.ByStaff {
			t.Errorf("%+v", f)
		}
		w.wayOf(t, Close, Restart, Complete)
		if err := w.TakeBackRuling(officer(), op(), r); err != nil {
			t.Fatal(err)
		}
		if back := w.last(t); back.Corrects != f.ID {
			t.Errorf("%+v", back)
		}
	})
}

// A new version leaves whoever is under way on hers, until staff move her: with the
// right answers, and what has changed before her again.
func TestStaffMoveHerToTheVersionThatIsOut(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		w.answer(t, l.Attempt, "one", item.Response{Chosen: []int{0}})
		w.turn(t, l.Attempt, "one", false)
		if _, err := w.content.Import(officer(), op(), content.Import{
			Programme: programme, Key: "words", Files: map[string][]byte{"en.md": []byte(module + "\nMore.\n")}, Publish: true,
		}); err != nil {
			t.Fatal(err)
		}
		if same := w.start(t, ayesha); same.Attempt != l.Attempt {
			t.Errorf("a new version moved her: %+v", same)
		}
		if way := w.wayOf(t, Close, Move, Restart, Complete, Exempt); !way.Newer {
			t.Error("nobody is told that another version is out")
		}
		read := dbtest.Clock(d).Now()
		dbtest.Clock(d).Advance(time.Hour)
		w.rule(t, Move)
		moved := w.start(t, ayesha)
		if err := d.View(context.Background(), func(tx *db.Tx) error {
			before, _, err := WorkOf(tx, l.Attempt)
			if err != nil {
				return err
			}
			after, _, err := WorkOf(tx, moved.Attempt)
			if len(before.Pages) != 1 || !before.Pages[0].At.Equal(read) || len(after.Pages) != 0 || len(after.Answers) != 0 {
				t.Errorf("she did %+v, and after she was moved %+v", before, after)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if moved.Attempt == l.Attempt || moved.Page != "two" {
			t.Errorf("%+v", moved)
		}
		way := w.wayOf(t, Close, Restart, Complete, Exempt)
		if way.Newer || way.Attempts[0].Version == way.Attempts[1].Version || way.Attempts[0].Points != 3 {
			t.Errorf("%+v", way)
		}
	})
}

// What is taken out of use leaves those who are in it with staff, who decide for them:
// for whoever has not begun it as well.
func TestStaffDecideAboutWhatIsTakenOutOfUse(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		if err := d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE content_modules SET published = '' WHERE key = 'words'`) // as content.WithdrawPackage does
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if way := w.wayOf(t, Close, Complete, Exempt); way.Newer || len(way.Attempts) != 1 || way.Attempts[0].ID != l.Attempt {
			t.Errorf("%+v", way)
		}
		if way, err := w.WayOf(officer(), rubina, cohort, "words"); err != nil || !slices.Equal(way.May, []Step{Exempt}) {
			t.Errorf("%+v, %v", way, err)
		}
		if _, err := w.WayOf(officer(), rubina, cohort, "no-such-module"); !fault.Is(err, fault.NotFound) {
			t.Errorf("of a module that there never was: %v", err)
		}
		if _, err := w.Rule(officer(), op(), Rule{Person: ayesha, Cohort: cohort, Module: "words", Step: Restart, Reason: "So."}); !fault.Is(err, fault.Closed) {
			t.Errorf("she begins anew at nothing: %v", err)
		}
		w.rule(t, Exempt)
		w.rule(t, Close)
		// The rest of the test finds every row as the journal has it, this one too.
		if err := d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE content_modules SET published = ?1 WHERE key = 'words'`, w.wayOf(t, Reopen, Complete).Attempts[0].Version)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// Staff say why, and are staff of her cohort.
func TestARulingHasAReasonAndAnAuthor(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		w.turn(t, l.Attempt, "two", true)
		in := Rule{Person: ayesha, Cohort: cohort, Module: "words", Step: Complete}
		if _, err := w.Rule(officer(), op(), in); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		in.Reason = "I have finished, I say."
		if _, err := w.Rule(learner(ayesha), op(), in); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
			t.Errorf("she decides herself: %v", err)
		}
		if _, err := w.WayOf(learner(rubina), ayesha, cohort, "words"); err == nil {
			t.Error("another participant reads her way")
		}
		o := op()
		in.Reason = "Seen at the workshop."
		one, err := w.Rule(officer(), o, in)
		if err != nil {
			t.Fatal(err)
		}
		two, err := w.Rule(officer(), o, in)
		if err != nil || one != two {
			t.Errorf("sent again: %s, then %s, %v", one, two, err)
		}
	})
}

// What was worked through to its end is not reopened: nothing would be left to do in it.
func TestWhatIsDoneToItsEndIsNotReopened(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		l := w.start(t, ayesha)
		w.answer(t, l.Attempt, "one", item.Response{Chosen: []int{1}})
		w.turn(t, l.Attempt, "one", false)
		w.turn(t, l.Attempt, "two", true)
		w.answer(t, l.Attempt, "three", item.Response{Written: "no"})
		if out := w.turn(t, l.Attempt, "three", false); !out.Finished || out.Passed {
			t.Fatalf("%+v", out)
		}
		w.wayOf(t, Restart, Complete, Exempt)
	})
}
