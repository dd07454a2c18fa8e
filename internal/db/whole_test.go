package db_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
)

func columns(t *testing.T, d *db.DB) (out map[string][]db.Column) {
	t.Helper()
	if err := d.View(ctx, func(tx *db.Tx) (err error) {
		out, err = db.Columns(tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// A copy of one engine's rows can be loaded into the other only while both know
// the same tables, columns and types.
func TestBothEnginesHaveTheSameColumns(t *testing.T) {
	a, b := columns(t, dbtest.SQLite(t)), columns(t, dbtest.Postgres(t))
	if len(a) == 0 {
		t.Fatal("no tables")
	}
	for table, want := range a {
		if !slices.Equal(b[table], want) {
			t.Errorf("%s:\nsqlite   %v\npostgres %v", table, want, b[table])
		}
		delete(b, table)
	}
	for table := range b {
		t.Errorf("%s is on PostgreSQL alone", table)
	}
}

func TestLoadingChecksReferencesAtTheEnd(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		file := id.New[string]()
		load := func(of string) error {
			return d.Load(ctx, func(l *db.Loader) error {
				// The reference comes before what it refers to.
				if err := l.Insert("blob_references",
					[]string{"id", "file", "owner", "purpose", "person", "keep_until", "created_at"},
					[][]any{{"r", of, "letter:1", "scan", "", int64(0), int64(1)}}); err != nil {
					return err
				}
				return l.Insert("blob_files", []string{"id", "kind", "size", "file_key", "created_at", "free_since"},
					[][]any{{file, "upload", int64(5), []byte{1}, int64(1), int64(0)}, {"other", "content", int64(5), nil, int64(1), int64(0)}})
			})
		}
		count := func() (n int) {
			if err := d.View(ctx, func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT (SELECT COUNT(*) FROM blob_files) * 10 + (SELECT COUNT(*) FROM blob_references)`).Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if err := load(file); err != nil || count() != 21 {
			t.Fatalf("%v, rows %d", err, count())
		}
		if err := load("nobody"); err == nil || !strings.Contains(err.Error(), "blob_references") {
			t.Errorf("a reference to nothing was loaded: %v", err)
		}
		if err := load(file); err != nil || count() != 21 {
			t.Errorf("loading again replaces: %v, rows %d", err, count())
		}
		// The references are checked again in everyday use.
		err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM blob_files WHERE id = ?1`, file)
			return err
		})
		if err == nil || !d.Dialect().IsReference(err) {
			t.Errorf("deleting what is referred to: %v", err)
		}
	})
}

func TestScrubbingLeavesNothingOfDeletedRows(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		canary := "Shaheen-of-the-canaries"
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			for range 50 {
				if _, err := tx.Exec(`INSERT INTO mail_messages (id, person, address, language, direction, subject, paragraphs, state, attempts, created_at, ended_at)
					VALUES (?1, '', ?2, 'en', 'ltr', ?2, ?2, 'sent', 0, 0, 0)`, id.New[string](), canary); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM mail_messages`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Scrub(ctx); err != nil {
			t.Fatal(err)
		}
		if d.Dialect().Name() != "sqlite" {
			return // its files are the server's
		}
		files, err := filepath.Glob(d.URL() + "*")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, []byte(canary)) {
				t.Errorf("%s still holds her", filepath.Base(f))
			}
		}
	})
}

func TestADatabaseCanBeOpenedAtAnEarlierSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	d, err := db.OpenAt(ctx, db.Options{URL: path}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := d.SchemaVersion(ctx); err != nil || v != 2 {
		t.Errorf("version %d, %v", v, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err = db.Open(ctx, db.Options{URL: path}); err != nil {
		t.Fatal(err)
	}
	if v, err := d.SchemaVersion(ctx); err != nil || v < 5 {
		t.Errorf("after opening it: version %d, %v", v, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}
