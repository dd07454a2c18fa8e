package cohort_test

import (
	"context"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

func TestMoreTimeIsAskedAndAnswered(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		p := w.propose("fia", "Rubina Shah")
		w.yes(p)
		her := as(actor.Participant, p.Person, actor.Scope{Cohort: w.cohort})
		ask := func(words string) cohort.TimeRequest {
			t.Helper()
			_, err := w.AskMoreTime(her, op(), cohort.Asking{Cohort: w.cohort, Stage: "foundation", Words: words})
			w.must(err)
			all, err := w.TimeRequests(w.officer, w.cohort)
			w.must(err)
			if len(all) != 1 || all[0].Words != words || all[0].Refused != "" {
				t.Fatalf("waiting for an answer: %+v", all)
			}
			waits(t, d, w.cohort, 1)
			return all[0]
		}
		hers := func() cohort.TimeRequest {
			t.Helper()
			q, err := w.MoreTimeAsked(her, w.cohort, "foundation")
			w.must(err)
			return *q
		}
		q := ask("No connection")

		for _, who := range []struct {
			what string
			in   cohort.TimeAnswer
		}{
			{"a no without why", cohort.TimeAnswer{Request: q.ID}},
			{"a yes without why", cohort.TimeAnswer{Request: q.ID, Agreed: true, Until: civil.Date{Year: 2999, Month: 1, Day: 2}.At(23, 59, "Asia/Karachi")}},
			{"a yes until yesterday", cohort.TimeAnswer{Request: q.ID, Agreed: true, Cause: "duty", Until: civil.Date{Year: 2020, Month: 1, Day: 2}.At(23, 59, "Asia/Karachi")}},
		} {
			wantKind(t, who.what, w.AnswerTime(w.officer, op(), who.in), fault.Invalid)
		}
		for what, ctx := range map[string]context.Context{"her agency": w.focal, "another": w.stranger, "she herself": her} {
			if err := w.AnswerTime(ctx, op(), cohort.TimeAnswer{Request: q.ID, Cause: "other"}); err == nil {
				t.Errorf("%s answered", what)
			}
			if _, _, err := w.TimeRequest(ctx, q.ID); err == nil {
				t.Errorf("%s read what she wrote", what)
			}
		}

		w.must(w.AnswerTime(w.officer, op(), cohort.TimeAnswer{Request: q.ID, Cause: "stage-begins", Reply: "Ring the office"}))
		if got := hers(); got.Refused != "stage-begins" || got.Reply != "Ring the office" || !got.Answered || !got.Until.IsZero() {
			t.Errorf("refused, she reads %+v", got)
		}
		if all, err := w.TimeRequests(w.officer, w.cohort); err != nil || len(all) != 0 {
			t.Errorf("still waiting: %+v, %v", all, err)
		}
		waits(t, d, w.cohort, 0)

		dbtest.Clock(d).Advance(time.Hour)
		ask("The generator came back")
		if got := hers(); got.Answered || got.Refused != "" {
			t.Errorf("asked again, the old answer stands for the new question: %+v", got)
		}
		until := civil.Date{Year: 2999, Month: 1, Day: 2}.At(23, 59, "Asia/Karachi")
		at, err := until.Instant()
		w.must(err)
		w.must(w.AnswerTime(w.officer, op(), cohort.TimeAnswer{Request: q.ID, Agreed: true, Cause: "no-connection", Until: until}))
		if got := hers(); got.Refused != "" || !got.Until.Equal(at) || !got.Answered {
			t.Errorf("agreed, she reads %+v", got)
		}
		var due time.Time
		w.view(func(tx *db.Tx) error {
			s, err := pathway.StandingOf(tx, p.Person, w.cohort)
			for _, st := range s.Stages {
				if st.Key == "foundation" {
					due = st.Due
				}
			}
			return err
		})
		if !due.Equal(at) {
			t.Errorf("the pathway asks for it by %s, agreed until %s", due, at)
		}
	})
}

// waits says how many the page of whoever decides must count.
func waits(t *testing.T, d *db.DB, c id.Cohort, want int) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error {
		n, err := cohort.Unanswered(tx, c)
		if n != want {
			t.Errorf("%d wait for an answer, want %d", n, want)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
