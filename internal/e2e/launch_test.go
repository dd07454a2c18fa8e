package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/clock"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// portal is a program that launches packages for its own people.
type portal struct {
	*testing.T
	*house
	token string
}

func (h *house) portal(t *testing.T) *portal {
	t.Helper()
	made, err := h.CreateToken(context.Background(), access.NewToken{Name: "portal", Scopes: []string{access.ScopePackages, access.ScopeLaunch, access.ScopeAttempts}})
	must(t, err)
	return &portal{t, h, made.Token}
}

type object = map[string]any

func (p *portal) call(method, path, kind string, body io.Reader, want int) object {
	p.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, p.url+"/api/v1"+path, body)
	must(p.T, err)
	r.Header.Set("Authorization", "Bearer "+p.token)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(r)
	must(p.T, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	must(p.T, err)
	if resp.StatusCode != want {
		p.Fatalf("%s %s answered %d %s", method, path, resp.StatusCode, raw)
	}
	var out object
	must(p.T, json.Unmarshal(raw, &out))
	return out
}

// brings brings a package in and returns its id.
func (p *portal) brings(data []byte) string {
	p.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	w, err := m.CreateFormFile("file", "package.zip")
	must(p.T, err)
	_, err = w.Write(data)
	must(p.T, err)
	must(p.T, m.Close())
	return p.call("POST", "/packages", m.FormDataContentType(), &b, http.StatusCreated)["id"].(string)
}

func (p *portal) launches(pkg string, ask object) (url, registration string) {
	p.Helper()
	ask["person"] = object{"account": object{"homePage": "https://portal.example.org", "name": "4711"}}
	b, err := json.Marshal(ask)
	must(p.T, err)
	l := p.call("POST", "/packages/"+pkg+"/launches", "application/json", bytes.NewReader(b), http.StatusCreated)
	return l["launch_url"].(string), l["registration"].(string)
}

// settled waits until the one attempt at a package is as it should be.
func (p *portal) settled(pkg string, is func(a object) bool) object {
	p.Helper()
	var a object
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if all := p.call("GET", "/packages/"+pkg+"/attempts", "", nil, http.StatusOK)["attempts"].([]any); len(all) == 1 {
			if a = all[0].(object); is(a) {
				return a
			}
		}
	}
	p.Fatalf("waited in vain; the attempt is %v", a)
	return nil
}

// asks asks for an address as nobody in particular, and returns the status.
func asks(t *testing.T, method, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, nil)
	must(t, err)
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(b)
}

const tincanOf = `<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
<activity id="https://publisher.example.org/spotting" type="http://adlnet.gov/expapi/activities/course"><name lang="en">Spotting indicators</name><launch lang="en">index.html</launch></activity>
</activities></tincan>`

// The address of a launch opens it by itself, once, within its time, and nothing
// that resembles it opens anything: the player's frame, and the page of a unit in a
// window of its own.
func TestALaunchURLOpensOnce(t *testing.T) {
	at := clock.NewFake(time.Now())
	h := inHouseAt(t, at)
	p := h.portal(t)
	scorm := p.brings(zipped(t, "imsmanifest.xml", twoUnits, "one.html", "<html>One", "two.html", "<html>Two"))
	cmi5 := p.brings(zipped(t, "cmi5.xml", cmi5Course, "lesson.html", "<html>", "test.html", "<html>"))
	h5p := p.brings(firstContact(t))
	for _, x := range []struct {
		name, pkg, unit, shows string
		own                    bool
	}{
		{"the frame of SCORM", scorm, "ONE", `id="play"`, false},
		{"the frame of cmi5", cmi5, "lesson", `id="play"`, false},
		{"SCORM in a window of its own", scorm, "ONE", "data-own=", true},
		{"H5P in a window of its own", h5p, "content", "data-own=", true},
	} {
		launch := func() string {
			url, _ := p.launches(x.pkg, object{"activity": x.unit, "own_window": x.own})
			return url
		}
		url := launch()
		for _, wrong := range []string{url[:len(url)-1], url + "a", url[:len(url)-4] + "aaaa", url[:strings.LastIndex(url, "/")+1] + "nothing"} {
			if got, _ := asks(t, "GET", wrong); got != http.StatusNotFound && got != http.StatusGone {
				t.Errorf("%s: what is no ticket is answered %d", x.name, got)
			}
		}
		got, page := asks(t, "GET", url)
		if got != http.StatusOK || !strings.Contains(page, x.shows) {
			t.Errorf("%s is answered %d:\n%s", x.name, got, page)
		}
		if got, page := asks(t, "GET", url); got != http.StatusGone || strings.Contains(page, x.shows) {
			t.Errorf("%s opens twice: %d", x.name, got)
		}
		late := launch()
		at.Advance(player.FetchFor + time.Second)
		if got, _ := asks(t, "GET", late); got != http.StatusGone {
			t.Errorf("%s opens after its time: %d", x.name, got)
		}
	}
}

