package cohort_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
)

// The list of those in doubt is in one order over all its pages: whose deadline passed,
// whose yes is awaited, the others, and of both first whom no word reached; everybody
// stands in it once.
func TestThoseInDoubtStandInOneOrderOverAllPages(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		text := strings.NewReplacer("places: 25", "places: 88", "places: 17", "places: 80").Replace(blueprint) +
			"seat:\n  requires: {stage: foundation}\n  deadline: {at: 2020-10-28T23:59}\n"
		w := setup(t, d, text)
		const size = 60
		group, held := map[id.Nomination]int{}, []id.Person{}
		for i := range size {
			p := w.propose("fia", fmt.Sprintf("Officer %c%c", 'a'+i%26, 'a'+i/26))
			if i%4 == 1 { // before a seat is offered, or after: it is known either way
				_, err := w.Reached(w.officer, op(), cohort.Reach{Nomination: p.Nomination, Channel: "telephone", Outcome: cohort.SpokenTo})
				w.must(err)
			}
			_, err := w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
			w.must(err)
			if i%4 >= 2 {
				_, err := w.Accept(w.officer, op(), cohort.Said{Nomination: p.Nomination, Basis: cohort.Telephone})
				w.must(err)
				held = append(held, p.Person)
			}
			if i%4 == 3 {
				_, err := w.Reached(w.officer, op(), cohort.Reach{Nomination: p.Nomination, Channel: "in-person", Outcome: cohort.Seen})
				w.must(err)
			}
			if i%4 == 0 {
				_, err := w.Reached(w.officer, op(), cohort.Reach{Nomination: p.Nomination, Channel: "telephone", Outcome: cohort.LeftWord})
				w.must(err)
			}
			group[p.Nomination] = i % 4
		}
		read := func(ctx context.Context) (all []cohort.Doubt, pages int) {
			seen := map[id.Nomination]bool{}
			var after cohort.InDoubt
			for {
				page, err := w.Doubts(ctx, w.cohort, after, "en")
				w.must(err)
				pages++
				for _, x := range page.List {
					if seen[x.ID] {
						t.Fatalf("%s stands in the list twice", x.ID)
					}
					seen[x.ID] = true
				}
				all = append(all, page.List...)
				if after = page.After; after == (cohort.InDoubt{}) {
					return all, pages
				}
				if len(page.List) != cohort.PageSize || pages > size {
					t.Fatalf("page %d of more has %d", pages, len(page.List))
				}
			}
		}
		for who, ctx := range map[string]context.Context{"the programme": w.officer, "their agency": w.focal} {
			all, pages := read(ctx)
			if len(all) != size || pages != 2 {
				t.Errorf("%s: %d of %d on %d pages", who, len(all), size, pages)
			}
			for i := range all {
				if i > 0 && (group[all[i].ID] < group[all[i-1].ID] || group[all[i].ID] == group[all[i-1].ID] && all[i].ID < all[i-1].ID) {
					t.Errorf("%s: %s of group %d follows %s of group %d", who, all[i].ID, group[all[i].ID], all[i-1].ID, group[all[i-1].ID])
				}
			}
		}
		if all, _ := read(w.stranger); len(all) != 0 {
			t.Errorf("another agency reads of %d", len(all))
		}

		// The deadline passes, and it is noticed for those who said yes: they come first,
		// and only there.
		dbtest.Clock(d).Set(time.Date(2020, time.October, 29, 6, 0, 0, 0, time.UTC))
		w.update(func(tx *db.Tx) error {
			for _, p := range held {
				if _, err := pathway.Refresh(tx, p, w.cohort); err != nil {
					return err
				}
			}
			return nil
		})
		all, _ := read(w.officer)
		if len(all) != size {
			t.Fatalf("after the deadline %d of %d", len(all), size)
		}
		for i, x := range all {
			if slices.Contains(held, x.Person) != (i < len(held)) {
				t.Errorf("at place %d: not in the order of whose deadline is known to have passed", i)
			}
		}
		if all, _ := read(w.focal); len(all) != size || group[all[0].ID] != 0 {
			t.Error("an agency's list begins with what the programme decides")
		}

		// A seat that goes to the next officer forgets that word came to the last.
		first := all[0]
		w.must(func() error {
			_, err := w.Reached(w.officer, op(), cohort.Reach{Nomination: first.ID, Channel: "telephone", Outcome: cohort.SpokenTo})
			return err
		}())
		_, err := w.Release(w.officer, op(), cohort.Releasing{Nomination: first.ID, Act: cohort.Forfeit, Cause: "deadline-missed"})
		w.must(err)
		w.view(func(tx *db.Tx) error {
			var wrong int
			err := tx.QueryRow(`SELECT COUNT(*) FROM cohort_seats s WHERE s.reached <> CASE WHEN EXISTS (SELECT 1 FROM cohort_contacts c
				WHERE c.nomination = s.nomination AND c.outcome IN ('spoken-to', 'seen')) THEN 1 ELSE 0 END`).Scan(&wrong)
			if wrong != 0 {
				t.Errorf("%d seats remember word that did not come, or not what came", wrong)
			}
			return err
		})
	})
}

// Whoever was spoken to about a reminder stays so: an e-mail of which nobody knows
// whether it was read does not make it unknown again. The next reminder does.
func TestASpokenWordStandsUntilTheNextReminder(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		remind := func(at time.Time) {
			w.Service = cohort.New(cohort.Deps{DB: d, Reads: reads{}, Warnings: warned{at}})
		}
		remind(dbtest.Start)
		p, err := w.Propose(w.officer, op(), cohort.Proposal{
			Cohort: w.cohort, Quota: w.quota["fia"], Basis: cohort.Paper, New: &people.NewPerson{
				Sex: people.Female, Names: []people.NewName{{Written: "Saima Iqbal"}}, Contacts: []people.Contact{{Kind: people.Email, Value: "saima@example.org", Holder: people.Own}},
			},
		})
		w.must(err)
		_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
		w.must(err)
		last := func() cohort.Outcome {
			l, err := w.Doubts(w.officer, w.cohort, cohort.InDoubt{}, "en")
			w.must(err)
			if len(l.List) != 1 {
				t.Fatalf("%d in doubt", len(l.List))
			}
			return l.List[0].Last.Outcome
		}
		tick := func() { dbtest.Clock(d).Set(d.Clock().Now().Add(time.Hour)) }
		mailed := func() {
			tick()
			_, err := w.Mail(w.officer, op(), p.Nomination)
			w.must(err)
		}
		mailed()
		if got := last(); got != cohort.Unknown {
			t.Errorf("after an e-mail: %s", got)
		}
		tick()
		_, err = w.Reached(w.officer, op(), cohort.Reach{Nomination: p.Nomination, Channel: "telephone", Outcome: cohort.SpokenTo})
		w.must(err)
		mailed()
		if got := last(); got != cohort.SpokenTo {
			t.Errorf("spoken to, and an e-mail after it: %s", got)
		}
		tick()
		remind(d.Clock().Now())
		if got := last(); got != cohort.Unknown {
			t.Errorf("after the next reminder: %s", got)
		}
	})
}
