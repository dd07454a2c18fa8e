package forward_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/lrs/forward"
	"cadre/internal/lrs/statement"
	"cadre/internal/seal"
)

func operator(t *testing.T) context.Context {
	return actor.With(t.Context(), actor.Actor{Operator: true})
}

// store is a record store.
type store struct {
	t *testing.T
	d *db.DB
	s *lrs.Service
	k lrs.Key

	key, secret string
}

func newStore(t *testing.T, d *db.DB, home string) *store {
	t.Helper()
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	x := &store{t: t, d: d, s: lrs.New(lrs.Deps{DB: d, Files: files, Home: home})}
	if x.k, x.secret, err = x.s.CreateKey(operator(t), lrs.NewKey{Title: "All", Scopes: []lrs.Scope{lrs.ScopeAll}}); err != nil {
		t.Fatal(err)
	}
	x.key = x.k.ID
	return x
}

// other is a record store elsewhere, behind TLS, that can be made to fail.
type other struct {
	*store
	*httptest.Server
	// fail answers in the store's place, unless it returns false.
	fail atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]

	mu       sync.Mutex
	requests int
}

func newOther(t *testing.T) *other {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{URL: filepath.Join(t.TempDir(), "other.db")})
	if err != nil {
		t.Fatal(err)
	}
	journal.Attach(d)
	t.Cleanup(func() { _ = d.Close() }) // the test is over
	o := &other{store: newStore(t, d, "https://other.example.org")}
	h := lrs.NewHandler(o.s, slog.New(slog.DiscardHandler))
	o.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.requests++
		o.mu.Unlock()
		if f := o.fail.Load(); f != nil && (*f)(w, r) {
			return
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *other) host() string {
	u, err := url.Parse(o.URL)
	if err != nil {
		o.t.Fatal(err)
	}
	return u.Host
}

func (o *other) failing(f func(w http.ResponseWriter, r *http.Request) bool) {
	if f == nil {
		o.fail.Store(nil)
		return
	}
	o.fail.Store(&f)
}

func status(code int) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(code); return true }
}

// ids are those of a store's statements, voided ones left out, the oldest first,
// by their last two signs.
func (x *store) ids() string {
	x.t.Helper()
	var out []string
	q := lrs.Query{Ascending: true}
	for {
		p, err := x.s.Find(x.t.Context(), x.k, q)
		if err != nil {
			x.t.Fatal(err)
		}
		for _, b := range p.Statements {
			var s struct{ ID string }
			if err := json.Unmarshal(b, &s); err != nil {
				x.t.Fatal(err)
			}
			out = append(out, s.ID[33:])
		}
		if q.After = p.More; p.More == 0 {
			return strings.Join(out, " ")
		}
	}
}

func sid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func simple(n int, verb string) string {
	return fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:%s"},"object":{"id":"urn:a:1"},"timestamp":"2020-10-01T00:00:00Z"}`, sid(n), verb)
}

func (x *store) put(v statement.Version, texts ...string) {
	x.t.Helper()
	var batch []*statement.Statement
	for _, text := range texts {
		top, err := statement.ParseJSON([]byte(text))
		if err != nil {
			x.t.Fatal(err)
		}
		s, err := statement.Read(top, v)
		if err != nil {
			x.t.Fatal(err)
		}
		batch = append(batch, s)
	}
	if _, err := x.s.Store(x.t.Context(), x.k, v, batch, nil); err != nil {
		x.t.Fatal(err)
	}
}

func roots(o *other) *tls.Config {
	return &tls.Config{RootCAs: o.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
}

func forwarder(x *store, o *other, keys *seal.Keys) *forward.Forwarder {
	return forward.New(forward.Deps{DB: x.d, LRS: x.s, Keys: keys, Hosts: []string{o.host()}, Inside: true, TLS: roots(o), Log: slog.New(slog.DiscardHandler)})
}

func (o *other) target(f *forward.Forwarder, filter lrs.Filter) string {
	o.t.Helper()
	t, err := f.Add(operator(o.t), forward.NewTarget{Title: "Other", Endpoint: o.URL + "/xapi/", Account: o.key, Secret: o.secret, Filter: filter})
	if err != nil {
		o.t.Fatal(err)
	}
	return t.ID
}

func push(t *testing.T, f *forward.Forwarder, target string, want int) {
	t.Helper()
	if n, err := f.Push(t.Context(), target); err != nil || n != want {
		t.Fatalf("sent %d, %v, want %d", n, err, want)
	}
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func run(t *testing.T, f func(t *testing.T, x *store, o *other)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) { f(t, newStore(t, d, "https://training.example.org"), newOther(t)) })
}

