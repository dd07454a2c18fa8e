package playerweb

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/i18n"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// asked notes which files of packages a theatre is asked for, and can refuse them.
type asked struct {
	mu     sync.Mutex
	files  []string
	refuse func(path string) bool
}

func (a *asked) before(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, rest, ok := strings.Cut(r.URL.Path, "/p/"); ok {
			_, name, _ := strings.Cut(rest, "/")
			a.mu.Lock()
			a.files = append(a.files, name)
			refused := a.refuse != nil && a.refuse(name)
			a.mu.Unlock()
			if refused {
				w.WriteHeader(http.StatusNotFound)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
}

// take returns what was asked for since, and from now on refuses what refuse says.
func (a *asked) take(refuse func(string) bool) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.files
	slices.Sort(out)
	a.files, a.refuse = nil, refuse
	return out
}

// illustrated is a package whose unit is opened with parameters, and loads what units
// load: a style sheet, a script that asks for more, a picture, a page in a frame.
func illustrated() (*player.Course, map[string]string) {
	files := map[string]string{
		"one.html": strings.Replace(playertest.Puppet, "</head>", `<link rel="stylesheet" href="look.css"><script src="more.js"></script></head>`, 1) +
			`<img src="pic.svg"><iframe src="inner.html"></iframe>`,
		"look.css": "body { color: navy }", "more.js": `fetch("data.json").then(r => r.json()).then(j => { window.told = j.word })`, "data.json": `{"word": "heard"}`,
		"pic.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>`, "inner.html": "<p>inner",
		"part 2/two.html": playertest.Puppet, "film.mp4": strings.Repeat("film", 100_000),
	}
	return &player.Course{
		Key: "indicators", Kind: player.Scorm12, Title: "Indicators", Language: "en", Bytes: 3_100_000,
		Units: []player.Unit{{ID: "ONE", Title: "One", Href: "one.html?a=1"}, {ID: "TWO", Title: "Two", Href: "part 2/two.html"}},
	}, files
}

func nothing(string) bool { return false }

// What was fetched beforehand is not asked for again: the package opens while all of
// its files are refused. What has come once is not fetched a second time, what is
// missing is said by name.
func TestAPackageIsFetchedBeforeItIsOpened(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	for _, mode := range []courseware.Mode{courseware.SeparateHost, courseware.SecondListener} {
		t.Run(string(mode), func(t *testing.T) {
			th := openTheatre(t, mode)
			c, files := illustrated()
			th.shelf.Put(c, files)
			a := &asked{}
			th.pages.Config.Handler, th.other.Config.Handler = a.before(th.by.Pages), a.before(th.by.Packages)
			attempt := th.begin("indicators")
			s := &seat{Tab: chromium.Tab(t, th.url, webtest.Look{Token: th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), Width: 360}), t: t}
			s.Open("/learn/indicators").MustShow("Fetch it all now: 3.1 MB, 1 minute at 400 kbit/s")

			a.take(func(name string) bool { return name == "pic.svg" })
			s.Click("#ahead-go")
			s.until(`document.getElementById("ahead-says").textContent.startsWith("Could not be fetched: 1 of 8 files.")`)
			s.MustShow("pic.svg")
			s.Shot("ahead-some")
			s.CheckAxe()

			a.take(nothing)
			s.Click("#ahead-go")
			s.until(`document.getElementById("ahead-says").textContent.startsWith("All of it is here: files: 8")`)
			if again := slices.DeleteFunc(a.take(nothing), func(name string) bool { return name == "pic.svg" }); len(again) > 0 {
				t.Errorf("asked for a second time: %s", again)
			}
			s.Shot("ahead-all")
			if n := s.Overflow(); n > 0 {
				t.Errorf("%d pixels too wide", n)
			}

			a.take(func(string) bool { return true })
			s.Open(playPath(attempt))
			s.alive("/one.html")
			s.must(`new Promise(r => { const t = setInterval(() => { const inner = frames[0]?.document.body?.innerText; if (window.told && document.images[0]?.naturalWidth && inner) { clearInterval(t); r(told + " " + getComputedStyle(document.body).color + " " + inner) } }, 20) })`, "heard rgb(0, 0, 128) inner")
			s.Click("#play-next")
			s.alive("/two.html")
			s.must(`fetch("../film.mp4").then(r => r.text()).then(t => t.length)`, "400000")
			s.must(`fetch("../film.mp4", { headers: { Range: "bytes=4-7" } }).then(r => r.text())`, "film")
			if again := a.take(nothing); len(again) > 0 {
				t.Errorf("asked for although it was fetched: %s", again)
			}
		})
	}
}

