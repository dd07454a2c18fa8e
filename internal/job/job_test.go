package job_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
)

var ctx = context.Background()

type letter struct {
	Seat string `json:"seat"`
}

func enqueue(t *testing.T, d *db.DB, s job.Spec) (jid id.Job) {
	t.Helper()
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) (err error) {
		jid, err = job.Enqueue(tx, s)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return jid
}

func pool(d *db.DB, machine clock.Clock) *job.Pool {
	return job.NewPool(d, job.Options{
		Machine: machine, Poll: 5 * time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
}

func drain(t *testing.T, p *job.Pool) {
	t.Helper()
	if _, err := p.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func dead(t *testing.T, d *db.DB) (out []job.Dead) {
	t.Helper()
	if err := d.View(ctx, func(tx *db.Tx) (err error) {
		out, err = job.DeadLetters(tx, 10)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAJobRunsOnceWhenItIsDueAsItsTimer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, clock.System())
		var seen []string
		p.Handle("seat.remind", func(ctx context.Context, j *job.Job) error {
			var l letter
			if err := j.Payload(&l); err != nil {
				return err
			}
			seen = append(seen, l.Seat+" by "+actor.From(ctx).ID())
			return nil
		})
		enqueue(t, d, job.Spec{Kind: "seat.remind", Payload: letter{"7"}, RunAt: dbtest.Start.Add(time.Hour)})
		drain(t, p)
		if len(seen) != 0 {
			t.Fatalf("it ran before it was due: %v", seen)
		}
		dbtest.Clock(d).Advance(time.Hour)
		drain(t, p)
		drain(t, p)
		if len(seen) != 1 || seen[0] != "7 by timer:seat.remind" {
			t.Errorf("it ran as %q", seen)
		}
	})
}

func TestAnEnqueuedJobGoesWithItsTransaction(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, clock.System())
		p.Handle("seat.remind", func(context.Context, *job.Job) error {
			t.Error("a job of a transaction that was rolled back ran")
			return nil
		})
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, err := job.Enqueue(tx, job.Spec{Kind: "seat.remind"}); err != nil {
				return err
			}
			return errors.New("no")
		}); err == nil {
			t.Fatal("no error")
		}
		drain(t, p)
	})
}

func TestAUniqueJobWaitsOnlyOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, clock.System())
		runs := 0
		p.Handle("seat.remind", func(context.Context, *job.Job) error { runs++; return nil })
		a := enqueue(t, d, job.Spec{Kind: "seat.remind", Key: "7"})
		b := enqueue(t, d, job.Spec{Kind: "seat.remind", Key: "7"})
		c := enqueue(t, d, job.Spec{Kind: "seat.remind", Key: "8"})
		if a != b || a == c {
			t.Errorf("ids %s, %s, %s", a, b, c)
		}
		drain(t, p)
		if runs != 2 {
			t.Errorf("%d runs, want 2", runs)
		}
		enqueue(t, d, job.Spec{Kind: "seat.remind", Key: "7"})
		drain(t, p)
		if runs != 3 {
			t.Errorf("after it was done, the key could not be used again: %d runs", runs)
		}
		enqueue(t, d, job.Spec{Kind: "seat.remind", Key: "9"})
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			was, err := job.Cancel(tx, "seat.remind", "9")
			if !was {
				t.Error("nothing was cancelled")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		drain(t, p)
		if runs != 3 {
			t.Error("a cancelled job ran")
		}
	})
}

