package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/db"
)

// desk writes words together, and notes which came together.
type desk struct {
	t      *testing.T
	g      db.Gathering[string]
	most   int
	held   chan struct{} // closed once the first is being written
	free   chan struct{} // closed to let it be
	mu     sync.Mutex
	groups []string
}

var errBad = errors.New("bad")

// write refuses what begins with "bad", and panics for what begins with "worse".
func (k *desk) write(_ context.Context, all []string) error {
	if slices.Contains(all, "held") {
		close(k.held)
		<-k.free
	}
	for _, w := range all {
		if strings.HasPrefix(w, "worse") {
			panic(w)
		}
		if strings.HasPrefix(w, "bad") {
			return fmt.Errorf("%w: %s", errBad, w)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.groups = append(k.groups, strings.Join(all, " "))
	return nil
}

// together has words come, in their order, while another is being written, and
// returns what each is answered. before is called once they wait.
func (k *desk) together(ctx func(n int) context.Context, before func(), words ...string) []error {
	k.t.Helper()
	k.held, k.free, k.groups = make(chan struct{}), make(chan struct{}), nil
	out := make([]error, len(words))
	var coming sync.WaitGroup
	coming.Go(func() {
		if err := k.g.Write(context.Background(), "held", 1, k.most, k.write); err != nil {
			k.t.Error(err)
		}
	})
	<-k.held
	for n, w := range words {
		coming.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					out[n] = fmt.Errorf("panic: %v", p)
				}
			}()
			out[n] = k.g.Write(ctx(n), w, len(w), k.most, k.write)
		})
		for end := time.Now().Add(20 * time.Second); k.g.Waiting() != n+1; time.Sleep(50 * time.Microsecond) {
			if time.Now().After(end) {
				k.t.Fatalf("%d of %d wait", k.g.Waiting(), n+1)
			}
		}
	}
	before()
	close(k.free)
	coming.Wait()
	return out
}

func whoever(int) context.Context { return context.Background() }

func TestWhatComesMeanwhileIsWrittenTogetherInItsOrder(t *testing.T) {
	k := &desk{t: t, most: 9}
	for _, err := range k.together(whoever, func() {}, "one", "two", "three", "much-longer-than-most", "four") {
		if err != nil {
			t.Error(err)
		}
	}
	if want := []string{"held", "one two", "three", "much-longer-than-most", "four"}; !slices.Equal(k.groups, want) {
		t.Errorf("written were %q, want %q", k.groups, want)
	}
	// Who comes after them, and alone, waits for nobody who does not come.
	for _, w := range []string{"five", "six"} {
		if err := k.g.Write(context.Background(), w, 1, k.most, k.write); err != nil {
			t.Error(err)
		}
	}
	if want := []string{"five", "six"}; !slices.Equal(k.groups[5:], want) {
		t.Errorf("then %q, want %q", k.groups[5:], want)
	}
}

func TestOneThatCannotBeWrittenFailsAlone(t *testing.T) {
	for _, wrong := range []string{"bad", "worse"} {
		k := &desk{t: t, most: 100}
		out := k.together(whoever, func() {}, "one", "two", wrong, "three")
		for n, err := range out {
			if (n == 2) != (err != nil) {
				t.Errorf("%s: %d is answered %v", wrong, n, err)
			}
		}
		if wrong == "bad" && !errors.Is(out[2], errBad) {
			t.Errorf("what is bad is answered %v", out[2])
		}
		slices.Sort(k.groups)
		if want := []string{"held", "one", "three", "two"}; !slices.Equal(k.groups, want) {
			t.Errorf("%s: written were %q, want %q", wrong, k.groups, want)
		}
	}
}

func TestWhoeverGoesBeforeItsTurnIsNotWritten(t *testing.T) {
	k := &desk{t: t, most: 100}
	gone, cancel := context.WithCancel(context.Background())
	out := k.together(func(n int) context.Context {
		if n == 1 {
			return gone
		}
		return context.Background()
	}, func() {
		cancel()
	}, "one", "two", "three")
	if out[0] != nil || out[2] != nil {
		t.Errorf("who stays is answered %v, %v", out[0], out[2])
	}
	all := strings.Join(k.groups, " ")
	if written := strings.Contains(all, "two"); written == (out[1] != nil) {
		t.Errorf("written were %q, and who went is answered %v", k.groups, out[1])
	}
}
