package policy_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/api"
	"cadre/internal/cohort"
	"cadre/internal/content"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// course is the structure of a package made elsewhere.
const course = `<?xml version="1.0"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
 <course id="https://example.org/NAME"><title><langstring lang="en">Interviewing TITLE</langstring></title><description><langstring lang="en">d</langstring></description></course>
 <au id="https://example.org/NAME/one" moveOn="Passed" masteryScore="0.8"><title><langstring lang="en">One TITLE</langstring></title><description><langstring lang="en">d</langstring></description><url>one.html</url></au>
</courseStructure>`

// brought is a package of a land, and what one of its participants does with it.
type brought struct {
	pack         id.Module
	person       id.Person
	activity     string
	registration id.Attempt
	session      string
	archive      []byte
}

func archive(name, title string) []byte {
	return bundletest.Zip("cmi5.xml", strings.NewReplacer("NAME", name, "TITLE", title).Replace(course), "one.html", "<title>One</title>")
}

// bringsIn: the officer has brought a package in.
func (e *extra) bringsIn(ctx context.Context) brought {
	officer := e.as(ctx, "officer", actor.ProgrammeOfficer)
	w := words{e.random()}
	_ = w.latin() // the first word of that hour is a name's
	title, _ := e.land.plant(w, kindPackage, "", "")
	b := brought{person: e.land.person(e.t, "fia-01"), activity: "one"}
	zip := archive(strings.ToLower(e.land.country), title)
	got, err := e.app.Content.ImportPackage(officer, newOp(), content.ImportPackage{
		Programme: e.programme(ctx), File: bytes.NewReader(zip), Size: int64(len(zip)), Publish: true,
	})
	e.must(err)
	b.pack = got.Package
	b.archive = archive(strings.ToLower(e.land.country)+"-more", "again")
	return b
}

// bringsAPackage: the officer has brought a package in, and another program has
// launched it for a participant.
func (e *extra) bringsAPackage(ctx context.Context) {
	b := e.bringsIn(ctx)
	program := actor.With(ctx, actor.Actor{Token: id.New[id.Token](), Scopes: access.ScopeLaunch})
	l, err := e.app.Player.LaunchFor(program, newOp(), player.LaunchFor{Package: b.pack, Person: b.person, Unit: b.activity, Mode: player.Normal})
	e.must(err)
	b.registration, b.session = l.Registration, l.Session
	e.brought[e.land.country] = b
	for _, key := range []string{"fia-01", "pp-01"} {
		e.keyed[e.land.country+" "+key] = e.land.person(e.t, key)
	}
}

// programme is what the land's cohort is of.
func (e *extra) programme(ctx context.Context) id.Programme {
	e.t.Helper()
	var c cohort.Cohort
	e.must(e.app.DB.View(ctx, func(tx *db.Tx) (err error) {
		c, err = cohort.ByID(tx, e.land.play.Opened())
		return err
	}))
	return c.Programme
}

// A caller is somebody or something that calls the API.
type caller struct {
	name string
	// as is what the expectations call it: a role, a scope, or nobody.
	as     string
	header []string // of the request
	who    *visitor // nil for programs
	cookie string
}

// callers are everybody at a browser, who shows her session's token as a bearer, a
// program for each scope, and those who have nothing to show that holds.
func (m *matrix) callers(f *fixture, s *site) []caller {
	m.Helper()
	bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	out := []caller{
		{name: "nobody", as: "nobody"},
		{name: "a token that was never made", as: "nobody", header: bearer(access.TokenPrefix + id.Secret(24))},
	}
	for _, v := range f.visitors {
		if v.token == "" {
			continue
		}
		out = append(out, caller{name: v.name, as: v.role, who: v, header: bearer(v.token)})
		if v.role == "officer" || v.role == "admin" {
			out = append(out, caller{name: "the cookie of " + v.name, as: "nobody", cookie: v.token})
		}
	}
	for _, scope := range access.Scopes() {
		made, err := s.app.Access.CreateToken(operator(), newOp(), access.NewToken{Name: scope, Scopes: []string{scope}})
		if err != nil {
			m.Fatal(err)
		}
		ended, err := s.app.Access.CreateToken(operator(), newOp(), access.NewToken{Name: "ended", Scopes: []string{scope}})
		if err == nil {
			err = s.app.Access.EndToken(operator(), newOp(), ended.ID)
		}
		if err != nil {
			m.Fatal(err)
		}
		out = append(out,
			caller{name: "a program: " + scope, as: scope, header: bearer(made.Token)},
			caller{name: "an ended program: " + scope, as: "nobody", header: bearer(ended.Token)},
		)
	}
	return out
}

// A call is a request of an operation on what is a land's.
type call struct {
	operation string // "GET /packages/{id}"
	country   string // empty for what is nobody's
	person    id.Person
	request   func() *http.Request
}

