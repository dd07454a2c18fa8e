package app_test

import (
	"context"
	"strings"
	"testing"

	"cadre/internal/app"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/retention"
)

// Every table says whose data it holds, why, how long, and what erasing her does.
func TestEveryTableIsDeclared(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		wrong, err := retention.Check(context.Background(), d, app.Tables())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			t.Error(w)
		}
	})
}

// What a table holds of a person is found without reading all of it: she may be erased,
// or look at what is kept of her, while others work.
func TestWhatIsKeptOfHerIsFoundByAnIndex(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		explain, reads := "EXPLAIN QUERY PLAN ", "SCAN "
		lineOf := func(r *db.Rows) (line string, err error) {
			var id, parent, unused int64
			err = r.Scan(&id, &parent, &unused, &line)
			return line, err
		}
		if d.Dialect().Name() == "postgres" {
			explain, reads = "EXPLAIN ", "Seq Scan on "
			lineOf = func(r *db.Rows) (line string, err error) {
				err = r.Scan(&line)
				return line, err
			}
		}
		err := d.View(context.Background(), func(tx *db.Tx) error {
			if d.Dialect().Name() == "postgres" { // empty tables are read whole otherwise
				if _, err := tx.Exec("SET LOCAL enable_seqscan = off"); err != nil {
					return err
				}
			}
			for _, table := range app.Tables() {
				if table.Person == "" {
					continue
				}
				plan, err := db.Collect(tx, lineOf, explain+"SELECT COUNT(*) FROM "+table.Name+" WHERE "+table.Hers(), "nobody")
				if err != nil {
					return err
				}
				for _, line := range plan {
					if strings.Contains(line, reads) && !strings.Contains(line, "INDEX") {
						t.Errorf("%s: %s", table.Name, line)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Her own page says in words, for whatever the program keeps of a person, what it is
// and what for.
func TestWhatIsKeptOfHerHasWords(t *testing.T) {
	for _, table := range app.Tables() {
		if table.Person == "" {
			continue
		}
		for _, lang := range i18n.Shipped().Languages() {
			l := i18n.For(i18n.Prefs{Lang: lang.Tag})
			for _, key := range []string{"home.area.", "home.area-why."} {
				if said := l.T(key + table.Owner); said == key+table.Owner || said == "" {
					t.Errorf("%s: %s is said nowhere (table %s)", lang.Tag, key+table.Owner, table.Name)
				}
			}
		}
	}
}
