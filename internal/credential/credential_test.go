package credential_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/credential"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

const blueprint = `cadre: 1
key: short
languages: [en]
title: {en: A short course}
zone: Asia/Karachi
owner: {name: {en: Office}}
places: 5
stages:
  - {key: exit, title: {en: Test}, assessment: {form: post, test: t, max: 20, pass: 50}}
certificate:
  key: completion
  title: {en: Certificate of completion}
  valid-months: 36
  requires: {stage: exit}
`

// reads remembers whose names were shown.
type reads struct{ of *[]id.Person }

func (r reads) RecordRead(_ context.Context, _ access.Kind, ps ...id.Person) error {
	*r.of = append(*r.of, ps...)
	return nil
}

func op() id.Operation { return id.New[id.Operation]() }

type world struct {
	*credential.Service
	t       *testing.T
	d       *db.DB
	cohort  id.Cohort
	officer context.Context
	read    *[]id.Person
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func setup(t *testing.T, d *db.DB) *world {
	t.Helper()
	var read []id.Person
	w := &world{read: &read, Service: credential.New(credential.Deps{DB: d, Reads: reads{&read}}), t: t, d: d}
	w.officer = actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: "g", Role: actor.ProgrammeOfficer}})
	im, err := programme.New(programme.Deps{DB: d}).Import(w.officer, op(), programme.ImportInput{File: "t.yaml", Data: []byte(blueprint)})
	w.must(err)
	w.cohort, err = cohort.New(cohort.Deps{DB: d, Reads: reads{&read}}).Open(w.officer, op(), cohort.Opening{Programme: im.Programme, Version: im.Version, Country: "PK"})
	w.must(err)
	return w
}

// joins lets somebody take part who handed in a test with so many points.
func (w *world) joins(name string, raw float64) id.Person {
	w.t.Helper()
	e, err := cohort.New(cohort.Deps{DB: w.d, Reads: reads{w.read}}).Join(w.officer, op(), cohort.Joining{
		Cohort: w.cohort, Capacity: cohort.Participant,
		New: &people.NewPerson{Sex: people.Female, Names: []people.NewName{{Written: name}, {Form: people.Printed, Written: "Mst. " + name}}},
	})
	w.must(err)
	var p id.Person
	w.must(w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
		all, err := cohort.Expected(tx, w.cohort)
		for _, x := range all {
			if x.ID == e {
				p = x.Person
			}
		}
		if err != nil {
			return err
		}
		return pathway.Record(tx, pathway.Fact{Person: p, Cohort: w.cohort, Subject: "exit", Basis: pathway.Paper, Value: pathway.AssessmentSubmitted{Form: "post", Raw: raw, Max: 20}})
	}))
	return p
}

func (w *world) standing(p id.Person) (s pathway.CertificateStanding) {
	w.t.Helper()
	w.must(w.d.View(context.Background(), func(tx *db.Tx) error {
		x, err := pathway.StandingOf(tx, p, w.cohort)
		s = x.Certificate
		return err
	}))
	return s
}

func TestWhatWasEarnedIsIssuedAndRevokedByAPerson(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		saima, uzma := w.joins("Saima", 15), w.joins("Uzma", 5)
		st, err := w.Standing(w.officer, w.cohort, "", "en")
		w.must(err)
		for _, l := range st.Lines {
			if l.Open() != (l.Person == saima) || !l.Earned && len(l.Reasons) == 0 {
				t.Errorf("%s: open %v, reasons %v", l.Person, l.Open(), l.Reasons)
			}
			if len(l.Names) != 1 || !strings.HasPrefix(l.Names[0].Written, "Mst. ") || l.Names[0].Confirmed {
				t.Errorf("the name for printing: %+v", l.Names)
			}
		}
		both := credential.Issuing{Cohort: w.cohort, People: []id.Person{saima, uzma}}
		if _, err := w.Issue(w.officer, op(), both); !fault.Is(err, fault.Conflict) {
			t.Errorf("issued to somebody who has not earned it: %v", err)
		}
		if s := w.standing(saima); s.Issued {
			t.Error("half of it was issued")
		}
		one := credential.Issuing{Cohort: w.cohort, People: []id.Person{saima}}
		*w.read = nil
		_, drafts, err := w.Preview(w.officer, one, "en")
		w.must(err)
		if !slices.Equal(*w.read, one.People) {
			t.Errorf("that her name was shown is recorded of %v", *w.read)
		}
		o := op()
		made, err := w.Issue(w.officer, o, one)
		w.must(err)
		again, err := w.Issue(w.officer, o, one)
		if err != nil || again[0] != made[0] {
			t.Errorf("sent twice: %v, %v", again, err)
		}
		x, err := w.Show(w.officer, made[0], "en")
		w.must(err)
		if x.Number != "SHORT/0001" || drafts[0].Number != x.Number || x.ValidTo != x.EarnedOn.PlusMonths(36) || !x.May {
			t.Errorf("as printed: %+v", x.Certificate)
		}
		if s := w.standing(saima); !s.Issued {
			t.Error("no fact says so")
		}
		if _, err := w.Issue(w.officer, op(), one); !fault.Is(err, fault.Conflict) {
			t.Errorf("issued twice: %v", err)
		}

		// She sees her own; another participant, and her, cannot change it.
		herself := actor.With(t.Context(), actor.Actor{Person: saima, Grant: actor.Grant{ID: "p", Role: actor.Participant, Scope: actor.Scope{Cohort: w.cohort}}})
		other := actor.With(t.Context(), actor.Actor{Person: uzma, Grant: actor.Grant{ID: "q", Role: actor.Participant, Scope: actor.Scope{Cohort: w.cohort}}})
		if mine, err := w.Mine(herself); err != nil || len(mine) != 1 {
			t.Errorf("her own: %v, %v", mine, err)
		}
		if _, err := w.Show(other, made[0], "en"); err == nil {
			t.Error("a colleague reads it")
		}
		if _, err := w.Revoke(herself, op(), credential.Revoking{Certificate: made[0], Cause: "other"}); err == nil {
			t.Error("she revoked it herself")
		}

		if _, err := w.Revoke(w.officer, op(), credential.Revoking{Certificate: made[0], Cause: "whim"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a cause: %v", err)
		}
		_, err = w.Revoke(w.officer, op(), credential.Revoking{Certificate: made[0], Cause: "name-wrong"})
		w.must(err)
		if s := w.standing(saima); s.Issued || !s.Revoked {
			t.Errorf("after it was revoked: %+v", s)
		}
		if _, err := w.Revoke(w.officer, op(), credential.Revoking{Certificate: made[0], Cause: "other"}); !fault.Is(err, fault.Closed) {
			t.Errorf("revoked twice: %v", err)
		}
		made, err = w.Issue(w.officer, op(), one)
		w.must(err)
		if x, err = w.Show(w.officer, made[0], "en"); err != nil || x.Number != "SHORT/0002" {
			t.Errorf("a number was given again: %s, %v", x.Number, err)
		}
	})
}
