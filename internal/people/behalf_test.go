package people_test

import (
	"context"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
)

// noted keeps of whom something was read.
type noted struct{ kinds map[access.Kind]int }

func (n noted) RecordRead(_ context.Context, k access.Kind, _ ...id.Person) error {
	n.kinds[k]++
	return nil
}

// What she says of her printed name and of how she reads is entered for her on paper
// or by telephone, and never without saying which; she sees who did it, for as long
// as it stands.
func TestHerWordIsEnteredForHer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		she := as(actor.Participant, w.saima, actor.Scope{Cohort: "coh"})
		var rabia id.Person
		if err := d.Update(actor.With(context.Background(), actor.Actor{Operator: true}), db.Main, func(tx *db.Tx) error {
			var err error
			rabia, err = people.Enter(tx, people.NewPerson{Names: []people.NewName{{Form: people.Called, Written: "Rabia Staff"}}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		officer := as(actor.ProgrammeOfficer, rabia, actor.Scope{Programme: "prog"})
		stranger := as(actor.ProgrammeOfficer, rabia, actor.Scope{Programme: "another"})
		trainer := as(actor.Trainer, rabia, actor.Scope{Programme: "prog"})
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		names, err := w.Names(she, w.saima)
		must(err)
		n := names[0]

		said := people.Confirmation{Name: n.ID, Revision: n.Revision}
		if err := w.ConfirmName(officer, op(), said); !fault.Is(err, fault.Invalid) {
			t.Errorf("entered without saying how it is known: %v", err)
		}
		said.Basis = people.Telephone
		for who, ctx := range map[string]context.Context{"another programme's officer": stranger, "a trainer": trainer} {
			if err := w.ConfirmName(ctx, op(), said); err == nil {
				t.Errorf("%s entered her word", who)
			}
		}
		again := op()
		for range 2 { // the form is sent twice
			must(w.ConfirmName(officer, again, said))
		}
		if err := w.ConfirmName(officer, op(), said); !fault.Is(err, fault.Stale) {
			t.Errorf("her word on a name of an older revision: %v", err)
		}

		reads := people.Preferences{Language: "ur", Calendar: civil.Gregorian, Zone: "Asia/Karachi"}
		now, err := w.Preferences(officer, w.saima)
		must(err)
		reads.Revision = now.Revision
		if err := w.Prefer(officer, op(), w.saima, reads); !fault.Is(err, fault.Invalid) {
			t.Errorf("set without saying how it is known: %v", err)
		}
		must(w.PreferFor(officer, op(), w.saima, people.Paper, reads))

		entered, err := w.EnteredFor(she, w.saima)
		must(err)
		on := map[id.Name]people.Basis{}
		for _, b := range entered {
			on[b.Name] = b.Basis
			if b.By.Person != rabia || b.By.Text != "Rabia Staff" || !b.At.Equal(d.Clock().Now()) {
				t.Errorf("she reads that %+v entered it at %v", b.By, b.At)
			}
		}
		if len(entered) != 2 || on[n.ID] != people.Telephone || on[""] != people.Paper {
			t.Errorf("she reads %+v", entered)
		}

		// What she does herself stands for itself again.
		must(w.ChangeName(she, op(), people.EditName{Name: n.ID, Revision: n.Revision + 1, Written: "Saima Iqbaal"}))
		reads.Revision, reads.Language = 1+now.Revision, "en"
		must(w.Prefer(she, op(), w.saima, reads))
		if entered, err = w.EnteredFor(she, w.saima); err != nil || len(entered) != 0 {
			t.Errorf("after her own acts: %+v, %v", entered, err)
		}
		if names, err = w.Names(she, w.saima); err != nil || !names[0].Confirmed {
			t.Errorf("her own change: %+v, %v", names, err)
		}

		r := noted{map[access.Kind]int{}}
		if _, err := people.New(people.Deps{DB: d, Reads: r}).Preferences(officer, w.saima); err != nil || r.kinds[access.Preferences] != 1 {
			t.Errorf("how she reads was read, and noted %v: %v", r.kinds, err)
		}
	})
}
