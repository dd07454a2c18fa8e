package courseware_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
)

// A unit that lies outside speaks from its own origin, if an officer allows its
// host: that origin alone reads what it is answered. In strict mode a unit has no
// origin at all, and the credential decides.
func TestWhoReadsWhatAUnitIsAnswered(t *testing.T) {
	for mode, w := range modes {
		t.Run(string(mode), func(t *testing.T) {
			m := open(t, dbtest.SQLite(t), w)
			c, files := interviewing()
			c.Module, c.Key, c.Version = "01900000-0000-7000-8000-0000000000d2", "outside", ""
			c.Hosts = []string{"units.example.com", "media.example.com"}
			c.Units = []player.Unit{
				{ID: au + "out", Key: "out", Title: "Out", Href: "https://units.example.com/out.html", Says: player.Says{MoveOn: "Completed"}},
				{ID: au + "far", Key: "far", Title: "Far", Href: "https://far.example.com/far.html", Says: player.Says{MoveOn: "Completed"}},
			}
			m.shelf.Put(c, files)
			r := m.register("outside")
			o, err := m.players.OpenUnit(learner(r.person), id.New[id.Operation](), player.OpenUnit{Attempt: r.attempt, Unit: "out"})
			if err != nil || !o.Remote {
				t.Fatalf("%+v, %v", o, err)
			}
			u := r.run(o)
			statements := u.query.Get("endpoint") + "statements"
			ask := func(method, target, origin, auth string) *httptest.ResponseRecorder {
				h := map[string]string{"Origin": origin, "X-Experience-API-Version": "1.0.3"}
				if method == http.MethodOptions {
					h["Access-Control-Request-Method"], h["Access-Control-Request-Headers"] = "POST", "authorization,content-type,x-experience-api-version"
				}
				if auth != "" {
					h["Authorization"] = auth
				}
				return m.call(method, target, "", h)
			}
			at, err := url.Parse(u.URL)
			if err != nil || at.Host != "units.example.com" {
				t.Fatalf("launched at %s, %v", u.URL, err)
			}
			for origin, approved := range map[string]bool{
				"https://units.example.com":      true,
				"http://units.example.com":       false, // another origin
				"https://units.example.com:8443": false,
				"https://x.units.example.com":    false,
				"https://media.example.com":      false, // allowed to be loaded from, and no unit's
				"https://far.example.com":        false, // a unit's, and not allowed
				"https://evil.example.org":       false,
				w.App:                            false,
				"null":                           false,
			} {
				for _, got := range []*httptest.ResponseRecorder{
					ask(http.MethodOptions, statements, origin, ""), ask(http.MethodOptions, u.query.Get("fetch"), origin, ""),
					ask(http.MethodGet, statements, origin, u.auth), ask(http.MethodPost, u.query.Get("fetch"), origin, ""),
				} {
					want := ""
					if mode == courseware.Strict {
						want = "*"
					}
					if approved {
						want = origin
					}
					h := got.Header()
					if allowed := h.Get("Access-Control-Allow-Origin"); allowed != want {
						t.Errorf("%s may read for %q, want %q (%d)", origin, allowed, want, got.Code)
					}
					if h.Get("Access-Control-Allow-Credentials") != "" {
						t.Errorf("%s: with cookies", origin)
					}
					if !strings.Contains(strings.Join(h.Values("Vary"), ","), "Origin") {
						t.Errorf("%s: caches mistake one origin for another", origin)
					}
				}
			}
			pre := ask(http.MethodOptions, statements, "https://units.example.com", "")
			if pre.Code != http.StatusNoContent || !strings.Contains(pre.Header().Get("Access-Control-Allow-Headers"), "Authorization") || !strings.Contains(pre.Header().Get("Access-Control-Allow-Methods"), "POST") {
				t.Errorf("before asking: %d %v", pre.Code, pre.Header())
			}
			// An origin opens nothing: the credential does, and also where there is none.
			for _, origin := range []string{"https://units.example.com", w.App, "null"} {
				if got := ask(http.MethodGet, statements, origin, ""); got.Code != http.StatusUnauthorized {
					t.Errorf("%s without a credential is answered %d", origin, got.Code)
				}
				if got := ask(http.MethodGet, statements, origin, u.auth); got.Code != http.StatusOK {
					t.Errorf("%s with the credential is answered %d %s", origin, got.Code, got.Body)
				}
			}
			u.does("initialized", "completed", "terminated")
		})
	}
}
