package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

type sqlite struct{}

func (sqlite) Name() string { return "sqlite" }

func (sqlite) IsUnique(err error) bool {
	return errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) || errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY)
}

func (sqlite) IsReference(err error) bool { return errors.Is(err, sqlite3.CONSTRAINT_FOREIGNKEY) }

func (sqlite) TableNames() string {
	return `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`
}

// MakePartition does nothing: one file holds the whole table.
func (sqlite) MakePartition(*Tx, string, string, string, int64, int64) error { return nil }

func (sqlite) describe() string {
	return `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'goose%' AND tbl_name NOT LIKE 'sqlite\_%' ESCAPE '\'
		ORDER BY tbl_name, type DESC, name`
}

func (sqlite) columns() string {
	return `SELECT m.name, p.name, p.type, 1 - p."notnull" FROM sqlite_schema m, pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY m.name, p.cid`
}

func (sqlite) references() string {
	return `SELECT DISTINCT m.name, f."table" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2`
}

func (sqlite) beginLoad(ctx context.Context, c *conn) (func() error, error) {
	// The setting has no effect inside a transaction, and this connection is the
	// loader's own.
	if err := run(c, "PRAGMA foreign_keys = off", "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	return func() error {
		rows, err := c.query(ctx, "PRAGMA foreign_key_check", nil)
		if err != nil {
			return err
		}
		defer rows.Close()
		if rows.Next() {
			var table, parent string
			var rowid sql.NullInt64
			var n int64
			if err := rows.Scan(&table, &rowid, &parent, &n); err != nil {
				return err
			}
			return fmt.Errorf("db: a row of %s refers to none of %s", table, parent)
		}
		return rows.Err()
	}, nil
}

func (s sqlite) scrub(ctx context.Context, c *conn) error {
	for _, q := range []string{"PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		rows, err := c.query(ctx, q, nil)
		if err != nil {
			return err
		}
		var busy, pages, moved int64
		if rows.Next() {
			err = rows.Scan(&busy, &pages, &moved)
		}
		if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return c.translate(err) // it is the rows that fail where the disk is full
		}
		if busy != 0 {
			return unavailable(errors.New("db: readers keep the write-ahead log in use"))
		}
	}
	return nil
}

func (sqlite) rewrite(q string) string { return q }
func (sqlite) prepares() bool          { return true }
func (sqlite) pipelines() bool         { return false }
func (sqlite) beginRead() string       { return "BEGIN" }

func (sqlite) pipeline(context.Context, *conn, []later) (int64, error) {
	return 0, errors.New("db: SQLite is sent one statement after the other")
}

func (sqlite) begin(c *conn, _ Lane) error { return run(c, "BEGIN IMMEDIATE") }

func (sqlite) join(*conn, Lane) error { return nil } // one writer holds every lane

func (sqlite) ended(c *conn) bool {
	over := true
	err := c.sql.Raw(func(dc any) error {
		if r, ok := dc.(driver.Conn); ok {
			over = r.Raw().GetAutocommit()
		}
		return nil
	})
	return err != nil || over
}

func (sqlite) passing(err error) bool {
	return errors.Is(err, sqlite3.FULL) || errors.Is(err, sqlite3.IOERR) || errors.Is(err, sqlite3.BUSY) ||
		errors.Is(err, sqlite3.LOCKED) || errors.Is(err, sqlite3.CANTOPEN) || errors.Is(err, sqlite3.READONLY) ||
		errors.Is(err, sqlite3.NOMEM)
}

// busyFor is how long a connection waits for another to let go of the file.
const busyFor = 10 * time.Second

// busy reports whether err says that another connection holds the file.
func busy(err error) bool { return errors.Is(err, sqlite3.BUSY) }

// sqliteDSN returns the data source name of an SQLite file. WAL lets readers go
// on beside the writer; synchronous=FULL is what makes a commit survive a power
// cut; secure_delete overwrites what is deleted. The log is written back at 4,000
// pages (16 MiB), four times SQLite's own measure: the pages that every write meets
// are then written back a quarter as often, and to read such a log anew after a cut
// takes no time that anybody notices. A reader sets nothing of the file's:
// to set auto_vacuum takes the write lock, even where it is set already, and a new
// reader would wait for the writer.
func sqliteDSN(path string, readonly bool) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	q := []string{
		fmt.Sprintf("_pragma=busy_timeout(%d)", busyFor.Milliseconds()),
		"_pragma=temp_store(memory)",
		"_pragma=cache_size(-16000)",
	}
	if readonly {
		q = append(q, "_pragma=query_only(on)")
	} else {
		q = append(q,
			"_pragma=auto_vacuum(incremental)",
			"_pragma=journal_mode(wal)",
			"_pragma=synchronous(full)",
			"_pragma=foreign_keys(on)",
			"_pragma=secure_delete(on)",
			"_pragma=wal_autocheckpoint(4000)")
	}
	return "file:" + (&url.URL{Path: filepath.ToSlash(abs)}).EscapedPath() + "?" + strings.Join(q, "&")
}

func openSQLite(opt Options) (write, read *sql.DB, err error) {
	if opt.URL == "" {
		return nil, nil, errors.New("db: no database is named")
	}
	w, r := sqliteDSN(opt.URL, false), sqliteDSN(opt.URL, true)
	if opt.Wrap != nil {
		w, r = opt.Wrap(w), opt.Wrap(r)
	}
	if w, err = writeInFewPieces(w); err != nil {
		return nil, nil, err
	}
	if write, err = driver.Open(w); err != nil {
		return nil, nil, fmt.Errorf("db: %w", err)
	}
	write.SetMaxOpenConns(2) // the writer, and now and then a backup or a migration
	if read, err = driver.Open(r); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("db: %w", err), write.Close())
	}
	read.SetMaxOpenConns(opt.Readers)
	read.SetMaxIdleConns(opt.Readers)
	return write, read, nil
}

// writeInFewPieces puts [inFewPieces] above the VFS that a data source names.
func writeInFewPieces(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("db: data source: %w", err)
	}
	q := u.Query()
	q.Set("vfs", inFewPieces{q.Get("vfs")}.register())
	u.RawQuery = q.Encode()
	return u.String(), nil
}
