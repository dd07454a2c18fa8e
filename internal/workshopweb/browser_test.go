package workshopweb_test

import (
	"testing"

	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
	"cadre/internal/workshop"
)

// TestInABrowser looks at the pages as they are drawn: on a trainer's phone and
// on a desk, in both directions.
func TestInABrowser(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(3, 9, 5)
		tue := s.register("tue-am")
		for i := range 20 {
			if _, err := s.TypePIN(s.Her(i), id.New[id.Operation](), workshop.PINTyped{Register: s.Half("tue-am").ID, PIN: s.Half("tue-am").PIN}); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range []workshop.Mark{
			{Person: s.People[0], Verdict: workshop.Absent},
			{Person: s.People[1], Verdict: workshop.Part, Minutes: 100},
			{Person: s.People[21], Verdict: workshop.Excused},
		} {
			m.Register = s.Half("tue-am").ID
			if _, err := s.Mark(s.Trains(), id.New[id.Operation](), m); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Admit(s.Trains(), id.New[id.Operation](), workshop.Admit{Register: s.Half("tue-am").ID, Name: "Nasreen Bibi", Capacity: workshop.Observer}); err != nil {
			t.Fatal(err)
		}
		browser := webtest.Launch(t)
		for _, lang := range []string{"en", "ur"} {
			token := func(p id.Person, role actor.Role) string {
				return s.Sessions.Add(s.Actor(p, role), i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})
			}
			phone := browser.Tab(t, s.URL, webtest.Look{Width: 360, Token: token(s.Trainer, actor.Trainer)})
			desk := browser.Tab(t, s.URL, webtest.Look{Token: token(s.Officer, actor.ProgrammeOfficer)})
			hers := browser.Tab(t, s.URL, webtest.Look{Width: 360, NoScripts: true, Token: token(s.People[25], actor.Participant)})
			for _, c := range []struct {
				tab        *webtest.Tab
				name, path string
			}{
				{phone, "register", tue},
				{phone, "door", tue + "/door?q=Officer+A"},
				{phone, "mark", tue + "/people/" + string(s.People[0])},
				{desk, "timetable", s.path()},
				{desk, "attendance", s.path() + "/attendance"},
				{desk, "sheet", tue + "/print"},
				{hers, "hers", s.path()},
			} {
				c.tab.Open(c.path).Shot("workshop-" + c.name + "-" + lang)
				if n := c.tab.Overflow(); n > 0 {
					t.Errorf("%s in %s is %d pixels too wide", c.name, lang, n)
				}
				if c.name != "hers" { // axe needs scripts
					c.tab.CheckAxe()
				}
			}
		}
	})
}
