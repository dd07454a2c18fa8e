package db

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"cadre/internal/actor"
)

// groupMax bounds the callers of one group, and with it the work that one
// failure of the engine sends back.
const groupMax = 64

// lane runs the groups of one Lane, one after the other, in a goroutine of its
// own. The callers' functions run in the callers' goroutines, when it is their
// turn: a panic or an early end of a goroutine stays its caller's affair.
type lane struct {
	d       *DB
	Lane    Lane
	queue   chan *call
	stop    chan struct{}
	stopped chan struct{}
	conn    *conn
}

// call is one caller of Update on its way through a group.
type call struct {
	who      actor.Actor
	meter    *Meter
	lane     Lane         // asked for; SQLite runs all of them in one
	state    atomic.Int32 // waiting, then running or left
	turn     chan *Tx     // the lane hands over the transaction
	finished chan error   // the caller hands it back with its function's error
	outcome  chan error   // the lane's last word, after the commit
	tx       *Tx          // for the lane: the transaction handed over
	err      error        // for the lane: the caller's own error
}

const (
	waiting int32 = iota
	running
	left
)

var errAborted = errors.New("db: the caller panicked or ended its goroutine")

// Update runs f in a serial transaction of lane l, in a group with other
// callers (see the package comment), and returns after the durable commit.
//
// f's error undoes what f did and is returned as it is. A failure of the engine
// is a [fault.Unavailable]: nothing is known to be done, and the same operation
// may be sent again. f may be run again by the caller, so it touches nothing
// but tx. ctx is honoured until f's turn comes.
func (d *DB) Update(ctx context.Context, l Lane, f func(tx *Tx) error) error {
	if r := d.refusal.Load(); r != nil {
		return r
	}
	ln, err := d.lane(l)
	if err != nil {
		return err
	}
	c := &call{
		who: actor.From(ctx), meter: meterFrom(ctx), lane: l,
		turn: make(chan *Tx, 1), finished: make(chan error, 1), outcome: make(chan error, 1),
	}
	select {
	case ln.queue <- c:
	case <-ctx.Done():
		return gone(ctx)
	case <-ln.stopped:
		return unavailable(errors.New("db: closed"))
	}
	var tx *Tx
	select {
	case tx = <-c.turn:
	case <-ctx.Done():
		if c.state.CompareAndSwap(waiting, left) {
			return gone(ctx)
		}
		tx = <-c.turn
	case <-ln.stopped:
		// The lane may have taken this call just before it stopped.
		select {
		case tx = <-c.turn:
		default:
			return unavailable(errors.New("db: closed"))
		}
	}
	if tx == nil { // the group failed before this caller's turn
		return <-c.outcome
	}
	returned := false
	defer func() {
		if !returned {
			c.finished <- errAborted
			<-c.outcome //nolint:errcheck // the panic that passes through here says more
		}
	}()
	err = f(tx)
	returned = true
	c.finished <- err
	if err := <-c.outcome; err != nil {
		return err
	}
	for _, g := range tx.after {
		g()
	}
	return nil
}

// lane returns the runner of l. SQLite has one writer, so all lanes share one.
func (d *DB) lane(l Lane) (*lane, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, unavailable(errors.New("db: closed"))
	}
	name := l.name
	if d.dialect.Name() == "sqlite" {
		name = ""
	}
	ln := d.lanes[name]
	if ln == nil {
		ln = &lane{
			d: d, Lane: l,
			queue: make(chan *call, groupMax), stop: make(chan struct{}), stopped: make(chan struct{}),
		}
		d.lanes[name] = ln
		go ln.run()
	}
	return ln, nil
}

func (ln *lane) run() {
	defer close(ln.stopped)
	for {
		select {
		case c := <-ln.queue:
			ln.group(c)
		case <-ln.stop:
			for {
				select {
				case c := <-ln.queue:
					ln.group(c)
				default:
					if ln.conn != nil {
						_ = ln.conn.close()
					}
					return
				}
			}
		}
	}
}

