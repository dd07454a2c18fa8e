package playerweb

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/pathway"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web"
	"cadre/internal/web/assets"
	"cadre/internal/web/webtest"
)

// notebook is a ledger that remembers.
type notebook struct {
	course
	mu    sync.Mutex
	facts []pathway.Fact
}

func (n *notebook) Record(_ *db.Tx, f pathway.Fact) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.facts = append(n.facts, f)
	return nil
}

// completed returns the facts that say a module was completed.
func (n *notebook) completed() (out []pathway.ModuleCompleted) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range n.facts {
		if c, ok := f.Value.(pathway.ModuleCompleted); ok {
			out = append(out, c)
		}
	}
	return out
}

// everybody is known.
type everybody struct{}

func (everybody) Known(*db.Tx, id.Person) error                      { return nil }
func (everybody) EnterAccount(_ *db.Tx, _ string) (id.Person, error) { return id.New[id.Person](), nil }

// theatre is a site with packages in one of the modes.
type theatre struct {
	t        *testing.T
	db       *db.DB
	players  *player.Service
	records  *lrs.Service
	ledger   *notebook
	where    courseware.Where
	sessions *lapsing
	shelf    *playertest.Shelf
	url      string
	by       courseware.Serving
	pages    *httptest.Server
	other    *httptest.Server // the packages' own listener
	closed   bool
	log      *webtest.Log
	// acts counts what the application did for whoever is signed in.
	acts atomic.Int32
	// touched counts how often the session of what arrived was noted to be in use.
	touched atomic.Int32
	// between stands between her and the server, where it is set, and answers instead if
	// it returns true.
	between atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]
}

// stands puts something between her and the server; nil takes it away.
func (th *theatre) stands(between func(w http.ResponseWriter, r *http.Request) bool) {
	if between == nil {
		th.between.Store(nil)
		return
	}
	th.between.Store(&between)
}

func (th *theatre) behind(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if between := th.between.Load(); between != nil && (*between)(w, r) {
			return
		}
		h.ServeHTTP(w, r)
	})
}

// ticket has another program launch a module's only package for her, and returns the
// ticket.
func (th *theatre) ticket(c *player.Course, unit string) string {
	th.t.Helper()
	program := actor.With(context.Background(), actor.Actor{Token: id.New[id.Token](), Scopes: "launch:any"})
	l, err := th.players.LaunchFor(program, id.New[id.Operation](), player.LaunchFor{Package: c.Module, Person: ayesha, Unit: unit, Mode: player.Normal})
	if err != nil {
		th.t.Fatal(err)
	}
	return l.Ticket
}

