package playerweb

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// told waits until the frame tells her something with these words, and buttons.
func (s *seat) told(words string, buttons ...string) {
	s.t.Helper()
	s.until(fmt.Sprintf(`!document.getElementById("play-notice").hidden && document.getElementById("play-notice").innerText.includes(%q)`, words))
	if got := webtest.Ask[string](s.Tab, `[...document.querySelectorAll("#play-notice button")].map(b => b.innerText).join("|")`); got != strings.Join(buttons, "|") {
		s.t.Fatalf("with %q she is offered %s", words, got)
	}
}

// before has every page that is opened from now on run a script before its own.
func (s *seat) before(script string) {
	s.t.Helper()
	if _, err := chromedp.Call(s.Ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		s.t.Fatal(err)
	}
}

// leads does what leads to another page, and waits until that has come.
func (s *seat) leads(by func()) {
	s.t.Helper()
	was := webtest.Ask[string](s.Tab, `location.pathname`)
	by()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		now, err := chromedp.Run(s.Ctx, chromedp.Evaluate[string](`location.pathname`)) // fails as the page goes
		if err == nil && now != was {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("it does not lead away from %s: %v", was, err)
		}
	}
}

// reads waits until the page says something.
func (s *seat) reads(words string) {
	s.t.Helper()
	s.until(fmt.Sprintf(`document.body.innerText.includes(%q)`, words))
}

// press presses a button of what the frame tells her.
func (s *seat) press(label string) {
	s.t.Helper()
	if !webtest.Ask[bool](s.Tab, fmt.Sprintf(`(() => { const b = [...document.querySelectorAll("#play-notice button")].find(b => b.innerText === %q); b?.click(); return !!b })()`, label)) {
		s.t.Fatalf("there is no %s", label)
	}
}

