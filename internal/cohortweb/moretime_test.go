package cohortweb_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/web/webtest"
)

func TestSheAsksForMoreTimeAndReadsTheAnswer(t *testing.T) {
	p := serve(t)
	f := p.fill()
	dbtest.Clock(p.d).Advance(time.Hour)
	she := p.site.As(t, person(actor.Participant, actor.Scope{Cohort: p.cohort}), i18n.Prefs{})
	if a := she.Get("/more-time?stage=foundation"); a.Status != 404 {
		t.Errorf("somebody who was never proposed: %d", a.Status)
	}
	her := actor.Actor{Person: f.saima.Person, Grant: actor.Grant{ID: "g", Role: actor.Participant, Scope: actor.Scope{Cohort: p.cohort}}}
	she = p.site.As(t, her, i18n.Prefs{})
	a := she.Submit(she.Get("/more-time?stage=foundation").CheckPage(t), "more-time", url.Values{"note": {"CANARY no light here"}})
	if a.Status != 200 || !strings.Contains(a.Text(), "has not answered yet") || !strings.Contains(a.Text(), "no light here") {
		t.Fatalf("asked: %d %s\n%s", a.Status, a.Text(), p.site.Log)
	}

	doubts := "/cohorts/" + string(p.cohort) + "/doubts"
	if a := p.site.As(t, p.focal, i18n.Prefs{}).Get(doubts); strings.Contains(a.Body, "/time-requests/") || strings.Contains(a.Body, "CANARY") {
		t.Error("her agency sees that she asked, or what she wrote")
	}
	officer := p.site.As(t, p.officer, i18n.Prefs{})
	path := ""
	for _, href := range officer.Get(doubts).CheckPage(t).Links() {
		if strings.HasPrefix(href, "/time-requests/") {
			path = href
		}
	}
	a = officer.Get(path).CheckPage(t)
	if !strings.Contains(a.Text(), "no light here") || !strings.Contains(a.Text(), "Saima Iqbal") {
		t.Fatalf("whoever answers reads %d %s\n%s", a.Status, a.Text(), p.site.Log)
	}
	chromium := webtest.Launch(t)
	look := func(name string, who actor.Actor, path string) {
		for lang, width := range map[string]int{"en": 1280, "ur": 360} {
			tab := chromium.Tab(t, p.site.URL, webtest.Look{Width: width, Token: p.site.Sessions.Add(who, i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})})
			tab.Open(path).CheckAxe().Shot(name + "-" + lang)
			if n := tab.Overflow(); n > 0 {
				t.Errorf("%s in %s: %d px wider than its window", name, lang, n)
			}
		}
	}
	look("time-answer", p.officer, path)

	// What is missing is said beside its field, and what was typed is kept.
	a = officer.Submit(a, "refuse", url.Values{"reply": {"Ring us on Monday"}})
	if a.Status != 422 && a.Status != 400 || !strings.Contains(a.Body, "Ring us on Monday") {
		t.Fatalf("a no without why: %d", a.Status)
	}
	a.CheckPage(t)
	a = officer.Submit(a, "refuse", url.Values{"cause": {"stage-begins"}})
	if a.Status != 200 || strings.Contains(a.Body, path) {
		t.Fatalf("refused: %d, or it still waits", a.Status)
	}
	if a := she.Get("/more-time?stage=foundation").CheckPage(t); !strings.Contains(a.Text(), "What comes next begins before that") || !strings.Contains(a.Text(), "Ring us on Monday") {
		t.Errorf("she reads %s", a.Text())
	}
	look("time-hers", her, "/more-time?stage=foundation")
	a = officer.Submit(officer.Get(path), "agree", url.Values{"cause": {"no-connection"}, "until": {"2020-11-01"}, "reply": {""}})
	if a.Status != 200 {
		t.Fatalf("agreed: %d %s", a.Status, a.Text())
	}
	if a := she.Get("/more-time?stage=foundation"); !strings.Contains(a.Text(), "Agreed: you have until Sunday") {
		t.Errorf("she reads %s", a.Text())
	}
	look("doubts-asked", p.officer, doubts)
}