func listenLocal(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// open puts on a theatre. Everything is served on this machine; a host of its
// own is one below localhost.
func openTheatre(t *testing.T, mode courseware.Mode) *theatre {
	t.Helper()
	d := dbtest.SQLite(t)
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	th := &theatre{t: t, db: d, ledger: &notebook{}, sessions: &lapsing{}, shelf: &playertest.Shelf{}, log: &webtest.Log{}}
	pages, packages := listenLocal(t), listenLocal(t)
	th.url = "http://" + pages.Addr().String()
	_, port, _ := net.SplitHostPort(packages.Addr().String())
	th.where = courseware.Where{Mode: mode, App: th.url, Content: "http://" + packages.Addr().String()}
	switch mode {
	case courseware.SeparateHost:
		th.where.Content = "http://*.courses.localhost:" + port
	case courseware.Strict:
		th.where.Content = th.url
	}
	th.records = lrs.New(lrs.Deps{DB: d, Files: files, Home: th.url})
	th.players = player.New(player.Deps{
		DB: d, Files: files, Content: content.New(content.Deps{DB: d, Files: files}), Cohorts: course{}, Ledger: th.ledger, Shelf: th.shelf,
		LRS: th.records, Programme: func(*db.Tx, id.Cohort) (string, error) { return "thb-som-2020", nil }, Addresses: th.where, Persons: everybody{},
		Key: []byte("0123456789abcdef0123456789abcdef"),
	})
	th.serve(pages, packages)
	return th
}

func (th *theatre) serve(pages, packages net.Listener) {
	th.t.Helper()
	set, err := assets.Load()
	if err != nil {
		th.t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(th.log, nil))
	server, err := web.New(web.Deps{
		Sessions: th.sessions, Policy: webtest.Open{}, Catalogues: i18n.Shipped(), Assets: set, Log: logger, Frames: th.where.Frames(),
		Apart: Apart(Arrivals{Logs: th.players, Log: logger, Touch: func(context.Context, string) error {
			th.touched.Add(1)
			return nil
		}}),
	}, append(Routes(Deps{
		Player: th.players, Modules: func(context.Context, id.Cohort) ([]string, error) { return nil, nil }, Shut: func(context.Context, id.Cohort) (map[string]Shut, error) { return nil, nil }, Where: th.where,
		Names: func(context.Context, []id.Person) (map[id.Person]string, error) {
			return map[id.Person]string{ayesha: "Ayesha Khan"}, nil
		},
	}), web.Route{Method: http.MethodPost, Pattern: "/act", Need: web.SignedIn, Handler: func(http.ResponseWriter, *http.Request) error {
		th.acts.Add(1)
		return nil
	}})...)
	if err != nil {
		th.t.Fatal(err)
	}
	run, err := courseware.LoadRuntime()
	if err != nil {
		th.t.Fatal(err)
	}
	if !run.Complete() {
		th.t.Fatal("the run time of packages is not built in: run make setup")
	}
	th.by = courseware.New(courseware.Deps{
		Where: th.where, Files: th.players, Runtime: run, Sessions: th.players, Records: lrs.NewHandler(th.records, logger),
	}).Beside(server, th.where.Mode != courseware.Strict)
	th.restart(pages)
	th.other = startOn(packages, th.behind(th.by.Packages))
	th.t.Cleanup(func() {
		if !th.closed {
			th.pages.Close()
		}
		th.other.Close()
	})
}

func startOn(ln net.Listener, h http.Handler) *httptest.Server {
	s := &httptest.Server{Listener: ln, Config: &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}}
	s.Start()
	return s
}

func (th *theatre) restart(pages net.Listener) { th.pages = startOn(pages, th.behind(th.by.Pages)) }

// lapsing are sessions that can end all at once.
type lapsing struct {
	webtest.Sessions
	mu    sync.Mutex
	ended map[string]bool
	all   []string
}

func (l *lapsing) Add(a actor.Actor, p i18n.Prefs, grants ...actor.Grant) string {
	token := l.Sessions.Add(a, p, grants...)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, token)
	return token
}

func (l *lapsing) Lookup(ctx context.Context, token string) (web.Session, bool, error) {
	l.mu.Lock()
	ended := l.ended[token]
	l.mu.Unlock()
	if ended {
		return web.Session{}, false, nil
	}
	return l.Sessions.Lookup(ctx, token)
}

// lapse ends every session.
func (th *theatre) lapse() {
	l := th.sessions
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = map[string]bool{}
	for _, token := range l.all {
		l.ended[token] = true
	}
}

// begin starts an attempt at a module for the learner, and returns it.
func (th *theatre) begin(module string) id.Attempt {
	th.t.Helper()
	b := webtest.Visit(th.t, th.url, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}))
	cover := b.Get("/learn/"+module).Must(th.t, http.StatusOK)
	cover.CheckPage(th.t)
	if about, _, _ := strings.Cut(cover.Text(), "Fetch it all now"); strings.Contains(about, "minute") {
		th.t.Errorf("a package that does not say how long it takes is said to take some time: %s", cover.Text())
	}
	// Who has learned this elsewhere can show it, of a package as of any module.
	b.Get("/learn/"+module+"/certificate").Must(th.t, http.StatusOK, "A certificate from elsewhere").CheckPage(th.t)
	page := b.Submit(cover, "start", nil).Must(th.t, http.StatusOK)
	attempt, rest, _ := strings.Cut(strings.TrimPrefix(page.Path, "/attempts/"), "/")
	if rest != "play" {
		th.t.Fatalf("beginning led to %s", page.Path)
	}
	page.CheckPage(th.t)
	return id.Attempt(attempt)
}

