package playerweb

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

func previewOf(v id.ModuleVersion) string { return "/packages/" + string(v) + "/preview" }

// everything is what stands in every table, by its name.
func (th *theatre) everything() map[string][]string {
	th.t.Helper()
	out := map[string][]string{}
	err := th.db.View(learnerContext(), func(tx *db.Tx) error {
		tables, err := db.Collect(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT name FROM sqlite_master WHERE type = 'table'`)
		if err != nil {
			return err
		}
		for _, name := range tables {
			columns, err := db.Collect(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT name FROM pragma_table_info(?1)`, name)
			if err != nil {
				return err
			}
			for i, c := range columns {
				columns[i] = `quote("` + c + `")`
			}
			if out[name], err = db.Collect(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) },
				`SELECT `+strings.Join(columns, " || ',' || ")+` FROM "`+name+`" ORDER BY 1`); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		th.t.Fatal(err)
	}
	return out
}

// previews opens a package's preview as an officer, and returns what the test calls once
// she has left: it finds everything as it was.
func (th *theatre) previews(b browser, c *player.Course) (s *seat, leave func()) {
	th.t.Helper()
	before := th.everything()
	if len(before) < 100 {
		th.t.Fatalf("%d tables", len(before))
	}
	s = &seat{Tab: b.Tab(th.t, th.url, webtest.Look{Token: th.sessions.Add(officer(), i18n.Prefs{Lang: "en"})}), t: th.t}
	s.Open(previewOf(c.Version))
	s.MustShow("Preview: nothing that you do here is kept")
	return s, func() {
		th.t.Helper()
		s.MustShow("Preview: nothing that you do here is kept")
		s.Press("#play-exit")
		if at := webtest.Ask[string](s.Tab, `location.pathname`); at != "/packages/"+string(c.Version) {
			th.t.Errorf("leaving leads to %s", at)
		}
		if kept := webtest.Ask[string](s.Tab, `indexedDB.databases().then(all => JSON.stringify([all, { ...sessionStorage }, { ...localStorage }]))`); kept != "[[],{},{}]" {
			th.t.Errorf("on her device is kept %s", kept)
		}
		after := th.everything()
		for name, rows := range after {
			if !reflect.DeepEqual(rows, before[name]) {
				th.t.Errorf("%s was\n%s\nand is\n%s", name, strings.Join(before[name], "\n"), strings.Join(rows, "\n"))
			}
		}
		if facts := th.ledger.facts; len(facts) > 0 {
			th.t.Errorf("the ledger says %+v", facts)
		}
		if l := th.log.String(); l != "" {
			th.t.Error(l)
		}
	}
}