// holds counts the entries of an attempt that say something.
func (th *theatre) holds(a id.Attempt, value string) (n int) {
	th.t.Helper()
	if err := th.db.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM player_entries WHERE attempt = ?1 AND body LIKE ?2`, a, "%"+value+"%").Scan(&n)
	}); err != nil {
		th.t.Fatal(err)
	}
	return n
}

// comes waits until something of an attempt has arrived.
func (th *theatre) comes(a id.Attempt, value string) {
	th.t.Helper()
	for end := time.Now().Add(patience); th.holds(a, value) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			th.t.Fatalf("%s never came", value)
		}
	}
}

// cut ends a connection without an answer.
func cut(w http.ResponseWriter) bool {
	c, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = c.Close()
	}
	return true
}

// answers answers as a proxy does.
func answers(status int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != logPath {
			return false
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<h1>No</h1>")
		return true
	}
}

// one lets nothing through but logs of one entry, and says that others are too large.
func one(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != logPath {
		return false
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return cut(w)
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err == nil {
			raw, err = io.ReadAll(z)
		}
		if err != nil {
			return cut(w)
		}
	}
	var b player.Batch
	if json.Unmarshal(raw, &b) == nil && len(b.Entries) > 1 {
		return answers(http.StatusRequestEntityTooLarge)(w, r)
	}
	return false
}

// offlineWork works at a package while there is no server, until it is kept on the
// device, and kills the browser.
func (th *theatre) offlineWork(d *device, steps int) {
	th.t.Helper()
	th.down()
	for i := range steps {
		d.seat.must(fmt.Sprintf(`api.LMSSetValue("cmi.core.lesson_location", "offline %d") + api.LMSCommit("")`, i+1), "truetrue")
	}
	d.seat.until(`document.getElementById("play-status").dataset.state === "here"`)
	d.kill()
	th.up()
}

// What an earlier visit left on the device is sent before she goes on. While it cannot
// be, she is asked, and nothing is opened that would take its place; and once she has
// gone on without it, it is sent all the same.
func TestWhatAnEarlierVisitLeftComesFirst(t *testing.T) {
	t.Parallel()
	for _, without := range []bool{false, true} {
		t.Run(fmt.Sprintf("without it %t", without), func(t *testing.T) {
			t.Parallel()
			th := openTheatre(t, courseware.SecondListener)
			th.shelf.Put(playertest.Scorm12("indicators"))
			a := th.begin("indicators")
			d := &device{t: t, profile: t.TempDir()}
			d.boot(th, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), a)
			t.Cleanup(func() { d.end() })
			d.seat.alive("/intro.html")
			th.offlineWork(d, 3)

			th.stands(answers(http.StatusServiceUnavailable))
			d.boot(th, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), a)
			d.seat.told("kept on this device", "Try again", "Go on without it")
			d.seat.press("Try again")
			d.seat.told("kept on this device", "Try again", "Go on without it")
			if n := webtest.Ask[int](d.seat.Tab, `frames.length`); n != 0 || th.holds(a, "offline 3") != 0 {
				t.Fatalf("%d frames; %d entries came", n, th.holds(a, "offline 3"))
			}
			if without {
				d.seat.press("Go on without it")
				d.seat.alive("/intro.html")
				d.seat.must(`api.LMSGetValue("cmi.core.lesson_location")`, "")
				th.stands(nil)
				d.seat.must(`api.LMSSetValue("cmi.core.score.raw", "5") + api.LMSCommit("")`, "truetrue")
				th.comes(a, "offline 3")
				return
			}
			th.stands(one) // a proxy that takes little at once
			d.seat.press("Try again")
			d.seat.alive("/intro.html")
			d.seat.must(`api.LMSGetValue("cmi.core.lesson_location")`, "offline 3")

			// So does what is done now, however much of it has gathered.
			th.down()
			for i := range 5 {
				d.seat.must(fmt.Sprintf(`api.LMSSetValue("cmi.suspend_data", "%d" + "x".repeat(2000)) + api.LMSCommit("")`, i), "truetrue")
			}
			th.up()
			d.seat.saved()
		})
	}
}

// Only the server itself refuses a log for good: what else answers is a line like any
// other that is bad.
func TestAProxyRefusesNothingForGood(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a := th.begin("indicators")
	d := &device{t: t, profile: t.TempDir()}
	d.boot(th, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), a)
	t.Cleanup(func() { d.end() })
	s := d.seat
	s.alive("/intro.html")
	for _, status := range []int{401, 403, 404, 407, 410, 413, 422, 200} {
		var asked atomic.Bool
		proxy := answers(status)
		th.stands(func(w http.ResponseWriter, r *http.Request) bool {
			asked.Store(asked.Load() || r.URL.Path == logPath)
			return proxy(w, r)
		})
		s.must(fmt.Sprintf(`api.LMSSetValue("cmi.core.lesson_location", "through %d") + api.LMSCommit("")`, status), "truetrue")
		for end := time.Now().Add(patience); !asked.Load() && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
		s.until(`document.getElementById("play-status").dataset.state === "here"`)
		th.stands(nil)
		webtest.Ask[bool](s.Tab, `dispatchEvent(new Event("online"))`)
		s.saved()
	}

	// The server's own word is heard, of what is left as of what is done.
	forget := func() {
		t.Helper()
		if err := th.db.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE player_launches SET credential = id WHERE attempt = ?1`, a)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	th.offlineWork(d, 1)
	forget()
	d.boot(th, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), a)
	s = d.seat
	s.told("can no longer be taken", "Continue")
	s.press("Continue")
	s.alive("/intro.html")
	s.saved()
	forget()
	s.must(`api.LMSSetValue("cmi.core.lesson_location", "never") + api.LMSCommit("")`, "truetrue")
	s.until(`document.getElementById("play-status").dataset.state === "refused"`)
}

// However the line breaks while she opens it, the frame says so, and she can try the
// same again; a launch whose answer was lost is not taken for another's.
func TestALostLineWhileOpeningIsSaid(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a := th.begin("indicators")
	chromium := webtest.Launch(t)
	ends := func(part string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool { return strings.Contains(r.URL.Path, part) && cut(w) }
	}
	th.stands(ends("/play/open"))
	s := th.seat(chromium, a, webtest.Look{})
	s.told("no line", "Try again")
	th.stands(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/play/open") {
			return false
		}
		th.by.Pages.ServeHTTP(httptest.NewRecorder(), r)
		return cut(w)
	})
	s.press("Try again")
	s.until(`document.getElementById("play-notice").hidden`)
	s.told("no line", "Try again")
	th.stands(ends("/w/"))
	s.press("Try again")
	s.until(`document.getElementById("play-notice").hidden`)
	s.told("no line", "Try again")
	th.stands(nil)
	s.press("Try again")
	s.alive("/intro.html")
	if !webtest.Ask[bool](s.Tab, `document.getElementById("play-notice").hidden`) {
		t.Errorf("it goes on to say: %s", s.Text())
	}
}

