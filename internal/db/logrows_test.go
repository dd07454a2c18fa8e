package db_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
)

// What a log and the memory of a unit held before their tables were made anew is there
// afterwards, and bound by the same rules.
func TestLogsOutliveTheirNewTables(t *testing.T) {
	for engine, url := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "cadre.db") },
		"postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			ctx := context.Background()
			opt := db.Options{URL: url(t)}
			d, err := db.OpenAt(ctx, opt, 240)
			if err != nil {
				t.Fatal(err)
			}
			insert := func(tx *db.Tx, entry, launch string, number int, element string) error {
				if _, err := tx.Exec(`INSERT INTO player_entries (id, launch, number, attempt, person, occurred_at, recorded_at, applied, digest, body)
					VALUES (?1, ?2, ?3, 'attempt', 'person', 1, 2, 1, 'digest', ?4)`, entry, launch, number, strings.Repeat("b", 1500+number)); err != nil {
					return err
				}
				_, err := tx.Exec(`INSERT INTO player_data (attempt, activity, element, person, value) VALUES ('attempt', 'unit', ?1, 'person', ?2)`,
					element, strings.Repeat("v", 3000+number))
				return err
			}
			err = d.Update(ctx, db.Main, func(tx *db.Tx) error {
				if _, err := tx.Exec(`INSERT INTO player_attempts (id, person, cohort, module, version, number, language, page, state, percent, points, max_points, started_at, touched_at, finished_at)
					VALUES ('attempt', 'person', 'cohort', 'module', 'version', 1, 'en', '', 'open', 0, 0, 0, 1, 1, 0)`); err != nil {
					return err
				}
				if _, err := tx.Exec(`INSERT INTO player_launches (id, attempt, person, session, activity, mode, credential, started_at, touched_at, ended_at, replaced_at, number, bytes)
					VALUES ('launch', 'attempt', 'person', '', '', 'normal', 'credential', 1, 1, 0, 0, 0, 0)`); err != nil {
					return err
				}
				for n := range 50 {
					if err := insert(tx, fmt.Sprintf("entry %02d", n), "launch", n, fmt.Sprint("element ", n)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			if d, err = db.Open(ctx, opt); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}()
			if err := d.View(ctx, func(tx *db.Tx) error {
				for query, want := range map[string]int64{
					`SELECT COUNT(*) FROM player_entries WHERE LENGTH(body) = 1500 + number AND person = 'person' AND launch = 'launch'`: 50,
					`SELECT COUNT(DISTINCT id) FROM player_entries`:                                                                      50,
					`SELECT SUM(LENGTH(value)) FROM player_data WHERE attempt = 'attempt' AND activity = 'unit' AND person = 'person'`:   50*3000 + 49*50/2,
				} {
					var got int64
					if err := tx.QueryRow(query).Scan(&got); err != nil || got != want {
						t.Errorf("%s: %d, %v", query, got, err)
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for name, tc := range map[string]struct {
				entry, launch string
				number        int
				element       string
				is            func(error) bool
			}{
				"an entry's id":          {"entry 07", "launch", 100, "element new", d.Dialect().IsUnique},
				"a number in a launch":   {"entry new", "launch", 7, "element new", d.Dialect().IsUnique},
				"an element of a unit":   {"entry new", "launch", 100, "element 7", d.Dialect().IsUnique},
				"a launch that is there": {"entry new", "none", 100, "element new", d.Dialect().IsReference},
			} {
				if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return insert(tx, tc.entry, tc.launch, tc.number, tc.element) }); !tc.is(err) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}