func TestAFailureIsTriedAgainLaterAndAtLastGivenUp(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, clock.System())
		tries, mend := 0, false
		p.Handle("seat.remind", func(_ context.Context, j *job.Job) error {
			tries++
			if j.Attempt == 2 {
				panic("a bug")
			}
			if mend {
				return nil
			}
			return errors.New("the line is down")
		})
		jid := enqueue(t, d, job.Spec{Kind: "seat.remind"})
		for n := 1; n <= job.MaxAttempts; n++ {
			drain(t, p)
			if tries != n {
				t.Fatalf("attempt %d: %d tries", n, tries)
			}
			dbtest.Clock(d).Advance(job.Backoff(n) - time.Second)
			drain(t, p)
			if tries != n {
				t.Fatalf("attempt %d came too early", n+1)
			}
			dbtest.Clock(d).Advance(time.Second)
		}
		drain(t, p)
		if tries != job.MaxAttempts {
			t.Errorf("%d tries", tries)
		}
		ds := dead(t, d)
		if len(ds) != 1 || ds[0].ID != jid || ds[0].Error != "the line is down" || ds[0].Attempts != job.MaxAttempts {
			t.Fatalf("dead letters: %+v", ds)
		}
		mend = true
		revive := func() error {
			return d.Update(ctx, db.Main, func(tx *db.Tx) error { return job.Revive(tx, jid) })
		}
		if err := revive(); err != nil {
			t.Fatal(err)
		}
		drain(t, p)
		if len(dead(t, d)) != 0 || tries != job.MaxAttempts+1 {
			t.Error("the revived job was not done")
		}
		if err := revive(); !fault.Is(err, fault.NotFound) {
			t.Errorf("reviving what is done: %v", err)
		}
	})
}

func TestADiscardedJobIsNotTriedAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, clock.System())
		tries := 0
		p.Handle("seat.remind", func(_ context.Context, j *job.Job) error {
			tries++
			var n int
			return j.Payload(&n)
		})
		enqueue(t, d, job.Spec{Kind: "seat.remind", Payload: "not a number"})
		drain(t, p)
		dbtest.Clock(d).Advance(24 * time.Hour)
		drain(t, p)
		if ds := dead(t, d); tries != 1 || len(ds) != 1 {
			t.Errorf("%d tries, dead: %v", tries, ds)
		}
	})
}

// marks is where handlers leave an effect in the database.
func marks(t *testing.T, d *db.DB) func() int {
	t.Helper()
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE job_marks (id TEXT PRIMARY KEY)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return func() (n int) {
		if err := d.View(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM job_marks`).Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
}

func mark(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO job_marks (id) VALUES (?1)`, id.New[string]())
	return err
}

// A worker that dies holds its job until the lease runs out; another then takes
// it over, and what the first still tries to write is refused.
func TestAJobOutlivesItsWorkerAndItsEffectHappensOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		count := marks(t, d)
		machine := clock.NewFake(dbtest.Start)
		first, second := pool(d, machine), pool(dbtest.Again(t, d), machine)
		claimed, resume := make(chan struct{}), make(chan struct{})
		var late error
		first.Handle("seat.remind", func(ctx context.Context, j *job.Job) error {
			close(claimed)
			<-resume // a stalled machine: it wakes after its lease has gone
			late = d.Update(context.WithoutCancel(ctx), db.Main, func(tx *db.Tx) error {
				if err := mark(tx); err != nil {
					return err
				}
				return j.Complete(tx)
			})
			return late
		})
		over := make(chan struct{})
		second.Handle("seat.remind", func(ctx context.Context, j *job.Job) error {
			if j.Attempt != 2 {
				t.Errorf("attempt %d", j.Attempt)
			}
			close(resume) // the first one wakes while the second has the job
			<-over
			return d.Update(ctx, db.Main, func(tx *db.Tx) error {
				if err := mark(tx); err != nil {
					return err
				}
				return j.Complete(tx)
			})
		})
		enqueue(t, d, job.Spec{Kind: "seat.remind"})
		go func() { defer close(over); drain(t, first) }()
		<-claimed
		drain(t, second)
		if n := count(); n != 0 {
			t.Fatalf("a leased job was taken: %d effects", n)
		}
		machine.Advance(time.Minute)
		drain(t, second)
		if !fault.Is(late, fault.Conflict) {
			t.Errorf("the first worker's completion: %v", late)
		}
		if n := count(); n != 1 {
			t.Errorf("%d effects, want 1", n)
		}
	})
}

