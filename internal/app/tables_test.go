package app_test

import (
	"context"
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