// She stops it, and it goes on from there; the page reads in Urdu. What lies on other
// hosts is left out and said. Where browsers keep nothing of a package, nothing is
// offered.
func TestFetchingIsStoppedAndTakenUp(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	th := openTheatre(t, courseware.SecondListener)
	c, files := illustrated()
	c.Units = append(c.Units, player.Unit{ID: "OUT", Title: "Outside", Href: "https://video.example.org/x"})
	th.shelf.Put(c, files)
	a, held := &asked{}, make(chan struct{})
	a.refuse = func(name string) bool {
		if name == "film.mp4" {
			a.mu.Unlock()
			<-held
			a.mu.Lock()
		}
		return false
	}
	th.other.Config.Handler = a.before(th.by.Packages)
	s := &seat{Tab: chromium.Tab(t, th.url, webtest.Look{Token: th.sessions.Add(learner(), i18n.Prefs{Lang: "ur"}), Width: 360}), t: t}
	s.Open("/learn/indicators").MustShow("400 kbit/s پر 1 منٹ", "1 حصہ کسی اور سائٹ پر ہے اور نہیں لایا جاتا۔")
	s.Click("#ahead-go")
	s.until(`document.getElementById("ahead-bar").value > 0`)
	s.until(`document.getElementById("ahead-says").textContent.includes("فائلیں آ گئیں")`)
	if webtest.Ask[bool](s.Tab, `!!document.getElementById("ahead-go").offsetWidth || document.activeElement.id !== "ahead-stop"`) {
		t.Error("while it fetches she is not led to the button that stops it")
	}
	s.Shot("ahead-under-way")
	s.CheckAxe()
	s.Click("#ahead-stop")
	s.MustShow("روک دیا گیا۔")
	if webtest.Ask[int](s.Tab, `frames.length`) != 0 {
		t.Error("it goes on after she stopped it")
	}
	close(held)
	a.take(nothing)
	s.Click("#ahead-go")
	s.until(`document.getElementById("ahead-says").textContent.startsWith("سب کچھ آ گیا")`)
	// What was on its way as she stopped may have come to the browser all the same.
	if again := a.take(nothing); slices.ContainsFunc(again, func(name string) bool { return name != "film.mp4" }) {
		t.Errorf("taken up, it asks for %s", again)
	}

	strict := openTheatre(t, courseware.Strict)
	strict.shelf.Put(illustrated())
	b := webtest.Visit(t, strict.url, strict.sessions.Add(learner(), i18n.Prefs{Lang: "en"}))
	if page := b.Get("/learn/indicators").Must(t, http.StatusOK); strings.Contains(page.Body, "ahead") {
		t.Error("fetching is offered where browsers keep nothing")
	}
}

// A package that was taken out of use while she was at it, or once she had passed: its
// page says so, and offers nothing that leads back to that page.
func TestWhatIsTakenOutOfUseOffersNothingMore(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(illustrated())
	b := webtest.Visit(t, th.url, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}))
	th.begin("indicators")
	before := b.Get("/learn/indicators").Must(t, http.StatusOK, "Continue", "Fetch it all now")
	th.shelf.Withdraw("indicators", "en")
	after := b.Get("/learn/indicators").Must(t, http.StatusOK, "taken out of use", "Under way").CheckPage(t)
	if text := after.Text(); strings.Contains(text, "Continue") || strings.Contains(text, "Fetch it all now") {
		t.Errorf("what is out of use offers to go on with it:\n%s", text)
	}
	b.Submit(before, "ahead-form", nil).Must(t, http.StatusGone)
}

