package e2e_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/evanw/esbuild/pkg/api"

	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/cohort"
	"cadre/internal/config"
	"cadre/internal/content"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/pathway"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

const cmi5Course = `<?xml version="1.0" encoding="UTF-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="https://publisher.example.org/tip"><title><langstring lang="en">Trafficking in persons</langstring></title><description><langstring lang="en">D</langstring></description></course>
<au id="https://publisher.example.org/tip/lesson" moveOn="Completed"><title><langstring lang="en">The lesson</langstring></title><description><langstring lang="en">D</langstring></description><url>lesson.html</url></au>
<block id="https://publisher.example.org/tip/end"><title><langstring lang="en">The end</langstring></title><description><langstring lang="en">D</langstring></description>
<au id="https://publisher.example.org/tip/test" moveOn="CompletedAndPassed" masteryScore="0.8"><title><langstring lang="en">The test</langstring></title><description><langstring lang="en">D</langstring></description><url>test.html?of=two</url></au></block>
</courseStructure>`

// unitsOfOthers bundles a unit that stands on npm's library for units, as whoever
// makes a package does.
func unitsOfOthers(t *testing.T, entry string) string {
	t.Helper()
	modules, err := filepath.Abs("../../web/node_modules")
	must(t, err)
	r := api.Build(api.BuildOptions{
		EntryPoints: []string{entry}, NodePaths: []string{modules}, Bundle: true, Format: api.FormatIIFE,
		MainFields: []string{"browser", "module", "main"}, LogLevel: api.LogLevelSilent,
	})
	if len(r.Errors) > 0 {
		t.Fatalf("the packages of npm are not all there (make setup): %v", api.FormatMessages(r.Errors, api.FormatMessagesOptions{}))
	}
	return string(r.OutputFiles[0].Contents)
}

func zipped(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		must(t, err)
		_, err = w.Write([]byte(pairs[i+1]))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// house is an instance that answers over HTTP until the test ends.
type house struct {
	*app.App
	url string
}

// inHouse opens an instance that goes by the machine's clock, and serves it.
func inHouse(t *testing.T, more ...string) *house {
	t.Helper()
	return inHouseAt(t, clock.System(), more...)
}

// inHouseAt is inHouse by another clock.
func inHouseAt(t *testing.T, by clock.Clock, more ...string) *house {
	t.Helper()
	cfg, err := config.Load("", append(newInstance(t, "", "CADRE_LISTEN=127.0.0.1:0", "CADRE_CONTENT_LISTEN=127.0.0.1:0"), more...))
	must(t, err)
	a, err := app.Open(context.Background(), cfg, app.Options{Clock: by})
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Serve(ctx, func(url string) { at <- url }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		closed(t, a)
	})
	select {
	case url := <-at:
		return &house{a, url}
	case err := <-ended:
		t.Fatal(err)
		return nil
	}
}

// enrolled makes a programme whose e-learning ends in a week, and somebody who
// takes part; it returns her, her cohort and the token of her session.
func (h *house) enrolled(t *testing.T) (p id.Person, in id.Cohort, token string) {
	t.Helper()
	return h.enrolledIn(t, blueprint)
}

// enrolledIn is enrolled in a programme of that text.
func (h *house) enrolledIn(t *testing.T, text string) (p id.Person, in id.Cohort, token string) {
	t.Helper()
	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	c, q := openingOf(t, h.App, strings.NewReplacer("2020-10-28", day(7), "2020-11-02", day(20)).Replace(text))
	her, err := act{Op: op(), Cohort: c, Quota: q}.do(h.App)
	must(t, err)
	_, err = act{Op: op(), Proposed: her.Proposed}.do(h.App)
	must(t, err)
	p = her.Proposed.Person
	return p, c, strings.TrimPrefix(signedIn(t, h.App, p, actor.Participant, actor.Scope{Cohort: c}), web.Cookie+"=")
}

