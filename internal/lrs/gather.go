package lrs

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"cadre/internal/db"
	"cadre/internal/fault"
)

// gatherMax bounds the statements of one write, unless one request has more.
const gatherMax = 1000

// request is a batch on its way into the store.
type request struct {
	p     Prepared
	from  *source
	taken atomic.Bool // by who writes, or by a caller who has gone
	done  chan error
}

// gathering lets requests that come while another is written be written together:
// each statement of SQL then serves all of them. A request that comes alone is
// written at once.
type gathering struct {
	mu      sync.Mutex
	busy    bool
	waiting []*request
}

// errAlone tells a request that was gathered with others to be written by itself:
// one of them cannot be written, and only its own caller is told.
var errAlone = errors.New("lrs: to be written alone")

// together writes a request, all or nothing of it, and returns when it is durable.
// Its context is honoured until its turn comes.
func (s *Service) together(ctx context.Context, r *request) error {
	g := &s.gathering
	g.mu.Lock()
	if !g.busy {
		g.busy = true
		g.mu.Unlock()
		defer s.goOn()
		return s.alone(ctx, r)
	}
	r.done = make(chan error, 1)
	g.waiting = append(g.waiting, r)
	g.mu.Unlock()
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
		return s.alone(ctx, r)
	}
	return err
}

func (s *Service) alone(ctx context.Context, r *request) error {
	return s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error { return s.writeAll(tx, []*request{r}) })
}

// goOn has whoever waits written, in groups, until nobody does.
func (s *Service) goOn() {
	if s.gathering.idle() {
		return
	}
	go func() {
		for group := s.gathering.next(); group != nil; group = s.gathering.next() {
			err := s.writeGroup(group)
			for _, r := range group {
				r.done <- err
			}
		}
	}()
}

// writeGroup writes a group. Whatever is wrong with one of it, such as an id that
// another has as well, is for its own caller to meet.
func (s *Service) writeGroup(group []*request) (err error) {
	defer func() {
		if recover() != nil {
			err = errAlone
		}
	}()
	if s.DB.Update(context.Background(), db.XAPI, func(tx *db.Tx) error { return s.writeAll(tx, group) }) != nil {
		return errAlone
	}
	return nil
}

func (s *Service) writeAll(tx *db.Tx, group []*request) error {
	var in []incoming
	for _, r := range group {
		in = append(in, r.p.by(r.from)...)
	}
	w := writer{s: s, tx: tx, salt: group[0].p.salt, now: db.Micros(tx.Now())}
	return w.write(in)
}

// idle ends the writing if nobody waits.
func (g *gathering) idle() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy = len(g.waiting) > 0
	return !g.busy
}

// next takes a group of those who wait, in their order. It ends the writing if
// nobody waits.
func (g *gathering) next() []*request {
	g.mu.Lock()
	defer g.mu.Unlock()
	var group []*request
	n, statements := 0, 0
	for ; n < len(g.waiting); n++ {
		r := g.waiting[n]
		if len(group) > 0 && statements+len(r.p.IDs) > gatherMax {
			break
		}
		if !r.taken.CompareAndSwap(false, true) {
			continue // gone
		}
		group = append(group, r)
		statements += len(r.p.IDs)
	}
	g.waiting = slices.Clone(g.waiting[n:])
	g.busy = len(group) > 0
	return group
}
