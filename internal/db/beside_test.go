package db_test

import (
	"context"
	"strings"
	"testing"

	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
)

// A schema beside a database is a database of its own, and goes without a trace;
// what is not of Beside's making is not dropped by it.
func TestASchemaBesideADatabase(t *testing.T) {
	ctx := context.Background()
	put := func(d *db.DB, key string) error {
		return d.Update(ctx, db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO app_marks (name, value) VALUES (?1, '1')`, key)
			return err
		})
	}
	marks := func(d *db.DB) (n int) {
		t.Helper()
		if err := d.View(ctx, func(tx *db.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM app_marks`).Scan(&n) }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	d := dbtest.Postgres(t)
	if err := put(d, "first"); err != nil {
		t.Fatal(err)
	}
	at, drop, err := d.Beside(ctx, "beside_1")
	if err != nil {
		t.Fatal(err)
	}
	other, err := db.Open(ctx, db.Options{URL: at, Clock: clock.NewFake(dbtest.Start), Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if n := marks(other); n != 0 {
		t.Errorf("the schema beside holds %d marks from the start", n)
	}
	for _, key := range []string{"first", "second"} {
		if err := put(other, key); err != nil {
			t.Fatal(err)
		}
	}
	if here, there := marks(d), marks(other); here != 1 || there != 2 {
		t.Errorf("%d marks here and %d there", here, there)
	}
	if _, _, err := d.Beside(ctx, "beside_1"); err == nil {
		t.Error("a schema that is there was made again")
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := drop(ctx); err != nil {
		t.Fatal(err)
	}
	if err := drop(ctx); err == nil {
		t.Error("dropped twice without a word")
	}
	if n := marks(d); n != 1 {
		t.Errorf("dropping the other left %d marks here", n)
	}
	for _, name := range []string{"", `x"; DROP SCHEMA public`, "Public", strings.Repeat("a", 64)} {
		if _, _, err := d.Beside(ctx, name); err == nil {
			t.Errorf("a schema was made that is called %q", name)
		}
	}
	if _, _, err := dbtest.SQLite(t).Beside(ctx, "beside_1"); err == nil {
		t.Error("SQLite has a schema beside it")
	}
}
