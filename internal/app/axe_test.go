package app

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// noPage are the routes that answer no page, and what they answer.
func noPage() map[string]string {
	return map[string]string{
		"GET /cohorts/{cohort}/workshops/{stage}/calendar.ics": "a calendar",
		"GET /nominations/template":                            "a spreadsheet",
		"GET /letters/{letter}/scan":                           "a scan",
		"GET /certificates/{outside}/scan":                     "a scan",
		"GET /answer-papers/{paper}":                           "a scan",
		"GET /registers/{register}/sheets/{sheet}":             "a scan",
		"GET /cohorts/{cohort}/report/files/{file}":            "a file of figures",
		"GET /designs/schema":                                  "the format of blueprints, for editors",
		"GET /design-files/{version}":                          "a blueprint",
		"GET /module-files/{file}":                             "a picture of a module",
		"GET /packages/{version}/original":                     "a package as it was brought in",
		"GET /package-uploads/{upload}":                        "how much has come, for the page's script",
		"GET /modules/{version}/export/{kind}":                 "a package to save",
	}
}

// unplayed are the pages of what the first programme does not hold, and where
// they are looked at.
func unplayed() map[string]string {
	return map[string]string{
		"GET /cohorts/{cohort}/selection/{stage}":   "nobody is selected from results in it; cohortweb's own tests draw it",
		"GET /selections/{selection}":               "nobody is selected from results in it; cohortweb's own tests draw it",
		"GET /launch/{ticket}":                      "opens a package for another program; it is the same frame",
		"GET /attempts/{attempt}/play":              "the frame around a package, which a form opens; playerweb's own tests draw it",
		"GET /contests/{contest}":                   "nobody contests a verdict in it; workshopweb's own tests draw it",
		"GET /cohorts/{cohort}/credentials/preview": "certificates are issued in one go, by the moments looked at; credentialweb's own tests draw it",
		"GET /sheets/{sheet}":                       "its officers are all proposed on the form; cohortweb's own tests draw it",
	}
}

// stay is a page in a state, and who looks at it.
type stay struct {
	scene *scene
	token string
	who   string
	path  string
	size  int
}

// gallery is a moment of the programme, and who walks through it.
type gallery struct {
	at   string
	cast []string
	// seeds are addresses that no link leads to; {cohort} is the programme's.
	seeds []string
	// first is done by somebody before she walks; she walks from there too.
	first map[string]func(t *testing.T, b *webtest.Browser) string
}

const (
	moreTime = "2020-10-28 17:30" // somebody has asked for more time
	cast     = "officer focal-fia prosecutor coach-4 observer administrator fia-01"
)

func galleries() []gallery {
	return []gallery{
		{before, []string{"officer", "administrator"}, []string{"/cohorts/new", "/agencies"}, nil},
		{answering, []string{"officer", "focal-fia", "fia-03"}, nil, nil},
		{learning, strings.Fields(cast), []string{"/more-time?stage=foundation", "/welcome", "/agencies", "/launch/left"}, map[string]func(*testing.T, *webtest.Browser) string{"fia-01": begins}},
		{moreTime, []string{"officer"}, nil, map[string]func(*testing.T, *webtest.Browser) string{"officer": seesWhoWaits}},
		{monday, []string{"officer", "prosecutor", "fia-01", "fia-10"}, nil, map[string]func(*testing.T, *webtest.Browser) string{"fia-01": sits}},
		{friday, []string{"officer", "prosecutor", "fia-01"}, []string{"/cohorts/{cohort}/feedback", "/cohorts/{cohort}/testimonial"}, map[string]func(*testing.T, *webtest.Browser) string{"officer": admits}},
		{reported, []string{"officer", "observer", "focal-fia", "fia-01"}, []string{"/cohorts/{cohort}/report/staff"}, nil},
		{following, []string{"supervisor", "fia-04", "officer"}, nil, nil},
		{coached, []string{"coach-4", "officer", "fia-04"}, nil, nil},
	}
}

func begins(t *testing.T, b *webtest.Browser) string {
	page := b.Submit(b.Get("/learn/victim-centred-interviewing").Must(t, 200), "start", nil).Must(t, 200)
	return page.Path
}

// seesWhoWaits finds on her own page that somebody asks for more time, and goes there.
func seesWhoWaits(t *testing.T, b *webtest.Browser) string {
	home := b.Get("/").Must(t, 200, "Waiting for your decision", "1 person asks for more time")
	for _, l := range home.Links() {
		if strings.HasSuffix(l, "/doubts") {
			return l
		}
	}
	t.Errorf("nothing leads to who waits: %s", home.Text())
	return "/"
}

func sits(t *testing.T, b *webtest.Browser) string {
	return b.Submit(b.Get("/tests/pre-test").Must(t, 200), "sit", nil).Must(t, 200).Path
}

// near opens the last register that is near.
func near(t *testing.T, b *webtest.Browser) *webtest.Answer {
	t.Helper()
	last := ""
	for _, l := range b.Get("/registers").Must(t, 200).Links() {
		if strings.HasPrefix(l, "/registers/") {
			last = l
		}
	}
	return b.Get(last).Must(t, 200)
}

// admits lets a guest in, and closes the register: from then on lines are corrected.
func admits(t *testing.T, b *webtest.Browser) string {
	door := b.Get(near(t, b).Path+"/door").Must(t, 200)
	b.Submit(door, "door", map[string][]string{"name": {"Mahnoor Butt"}, "capacity": {"guest"}}).Must(t, 200, "Mahnoor Butt")
	r := near(t, b)
	return b.Submit(r, r.Path+"/close", nil).Must(t, 200).Path
}

