package playerweb

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web/webtest"
)

// hears lets a test ask in the content's document, and notes what its policy forbids.
const hears = `window.forbidden = [];
addEventListener("securitypolicyviolation", function (e) { window.forbidden.push(e.effectiveDirective + " " + e.blockedURI); });
addEventListener("message", function (e) {
  if (!e.data || e.data.test === undefined) return;
  var value;
  try { value = (0, eval)(e.data.js); } catch (err) { value = "threw " + err; }
  e.source.postMessage({ answer: e.data.test, value: value === undefined ? null : value }, "*");
});`

// firstContact is the H5P package of the first programme, with a library that
// hears the test.
func firstContact(t *testing.T, key string) (*player.Course, map[string]string) {
	t.Helper()
	files := map[string]string{
		"H5P.Hears-1.0/library.json": `{"title":"Hears","machineName":"H5P.Hears","majorVersion":1,"minorVersion":0,"preloadedJs":[{"path":"hears.js"}]}`,
		"H5P.Hears-1.0/hears.js":     hears,
	}
	root := os.DirFS("../../examples/pakistan-2020/packages/first-contact")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(root, name)
		files[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const dependencies = `"preloadedDependencies": [`
	with := strings.Replace(files["h5p.json"], dependencies, dependencies+`{"machineName": "H5P.Hears", "majorVersion": 1, "minorVersion": 0},`, 1)
	if with == files["h5p.json"] {
		t.Fatal("the package has no dependencies")
	}
	files["h5p.json"] = with
	return &player.Course{
		Key: key, Kind: player.H5P, Title: "First contact", Language: "en", Bytes: 9000,
		Units: []player.Unit{{ID: "content", Title: "First contact", Href: "h5p.json"}},
	}, files
}

// shows waits until the content says so in its heading.
func (s *seat) shows(heading string) {
	s.t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		got = webtest.Ask[string](s.Tab, `new Promise(done => {
			const nr = Math.random();
			const hear = e => { if (e.data && e.data.answer === nr) { removeEventListener("message", hear); done(String(e.data.value)); } };
			addEventListener("message", hear);
			setTimeout(() => done(""), 50);
			frames[0]?.postMessage({ test: nr, js: 'document.querySelector(".cadre-choice h2")?.textContent' }, "*");
		})`)
		if got == heading {
			return
		}
	}
	s.t.Fatalf("%q does not come; the content shows %q, the page says %s", heading, got, s.Text())
}

// choose settles a choice, and goes on from what follows from it.
func (s *seat) choose(option int, goOn bool) {
	s.t.Helper()
	press := `document.querySelector(".cadre-choice button").click();`
	js := fmt.Sprintf(`document.querySelectorAll(".cadre-choice input")[%d].click(); %s`, option, press)
	if goOn {
		js += press
	}
	s.must(js+`"done"`, "done")
}

