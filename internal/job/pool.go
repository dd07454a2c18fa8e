package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cadre/internal/actor"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Handler does the work of one kind. It returns nil when the work is done, and
// may have called [Job.Complete] to be done in the same transaction. ctx ends
// when the pool is stopped in haste or the lease is lost. The actor in ctx is
// the timer named after the kind.
type Handler func(ctx context.Context, j *Job) error

// Job is a claimed job in the hands of its handler.
type Job struct {
	ID   id.Job
	Kind string
	// Attempt counts this one, from 1.
	Attempt int
	// RunAt is when it was due.
	RunAt   time.Time
	payload []byte
	lease   string
	pool    *Pool
	done    atomic.Bool
}

// Payload decodes the payload into v.
func (j *Job) Payload(v any) error {
	if err := json.Unmarshal(j.payload, v); err != nil {
		return Discard(fmt.Errorf("job: payload of %s: %w", j.Kind, err))
	}
	return nil
}

// Complete marks the job as done in tx, so that what tx writes and the job's
// end are one. It fails, and tx must with it, if another worker has the job.
func (j *Job) Complete(tx *db.Tx) error {
	n, err := tx.Exec(`UPDATE job_queue SET state = 'done', lease = NULL, lease_until = 0, ended_at = ?3, last_error = ''
		WHERE id = ?1 AND lease = ?2 AND state = 'leased'`, j.ID, j.lease, db.Micros(tx.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "job.lease-lost", nil)
	}
	if every := j.pool.every[j.Kind]; every > 0 {
		if err := j.pool.again(tx, j.Kind, tx.Now().Add(every)); err != nil {
			return err
		}
	}
	tx.AfterCommit(func() { j.done.Store(true) })
	return nil
}

type discarded struct{ error }

func (d discarded) Unwrap() error { return d.error }

// Discard marks a failure as final: the job is dead without further attempts.
func Discard(err error) error { return discarded{err} }

// Options of a pool. Zero values are good.
type Options struct {
	// Workers bounds the jobs that run at once; 4 if 0.
	Workers int
	// Lease is how long a worker that died keeps a job from others; 1 minute if 0.
	Lease time.Duration
	// Poll is the pause between looks for due jobs; 1 second if 0.
	Poll time.Duration
	// Machine is the clock of leases; the system's if nil. Due times follow the
	// clock of the database.
	Machine clock.Clock
	// Log gets failures; slog's default if nil.
	Log *slog.Logger
}

// Pool claims and runs jobs. Handlers are registered before it is started.
type Pool struct {
	d        *db.DB
	opt      Options
	handlers map[string]Handler
	every    map[string]time.Duration
}

// NewPool returns a pool without handlers.
func NewPool(d *db.DB, opt Options) *Pool {
	if opt.Workers == 0 {
		opt.Workers = 4
	}
	if opt.Lease == 0 {
		opt.Lease = time.Minute
	}
	if opt.Poll == 0 {
		opt.Poll = time.Second
	}
	if opt.Machine == nil {
		opt.Machine = clock.System()
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	p := &Pool{d: d, opt: opt, handlers: map[string]Handler{}, every: map[string]time.Duration{}}
	p.Every("job.sweep", 24*time.Hour, func(ctx context.Context, j *Job) error {
		return p.d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, err := Sweep(tx); err != nil {
				return err
			}
			return j.Complete(tx)
		})
	})
	return p
}

// Handle registers the handler of a kind. Kinds without a handler in this
// program are left for an instance that has one.
func (p *Pool) Handle(kind string, h Handler) {
	if _, taken := p.handlers[kind]; taken {
		panic("job: two handlers for " + kind)
	}
	p.handlers[kind] = h
}

// Every registers work that is done again an interval after it was last done,
// for ever, by one instance at a time. It is first due when the pool starts on
// a database that does not know it yet.
func (p *Pool) Every(kind string, interval time.Duration, h Handler) {
	p.Handle(kind, h)
	p.every[kind] = interval
}

func (p *Pool) again(tx *db.Tx, kind string, at time.Time) error {
	_, err := Enqueue(tx, Spec{Kind: kind, RunAt: at, Key: "every"})
	return err
}