// Everything goes on, in order: what was there before, statements of both
// versions, voided ones and what voids them, each once.
func TestStatementsGoOnInOrder(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		x.put(statement.V2, simple(1, "1"), simple(2, "1"))
		x.put(statement.V1, simple(3, "1"))
		x.put(statement.V2, `{"id":"`+sid(4)+`","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"`+statement.VerbVoided+`"},"object":{"objectType":"StatementRef","id":"`+sid(1)+`"}}`)
		target := o.target(f, lrs.Filter{})
		push(t, f, target, 4)
		equal(t, "there", o.ids(), "002 003 004")
		push(t, f, target, 0)
		var many []string
		for n := 5; n < 130; n++ {
			many = append(many, simple(n, "1"))
		}
		x.put(statement.V2, many...)
		push(t, f, target, 125)
		equal(t, "all there", o.ids(), x.ids())
		if err := f.Resume(operator(t), target, time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		push(t, f, target, 129) // once more, from the beginning
		equal(t, "each once", o.ids(), x.ids())
		s, err := f.Status(operator(t), target)
		if err != nil || len(s) != 1 || s[0].Sent != 258 || s[0].Waiting != 0 || s[0].Refused != 0 || s[0].Error != "" {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// A filter admits what it names, and what voids that.
func TestFilters(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{Verbs: []string{"urn:v:1", "urn:v:2"}, Activities: []string{"urn:a:1"}})
		x.put(statement.V2, simple(1, "1"), simple(2, "2"), simple(3, "3"), strings.Replace(simple(4, "1"), "urn:a:1", "urn:a:2", 1),
			`{"id":"`+sid(5)+`","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"`+statement.VerbVoided+`"},"object":{"objectType":"StatementRef","id":"`+sid(1)+`"}}`)
		push(t, f, target, 3)
		equal(t, "there", o.ids(), "002 005")
		if _, err := f.Add(operator(t), forward.NewTarget{Endpoint: o.URL + "/xapi", Account: "a", Secret: "b", Filter: lrs.Filter{Verbs: []string{"no iri"}}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a filter that admits nothing: %v", err)
		}
	})
}

// Whatever the target answers, it gets everything once it takes it again; each
// failure makes the pause longer.
func TestATargetThatFails(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		x.put(statement.V2, simple(1, "1"), simple(2, "1"))
		fails := func(what string, answer func(w http.ResponseWriter, r *http.Request) bool, pause time.Duration) {
			t.Helper()
			o.failing(answer)
			if n, err := f.Push(t.Context(), target); err == nil || n != 0 {
				t.Fatalf("%s: sent %d", what, n)
			}
			s, err := f.Status(operator(t), target)
			if err != nil || s[0].Error == "" || s[0].NextAt.Sub(x.d.Clock().Now()) != pause || s[0].Waiting != 2 {
				t.Errorf("%s: %+v, %v", what, s, err)
			}
			push(t, f, target, 0) // it waits
			dbtest.Clock(x.d).Advance(pause)
		}
		fails("out of order", status(http.StatusInternalServerError), 5*time.Second)
		fails("a wrong account", status(http.StatusUnauthorized), 15*time.Second)
		fails("elsewhere", func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "https://"+r.Host+"/away", http.StatusTemporaryRedirect)
			return true
		}, 45*time.Second)
		fails("busy", func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}, 10*time.Minute)
		fails("broken off", func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }, 405*time.Second)
		o.failing(nil)
		push(t, f, target, 2)
		equal(t, "there", o.ids(), "001 002")
		if s, err := f.Status(operator(t), target); err != nil || s[0].Tries != 0 || s[0].Error != "" {
			t.Errorf("afterwards: %+v, %v", s, err)
		}
		// A command resumes it before the pause is over.
		x.put(statement.V2, simple(3, "1"))
		o.failing(status(http.StatusBadGateway))
		if _, err := f.Push(t.Context(), target); err == nil {
			t.Error("it did not fail")
		}
		o.failing(nil)
		if err := f.Resume(operator(t), target, time.Time{}); err != nil {
			t.Fatal(err)
		}
		push(t, f, target, 1)
	})
}

