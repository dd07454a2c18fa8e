package db_test

import (
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/crashtest"
)

// bare opens a database without any of our tables, until the test ends.
func bare(t *testing.T, opt db.Options) *db.DB {
	t.Helper()
	d, err := db.OpenAsIs(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// pages is a table with rows of a page each, which is read by another connection
// than the one that writes it.
type pages struct {
	*testing.T
	d *db.DB
}

func newPages(t *testing.T, wrap func(string) string) pages {
	t.Helper()
	p := pages{t, bare(t, db.Options{URL: filepath.Join(t.TempDir(), "pages.db"), Wrap: wrap})}
	p.update(func(tx *db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE pages (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT`)
		return err
	})
	return p
}

func (p pages) update(f func(tx *db.Tx) error) {
	p.Helper()
	if err := p.d.Update(ctx, db.Main, f); err != nil {
		p.Fatal(err)
	}
}

// write writes rows from one number up to another.
func (p pages) write(tx *db.Tx, from, to int) error {
	for n := from; n < to; n++ {
		if _, err := tx.Exec(`INSERT INTO pages (id, text) VALUES (?1, ?2)`, n, strings.Repeat("x", 3000)); err != nil {
			return err
		}
	}
	return nil
}

// count reads all rows to their end.
func (p pages) count(tx *db.Tx) (n int) {
	p.Helper()
	if err := tx.QueryRow(`SELECT COUNT(*) FROM pages WHERE text LIKE '%x'`).Scan(&n); err != nil {
		p.Fatal(err)
	}
	return n
}

func (p pages) seen() (n int) {
	p.Helper()
	if err := p.d.View(ctx, func(tx *db.Tx) error { n = p.count(tx); return nil }); err != nil {
		p.Fatal(err)
	}
	return n
}

// However many pages a transaction changes, they are written to the log in two pieces.
func TestATransactionIsWrittenToTheLogInTwoPieces(t *testing.T) {
	disk := crashtest.NewSlow(t, 0)
	p := newPages(t, disk.Wrap)
	for round := range 3 {
		before := disk.LogWrites()
		p.update(func(tx *db.Tx) error { return p.write(tx, 50*round, 50*round+50) })
		if n := disk.LogWrites() - before; n != 2 {
			t.Errorf("fifty pages are written in %d pieces", n)
		}
		if n := p.seen(); n != 50*round+50 {
			t.Errorf("%d rows are seen", n)
		}
	}
}

// Who reads sees a transaction whole as soon as it is committed, even where a commit
// does not wait for the disk, and her own writer sees what has left its memory before.
func TestWhatIsHeldBackOfTheLogIsThereForWhoReads(t *testing.T) {
	for name, wrap := range map[string]func(string) string{
		"full":   nil,
		"normal": func(dsn string) string { return strings.Replace(dsn, "synchronous(full)", "synchronous(normal)", 1) },
		"little memory": func(dsn string) string {
			return strings.Replace(dsn, "cache_size(-16000)", "cache_size(10)", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPages(t, wrap)
			for round := range 5 {
				p.update(func(tx *db.Tx) error {
					for some := range 4 {
						if err := p.write(tx, 400*round+100*some, 400*round+100*some+100); err != nil {
							return err
						}
						if n := p.count(tx); n != 400*round+100*some+100 {
							t.Errorf("its writer sees %d rows", n)
						}
						if n := p.seen(); n != 400*round {
							t.Errorf("%d rows are seen before the commit", n)
						}
					}
					return nil
				})
				if n := p.seen(); n != 400*round+400 {
					t.Errorf("%d rows are seen", n)
				}
			}
		})
	}
}