// plan enqueues the recurring jobs that are not waiting already.
func (p *Pool) plan(ctx context.Context) error {
	return p.d.Update(ctx, db.Main, func(tx *db.Tx) error {
		for kind := range p.every {
			if err := p.again(tx, kind, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// Run works until ctx ends, then waits for the jobs that are running: for up to
// grace, after which their contexts end too. It returns nil after such a stop.
func (p *Pool) Run(ctx context.Context, grace time.Duration) error {
	if err := p.plan(ctx); err != nil {
		return err
	}
	work, hurry := context.WithCancelCause(context.WithoutCancel(ctx))
	defer hurry(nil)
	slots := make(chan struct{}, p.opt.Workers)
	freed := make(chan struct{}, 1)
	var wg sync.WaitGroup
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			stopped := make(chan struct{})
			go func() { wg.Wait(); close(stopped) }()
			select {
			case <-stopped:
			case <-time.After(grace):
				hurry(errors.New("job: the pool is stopping"))
				<-stopped
			}
			return nil
		case <-timer.C:
		case <-freed:
		}
		jobs, err := p.claim(ctx, p.opt.Workers-len(slots))
		if err != nil && ctx.Err() == nil {
			p.opt.Log.Warn("job: claim", "error", err)
		}
		for _, j := range jobs {
			slots <- struct{}{}
			wg.Go(func() {
				p.run(work, j)
				<-slots
				select {
				case freed <- struct{}{}:
				default:
				}
			})
		}
		timer.Reset(p.opt.Poll)
	}
}

// Drain runs whatever is due, one job after the other, until nothing is, and
// returns the number of attempts. The demo and tests drive the clock with it.
func (p *Pool) Drain(ctx context.Context) (int, error) {
	if err := p.plan(ctx); err != nil {
		return 0, err
	}
	for n := 0; ; n++ {
		jobs, err := p.claim(ctx, 1)
		if err != nil || len(jobs) == 0 {
			return n, err
		}
		p.run(ctx, jobs[0])
	}
}

// due selects what may be claimed. Leases are judged by the machine's clock.
const due = `(state = 'ready' AND run_at <= ?1 OR state = 'leased' AND lease_until <= ?2)`

// claim takes up to n due jobs of kinds that this pool handles.
func (p *Pool) claim(ctx context.Context, n int) ([]*Job, error) {
	if n <= 0 {
		return nil, nil
	}
	kinds := make([]string, 0, len(p.handlers))
	for k := range p.handlers {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	filter := due + ` AND kind IN (` + marks(3, len(kinds)) + `)`
	machine := p.opt.Machine.Now()
	args := func(tx *db.Tx) []any {
		a := []any{db.Micros(tx.Now()), db.Micros(machine)}
		for _, k := range kinds {
			a = append(a, k)
		}
		return a
	}
	// Look without taking the lane: most looks find nothing.
	var some bool
	err := p.d.View(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT 1 FROM job_queue WHERE `+filter+` LIMIT 1`, args(tx)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		some = rows.Next()
		return rows.Err()
	})
	if err != nil || !some {
		return nil, err
	}
	var jobs []*Job
	err = p.d.Update(ctx, db.Main, func(tx *db.Tx) (err error) {
		jobs, err = db.Collect(tx, func(r *db.Rows) (*Job, error) {
			j := &Job{pool: p, lease: id.New[string]()}
			var at int64
			err := r.Scan(&j.ID, &j.Kind, &j.payload, &at, &j.Attempt)
			j.RunAt = db.Time(at)
			j.Attempt++
			return j, err
		}, `SELECT id, kind, payload, run_at, attempts FROM job_queue WHERE `+filter+` ORDER BY run_at, id LIMIT `+strconv.Itoa(n), args(tx)...)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if _, err := tx.Exec(`UPDATE job_queue SET state = 'leased', lease = ?2, lease_until = ?3, attempts = ?4 WHERE id = ?1`,
				j.ID, j.lease, db.Micros(machine.Add(p.opt.Lease)), j.Attempt); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

func marks(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("?" + strconv.Itoa(from+i))
	}
	return b.String()
}

// run gives the job to its handler and writes down how it went.
func (p *Pool) run(ctx context.Context, j *Job) {
	ctx = actor.With(ctx, actor.Actor{Timer: j.Kind})
	held, lose := context.WithCancelCause(ctx)
	beat := make(chan struct{})
	go func() { defer close(beat); p.keepLease(held, j, lose) }()
	err := p.call(held, j)
	lose(nil)
	<-beat
	if j.done.Load() {
		if err != nil {
			p.opt.Log.Warn("job: failed after it was done", "kind", j.Kind, "job", j.ID, "error", err)
		}
		return
	}
	// What became of the job is written down even when the pool is stopping.
	if werr := p.end(context.WithoutCancel(ctx), j, err); werr != nil {
		p.opt.Log.Warn("job: its end was not written; it will run again", "kind", j.Kind, "job", j.ID, "error", werr)
	}
}

func (p *Pool) call(ctx context.Context, j *Job) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("job: panic: %v\n%s", r, debug.Stack())
		}
	}()
	return p.handlers[j.Kind](ctx, j)
}

func (p *Pool) end(ctx context.Context, j *Job, err error) error {
	if err == nil {
		return p.d.Update(ctx, db.Main, j.Complete)
	}
	dead := j.Attempt >= MaxAttempts || errors.As(err, new(discarded))
	p.opt.Log.Warn("job: failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "dead", dead, "error", err)
	return p.d.Update(ctx, db.Main, func(tx *db.Tx) error {
		text := err.Error()
		if len(text) > 1000 {
			text = strings.ToValidUTF8(text[:1000], "")
		}
		state, at, ended := "ready", tx.Now().Add(Backoff(j.Attempt)), int64(0)
		if dead {
			state, at, ended = "dead", j.RunAt, db.Micros(tx.Now())
		}
		n, err := tx.Exec(`UPDATE job_queue SET state = ?3, run_at = ?4, ended_at = ?5, last_error = ?6, lease = NULL, lease_until = 0
			WHERE id = ?1 AND lease = ?2 AND state = 'leased'`, j.ID, j.lease, state, db.Micros(at), ended, strings.ReplaceAll(text, "\x00", ""))
		if err != nil || n == 0 {
			return err // without the lease it is another worker's to say
		}
		if every := p.every[j.Kind]; dead && every > 0 {
			return p.again(tx, j.Kind, tx.Now().Add(every))
		}
		return nil
	})
}

// keepLease renews the lease until ctx ends, and calls lose if it is gone.
func (p *Pool) keepLease(ctx context.Context, j *Job, lose context.CancelCauseFunc) {
	tick := time.NewTicker(p.opt.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var n int64
		err := p.d.Update(ctx, db.Main, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(`UPDATE job_queue SET lease_until = ?3 WHERE id = ?1 AND lease = ?2 AND state = 'leased'`,
				j.ID, j.lease, db.Micros(p.opt.Machine.Now().Add(p.opt.Lease)))
			return err
		})
		if err == nil && n == 0 && !j.done.Load() {
			lose(fault.New(fault.Conflict, "job.lease-lost", nil))
			return
		}
	}
}