// One statement that is refused for itself holds up no other and is written
// down; a target that refuses all of them has none passed over.
func TestWhatATargetRefuses(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		o.put(statement.V2, simple(7, "another")) // under the same id
		var batch []string
		for n := 1; n < 12; n++ {
			batch = append(batch, simple(n, "1"))
		}
		x.put(statement.V2, batch...)
		push(t, f, target, 10)
		equal(t, "there", o.ids(), "007 001 002 003 004 005 006 008 009 010 011")
		s, err := f.Status(operator(t), target)
		if err != nil || s[0].Refused != 1 || len(s[0].Refusals) != 1 || s[0].Refusals[0].Statement != sid(7) || s[0].Refusals[0].Status != http.StatusConflict {
			t.Errorf("%+v, %v", s, err)
		}
		o.failing(status(http.StatusBadRequest))
		batch = nil
		for n := 20; n < 26; n++ {
			batch = append(batch, simple(n, "1"))
		}
		x.put(statement.V2, batch...)
		if n, err := f.Push(t.Context(), target); err == nil || n != 0 {
			t.Errorf("sent %d", n)
		}
		if s, err := f.Status(operator(t), target); err != nil || s[0].Refused != 1 || s[0].Waiting != 6 || s[0].Tries != 1 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// A target that is out of order may say so with any status: what little came meanwhile
// is kept for it. A statement that nobody will ever take holds up the others no longer
// than until it is sure, and those behind it go before.
func TestAFewThatAreRefusedAreTriedAgain(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		x.put(statement.V2, simple(1, "1"))
		o.failing(status(http.StatusBadRequest))
		for range 3 {
			if n, err := f.Push(t.Context(), target); err == nil || n != 0 {
				t.Fatalf("sent %d to who is out of order", n)
			}
			dbtest.Clock(x.d).Advance(time.Hour)
		}
		o.failing(nil)
		push(t, f, target, 1)

		h := lrs.NewHandler(o.s, slog.New(slog.DiscardHandler))
		o.failing(func(w http.ResponseWriter, r *http.Request) bool {
			b, err := io.ReadAll(r.Body)
			if err != nil || strings.Contains(string(b), sid(2)) {
				w.WriteHeader(http.StatusBadRequest)
				return true
			}
			r.Body = io.NopCloser(bytes.NewReader(b))
			h.ServeHTTP(w, r)
			return true
		})
		x.put(statement.V2, simple(2, "1"))
		tries := 1
		for ; tries < 100; tries++ {
			if _, err := f.Push(t.Context(), target); err == nil {
				break
			}
			dbtest.Clock(x.d).Advance(time.Hour)
		}
		if s, err := f.Status(operator(t), target); err != nil || tries < 10 || s[0].Refused != 1 || s[0].Waiting != 0 {
			t.Errorf("after %d tries: %+v, %v", tries, s, err)
		}
		if err := f.Resume(operator(t), target, time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		x.put(statement.V2, simple(3, "1"))
		push(t, f, target, 2)
		equal(t, "there", o.ids(), "001 003")
	})
}

// One that is refused alone, for its version or its files, holds up nobody where the
// target takes another of its version behind it.
func TestOneThatIsRefusedAloneHoldsUpNobody(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		h := lrs.NewHandler(o.s, slog.New(slog.DiscardHandler))
		o.failing(func(w http.ResponseWriter, r *http.Request) bool {
			b, err := io.ReadAll(r.Body)
			if err != nil || strings.Contains(string(b), sid(1)) || strings.Contains(string(b), sid(4)) {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
				return true
			}
			r.Body = io.NopCloser(bytes.NewReader(b))
			h.ServeHTTP(w, r)
			return true
		})
		x.put(statement.V2, simple(1, "1"))
		x.put(statement.V1, simple(2, "1"))
		x.put(statement.V2, simple(3, "1"))
		x.put(statement.V1, simple(4, "1"))
		x.put(statement.V2, simple(5, "1"))
		if n, err := f.Push(t.Context(), target); err == nil || n != 2 {
			t.Errorf("sent %d, %v", n, err)
		}
		equal(t, "there", o.ids(), "002 003 005")
		s, err := f.Status(operator(t), target)
		if err != nil || s[0].Refused != 1 || s[0].Waiting != 2 || s[0].Error == "" {
			t.Errorf("%+v, %v", s, err)
		}
		dbtest.Clock(x.d).Advance(time.Minute)
		x.put(statement.V1, simple(6, "1"))
		push(t, f, target, 2) // 5 once more
		equal(t, "there", o.ids(), "002 003 005 006")
	})
}

