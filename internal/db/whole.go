package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Column describes one column of a table, in terms both engines share.
type Column struct {
	Name     string
	Type     string // "text", "number", "real" or "bytes"
	Nullable bool
}

// Columns returns the columns of every table of ours, in their order, by table.
func Columns(tx *Tx) (map[string][]Column, error) {
	out := map[string][]Column{}
	_, err := Collect(tx, func(r *Rows) (struct{}, error) {
		var table, declared string
		var c Column
		var nullable int64
		if err := r.Scan(&table, &c.Name, &declared, &nullable); err != nil {
			return struct{}{}, err
		}
		c.Nullable = nullable != 0
		switch t := strings.ToLower(declared); {
		case strings.HasPrefix(t, "text"):
			c.Type = "text"
		case strings.HasPrefix(t, "int"), strings.HasPrefix(t, "bigint"), strings.HasPrefix(t, "smallint"):
			c.Type = "number"
		case strings.HasPrefix(t, "real"), strings.HasPrefix(t, "double"):
			c.Type = "real"
		case strings.HasPrefix(t, "blob"), strings.HasPrefix(t, "bytea"):
			c.Type = "bytes"
		default:
			return struct{}{}, fmt.Errorf("db: column %s.%s has type %s, which the engines do not share", table, c.Name, declared)
		}
		out[table] = append(out[table], c)
		return struct{}{}, nil
	}, tx.Dialect().columns())
	return out, err
}

// References returns, for each table of ours, the tables that its foreign keys
// lead to.
func References(tx *Tx) (map[string][]string, error) {
	out := map[string][]string{}
	_, err := Collect(tx, func(r *Rows) (struct{}, error) {
		var from, to string
		err := r.Scan(&from, &to)
		out[from] = append(out[from], to)
		return struct{}{}, err
	}, tx.Dialect().references())
	return out, err
}

// OpenAt opens the database that opt.URL names with the schema of an earlier
// version of the program, for loading a copy made by that version. Opening it
// with [Open] afterwards brings it up to date.
func OpenAt(ctx context.Context, opt Options, version int64) (*DB, error) {
	d, err := OpenAsIs(ctx, opt)
	if err != nil {
		return nil, err
	}
	p, err := d.provider()
	if err == nil {
		_, err = p.UpTo(ctx, version)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("db: migrate to %d: %w", version, err), d.Close())
	}
	return d, nil
}

// Loader fills an empty database with rows that were copied elsewhere.
type Loader struct {
	c   *conn
	ctx context.Context
}

// loadRows bounds the rows, and loadArgs the values, of one INSERT.
const (
	loadRows = 100
	loadArgs = 2000
)

// Insert adds rows to a table. Values are nil, string, int64, float64, []byte.
func (l *Loader) Insert(table string, columns []string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(len(rows), loadRows, max(1, loadArgs/max(1, len(columns))))
		var b strings.Builder
		fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
		args := make([]any, 0, n*len(columns))
		for i, row := range rows[:n] {
			if len(row) != len(columns) {
				return fmt.Errorf("db: a row of %d values for %d columns of %s", len(row), len(columns), table)
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('(')
			for k, v := range row {
				if k > 0 {
					b.WriteByte(',')
				}
				args = append(args, v)
				fmt.Fprintf(&b, "?%d", len(args))
			}
			b.WriteByte(')')
		}
		if _, err := l.c.exec(l.ctx, b.String(), args); err != nil {
			return fmt.Errorf("db: load %s: %w", table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// Load empties every table of ours and runs f, which fills them, in one
// transaction in which references between rows are checked at the end. It is
// for databases that nobody else has open.
func (d *DB) Load(ctx context.Context, f func(l *Loader) error) (err error) {
	c, err := newConn(ctx, d.write, d.dialect)
	if err != nil {
		return unavailable(err)
	}
	// Its settings are not those of other connections: it is not used again.
	defer func() { err = errors.Join(err, c.close()) }()
	check, err := d.dialect.beginLoad(ctx, c)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = c.exec(context.WithoutCancel(ctx), "ROLLBACK", nil) // closing it would, too
		}
	}()
	tables, err := names(ctx, c)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := c.exec(ctx, "DELETE FROM "+t, nil); err != nil {
			return err
		}
	}
	if err := f(&Loader{c: c, ctx: ctx}); err != nil {
		return err
	}
	if err := check(); err != nil {
		return err
	}
	_, err = c.exec(ctx, "COMMIT", nil)
	return err
}

// names returns the tables of ours, without those of the migrations.
func names(ctx context.Context, c *conn) ([]string, error) {
	rows, err := c.query(ctx, c.dialect.TableNames(), nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(n, "goose") {
			out = append(out, n)
		}
	}
	return out, rows.Err()
}

// Scrub leaves nothing of deleted rows in the database's files: SQLite's file is
// written anew without free pages and its write-ahead log is emptied;
// PostgreSQL's tables are written anew. What PostgreSQL's own log, its archive
// and copies of the files still hold is out of its reach.
//
// While others read, SQLite may not be able to; that is a [fault.Unavailable],
// and the call can be repeated.
func (d *DB) Scrub(ctx context.Context) (err error) {
	c, err := newConn(ctx, d.write, d.dialect)
	if err != nil {
		return unavailable(err)
	}
	defer func() { err = errors.Join(err, c.close()) }()
	const tries = 5
	for n := 1; ; n++ {
		if err = d.dialect.scrub(ctx, c); err == nil || n == tries {
			return err
		}
		select {
		case <-time.After(time.Duration(n) * 200 * time.Millisecond):
		case <-ctx.Done():
			return gone(ctx)
		}
	}
}