// seat is a learner's tab with the player's frame in it.
type seat struct {
	*webtest.Tab
	t *testing.T
}

// browser is a real one.
type browser interface {
	Tab(t testing.TB, base string, look webtest.Look) *webtest.Tab
}

func (th *theatre) seat(c browser, a id.Attempt, look webtest.Look) *seat {
	th.t.Helper()
	if look.Token == "" {
		look.Token = th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})
	}
	s := &seat{Tab: c.Tab(th.t, th.url, look), t: th.t}
	s.Open(playPath(a))
	return s
}

// patience is how long a tab is waited for.
const patience = 20 * time.Second

// until waits until an expression of the page is true.
func (s *seat) until(expression string) {
	s.t.Helper()
	ok := webtest.Ask[string](s.Tab, `new Promise(done => {
		const end = Date.now() + `+fmt.Sprint(patience.Milliseconds())+`;
		(function look() {
			let v; try { v = (`+expression+`) } catch (e) { v = "" }
			if (v) done("yes");
			else if (Date.now() > end) done("no: " + document.body.innerText + " | " + document.getElementById("play-status")?.dataset.state);
			else setTimeout(look, 20);
		})();
	})`)
	if ok != "yes" {
		s.t.Fatalf("waited in vain for %s; the page says %s", expression, ok)
	}
}

// do has the unit that is shown evaluate something, and returns what came.
func (s *seat) do(js string) string {
	s.t.Helper()
	return s.within(patience, js)
}

// within is do for a unit that may be gone: "no answer" comes by then.
func (s *seat) within(most time.Duration, js string) string {
	s.t.Helper()
	text, err := json.Marshal(js)
	if err != nil {
		s.t.Fatal(err)
	}
	return webtest.Ask[string](s.Tab, fmt.Sprintf(`new Promise(done => {
		const nr = Math.random();
		const unit = () => { const w = frames[0]; return w && w.length ? w.frames[0] : w; };
		const hear = e => { if (e.data && e.data.answer === nr) { removeEventListener("message", hear); clearInterval(timer); done(String(e.data.value)); } };
		addEventListener("message", hear);
		const end = Date.now() + %d;
		const timer = setInterval(() => { if (Date.now() > end) { clearInterval(timer); done("no answer"); } }, 100);
		unit().postMessage({ test: nr, js: %s }, "*");
	})`, most.Milliseconds(), text))
}

// must fails the test unless the unit answers so.
func (s *seat) must(js, want string) {
	s.t.Helper()
	if got := s.do(js); got != want {
		s.t.Fatalf("%s is %q in the unit, want %q", js, got, want)
	}
}

// alive waits until the unit of that address answers.
func (s *seat) alive(address string) {
	s.t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		got = webtest.Ask[string](s.Tab, `new Promise(done => {
			const nr = Math.random();
			const w = frames[0], unit = w && w.length ? w.frames[0] : w;
			const hear = e => { if (e.data && e.data.answer === nr) { removeEventListener("message", hear); done(String(e.data.value)); } };
			addEventListener("message", hear);
			setTimeout(() => done(""), 50);
			if (unit) unit.postMessage({ test: nr, js: "location.pathname" }, "*");
		})`)
		if strings.HasSuffix(got, address) {
			return
		}
	}
	s.t.Fatalf("%s does not come, what answers is %q; the page says %s", address, got, s.Text())
}

func (s *seat) saved() {
	s.t.Helper()
	s.until(`document.getElementById("play-status").dataset.state === "saved" && document.getElementById("play-status").dataset.unsent === "0"`)
}

func TestScorm12FromEndToEnd(t *testing.T) {
	chromium := webtest.Launch(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode), func(t *testing.T) { scorm12FromEndToEnd(t, chromium, mode) })
	}
}