// A long page on a slow line is waited for as long as it takes there, and not a minute.
// Here time runs forty times as fast beside the package.
func TestALongPageIsWaitedFor(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, files := illustrated()
	files["long.html"] = "<p>" + strings.Repeat("word ", 80_000)
	th.shelf.Put(c, files)
	var times atomic.Int32
	th.stands(func(w http.ResponseWriter, r *http.Request) bool {
		switch name := path.Base(r.URL.Path); {
		case name == "long.html":
			time.Sleep(3 * time.Second)
			times.Add(1)
		case strings.HasPrefix(name, "ahead") && strings.HasSuffix(name, ".js") && r.Host == th.other.Listener.Addr().String():
			r.Header.Del("Accept-Encoding")
			script := httptest.NewRecorder()
			th.by.Packages.ServeHTTP(script, r)
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, "{ const later = window.setTimeout; window.setTimeout = (f, ms) => later(f, ms / 40); const now = performance.now.bind(performance); performance.now = () => 40 * now(); }\n"+script.Body.String())
			return true
		}
		return false
	})
	s := &seat{Tab: webtest.Launch(t).Tab(t, th.url, webtest.Look{Token: th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})}), t: t}
	s.Open("/learn/indicators")
	s.Click("#ahead-go")
	s.until(`document.getElementById("ahead-go").offsetWidth > 0 && document.getElementById("ahead-says").textContent`)
	if got := webtest.Ask[string](s.Tab, `document.getElementById("ahead-says").textContent`); !strings.HasPrefix(got, "All of it is here: files: 9,") || times.Load() != 1 {
		t.Errorf("asked for %d times, it is said: %s", times.Load(), got)
	}
}

// What fetching says is written in the numerals that she chose, as all else is; of much
// that is missing ten are named, and how many more there are. Where her session has
// ended she is led to signing in.
func TestWhatFetchingSaysIsWrittenAsTheRest(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, files := illustrated()
	for i := range 12 {
		files[fmt.Sprintf("lost/%02d.txt", i)] = "lost"
	}
	files["film.mp4"] = strings.Repeat("film", 780_000)
	th.shelf.Put(c, files)
	a := &asked{refuse: func(name string) bool { return strings.HasPrefix(name, "lost/") }}
	th.other.Config.Handler = a.before(th.by.Packages)
	s := &seat{Tab: webtest.Launch(t).Tab(t, th.url, webtest.Look{Token: th.sessions.Add(learner(), i18n.Prefs{Lang: "ur", Digits: "arabext"}), Width: 360}), t: t}
	s.Open("/learn/indicators")
	s.Click("#ahead-go")
	s.until(`document.getElementById("ahead-says").textContent.replace(/[\u2066-\u2069]/g, "").includes("۲۰ میں سے ۱۲ فائلیں نہیں لائی جا سکیں")`)
	s.until(`document.querySelector("#ahead-missing li:last-child").textContent.replace(/[\u2066-\u2069]/g, "") === "ان کے علاوہ مزید جو نہیں لائی جا سکیں: ۲"`)
	if n := webtest.Ask[int](s.Tab, `document.querySelectorAll("#ahead-missing code").length`); n != 10 {
		t.Errorf("%d are named", n)
	}
	s.Shot("ahead-many")
	s.CheckAxe()
	a.take(nothing)
	s.Click("#ahead-go")
	s.until(`document.getElementById("ahead-says").textContent.replace(/[\u2066-\u2069]/g, "").startsWith("سب کچھ آ گیا: فائلیں: ۲۰، ۳.۱ ")`)

	th.lapse()
	s.leads(func() { s.Click("#ahead-go") })
	s.until(`location.pathname === "/sign-in"`)
}