// ask makes a request of the API: a body of JSON, or a form.
func ask(method, path string, body any) func() *http.Request {
	return func() *http.Request {
		var content io.Reader
		kind := ""
		switch b := body.(type) {
		case nil:
		case []byte: // a package
			var buf bytes.Buffer
			w := multipart.NewWriter(&buf)
			part, err := w.CreateFormFile("file", "package.zip")
			if err == nil {
				_, err = part.Write(b)
			}
			if err == nil {
				err = w.Close()
			}
			if err != nil {
				panic(err) // a buffer takes everything
			}
			content, kind = &buf, w.FormDataContentType()
		default:
			text, err := json.Marshal(b)
			if err != nil {
				panic(err) // maps of strings
			}
			content, kind = bytes.NewReader(text), "application/json"
		}
		r, err := http.NewRequest(method, api.Prefix+path, content)
		if err != nil {
			panic(err) // addresses made here
		}
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		if method != http.MethodGet {
			r.Header.Set("Idempotency-Key", string(newOp()))
		}
		return r
	}
}

// calls are requests of every operation, for each land. What takes a package away
// comes last.
func (f *fixture) calls() []call {
	out := []call{
		{operation: "GET /health", request: ask("GET", "/health", nil)},
		{operation: "GET /me", request: ask("GET", "/me", nil)},
	}
	for _, l := range lands {
		b := f.brought[l.country]
		add := func(operation, path string, body any, person id.Person) {
			method, _, _ := strings.Cut(operation, " ")
			out = append(out, call{operation, l.country, person, ask(method, path, body)})
		}
		pack := "/packages/" + string(b.pack)
		activity := "/registrations/" + string(b.registration) + "/activities/" + url.PathEscape(b.activity)
		add("GET /packages/{id}", pack, nil, "")
		add("GET /packages/{id}/attempts", pack+"/attempts", nil, b.person)
		add("GET /packages/{id}/attempts", pack+"/attempts?person="+string(b.person), nil, b.person)
		add("GET /registrations/{id}/activities/{activity}/data", activity+"/data", nil, b.person)
		add("POST /packages/{id}/launches", pack+"/launches", map[string]string{"person": string(b.person), "activity": b.activity}, b.person)
		add("POST /registrations/{id}/activities/{activity}/waive", activity+"/waive", map[string]string{"reason": "Administrative"}, b.person)
		add("POST /sessions/{id}/abandon", "/sessions/"+b.session+"/abandon", nil, b.person)
	}
	out = append(out, call{operation: "POST /packages", request: ask("POST", "/packages", f.brought["PK"].archive)})
	for _, l := range lands {
		out = append(out, call{"DELETE /packages/{id}", l.country, "", ask("DELETE", "/packages/"+string(f.brought[l.country].pack), nil)})
	}
	return out
}

// operations are those that the program says it has.
func (m *matrix) operations(s *site) []string {
	m.Helper()
	a := webtest.Visit(m.T, s.url, "").Get(api.Prefix + "/openapi.json")
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(a.Body), &document); err != nil {
		m.Fatalf("the API's description: %d, %v", a.Status, err)
	}
	var out []string
	for path, methods := range document.Paths {
		for method := range methods {
			out = append(out, strings.ToUpper(method)+" "+strings.TrimPrefix(path, api.Prefix))
		}
	}
	if len(out) == 0 {
		m.Fatal("the API describes no operation")
	}
	return out
}

// mayCall says, by hand, whether a caller is listed for a call, whether being kept
// out would be a fault, and whether what it is about is the caller's own.
func (m *matrix) mayCall(expected allowed, c caller, x call) (listed, sure, own bool) {
	who := expected[x.operation]
	names := []string{c.as, "anyone"}
	if c.who != nil {
		names = append(names, "signed")
	} else if c.as != "nobody" {
		names = append(names, "program")
	}
	for _, n := range names {
		if s, ok := who[n]; ok {
			listed, sure = true, s
			break
		}
	}
	if c.who == nil || x.country == "" {
		return listed, sure, true
	}
	own = c.who.country == x.country && c.who.course == ""
	if x.person != "" {
		switch c.who.role {
		case "participant":
			own = own && c.who.person == x.person
		case "coach":
			own = own && slices.Contains(c.who.coached, x.person)
		}
	}
	return listed, sure, own
}

