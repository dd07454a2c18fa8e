package playerweb

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/web/webtest"
)

// A small phone and a wide screen, both directions: nothing is cut off, and
// axe-core finds nothing, on every kind of page, empty, filled and in error.
func TestThePagesInARealBrowser(t *testing.T) {
	root := filepath.Join("..", "..", "examples", "pakistan-2020", "modules", "tip-basics")
	files := map[string][]byte{}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(root, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	s, v := site(t, dbtest.SQLite(t), files, "tip-basics")
	chromium := webtest.Launch(t)
	for _, lang := range []string{"en", "ur"} {
		her := s.Sessions.Add(learner(), i18n.Prefs{Lang: lang})
		b := webtest.Visit(t, s.URL, her)
		page := b.Submit(b.Get("/learn/tip-basics"), "start", url.Values{"language": {lang}}).Must(t, http.StatusOK)
		attempt, _, _ := strings.Cut(page.Path, "/pages/")
		pages := map[string]string{"cover": "/learn/tip-basics", "certificate": "/learn/tip-basics/certificate", "modules": "/learn", "overview": attempt}
		for path := page; ; {
			key := path.Path[strings.LastIndex(path.Path, "/")+1:]
			pages["page-"+key] = path.Path
			if strings.Contains(path.Body, `action="`+path.Path+`/turn"`) {
				path = b.Submit(path, path.Path+"/turn", nil)
			}
			if !strings.Contains(path.Path, "/pages/") || pages["page-"+path.Path[strings.LastIndex(path.Path, "/")+1:]] != "" {
				break
			}
		}
		staff := s.Sessions.Add(officer(), i18n.Prefs{Lang: lang})
		who := map[string]string{
			"who-is-where": "/cohorts/" + string(cohort) + "/modules/tip-basics", "to-decide": "/cohorts/" + string(cohort) + "/certificates",
			"preview": previewPath(v.ID, page.Path[strings.LastIndex(page.Path, "/")+1:], lang),
		}
		for token, paths := range map[string]map[string]string{her: pages, staff: who} {
			for _, width := range []int{360, 1280} {
				tab := chromium.Tab(t, s.URL, webtest.Look{Width: width, Token: token})
				for name, path := range paths {
					tab.Open(path)
					tab.Shot(lang + "-" + name + "-" + map[int]string{360: "phone", 1280: "wide"}[width])
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
	}
}