// A page beside the package that does not come is spoken of in the end, and no longer
// once it comes after all.
func TestAPageThatComesLateIsSaid(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a := th.begin("indicators")
	th.stands(func(w http.ResponseWriter, r *http.Request) bool {
		return strings.Contains(r.URL.Path, "/play/open") && cut(w)
	})
	s := th.seat(webtest.Launch(t), a, webtest.Look{})
	s.told("no line", "Try again")
	comes := make(chan struct{})
	th.stands(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/w/") {
			<-comes
		}
		return false
	})
	s.press("Try again")
	s.until(`frames.length === 1 && document.getElementById("play-notice").hidden`)
	if waited := webtest.Ask[int](s.Tab, `new Promise(done => {
		const begun = Date.now();
		(function look() {
			if (!document.getElementById("play-notice").hidden || Date.now() - begun > 60000) done(Date.now() - begun);
			else setTimeout(look, 50);
		})();
	})`); waited < 20000 || waited > 45000 { // a slow line is no lost one yet
		t.Errorf("it says so after %d ms", waited)
	}
	s.told("very slow", "Try again")
	close(comes)
	s.alive("/intro.html")
	s.until(`document.getElementById("play-notice").hidden`)
}

// So it is with units that speak to the record store themselves, and with going from one
// to the other.
func TestALostLineBetweenUnitsIsSaid(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	unit := func(key, title string) player.Unit {
		return player.Unit{ID: "https://example.org/" + key, Key: key, Title: title, Href: key + ".html", Says: player.Says{MoveOn: "Completed"}}
	}
	th.shelf.Put(&player.Course{
		Key: "indicators", Kind: player.Cmi5, Title: "Indicators", Language: "en", Bytes: 2000, Publisher: "https://example.org/c",
		Units: []player.Unit{unit("one", "One"), unit("two", "Two")},
	}, map[string]string{"one.html": playertest.Puppet, "two.html": playertest.Puppet})
	a := th.begin("indicators")
	lost := func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/play/open") && cut(w)
	}
	th.stands(lost)
	s := th.seat(webtest.Launch(t), a, webtest.Look{})
	s.told("no line", "Try again")
	th.stands(nil)
	s.press("Try again")
	s.alive("/one.html")
	th.stands(lost)
	s.Click("#play-next")
	s.told("no line", "Try again")
	th.stands(nil)
	s.press("Try again")
	s.alive("/two.html")
}

// What the frame has to tell her is read, and not covered by the button that shows the
// bar: the larger window ends for it.
func TestTheLargerWindowEndsForWhatIsTold(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a := th.begin("indicators")
	chromium := webtest.Launch(t)
	for _, lang := range []string{"en", "ur"} {
		token := th.sessions.Add(learner(), i18n.Prefs{Lang: lang})
		s := th.seat(chromium, a, webtest.Look{Token: token, Width: 360})
		s.until(`frames.length > 0 || !document.getElementById("play-notice").hidden`)
		if frames := webtest.Ask[int](s.Tab, `frames.length`); frames == 0 {
			s.Click("#play-notice button") // it is open elsewhere: go on here
		}
		s.alive("/intro.html")
		s.Click("#play-larger")
		s.until(`document.getElementById("play-exit").offsetParent === null`)
		other := th.seat(chromium, a, webtest.Look{Token: token})
		other.until(`!document.getElementById("play-notice").hidden`)
		other.Click("#play-notice button")
		other.alive("/intro.html")
		s.must(`api.LMSSetValue("cmi.core.lesson_location", "too late") + api.LMSCommit("")`, "truetrue")
		s.until(`!document.getElementById("play-notice").hidden`)
		s.Shot(lang + "-told-larger")
		if got := webtest.Ask[string](s.Tab, `(() => {
			const r = document.querySelector("#play-notice p").getBoundingClientRect(), over = document.elementFromPoint(document.dir === "rtl" ? r.left + 5 : r.right - 5, r.top + 5);
			return (over && document.getElementById("play-notice").contains(over)) + " " + (document.getElementById("play-exit").offsetParent !== null) + " " + document.getElementById("play-larger").innerText + " " + document.querySelector("#play-notice button").className;
		})()`); got != "true true "+i18n.For(i18n.Prefs{Lang: lang}).T("player.larger")+" button button-primary" {
			t.Errorf("what is told (%s) is seen, with the bar and its button: %s", lang, got)
		}
	}
}

