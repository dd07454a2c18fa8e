package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

type postgres struct{}

func (postgres) Name() string { return "postgres" }

func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func (postgres) IsUnique(err error) bool    { return pgCode(err) == "23505" }
func (postgres) IsReference(err error) bool { return pgCode(err) == "23503" }

func (postgres) TableNames() string {
	return `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname::text COLLATE "C"`
}

// MakePartition makes the partition beside the table, moves into it what lies in
// the default partition, called after the table and "rest", and attaches it.
func (postgres) MakePartition(tx *Tx, table, suffix, column string, from, until int64) error {
	name := table + "_" + suffix
	var there int64
	if err := tx.QueryRow(`SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		WHERE c.relname = ?1`, name).Scan(&there); err != nil || there > 0 {
		return err
	}
	bounds := fmt.Sprintf("%s >= %d AND %s < %d", column, from, column, until)
	for _, q := range []string{
		"CREATE TABLE " + name + " (LIKE " + table + " INCLUDING ALL)",
		"WITH moved AS (DELETE FROM " + table + "_rest WHERE " + bounds + " RETURNING *) INSERT INTO " + name + " SELECT * FROM moved",
		fmt.Sprintf("ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)", table, name, from, until),
	} {
		if _, err := tx.Exec(q); err != nil {
			return fmt.Errorf("db: partition %s: %w", name, err)
		}
	}
	return nil
}

func (postgres) describe() string {
	return `SELECT line FROM (
		SELECT c.relname::text AS tbl, 1 AS part, lpad(a.attnum::text, 4, '0') AS nth,
			'COLUMN ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
			|| CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
			|| coalesce(' DEFAULT ' || pg_get_expr(ad.adbin, ad.adrelid), '')
			|| coalesce(' COLLATE "' || co.collname || '"', '') AS line
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		LEFT JOIN pg_attrdef ad ON ad.adrelid = c.oid AND ad.adnum = a.attnum
		LEFT JOIN pg_collation co ON co.oid = a.attcollation AND co.collname <> 'default'
		WHERE a.attnum > 0 AND NOT a.attisdropped
		UNION ALL
		SELECT c.relname::text, 2, k.conname::text, 'CONSTRAINT ' || c.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid)
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid AND NOT c.relispartition
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		UNION ALL
		SELECT i.tablename::text, 3, i.indexname::text, i.indexdef FROM pg_indexes i JOIN pg_class c ON c.relname = i.tablename AND NOT c.relispartition
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = i.schemaname WHERE i.schemaname = current_schema()
	) AS all_lines WHERE tbl NOT LIKE 'goose%' ORDER BY tbl COLLATE "C", part, nth COLLATE "C"`
}

func (postgres) columns() string {
	return `SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 0 ELSE 1 END
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relname NOT LIKE 'goose%' ORDER BY c.relname COLLATE "C", a.attnum`
}

func (postgres) references() string {
	return `SELECT DISTINCT c.relname::text, p.relname::text FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() WHERE k.contype = 'f' ORDER BY 1, 2`
}

// beginLoad takes the foreign keys away; check puts them back, which checks
// every row. Both are part of the transaction.
func (postgres) beginLoad(ctx context.Context, c *conn) (func() error, error) {
	if err := run(c, "BEGIN"); err != nil {
		return nil, err
	}
	rows, err := c.query(ctx, `SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE contype = 'f' AND connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())`, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	type key struct{ table, name, def string }
	var keys []key
	for rows.Next() {
		var k key
		if err := rows.Scan(&k.table, &k.name, &k.def); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for _, k := range keys {
		if err := run(c, "ALTER TABLE "+k.table+" DROP CONSTRAINT "+k.name); err != nil {
			return nil, err
		}
	}
	return func() error {
		for _, k := range keys {
			if err := run(c, "ALTER TABLE "+k.table+" ADD CONSTRAINT "+k.name+" "+k.def); err != nil {
				return fmt.Errorf("db: a row of %s refers to none: %w", k.table, err)
			}
		}
		return nil
	}, nil
}

func (postgres) scrub(ctx context.Context, c *conn) error {
	tables, err := names(ctx, c)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := c.exec(ctx, "VACUUM FULL "+t, nil); err != nil {
			return err
		}
	}
	_, err = c.exec(ctx, "CHECKPOINT", nil)
	if pgCode(err) == "42501" { // only some roles may; the tables are written anew without it
		return nil
	}
	return err
}

func (postgres) prepares() bool    { return false } // pgx does it itself
func (postgres) pipelines() bool   { return true }
func (postgres) beginRead() string { return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" }

func (p postgres) pipeline(ctx context.Context, c *conn, all []later) (n int64, err error) {
	err = c.sql.Raw(func(dc any) error {
		s, ok := dc.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("db: a connection to PostgreSQL is a %T", dc)
		}
		b := &pgx.Batch{}
		for _, x := range all {
			b.Queue(p.rewrite(x.query), x.args...)
		}
		answers := s.Conn().SendBatch(ctx, b)
		var failed error
		for range all {
			var tag pgconn.CommandTag
			if tag, failed = answers.Exec(); failed != nil {
				break
			}
			n = tag.RowsAffected()
		}
		if err := answers.Close(); failed == nil {
			failed = err
		}
		return failed
	})
	return n, err
}

// begin takes the lock by the message that begins: statements after it see what
// whoever had it before has committed.
func (postgres) begin(c *conn, l Lane) error {
	return run(c, fmt.Sprintf("BEGIN; SELECT pg_advisory_xact_lock(%d)", l.lock))
}

func (postgres) join(c *conn, l Lane) error {
	_, err := c.exec(context.Background(), "SELECT pg_advisory_xact_lock(?1)", []any{l.lock})
	return err
}

func (postgres) ended(c *conn) bool {
	over := true
	err := c.sql.Raw(func(dc any) error {
		if s, ok := dc.(*stdlib.Conn); ok {
			over = s.Conn().IsClosed() || s.Conn().PgConn().TxStatus() == 'I'
		}
		return nil
	})
	return err != nil || over
}

func (postgres) passing(err error) bool {
	code := pgCode(err)
	switch {
	case code == "":
		var ne net.Error
		return pgconn.SafeToRetry(err) || errors.As(err, &ne) || errors.Is(err, errDiscard) ||
			strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF")
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57"),
		strings.HasPrefix(code, "58"), code == "40001", code == "40P01", code == "25006":
		return true // connection, resources, operator, system; serialisation, deadlock; a stale primary
	}
	return false
}

// rewritten keeps the PostgreSQL form of each query text. Texts are constants
// of the program, so it stays small.
var rewritten sync.Map

// rewrite turns ?n into $n outside of quotes.
func (postgres) rewrite(q string) string {
	if !strings.Contains(q, "?") {
		return q
	}
	if r, ok := rewritten.Load(q); ok {
		return r.(string)
	}
	var b strings.Builder
	var quote byte
	for i := range len(q) {
		c := q[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '?' && i+1 < len(q) && q[i+1] >= '1' && q[i+1] <= '9':
			c = '$'
		}
		b.WriteByte(c)
	}
	r := b.String()
	if len(q) < 4096 {
		rewritten.Store(q, r)
	}
	return r
}

func openPostgres(url string) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("db: the database's URL: %w", err)
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "cadre"
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	d := stdlib.OpenDB(*cfg)
	d.SetMaxOpenConns(24)
	d.SetMaxIdleConns(16)
	return d, nil
}
