package people_test

import (
	"testing"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/people"
)

func TestASupervisorIsLinkedOnlyByHerself(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		var boss, other id.Person
		operator := actor.With(t.Context(), actor.Actor{Operator: true})
		if err := d.Update(operator, db.Main, func(tx *db.Tx) (err error) {
			if boss, err = people.Enter(tx, people.NewPerson{Names: []people.NewName{{Written: "Nauman Bhatti"}}}); err != nil {
				return err
			}
			other, err = people.Enter(tx, people.NewPerson{Names: []people.NewName{{Written: "Edith Marlowe"}}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		linked := func(p id.Person) id.Person {
			t.Helper()
			var out id.Person
			if err := d.View(t.Context(), func(tx *db.Tx) (err error) { out, err = people.SupervisorOf(tx, p); return err }); err != nil {
				t.Fatal(err)
			}
			return out
		}
		she := as(actor.Participant, w.saima, actor.Scope{Cohort: "coh"})
		if err := w.AgreeLink(she, op(), boss); err != nil {
			t.Fatal(err)
		}
		if err := w.AgreeLink(as(actor.ProgrammeOfficer, other, actor.Scope{Programme: "prog"}), op(), boss); err == nil {
			t.Error("an officer made a link")
		}
		if err := w.AgreeLink(she, op(), w.saima); err == nil {
			t.Error("she is her own supervisor")
		}
		if err := w.AgreeLink(she, op(), other); err != nil {
			t.Fatal(err)
		}
		if got := linked(w.saima); got != other {
			t.Errorf("linked to %s, want the later choice", got)
		}
		if err := w.EndLink(as(actor.Supervisor, other, actor.Scope{}), op(), w.saima); err == nil {
			t.Error("a supervisor ended the link")
		}
		if err := w.EndLink(as(actor.ProgrammeOfficer, boss, actor.Scope{Programme: "prog"}), op(), w.saima); err != nil {
			t.Errorf("the officer ends a link that does harm: %v", err)
		}
		if got := linked(w.saima); got != "" {
			t.Errorf("still linked to %s", got)
		}
	})
}