// A package with tincan.xml, on somebody else's library, is launched by a program
// in the player's frame, and what it said is there to read.
func TestSomebodyElsesXAPIPackageIsPlayed(t *testing.T) {
	h := inHouse(t)
	p := h.portal(t)
	js := unitsOfOthers(t, filepath.Join("testdata", "cmi5", "tincan.js"))
	pkg := p.brings(zipped(t, "tincan.xml", tincanOf, "index.html", `<!doctype html><meta charset="utf-8"><title>Spotting</title><body><script src="p.js"></script>`, "p.js", js))
	unit := p.call("GET", "/packages/"+pkg, "", nil, http.StatusOK)["activities"].([]any)[0].(object)["id"].(string)
	url, registration := p.launches(pkg, object{"activity": unit})
	tab := webtest.Launch(t).Tab(t, "", webtest.Look{}).Open(url)
	a := p.settled(pkg, func(a object) bool { return a["success"] == "passed" })
	if a["registration"] != registration || a["completion"] != "completed" || a["state"] != "passed" || fmt.Sprint(a["score"]) != "map[scaled:0.85]" {
		t.Errorf("the attempt is %v", a)
	}
	data := p.call("GET", "/registrations/"+registration+"/activities/"+unit+"/data", "", nil, http.StatusOK)
	if data["state.bookmark.page"] != "3" || data["statement.passed.result.score.scaled"] != "0.85" || data["statement.attempted.id"] == nil || data["statement.passed.timestamp"] == nil {
		t.Errorf("it remembers %v", data)
	}
	// She has no session here: leaving asks her for none.
	tab.Press("#play-exit").MustShow("You can close this window")
}

// speaking is a page of SCORM 1.2 that does its work by itself: it looks for the
// run time as the standard has it, and goes on from where it was.
const speakingPage = `<!doctype html><html><head><meta charset="utf-8"><title>One</title></head><body><script>
for (var w = window, api = null, n = 0; !(api = w.API) && w.parent !== w && n < 8; n++) w = w.parent;
document.title = api.LMSInitialize("");
if (api.LMSGetValue("cmi.suspend_data") === "") {
  api.LMSSetValue("cmi.suspend_data", "دوسرا صفحہ");
  api.LMSSetValue("cmi.core.exit", "suspend");
} else {
  api.LMSSetValue("cmi.core.lesson_location", api.LMSGetValue("cmi.suspend_data"));
  api.LMSSetValue("cmi.core.score.raw", "90");
  api.LMSSetValue("cmi.core.lesson_status", "passed");
}
api.LMSFinish("");
</script></body></html>`

