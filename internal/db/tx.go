package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"cadre/internal/actor"
)

// Tx is one caller's view of a transaction. Its methods take no context: inside
// a group a cancelled statement would end everybody's transaction (see doc.go).
//
// SQL is written in the common subset of both engines, with placeholders
// ?1 … ?n, numbered from 1 in the order of args. Arguments are strings (any
// string type), int, int64, float64, []byte, nil and pointers to these;
// instants are given as [Micros], flags as [Flag].
type Tx struct {
	c        *conn
	now      time.Time
	who      actor.Actor
	ctx      context.Context // Background inside Update; the caller's in View
	meter    *Meter
	memo     *memo
	lane     Lane // of an update
	buffer   []any
	after    []func()
	readonly bool
	done     bool
}

// Now returns the transaction's instant. Every row of one transaction carries
// the same one.
func (tx *Tx) Now() time.Time { return tx.now }

// Actor returns who acts in the context that View or Update was given.
func (tx *Tx) Actor() actor.Actor { return tx.who }

// Exec runs a statement and returns the number of rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	if err := tx.usable(query); err != nil {
		return 0, err
	}
	n, err := tx.c.exec(tx.ctx, query, args)
	tx.meter.add(1, 0)
	return n, err
}

// Query runs a statement that returns rows. The caller closes them, on every
// path, before the next statement of the same transaction.
func (tx *Tx) Query(query string, args ...any) (*Rows, error) {
	if err := tx.usable(query); err != nil {
		return nil, err
	}
	tx.meter.add(1, 0)
	r, err := tx.c.query(tx.ctx, query, args)
	if err != nil {
		return nil, err
	}
	return &Rows{Rows: r, meter: tx.meter, c: tx.c}, nil
}

// QueryRow runs a statement that returns at most one row.
func (tx *Tx) QueryRow(query string, args ...any) *Row {
	rows, err := tx.Query(query, args...)
	return &Row{rows: rows, err: err}
}

func (tx *Tx) usable(query string) error {
	if tx.done {
		return fmt.Errorf("db: statement after the end of its transaction: %.60s", query)
	}
	return nil
}

// Join makes an update of lane [Main] serial with those of a further lane as
// well, until the commit: what it then reads of that lane is the latest, and what
// it writes becomes visible in that lane's order. Only Main may join others, so
// that no two updates ever wait for each other.
func (tx *Tx) Join(l Lane) error {
	if tx.readonly || l == Main {
		return fmt.Errorf("db: a transaction cannot join lane %s", l)
	}
	if tx.lane == l {
		return nil
	}
	if tx.lane != Main {
		return fmt.Errorf("db: lane %s cannot join lane %s", tx.lane, l)
	}
	return tx.c.dialect.join(tx.c, l)
}

// Dialect returns what differs between the engines.
func (tx *Tx) Dialect() Dialect { return tx.c.dialect }

// Buffer keeps v until the group is about to commit, when the [Flusher] writes
// the buffered values of every caller that succeeded, in order. Package journal
// uses it; it is of no use to anyone else.
func (tx *Tx) Buffer(v any) { tx.buffer = append(tx.buffer, v) }

// AfterCommit runs f once the transaction is durable, before the caller is
// answered. f must be quick and must not fail: it wakes workers and live pages.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Rows counts what it yields; otherwise it is [sql.Rows].
type Rows struct {
	*sql.Rows
	meter *Meter
	c     *conn
}

// Err returns the failure that ended the rows, with the kind that callers act on:
// a disk may fail in the middle of them.
func (r *Rows) Err() error {
	err := r.Rows.Err()
	if err != nil {
		err = r.c.translate(err)
	}
	return err
}

// Next prepares the next row.
func (r *Rows) Next() bool {
	ok := r.Rows.Next()
	if ok {
		r.meter.add(0, 1)
	}
	return ok
}

// Row is the result of QueryRow.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the row. It returns [sql.ErrNoRows] if there is none.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}

// Collect runs a query and scans each row with scan. It returns an empty, never
// a nil, slice when there is none, so that JSON says [].
func Collect[T any](tx *Tx, scan func(*Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Micros is how an instant is kept: microseconds since 1970 in UTC; 0 is none.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the inverse of [Micros].
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// Flag is how a truth is kept: 1 or 0.
func Flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