// Staff play a package that is not out as a learner would, in every mode, and nothing is
// left of it: not in any table, and not on their device.
func TestAPreviewLeavesNoTraces(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode)+", SCORM 1.2", func(t *testing.T) {
			th := openTheatre(t, mode)
			c, files := playertest.Scorm12("indicators")
			th.shelf.Put(c, files)
			one, leave := th.previews(chromium, c)
			for range 2 { // opened again it begins again
				one.alive("/intro.html")
				one.must(`said + api.LMSGetValue("cmi.core.lesson_mode") + api.LMSGetValue("cmi.core.entry") + api.LMSGetValue("cmi.suspend_data")`, "truebrowseab-initio")
				if learner := one.do(`api.LMSGetValue("cmi.core.student_id")`); !strings.HasPrefix(learner, "learner-") {
					t.Errorf("the package learns that she is %q", learner)
				}
				// The second unit asks for the first, as it does of a learner.
				one.until(`document.querySelectorAll("#play-tree button")[1].disabled`)
				one.must(`api.LMSSetValue("cmi.suspend_data", "some") + api.LMSSetValue("cmi.core.lesson_status", "completed") + api.LMSSetValue("cmi.core.exit", "suspend") + api.LMSCommit("")`, "truetruetruetrue")
				one.until(`!document.getElementById("play-next").disabled`)
				one.Click("#play-next")
				one.alive("/exam.html")
				one.must(`said + api.LMSSetValue("cmi.core.score.raw", "85") + api.LMSFinish("")`, "truetruetrue")
				one.until(`document.querySelectorAll('#play-tree [data-done="true"]').length === 2`)
				one.Open(previewOf(c.Version))
			}
			leave()
		})
		t.Run(string(mode)+", SCORM 2004", func(t *testing.T) {
			th := openTheatre(t, mode)
			c, files := playertest.Scorm2004("interviewing") // with objectives that are kept for the learner
			th.shelf.Put(c, files)
			one, leave := th.previews(chromium, c)
			for range 2 {
				one.alive("/lesson.html")
				one.must(`said + api2.GetValue("cmi.mode") + api2.GetValue("cmi.entry")`, "truebrowseab-initio")
				one.must(`api2.SetValue("cmi.completion_status", "completed") + api2.SetValue("adl.nav.request", "continue") + api2.Terminate("")`, "truetruetrue")
				one.alive("/test.html")
				one.must(`said + api2.SetValue("cmi.score.scaled", "0.9") + api2.SetValue("cmi.success_status", "passed") + api2.SetValue("cmi.exit", "suspend") + api2.Commit("")`, "truetruetruetruetrue")
				one.Open(previewOf(c.Version))
			}
			leave()
		})
		t.Run(string(mode)+", H5P", func(t *testing.T) {
			th := openTheatre(t, mode)
			c, files := firstContact(t, "first-contact")
			th.shelf.Put(c, files)
			one, leave := th.previews(chromium, c)
			for range 2 {
				one.shows("Scene 1 of 3")
				one.choose(1, true)
				one.shows("Scene 2 of 3")
				one.choose(0, false)
				one.must(`JSON.stringify(window.forbidden)`, "[]")
				one.Open(previewOf(c.Version))
			}
			leave()
		})
	}
}

// previewed is a course of units that speak to the record store, of either kind.
func previewed(kind player.Kind) (*player.Course, map[string]string) {
	unit := func(key string) player.Unit {
		return player.Unit{ID: "https://publisher.example.com/" + key, Key: key, Title: key, Href: key + ".html", Says: player.Says{MoveOn: "Completed", Parameters: "level 2"}}
	}
	return &player.Course{
		Key: "interviewing", Kind: kind, Title: "Interviewing", Language: "en", Bytes: 2000, Publisher: "https://publisher.example.com/course",
		Units: []player.Unit{unit("one"), unit("two")},
	}, map[string]string{"one.html": playertest.Puppet, "two.html": playertest.Puppet}
}

// speaks lets a unit ask the record store, as such units do: says(method, resource,
// parameters, body) is the answer's status and text.
const speaks = `window.asks = new URLSearchParams(location.search);
window.credential = asks.get("auth");
window.agent = asks.get("actor");
window.activity = asks.get("activityId") || asks.get("activity_id");
window.says = async (method, resource, parameters, body) => {
	const answer = await fetch(asks.get("endpoint") + resource + "?" + new URLSearchParams(parameters || {}), {
		method, body: body && JSON.stringify(body), headers: { Authorization: credential, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json" },
	});
	return answer.status + " " + await answer.text();
};
window.state = id => ({ stateId: id, activityId: activity, agent, registration: asks.get("registration") });
window.statement = verb => ({ actor: JSON.parse(agent), verb: { id: "http://adlnet.gov/expapi/verbs/" + verb }, object: { id: activity }, context: { registration: asks.get("registration") } });
asks.has("endpoint") + " " + asks.has("registration")`