// refusing answers 400 to whatever a function says, and lets the store answer the rest.
func (o *other) refusing(f func(v, body string) bool) {
	h := lrs.NewHandler(o.s, slog.New(slog.DiscardHandler))
	o.failing(func(w http.ResponseWriter, r *http.Request) bool {
		b, err := io.ReadAll(r.Body)
		if err != nil || f(r.Header.Get("X-Experience-API-Version"), string(b)) {
			w.WriteHeader(http.StatusBadRequest)
			return true
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		h.ServeHTTP(w, r)
		return true
	})
}

// through pushes once an hour until all has gone, and returns how many hours that took.
func through(t *testing.T, x *store, f *forward.Forwarder, target, during string) (hours int) {
	t.Helper()
	for ; hours < 100; hours++ {
		if _, err := f.Push(t.Context(), target); err == nil {
			return hours
		}
		if s, err := f.Status(operator(t), target); err != nil || !strings.Contains(s[0].Error, during) {
			t.Errorf("meanwhile: %+v, %v", s, err)
		}
		dbtest.Clock(x.d).Advance(time.Hour)
	}
	t.Fatal("it never went through")
	return 0
}

// What a target refuses for itself among others that it takes does not hold up what
// stands in front of them.
func TestAFewRefusedBehindOneThatWaits(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		o.refusing(func(_, body string) bool {
			for _, n := range []int{1, 10, 20, 30, 40} {
				if strings.Contains(body, sid(n)) {
					return true
				}
			}
			return false
		})
		x.put(statement.V2, simple(1, "1"))
		var batch []string
		for n := 2; n < 82; n++ {
			batch = append(batch, simple(n, "1"))
		}
		x.put(statement.V1, batch...)
		if hours := through(t, x, f, target, "refuses some statements (1, with 400) and takes others"); hours < 24 || hours > 25 {
			t.Errorf("it took %d hours", hours)
		}
		if s, err := f.Status(operator(t), target); err != nil || s[0].Refused != 5 || s[0].Waiting != 0 || s[0].Sent != 76 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// A target that speaks one version alone gets what is of that one, and what is not is
// written down; if it then refuses everything, nothing is passed over.
func TestATargetOfOneVersion(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		down := false
		o.refusing(func(v, _ string) bool { return down || v == "2.0.0" })
		n := 0
		put := func(v statement.Version, count int) {
			var batch []string
			for range count {
				n++
				batch = append(batch, simple(n, "1"))
			}
			x.put(v, batch...)
		}
		for range 8 { // two pages and more
			put(statement.V2, 6)
			put(statement.V1, 10)
		}
		if hours := through(t, x, f, target, "and takes others"); hours < 24 || hours > 25 {
			t.Errorf("it took %d hours", hours)
		}
		if s, err := f.Status(operator(t), target); err != nil || s[0].Refused != 48 || s[0].Waiting != 0 || s[0].Sent != 80 {
			t.Errorf("%+v, %v", s, err)
		}
		down = true
		put(statement.V2, 3)
		put(statement.V1, 3)
		for range 100 {
			if sent, err := f.Push(t.Context(), target); err == nil || sent != 0 {
				t.Fatalf("sent %d to who is out of order", sent)
			}
			dbtest.Clock(x.d).Advance(time.Hour)
		}
		if s, err := f.Status(operator(t), target); err != nil || s[0].Refused != 48 || s[0].Waiting != 6 || !strings.Contains(s[0].Error, "every statement") {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// A gateway that takes nothing of which it is not told how long it is gets statements
// and their files all the same.
func TestTheLengthOfARequestIsTold(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		h := lrs.NewHandler(o.s, slog.New(slog.DiscardHandler))
		o.failing(func(w http.ResponseWriter, r *http.Request) bool {
			if r.ContentLength < 0 || len(r.TransferEncoding) > 0 {
				w.WriteHeader(http.StatusLengthRequired)
				return true
			}
			h.ServeHTTP(w, r)
			return true
		})
		x.put(statement.V2, simple(1, "1"), simple(2, "1"))
		push(t, f, target, 2)
		var parts bytes.Buffer
		m := multipart.NewWriter(&parts)
		write := func(content string, header textproto.MIMEHeader) {
			p, err := m.CreatePart(header)
			if err == nil {
				_, err = io.WriteString(p, content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		var attached []string
		contents := []string{"one", strings.Repeat("two", 50_000)}
		hash := func(content string) string {
			sum := sha256.Sum256([]byte(content))
			return hex.EncodeToString(sum[:])
		}
		for _, content := range contents {
			attached = append(attached, fmt.Sprintf(`{"usageType":"urn:u:1","display":{"en":"x"},"contentType":"text/plain","length":%d,"sha2":%q}`, len(content), hash(content)))
		}
		write(strings.TrimSuffix(simple(3, "1"), "}")+`,"attachments":[`+strings.Join(attached, ",")+`]}`, textproto.MIMEHeader{"Content-Type": {"application/json"}})
		for _, content := range contents {
			write(content, textproto.MIMEHeader{"Content-Type": {"text/plain"}, "Content-Transfer-Encoding": {"binary"}, "X-Experience-API-Hash": {hash(content)}})
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/xapi/statements", &parts)
		r.SetBasicAuth(x.key, x.secret)
		r.Header.Set("Content-Type", "multipart/mixed; boundary="+m.Boundary())
		r.Header.Set("X-Experience-API-Version", "2.0.0")
		w := httptest.NewRecorder()
		if lrs.NewHandler(x.s, slog.New(slog.DiscardHandler)).ServeHTTP(w, r); w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		push(t, f, target, 1)
		p, err := o.s.Find(t.Context(), o.k, lrs.Query{Form: lrs.Form{Attachments: true}})
		if err != nil || len(p.Statements) != 3 || len(p.Attachments) != 2 {
			t.Errorf("%d statements with %d files, %v", len(p.Statements), len(p.Attachments), err)
		}
	})
}

// Whatever stops it, the operator reads it, and it is tried again after a pause.
func TestWhateverStopsItIsTold(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		x.put(statement.V2, simple(1, "1"))
		if err := x.d.Update(t.Context(), db.XAPI, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE lrs_statements SET body = ?1`, []byte("broken"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Push(t.Context(), target); err == nil {
			t.Error("a damaged statement was sent")
		}
		if s, err := f.Status(operator(t), target); err != nil || !strings.Contains(s[0].Error, "damaged") || !s[0].NextAt.After(x.d.Clock().Now()) {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// What no filter admits is looked at once, however much it is.
func TestWhatIsNotWantedIsLookedAtOnce(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{Verbs: []string{"urn:v:2"}})
		x.put(statement.V2, simple(1, "1"))
		dbtest.Clock(x.d).Advance(2 * time.Minute)
		x.put(statement.V2, simple(2, "1"))
		push(t, f, target, 0)
		all, err := f.Targets(operator(t))
		if err != nil || !all[0].At.Equal(x.d.Clock().Now()) {
			t.Errorf("looked at up to %v, %v", all[0].At, err)
		}
		x.put(statement.V2, simple(3, "2"))
		push(t, f, target, 1)
	})
}

// Killed after the target has taken statements and before that is written down,
// another process sends them again, once the dead one's lease is over.
func TestKilledInBetween(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		keys, machine := seal.New(), clock.NewFake(time.Date(2020, 10, 1, 0, 0, 0, 0, time.UTC))
		deps := forward.Deps{DB: x.d, LRS: x.s, Keys: keys, Hosts: []string{o.host()}, Inside: true, TLS: roots(o), Machine: machine, Log: slog.New(slog.DiscardHandler)}
		f := forward.New(deps)
		target := o.target(f, lrs.Filter{})
		x.put(statement.V2, simple(1, "1"), simple(2, "1"))
		h := lrs.NewHandler(o.s, slog.New(slog.DiscardHandler))
		taken, die := make(chan struct{}), make(chan struct{})
		o.failing(func(w http.ResponseWriter, r *http.Request) bool {
			h.ServeHTTP(httptest.NewRecorder(), r) // it has them; the answer never comes
			close(taken)
			<-die
			panic(http.ErrAbortHandler)
		})
		ended := make(chan error, 1)
		go func() { _, err := f.Push(t.Context(), target); ended <- err }()
		<-taken
		o.failing(nil)
		second := forward.New(deps)
		push(t, second, target, 0) // the first one's lease
		machine.Advance(3 * time.Minute)
		push(t, second, target, 2)
		close(die)
		if err := <-ended; err == nil {
			t.Error("the first one did not notice")
		}
		equal(t, "each once", o.ids(), "001 002")
		if s, err := f.Status(operator(t), target); err != nil || s[0].Sent != 2 || s[0].Waiting != 0 || s[0].Tries != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// A target that does not answer slows no other one.
func TestADeadTargetSlowsNobody(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		dead := newOther(t)
		hang := make(chan struct{})
		dead.failing(func(_ http.ResponseWriter, r *http.Request) bool {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-hang:
			case <-r.Context().Done():
			}
			return true
		})
		defer close(hang)
		trust := roots(o)
		trust.RootCAs.AddCert(dead.Certificate())
		f := forward.New(forward.Deps{DB: x.d, LRS: x.s, Keys: seal.New(), Hosts: []string{o.host(), dead.host()}, Inside: true, TLS: trust, Log: slog.New(slog.DiscardHandler)})
		for range 3 {
			dead.target(f, lrs.Filter{})
		}
		o.target(f, lrs.Filter{})
		ctx, stop := context.WithCancel(operator(t))
		ended := make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()
		for n := 1; n < 4; n++ {
			x.put(statement.V2, simple(n, "1"))
			for o.ids() != x.ids() {
				if t.Context().Err() != nil {
					t.Fatal("it never came")
				}
				time.Sleep(20 * time.Millisecond)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// Paused, nothing goes; removed, nothing ever. A host that is not named, or
// another scheme, is refused, and so is whoever may not change the instance.
func TestTargetsAreKept(t *testing.T) {
	run(t, func(t *testing.T, x *store, o *other) {
		f := forwarder(x, o, seal.New())
		target := o.target(f, lrs.Filter{})
		x.put(statement.V2, simple(1, "1"))
		if err := f.Pause(operator(t), target); err != nil {
			t.Fatal(err)
		}
		push(t, f, target, 0)
		if err := f.Resume(operator(t), target, time.Time{}); err != nil {
			t.Fatal(err)
		}
		push(t, f, target, 1)
		var text []byte
		if err := x.d.View(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT sealed FROM lrs_forwards`).Scan(&text) }); err != nil || strings.Contains(string(text), o.secret) {
			t.Errorf("the secret is not sealed, %v", err)
		}
		if err := f.Remove(operator(t), target); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{"pause": f.Pause(operator(t), target), "resume": f.Resume(operator(t), target, time.Time{}), "remove": f.Remove(operator(t), target)} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s of what is removed: %v", what, err)
			}
		}
		for endpoint, kind := range map[string]fault.Kind{
			"https://elsewhere.example.org/xapi": fault.Denied, "http://" + o.host(): fault.Invalid, "https://u:p@" + o.host(): fault.Invalid, "": fault.Invalid,
		} {
			if _, err := f.Add(operator(t), forward.NewTarget{Endpoint: endpoint, Account: "a", Secret: "b"}); !fault.Is(err, kind) {
				t.Errorf("%q: %v", endpoint, err)
			}
		}
		if _, err := f.Add(t.Context(), forward.NewTarget{Endpoint: o.URL, Account: "a", Secret: "b"}); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("by nobody: %v", err)
		}
		// A name that leads inside is not dialled unless that is meant.
		outside := forward.New(forward.Deps{DB: x.d, LRS: x.s, Keys: seal.New(), Hosts: []string{o.host()}, TLS: roots(o), Log: slog.New(slog.DiscardHandler)})
		inside := o.target(outside, lrs.Filter{})
		before := o.requests
		if _, err := outside.Push(t.Context(), inside); err == nil || o.requests != before {
			t.Errorf("a neighbour was asked: %v", err)
		}
	})
}