// An H5P package is begun, half done when the browser is killed, taken up on
// another device where it was left, and completed, in every mode; then it opens
// to be read, and changes nothing.
func TestH5PFromEndToEnd(t *testing.T) {
	chromium := webtest.Launch(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			th := openTheatre(t, mode)
			th.shelf.Put(firstContact(t, "first-contact"))
			a := th.begin("first-contact")
			token := th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})

			one := &device{t: t, profile: t.TempDir()}
			one.boot(th, token, a)
			t.Cleanup(func() { one.end() })
			one.seat.shows("Scene 1 of 3")
			one.seat.must(`document.querySelector('link[href$="/h5p.css"]').sheet !== null`, "true")
			who := one.seat.do(`H5PIntegration.user.name + " " + H5PIntegration.user.mail`)
			if !strings.HasPrefix(who, "Learner learner-") || !strings.HasSuffix(who, "@learner.invalid") || strings.Contains(who, string(ayesha)) {
				t.Errorf("the package learns that she is %q", who)
			}
			one.seat.choose(1, true)
			one.seat.shows("Scene 2 of 3")
			one.seat.choose(0, false)
			th.keeps(string(a), "user_data.0.state", `"{\"chosen\":{\"counter\":1,\"agreed\":0},\"at\":1}"`)
			one.seat.saved()
			one.kill()
			if got := th.attempt(a); got.State != player.Open || got.Percent != 66 {
				t.Errorf("half done, the attempt is %+v", got)
			}

			two := th.seat(chromium, a, webtest.Look{})
			two.until(`!document.getElementById("play-notice").hidden`)
			two.Click("#play-notice button") // it was open elsewhere: go on here
			two.shows("Scene 2 of 3")
			two.must(`document.querySelectorAll(".cadre-choice input")[0].checked + " " + document.querySelectorAll(".cadre-choice input")[0].disabled`, "true true")
			two.must(`document.querySelector(".cadre-choice button").click(); "on"`, "on")
			two.shows("Scene 3 of 3")
			two.choose(2, true)
			two.shows("2 of 3 choices were right.")
			two.must(`JSON.stringify(window.forbidden)`, "[]")
			two.Press("#play-exit").MustShow("Done", "2 of 3")
			if got := th.attempt(a); got.State != player.Passed || got.Percent != 100 {
				t.Errorf("the attempt is %+v", got)
			}
			if done := th.ledger.completed(); len(done) != 1 || !done[0].Passed || !done[0].SelfReported || done[0].Score != 2 || done[0].Max != 3 {
				t.Errorf("the ledger says %+v", done)
			}
			data := th.data(string(a))
			for name, want := range map[string]string{
				"cmi.completion_status": `"completed"`, "cmi.success_status": `"passed"`, "cmi.score.raw": `"2"`, "cmi.exit": `"normal"`,
				"cmi.interactions.1.id": `"agreed"`, "cmi.interactions.1.learner_response": `"0"`, "cmi.interactions.1.result": `"incorrect"`,
				"user_data.0.state": `"{\"chosen\":{\"counter\":1,\"agreed\":0,\"silence\":2},\"at\":3}"`,
			} {
				if data[name] != want {
					t.Errorf("%s is %s, want %s", name, data[name], want)
				}
			}

			two.Open(playPath(a))
			two.shows("2 of 3 choices were right.")
			two.must(`document.querySelector(".cadre-choice button").click(); "anew"`, "anew")
			two.shows("Scene 1 of 3")
			two.Press("#play-exit").MustShow("Done", "2 of 3")
			if got := th.data(string(a))["user_data.0.state"]; got != data["user_data.0.state"] {
				t.Errorf("reading it again left %s", got)
			}
			if l := th.log.String(); l != "" {
				t.Error(l)
			}
		})
	}
}

// keeps waits until an attempt remembers this.
func (th *theatre) keeps(attempt, name, want string) {
	th.t.Helper()
	got := ""
	for range 1000 {
		if got = th.data(attempt)[name]; got == want {
			return
		}
		time.Sleep(20 * time.Millisecond) // it is on its way
	}
	th.t.Fatalf("%s is %s, want %s", name, got, want)
}

// data is what an attempt remembers, as it is stored.
func (th *theatre) data(attempt string) map[string]string {
	th.t.Helper()
	out := map[string]string{}
	err := th.db.View(learnerContext(), func(tx *db.Tx) error {
		type datum struct{ name, value string }
		rows, err := db.Collect(tx, func(r *db.Rows) (d datum, err error) { return d, r.Scan(&d.name, &d.value) },
			`SELECT element, value FROM player_data WHERE attempt = ?1 AND activity = 'content'`, attempt)
		for _, d := range rows {
			out[d.name] = d.value
		}
		return err
	})
	if err != nil {
		th.t.Fatal(err)
	}
	return out
}

// A library that does not come is said, and can be tried again; nothing hangs.
func TestH5PSaysWhatDoesNotCome(t *testing.T) {
	th := openTheatre(t, courseware.SecondListener)
	c, files := firstContact(t, "first-contact")
	delete(files, "H5P.CadreChoice-1.0/choice.js")
	th.shelf.Put(c, files)
	s := th.seat(webtest.Launch(t), th.begin("first-contact"), webtest.Look{})
	s.until(`!document.getElementById("play-notice").hidden`)
	s.MustShow("The module could not be opened. Your work is kept.", "Try again")
}