// call sends a call as a caller.
func (m *matrix) call(f *fixture, s *site, expected allowed, c caller, x call) {
	m.Helper()
	m.cells++
	r := x.request()
	u, err := url.Parse(s.url)
	if err != nil {
		m.Fatal(err)
	}
	r.URL.Scheme, r.URL.Host = u.Scheme, u.Host
	for i := 0; i+1 < len(c.header); i += 2 {
		r.Header.Set(c.header[i], c.header[i+1])
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: web.Cookie, Value: c.cookie})
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		m.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		m.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		m.Fatal(err)
	}
	listed, sure, own := m.mayCall(expected, c, x)
	where := fmt.Sprintf("%s, %s %s: %d %s", c.name, x.operation, x.country, resp.StatusCode, clip(string(body)))
	switch got := resp.StatusCode; {
	case got >= 500 || got == http.StatusUnprocessableEntity || got == http.StatusBadRequest:
		m.fail("broken: %s\n%s", where, f.log.String())
		f.log.Reset()
	case got == http.StatusUnauthorized || got == http.StatusForbidden || got == http.StatusNotFound:
		if listed && own && sure && (c.who == nil || c.who.course == "") {
			m.fail("kept out: %s", where)
		}
	case !listed || !own:
		m.fail("let in, listed %v, its own %v: %s", listed, own, where)
	default:
		m.opened[x.operation] = true
	}
	for _, k := range f.sung(string(body)) {
		may := k.kind == kindPackage && c.who == nil && (c.as == access.ScopePackages || c.as == access.ScopeAttempts)
		if c.who != nil {
			may = c.who.may(k)
		}
		if !may {
			m.heard++
			m.fail("reads a %s of %s: %s", k.kind, k.country, where)
		}
	}
}

// Every operation of /api/v1 as everybody: people by their session's token, programs
// by a token of each scope, and those whose token does not hold, among them a
// browser's cookie. And every resource of the record store, /xapi/, for keys of each
// scope and limit, and for launches. A token or a key that says more than it should is
// noticed.
func TestTheAPIOverHTTP(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the first programme")
	}
	i := instants[0]
	i.acts = []func(*extra, context.Context){(*extra).bringsAPackage}
	dir := filepath.Join(t.TempDir(), "data")
	unfold(t, dir, []time.Time{i.at}, func(_ int, ls []*land) {
		f := newFixture(t, dir, i, ls)
		t.Run("the API", func(t *testing.T) { programs(t, f.in(t)) })
		t.Run("the record store", func(t *testing.T) { remembers(t, f.in(t)) })
	})
}

func programs(t *testing.T, f *fixture) {
	t.Helper()
	s := f.open()
	defer func() { s.end() }()
	expected := readTable(t, "testdata/api.txt")
	m := &matrix{T: t, opened: map[string]bool{}}
	callers, calls := m.callers(f, s), f.calls()
	for _, x := range calls {
		for _, c := range callers {
			m.call(f, s, expected, c, x)
		}
	}
	there := m.operations(s)
	for _, op := range there {
		switch {
		case expected[op] == nil:
			t.Errorf("api.txt says nothing about %s", op)
		case !slices.ContainsFunc(calls, func(x call) bool { return x.operation == op }):
			t.Errorf("nobody calls %s: say in api_test.go how", op)
		case !m.opened[op]:
			t.Errorf("%s lets nobody in", op)
		}
	}
	for op := range expected {
		if !slices.Contains(there, op) {
			t.Errorf("api.txt speaks of %s, which is no operation", op)
		}
	}
	for scope, more := range map[string]string{access.ScopeLaunch: access.ScopeAttempts, access.ScopePackages: access.ScopeLaunch, access.ScopeAttempts: access.ScopePackages} {
		if n := m.says(f, expected, scope, more); n < 3 {
			t.Errorf("a token for %s may do %s, and only %d answers are found wrong", scope, more, n)
		}
	}
	t.Logf("the API: %d cells, %d operations, %d callers, %d canaries", m.cells, len(there), len(callers), len(f.canaries))
}

// says counts what is found wrong when a token for one scope may do another.
func (m *matrix) says(f *fixture, expected allowed, scope, more string) int {
	m.Helper()
	s := f.open()
	defer func() { s.end() }()
	p := &matrix{T: m.T, opened: map[string]bool{}, planted: true}
	all := p.callers(f, s)
	i := slices.IndexFunc(all, func(c caller) bool { return c.as == scope })
	err := s.app.DB.Update(m.Context(), db.Main, func(tx *db.Tx) error {
		changed, err := tx.Exec(`UPDATE access_tokens SET scopes = ?2 WHERE scopes = ?1 AND ended_at = 0`, scope, more)
		if err == nil && changed != 1 {
			err = fmt.Errorf("%d tokens", changed)
		}
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
	for _, x := range f.calls() {
		p.call(f, s, expected, all[i], x)
	}
	return p.wrong
}

// readTable reads who may do what.
func readTable(t *testing.T, file string) allowed {
	t.Helper()
	f, err := os.Open(file)
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
		route, who, ok := strings.Cut(line, ": ")
		if !ok || out[route] != nil {
			t.Fatalf("%s:%d: %q", file, n, line)
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