// A package of SCORM 1.2 is begun, left, taken up on another device and
// completed, in every mode.
func scorm12FromEndToEnd(t *testing.T, b browser, mode courseware.Mode) {
	t.Helper()
	th := openTheatre(t, mode)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a := th.begin("indicators")

	one := th.seat(b, a, webtest.Look{})
	one.alive("/intro.html")
	one.must(`said`, "true")
	one.must(`api.LMSGetValue("cmi.core.entry")`, "ab-initio")
	one.must(`api.LMSGetValue("cmi.launch_data")`, "from the manifest")
	one.must(`api.LMSGetValue("cmi.core.student_name")`, "Learner")
	if learner := one.do(`api.LMSGetValue("cmi.core.student_id")`); strings.Contains(learner, string(ayesha)) || !strings.HasPrefix(learner, "learner-") {
		t.Errorf("the package learns that she is %q", learner)
	}
	urdu := strings.Repeat("اردو", 1000)
	one.must(`api.LMSSetValue("cmi.suspend_data", "`+urdu+`")`, "true")
	one.must(`api.LMSSetValue("cmi.core.lesson_location", "page 7")`, "true")
	one.must(`api.LMSSetValue("cmi.core.session_time", "00:10:00")`, "true")
	one.must(`api.LMSSetValue("cmi.core.exit", "suspend")`, "true")
	one.must(`api.LMSCommit("")`, "true")
	one.saved()
	// The second unit asks for the first.
	one.until(`document.querySelectorAll("#play-tree button")[1].disabled`)
	one.Press("#play-exit").MustShow("Continue")

	two := th.seat(b, a, webtest.Look{})
	two.alive("/intro.html")
	two.must(`api.LMSGetValue("cmi.core.entry")`, "resume")
	two.must(`api.LMSGetValue("cmi.suspend_data") === "اردو".repeat(1000)`, "true")
	two.must(`api.LMSGetValue("cmi.core.lesson_location")`, "page 7")
	two.must(`api.LMSGetValue("cmi.core.total_time")`, "00:10:00")
	two.must(`api.LMSSetValue("cmi.core.lesson_status", "completed")`, "true")
	two.must(`api.LMSSetValue("cmi.core.session_time", "00:05:00")`, "true")
	two.until(`!document.getElementById("play-next").disabled`)
	two.Click("#play-next")
	two.alive("/exam.html")
	two.must(`said`, "true")
	two.must(`api.LMSGetValue("cmi.student_data.mastery_score")`, "80")
	two.must(`api.LMSSetValue("cmi.core.score.raw", "85")`, "true")
	two.must(`api.LMSSetValue("cmi.core.score.max", "100")`, "true")
	two.must(`api.LMSFinish("")`, "true")
	two.saved()
	two.until(`document.querySelectorAll('#play-tree [data-done="true"]').length === 2`)
	said, err := th.players.Data(learnerContext(), a, "EXAM")
	if err != nil || said["cmi.core.score.max"] != "100" {
		t.Errorf("of the examination is kept %v, %v", said, err)
	}

	done := th.ledger.completed()
	if len(done) != 1 || !done[0].Passed || !done[0].SelfReported || done[0].Score != 85 || done[0].Max != 100 {
		t.Errorf("the ledger says %+v", done)
	}
	rest := th.attempt(a)
	if rest.State != player.Passed || rest.Percent != 100 {
		t.Errorf("the attempt is %+v", rest)
	}
	if l := th.log.String(); l != "" {
		t.Error(l)
	}
}

func (th *theatre) attempt(a id.Attempt) player.Attempt {
	th.t.Helper()
	ctx := learnerContext()
	run, err := th.players.Run(ctx, a)
	if err != nil {
		th.t.Fatal(err)
	}
	return run.Attempt
}

func learnerContext() context.Context { return actor.With(context.Background(), learner()) }

