package lrs_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/lrs"
)

const home = "https://training.example.org"

// world is a record store behind its handler, with a key that may do all.
type world struct {
	*testing.T
	d    *db.DB
	s    *lrs.Service
	h    http.Handler
	auth string
}

// operator acts as whoever starts commands on the machine.
func operator() context.Context {
	return actor.With(context.Background(), actor.Actor{Operator: true})
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := lrs.New(lrs.Deps{DB: d, Files: files, Home: home})
	w := &world{T: t, d: d, s: s, h: lrs.NewHandler(s, slog.New(slog.NewTextHandler(io.Discard, nil)))}
	w.auth = w.key(lrs.NewKey{Title: "Everything", Scopes: []lrs.Scope{lrs.ScopeAll}})
	return w
}

// each runs f on both engines.
func each(t *testing.T, f func(w *world)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) { f(newWorld(t, d)) })
}

// key makes a key and returns its Authorization header.
func (w *world) key(n lrs.NewKey) string {
	w.Helper()
	k, secret, err := w.s.CreateKey(operator(), n)
	if err != nil {
		w.Fatal(err)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(k.ID+":"+secret))
}

// call is a request on its way.
type call struct {
	method, target string
	body           string
	header         map[string]string // "" takes a header away
}

func (w *world) do(c call) *httptest.ResponseRecorder {
	w.Helper()
	return w.in(context.Background(), c)
}

func (w *world) in(ctx context.Context, c call) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequestWithContext(ctx, c.method, c.target, strings.NewReader(c.body))
	r.Header.Set("Authorization", w.auth)
	r.Header.Set("X-Experience-API-Version", "2.0.0")
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range c.header {
		if v == "" {
			r.Header.Del(k)
		} else {
			r.Header.Set(k, v)
		}
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec
}

// want does a request that has to be answered with a status.
func (w *world) want(status int, c call) *httptest.ResponseRecorder {
	w.Helper()
	rec := w.do(c)
	if rec.Code != status {
		w.Fatalf("%s %s %.200s: %d, want %d: %s", c.method, c.target, c.body, rec.Code, status, rec.Body)
	}
	return rec
}

// post stores statements and returns their ids.
func (w *world) post(statements ...string) []string {
	w.Helper()
	rec := w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: "[" + strings.Join(statements, ",") + "]"})
	var ids []string
	w.json(rec.Body.Bytes(), &ids)
	return ids
}

func (w *world) json(b []byte, into any) {
	w.Helper()
	if err := json.Unmarshal(b, into); err != nil {
		w.Fatalf("%v: %.300s", err, b)
	}
}

type result struct {
	Statements []map[string]any `json:"statements"`
	More       string           `json:"more"`
}

// find asks for statements by parameters, given in pairs.
func (w *world) find(params ...string) result {
	w.Helper()
	return w.page("/xapi/statements?" + query(params...))
}

func (w *world) page(target string) result {
	w.Helper()
	var r result
	w.json(w.want(http.StatusOK, call{method: "GET", target: target}).Body.Bytes(), &r)
	return r
}

func query(params ...string) string {
	q := url.Values{}
	for i := 0; i < len(params); i += 2 {
		q.Set(params[i], params[i+1])
	}
	return q.Encode()
}

// ids of a page, in its order.
func (r result) ids() string {
	out := make([]string, len(r.Statements))
	for i, s := range r.Statements {
		out[i] = s["id"].(string)[34:]
	}
	return strings.Join(out, " ")
}

// sid is a statement's id that ends in n.
func sid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-0000000000%02d", n) }

// simple is a statement of an agent, a verb and an activity.
func simple(n int, agent, verb, activity string, more ...string) string {
	text := fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:%s@example.org"},"verb":{"id":"urn:v:%s"},"object":{"id":"urn:a:%s"}`, sid(n), agent, verb, activity)
	return text + strings.Join(more, "") + "}"
}

func mbox(agent string) string { return `{"mbox":"mailto:` + agent + `@example.org"}` }

// later moves the clock.
func (w *world) later(d time.Duration) { dbtest.Clock(w.d).Advance(d) }

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if !bytes.Equal(a, b) {
		t.Errorf("%s: %s, want %s", what, a, b)
	}
}