// SCORM in a window of its own, without the player's frame: what it does is kept,
// gone on with at the next launch, and she is sent back in the end.
func TestScormInAWindowOfItsOwn(t *testing.T) {
	chromium := webtest.Launch(t)
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Home</title><h1>Welcome back")
	}))
	t.Cleanup(home.Close)
	for _, mode := range []courseware.Mode{courseware.SecondListener, courseware.Strict} {
		t.Run(string(mode), func(t *testing.T) {
			more := []string{"CADRE_CONTENT_MODE=" + string(mode), "CADRE_CONTENT_RETURN_TO=" + home.URL}
			if mode == courseware.Strict {
				more = append(more, "CADRE_CONTENT_LISTEN=")
			}
			h := inHouse(t, more...)
			p := h.portal(t)
			pkg := p.brings(zipped(t, "imsmanifest.xml", twoUnits, "one.html", speakingPage, "two.html", speakingPage))
			tab := chromium.Tab(t, "", webtest.Look{})
			for round, want := range []object{
				{"suspended": true, "success": "unknown"}, {"suspended": false, "success": "passed"},
			} {
				url, registration := p.launches(pkg, object{"activity": "ONE", "own_window": true, "return_url": home.URL + "/back"})
				if round == 0 && mode == courseware.SecondListener && strings.HasPrefix(url, h.url) {
					t.Errorf("the package's page stands on the application's origin: %s", url)
				}
				tab.Open(url)
				becomes(t, tab, `document.querySelector("h1").textContent === "Welcome back"`)
				a := p.settled(pkg, func(a object) bool {
					one := a["activities"].([]any)[0].(object)
					return one["suspended"] == want["suspended"] && one["success"] == want["success"]
				})
				data := p.call("GET", "/registrations/"+registration+"/activities/ONE/data", "", nil, http.StatusOK)
				if data["cmi.suspend_data"] != "دوسرا صفحہ" || round == 1 && data["cmi.core.lesson_location"] != "دوسرا صفحہ" || a["registration"] != registration {
					t.Errorf("it remembers %v", data)
				}
			}
		})
	}
}

// waitingPage does what it is told.
const waitingPage = `<!doctype html><html><head><meta charset="utf-8"><title>One</title></head><body>
<button id="note">Note</button><button id="end">End</button><script>
for (var w = window, api = null, n = 0; !(api = w.API) && w.parent !== w && n < 8; n++) w = w.parent;
api.LMSInitialize("");
note.onclick = () => { api.LMSSetValue("cmi.suspend_data", "page " + n++); api.LMSCommit(""); };
end.onclick = () => { api.LMSSetValue("cmi.core.lesson_status", "passed"); api.LMSFinish(""); };
</script></body></html>`

// A window of its own whose last words do not get through at once says them again
// until they do, and only then leads back; one that another has taken over from
// says so.
func TestAWindowOfItsOwnOnABadLine(t *testing.T) {
	chromium := webtest.Launch(t)
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Home</title><h1>Welcome back")
	}))
	t.Cleanup(home.Close)
	h := inHouse(t, "CADRE_CONTENT_RETURN_TO="+home.URL)
	p := h.portal(t)
	pkg := p.brings(zipped(t, "imsmanifest.xml", twoUnits, "one.html", waitingPage, "two.html", waitingPage))
	opens := func() *webtest.Tab {
		url, _ := p.launches(pkg, object{"activity": "ONE", "own_window": true, "return_url": home.URL + "/back"})
		tab := chromium.Tab(t, "", webtest.Look{}).Open(url)
		becomes(t, tab, `frames.length === 1 && frames[0].document.querySelector("#end") !== null`)
		return tab
	}
	press := func(tab *webtest.Tab, button string) {
		webtest.Ask[bool](tab, `(frames[0].document.querySelector("#`+button+`").click(), true)`)
	}
	first := opens()
	press(first, "note")
	second := opens()
	press(first, "note")
	becomes(t, first, `document.querySelector("[role=alert]")?.textContent.includes("in another tab or on another device")`)

	webtest.Ask[bool](second, `((fetch, n) => { window.fetch = (...a) => n++ < 2 ? Promise.reject(new TypeError("the line is bad")) : fetch(...a); return true })(window.fetch, 0)`)
	press(second, "end")
	becomes(t, second, `document.querySelector("h1")?.textContent === "Welcome back"`)
	p.settled(pkg, func(a object) bool { return a["activities"].([]any)[0].(object)["success"] == "passed" })
}