// A browser that keeps nothing for a page and has no locks for it opens a package all
// the same.
func TestABrowserThatKeepsNothingOpensAPackage(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, files := playertest.Scorm12("indicators")
	th.shelf.Put(c, files)
	address := playPath(th.begin("indicators"))
	chromium := webtest.Launch(t)
	for _, to := range []string{address, "/launch/" + th.ticket(c, "INTRO")} {
		s := &seat{Tab: chromium.Tab(t, th.url, webtest.Look{Token: th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})}), t: t}
		s.before(`Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("no", "SecurityError") } });
			Object.defineProperty(LockManager.prototype, "request", { value: () => Promise.reject(new DOMException("no", "SecurityError")) });
			Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("no", "SecurityError") } });`)
		s.Open(to)
		s.alive("/intro.html")
		if !webtest.Ask[bool](s.Tab, `document.getElementById("play-notice").hidden`) {
			t.Errorf("%s: she is told: %s", to, s.Text())
		}
		s.must(`api.LMSSetValue("cmi.core.lesson_location", "page 4") + api.LMSCommit("")`, "truetrue")
		s.saved()
		s.Press("#play-exit")
	}
}

// What another program opens takes up what an earlier launch left on the device, though
// she has no session; and where it cannot go on, it leads back to where it was opened,
// also out of full screen.
func TestAnOpenedLaunchTakesUpWhatWasLeft(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, files := playertest.Scorm12("indicators")
	th.shelf.Put(c, files)
	d := &device{t: t, profile: t.TempDir()}
	open := func() {
		t.Helper()
		d.start(th, "")
		d.seat.Open("/launch/" + th.ticket(c, "INTRO"))
	}
	t.Cleanup(func() { d.end() })
	open()
	d.seat.alive("/intro.html")
	d.seat.must(`api.LMSSetValue("cmi.core.exit", "suspend") + api.LMSSetValue("cmi.core.lesson_location", "online") + api.LMSCommit("")`, "truetruetrue")
	d.seat.saved()
	th.offlineWork(d, 2)

	th.stands(answers(http.StatusBadGateway))
	open()
	d.seat.told("kept on this device", "Try again", "Go on without it")
	th.stands(func(w http.ResponseWriter, r *http.Request) bool { return r.URL.Path == takeUpPath && cut(w) })
	d.seat.press("Try again")
	d.seat.told("no line", "Try again")
	th.stands(nil)
	d.seat.press("Try again")
	d.seat.alive("/intro.html")
	d.seat.must(`api.LMSGetValue("cmi.core.lesson_location")`, "offline 2")

	d.seat.Click("#play-full")
	d.seat.until(`document.fullscreenElement !== null`)
	next, err := th.players.OpenTicket(context.Background(), th.ticket(c, "INTRO"))
	if err == nil {
		_, err = th.players.TakeUp(context.Background(), next.Opened.Credential)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.seat.must(`api.LMSSetValue("cmi.core.lesson_location", "too late") + api.LMSCommit("")`, "truetrue")
	d.seat.told("back to where you opened it", "Exit")
	d.seat.until(`document.fullscreenElement === null`)
	d.seat.Press("#play-notice button").MustShow("You have left the module")
}

// A page that another program's address has opened is reloaded as any other, and goes on
// where she was; that address itself opens nothing more, and once she has left, nor does
// the way back to the page.
func TestAnOpenedLaunchIsReloaded(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			th := openTheatre(t, mode)
			c, files := playertest.Scorm12("indicators")
			th.shelf.Put(c, files)
			address := "/launch/" + th.ticket(c, "INTRO")
			s := &seat{Tab: chromium.Tab(t, th.url, webtest.Look{}), t: t}
			s.Open(address)
			s.alive("/intro.html")
			s.must(`api.LMSSetValue("cmi.core.exit", "suspend") + api.LMSSetValue("cmi.core.lesson_location", "page 4") + api.LMSCommit("")`, "truetruetrue")
			s.saved()
			s.leads(func() { s.Do(chromedp.Reload()) })
			s.alive("/intro.html")
			s.must(`api.LMSGetValue("cmi.core.entry") + " at " + api.LMSGetValue("cmi.core.lesson_location")`, "resume at page 4")

			other := &seat{Tab: chromium.Tab(t, th.url, webtest.Look{}), t: t}
			other.Open(address)
			other.reads("This link was used before")
			s.must(`api.LMSSetValue("cmi.core.lesson_location", "page 5") + api.LMSCommit("")`, "truetrue")
			s.saved()
			// Without a line it says so, and is tried again.
			th.stands(func(w http.ResponseWriter, r *http.Request) bool { return r.URL.Path == againPath && cut(w) })
			s.Do(chromedp.Reload())
			s.reads("there is no line")
			th.stands(nil)
			s.leads(func() { s.Click("#again-try") })
			s.alive("/intro.html")
			s.must(`api.LMSGetValue("cmi.core.lesson_location")`, "page 5")

			// Nobody comes back to it by the history, as a tab does that was closed and is
			// opened again: it is for whoever reloads the page.
			s.Open("/launch/left").MustShow("You have left the module")
			s.leads(func() { webtest.Ask[bool](s.Tab, `(setTimeout(() => history.back(), 0), true)`) })
			s.reads("This link was used before")
			s.leads(func() { s.Do(chromedp.Reload()) })
			s.alive("/intro.html")

			s.Press("#play-exit").MustShow("You have left the module")
			s.leads(func() { webtest.Ask[bool](s.Tab, `(setTimeout(() => history.back(), 0), true)`) })
			s.reads("This link was used before")
		})
	}
}