func TestSeveralInstancesShareTheWork(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		const jobs = 60
		var mu sync.Mutex
		runs := map[string]int{}
		var total atomic.Int32
		all := make(chan struct{})
		handler := func(_ context.Context, j *job.Job) error {
			var l letter
			if err := j.Payload(&l); err != nil {
				return err
			}
			mu.Lock()
			runs[l.Seat]++
			mu.Unlock()
			if total.Add(1) == jobs {
				close(all)
			}
			return nil
		}
		for i := range jobs {
			enqueue(t, d, job.Spec{Kind: "seat.remind", Payload: letter{fmt.Sprint(i)}})
		}
		stop, cancel := context.WithCancel(ctx)
		defer cancel()
		var wg sync.WaitGroup
		for _, dd := range []*db.DB{d, dbtest.Again(t, d)} {
			p := pool(dd, clock.System())
			p.Handle("seat.remind", handler)
			wg.Go(func() {
				if err := p.Run(stop, time.Minute); err != nil {
					t.Error(err)
				}
			})
		}
		select {
		case <-all:
		case <-time.After(time.Minute):
			t.Fatal("the work was not done")
		}
		cancel()
		wg.Wait()
		for seat, n := range runs {
			if n != 1 {
				t.Errorf("job %s ran %d times", seat, n)
			}
		}
	})
}

func TestStoppingWaitsForRunningJobs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, clock.System())
		begun, finish := make(chan struct{}), make(chan struct{})
		finished := false
		p.Handle("seat.remind", func(ctx context.Context, _ *job.Job) error {
			close(begun)
			<-finish
			finished = ctx.Err() == nil
			return nil
		})
		enqueue(t, d, job.Spec{Kind: "seat.remind"})
		stop, cancel := context.WithCancel(ctx)
		over := make(chan error, 1)
		go func() { over <- p.Run(stop, time.Minute) }()
		<-begun
		cancel()
		close(finish)
		if err := <-over; err != nil || !finished {
			t.Errorf("stopped with %v; the job finished undisturbed: %v", err, finished)
		}
		drain(t, p) // it is done: the handler would panic on a second close
	})
}

func TestRecurringWorkIsPlannedAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, clock.System())
		runs := 0
		p.Every("journal.checkpoint", 24*time.Hour, func(context.Context, *job.Job) error {
			runs++
			if runs == 2 {
				return job.Discard(errors.New("given up today"))
			}
			return nil
		})
		for day := range 3 {
			drain(t, p)
			drain(t, p)
			if runs != day+1 {
				t.Fatalf("day %d: %d runs", day, runs)
			}
			dbtest.Clock(d).Advance(24 * time.Hour)
		}
	})
}

func TestEndedJobsAreSweptInTime(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, clock.System())
		p.Handle("a.done", func(context.Context, *job.Job) error { return nil })
		p.Handle("a.dead", func(context.Context, *job.Job) error { return job.Discard(errors.New("no")) })
		enqueue(t, d, job.Spec{Kind: "a.done"})
		enqueue(t, d, job.Spec{Kind: "a.dead"})
		drain(t, p)
		left := func() (n int) {
			if err := d.View(ctx, func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT COUNT(*) FROM job_queue WHERE kind LIKE 'a.%'`).Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, step := range []struct {
			after time.Duration
			left  int
		}{{job.KeptDone - time.Hour, 2}, {2 * time.Hour, 1}, {job.KeptDead, 0}} {
			dbtest.Clock(d).Advance(step.after)
			if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { _, err := job.Sweep(tx); return err }); err != nil {
				t.Fatal(err)
			}
			if n := left(); n != step.left {
				t.Errorf("%d left, want %d", n, step.left)
			}
		}
	})
}
