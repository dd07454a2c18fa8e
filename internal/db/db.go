package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cadre/internal/actor"
	"cadre/internal/clock"
	"cadre/internal/durable"
	"cadre/internal/fault"
)

// Lane is a chain of updates with a head and a lock of its own. Updates of one
// lane are serial; on PostgreSQL updates of different lanes may overlap.
type Lane struct {
	name string
	lock int64
}

// String returns the lane's name, as the journal writes it.
func (l Lane) String() string { return l.name }

// The lanes. The lock numbers are arbitrary, fixed for ever, and shared by all
// instances on one PostgreSQL database.
var (
	// Main is the lane of everything but what the others name.
	Main = Lane{"main", 0x6361647265_01}
	// Reads is the lane of recorded reads, which stand outside the chain.
	Reads = Lane{"reads", 0x6361647265_02}
	// XAPI is the lane of xAPI statements and documents, which have a chain of
	// their own.
	XAPI = Lane{"xapi", 0x6361647265_03}
)

// Flusher writes what the callers of one group have buffered, as the last thing
// before the commit. items come in the order of the callers. If it fails, the
// group fails.
type Flusher func(tx *Tx, items []any) error

// Options say what to open.
type Options struct {
	// URL is a postgres:// URL, or the path of an SQLite file.
	URL string
	// Clock gives each transaction its instant; the system's if nil.
	Clock clock.Clock
	// Readers bounds the number of concurrent Views; twice the processors, but
	// at least 4, if 0.
	Readers int
	// Wrap is called with each SQLite data source name before it is opened, so
	// that a test can put a faulty disk below. Nil in production.
	Wrap func(dsn string) string
	// Files writes what lies beside the database. The zero value is right but in
	// tests.
	Files durable.Files
}

// DB is an open database. It is safe for use by several goroutines.
type DB struct {
	opt     Options
	dialect Dialect
	clock   clock.Clock

	read    *sql.DB
	write   *sql.DB // the same as read on PostgreSQL
	readers chan *conn

	mu     sync.Mutex
	lanes  map[string]*lane
	closed bool

	flush   Flusher
	refusal atomic.Pointer[fault.Error]
	memo    memo
}

// Open opens the database that opt.URL names and brings its schema up to date.
func Open(ctx context.Context, opt Options) (*DB, error) {
	d, err := OpenAsIs(ctx, opt)
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// OpenAsIs opens a database without touching its schema.
func OpenAsIs(ctx context.Context, opt Options) (*DB, error) {
	if opt.Clock == nil {
		opt.Clock = clock.System()
	}
	if opt.Readers == 0 {
		opt.Readers = max(4, 2*runtime.NumCPU())
	}
	d := &DB{opt: opt, clock: opt.Clock, lanes: map[string]*lane{}, readers: make(chan *conn, opt.Readers)}
	var err error
	if IsPostgres(opt.URL) {
		d.dialect = postgres{}
		d.read, err = openPostgres(opt.URL)
		d.write = d.read
	} else {
		d.dialect = sqlite{}
		d.write, d.read, err = openSQLite(opt)
	}
	if err != nil {
		return nil, err
	}
	if err := d.connect(ctx); err != nil {
		err = fmt.Errorf("db: cannot open the database: %w", err)
		// A server that is not there is waited for; one that refuses us is not.
		if away := (*net.OpError)(nil); errors.As(err, &away) {
			err = fault.Wrap(fault.Unavailable, "fault.database-away", err)
		}
		return nil, errors.Join(err, d.Close())
	}
	for range opt.Readers {
		d.readers <- nil // a place; its connection is made when first needed
	}
	return d, nil
}

// connect makes the first connection. Where others open the same new file of SQLite at the
// same moment, one of them may find it locked while another makes its log, and SQLite
// does not wait: it is tried again for as long as it would.
func (d *DB) connect(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, busyFor)
	defer cancel()
	for {
		err := d.write.PingContext(ctx)
		if err == nil || !busy(err) || wait.Err() != nil {
			return err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-wait.Done():
		}
	}
}

// IsPostgres reports whether url names a PostgreSQL database.
func IsPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Dialect returns what differs between the engines.
func (d *DB) Dialect() Dialect { return d.dialect }

// Files writes files on the disk that the database lies on.
func (d *DB) Files() durable.Files { return d.opt.Files }