// group runs first, and whoever else waits by then, in one transaction.
func (ln *lane) group(first *call) {
	if !first.state.CompareAndSwap(waiting, running) {
		return
	}
	if err := ln.begin(); err != nil {
		first.refuse(err)
		// Whoever waits behind it meets the same engine: each begins anew.
		return
	}
	calls := []*call{}
	var lost error
	for c := first; c != nil; c = ln.next(len(calls)) {
		calls = append(calls, c)
		if lost = ln.one(c); lost != nil {
			break
		}
	}
	if lost == nil {
		lost = ln.commit(calls)
	}
	if lost != nil {
		ln.conn.later = nil
		_, _ = ln.conn.exec(context.Background(), "ROLLBACK", nil) // it may be gone already
		_ = ln.conn.close()
		ln.conn = nil
		lost = unavailable(lost)
	}
	for _, c := range calls {
		switch {
		case lost != nil:
			c.outcome <- lost
		default:
			c.outcome <- c.err
		}
	}
}

// next returns a caller that already waits, or nil.
func (ln *lane) next(n int) *call {
	for n < groupMax {
		select {
		case c := <-ln.queue:
			if c.state.CompareAndSwap(waiting, running) {
				return c
			}
		default:
			return nil
		}
	}
	return nil
}

// refuse answers a caller whose turn never came.
func (c *call) refuse(err error) {
	c.turn <- nil
	c.outcome <- err
}

func (ln *lane) begin() error {
	ctx := context.Background()
	fresh := ln.conn == nil
	for {
		var err error
		if ln.conn == nil {
			if ln.conn, err = newConn(ctx, ln.d.write, ln.d.dialect); err != nil {
				return unavailable(err)
			}
		}
		ln.conn.foreign = 0
		if err = ln.d.dialect.begin(ln.conn, ln.Lane); err == nil {
			return nil
		}
		_ = ln.conn.close()
		ln.conn = nil
		if fresh { // a connection that died while idle deserves one new try
			return unavailable(err)
		}
		fresh = true
	}
}

// one gives c its turn inside a savepoint. It returns an error only if the
// whole transaction is lost.
func (ln *lane) one(c *call) error {
	ctx := context.Background()
	if _, err := ln.conn.exec(ctx, "SAVEPOINT caller", nil); err != nil {
		c.turn <- nil
		return err
	}
	tx := &Tx{c: ln.conn, now: ln.d.clock.Now(), who: c.who, ctx: ctx, meter: c.meter, memo: &ln.d.memo, lane: c.lane}
	c.tx = tx
	ln.conn.failed = nil
	c.turn <- tx
	c.err = <-c.finished
	tx.done = true
	if c.err == nil {
		c.err = ln.conn.settle(ctx)
	}
	ln.conn.later = nil // of a caller who failed
	if c.err == nil && ln.conn.failed != nil {
		// A statement failed and the caller went on. PostgreSQL refuses to; so
		// that both engines mean the same, so do we.
		c.err = fmt.Errorf("db: a statement of this transaction failed and was passed over: %w", ln.conn.failed)
	}
	if ln.d.dialect.ended(ln.conn) {
		return errors.Join(errors.New("db: the engine ended the transaction"), ln.conn.failed)
	}
	if c.err != nil {
		tx.buffer = nil
		if _, err := ln.conn.exec(ctx, "ROLLBACK TO SAVEPOINT caller", nil); err != nil {
			return err
		}
	}
	if ln.d.dialect.pipelines() { // it goes with what comes next: another caller's savepoint, or the end
		ln.conn.later = append(ln.conn.later, later{query: "RELEASE SAVEPOINT caller"})
		return nil
	}
	_, err := ln.conn.exec(ctx, "RELEASE SAVEPOINT caller", nil)
	return err
}

// commit writes the buffered values and ends the transaction.
func (ln *lane) commit(calls []*call) error {
	ctx := context.Background()
	var items []any
	var after []func()
	wrote := false
	for _, c := range calls {
		items = append(items, c.tx.buffer...)
		wrote = wrote || c.err == nil
	}
	if len(items) > 0 {
		if ln.d.flush == nil {
			return errors.New("db: values were buffered, but nothing writes them")
		}
		tx := &Tx{c: ln.conn, now: ln.d.clock.Now(), ctx: ctx, memo: &ln.d.memo}
		if err := ln.d.flush(tx, items); err != nil {
			return fmt.Errorf("db: flush: %w", err)
		}
		tx.done = true
		after = tx.after
	}
	if !wrote {
		_, err := ln.conn.exec(ctx, "ROLLBACK", nil)
		return err
	}
	if _, err := ln.conn.exec(ctx, "COMMIT", nil); err != nil {
		return err
	}
	for _, f := range after {
		f()
	}
	return nil
}
