package cohort_test

import (
	"context"
	"encoding/json"
	"testing"

	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

// stood is everything about an officer's place that a decision may change: her
// nomination, her enrolment, how many seats of her agency stand where, and what is
// derived from the facts.
func (w *world) stood(p cohort.Proposed, quota string) string {
	w.t.Helper()
	n := w.nomination(p.Nomination)
	n.Revision = 0
	by, _ := w.counts(quota)
	for s, k := range by {
		if k == 0 {
			delete(by, s)
		}
	}
	var st pathway.Standing
	takesPart := false
	w.view(func(tx *db.Tx) error {
		var err error
		if st, err = pathway.StandingOf(tx, p.Person, w.cohort); err != nil {
			return err
		}
		e, err := cohort.EnrolmentOf(tx, w.cohort, p.Person)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		takesPart = e.LeftAt.IsZero()
		return err
	})
	text, err := json.Marshal([]any{n, by, st, takesPart})
	w.must(err)
	return string(text)
}

func TestEveryDecisionAboutAPlaceCanBeTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		decide := func(p cohort.Proposed, what cohort.Decision) {
			_, err := w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: what})
			w.must(err)
		}
		held := func(p cohort.Proposed) {
			w.yes(p)
			decide(p, cohort.Chosen)
		}
		confirmed := func(p cohort.Proposed) {
			held(p)
			_, err := w.Confirm(w.officer, op(), p.Nomination)
			w.must(err)
		}
		for name, x := range map[string]struct {
			before func(p cohort.Proposed)
			act    func(o id.Operation, p cohort.Proposed) error
			by     context.Context
		}{
			"chosen": {func(p cohort.Proposed) {}, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Decide(w.officer, o, cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
				return err
			}, w.officer},
			"chosen, having said yes": {func(p cohort.Proposed) { w.yes(p) }, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Decide(w.officer, o, cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
				return err
			}, w.officer},
			"in line": {func(p cohort.Proposed) { w.yes(p) }, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Decide(w.officer, o, cohort.Deciding{Nomination: p.Nomination, Decision: cohort.InLine})
				return err
			}, w.officer},
			"not chosen": {func(p cohort.Proposed) {}, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Decide(w.officer, o, cohort.Deciding{Nomination: p.Nomination, Decision: cohort.NotChosen})
				return err
			}, w.officer},
			"confirmed": {held, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Confirm(w.officer, o, p.Nomination)
				return err
			}, w.officer},
			"given back": {confirmed, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Release(w.officer, o, cohort.Releasing{Nomination: p.Nomination, Act: cohort.Release, Cause: "transfer"})
				return err
			}, w.officer},
			"given on": {held, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Release(w.officer, o, cohort.Releasing{Nomination: p.Nomination, Act: cohort.Forfeit, Cause: "deadline-missed", Unreached: true})
				return err
			}, w.officer},
			"withdrawn": {held, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Withdraw(w.focal, o, cohort.Taking{Nomination: p.Nomination, Cause: "duty"})
				return err
			}, w.focal},
			"substituted": {confirmed, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Substitute(w.focal, o, cohort.Substitution{
					Taking: cohort.Taking{Nomination: p.Nomination, Cause: "duty"}, By: cohort.Proposal{New: woman("Somebody Else", "Lahore")},
				})
				return err
			}, w.focal},
			"left": {confirmed, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Leave(w.officer, o, cohort.Leaving{Nomination: p.Nomination, Cause: "transfer"})
				return err
			}, w.officer},
			"promoted": {func(p cohort.Proposed) {
				w.yes(p)
				decide(p, cohort.InLine)
			}, func(o id.Operation, p cohort.Proposed) error {
				_, err := w.Promote(w.officer, o, cohort.Promotion{Seat: w.free("fia"), Nomination: p.Nomination, Note: "as it is her turn"})
				return err
			}, w.officer},
		} {
			p := w.propose("fia", "Officer "+name)
			x.before(p)
			before := w.stood(p, "fia")
			o := op()
			if err := x.act(o, p); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if w.stood(p, "fia") == before {
				t.Errorf("%s: nothing changed: the test tests nothing", name)
			}
			if _, err := w.TakeBack(w.stranger, op(), p.Nomination, o); err == nil {
				t.Errorf("%s: another agency's focal point took it back", name)
			}
			if _, err := w.TakeBack(x.by, op(), p.Nomination, o); err != nil {
				t.Errorf("%s, taken back: %v", name, err)
				continue
			}
			if after := w.stood(p, "fia"); after != before {
				t.Errorf("%s, taken back:\n%s\nbefore:\n%s", name, after, before)
			}
			_, err := w.TakeBack(x.by, op(), p.Nomination, o)
			wantKind(t, name+", taken back twice", err, fault.Conflict)
			if err := x.act(op(), p); err != nil {
				t.Errorf("%s, done again after it was taken back: %v", name, err)
			}
		}
	})
}

// free is the first free seat of a quota.
func (w *world) free(quota string) (out id.Seat) {
	w.t.Helper()
	l, err := w.Ledger(w.officer, w.cohort, "", 0, "en")
	w.must(err)
	for _, s := range l.Seats[w.quota[quota]] {
		if s.State == cohort.Free {
			return s.ID
		}
	}
	w.t.Fatal("no seat is free")
	return ""
}

// What happened since keeps a decision from being undone behind somebody's back.
func TestADecisionOnWhichSomethingRestsIsNotTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		p := w.propose("fia", "Saima Iqbal")
		o := op()
		_, err := w.Decide(w.officer, o, cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
		w.must(err)
		w.yes(p)
		before := w.stood(p, "fia")
		_, err = w.TakeBack(w.officer, op(), p.Nomination, o)
		wantKind(t, "she has said yes since", err, fault.Conflict)
		if w.stood(p, "fia") != before {
			t.Error("it changed something all the same")
		}
		_, err = w.TakeBack(w.officer, op(), p.Nomination, op())
		wantKind(t, "an operation that nobody did", err, fault.NotFound)

		// The seat was given to somebody else.
		o = op()
		_, err = w.Release(w.officer, o, cohort.Releasing{Nomination: p.Nomination, Act: cohort.Release, Cause: "transfer"})
		w.must(err)
		next := w.propose("fia", "Rubina Shah")
		_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: next.Nomination, Decision: cohort.Chosen})
		w.must(err)
		_, err = w.TakeBack(w.officer, op(), p.Nomination, o)
		wantKind(t, "her seat is somebody else's", err, fault.Conflict)
	})
}