// Every page of the route table is looked at with axe-core: filled, empty where
// it can be, and with an error in each of its forms; left to right on a wide
// window, right to left on a telephone in the dark. A route that no visitor gets
// to fails, unless it answers no page.
func TestEveryPageWithAxe(t *testing.T) {
	if testing.Short() {
		t.Skip("a real browser visits every page")
	}
	th := rehearse(t)
	filled, empty := map[string]stay{}, map[string]stay{}
	var table []web.Route
	for _, g := range galleries() {
		s := th.open(t, g.at)
		table = s.server.Routes()
		match := web.Matcher(table)
		for _, key := range g.cast {
			b := webtest.Visit(t, s.url, "")
			b.Language = "en"
			link := s.link(t, key)
			b.Submit(b.Get(link).Must(t, 200), link, nil)
			starts := append([]string{"/"}, g.seeds...)
			if do := g.first[key]; do != nil {
				starts = append(starts, do(t, b))
			}
			most := 2
			if key == "coach-4" {
				most = 7 // those she coaches differ in what lies before them
			}
			for _, start := range starts {
				start = strings.ReplaceAll(start, "{cohort}", string(th.cohort))
				for _, stop := range b.Walk(start, webtest.Walk{Match: match, Leave: leave(), Most: most}) {
					if stop.Status != 200 || !strings.HasPrefix(stop.Header.Get("Content-Type"), "text/html") {
						continue
					}
					at := stay{s, b.Token(), key, stop.Path, len(stop.Body)}
					in := filled
					if strings.Contains(stop.Body, `class="empty"`) {
						in = empty
					}
					if in[stop.Route].size < at.size {
						in[stop.Route] = at
					}
				}
			}
		}
		for route, path := range map[string]string{"GET /sign-in": "/sign-in", "GET /thanks": "/thanks", "GET /enter/{link}": s.link(t, g.cast[0])} {
			filled[route] = stay{s, "", "nobody", path, 1}
		}
	}
	for _, r := range table {
		name := r.Method + " " + r.Pattern
		_, f := filled[name]
		_, e := empty[name]
		_, not := noPage()[name]
		_, un := unplayed()[name]
		switch {
		case r.Method != "GET":
		case not && (f || e):
			t.Errorf("%s is said to be no page, and is one", name)
		case un && (f || e):
			t.Errorf("%s is said not to be played, and is", name)
		case !not && !un && !f && !e:
			t.Errorf("%s is not visited by anybody", name)
		}
	}
	chromium := webtest.Launch(t)
	for lang, look := range map[string]webtest.Look{
		"en": {Width: 1280}, "ur": {Width: 360, Dark: true},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			look.Language = lang
			tab := chromium.Tab(t, "http://127.0.0.1", look)
			v := visitor{t, tab, lang, web.Matcher(table), map[string]stay{}}
			for _, state := range []string{"filled", "empty"} {
				all := map[string]map[string]stay{"filled": filled, "empty": empty}[state]
				for _, route := range slices.Sorted(maps.Keys(all)) {
					v.look(route, state, all[route])
				}
			}
			for _, route := range slices.Sorted(maps.Keys(v.forms)) {
				v.err(route, v.forms[route])
			}
			t.Logf("%d pages filled, %d empty, %d forms in error", len(filled), len(empty), len(v.forms))
		})
	}
}

// visitor looks at pages in a tab.
type visitor struct {
	*testing.T
	tab   *webtest.Tab
	lang  string
	match func(method, path string) string
	forms map[string]stay // by the route they are sent to
}

// look checks a page in a state, and notes its forms.
func (v visitor) look(route, state string, at stay) {
	v.Helper()
	v.tab.Becomes(at.scene.url, at.token).Open(at.path)
	v.check(route, state, at)
	for _, action := range webtest.Ask[[]string](v.tab, `[...document.forms].filter(f => f.method === "post" && f.querySelector("[required]")).map(f => new URL(f.action).pathname)`) {
		to := v.match("POST", action)
		if _, ok := v.forms[to]; !ok && to != "" {
			v.forms[to] = at
		}
	}
}

func (v visitor) check(route, state string, at stay) {
	v.Helper()
	for _, x := range v.tab.Axe() {
		v.Errorf("%s, %s, as %s: %s", route, state, at.who, x)
	}
	if n := v.tab.Overflow(); n > 0 {
		v.Errorf("%s, %s, as %s: %d px wider than its window", route, state, at.who, n)
	}
	if os.Getenv("CADRE_SHOTS") != "" {
		v.tab.Shot(fmt.Sprintf("%s-%s-%s", v.lang, state, strings.NewReplacer("/", "_", "{", "", "}", "", " ", "").Replace(route)))
	}
}

// err sends the form wrongly: with one field filled in, if others are asked for
// too, and nothing else. It comes back with what is wrong, which takes the focus,
// and with what was typed.
func (v visitor) err(route string, at stay) {
	v.Helper()
	v.tab.Becomes(at.scene.url, at.token).Open(at.path)
	kept := v.tab.Wrongly(func(action string) bool { return v.match("POST", action) == route })
	if !webtest.Ask[bool](v.tab, `!!document.querySelector(".summary")`) {
		v.Errorf("%s, in error, as %s from %s: nothing says what is wrong:\n%s", route, at.who, at.path, v.tab.Text())
		return
	}
	if !webtest.Ask[bool](v.tab, `document.activeElement.matches(".summary")`) {
		v.Errorf("%s, in error: the summary has no focus", route)
	}
	if kept != "" && !webtest.Ask[bool](v.tab, fmt.Sprintf(`[...document.querySelectorAll('[name=%q]')].some(e => e.value === "kept as typed")`, kept)) {
		v.Errorf("%s, in error: what was typed as %s is gone", route, kept)
	}
	v.check(route, "in error", at)
}