// said are the verbs of a registration's statements, in order, and the last
// statement of each.
func (h *house) said(t *testing.T, registration string) (verbs []string, last map[string]map[string]any) {
	t.Helper()
	u, ok := lrs.ParseUUID(registration)
	if !ok {
		t.Fatalf("%s is no registration", registration)
	}
	page, err := h.LRS.Find(context.Background(), h.LRS.Local("test", "", lrs.ScopeAll), lrs.Query{Registration: &u, Ascending: true})
	must(t, err)
	last = map[string]map[string]any{}
	for _, b := range page.Statements {
		var s map[string]any
		must(t, json.Unmarshal(b, &s))
		verb, _ := s["verb"].(map[string]any)["id"].(string)
		verb = verb[strings.LastIndex(verb, "/")+1:]
		verbs = append(verbs, verb)
		last[verb] = s
	}
	return verbs, last
}

// becomes waits until an expression of a page is true, across the pages that come.
func becomes(t *testing.T, tab *webtest.Tab, expression string) {
	t.Helper()
	var got bool
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		v, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[bool](`(() => { try { return Boolean(`+expression+`) } catch { return false } })()`))
		if got = err == nil && v; got { // between two pages there is nothing to ask
			return
		}
	}
	t.Fatalf("waited in vain for %s; the page says\n%s", expression, tab.Text())
}

// A package of several units that stand on somebody else's library is brought in,
// played in a real browser, left in the middle, gone on with and ended: the course
// is satisfied, and the stage that asked for it is done.
func TestSomebodyElsesCmi5OpensTheNextStage(t *testing.T) {
	h := inHouse(t)
	js := unitsOfOthers(t, filepath.Join("testdata", "cmi5", "unit.js"))
	unit := func(name string) string {
		return `<!doctype html><html lang="en"><meta charset="utf-8"><title>` + name + `</title><body data-unit="` + name + `">…<script src="unit.js"></script></body></html>`
	}
	data := zipped(t, "cmi5.xml", cmi5Course, "lesson.html", unit("lesson"), "test.html", unit("test"), "unit.js", js)
	_, err := h.Content.ImportPackage(app.AsOperator(context.Background()), op(), content.ImportPackage{
		Key: "tip", File: bytes.NewReader(data), Size: int64(len(data)), Publish: true,
	})
	must(t, err)
	p, c, token := h.enrolled(t)
	tab := webtest.Launch(t).Tab(t, h.url, webtest.Look{Token: token})

	// The lesson: it ends, and leads back to the module's page.
	tab.Open("/learn/tip").Press("#start button")
	becomes(t, tab, `location.pathname === "/learn/tip" && document.querySelector("#start button")`)
	tab.MustShow("Continue")
	var attempt string
	tab.Press("#start button")
	becomes(t, tab, `document.querySelectorAll("#play-tree button").length === 2`)
	attempt = webtest.Ask[string](tab, `document.getElementById("play").dataset.attempt`)
	if verbs, _ := h.said(t, attempt); !contains(verbs, "launched", "initialized", "completed", "terminated") {
		t.Fatalf("the lesson said %v", verbs)
	}

	// The test: left after its first question, gone on with from there.
	for _, way := range []string{"left", "ended"} {
		if way == "ended" {
			tab.Open("/learn/tip").Press("#start button")
		}
		becomes(t, tab, `document.querySelectorAll("#play-tree button").length === 2 || location.pathname === "/learn/tip"`)
		if webtest.Ask[string](tab, `location.pathname`) != "/learn/tip" && webtest.Ask[bool](tab, `document.querySelectorAll("#play-tree button")[1].getAttribute("aria-current") !== "true"`) {
			tab.Do(chromedp.Click(chromedp.CSS("#play-tree li li button")))
		}
		becomes(t, tab, `location.pathname === "/learn/tip" && document.querySelector("h1")`)
		verbs, _ := h.said(t, attempt)
		if passed := slices.Contains(verbs, "passed"); passed != (way == "ended") {
			t.Fatalf("after the test was %s: %v", way, verbs)
		}
	}
	verbs, last := h.said(t, attempt)
	if !contains(verbs, "progressed", "answered", "passed", "completed", "satisfied") || verbs[len(verbs)-1] != "terminated" {
		t.Errorf("in all it said %v", verbs)
	}
	if got := fmt.Sprint(last["passed"]["result"].(map[string]any)["score"]); got != "map[max:10 min:0 raw:9 scaled:0.9]" {
		t.Errorf("the score is %s", got)
	}
	if n := times(verbs, "satisfied"); n != 2 { // the block, then the course
		t.Errorf("satisfied %d times: %v", n, verbs)
	}
	tab.MustShow("Done")
	s, _, err := h.Pathway.Standing(actor.With(context.Background(), actor.Actor{
		Person: p, Grant: actor.Grant{ID: "g", Role: actor.Participant, Scope: actor.Scope{Cohort: c}},
	}), p, c)
	must(t, err)
	if st := s.Stage("foundation"); st == nil || st.State != pathway.Done {
		t.Errorf("the stage stands at %+v", st)
	}
	verified(t, h.App)
}

