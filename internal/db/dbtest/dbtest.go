// Package dbtest gives tests fresh databases on both engines.
//
// SQLite databases are files in the test's folder. PostgreSQL databases are made
// from a migrated template on the server that CADRE_TEST_POSTGRES names; without
// it, a private server is started from the machine's PostgreSQL binaries, once
// for all test binaries of the user, and left running for the next. A machine
// without PostgreSQL fails the test: half a test is not a test.
package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/journal"

	_ "github.com/jackc/pgx/v5/stdlib" // the admin connection
)

// Start is the instant that the clock of a test database shows.
var Start = time.Date(2020, time.October, 1, 5, 0, 0, 0, time.UTC)

// Run runs f as a subtest on each engine, each with a fresh, migrated database
// whose clock is a [clock.Fake] that shows [Start]. The subtests are parallel.
func Run(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": SQLite, "postgres": Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, open(t))
		})
	}
}

// Clock returns the fake clock of a database made by this package.
func Clock(d *db.DB) *clock.Fake { return d.Clock().(*clock.Fake) }

// SQLite returns a fresh SQLite database in a file of the test's own.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, SQLiteURL(t))
}

// Postgres returns a fresh PostgreSQL database.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, PostgresURL(t))
}

// Open opens url with a fake clock and a journal, and closes it with the test. Several may be
// opened on one URL, as several instances of Cadre.
func Open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), db.Options{URL: url, Clock: clock.NewFake(Start), Readers: 4})
	if err != nil {
		t.Fatal(err)
	}
	journal.Attach(d)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return d
}

var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "cadre-dbtest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), db.Options{URL: path})
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLiteURL returns the path of a fresh, migrated SQLite file.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	b, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cadre.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// template makes the migrated template database, once per content of the
// migrations, whichever test binary comes first.
var template = sync.OnceValues(func() (string, error) {
	base, err := serverURL()
	if err != nil {
		return "", err
	}
	sum, err := digest()
	if err != nil {
		return "", err
	}
	name := "cadre_template_" + sum
	admin, err := sql.Open("pgx", base)
	if err != nil {
		return "", err
	}
	defer admin.Close()
	ctx := context.Background()
	c, err := admin.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock(727)"); err != nil {
		return "", err
	}
	defer func() { _, _ = c.ExecContext(ctx, "SELECT pg_advisory_unlock(727)") }()
	var done bool
	if err := c.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&done); err != nil || done {
		return name, err
	}
	if _, err := c.ExecContext(ctx, `DROP DATABASE IF EXISTS "`+name+`"`); err != nil {
		return "", err
	}
	if _, err := c.ExecContext(ctx, `CREATE DATABASE "`+name+`" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`); err != nil {
		return "", err
	}
	d, err := db.Open(ctx, db.Options{URL: withDatabase(base, name)})
	if err != nil {
		return "", err
	}
	if err := d.Close(); err != nil {
		return "", err
	}
	_, err = c.ExecContext(ctx, `ALTER DATABASE "`+name+`" IS_TEMPLATE true`)
	return name, err
})

// PostgresURL returns the URL of a fresh, migrated PostgreSQL database, which is
// dropped with the test.
func PostgresURL(t testing.TB) string {
	t.Helper()
	tmpl, err := template()
	if err != nil {
		t.Fatalf("no PostgreSQL to test on: %v\nRun make setup, or set CADRE_TEST_POSTGRES to a server's URL.", err)
	}
	base, err := serverURL()
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := "cadre_test_" + strings.ReplaceAll(id.New[string](), "-", "")
	var version int
	if err := admin.QueryRow(`SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	strategy := ""
	if version >= 150000 { // before, it was the only way
		strategy = " STRATEGY FILE_COPY"
	}
	if _, err := admin.Exec(`CREATE DATABASE "` + name + `" TEMPLATE "` + tmpl + `"` + strategy); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin, err := sql.Open("pgx", base)
		if err != nil {
			t.Error(err)
			return
		}
		defer admin.Close()
		if _, err := admin.Exec(`DROP DATABASE "` + name + `" WITH (FORCE)`); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return withDatabase(base, name)
}

func withDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(err) // serverURL has parsed it
	}
	u.Path = "/" + name
	return u.String()
}

// digest names the migrations by their content.
func digest() (string, error) {
	h := sha256.New()
	if err := db.WriteMigrations(h); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

// Again opens a second instance on the database that d has open.
func Again(t testing.TB, d *db.DB) *db.DB {
	t.Helper()
	return Open(t, d.URL())
}
