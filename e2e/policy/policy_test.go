package policy_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"cadre/internal/app"
	"cadre/internal/db"
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
	// handed is set where no page leads to it.
	handed *handed
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

// sure reports whether being kept out of her own would be a fault. It is not
// where a request names staff, whom a role sees only here and there.
func (f *fixture) sure(v *visitor, x target) bool {
	if x.found == guessed || v.course != "" {
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
		if c := f.course[i]; v.course != "" && c != "" && c != string(v.course) {
			return false
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

// site is the program over a fresh copy of the fixture.
type site struct {
	app *app.App
	url string
	end func()
}

func (f *fixture) open() *site {
	f.t.Helper()
	dir := filepath.Join(f.t.TempDir(), "case") // it goes with the site: there are hundreds
	a := f.start(dir)
	server, err := a.Web(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	ts := httptest.NewServer(server)
	return &site{app: a, url: ts.URL, end: func() {
		ts.Close()
		if err := errors.Join(a.Close(), os.RemoveAll(dir), os.RemoveAll(dir+beside)); err != nil {
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

// A matrix is what was tried, and what came of it.
type matrix struct {
	*testing.T
	expected allowed
	routes   []web.Route
	// linked are the routes that a page led to, tried those that there was anything
	// to be tried on, opened those that somebody was let in by.
	linked, tried, opened map[string]bool
	// resent are the acts that were sent again, reads the routes whose reads were looked
	// for, with the role; nil if none is to be.
	resent, reads map[string]bool

	// planted tells that what fails was planted: it is counted alone.
	planted bool

	cells, requests, mended, restored, wrong, heard, canaries int
}

func (m *matrix) fail(format string, args ...any) {
	m.Helper()
	if m.wrong++; m.wrong <= 60 && !m.planted {
		m.Errorf(format, args...)
	}
}

// targets are the requests that the pages of an instant lead to, and, for routes
// to which none has ever led, those that can be guessed. What an earlier instant
// has tried is left out.
func (m *matrix) targets(f *fixture, s *site) []target {
	all := map[string]target{}
	which := patterns(m.routes)
	found := map[string]bool{}
	for _, v := range f.visitors {
		f.crawl(s, v, which, m.routes, func(x target) {
			if _, ok := all[x.key()]; !ok && !m.linked[x.pattern] {
				all[x.key()] = x
				found[x.pattern] = true
			}
		})
	}
	for p := range found {
		m.linked[p] = true
	}
	for _, rt := range m.routes {
		if m.linked[rt.Method+" "+rt.Pattern] {
			continue
		}
		found := m.seek(f, s, rt)
		if len(found) > 0 {
			m.linked[rt.Method+" "+rt.Pattern] = true
		} else {
			found = f.guess(rt, 1, 8)
		}
		for _, x := range found {
			all[x.key()] = x
		}
	}
	out := make([]target, 0, len(all))
	for _, x := range all {
		out = append(out, x)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].key() < out[j].key() })
	return append(out, f.handed...)
}

// seek looks for forms that lead to a route deeper than the crawl goes: on the
// pages of many rows, as those who may use it.
func (m *matrix) seek(f *fixture, s *site, rt web.Route) []target {
	pattern := rt.Method + " " + rt.Pattern
	if rt.Method != http.MethodPost || !strings.Contains(rt.Pattern, "{") {
		return nil
	}
	var out []target
	which := patterns(m.routes)
	looked := map[string]bool{}
	for _, x := range f.guess(rt, 12, 40) {
		for _, v := range f.visitors {
			if _, listed := m.expected[pattern][v.role]; !listed || len(out) == perPattern || len(looked) > 120 || !f.own(v, x) {
				continue
			}
			for page := x.path; strings.Count(page, "/") > 1; page = page[:strings.LastIndex(page, "/")] {
				if looked[v.name+page] {
					continue
				}
				looked[v.name+page] = true
				a := webtest.Visit(m.T, s.url, v.token).Get(page)
				if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
					continue
				}
				doc, err := html.Parse(strings.NewReader(a.Body))
				if err != nil {
					m.Fatal(err)
				}
				for n := range doc.Descendants() {
					if n.Type != html.ElementNode || n.Data != "form" {
						continue
					}
					if to := attribute(n, "action"); which(rt.Method, to) == pattern {
						out = append(out, target{pattern: pattern, method: rt.Method, path: to, form: filled(n), found: v.name})
						break
					}
				}
			}
		}
	}
	return out
}

// try sends a request as somebody and says whether it was let in.
func (m *matrix) try(f *fixture, s *site, v *visitor, x target) outcome {
	m.Helper()
	m.cells++
	b := webtest.Visit(m.T, s.url, v.token)
	var a *webtest.Answer
	form := url.Values{}
	if x.method == http.MethodGet {
		a = b.Get(x.path)
	} else {
		for k, vs := range x.form {
			form[k] = vs
		}
		form.Set("op", string(id.New[id.Operation]()))
		if v.token != "" {
			form.Set("token", v.form)
		}
		if x.handed != nil && x.handed.files != nil {
			a = b.PostFiles(x.path, form, x.handed.files)
		} else {
			a = b.Post(x.path, form)
		}
	}
	got := judge(v, x, a)
	if x.handed != nil && got == let && a.Status >= http.StatusBadRequest {
		got = kept // it is used up, or tried too often: nothing was done
	}
	who := m.expected[x.pattern]
	sure, listed := who[v.role]
	if !listed {
		sure, listed = who["signed"]
		listed = listed && v.role != "nobody"
	}
	if !listed {
		sure, listed = who["anyone"]
	}
	own := f.own(v, x)
	if x.handed != nil {
		own = x.handed.to(v)
	}
	switch {
	case got == broken:
		m.fail("%s: %s (found by %s) answers %d\n%s\n%s", v.name, x.key(), x.found, a.Status, clip(a.Text()), f.log.String())
		f.log.Reset()
	case got == let && !(listed && own):
		m.fail("%s is let in: %s (found by %s), listed %v, her own %v: %d", v.name, x.key(), x.found, listed, own, a.Status)
	case got == kept && listed && own && sure && f.sure(v, x), got != let && own && x.handed != nil:
		m.fail("%s is kept out: %s (found by %s): %d", v.name, x.key(), x.found, a.Status)
	}
	if csp := a.Header.Get("Content-Security-Policy"); csp == "" || strings.Contains(csp, "unsafe-") {
		m.fail("%s: %s comes with the content policy %q", v.name, x.key(), csp)
	}
	text, err := legible(a)
	if err != nil {
		m.fail("%s: %s: %v", v.name, x.key(), err)
	}
	said := f.sung(text)
	for _, c := range said {
		if !v.may(c) && !echoed(x, c.text) && !(got == let && x.handed.may(c)) {
			m.heard++
			m.fail("%s reads a %s of %s/%s (%s) on %s (found by %s): %s", v.name, c.kind, c.country, c.agency, c.where, x.key(), x.found, around(text, c.text))
			break
		}
	}
	if x.handed != nil && x.handed.then != nil && got != broken {
		x.handed.then(m, s, v, got, b, a)
	}
	if got == let {
		m.recorded(f, s, v, x, a, said)
		m.resend(s, v, x, form, a)
	}
	return got
}

// look tries everything that an instant offers, for everybody.
func (m *matrix) look(f *fixture) {
	m.Helper()
	s := f.open()
	targets := m.targets(f, s)
	s.end()
	s = f.open()
	defer func() { s.end() }()
	m.requests += len(targets)
	m.canaries += len(f.canaries)
	reading := m.reading(f, s)
	slices.SortStableFunc(targets, readsFirst)
	for _, x := range targets {
		if m.expected[x.pattern] == nil {
			continue // reported at the end
		}
		if reading != nil && !x.reads() {
			reading.done(s)
			reading = nil
		}
		m.tried[x.pattern] = true
		if x.handed != nil { // what others tried in vain counts towards the limits
			s.end()
			s = f.open()
		}
		for _, v := range f.visitors {
			got := m.try(f, s, v, x)
			if reading != nil {
				reading.tried(s, v, x)
			}
			switch got {
			case mended:
				m.mended++
			case let:
				m.opened[x.pattern] = true
				if x.method != http.MethodGet || x.handed != nil { // a ticket is used up
					f.letters(s)
					s.end()
					s = f.open()
					m.restored++
				}
			}
		}
	}
	if reading != nil {
		reading.done(s)
	}
}

// catches plants over-permissions, and fails where the matrix would not notice:
// somebody's grant says more than it should.
func (m *matrix) catches(f *fixture) {
	m.Helper()
	for _, p := range []struct{ who, role string }{
		{"focal PK fia", "programme-officer"}, {"trainer PK", "programme-officer"}, {"participant PK fia", "trainer"}, {"observer PK", "trainer"},
	} {
		i := slices.IndexFunc(f.visitors, func(v *visitor) bool { return v.name == p.who })
		if i < 0 {
			m.Errorf("no %s", p.who)
			continue
		}
		v := f.visitors[i]
		s := f.open()
		err := s.app.DB.Update(m.Context(), db.Main, func(tx *db.Tx) error {
			n, err := tx.Exec(`UPDATE access_grants SET role = ?2, agency = '', cohort = '' WHERE id = ?1`, v.grant, p.role)
			if err == nil && n != 1 {
				err = errors.New("no such grant")
			}
			return err
		})
		if err != nil {
			m.Fatal(err)
		}
		again := &matrix{T: m.T, expected: m.expected, routes: m.routes, linked: map[string]bool{}, tried: map[string]bool{}, opened: map[string]bool{}, planted: true}
		which := patterns(m.routes)
		f.crawl(s, v, which, m.routes, func(x target) {
			if x.method == http.MethodGet {
				again.try(f, s, v, x)
			}
		})
		s.end()
		if again.wrong-again.heard < 3 || again.heard < 3 {
			m.Errorf("%s acts as %s, and of %d answers %d are found wrong, in %d words are heard", p.who, p.role, again.cells, again.wrong-again.heard, again.heard)
		}
	}
}

// Every route, over HTTP, for every role, agency and country, at several moments
// of the programmes, on a fixture that is restored after every change.
func TestPolicyOverHTTP(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the first programme")
	}
	m := &matrix{T: t, expected: readTable(t, "testdata/routes.txt"), linked: map[string]bool{}, tried: map[string]bool{}, opened: map[string]bool{}, resent: map[string]bool{}, reads: map[string]bool{}}
	times := make([]time.Time, 0, len(instants))
	for _, i := range instants {
		times = append(times, i.at)
	}
	dir := filepath.Join(t.TempDir(), "data")
	unfold(t, dir, times, func(i int, ls []*land) {
		f := newFixture(t, dir, instants[i], ls)
		if m.routes == nil {
			s := f.open()
			m.routes = s.app.Routes()
			s.end()
		}
		letters := f.spool(dir)
		if letters == 0 && i == len(instants)-1 {
			t.Error("no letter has gone out")
		}
		if i == 0 {
			m.catches(f)
		}
		before := time.Now()
		m.look(f)
		t.Logf("%s: %d cells so far, %d canaries, %d visitors, %d letters in the spool, %d queued by changes, %s",
			instants[i].name, m.cells, len(f.canaries), len(f.visitors), letters, f.queued, time.Since(before).Round(time.Second))
	})
	untried := readUntried(t)
	for _, rt := range m.routes {
		p := rt.Method + " " + rt.Pattern
		switch {
		case m.expected[p] == nil:
			t.Errorf("routes.txt says nothing about %s", p)
		case !m.linked[p] && !m.opened[p] && untried[p] == "":
			t.Errorf("no page leads to %s at any instant, and nobody is let in (anything to try it on: %v): extend the fixture, or say in untried.txt why", p, m.tried[p])
		case (m.linked[p] || m.opened[p]) && untried[p] != "":
			t.Errorf("untried.txt speaks of %s, which was tried: take the line out", p)
		}
	}
	for _, list := range []map[string]bool{keys(m.expected), keys(untried)} {
		for p := range list {
			if !slices.ContainsFunc(m.routes, func(rt web.Route) bool { return rt.Method+" "+rt.Pattern == p }) {
				t.Errorf("%s is listed and is no route", p)
			}
		}
	}
	if len(m.resent) < 60 || len(m.reads) < 20 {
		t.Errorf("%d acts were sent again and the reads of %d pages looked for: too few to say anything", len(m.resent), len(m.reads))
	}
	t.Logf("policy over HTTP: %d cells (%d requests of %d routes), %d canaries, %d sent back to mend, %d restores, %d wrong; pages lead to %d routes, somebody is let in by %d, %d acts were sent again, the reads of %d pages looked for",
		m.cells, m.requests, len(m.tried), m.canaries, m.mended, m.restored, m.wrong, len(m.linked), len(m.opened), len(m.resent), len(m.reads))
}

func keys[V any](m map[string]V) map[string]bool {
	out := map[string]bool{}
	for k := range m {
		out[k] = true
	}
	return out
}

// readUntried reads which routes let nobody in at any instant, and why.
func readUntried(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/untried.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		route, why, ok := strings.Cut(line, ": ")
		if !ok || why == "" {
			t.Fatalf("untried.txt: %q gives no reason", line)
		}
		out[route] = why
	}
	return out
}

// around is the text about a word.
func around(text, word string) string {
	i := strings.Index(text, word)
	if i < 0 {
		return ""
	}
	return strings.ToValidUTF8(text[max(0, i-120):min(len(text), i+60)], "")
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
