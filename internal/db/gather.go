package db

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cadre/internal/fault"
)

// Gathering lets requests that come while others are written be written together,
// in one call of a function, so that each statement of SQL serves all of them. It is
// for what comes often and alike; [DB.Update] commits callers of every kind as one
// group, but has each write by itself. The zero Gathering is ready.
//
// A request that comes alone is written at once. Where several wrote together or waited,
// the first of those that come next waits a moment for half as many: callers who were
// answered together often come again together, and while one half is written the other
// is answered and comes again. Once they do not, it is written at once again.
type Gathering[T any] struct {
	mu      sync.Mutex
	busy    bool
	waiting []*gathered[T]

	around int           // how many were written or waited lately
	late   bool          // fewer came in a moment than were waited for
	full   chan struct{} // for who waits for half as many; nil if nobody does
}

// moment is how long a request waits for others at the most.
const moment = 2 * time.Millisecond

// gathered is a request on its way.
type gathered[T any] struct {
	what   T
	weight int
	write  func(ctx context.Context, all []T) error
	taken  atomic.Bool // by who writes, or by a caller who has gone
	done   chan error
}

// errAlone tells a request that was gathered with others to be written by itself:
// one of them cannot be written, and only its own caller is told.
var errAlone = errors.New("db: to be written alone")

// Write has write called for a request, by itself or with others in the order in
// which they came, and returns what that returned: nil once all of them are durable.
// Together they weigh no more than most, unless one does by itself. Where what was
// gathered cannot be written, or the function panics, nothing of it may be left, and
// it is called for each request alone. All callers give the same function and most.
// ctx is honoured until the turn of the request comes, and given to write only where
// it is alone.
func (g *Gathering[T]) Write(ctx context.Context, what T, weight, most int, write func(ctx context.Context, all []T) error) error {
	r := &gathered[T]{what: what, weight: weight, write: write, done: make(chan error, 1)}
	g.mu.Lock()
	lead := !g.busy
	g.busy = true
	if lead && g.around < 2 {
		g.mu.Unlock()
		return g.first(ctx, r, most)
	}
	g.waiting = append(g.waiting, r)
	if g.full != nil && len(g.waiting) >= g.half() {
		close(g.full)
		g.full = nil
	}
	g.mu.Unlock()
	if lead {
		go g.run(most)
	}
	var err error
	select {
	case err = <-r.done:
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return fault.Wrap(fault.Unavailable, "fault.unavailable", context.Cause(ctx))
		}
		err = <-r.done
	}
	if errors.Is(err, errAlone) {
		return write(ctx, []T{what})
	}
	return err
}

// Waiting counts the requests that wait to be written together.
func (g *Gathering[T]) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting)
}

// Busy reports whether a request is being written, or waits.
func (g *Gathering[T]) Busy() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.busy
}

// first writes a request that comes alone, in the goroutine of its caller.
func (g *Gathering[T]) first(ctx context.Context, r *gathered[T], most int) error {
	defer func() {
		if g.over(1) {
			go g.run(most)
		}
	}()
	return r.write(ctx, []T{r.what})
}

// run has whoever waits written, in groups, until nobody does.
func (g *Gathering[T]) run(most int) {
	for {
		g.linger()
		group := g.next(most)
		var err error
		if len(group) > 0 {
			err = writeGroup(group)
		}
		more := g.over(len(group))
		for _, r := range group {
			r.done <- err
		}
		if !more {
			return
		}
	}
}

func (g *Gathering[T]) half() int { return g.around / 2 }

// linger waits for half of those who were there when last something was written.
func (g *Gathering[T]) linger() {
	g.mu.Lock()
	if len(g.waiting) >= g.half() {
		g.mu.Unlock()
		return
	}
	full := make(chan struct{})
	g.full = full
	t := time.NewTimer(moment)
	g.mu.Unlock()
	defer t.Stop()
	select {
	case <-full:
	case <-t.C:
		g.mu.Lock()
		g.full, g.late = nil, true
		g.mu.Unlock()
	}
}

// over notes that so many were written, which is soon forgotten if fewer come after
// them, and reports whether others wait. If nobody does, whoever comes next begins
// anew.
func (g *Gathering[T]) over(n int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.around--; g.late {
		g.around /= 2
	}
	g.around, g.late = max(g.around, n+len(g.waiting)), false
	g.busy = len(g.waiting) > 0
	return g.busy
}

// writeGroup writes a group. Whatever is wrong with one of it is for its own caller
// to meet.
func writeGroup[T any](group []*gathered[T]) (err error) {
	defer func() {
		if recover() != nil {
			err = errAlone
		}
	}()
	all := make([]T, len(group))
	for i, r := range group {
		all[i] = r.what
	}
	if group[0].write(context.Background(), all) != nil {
		return errAlone
	}
	return nil
}

// next takes a group of those who wait, in their order; none where all have gone.
func (g *Gathering[T]) next(most int) []*gathered[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	var group []*gathered[T]
	n, weight := 0, 0
	for ; n < len(g.waiting); n++ {
		r := g.waiting[n]
		if len(group) > 0 && weight+r.weight > most {
			break
		}
		if !r.taken.CompareAndSwap(false, true) {
			continue // gone
		}
		group = append(group, r)
		weight += r.weight
	}
	g.waiting = slices.Clone(g.waiting[n:])
	return group
}
