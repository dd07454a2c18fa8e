package policy_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"cadre/internal/app"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// A target is a concrete request that a page offered to somebody: a link, or a
// form as its page filled it in.
type target struct {
	pattern string // "GET /people/{person}"
	method  string
	path    string // with the query
	form    url.Values
	found   string // by whom
}

// key tells requests apart by their route and by what they name, not by what
// else a form holds.
func (x target) key() string {
	ids := x.ids()
	sort.Strings(ids)
	u, err := url.Parse(x.path)
	if err != nil {
		return x.path
	}
	return x.method + " " + u.Path + " " + strings.Join(ids, " ")
}

// ids are the identifiers in the path and in the form's values.
func (x target) ids() []string {
	var out []string
	u, err := url.Parse(x.path)
	if err != nil {
		return nil
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if uuid.MatchString(part) {
			out = append(out, part)
		}
	}
	for _, vs := range x.form {
		for _, v := range vs {
			if uuid.MatchString(v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// A line of testdata/routes.txt: who may use a route on what is her own.
type allowed map[string]map[string]bool // route -> role -> sure

func readRoutes(t *testing.T) allowed {
	t.Helper()
	f, err := os.Open("testdata/routes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := allowed{}
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		line := strings.TrimSpace(in.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		route, who, ok := strings.Cut(line, ":")
		if !ok || out[route] != nil {
			t.Fatalf("routes.txt:%d: %q", n, line)
		}
		out[route] = map[string]bool{}
		for w := range strings.FieldsSeq(who) {
			role, maybe := strings.CutSuffix(w, "?")
			out[route][role] = !maybe
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// sure reports whether being kept out of her own would be a fault. It is not
// where a request names staff, whom a role sees only here and there.
func (f *fixture) sure(v *visitor, x target) bool {
	if x.found == guessed {
		return false // nobody said that it leads anywhere
	}
	for _, i := range x.ids() {
		if f.staff[i] && f.person[i] != v.person {
			return false
		}
	}
	return true
}

// own says, by hand, whether everything that a request names is the visitor's
// own in the sense of her role.
func (f *fixture) own(v *visitor, x target) bool {
	for _, i := range x.ids() {
		p := f.person[i]
		isPerson := p != ""
		switch v.role {
		case "admin", "nobody", "none":
			continue
		}
		// What has no country is an agency, an administrator, or made by this request.
		if c := f.country[i]; c != "" && c != v.country {
			return false
		}
		switch v.role {
		case "focal":
			if a := f.agency[i]; a != "" && a != v.agency {
				return false
			}
			if isPerson && f.agency[string(p)] != "" && f.agency[string(p)] != v.agency {
				return false
			}
		case "participant":
			// Whom of her own agency's staff she names as her line manager is hers to say.
			names := x.pattern == "POST /my-supervisor" && f.staff[i] && (f.agency[i] == "" || f.agency[i] == v.agency)
			if isPerson && p != v.person && !names {
				return false
			}
		case "coach":
			if isPerson && p != v.person && f.agency[string(p)] != "" && !slices.Contains(v.coached, p) {
				return false
			}
		case "supervisor":
			if isPerson && p != v.person && !slices.Contains(v.linked, p) {
				return false
			}
		}
	}
	return true
}

// may is what somebody may read, of the canaries.
func (v *visitor) may(c canary) bool {
	if c.person == v.person {
		return true
	}
	if v.country != c.country {
		return false
	}
	switch v.role {
	case "officer":
		return true
	case "trainer":
		return !c.contact
	case "focal":
		return !c.contact && c.agency == v.agency
	case "coach":
		return slices.Contains(v.coached, c.person)
	case "supervisor":
		return !c.contact && slices.Contains(v.linked, c.person)
	}
	return false
}

// site is the program over a fresh copy of the fixture.
type site struct {
	app *app.App
	url string
	end func()
}

func (f *fixture) open() *site {
	f.t.Helper()
	a := f.start()
	server, err := a.Web(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	ts := httptest.NewServer(server)
	return &site{app: a, url: ts.URL, end: func() {
		ts.Close()
		if err := a.Close(); err != nil {
			f.t.Error(err)
		}
	}}
}

// patterns tells which route answers a request.
func patterns(routes []web.Route) func(method, path string) string {
	mux := http.NewServeMux()
	for _, rt := range routes {
		pattern := rt.Pattern
		if pattern == "/" {
			pattern = "/{$}"
		}
		mux.Handle(rt.Method+" "+pattern, http.NotFoundHandler())
	}
	return func(method, path string) string {
		r, err := http.NewRequest(method, "http://cadre"+path, nil)
		if err != nil {
			return ""
		}
		_, p := mux.Handler(r)
		return strings.TrimSuffix(p, "{$}")
	}
}

// perPattern bounds how many targets of one route one visitor contributes.
const perPattern = 2

// crawl follows the links that a visitor is shown, and gathers her forms.
func (f *fixture) crawl(s *site, v *visitor, which func(method, path string) string, routes []web.Route, add func(target)) {
	b := webtest.Visit(f.t, s.url, v.token)
	count := map[string]int{}
	seen := map[string]bool{}
	queue := []string{"/"}
	for _, rt := range routes {
		if rt.Method == http.MethodGet && !strings.Contains(rt.Pattern, "{") {
			queue = append(queue, rt.Pattern)
		}
	}
	visits := 0
	for len(queue) > 0 && visits < 250 {
		path := queue[0]
		queue = queue[1:]
		p := which(http.MethodGet, path)
		if p == "" || seen[path] || count[p] >= perPattern {
			continue
		}
		seen[path] = true
		count[p]++
		visits++
		add(target{pattern: p, method: http.MethodGet, path: path, found: v.name})
		a := b.Get(path)
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			continue
		}
		doc, err := html.Parse(strings.NewReader(a.Body))
		if err != nil {
			f.t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			switch n.Data {
			case "a":
				if h := attribute(n, "href"); strings.HasPrefix(h, "/") {
					h, _, _ = strings.Cut(h, "#")
					queue = append(queue, h)
				}
			case "form":
				if strings.ToLower(attribute(n, "method")) != "post" {
					continue
				}
				action := attribute(n, "action")
				p := which(http.MethodPost, action)
				if p == "" || count[p] >= perPattern {
					continue
				}
				count[p]++
				add(target{pattern: p, method: http.MethodPost, path: action, form: filled(n), found: v.name})
			}
		}
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// filled is what a form sends when every field that is empty gets a value that
// fits it.
func filled(form *html.Node) url.Values {
	out := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if n.Type != html.ElementNode || name == "" || name == "token" || name == "op" {
			continue
		}
		switch n.Data {
		case "input":
			value := attribute(n, "value")
			switch attribute(n, "type") {
			case "radio":
				if has(n, "checked") || out[name] == nil {
					out.Set(name, value)
				}
			case "checkbox":
				if out[name] == nil || has(n, "checked") {
					out.Add(name, value)
				}
			case "file", "submit":
			case "hidden":
				out.Set(name, value)
			case "date":
				out.Set(name, or(value, "2020-11-02"))
			case "datetime-local":
				out.Set(name, or(value, "2020-11-02T10:00"))
			case "time":
				out.Set(name, or(value, "10:00"))
			case "number":
				out.Set(name, or(value, "1"))
			case "email":
				out.Set(name, or(value, "someone@example.org"))
			case "tel":
				out.Set(name, or(value, "03001234567"))
			default:
				out.Set(name, or(value, "quilt heron lamp almond river"))
			}
		case "textarea":
			out.Set(name, "quilt heron lamp almond river")
		case "select":
			for o := range n.Descendants() {
				if o.Type == html.ElementNode && o.Data == "option" && attribute(o, "value") != "" && (out[name] == nil || has(o, "selected")) {
					out.Set(name, attribute(o, "value"))
				}
			}
		case "button":
			if out[name] == nil {
				out.Set(name, attribute(n, "value"))
			}
		}
	}
	return out
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// guessed is who found what no page led to.
const guessed = "the database"

// guess makes requests for a route that no page leads to at this moment, out of
// the ids in the database: those of the first programme, of each agency, and of
// the other country.
func (f *fixture) guess(rt web.Route) []target {
	words := map[string][]string{
		"stage": {"foundation", "week", "coaching", "pre-test", "follow-up"}, "module": {"special-techniques"}, "page": {"1"},
		"part": {"1"}, "item": {"1"}, "link": {"abcdefgh"}, "pre": {"pre-test"}, "post": {"post-test"},
	}
	pool := func(name string) []string {
		if w := words[name]; w != nil {
			return w
		}
		var out []string
		taken := map[string]int{}
		tables := make([]string, 0, len(f.rowsOf))
		for t := range f.rowsOf {
			tables = append(tables, t)
		}
		sort.Strings(tables)
		for _, t := range tables {
			_, last, _ := strings.Cut(t, "_")
			if strings.TrimSuffix(last, "s") != name && strings.TrimSuffix(last, "es") != name && !(name == "outside" && strings.Contains(t, "certificate")) {
				continue
			}
			for _, i := range f.rowsOf[t] {
				if k := t + f.country[i] + f.agency[i]; taken[k] < 1 {
					taken[k]++
					out = append(out, i)
				}
			}
		}
		return out
	}
	paths := []string{""}
	for part := range strings.SplitSeq(strings.TrimPrefix(rt.Pattern, "/"), "/") {
		var next []string
		options := []string{part}
		if name, ok := strings.CutPrefix(part, "{"); ok {
			options = pool(strings.TrimSuffix(name, "}"))
		}
		for _, p := range paths {
			for _, o := range options {
				next = append(next, p+"/"+o)
			}
		}
		paths = next[:min(len(next), 4)]
	}
	var out []target
	for _, p := range paths {
		out = append(out, target{pattern: rt.Method + " " + rt.Pattern, method: rt.Method, path: p, form: url.Values{}, found: guessed})
	}
	return out
}

// An outcome is what came of a request, as far as the policy goes.
type outcome string

const (
	let    outcome = "let in"
	kept   outcome = "kept out"
	mended outcome = "sent back to mend the form" // before anything was decided
	broken outcome = "broken"
)

func judge(v *visitor, x target, a *webtest.Answer) outcome {
	switch {
	case strings.HasPrefix(a.Path, "/sign-in") && a.Status < http.StatusInternalServerError && ends(v, x):
		return let
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden, a.Status == http.StatusNotFound:
		return kept
	case a.Status >= 500:
		return broken
	case strings.HasPrefix(a.Path, "/sign-in"):
		return kept
	case a.Status == http.StatusUnprocessableEntity:
		return mended
	}
	return let
}

// ends tells that the request ends the visitor's own session.
func ends(v *visitor, x target) bool {
	return strings.HasPrefix(x.path, "/sign-in") || x.path == "/sign-out" || x.path == "/account/everywhere" ||
		strings.HasPrefix(x.path, "/account/sessions/") || x.path == "/people/"+string(v.person)+"/sign-out"
}

// Every route, over HTTP, for every role, agency and country, on a fixture that
// is restored after every change.
func TestPolicyOverHTTP(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the first programme")
	}
	expected := readRoutes(t)
	f := build(t, fixtureAt)
	s := f.open()
	defer func() { s.end() }()
	routes := s.app.Routes()
	which := patterns(routes)

	all := map[string]target{}
	for _, v := range f.visitors {
		f.crawl(s, v, which, routes, func(x target) {
			if _, ok := all[x.key()]; !ok {
				all[x.key()] = x
			}
		})
	}
	visited := map[string]bool{}
	for _, x := range all {
		visited[x.pattern] = true
	}
	unlinked := 0
	for _, rt := range routes {
		if visited[rt.Method+" "+rt.Pattern] {
			continue
		}
		unlinked++
		for _, x := range f.guess(rt) {
			all[x.key()] = x
		}
	}
	targets := make([]target, 0, len(all))
	for _, x := range all {
		targets = append(targets, x)
	}
	sort.Slice(targets, func(i, j int) bool { return targets[i].key() < targets[j].key() })

	cells, mendedCount, restored, wrong := 0, 0, 0, 0
	fail := func(format string, args ...any) {
		if wrong++; wrong <= 60 {
			t.Errorf(format, args...)
		}
	}
	s.end()
	s = f.open()
	for _, x := range targets {
		visited[x.pattern] = true
		who, ok := expected[x.pattern]
		if !ok {
			continue // reported below
		}
		for _, v := range f.visitors {
			cells++
			b := webtest.Visit(t, s.url, v.token)
			var a *webtest.Answer
			if x.method == http.MethodGet {
				a = b.Get(x.path)
			} else {
				form := url.Values{}
				for k, vs := range x.form {
					form[k] = vs
				}
				form.Set("op", string(id.New[id.Operation]()))
				if v.token != "" {
					if _, mine, err := b.Get("/account").Form("/sign-out"); err == nil {
						form.Set("token", mine.Get("token"))
					}
				}
				a = b.Post(x.path, form)
			}
			got := judge(v, x, a)
			if got == mended {
				mendedCount++
			}
			sure, listed := who[v.role]
			if !listed {
				sure, listed = who["signed"]
				listed = listed && v.role != "nobody"
			}
			if !listed {
				sure, listed = who["anyone"]
			}
			own := f.own(v, x)
			switch {
			case got == broken:
				fail("%s: %s (found by %s) answers %d\n%s", v.name, x.key(), x.found, a.Status, clip(a.Text()))
			case got == let && !(listed && own):
				fail("%s is let in: %s (found by %s), listed %v, her own %v: %d", v.name, x.key(), x.found, listed, own, a.Status)
			case got == kept && listed && own && sure && f.sure(v, x):
				fail("%s is kept out: %s (found by %s): %d", v.name, x.key(), x.found, a.Status)
			}
			text := a.Body
			for _, c := range f.canaries {
				if !v.may(c) && strings.Contains(text, c.text) && !echoed(x, c.text) {
					fail("%s reads a word of %s/%s on %s (found by %s)", v.name, c.country, c.agency, x.key(), x.found)
					break
				}
			}
			if x.method != http.MethodGet && got == let {
				s.end()
				s = f.open()
				restored++
			}
		}
	}
	for _, rt := range routes {
		p := rt.Method + " " + rt.Pattern
		if expected[p] == nil {
			t.Errorf("routes.txt says nothing about %s", p)
		}
	}
	var never []string
	for p := range expected {
		if !slices.ContainsFunc(routes, func(rt web.Route) bool { return rt.Method+" "+rt.Pattern == p }) {
			t.Logf("routes.txt speaks of %s, which is no route", p)
		} else if !visited[p] {
			never = append(never, p)
		}
	}
	sort.Strings(never)
	t.Logf("policy over HTTP: %d cells (%d requests of %d routes × %d visitors), %d canaries, %d sent back to mend, %d restores, %d wrong",
		cells, len(targets), len(visited), len(f.visitors), len(f.canaries), mendedCount, restored, wrong)
	t.Logf("%d routes were reached by ids from the database, as no page led there that day; %d had nothing to be tried on: %s", unlinked, len(never), strings.Join(never, ", "))
}

func clip(s string) string { return s[:min(len(s), 300)] }

// echoed tells that the visitor herself sent the word.
func echoed(x target, word string) bool {
	for _, vs := range x.form {
		for _, v := range vs {
			if strings.Contains(v, word) {
				return true
			}
		}
	}
	return false
}

// fixtureAt is the moment at which the matrix looks at the first programme.
var fixtureAt = time.Date(2020, time.November, 1, 12, 0, 0, 0, time.UTC)
