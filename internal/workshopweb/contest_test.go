package workshopweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
	"cadre/internal/workshop"
)

func TestSheSaysThatHerAttendanceIsWrong(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 13, 0)
		if _, err := s.Mark(s.Trains(), id.New[id.Operation](), workshop.Mark{Register: s.Half("mon-am").ID, Person: s.People[5], Verdict: workshop.Absent}); err != nil {
			t.Fatal(err)
		}
		chromium := webtest.Launch(t)
		look := func(name string, who actor.Actor, path string) {
			t.Helper()
			for lang, width := range map[string]int{"en": 1280, "ur": 360} {
				tab := chromium.Tab(t, s.URL, webtest.Look{Width: width, Token: s.Sessions.Add(who, i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})})
				tab.Open(path).CheckAxe().Shot(name + "-" + lang)
				if n := tab.Overflow(); n > 0 {
					t.Errorf("%s in %s: %d px wider than its window", name, lang, n)
				}
			}
		}
		she := s.as(s.People[5], actor.Participant, "en")
		path := s.register("mon-am") + "/contest"
		if links := she.Get(s.path()).Must(t, http.StatusOK, "Not right?").Links(); !strings.Contains(strings.Join(links, " "), path) {
			t.Fatalf("her week does not lead to %s", path)
		}
		a := she.Submit(she.Get(path).Must(t, http.StatusOK, "Absent").CheckPage(t), "contest", url.Values{"words": {"I signed the sheet"}})
		if a.Status == http.StatusOK || !strings.Contains(a.Body, "I signed the sheet") {
			t.Errorf("nothing chosen: %d", a.Status)
		}
		a.CheckPage(t)
		she.Submit(a, "contest", url.Values{"verdict": {"present"}, "mode": {"in-person"}}).Must(t, http.StatusOK, "Nobody has answered yet").CheckPage(t)
		look("contest", s.Actor(s.People[5], actor.Participant), path)

		trainer := s.as(s.Trainer, actor.Trainer, "en")
		page := trainer.Get(s.path()+"/attendance").Must(t, http.StatusOK, "1 verdict is contested").CheckPage(t)
		to := ""
		for _, href := range page.Links() {
			if strings.HasPrefix(href, "/contests/") {
				to = href
			}
		}
		page = trainer.Get(to).Must(t, http.StatusOK, "I signed the sheet", "Present").CheckPage(t)
		look("contest-decide", s.Actor(s.Trainer, actor.Trainer), to)
		a = trainer.Submit(page, "stands", nil)
		if a.Status == http.StatusOK {
			t.Error("it stands without a word to her")
		}
		a.CheckPage(t)
		trainer.Submit(a, "mend", url.Values{"reply": {"You are right"}}).Must(t, http.StatusOK, "She reads it").CheckPage(t)
		she.Get(path).Must(t, http.StatusOK, "Present", "You are right").CheckPage(t)
		trainer.Get(to).Must(t, http.StatusOK, "This was answered").CheckPage(t)
		if a := s.as(s.People[6], actor.Participant, "en").Get(to); a.Status == http.StatusOK {
			t.Error("a colleague reads it")
		}
	})
}
