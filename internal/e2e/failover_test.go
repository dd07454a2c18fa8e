package e2e_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
)

// promotions is how often one run of the tests lets the standby take over.
const promotions = 3

// The database server dies under three instances that share it, and its standby
// takes over: the instances find it by themselves, whoever got no answer sends it
// again to another instance, and everything is there once. An instance that meets
// the old server, with what it last had, changes nothing there.
func TestAFailoverLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	failover(t, func(n int) bool { return n >= promotions })
}

func failover(t *testing.T, enough func(n int) bool) (promoted int, answered, again int64) {
	t.Helper()
	pair := dbtest.NewPair(t)
	var ins []instance
	var apps []*app.App
	for range 3 {
		in := newInstance(t, pair.URL)
		ins, apps = append(ins, in), append(apps, in.open(t))
	}
	defer func() {
		for _, a := range apps {
			_ = a.Close() // connections may be broken
		}
	}()
	s := newSent(opening(t, apps[0]))
	stop := make(chan struct{})
	var answers, resent atomic.Int64
	var wg sync.WaitGroup
	for n := range callers {
		wg.Go(func() {
			for turn := n; ; turn++ {
				select {
				case <-stop:
					return
				default:
				}
				in := s.next()
				for {
					b, err := in.do(apps[turn%len(apps)])
					if err == nil {
						if err := s.answered(b); err != nil {
							t.Error(err)
						}
						answers.Add(1)
						break
					}
					if !fault.Is(err, fault.Unavailable) {
						t.Errorf("a failover is told as %v", err)
						return
					}
					resent.Add(1)
					turn++
					time.Sleep(20 * time.Millisecond) // the servers take over in machine time
				}
			}
		})
	}
	// more waits until something more is answered.
	more := func() error {
		before := answers.Load()
		for range 3000 {
			if answers.Load() > before+2*callers {
				return nil
			}
			time.Sleep(20 * time.Millisecond)
		}
		return fmt.Errorf("after %d promotions nothing is answered any more", promoted)
	}
	must(t, more())
	for ; !enough(promoted); promoted++ {
		if err := pair.FailOver(func(stale string) error {
			if err := more(); err != nil {
				return err
			}
			if promoted > 0 {
				return nil
			}
			time.Sleep(1500 * time.Millisecond) // witnesses are written once a second
			return pair.Revive(func() error { return refused(ins[0], stale) })
		}); err != nil {
			t.Errorf("promotion %d: %v", promoted, err)
			break
		}
		if err := more(); err != nil {
			t.Error(err)
			break
		}
	}
	close(stop)
	wg.Wait()
	if resent.Load() == 0 {
		t.Error("no caller noticed")
	}
	t.Logf("%d promotions, %d answered, %d times a caller was told to send again", promoted, answers.Load(), resent.Load())
	if !t.Failed() {
		s.settle(t, apps[1])
	}
	return promoted, answers.Load(), resent.Load()
}

// refused opens an instance, with the witness that it has, on a server that is
// behind it, and asserts that it changes nothing there.
func refused(in instance, stale string) error {
	cfg, err := config.Load("", append(append(instance{}, in...), "CADRE_DATABASE="+stale))
	if err != nil {
		return err
	}
	cfg.Data = filepath.Join(cfg.Data, "other")
	a, err := app.Open(context.Background(), cfg, app.Options{Clock: clock.NewFake(now), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("on the old server: %w", err)
	}
	defer a.Close() // nothing was written
	if a.Doubt == nil {
		return fmt.Errorf("the old server is taken as it is")
	}
	if _, err := (act{Op: op()}).do(a); !fault.Is(err, fault.Unavailable) {
		return fmt.Errorf("a change on the old server: %v", err)
	}
	return nil
}