// A package of SCORM 2004 leads through its units by its own rules, is suspended
// in the middle, taken up in another browser, and completed: the unit that the
// test makes needless is passed over.
func TestScorm2004FromEndToEnd(t *testing.T) {
	chromium := webtest.Launch(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			th := openTheatre(t, mode)
			th.shelf.Put(playertest.Scorm2004("interviewing"))
			a := th.begin("interviewing")

			one := th.seat(chromium, a, webtest.Look{})
			one.alive("/lesson.html")
			one.must(`said`, "true")
			one.must(`api2.GetValue("cmi.entry")`, "ab-initio")
			one.must(`api2.SetValue("cmi.completion_status", "completed")`, "true")
			one.must(`api2.SetValue("cmi.session_time", "PT10M")`, "true")
			one.must(`api2.SetValue("adl.nav.request", "continue")`, "true")
			one.must(`api2.Terminate("")`, "true")
			one.alive("/test.html")
			one.must(`api2.GetValue("cmi.scaled_passing_score")`, "0.8")
			one.must(`api2.GetValue("cmi.objectives.0.id")`, "PRIMARY")
			urdu := strings.Repeat("اردو", 16000)
			one.must(`api2.SetValue("cmi.suspend_data", "اردو".repeat(16000))`, "true")
			one.must(`api2.SetValue("cmi.interactions.0.id", "q1") + api2.SetValue("cmi.interactions.0.type", "choice") + api2.SetValue("cmi.interactions.0.learner_response", "b")`, "truetruetrue")
			one.must(`api2.SetValue("cmi.location", "q2")`, "true")
			one.must(`api2.SetValue("cmi.exit", "suspend")`, "true")
			one.Press("#play-exit").MustShow("Continue")

			two := th.seat(webtest.Launch(t), a, webtest.Look{})
			two.alive("/test.html")
			two.must(`said + api2.GetValue("cmi.entry")`, "trueresume")
			if got := two.do(`api2.GetValue("cmi.suspend_data")`); got != urdu {
				t.Errorf("%d signs of 64000 came back", len([]rune(got)))
			}
			two.must(`api2.GetValue("cmi.location") + api2.GetValue("cmi.interactions.0.learner_response")`, "q2b")
			two.must(`api2.SetValue("cmi.score.scaled", "0.9")`, "true")
			two.must(`api2.SetValue("cmi.success_status", "passed")`, "true")
			two.must(`api2.SetValue("cmi.completion_status", "completed")`, "true")
			two.must(`api2.SetValue("adl.nav.request", "continue") + api2.Terminate("")`, "truetrue")
			two.saved()
			two.until(`document.querySelectorAll('#play-tree [data-done="true"]').length >= 2`)
			two.until(`!document.getElementById("play-notice").hidden`)
			two.MustShow("You have come to the end of this module.")
			two.Press("#play-exit").MustShow("Done", "90 of 100")
			if got := th.attempt(a); got.State != player.Passed || got.Percent != 100 {
				t.Errorf("the attempt is %+v", got)
			}
			if done := th.ledger.completed(); len(done) != 1 || !done[0].Passed || done[0].Score != 90 || !done[0].SelfReported {
				t.Errorf("the ledger says %+v", done)
			}

			// What is passed opens again to be read, and changes nothing.
			three := th.seat(chromium, a, webtest.Look{})
			three.alive("/lesson.html")
			three.must(`said + api2.GetValue("cmi.mode") + api2.GetValue("cmi.credit")`, "truereviewno-credit")
			three.must(`api2.SetValue("cmi.completion_status", "incomplete") + api2.Commit("")`, "truetrue")
			three.Press("#play-exit").MustShow("Done")
			if got := th.attempt(a); got.State != player.Passed || got.Percent != 100 {
				t.Errorf("reading it again made it %+v", got)
			}
			if l := th.log.String(); l != "" {
				t.Error(l)
			}
		})
	}
}

