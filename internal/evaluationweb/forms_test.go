package evaluationweb_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/db/dbtest"
	"cadre/internal/evaluation"
	"cadre/internal/evaluationweb"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/ui"
	"cadre/internal/web/webtest"
)

func TestAFormIsBroughtInWholeOrNotAtAll(t *testing.T) {
	one, other := id.New[id.Programme](), id.New[id.Programme]()
	s := webtest.Start(t, nil, evaluationweb.Routes(evaluationweb.Deps{
		Evaluation: evaluation.New(evaluation.Deps{DB: dbtest.SQLite(t)}),
		Programmes: func(context.Context) ([]ui.Option, error) {
			return []ui.Option{{Value: string(one), Label: "One"}, {Value: string(other), Label: "Other"}}, nil
		},
	})...)
	const path = "/survey-forms"
	who := func(role actor.Role, p id.Programme) actor.Actor {
		return actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: role, Scope: actor.Scope{Programme: p}}}
	}
	officer := who(actor.ProgrammeOfficer, "")
	b := s.As(t, officer, i18n.Prefs{Lang: "en"})
	page := b.Get(path).Must(t, http.StatusOK, "No form yet").CheckPage(t)
	source, err := os.ReadFile("../../examples/pakistan-2020/feedback/week.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spoilt := strings.Replace(strings.Replace(string(source), "key: reaction", "key: Re Action", 1), "kind: grade", "kind: stars", 1)
	a := b.SubmitFiles(page, "form-file", url.Values{"programme": {string(other)}}, map[string][]byte{"file": []byte(spoilt)})
	if a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusBadRequest {
		t.Fatalf("a spoilt file: %d %s", a.Status, a.Text())
	}
	a.CheckPage(t)
	for _, want := range []string{"key: Re Action", "Re Action is not a key", "kind: stars", "No form yet"} {
		if !strings.Contains(a.Text(), want) {
			t.Errorf("nothing is said of %s: %s", want, a.Text())
		}
	}
	a = b.Submit(a, "form-file", url.Values{"text": {string(source)}})
	if a.Status != http.StatusOK || !strings.Contains(a.Text(), "The form is in.") || !strings.Contains(a.Text(), "How was the week?") {
		t.Fatalf("mended: %d %s\n%s", a.Status, a.Text(), s.Log)
	}
	a.CheckPage(t)
	chromium := webtest.Launch(t)
	for lang, width := range map[string]int{"en": 1280, "ur": 360} {
		tab := chromium.Tab(t, s.URL, webtest.Look{Width: width, Token: s.Sessions.Add(officer, i18n.Prefs{Lang: lang})})
		tab.Open(path + "?programme=" + string(other)).CheckAxe().Shot("survey-forms-" + lang)
		if n := tab.Overflow(); n > 0 {
			t.Errorf("in %s: %d px wider than its window", lang, n)
		}
	}
	// A programme's officer has its own forms before her, whatever she asks for.
	hers := s.As(t, who(actor.ProgrammeOfficer, one), i18n.Prefs{Lang: "ur"}).Get(path+"?programme="+string(other)).Must(t, http.StatusOK).CheckPage(t)
	if strings.Contains(hers.Text(), "ہفتہ کیسا رہا") {
		t.Error("the officer of one programme reads the forms of another")
	}
	for _, role := range []actor.Role{actor.Trainer, actor.FocalPoint, actor.Coach} {
		if a := s.As(t, who(role, other), i18n.Prefs{}).Get(path); a.Status == http.StatusOK {
			t.Errorf("a %s brings forms in", role)
		}
	}
}