// contains reports whether words come in list in their order.
func contains(list []string, words ...string) bool {
	for _, w := range words {
		i := slices.Index(list, w)
		if i < 0 {
			return false
		}
		list = list[i+1:]
	}
	return true
}

func times(list []string, word string) (n int) {
	for _, w := range list {
		if w == word {
			n++
		}
	}
	return n
}

// The list of her modules says of those that she cannot begin what her home page
// says of their stage, and leads to none of them; no page offers to begin them.
func TestModulesThatCannotBeBegunAreListedAsLocked(t *testing.T) {
	h := inHouse(t)
	for _, key := range []string{"tip", "later", "south"} {
		data := zipped(t, "cmi5.xml", cmi5Course, "lesson.html", "<html>", "test.html", "<html>")
		_, err := h.Content.ImportPackage(app.AsOperator(context.Background()), op(), content.ImportPackage{
			Key: key, File: bytes.NewReader(data), Size: int64(len(data)), Publish: true,
		})
		must(t, err)
	}
	her, c, token := h.enrolledIn(t, strings.NewReplacer("stages:\n", "groups:\n  - {key: north, title: {en: North}}\n  - {key: south, title: {en: South}}\nstages:\n").Replace(blueprint)+`
  - key: more
    title: {en: More e-learning}
    gate: {stage: foundation}
    e-learning: {modules: [{key: later, title: {en: Later}, minutes: 15}]}
  - key: for-south
    title: {en: For the south}
    for: [south]
    e-learning: {modules: [{key: south, title: {en: Southern}, minutes: 15}]}
`)
	_, err := h.Cohort.Join(officer(), op(), cohort.Joining{Cohort: c, Person: her, Capacity: cohort.Participant, Stage: "foundation", Basis: pathway.ByStaff})
	must(t, err)
	_, err = h.Cohort.Group(officer(), op(), cohort.Grouping{Cohort: c, Group: "north", People: []id.Person{her}})
	must(t, err)
	tab := webtest.Launch(t).Tab(t, h.url, webtest.Look{Token: token})
	tab.Open("/")
	home := strings.Split(webtest.Ask[string](tab, `[...document.querySelectorAll("main li")].find(li => li.innerText.includes("More e-learning"))?.innerText ?? ""`), "\n")
	if len(home) < 2 {
		t.Fatalf("her home page says of the stage %q", home)
	}
	tab.Open("/learn").CheckAxe()
	if got := webtest.Ask[string](tab, `[...document.querySelectorAll('main a[href^="/learn/"]')].map(a => a.pathname).join(" ")`); got != "/learn/tip" {
		t.Errorf("it leads to %q", got)
	}
	tab.MustShow("Not asked of you", "This part is for another group.")
	for _, said := range home[1:] {
		tab.MustShow(said)
	}
	for _, module := range []string{"later", "south"} {
		tab.Open("/learn/" + module)
		if webtest.Ask[bool](tab, `document.querySelector("#start") !== null`) {
			t.Errorf("%s is offered:\n%s", module, tab.Text())
		}
	}
}
