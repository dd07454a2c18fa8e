package credentialweb_test

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/credential"
	"cadre/internal/credentialweb"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web/webtest"
)

type reads struct{}

func (reads) RecordRead(context.Context, access.Kind, ...id.Person) error { return nil }

func op() id.Operation { return id.New[id.Operation]() }

func TestTheOfficerLooksIssuesAndRevokes(t *testing.T) {
	d := dbtest.SQLite(t)
	officer := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.ProgrammeOfficer}}
	ctx := actor.With(t.Context(), officer)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("../../examples/e-learning-only/programme.yaml")
	must(err)
	im, err := programme.New(programme.Deps{DB: d}).Import(ctx, op(), programme.ImportInput{File: "p.yaml", Data: text})
	must(err)
	cohorts := cohort.New(cohort.Deps{DB: d, Reads: reads{}})
	c, err := cohorts.Open(ctx, op(), cohort.Opening{Programme: im.Programme, Version: im.Version, Country: "PK"})
	must(err)
	site := webtest.Start(t, nil, credentialweb.Routes(credentialweb.Deps{Credential: credential.New(credential.Deps{DB: d, Reads: reads{}})})...)
	b := site.As(t, officer, i18n.Prefs{})
	path := "/cohorts/" + string(c) + "/credentials"
	b.Get(path).CheckPage(t).Must(t, 200, "Nobody takes part yet")

	for _, name := range []string{"Saima Iqbal", "Uzma Shah"} {
		_, err := cohorts.Join(ctx, op(), cohort.Joining{Cohort: c, Capacity: cohort.Participant, New: &people.NewPerson{
			Sex: people.Female, Names: []people.NewName{{Written: name}, {Written: "صائمہ"}},
		}})
		must(err)
	}
	var saima id.Person
	must(d.Update(ctx, db.Main, func(tx *db.Tx) error {
		all, err := cohort.Expected(tx, c)
		if err != nil {
			return err
		}
		saima = all[0].Person
		v, err := programme.Load(tx, im.Version)
		if err != nil {
			return err
		}
		for i := range v.Stages {
			if x := v.Stages[i].Assessment; x != nil {
				if err := pathway.Record(tx, pathway.Fact{
					Person: saima, Cohort: c, Subject: string(v.Stages[i].Key), Basis: pathway.OwnAct, Value: pathway.AssessmentSubmitted{Form: string(x.Form), Raw: 19, Max: 20},
				}); err != nil {
					return err
				}
			}
			if e := v.Stages[i].ELearning; e != nil {
				for _, m := range e.Modules {
					if err := pathway.Record(tx, pathway.Fact{
						Person: saima, Cohort: c, Subject: string(m.Key), Basis: pathway.OwnAct, Value: pathway.ModuleCompleted{Score: 10, Max: 10, Passed: true},
					}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}))
	b.Get(path).CheckPage(t).Must(t, 200, "Saima Iqbal", "earned, not issued", "not yet earned", "not confirmed for printing")
	b.Get(path+"/preview").Must(t, 200, "Certificates") // nobody chosen: back to the list
	a := b.Get(path+"/preview?people="+string(saima)).CheckPage(t).Must(t, 200, "1 certificate will be issued", "Saima Iqbal")
	a = b.Submit(a, "issue", nil)
	a.Must(t, 200, "The certificates are issued.", "issued")
	link := ""
	for _, h := range b.Get(path).Links() {
		if strings.HasPrefix(h, "/credentials/") {
			link = h
		}
	}
	for _, lang := range []string{"en", "ur"} {
		v := site.As(t, officer, i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})
		for _, at := range []string{path, link} {
			if x := v.Get(at).CheckPage(t); x.Status != 200 || strings.Contains(x.Text(), "credential.") {
				t.Errorf("%s in %s: %d %s", at, lang, x.Status, x.Text())
			}
		}
	}
	she := site.As(t, actor.Actor{Person: saima}, i18n.Prefs{})
	she.Get("/credentials").CheckPage(t).Must(t, 200, "My certificates")
	she.Get(link).CheckPage(t).Must(t, 200, "Confirm how your name is printed")

	a = b.Submit(b.Get(link), "revoke", nil)
	if a.CheckPage(t).Status != 422 {
		t.Errorf("revoked without a cause: %d", a.Status)
	}
	b.Submit(a, "revoke", url.Values{"cause": {"by-mistake"}}).CheckPage(t).Must(t, 200, "issued by mistake", "valid no more")
	she.Get("/credentials").Must(t, 200, "revoked")
}