// TestHerWayThroughScorm2004 is where content and its sequencing need the run time to
// hold to the standard: names that the manifest does not give are not seen, a measure
// that one unit writes completes another, where she goes stands above what a unit asks
// for as it goes, a group that leads into its units can be chosen and gone through in one attempt, and the end of the
// whole is said.
func TestHerWayThroughScorm2004(t *testing.T) {
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Rules("rules"))
	s := th.seat(webtest.Launch(t), th.begin("rules"), webtest.Look{})
	s.alive("/first.html")
	s.must(`api2.SetValue("cmi", "x") + api2.GetLastError()`, "false401")
	s.must(`api2.GetValue("cmi.objectives._count")`, "0")
	s.must(`api2.SetValue("cmi.progress_measure", "0.6")`, "true")
	s.must(`api2.SetValue("adl.nav.request", "continue") + api2.Terminate("")`, "truetrue")
	// The second is completed by the measure, and passed over.
	s.alive("/third.html")
	s.must(`addEventListener("pagehide", () => { api2.SetValue("adl.nav.request", "{target=LAST}choice"); api2.Terminate(""); }) + ""`, "undefined")
	s.until(`[...document.querySelectorAll("#play-tree button")].some(b => b.textContent === "Group" && !b.disabled)`)
	s.must(`api2.GetValue("cmi.objectives._count")`, "0")
	if got := webtest.Ask[string](s.Tab, `[...document.querySelectorAll("#play-tree button")].find(b => b.textContent === "Group").click() || "pressed"`); got != "pressed" {
		t.Fatal(got)
	}
	s.alive("/inner.html")
	s.must(`api2.SetValue("adl.nav.request", "continue") + api2.Terminate("")`, "truetrue")
	s.alive("/next.html") // in the one attempt at the group
	s.must(`api2.SetValue("cmi.completion_status", "completed") + api2.SetValue("adl.nav.request", "exitAll") + api2.Terminate("")`, "truetruetrue")
	s.until(`!document.getElementById("play-notice").hidden`)
	s.MustShow("You have come to the end of this module.")
	if l := th.log.String(); l != "" {
		t.Error(l)
	}
}

// TestWhereScorm2004LetsHerGo is where the frame offers what the rules allow and nothing
// else, where a group is judged by the manifest's weights, and where a unit that ends
// without a word waits for her.
func TestWhereScorm2004LetsHerGo(t *testing.T) {
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Ways("ways"))
	a := th.begin("ways")
	s := th.seat(webtest.Launch(t), a, webtest.Look{})
	offers := func(want string) {
		t.Helper()
		s.until(`[...document.querySelectorAll("#play-tree li")].map(li => li.firstElementChild).map(e => e.textContent + (e.tagName !== "BUTTON" ? "" : e.disabled ? "-" : "+")).join(" ") === ` + strconv.Quote(want))
	}
	s.alive("/one.html")
	s.must(`api2.GetValue("cmi") + api2.GetLastError()`, "401")
	offers("Ways+ One+ Weighed+ Half+ Rest+ End+ Still Inside+ Shut-")
	s.must(`api2.SetValue("adl.nav.request", "continue") + api2.Terminate("")`, "truetrue")
	s.alive("/half.html")
	s.until(`document.getElementById("play-previous").disabled`) // its group leads forward
	// Of two units of one weight, one says 0.6: the whole is at 0.3, and not left.
	s.must(`api2.SetValue("cmi.score.scaled", "0.6") + api2.SetValue("adl.nav.request", "continue") + api2.Terminate("")`, "truetruetrue")
	s.alive("/rest.html")
	s.until(`document.getElementById("play-previous").disabled`)
	s.must(`api2.SetValue("cmi.completion_status", "completed") + api2.Terminate("")`, "truetrue")
	s.saved()
	s.must(`location.pathname.split("/").pop()`, "rest.html") // though its rule leads on
	if got := th.attempt(a); got.Percent == 0 {
		t.Errorf("what it had done before she went on is kept as %+v", got)
	}
	// Where the rule of what has ended leads, it leads whatever she chooses.
	if got := webtest.Ask[string](s.Tab, `[...document.querySelectorAll("#play-tree button")].find(b => b.textContent === "One").click() || "pressed"`); got != "pressed" {
		t.Fatal(got)
	}
	s.alive("/end.html")
	s.must(`api2.SetValue("adl.nav.request", "{target=ORG}choice") + api2.Terminate("")`, "truetrue")
	s.alive("/one.html") // the whole begins at its first unit
	// A jump to the unit that is open begins it anew.
	s.must(`window.before = "yes"`, "yes")
	s.must(`api2.SetValue("adl.nav.request", "{target=ONE}jump") + api2.Terminate("")`, "truetrue")
	anew := ""
	for end := time.Now().Add(patience); anew != "undefined" && time.Now().Before(end); {
		anew = s.within(time.Second, `String(window.before)`)
	}
	if anew != "undefined" {
		t.Errorf("a jump to the open unit leaves it as it was: %q", anew)
	}
	s.alive("/one.html")
	if l := th.log.String(); l != "" {
		t.Error(l)
	}
}

