// Package webtest starts a real server for tests of pages, signs people in, and
// checks what comes back: the page's skeleton, its forms, its labels.
package webtest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/assets"
)

// Open is a policy that knows everything and lets whoever is signed in try it:
// for tests of pages whose services decide.
type Open struct{}

// Known is true.
func (Open) Known(string, string) bool { return true }

// Could is true for whoever is signed in.
func (Open) Could(a actor.Actor, _, _ string) bool { return !a.Nobody() }

// Sessions are sessions by token, for tests of pages that do not test signing in.
// It is safe for use by several goroutines.
type Sessions struct {
	mu    sync.Mutex
	known map[string]web.Session
}

// Add opens a session for a and returns its token.
func (s *Sessions) Add(a actor.Actor, p i18n.Prefs, grants ...actor.Grant) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]web.Session{}
	}
	token := id.Secret(32)
	if a.Session == "" {
		a.Session = id.New[id.Session]()
	}
	s.known[token] = web.Session{Actor: a, Grants: grants, Prefs: p, Secret: []byte(id.Secret(32))}
	return token
}

// Own says that the device of a session is her own.
func (s *Sessions) Own(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.known[token]
	x.Own = true
	s.known[token] = x
}

// Lookup returns the session of token.
func (s *Sessions) Lookup(_ context.Context, token string) (web.Session, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.known[token]
	return found, ok, nil
}

// Site is a server in a test.
type Site struct {
	URL      string
	Sessions *Sessions
	Server   *web.Server
	// Log is what the server logged.
	Log *Log
}

// Log collects log lines.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns everything logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Start serves routes until the test ends, on any free port of this machine.
// change may alter what the server is made of.
func Start(t testing.TB, change func(*web.Deps), routes ...web.Route) *Site {
	t.Helper()
	a, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{Sessions: &Sessions{}, Log: &Log{}}
	d := web.Deps{
		Sessions: s.Sessions, Policy: Open{}, Catalogues: i18n.Shipped(), Assets: a,
		Log: slog.New(slog.NewTextHandler(s.Log, nil)),
	}
	if change != nil {
		change(&d)
	}
	s.Server, err = web.New(d, routes...)
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.Server)
	t.Cleanup(ts.Close)
	s.URL = ts.URL
	return s
}

// Browser is someone at the site, without scripts: it keeps cookies, follows
// redirects and fills in forms as they were drawn.
type Browser struct {
	t     testing.TB
	base  string
	token string
	http  *http.Client
	extra map[string]string // cookies beside the session's
	// Language is what the browser asks for.
	Language string
}

// Visit returns a browser for the site at base, signed in by token if that is not
// empty.
func Visit(t testing.TB, base, token string) *Browser {
	return &Browser{t: t, base: base, token: token, extra: map[string]string{}, http: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableCompression: true},
	}}
}

// As returns a browser in which a is signed in.
func (s *Site) As(t testing.TB, a actor.Actor, p i18n.Prefs) *Browser {
	t.Helper()
	return Visit(t, s.URL, s.Sessions.Add(a, p, a.Grant))
}

// Nobody returns a browser in which nobody is signed in.
func (s *Site) Nobody(t testing.TB) *Browser { return Visit(t, s.URL, "") }

// Answer is what came back, after redirects.
type Answer struct {
	Status int
	Path   string // path and query of the last request
	Header http.Header
	Body   string
	Bytes  int // of the body as it came over the wire
	page   *html.Node
}

// Get fetches a page, following redirects.
func (b *Browser) Get(path string) *Answer {
	b.t.Helper()
	return b.follow(http.MethodGet, path, body{}, nil)
}

// Post sends a form as scripts or strangers might: just these values.
func (b *Browser) Post(path string, values url.Values, header ...string) *Answer {
	b.t.Helper()
	return b.follow(http.MethodPost, path, body{"application/x-www-form-urlencoded", values.Encode()}, header)
}

// body is what a request carries; nothing if it has no kind.
type body struct{ kind, content string }

func (b *Browser) follow(method, path string, send body, header []string) *Answer {
	b.t.Helper()
	for range 10 {
		a := b.once(method, path, send, header)
		to := a.Header.Get("Location")
		if a.Status < 300 || a.Status > 399 || to == "" {
			return a
		}
		base, err := url.Parse(path)
		if err != nil {
			b.t.Fatal(err)
		}
		next, err := base.Parse(to)
		if err != nil {
			b.t.Fatal(err)
		}
		method, path, send, header = http.MethodGet, next.RequestURI(), body{}, nil
	}
	b.t.Fatalf("%s leads in circles", path)
	return nil
}

