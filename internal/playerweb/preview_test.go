package playerweb

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
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