// firstContact is the H5P package of the first programme.
func firstContact(t *testing.T) []byte {
	t.Helper()
	var pairs []string
	root := os.DirFS(filepath.Join("..", "..", "examples", "pakistan-2020", "packages", "first-contact"))
	must(t, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(root, name)
		pairs = append(pairs, name, string(b))
		return err
	}))
	return zipped(t, pairs...)
}

// H5P in a window of its own, without the player's frame: what it saves is gone on
// with at the next launch, one that another has taken over from says so, and her
// button ends it and leads back, or says that she may close the window.
func TestH5PInAWindowOfItsOwn(t *testing.T) {
	chromium := webtest.Launch(t)
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Home</title><h1>Welcome back")
	}))
	t.Cleanup(home.Close)
	const heading = `document.querySelector(".cadre-choice h2")?.textContent`
	shows := func(tab *webtest.Tab, want string) {
		t.Helper()
		got := ""
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
			if got = webtest.AskFrame[string](tab, ".cadre-choice h2", heading); got == want {
				return
			}
		}
		t.Fatalf("%q does not come; the content shows %q", want, got)
	}
	choose := func(tab *webtest.Tab, option int) {
		t.Helper()
		webtest.AskFrame[bool](tab, ".cadre-choice h2", fmt.Sprintf(
			`(document.querySelectorAll(".cadre-choice input")[%d].click(), document.querySelector(".cadre-choice button").click(), document.querySelector(".cadre-choice button").click(), true)`, option))
	}
	for _, mode := range []courseware.Mode{courseware.SecondListener, courseware.Strict} {
		t.Run(string(mode), func(t *testing.T) {
			more := []string{"CADRE_CONTENT_MODE=" + string(mode), "CADRE_CONTENT_RETURN_TO=" + home.URL}
			if mode == courseware.Strict {
				more = append(more, "CADRE_CONTENT_LISTEN=")
			}
			p := inHouse(t, more...).portal(t)
			pkg := p.brings(firstContact(t))
			opens := func(back string, look webtest.Look) (*webtest.Tab, string) {
				t.Helper()
				url, registration := p.launches(pkg, object{"activity": "content", "own_window": true, "return_url": back})
				if mode == courseware.SecondListener && strings.HasPrefix(url, p.url) || !strings.Contains(url, "/o/") {
					t.Errorf("it opens at %s", url)
				}
				return chromium.Tab(t, "", look).Open(url), registration
			}
			first, registration := opens(home.URL+"/back", webtest.Look{})
			shows(first, "Scene 1 of 3")
			if webtest.AskFrame[bool](first, ".cadre-choice h2", `(() => { try { return parent.document !== null } catch { return false } })()`) && mode == courseware.Strict {
				t.Error("the content reaches the page above it, which holds the launch's credential")
			}
			choose(first, 1)
			shows(first, "Scene 2 of 3")
			data := func() object {
				return p.call("GET", "/registrations/"+registration+"/activities/content/data", "", nil, http.StatusOK)
			}
			p.settled(pkg, func(object) bool { return data()["user_data.0.state"] == `{"chosen":{"counter":1},"at":1}` })

			second, again := opens(home.URL+"/back", webtest.Look{Width: 360})
			if again != registration {
				t.Errorf("the registration is %s, then %s", registration, again)
			}
			shows(second, "Scene 2 of 3")
			if n := second.Overflow(); n > 0 {
				t.Errorf("the window is %d px too wide", n)
			}
			second.CheckAxe().Shot("h5p-alone-" + string(mode))
			choose(first, 1)
			becomes(t, first, `document.querySelector("[role=alert]")?.textContent.includes("in another tab or on another device")`)
			choose(second, 0)
			shows(second, "Scene 3 of 3")
			second.Click(".alone-bar button")
			becomes(t, second, `document.querySelector("h1")?.textContent === "Welcome back"`)
			if d := data(); d["user_data.0.state"] != `{"chosen":{"counter":1,"agreed":0},"at":2}` || d["cmi.exit"] != "suspend" {
				t.Errorf("it remembers %v", d)
			}

			third, _ := opens("", webtest.Look{})
			shows(third, "Scene 3 of 3")
			choose(third, 2)
			shows(third, "2 of 3 choices were right.")
			third.Click(".alone-bar button")
			becomes(t, third, `document.querySelector("[role=alert]")?.textContent === "Everything is saved. You can close this window." && frames.length === 0`)
			a := p.settled(pkg, func(a object) bool { return a["state"] == "passed" })
			if d := data(); a["completion"] != "completed" || d["cmi.score.raw"] != "2" || d["cmi.interactions.1.learner_response"] != "0" || d["cmi.exit"] != "normal" {
				t.Errorf("the attempt is %v, it remembers %v", a, d)
			}
		})
	}
}

