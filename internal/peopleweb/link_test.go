package peopleweb_test

import (
	"net/url"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
)

func TestSheAloneLinksHerSupervisorAndTakesItBack(t *testing.T) {
	w := open(t)
	who := func(p id.Person, r actor.Role, s actor.Scope) actor.Actor {
		return actor.Actor{Person: p, Grant: actor.Grant{ID: "g", Role: r, Scope: s}}
	}
	her := who(w.saima, actor.Participant, actor.Scope{Programme: "p", Cohort: "c"})
	const path = "/my-supervisor"
	she := w.site.As(t, her, i18n.Prefs{Lang: "en"})
	page := she.Get(path).Must(t, 200, "No supervisor is linked", "Rabia Staff").CheckPage(t)

	// Without her tick, or with somebody she was not offered, nothing is linked.
	for _, fill := range []url.Values{
		{"supervisor": {string(w.staff)}}, {"agree": {"yes"}}, {"supervisor": {string(w.nasreen)}, "agree": {"yes"}},
	} {
		if a := she.Submit(page, "link", fill).CheckPage(t); a.Status == 200 {
			t.Errorf("%v linked somebody", fill)
		}
	}
	she.Get(path).Must(t, 200, "No supervisor is linked")
	officer := w.site.As(t, who(w.staff, actor.ProgrammeOfficer, actor.Scope{Programme: "p"}), i18n.Prefs{Lang: "en"})
	if a := officer.Get(path); a.Status == 200 {
		t.Error("an officer links supervisors")
	}
	chromium := webtest.Launch(t)
	look := func(name string) {
		for lang, width := range map[string]int{"en": 1280, "ur": 360} {
			tab := chromium.Tab(t, w.site.URL, webtest.Look{Width: width, Token: w.site.Sessions.Add(her, i18n.Prefs{Lang: lang})})
			tab.Open(path).CheckAxe().Shot(name + "-" + lang)
			if n := tab.Overflow(); n > 0 {
				t.Errorf("in %s: %d px wider than its window", lang, n)
			}
		}
	}
	look("supervisor-none")

	page = she.Submit(she.Get(path), "link", url.Values{"supervisor": {string(w.staff)}, "agree": {"yes"}}).Must(t, 200, "Your supervisor is linked", "linked since").CheckPage(t)
	look("supervisor-linked")
	she.Submit(page, path+"/end", nil).Must(t, 200, "The link is ended", "No supervisor is linked")

	// A link that does harm is ended by an officer, who learns no more than that.
	she.Submit(she.Get(path), "link", url.Values{"supervisor": {string(w.staff)}, "agree": {"yes"}}).Must(t, 200)
	hers := "/people/" + string(w.saima)
	officer.Submit(officer.Get(hers).Must(t, 200, "End the link").CheckPage(t), hers+"/supervisor/end", nil).Must(t, 200)
	if a := she.Get(path).Must(t, 200, "No supervisor is linked"); strings.Contains(a.Text(), "linked since") {
		t.Error("the link stands")
	}
}