// Whoever only looks whether the link of another program works does not use it up.
func TestLookingAtALaunchDoesNotOpenIt(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, files := playertest.Scorm12("indicators")
	th.shelf.Put(c, files)
	address := th.url + "/launch/" + th.ticket(c, "INTRO")
	looked, err := http.Head(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = looked.Body.Close()
	if looked.StatusCode != http.StatusMethodNotAllowed || looked.Header.Get("Allow") != "GET" {
		t.Errorf("answered %d, with %q allowed", looked.StatusCode, looked.Header.Get("Allow"))
	}
	for _, want := range []int{http.StatusOK, http.StatusGone} {
		opened, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = opened.Body.Close()
		if opened.StatusCode != want {
			t.Errorf("opening is answered with %d, want %d", opened.StatusCode, want)
		}
	}
}

// A unit that speaks for itself is launched anew as the page is reloaded.
func TestAnOpenedUnitThatSpeaksIsReloaded(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, pages := speaking("listening")
	th.shelf.Put(c, pages)
	s := &seat{Tab: webtest.Launch(t).Tab(t, th.url, webtest.Look{}), t: t}
	s.Open("/launch/" + th.ticket(c, "second"))
	s.alive("/second.html")
	first := s.do(`new URLSearchParams(location.search).get("auth")`)
	s.leads(func() { s.Do(chromedp.Reload()) })
	s.alive("/second.html")
	if now := s.do(`new URLSearchParams(location.search).get("auth")`); now == first || now == "null" {
		t.Errorf("it speaks by %q, before by %q", now, first)
	}
	if got := s.says("completed"); got != "200" {
		t.Errorf("the unit is answered %s", got)
	}
}

// Another program that only asks for a launch has opened nothing: whoever works in the
// module is not asked whether she goes on here.
func TestALaunchThatNobodyOpensIsNowhere(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, files := playertest.Scorm12("indicators")
	th.shelf.Put(c, files)
	a := th.begin("indicators")
	s := th.seat(webtest.Launch(t), a, webtest.Look{})
	s.alive("/intro.html")
	s.must(`api.LMSSetValue("cmi.core.lesson_location", "page 2") + api.LMSSetValue("cmi.core.exit", "suspend") + api.LMSCommit("")`, "truetruetrue")
	s.saved()
	th.ticket(c, "INTRO")
	s.Open(playPath(a))
	s.alive("/intro.html")
	s.must(`api.LMSGetValue("cmi.core.lesson_location")`, "page 2")
}