// The frame on a small phone and a wide screen, in both directions, with its tree
// open: nothing is cut off, axe-core finds nothing, and without scripts it says
// what is needed.
func TestTheFrameInARealBrowser(t *testing.T) {
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a := th.begin("indicators")
	chromium := webtest.Launch(t)
	for _, lang := range []string{"en", "ur"} {
		for _, width := range []int{360, 1280} {
			s := th.seat(chromium, a, webtest.Look{Width: width, Language: lang})
			s.until(`frames.length > 0 || !document.getElementById("play-notice").hidden`)
			if s.Text() == "" {
				t.Fatal("an empty page")
			}
			if webtest.Ask[bool](s.Tab, `!document.getElementById("play-notice").hidden`) {
				s.Click("#play-notice button") // it is open elsewhere: go on here
			}
			s.alive("/intro.html")
			if !webtest.Ask[bool](s.Tab, `document.getElementById("play-notice").hidden`) {
				t.Errorf("the frame (%s) tells whoever goes on here: %s", lang, s.Text())
			}
			s.Click("#play-units")
			s.until(`document.querySelectorAll("#play-tree button").length === 2 && !document.getElementById("play-tree").hidden`)
			s.Shot(lang + "-play-" + map[int]string{360: "phone", 1280: "wide"}[width])
			if n := s.Overflow(); n > 0 {
				t.Errorf("the frame (%s) is %d pixels too wide at %d", lang, n, width)
			}
			if height := webtest.Ask[int](s.Tab, `document.getElementById("play-stage").clientHeight`); height < 250 {
				t.Errorf("the package (%s) has %d pixels at %d", lang, height, width)
			}
			for _, x := range s.Axe() {
				t.Errorf("the frame (%s, %d): %s", lang, width, x)
			}
			// The package may have the whole window, and gives it back.
			whole := `Math.abs(document.getElementById("play-stage").clientHeight - innerHeight) <= 1 && Math.abs(document.getElementById("play-stage").clientWidth - innerWidth) <= 1`
			s.Click("#play-larger")
			s.until(whole + ` && document.activeElement.id === "play-larger" && document.getElementById("play-exit").offsetParent === null`)
			if n := s.Overflow(); n > 0 {
				t.Errorf("the larger window (%s) is %d pixels too wide at %d", lang, n, width)
			}
			for _, x := range s.Axe() {
				t.Errorf("the larger window (%s, %d): %s", lang, width, x)
			}
			s.Shot(lang + "-larger-" + map[int]string{360: "phone", 1280: "wide"}[width])
			s.Click("#play-larger")
			s.until(`!(` + whole + `) && document.getElementById("play-exit").offsetParent !== null`)
			// What is saved changes while she aims at a button: none gives way.
			moved := webtest.Ask[string](s.Tab, `(() => {
				const at = () => [...document.querySelectorAll(".play-bar :is(a, button)")].map(b => { const r = b.getBoundingClientRect(); return [r.x, r.y, r.width, r.height].join() }).join(" ");
				const told = document.getElementById("play-status"), words = document.getElementById("play").dataset, before = told.textContent, was = at();
				const bad = ["saved", "here", "hereForNow", "notYet", "refused", "noLineNow"].filter(w => { told.textContent = words[w] + " " + words.offline; return at() !== was });
				told.textContent = before;
				return bad.join();
			})()`)
			if moved != "" {
				t.Errorf("the buttons of the frame (%s, %d) move when it says %s", lang, width, moved)
			}
		}
		bare := chromium.Tab(t, th.url, webtest.Look{NoScripts: true, Language: lang, Token: th.sessions.Add(learner(), i18n.Prefs{Lang: lang})})
		bare.Open(playPath(a)).MustShow(map[string]string{"en": "cannot be shown without scripts", "ur": "سکرپٹ کے بغیر"}[lang])
	}
}
