package playerweb

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// speaking is a package of two units that speak xAPI.
func speaking(key string) (*player.Course, map[string]string) {
	unit := func(name string) player.Unit {
		return player.Unit{ID: "https://example.org/" + name, Key: name, Title: name, Href: name + ".html"}
	}
	return &player.Course{Key: key, Kind: player.XAPI, Title: "Listening", Language: "en", Bytes: 2000, Units: []player.Unit{unit("first"), unit("second")}},
		map[string]string{"first.html": playertest.Puppet, "second.html": playertest.Puppet}
}

// says has the unit that is shown say something of itself, and returns the status that
// it is answered with.
func (s *seat) says(verb string) string {
	s.t.Helper()
	return s.do(`(() => {
		const q = new URLSearchParams(location.search);
		return fetch(q.get("endpoint") + "statements", {method: "POST", headers: {"Authorization": q.get("auth"), "Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}, body: JSON.stringify({
			actor: JSON.parse(q.get("actor")), verb: {id: "http://adlnet.gov/expapi/verbs/` + verb + `"}, object: {id: q.get("activity_id")}, context: {registration: q.get("registration")},
		})}).then(r => r.status);
	})()`)
}

// word waits until the frame says of what is saved what state and text are.
func (s *seat) word(state, text string) {
	s.t.Helper()
	s.until(`document.getElementById("play-status").dataset.state === "` + state + `" && document.getElementById("play-status").textContent.trim() === "` + text + `"`)
}

// asksNow has the frame ask at once what is saved.
func (s *seat) asksNow() { webtest.Ask[bool](s.Tab, `(dispatchEvent(new Event("online")), true)`) }

// Of a unit that speaks for itself the frame says what the record store has: nothing
// before it has something, how far each unit is, that there is no line, and afterwards
// nothing of what was done without one.
func TestTheFrameSaysWhatTheRecordStoreHas(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			th := openTheatre(t, mode)
			th.shelf.Put(speaking("listening"))
			a := th.begin("listening")
			s := th.seat(chromium, a, webtest.Look{})
			s.alive("/first.html")
			s.word("", "")
			if got := s.says("completed"); got != "200" {
				t.Fatalf("the unit is answered %s", got)
			}
			if mode != courseware.SecondListener { // there it asks in its own time
				s.asksNow()
			}
			s.word("saved", "Saved")
			s.until(`document.querySelectorAll('#play-tree [data-done="true"]').length === 1`)
			if mode == courseware.Strict {
				return // its units are served where the pages are
			}
			th.down()
			s.asksNow()
			s.word("noLineNow", "There is no line just now, so nothing can be saved. Wait until there is one before you go on.")
			th.up()
			s.asksNow()
			s.word("", "")
			dbtest.Clock(th.db).Advance(time.Minute)
			if got := s.says("experienced"); got != "200" {
				t.Fatalf("the unit is answered %s", got)
			}
			s.asksNow()
			s.word("saved", "Saved")

			// Opened elsewhere, it takes nothing more here.
			if _, err := th.players.OpenUnit(learnerContext(), id.New[id.Operation](), player.OpenUnit{Attempt: a, TakeOver: true}); err != nil {
				t.Fatal(err)
			}
			s.asksNow()
			s.word("refused", "What you do here can no longer be kept. Please leave and open the module again.")
		})
	}
}

// The frame of a launch that another program asked for says it as well, though nobody is
// signed in.
func TestTheFrameOfATicketSaysWhatTheRecordStoreHas(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, pages := speaking("listening")
	th.shelf.Put(c, pages)
	l, err := th.players.LaunchFor(actor.With(context.Background(), actor.Actor{Token: id.New[id.Token](), Scopes: access.ScopeLaunch}), id.New[id.Operation](), player.LaunchFor{
		Package: c.Module, Person: ayesha, Unit: "first", Mode: player.Normal,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{Tab: webtest.Launch(t).Tab(t, th.url, webtest.Look{}), t: t}
	s.Open("/launch/" + l.Ticket)
	s.alive("/first.html")
	if got := s.says("completed"); got != "200" {
		t.Fatalf("the unit is answered %s", got)
	}
	s.asksNow()
	s.word("saved", "Saved")
}

// Whoever has the pass reads it without a session; with one, asking is no activity.
func TestAskingWhatIsSavedIsNoActivity(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(speaking("listening"))
	o, err := th.players.OpenUnit(learnerContext(), id.New[id.Operation](), player.OpenUnit{Attempt: th.begin("listening")})
	if err != nil {
		t.Fatal(err)
	}
	before := th.touched.Load()
	for _, x := range []struct {
		method, pass string
		status       int
	}{
		{"GET", o.Pass, http.StatusOK},
		{"GET", "guess", http.StatusUnauthorized},
		{"GET", "", http.StatusUnauthorized},
		{"POST", o.Pass, http.StatusMethodNotAllowed},
	} {
		for _, token := range []string{"", th.sessions.Add(learner(), i18n.Prefs{})} {
			r := httptest.NewRequest(x.method, savedPath, nil)
			r.Header.Set("Authorization", "Bearer "+x.pass)
			if token != "" {
				r.AddCookie(&http.Cookie{Name: web.Cookie, Value: token})
			}
			w := httptest.NewRecorder()
			th.by.Pages.ServeHTTP(w, r)
			if w.Code != x.status || w.Header().Get("Cache-Control") != "no-store" || (w.Code == http.StatusOK) != strings.Contains(w.Body.String(), `"units"`) {
				t.Errorf("%s with %q is answered %d %s", x.method, x.pass, w.Code, w.Body)
			}
		}
	}
	if n := th.touched.Load() - before; n != 0 {
		t.Errorf("asking kept sessions alive %d times", n)
	}
}