// A unit that speaks to the record store is previewed before a store that forgets: it
// fetches its credential once, reads what it is launched with, keeps its state as long as
// it is open, and is answered as it is otherwise. Nothing of it is in the record store.
func TestAPreviewSpeaksToAStoreThatForgets(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	for _, kind := range []player.Kind{player.Cmi5, player.XAPI} {
		for _, mode := range courseware.Modes() {
			t.Run(string(mode)+", "+string(kind), func(t *testing.T) {
				th := openTheatre(t, mode)
				c, files := previewed(kind)
				th.shelf.Put(c, files)
				// Somebody has read in the record store before: its first reader opens it.
				if _, err := th.records.Find(context.Background(), th.records.Local("test", "Test", lrs.ScopeAll), lrs.Query{}); err != nil {
					t.Fatal(err)
				}
				one, leave := th.previews(chromium, c)
				for range 2 {
					one.alive("/one.html")
					one.must(speaks, "true true")
					if kind == player.Cmi5 {
						fetches := `fetch(asks.get("fetch"), { method: "POST" }).then(r => r.json()).then(a => (window.credential ||= "Basic " + a["auth-token"], a["error-code"] || "given"))`
						one.must(fetches, "given")
						one.must(fetches, "1")
						one.must(`says("GET", "activities/state", state("LMS.LaunchData")).then(t => { const d = JSON.parse(t.slice(4)); return t.slice(0, 4) + d.launchMode + " " + d.launchParameters })`, "200 Browse level 2")
						one.must(`says("PUT", "activities/state", state("LMS.LaunchData"), {}).then(t => t.slice(0, 3))`, "403")
						one.must(`says("GET", "agents/profile", { profileId: "cmi5LearnerPreferences", agent })`, `200 {"audioPreference":"on","languagePreference":"en"}`)
					}
					if who := one.do(`agent`); !strings.Contains(who, "preview-") {
						t.Errorf("the package learns that she is %s", who)
					}
					one.must(`says("GET", "activities/state", state("place")).then(t => t.slice(0, 3))`, "404")
					one.must(`says("PUT", "activities/state", state("place"), { page: 7 })`, "204 ")
					one.must(`says("POST", "activities/state", state("place"), { seen: true })`, "204 ")
					one.must(`says("GET", "activities/state", state("place"))`, `200 {"page":7,"seen":true}`)
					one.must(`says("PUT", "activities/state", state("more"), "x".repeat(2000000)).then(t => t.slice(0, 3))`, "413")
					one.must(`says("DELETE", "activities/state", state("place"))`, "204 ")
					one.must(`says("GET", "activities/state", state("place")).then(t => t.slice(0, 3))`, "404")
					one.must(`says("PUT", "activities/state", state("place"), { page: 8 })`, "204 ")
					one.must(`says("POST", "statements", {}, [statement("initialized"), statement("completed")]).then(t => t.slice(0, 4) + JSON.parse(t.slice(4)).length)`, "200 2")
					one.must(`says("POST", "statements", {}, { ...statement("completed"), actor: { mbox: "mailto:her@example.org" } }).then(t => t.slice(0, 3))`, "403")
					one.must(`says("POST", "statements", {}, { verb: "done" }).then(t => t.slice(0, 3))`, "400")
					one.must(`says("GET", "statements").then(t => t.slice(0, 4) + JSON.parse(t.slice(4)).statements.length)`, "200 0")
					// The credential is good for this unit alone.
					one.must(`(async () => { const right = credential; credential = "Basic " + btoa(atob(right.slice(6)).replace("_0", "_1")); const t = await says("GET", "statements"); credential = right; return t.slice(0, 3) })()`, "401")
					one.Press("#play-next")
					one.alive("/two.html")
					one.must(speaks, "true true")
					one.Open(previewOf(c.Version))
				}
				leave()
			})
		}
	}
}

// A preview is for staff who may read packages: a learner finds none, nor does anybody
// who is not signed in, nor staff of what was taken out of use.
func TestWhoMayPreview(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, files := playertest.Scorm12("indicators")
	th.shelf.Put(c, files)
	her, staff := webtest.Visit(t, th.url, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})), webtest.Visit(t, th.url, th.sessions.Add(officer(), i18n.Prefs{Lang: "ur"}))
	her.Get(previewOf(c.Version)).Must(t, http.StatusNotFound)
	her.Get(previewOf(id.New[id.ModuleVersion]())).Must(t, http.StatusNotFound)
	page := staff.Get(previewOf(c.Version)).Must(t, http.StatusOK, "پیشگی جھلک: آپ یہاں جو بھی کریں وہ محفوظ نہیں ہوتا")
	page.CheckPage(t)
	if strings.Contains(page.Body, "<form") {
		t.Error("a preview holds a form")
	}
	staff.Get(previewOf(id.New[id.ModuleVersion]())).Must(t, http.StatusNotFound)
	th.shelf.Withdraw("indicators", "en")
	staff.Get(previewOf(c.Version)).Must(t, http.StatusGone, "استعمال سے ہٹا دیا گیا ہے")
}
