package db_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
)

// standing is a database with two tables, of which marks are taken.
type standing struct {
	*testing.T
	d *db.DB
}

func (m standing) run(d *db.DB, queries ...string) {
	m.Helper()
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		for _, q := range queries {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		m.Fatal(err)
	}
}

// of is where tables stand.
func (m standing) of(tables ...string) (mark db.Mark) {
	m.Helper()
	if err := m.d.Update(ctx, db.Main, func(tx *db.Tx) error {
		got, known, err := tx.Mark(tables...)
		if err == nil && !known {
			err = errors.New("it is not known")
		}
		mark = got
		return err
	}); err != nil {
		m.Fatal(err)
	}
	return mark
}

// A table stands where it stood until something is written to it, in whatever words and
// by whomever.
func TestAMarkTellsOfWhatWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marks.db")
	d := bare(t, db.Options{URL: path})
	m := standing{t, d}
	m.run(d, `CREATE TABLE ones (id INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID`, `CREATE TABLE twos (id INTEGER PRIMARY KEY) STRICT`)
	at := m.of("ones")
	if at == (db.Mark{}) {
		t.Fatal("it stands nowhere")
	}
	for _, q := range []string{"INSERT INTO twos (id) VALUES (1)", "UPDATE twos SET id = 2", "DELETE FROM twos"} {
		if m.run(d, q); m.of("ones") != at {
			t.Errorf("%s: the other table has moved", q)
		}
	}
	if m.of("ones", "twos") == at {
		t.Error("what was written to the second of two tables is not told")
	}
	for _, q := range []string{
		"INSERT INTO ones (id) VALUES (1)", "insert\ninto ones(id) VALUES (2)", "INSERT OR IGNORE INTO ones (id) VALUES (2)", `INSERT INTO "ones" (id) VALUES (3)`,
		"INSERT INTO main.ones (id) VALUES (4)", "REPLACE INTO ones (id) VALUES (4)", "UPDATE ones SET id = 5 WHERE id = 4", "UPDATE OR IGNORE ones SET id = 6 WHERE id = 5",
		"WITH n (id) AS (VALUES (7)) INSERT INTO ones SELECT id FROM n", "-- all of it\nDELETE FROM ones WHERE id = 1", "DELETE FROM ones", "DROP TABLE twos",
	} {
		before := m.of("ones")
		if m.run(d, q); m.of("ones") == before {
			t.Errorf("%s is not told", q)
		}
	}
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		before, _, err := tx.Mark("ones")
		if err != nil {
			return err
		}
		// Without a prepared statement, for it has too many values.
		values := make([]any, 300)
		query := "INSERT INTO ones (id) VALUES (?1)"
		for i := range values {
			values[i] = i
			if i > 0 {
				query += ", (?" + strconv.Itoa(i+1) + ")"
			}
		}
		if _, err := tx.Exec(query, values...); err != nil {
			return err
		}
		if after, _, err := tx.Mark("ones"); err != nil || after == before {
			t.Errorf("many values are not told: %v", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}

	before := m.of("ones")
	undone := errors.New("undone")
	var inside db.Mark
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) (err error) {
		if _, err := tx.Exec("DELETE FROM ones"); err != nil {
			return err
		}
		if inside, _, err = tx.Mark("ones"); err != nil {
			return err
		}
		return undone
	}); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if inside == before {
		t.Error("a transaction does not tell what it wrote itself")
	}
	m.run(d, "INSERT INTO ones (id) VALUES (1000)")
	if got := m.of("ones"); got == inside || got == before {
		t.Error("where an undone transaction has come to is told again")
	}

	other := bare(t, db.Options{URL: path})
	before = m.of("ones")
	if m.of("ones") != before {
		t.Error("it has moved by itself")
	}
	m.run(other, "DELETE FROM ones WHERE id = 1000")
	if m.of("ones") == before {
		t.Error("what another program wrote is not told")
	}
}

// On PostgreSQL other instances write, and in a view nothing is to be kept.
func TestAMarkIsNotKnownEverywhere(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		want := d.Dialect().Name() == "sqlite"
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, known, err := tx.Mark("people_persons"); err != nil || known != want {
				t.Errorf("%t, %v", known, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.View(ctx, func(tx *db.Tx) error {
			if _, known, err := tx.Mark("people_persons"); err != nil || known {
				t.Errorf("in a view: %t, %v", known, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