// Clock returns the clock that gives transactions their instants.
func (d *DB) Clock() clock.Clock { return d.clock }

// SetFlusher installs f. It is called once, before the first Update.
func (d *DB) SetFlusher(f Flusher) { d.flush = f }

// Refuse makes every later Update fail with reason, so that the database is
// read-only until it is opened again or Refuse(nil) lifts it.
func (d *DB) Refuse(reason *fault.Error) { d.refusal.Store(reason) }

// Refusal returns the reason given to [DB.Refuse], or nil.
func (d *DB) Refusal() *fault.Error { return d.refusal.Load() }

// Close waits for the running group and closes the database.
func (d *DB) Close() error {
	d.mu.Lock()
	d.closed = true
	lanes := d.lanes
	d.lanes = map[string]*lane{}
	d.mu.Unlock()
	for _, l := range lanes {
		close(l.stop)
		<-l.stopped
	}
	var errs []error
	for range cap(d.readers) {
		select {
		case c := <-d.readers:
			if c != nil {
				errs = append(errs, c.close())
			}
		default:
		}
	}
	if d.write != nil && d.write != d.read {
		errs = append(errs, d.write.Close())
	}
	if d.read != nil {
		errs = append(errs, d.read.Close())
	}
	return errors.Join(errs...)
}

// View runs f in a read-only transaction over one snapshot. f's error is
// returned as it is. f must not keep tx.
func (d *DB) View(ctx context.Context, f func(tx *Tx) error) (err error) {
	var c *conn
	select {
	case c = <-d.readers:
	case <-ctx.Done():
		return gone(ctx)
	}
	healthy := false
	defer func() {
		if !healthy && c != nil {
			_ = c.close() // it may be inside a broken transaction; a new one is made
			c = nil
		}
		d.readers <- c
	}()
	if c == nil {
		if c, err = newConn(ctx, d.read, d.dialect); err != nil {
			return lost(ctx, err)
		}
	}
	if _, err = c.exec(ctx, d.dialect.beginRead(), nil); err != nil {
		// The connection may have died while it waited: try one new one.
		_ = c.close()
		if c, err = newConn(ctx, d.read, d.dialect); err != nil {
			return lost(ctx, err)
		}
		if _, err = c.exec(ctx, d.dialect.beginRead(), nil); err != nil {
			return lost(ctx, err)
		}
	}
	tx := &Tx{c: c, now: d.clock.Now(), who: actor.From(ctx), ctx: ctx, meter: meterFrom(ctx), memo: &d.memo, readonly: true}
	ferr := f(tx)
	tx.done = true
	// An engine stopped in the middle of a statement by the end of ctx says only
	// that it was interrupted; the caller hears whose end that was.
	if ferr != nil && ctx.Err() != nil {
		if k := fault.KindOf(ferr); k == fault.Unavailable || k == fault.Internal {
			ferr = gone(ctx)
		}
	}
	// The transaction only read: ending it cannot lose anything, and its failure
	// only costs the connection.
	if _, err := c.exec(context.WithoutCancel(ctx), "ROLLBACK", nil); err == nil {
		healthy = true
	}
	return ferr
}

// gone is the error of a caller whose context ended before its turn.
func gone(ctx context.Context) error {
	return fault.Wrap(fault.Unavailable, "fault.unavailable", context.Cause(ctx))
}

// lost is the error of a reader that got no connection, or one that could not
// begin: its own end where that came first, else the engine's.
func lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return gone(ctx)
	}
	return unavailable(err)
}

// unavailable wraps a failure of the engine that may pass.
func unavailable(err error) error {
	return fault.Wrap(fault.Unavailable, "fault.unavailable", err)
}

// Meter counts what a request asked of the database.
type Meter struct {
	Statements atomic.Int64
	Rows       atomic.Int64
}

func (m *Meter) add(statements, rows int64) {
	if m != nil {
		m.Statements.Add(statements)
		m.Rows.Add(rows)
	}
}

type meterKey struct{}

// WithMeter returns a context whose Views and Updates are counted by the Meter.
func WithMeter(ctx context.Context) (context.Context, *Meter) {
	m := &Meter{}
	return context.WithValue(ctx, meterKey{}, m), m
}

func meterFrom(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

// URL returns what the database was opened by. It may hold a password: it is
// never logged.
func (d *DB) URL() string { return d.opt.URL }
