package export_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content/export/exporttest"
	"cadre/internal/content/manifest"
	"cadre/internal/db/dbtest"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/player/cmi5"
	"cadre/internal/web/webtest"
)

const (
	homePage    = "https://platform.example.org"
	activity    = homePage + "/activities/tip-basics"
	publisherID = "urn:uuid:01900000-0000-5000-8000-000000000001"
	extensions  = "https://w3id.org/xapi/cmi5/context/extensions/"
)

// launcher launches cmi5 by hand, as sections 8 and 10 of the specification have
// it, at a record store: nothing of Cadre's player is in it.
type launcher struct {
	*platform
	t       *testing.T
	records *lrs.Service
	key     lrs.Key
	secret  string
	mu      sync.Mutex
	fetched map[string]bool
	n       int
	// preferred says in which sessions the learner's preferences were asked for.
	preferred map[string]bool
	// refuses says which requests the record store does not answer.
	refuses atomic.Pointer[func(*http.Request) bool]
}

func openLauncher(t *testing.T, data []byte) *launcher {
	t.Helper()
	d := dbtest.SQLite(t)
	journal.Attach(d)
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	l := &launcher{t: t, records: lrs.New(lrs.Deps{DB: d, Files: files, Home: homePage}), fetched: map[string]bool{}, preferred: map[string]bool{}}
	ctx := actor.With(t.Context(), actor.Actor{Operator: true})
	if l.key, l.secret, err = l.records.CreateKey(ctx, lrs.NewKey{Title: "platform", Scopes: []lrs.Scope{lrs.ScopeAll}}); err != nil {
		t.Fatal(err)
	}
	store := lrs.NewHandler(l.records, slog.New(slog.DiscardHandler))
	l.platform = openPlatform(t, data, func(mux *http.ServeMux) {
		mux.HandleFunc("/xapi/", func(w http.ResponseWriter, r *http.Request) {
			if refuses := l.refuses.Load(); refuses != nil && (*refuses)(r) {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "agents/profile") {
				l.mu.Lock()
				l.preferred[fmt.Sprintf("session-%d", l.n)] = true
				l.mu.Unlock()
			}
			store.ServeHTTP(w, r)
		})
		mux.HandleFunc("POST /fetch/{n}", func(w http.ResponseWriter, r *http.Request) {
			l.mu.Lock()
			defer l.mu.Unlock()
			answer := map[string]string{"auth-token": base64.StdEncoding.EncodeToString([]byte(l.key.ID + ":" + l.secret))}
			if l.fetched[r.PathValue("n")] {
				answer = map[string]string{"error-code": "1", "error-text": "fetched before"}
			}
			l.fetched[r.PathValue("n")] = true
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(answer) // the page has gone, if this fails
		})
		// The client of cmi5 that npm has, to compare with.
		mux.HandleFunc("GET /reference", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>reference</title><script src="/npm/@xapi/cmi5/dist/Cmi5.umd.js"></script>`))
		})
	})
	return l
}

// enrolment is a registration, and the sessions in it.
type enrolment struct {
	*launcher
	registration string
	session      string
}

func (l *launcher) call(method, resource string, query url.Values, body any) *http.Response {
	l.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	r := httptest.NewRequest(method, l.URL+"/xapi/"+resource+"?"+query.Encode(), bytes.NewReader(b))
	r.RequestURI = ""
	r.SetBasicAuth(l.key.ID, l.secret)
	r.Header.Set("X-Experience-API-Version", "1.0.3")
	r.Header.Set("Content-Type", "application/json")
	res, err := l.Client().Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		l.t.Fatal(err)
	}
	return res
}

func (l *launcher) learner() string {
	return `{"objectType":"Agent","account":{"homePage":"` + homePage + `","name":"learner-1"}}`
}

// launch readies a session and returns the address of page with its parameters.
func (e *enrolment) launch(page, mode, speaks string) string {
	e.t.Helper()
	e.mu.Lock()
	e.n++
	e.mu.Unlock()
	e.session = fmt.Sprintf("session-%d", e.n)
	at := url.Values{"stateId": {"LMS.LaunchData"}, "activityId": {activity}, "agent": {e.learner()}, "registration": {e.registration}}
	data := map[string]any{
		"contextTemplate": map[string]any{
			"contextActivities": map[string]any{"grouping": []any{map[string]any{"id": publisherID}}},
			"extensions":        map[string]any{extensions + "sessionid": e.session},
		},
		"launchMode": mode, "masteryScore": 0.75, "moveOn": "CompletedAndPassed", "returnURL": e.URL + "/elsewhere",
	}
	if res := e.call(http.MethodPut, "activities/state", at, data); res.StatusCode >= 300 {
		e.t.Fatalf("launch data: %s", res.Status)
	}
	profile := url.Values{"profileId": {"cmi5LearnerPreferences"}, "agent": {e.learner()}}
	if speaks != "" {
		if res := e.call(http.MethodPost, "agents/profile", profile, map[string]any{"languagePreference": speaks + ",en"}); res.StatusCode >= 300 {
			e.t.Fatalf("preferences: %s", res.Status)
		}
	}
	return page + "?" + url.Values{
		"endpoint": {e.URL + "/xapi/"}, "fetch": {fmt.Sprintf("%s/fetch/%d", e.URL, e.n)}, "actor": {e.learner()},
		"registration": {e.registration}, "activityId": {activity},
	}.Encode()
}

// statements are those of the registration, the oldest first.
func (e *enrolment) statements() (out []*lrs.Statement) {
	e.t.Helper()
	u, _ := lrs.ParseUUID(e.registration)
	p, err := e.records.Find(context.Background(), e.records.Local("test", "", lrs.ScopeAll), lrs.Query{Registration: &u, Ascending: true})
	if err != nil {
		e.t.Fatal(err)
	}
	for _, b := range p.Statements {
		st, err := lrs.ReadStatement(b, lrs.XAPI103)
		if err != nil {
			e.t.Fatal(err)
		}
		out = append(out, st)
	}
	return out
}

func verbs(all []*lrs.Statement) []string {
	var out []string
	for _, st := range all {
		out = append(out, st.Verb[strings.LastIndexByte(st.Verb, '/')+1:])
	}
	return out
}

// waits until the record store has so many statements of the registration.
func (e *enrolment) waitFor(tab *webtest.Tab, n int) []*lrs.Statement {
	e.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if all := e.statements(); len(all) >= n {
			return all
		}
		webtest.Ask[string](tab, `new Promise(then => setTimeout(() => then(""), 20))`)
	}
	e.t.Fatalf("of %d statements there came %q", n, verbs(e.statements()))
	return nil
}

// keepsTheRules judges the statements of sessions by the rules that the
// specification has for them.
func (e *enrolment) keepsTheRules(all []*lrs.Statement, sessions ...string) {
	e.t.Helper()
	mastery := 0.75
	var record cmi5.Record
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range sessions {
		s := cmi5.Session{
			Of:   cmi5.Of{Actor: lrs.Account{HomePage: homePage, Name: "learner-1"}, Registration: e.registration, Session: name},
			AU:   cmi5.AU{ID: activity, Publisher: publisherID, MoveOn: cmi5.OnCompletedAndPassed, Mastery: &mastery},
			Mode: cmi5.Normal, Preferred: e.preferred[name],
		}
		for _, st := range all {
			if !bytes.Contains(raw(e.t, st), []byte(`"`+name+`"`)) {
				continue
			}
			if _, breach := s.Take(&record, st); breach != nil {
				e.t.Errorf("%s: %s", st.Verb, breach)
			}
		}
		if s.Initialized.IsZero() || s.Terminated.IsZero() {
			e.t.Errorf("%s was not begun and ended", name)
		}
	}
}

func raw(t *testing.T, st *lrs.Statement) []byte {
	t.Helper()
	return st.Value().Raw()
}

// A module is launched by hand, left in the middle, taken up where it was, and
// passed, in both languages; what it says keeps every rule of cmi5.
func TestAnExportPlaysInAnotherCmi5Launch(t *testing.T) {
	chromium := webtest.Launch(t)
	l := openLauncher(t, exporttest.Zip(t, exporttest.Material(t), manifest.Cmi5))
	for i, w := range languages() {
		t.Run(w.lang, func(t *testing.T) {
			e := &enrolment{launcher: l, registration: fmt.Sprintf("01900000-0000-7000-8000-0000000000b%d", i)}
			r := &reader{chromium.Tab(t, l.URL, webtest.Look{}), t, `document`}
			r.Open(e.launch("/package/index.html", "Normal", w.lang))
			r.until(`d.querySelector("#begin")`)
			if got := r.ask(`d.documentElement.lang`); got != w.lang {
				t.Errorf("her preference is %s, and the cover is in %s", w.lang, got)
			}
			r.firstPage(w)
			first := e.session
			r.Do(navigate(l.URL + "/elsewhere")) // closed, not left
			e.waitFor(r.Tab, 4)
			if got, want := verbs(e.statements()), []string{"initialized", "answered", "answered", "terminated"}; !slices.Equal(got, want) {
				t.Errorf("in the middle it said %q", got)
			}

			r.Open(e.launch("/package/index.html", "Normal", w.lang))
			r.rest(w, true)
			r.until(`d.body.innerText.includes(` + quoted(w.finished) + `)`)
			r.press("#leave")
			r.returned()
			all := e.statements()
			if got, want := verbs(all)[4:], []string{"initialized", "answered", "answered", "answered", "answered", "completed", "passed", "terminated"}; !slices.Equal(got, want) {
				t.Errorf("then it said %q", got)
			}
			e.keepsTheRules(all, first, e.session)

			// What is passed opens in review, and says nothing but that it was open.
			r.Open(e.launch("/package/index.html", "Review", w.lang))
			r.until(`d.body.innerText.includes(` + quoted(w.finished) + `)`)
			r.press("#leave")
			r.returned()
			if got, want := verbs(e.statements())[12:], []string{"initialized", "terminated"}; !slices.Equal(got, want) {
				t.Errorf("in review it said %q", got)
			}

			// The launch URL opens once: whoever loads it again is told so.
			r.Do(navigate(l.URL + strings.Replace(e.launch("/package/index.html", "Normal", ""), fmt.Sprintf("fetch%%2F%d", e.n), "fetch%2F1", 1)))
			r.until(`d.querySelector(".notice") && d.querySelector("#begin")`)
			if n := len(e.statements()); n != 14 {
				t.Errorf("after that it said %q", verbs(e.statements()[14:]))
			}
		})
	}
}

// A session says failed or passed, never both, though a further try may follow in
// it; what was failed in one session may be passed in the next.
func TestAFurtherTryInCmi5(t *testing.T) {
	chromium := webtest.Launch(t)
	l := openLauncher(t, exporttest.Zip(t, exporttest.Material(t), manifest.Cmi5))
	w := languages()[0]
	short := func(r *reader) {
		r.firstPage(w)
		r.press("#skip")
		r.answer("word", w.wrong)
		r.press("#next")
		r.press("#finish")
		r.until(`d.body.innerText.includes("Not yet")`)
	}
	pass := func(r *reader) {
		r.press("#again")
		r.rightly("steps", w.steps)
		r.rightly("pairs", w.pairs)
		r.answer("elements-count", "3")
		r.answer("word", w.word)
		r.press("#next")
		r.until(`d.body.innerText.includes(` + quoted(w.finished) + `)`)
		r.press("#leave")
		r.returned()
	}

	one := &enrolment{launcher: l, registration: "01900000-0000-7000-8000-0000000000c1"}
	r := &reader{chromium.Tab(t, l.URL, webtest.Look{}), t, `document`}
	r.Open(one.launch("/package/index.html", "Normal", ""))
	short(r)
	pass(r)
	if got := verbs(one.statements()); slices.Contains(got, "failed") || !slices.Contains(got, "passed") {
		t.Errorf("in one session it said %q", got)
	}
	one.keepsTheRules(one.statements(), one.session)

	two := &enrolment{launcher: l, registration: "01900000-0000-7000-8000-0000000000c2"}
	r.Open(two.launch("/package/index.html", "Normal", ""))
	first := two.session
	short(r)
	r.press("#leave")
	r.returned()
	r.Open(two.launch("/package/index.html", "Normal", ""))
	pass(r)
	var defined []string
	for _, v := range verbs(two.statements()) {
		if v != "answered" {
			defined = append(defined, v)
		}
	}
	if want := []string{"initialized", "completed", "failed", "terminated", "initialized", "passed", "terminated"}; !slices.Equal(defined, want) {
		t.Errorf("in two sessions it said %q", defined)
	}
	two.keepsTheRules(two.statements(), first, two.session)
}

// The store is away when she leaves: what waits is said once, whether she presses
// again or closes the window. When she comes back and the store stumbles, what it
// holds is waited for, and not written over.
func TestAStoreThatIsAwayForAWhileLosesNothingInCmi5(t *testing.T) {
	chromium := webtest.Launch(t)
	l := openLauncher(t, exporttest.Zip(t, exporttest.Material(t), manifest.Cmi5))
	w := languages()[0]
	e := &enrolment{launcher: l, registration: "01900000-0000-7000-8000-0000000000e1"}
	r := &reader{chromium.Tab(t, l.URL, webtest.Look{}), t, `document`}
	r.Open(e.launch("/package/index.html", "Normal", ""))
	r.firstPage(w)
	e.waitFor(r.Tab, 3)
	away := func(r *http.Request) bool {
		return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/statements")
	}
	l.refuses.Store(&away)
	r.rest(w, false)
	r.until(`d.body.innerText.includes(` + quoted(w.finished) + `)`)
	r.press("#leave")
	r.press("#leave")
	l.refuses.Store(nil)
	r.Do(navigate(l.URL + "/elsewhere")) // closed, not left
	all := e.waitFor(r.Tab, 10)
	want := []string{"initialized", "answered", "answered", "answered", "answered", "answered", "answered", "completed", "passed", "terminated"}
	if got := verbs(all); !slices.Equal(got, want) {
		t.Errorf("it said %q", got)
	}
	e.keepsTheRules(all, e.session)

	var stumbled atomic.Int32
	stumbles := func(r *http.Request) bool {
		return r.Method == http.MethodGet && r.URL.Query().Get("stateId") == "cadre.place" && stumbled.Add(1) <= 2
	}
	l.refuses.Store(&stumbles)
	r.Open(e.launch("/package/index.html", "Normal", ""))
	r.until(`d.body.innerText.includes(` + quoted(w.finished) + `)`)
	r.press("#leave")
	r.returned()
	if got := verbs(e.statements())[10:]; !slices.Equal(got, []string{"initialized", "terminated"}) || stumbled.Load() < 3 {
		t.Errorf("opened again it said %q, after %d tries", got, stumbled.Load())
	}
}

// What an export says has the form of what npm's client of cmi5 says of the same.
func TestAnExportSpeaksLikeNpmsClient(t *testing.T) {
	chromium := webtest.Launch(t)
	l := openLauncher(t, exporttest.Zip(t, exporttest.Material(t), manifest.Cmi5))
	w := languages()[1]
	tab := chromium.Tab(t, l.URL, webtest.Look{})
	theirs := &enrolment{launcher: l, registration: "01900000-0000-7000-8000-0000000000d1"}
	tab.Open(theirs.launch("/reference", "Normal", ""))
	if got := webtest.Ask[string](tab, `(async () => {
		const c = new Cmi5();
		await c.initialize();
		await c.complete();
		await c.pass({ scaled: 1, raw: 6, min: 0, max: 6 });
		await c.terminate();
		return "done";
	})().catch(e => String(e))`); got != "done" {
		t.Fatal(got)
	}
	ours := &enrolment{launcher: l, registration: "01900000-0000-7000-8000-0000000000d2"}
	r := &reader{tab, t, `document`}
	r.Open(ours.launch("/package/index.html", "Normal", w.lang))
	r.firstPage(w)
	r.rest(w, false)
	r.press("#leave")
	r.returned()
	for _, verb := range []string{"initialized", "completed", "passed", "terminated"} {
		a, b := form(t, theirs.statements(), verb), form(t, ours.statements(), verb)
		if a != b || a == "" {
			t.Errorf("%s: npm's client says\n%s\nthe export says\n%s", verb, a, b)
		}
	}
}

// form is what a statement holds, without what differs each time.
func form(t *testing.T, all []*lrs.Statement, verb string) string {
	t.Helper()
	for _, st := range all {
		if !strings.HasSuffix(st.Verb, "/"+verb) {
			continue
		}
		var s struct {
			Actor, Object map[string]any
			Verb          struct{ ID string }
			Result        map[string]any
			Context       struct {
				ContextActivities map[string][]struct{ ID string }
				Extensions        map[string]any
			}
		}
		if err := json.Unmarshal(raw(t, st), &s); err != nil {
			t.Fatal(err)
		}
		var held []string
		delete(s.Result, "extensions") // how far she is, which may be said
		for name, x := range s.Result {
			if name == "duration" {
				x = ""
			}
			held = append(held, fmt.Sprintf("result.%s=%v", name, x))
		}
		for list, as := range s.Context.ContextActivities {
			for _, a := range as {
				held = append(held, list+"="+a.ID)
			}
		}
		for name, x := range s.Context.Extensions {
			if strings.HasSuffix(name, "sessionid") {
				x = ""
			}
			held = append(held, fmt.Sprintf("%s=%v", name, x))
		}
		slices.Sort(held)
		return fmt.Sprintf("%v %s %v\n%s", s.Actor, s.Verb.ID, s.Object["id"], strings.Join(held, "\n"))
	}
	return ""
}