// Taking a package out of use ends what is open of it, whoever takes it out: a
// program, or an officer at her page. What was done stays to be read.
func TestAPackageTakenOutOfUseEndsWhatIsOpen(t *testing.T) {
	h := inHouse(t)
	p := h.portal(t)
	session := strings.TrimPrefix(officeOf(t, h.App), web.Cookie+"=")
	chromium := webtest.Launch(t)
	for way, takeOut := range map[string]func(pkg, version string){
		"by a program": func(pkg, _ string) {
			r, err := http.NewRequestWithContext(context.Background(), http.MethodDelete, p.url+"/api/v1/packages/"+pkg, nil)
			must(t, err)
			r.Header.Set("Authorization", "Bearer "+p.token)
			resp, err := http.DefaultClient.Do(r)
			must(t, err)
			must(t, resp.Body.Close())
			if resp.StatusCode != http.StatusNoContent {
				t.Errorf("it is answered %d", resp.StatusCode)
			}
		},
		"by an officer": func(_, version string) {
			chromium.Tab(t, h.url, webtest.Look{Token: session}).Open("/packages/" + version).Press(`form[action$="/withdraw"] button`).MustShow("Taken out of use")
		},
	} {
		t.Run(way, func(t *testing.T) {
			cmi5 := p.brings(zipped(t, "cmi5.xml", cmi5Course, "lesson.html", "<html>", "test.html", "<html>"))
			scorm := p.brings(zipped(t, "imsmanifest.xml", twoUnits, "one.html", "<html>One", "two.html", "<html>Two"))
			own, registration := p.launches(cmi5, object{"activity": "lesson", "own_window": true})
			framed, _ := p.launches(scorm, object{"activity": "ONE"})
			for _, pkg := range []string{cmi5, scorm} {
				takeOut(pkg, p.call("GET", "/packages/"+pkg, "", nil, http.StatusOK)["version"].(string))
				if all := p.call("GET", "/packages/"+pkg+"/attempts", "", nil, http.StatusOK)["attempts"].([]any); len(all) != 1 {
					t.Errorf("the attempts are %v", all)
				}
			}
			u, err := url.Parse(own)
			must(t, err)
			_, handed := asks(t, "POST", u.Query().Get("fetch"))
			if strings.Contains(handed, "auth-token") {
				t.Errorf("a session that is over gets its credential: %s", handed)
			}
			if got, _ := asks(t, "GET", framed); got != http.StatusGone {
				t.Errorf("a launch of what was taken out of use is answered %d", got)
			}
			if verbs, _ := h.said(t, registration); len(verbs) == 0 || verbs[len(verbs)-1] != "abandoned" {
				t.Errorf("of the session is said %v", verbs)
			}
		})
	}
	verified(t, h.App)
}
