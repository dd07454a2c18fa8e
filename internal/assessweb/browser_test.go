package assessweb

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/web/webtest"
)

// A small phone and a wide screen, both directions: nothing is cut off, and
// axe-core finds nothing, on every kind of page, empty, filled and in error.
func TestThePagesInARealBrowser(t *testing.T) {
	s, test := site(t)
	base := "/cohorts/" + string(cohort)
	trainer := as(90, actor.Trainer, actor.Scope{Cohort: cohort})
	entry := s.As(t, trainer, i18n.Prefs{Lang: "en"})
	for stage, points := range map[string]string{"before": "0", "after": "1"} {
		page := entry.Get(base + "/tests/" + stage)
		fill := url.Values{"taken": {"2020-10-01T04:00"}}
		for n := 3; n <= 25; n++ {
			for i, it := range test.Items {
				if stage == "after" && (i+n)%4 == 0 {
					continue
				}
				fill.Set(string(person(n))+"."+it.Key, points)
			}
		}
		entry.Submit(page, "grid", fill).Must(t, http.StatusOK, "The sheet was saved.")
	}
	chromium := webtest.Launch(t)
	for n, lang := range []string{"en", "ur"} {
		her := s.Sessions.Add(as(1+n, actor.Participant, actor.Scope{Cohort: cohort}), i18n.Prefs{Lang: lang})
		b := webtest.Visit(t, s.URL, her)
		part := b.Submit(b.Get("/tests/before"), "sit", url.Values{"language": {lang}}).Must(t, http.StatusOK)
		sitting := strings.TrimSuffix(part.Path, "/1")
		mine := map[string]string{"cover": "/tests/before", "part": part.Path, "check": sitting}
		look := func(token string, paths map[string]string) {
			for _, width := range []int{360, 1280} {
				tab := chromium.Tab(t, s.URL, webtest.Look{Width: width, Token: token})
				for name, path := range paths {
					tab.Open(path)
					tab.Shot(lang + "-test-" + name + "-" + map[int]string{360: "phone", 1280: "wide"}[width])
					if n := tab.Overflow(); n > 0 {
						t.Errorf("%s (%s) is %d pixels too wide at %d", path, lang, n, width)
					}
					if width == 360 {
						for _, x := range tab.Axe() {
							t.Errorf("%s (%s): %s", path, lang, x)
						}
					}
				}
			}
		}
		look(her, mine)
		b.Submit(b.Get(sitting), sitting+"/hand-in", nil).Must(t, http.StatusOK)
		look(her, map[string]string{"result": sitting})
		look(s.Sessions.Add(trainer, i18n.Prefs{Lang: lang}), map[string]string{
			"stages": base + "/tests", "grid": base + "/tests/before", "gain": base + "/gain/before/after", "no-gain": base + "/gain/before/later",
			"items": base + "/tests/after/items", "paper": base + "/tests/after/paper", "key": base + "/tests/after/paper?key=1", "results": base + "/tests/later",
		})
	}
}
