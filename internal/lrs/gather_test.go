package lrs_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs"
)

// atOnce sends requests while the record store cannot write, so that they wait
// together behind the first, and returns what each is answered. meanwhile is called once they wait, and
// says how many of them are answered before the record store can write again.
func (w *world) atOnce(ctx func(n int) context.Context, meanwhile func() int, calls ...call) []*httptest.ResponseRecorder {
	w.Helper()
	if err := w.s.Ready(context.Background()); err != nil { // else the first writes before it comes to wait
		w.Fatal(err)
	}
	held, free := make(chan struct{}), make(chan struct{})
	var holding, asking sync.WaitGroup
	holding.Go(func() {
		if err := w.d.Update(context.Background(), db.XAPI, func(*db.Tx) error {
			close(held)
			<-free
			return nil
		}); err != nil {
			w.Error(err)
		}
	})
	<-held
	var answered atomic.Int64
	out := make([]*httptest.ResponseRecorder, len(calls))
	for n, c := range calls {
		asking.Go(func() {
			out[n] = w.in(ctx(n), c)
			answered.Add(1)
		})
		for end := time.Now().Add(20 * time.Second); !w.s.Busy() && time.Now().Before(end); {
			time.Sleep(50 * time.Microsecond)
		}
	}
	// One is being written, by itself; all others come to wait for it.
	waiting := w.s.Gathered()
	for end := time.Now().Add(20 * time.Second); waiting < len(calls)-1 && time.Now().Before(end); waiting = w.s.Gathered() {
		time.Sleep(time.Millisecond)
	}
	if waiting != len(calls)-1 {
		w.Errorf("%d of %d requests wait together", waiting, len(calls))
	}
	gone := int64(meanwhile())
	for end := time.Now().Add(20 * time.Second); answered.Load() < gone && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if n := answered.Load(); n != gone {
		w.Errorf("%d are answered before anything can be written, not %d", n, gone)
	}
	close(free)
	asking.Wait()
	holding.Wait()
	return out
}

func patient(int) context.Context { return context.Background() }

func nothing() int { return 0 }

func said(statementID, verb string) call {
	return call{method: "POST", target: "/xapi/statements", body: fmt.Sprintf(
		`{"id":%q,"actor":{"mbox":"mailto:her@example.org"},"verb":{"id":"https://example.org/%s"},"object":{"id":"https://example.org/page"}}`, statementID, verb)}
}

// What is written together is told apart: whoever sends what cannot be kept is told
// so, and nobody else.
func TestWhatIsWrittenTogetherIsToldApart(t *testing.T) {
	each(t, func(w *world) {
		there := id.New[string]()
		w.want(http.StatusOK, said(there, "read"))
		var calls []call
		ids := map[string]bool{there: true}
		for n := range 30 {
			c := said(id.New[string](), "read")
			switch n {
			case 7:
				c = said(there, "closed") // another statement under an id that is taken
			case 9:
				c = said(there, "read") // the same, sent again
			default:
				ids[strings.Split(c.body, `"`)[3]] = true
			}
			calls = append(calls, c)
		}
		for n, rec := range w.atOnce(patient, nothing, calls...) {
			want := http.StatusOK
			if n == 7 {
				want = http.StatusConflict
			}
			if rec.Code != want {
				t.Errorf("request %d is answered with %d, want %d: %s", n, rec.Code, want, rec.Body)
			}
		}
		found := w.find("limit", "100")
		for _, s := range found.Statements {
			if !ids[s["id"].(string)] {
				t.Errorf("nobody sent %v, or it is there twice", s["id"])
			}
			delete(ids, s["id"].(string))
		}
		if len(ids) > 0 {
			t.Errorf("%d statements that were answered are not there", len(ids))
		}
	})
}

// Of two statements with one id that come at once, one is kept, and the other meets
// it: it is passed over where it is the same, and refused where it is not.
func TestOneIDAtOnce(t *testing.T) {
	each(t, func(w *world) {
		same, other := id.New[string](), id.New[string]()
		var calls []call
		for range 8 {
			calls = append(calls, said(same, "read"), said(other, "read"), said(other, "closed"))
		}
		answers := map[int]int{}
		verbs := map[string]int{}
		for n, rec := range w.atOnce(patient, nothing, calls...) {
			if n%3 == 0 && rec.Code != http.StatusOK {
				t.Errorf("the same statement again is answered with %d: %s", rec.Code, rec.Body)
			}
			if n%3 != 0 {
				answers[rec.Code]++
				if rec.Code == http.StatusOK {
					verbs[calls[n].body]++
				}
			}
		}
		if answers[http.StatusOK] != 8 || answers[http.StatusConflict] != 8 || len(verbs) != 1 {
			t.Errorf("of two statements under one id, answers are %v to %d of them", answers, len(verbs))
		}
		if n := len(w.find("limit", "100").Statements); n != 2 {
			t.Errorf("there are %d statements, want 2", n)
		}
	})
}

// Statements of several keys that are written together keep their own authority,
// and are found by their own key alone.
func TestWhatIsWrittenTogetherKeepsItsAuthority(t *testing.T) {
	each(t, func(w *world) {
		var calls []call
		keys := []string{w.key(lrs.NewKey{Title: "One"}), w.key(lrs.NewKey{Title: "Two", Programme: "p"}), w.key(lrs.NewKey{Title: "Three"})}
		for n := range 24 {
			c := said(id.New[string](), fmt.Sprint("by-", n%3))
			c.header = map[string]string{"Authorization": keys[n%3]}
			calls = append(calls, c)
		}
		for n, rec := range w.atOnce(patient, nothing, calls...) {
			if rec.Code != http.StatusOK {
				t.Errorf("request %d: %d %s", n, rec.Code, rec.Body)
			}
		}
		authorities := map[string]bool{}
		for n, k := range keys {
			var r result
			w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?limit=100", header: map[string]string{"Authorization": k}}).Body.Bytes(), &r)
			if len(r.Statements) != 8 {
				t.Errorf("key %d finds %d statements, want 8", n, len(r.Statements))
			}
			for _, s := range r.Statements {
				if verb := s["verb"].(map[string]any)["id"]; verb != fmt.Sprint("https://example.org/by-", n) {
					t.Errorf("key %d finds %v", n, verb)
				}
				authorities[fmt.Sprint(s["authority"])] = true
			}
		}
		if len(authorities) != 3 {
			t.Errorf("three keys have %d authorities", len(authorities))
		}
	})
}

// Whoever goes before its turn has come has sent nothing; whoever waits beside it
// is served.
func TestWhoeverGoesBeforeItsTurnHasSentNothing(t *testing.T) {
	each(t, func(w *world) {
		gone, cancel := context.WithCancel(context.Background())
		var calls []call
		for range 12 {
			calls = append(calls, said(id.New[string](), "read"))
		}
		kept := 0
		for n, rec := range w.atOnce(func(n int) context.Context {
			if n%2 == 1 {
				return gone
			}
			return context.Background()
		}, func() int { cancel(); return len(calls) / 2 }, calls...) {
			if rec.Code == http.StatusOK {
				kept++
			} else if n%2 == 0 {
				t.Errorf("whoever stays is answered with %d: %s", rec.Code, rec.Body)
			}
		}
		if n := len(w.find("limit", "100").Statements); n != kept {
			t.Errorf("%d were answered as kept, and %d are there", kept, n)
		}
	})
}