func (b *Browser) once(method, path string, send body, header []string) *Answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, b.base+path, strings.NewReader(send.content))
	if err != nil {
		b.t.Fatal(err)
	}
	if send.kind != "" {
		r.Header.Set("Content-Type", send.kind)
		r.Header.Set("Origin", b.base)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	if b.Language != "" {
		r.Header.Set("Accept-Language", b.Language)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if b.token != "" {
		r.AddCookie(&http.Cookie{Name: web.Cookie, Value: b.token})
	}
	for n, v := range b.extra {
		r.AddCookie(&http.Cookie{Name: n, Value: v})
	}
	resp, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range resp.Cookies() {
		v := c.Value
		if c.MaxAge < 0 {
			v = ""
		}
		switch {
		case c.Name == web.Cookie:
			b.token = v
		case v == "":
			delete(b.extra, c.Name)
		default:
			b.extra[c.Name] = v
		}
	}
	a := &Answer{Status: resp.StatusCode, Path: path, Header: resp.Header, Bytes: len(raw)}
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			b.t.Fatal(err)
		}
		if raw, err = io.ReadAll(z); err != nil {
			b.t.Fatal(err)
		}
	}
	a.Body = string(raw)
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		a.page, err = html.Parse(strings.NewReader(a.Body))
		if err != nil {
			b.t.Fatal(err)
		}
	}
	return a
}

// Submit fills in the form with that id, or with that action if none has the id,
// and sends it. Fields that are not named keep what the page shows.
func (b *Browser) Submit(a *Answer, form string, fill url.Values) *Answer {
	b.t.Helper()
	action, values, err := a.Form(form)
	if err != nil {
		b.t.Fatalf("%s: %v", a.Path, err)
	}
	for k, v := range fill {
		values[k] = v
	}
	return b.Post(action, values)
}

// SubmitFiles is Submit for a form that sends files, by the name of their field.
func (b *Browser) SubmitFiles(a *Answer, form string, fill url.Values, files map[string][]byte) *Answer {
	b.t.Helper()
	action, values, err := a.Form(form)
	if err != nil {
		b.t.Fatalf("%s: %v", a.Path, err)
	}
	for k, v := range fill {
		values[k] = v
	}
	return b.PostFiles(action, values, files)
}

// PostFiles is Post with files, by the name of their field.
func (b *Browser) PostFiles(path string, values url.Values, files map[string][]byte) *Answer {
	b.t.Helper()
	var err error
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for name, vs := range values {
		for _, v := range vs {
			err = errors.Join(err, m.WriteField(name, v))
		}
	}
	for name, content := range files {
		w, fileErr := m.CreateFormFile(name, "file")
		if fileErr == nil {
			_, fileErr = w.Write(content)
		}
		err = errors.Join(err, fileErr)
	}
	if err := errors.Join(err, m.Close()); err != nil {
		b.t.Fatal(err)
	}
	return b.follow(http.MethodPost, path, body{m.FormDataContentType(), buf.String()}, nil)
}

// Form returns the action of a form and what it would send as it stands.
func (a *Answer) Form(form string) (string, url.Values, error) {
	if a.page == nil {
		return "", nil, errors.New("not a page")
	}
	var found *html.Node
	for n := range a.page.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		if attr(n, "id") == form || found == nil && attr(n, "action") == form {
			found = n
		}
	}
	if found == nil {
		return "", nil, fmt.Errorf("no form %q on the page", form)
	}
	return attr(found, "action"), valuesOf(found), nil
}

// valuesOf returns what a form would send as it stands, without a button.
func valuesOf(form *html.Node) url.Values {
	values := url.Values{}
	for n := range form.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" {
			continue
		}
		name := attr(n, "name")
		switch n.Data {
		case "input":
			switch attr(n, "type") {
			case "radio", "checkbox":
				if has(n, "checked") {
					values.Add(name, attr(n, "value"))
				}
			case "file", "submit":
			default:
				values.Add(name, attr(n, "value"))
			}
		case "textarea":
			values.Add(name, text(n))
		case "select":
			for o := range n.Descendants() {
				if o.Type == html.ElementNode && o.Data == "option" && has(o, "selected") {
					values.Add(name, attr(o, "value"))
				}
			}
		}
	}
	return values
}

// Text returns the page's words, with white space folded.
func (a *Answer) Text() string {
	if a.page == nil {
		return a.Body
	}
	return strings.Join(strings.Fields(text(a.page)), " ")
}

// Must fails the test unless the answer has the status and every word.
func (a *Answer) Must(t testing.TB, status int, words ...string) *Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s answered %d, not %d:\n%s", a.Path, a.Status, status, a.Text())
	}
	for _, w := range words {
		if !strings.Contains(a.Text(), w) {
			t.Errorf("%s does not say %q:\n%s", a.Path, w, a.Text())
		}
	}
	return a
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" && d.Parent.Data != "title" {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// Assets lists the addresses of the page's style sheets and scripts.
func (a *Answer) Assets() []string {
	var out []string
	if a.page == nil {
		return nil
	}
	for n := range a.page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case n.Data == "link" && attr(n, "rel") == "stylesheet":
			out = append(out, attr(n, "href"))
		case n.Data == "script" && has(n, "src"):
			out = append(out, attr(n, "src"))
		}
	}
	return out
}
