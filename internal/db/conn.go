package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"cadre/internal/fault"
)

// stmtMax bounds the prepared statements that one connection keeps.
const stmtMax = 256

// conn is one connection with its prepared statements.
type conn struct {
	sql     *sql.Conn
	dialect Dialect
	stmts   map[string]*kept
	uses    uint64 // of statements, so far
	texts   map[rowsText]string
	later   []later // statements that have still to be sent, in their order
	failed  error   // the first statement that failed since it was last cleared

	// For marks: statements that wrote to a table, or to one that is not known (""), and
	// the version of the file where this was asked in the transaction (else 0).
	wrote   map[string]uint64
	foreign int64
}

// kept is a prepared statement, and when it was last used.
type kept struct {
	*sql.Stmt
	used   uint64
	table  string // that it writes to
	writes bool
}

func newConn(ctx context.Context, d *sql.DB, dialect Dialect) (*conn, error) {
	c, err := d.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{sql: c, dialect: dialect, stmts: map[string]*kept{}, texts: map[rowsText]string{}, wrote: map[string]uint64{}}, nil
}

func (c *conn) close() error {
	var errs []error
	for _, s := range c.stmts {
		errs = append(errs, s.Close())
	}
	// A connection that is closed here may be inside a transaction: it must not
	// go back to the pool.
	errs = append(errs, ignoreBad(c.sql.Raw(func(any) error { return errDiscard })), ignoreBad(c.sql.Close()))
	return errors.Join(errs...)
}

func (c *conn) exec(ctx context.Context, query string, args []any) (int64, error) {
	args, err := plain(args)
	if err != nil {
		return 0, err
	}
	if len(c.later) > 0 {
		all := append(c.later, later{query, args})
		c.later = nil
		return c.together(ctx, all)
	}
	var r sql.Result
	if s, serr := c.prepared(ctx, query, args); serr != nil {
		err = serr
	} else if s != nil {
		r, err = s.ExecContext(ctx, args...)
	} else {
		r, err = c.sql.ExecContext(ctx, c.dialect.rewrite(query), args...)
	}
	if err != nil {
		return 0, c.translate(err)
	}
	return r.RowsAffected()
}

func (c *conn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	args, err := plain(args)
	if err != nil {
		return nil, err
	}
	if err := c.settle(ctx); err != nil {
		return nil, err
	}
	var r *sql.Rows
	if s, serr := c.prepared(ctx, query, args); serr != nil {
		err = serr
	} else if s != nil {
		r, err = s.QueryContext(ctx, args...)
	} else {
		r, err = c.sql.QueryContext(ctx, c.dialect.rewrite(query), args...)
	}
	if err != nil {
		return nil, c.translate(err)
	}
	return r, nil
}

// prepared returns the kept statement for query, or nil where the engine's
// driver keeps them itself or it has too many values.
func (c *conn) prepared(ctx context.Context, query string, args []any) (*sql.Stmt, error) {
	if !c.dialect.prepares() {
		return nil, nil
	}
	c.uses++
	if s := c.stmts[query]; s != nil {
		s.used = c.uses
		if s.writes {
			c.wrote[s.table]++
		}
		return s.Stmt, nil
	}
	table, writes := written(query)
	if writes {
		c.wrote[table]++
	}
	if len(args) > valuesMax {
		return nil, nil
	}
	if len(c.stmts) >= stmtMax {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	s, err := c.sql.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.stmts[query] = &kept{s, c.uses, table, writes}
	return s, nil
}

// forget gives up the statement that was not used for the longest time.
func (c *conn) forget() error {
	var oldest string
	at := c.uses
	for q, s := range c.stmts {
		if s.used < at {
			oldest, at = q, s.used
		}
	}
	s := c.stmts[oldest]
	delete(c.stmts, oldest)
	return s.Close()
}

// translate notes the failure and gives it the kind that callers act on: a
// full disk or a lost connection may pass, everything else is a mistake.
func (c *conn) translate(err error) error {
	if c.dialect.passing(err) {
		err = fault.Wrap(fault.Unavailable, "fault.unavailable", err)
	}
	if c.failed == nil {
		c.failed = err
	}
	return err
}

// plain reduces arguments to what both drivers bind alike.
func plain(args []any) ([]any, error) {
	var out []any // allocated only when something changes
	set := func(i int, v any) {
		if out == nil {
			out = append([]any(nil), args...)
		}
		out[i] = v
	}
	for i, a := range args {
		switch v := a.(type) {
		case nil, string, int64, float64, []byte:
			continue
		case int:
			set(i, int64(v))
			continue
		case bool:
			set(i, Flag(v))
			continue
		case time.Time:
			return nil, fmt.Errorf("db: argument ?%d is a time; give db.Micros of it", i+1)
		}
		r := reflect.ValueOf(a)
		if r.Kind() == reflect.Pointer {
			if r.IsNil() {
				set(i, nil)
				continue
			}
			r = r.Elem()
		}
		switch r.Kind() {
		case reflect.String:
			set(i, r.String())
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			set(i, r.Int())
		case reflect.Uint8, reflect.Uint16, reflect.Uint32:
			set(i, int64(r.Uint()))
		case reflect.Bool:
			set(i, Flag(r.Bool()))
		case reflect.Float32, reflect.Float64:
			set(i, r.Float())
		case reflect.Slice:
			if r.Type().Elem().Kind() != reflect.Uint8 {
				return nil, fmt.Errorf("db: argument ?%d has type %T", i+1, a)
			}
			set(i, r.Bytes())
		default:
			return nil, fmt.Errorf("db: argument ?%d has type %T", i+1, a)
		}
	}
	if out == nil {
		out = args
	}
	return out, nil
}
