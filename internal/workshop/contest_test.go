package workshop_test

import (
	"context"
	"testing"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/pathway"
	"cadre/internal/workshop"
	"cadre/internal/workshop/workshoptest"
)

func TestSheContestsAndACorrectionDecides(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 7, 30)
		reg := w.Half("mon-am").ID
		in := workshop.Contesting{Mark: workshop.Mark{Register: reg, Verdict: workshop.Present, Mode: workshop.InPerson}, Words: "I signed the sheet"}
		_, err := w.Contest(w.Her(2), op(), in)
		wants(t, err, fault.Closed, "workshop.register-early")
		w.At(2, 13, 0)
		_, err = w.Mark(w.Trains(), op(), workshop.Mark{Register: reg, Person: w.People[2], Verdict: workshop.Absent})
		must(t, err)

		if _, err := w.Contest(w.Trains(), op(), in); err == nil {
			t.Error("a trainer contests for nobody")
		}
		first, err := w.Contest(w.Her(2), op(), in)
		must(t, err)
		in.Verdict, in.Minutes = workshop.Part, 100
		again, err := w.Contest(w.Her(2), op(), in)
		must(t, err)
		if first != again {
			t.Error("saying it again made a second question")
		}
		before := len(w.Facts())
		open, names, err := w.Contests(w.Organises(), w.Cohort, stage)
		must(t, err)
		if len(open) != 1 || open[0].Says != workshop.Part || open[0].Minutes != 100 || names[w.People[2]].Text == "" {
			t.Fatalf("waiting: %+v", open)
		}
		waits := func(want int) {
			t.Helper()
			must(t, w.DB.View(t.Context(), func(tx *db.Tx) error {
				n, oldest, err := workshop.OpenContests(tx, w.Cohort)
				if n != want || (n > 0) != (oldest != "") {
					t.Errorf("%d wait, the oldest %q; want %d", n, oldest, want)
				}
				return err
			}))
		}
		waits(1)
		for what, ctx := range map[string]context.Context{"she herself": w.Her(2), "a colleague": w.Her(3)} {
			if _, err := w.Contested(ctx, first); err == nil {
				t.Errorf("%s reads it as whoever decides", what)
			}
			if err := w.Decide(ctx, op(), workshop.Deciding{Contest: first, Answer: workshop.Stands, Reply: "no"}); err == nil {
				t.Errorf("%s decides", what)
			}
		}
		wants(t, w.Decide(w.Trains(), op(), workshop.Deciding{Contest: first, Answer: workshop.Stands}), fault.Invalid, "fault.required")
		must(t, w.Decide(w.Trains(), op(), workshop.Deciding{
			Contest: first, Answer: workshop.Corrected, Mark: workshop.Mark{Verdict: workshop.Part, Minutes: 90, Mode: workshop.InPerson},
		}))
		waits(0)
		facts := w.Facts()
		if len(facts) != before+1 || facts[before].Corrects == "" || facts[before].Person != w.People[2] {
			t.Fatalf("decided without a correcting fact: %+v", facts[before:])
		}
		if v := w.Verdicts("mon-am")[w.People[2]]; v.Verdict != pathway.Part || v.Minutes != 90 {
			t.Errorf("it now says %+v", v)
		}
		wants(t, w.Decide(w.Organises(), op(), workshop.Deciding{Contest: first, Answer: workshop.Stands, Reply: "no"}), fault.Conflict, "workshop.contest-answered")
		own, err := w.Own(w.Her(2), reg)
		must(t, err)
		if own.Contest == nil || own.Contest.Answer != workshop.Corrected || own.Judgement.Minutes != 90 {
			t.Errorf("she reads %+v", own)
		}

		// Another question about the same half-day, which is let stand with a word.
		in.Verdict, in.Minutes = workshop.Present, 0
		second, err := w.Contest(w.Her(2), op(), in)
		must(t, err)
		must(t, w.Decide(w.Organises(), op(), workshop.Deciding{Contest: second, Answer: workshop.Stands, Reply: "The sheet shows 10:00"}))
		if n := len(w.Facts()); n != before+1 {
			t.Errorf("letting it stand wrote %d facts", n-before-1)
		}
		if own, err = w.Own(w.Her(2), reg); err != nil || own.Contest.Answer != workshop.Stands || own.Contest.Reply == "" {
			t.Errorf("she reads %+v, %v", own.Contest, err)
		}
	})
}
