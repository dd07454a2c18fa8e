package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"cadre/examples"
	"cadre/internal/app"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/retention"
)

// The whole first programme is played; everything that the journal speaks for is
// as it says; then a participant is erased and is nowhere, also after a restore
// of the backup that holds her. (Package retention's tests erase on PostgreSQL.)
func TestAPlayedProgrammeVerifiesAndForgetsAPerson(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	cfg := demoConfig(t, "")
	if _, err := app.DemoOnce(ctx, cfg, examples.First, slog.New(slog.DiscardHandler), nil); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(ctx, cfg, app.Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	whole := func(when string, a *app.App) {
		t.Helper()
		v, err := a.Verify(ctx, nil, "", nil)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		for i, f := range append(v.Journal.Findings, v.Files...) {
			if i < 20 {
				t.Errorf("%s: %v", when, f)
			}
		}
	}
	whole("played", a)
	everyBodyIsGolden(t, a)

	her, names := participant(t, a)
	held := present(t, a, names)
	if len(held) == 0 {
		t.Fatal("she is nowhere before: the test tests nothing")
	}
	backup := filepath.Join(t.TempDir(), "before.backup")
	if _, err := a.Backup(ctx, backup, "test", nil); err != nil {
		t.Fatal(err)
	}
	e, err := a.ErasePerson(ctx, retention.Erase{Person: her, Why: "asked", Authority: "letter-9"}, true)
	if err != nil {
		t.Fatal(err)
	}
	if e.Rows == 0 || e.Entries == 0 {
		t.Errorf("%+v", e)
	}
	for _, place := range present(t, a, names) {
		t.Errorf("after she was erased: %s", place)
	}
	whole("erased", a)
	closed(t, a)
	for _, n := range names {
		if holds(t, cfg.Data, n) {
			t.Errorf("the data folder still holds %q", n)
		}
	}

	back := demoConfig(t, "")
	back.Keep = cfg.Keep
	got, err := app.Restore(ctx, back, backup, false, nil)
	if err != nil || got.Erased != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	b, err := app.Open(ctx, back, app.Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Ready(ctx); err != nil {
		t.Errorf("not ready: %v", err)
	}
	for _, place := range present(t, b, names) {
		t.Errorf("after the restore: %s", place)
	}
	closed(t, b)
	for _, n := range names {
		if holds(t, back.Data, n) {
			t.Errorf("the restored folder holds %q", n)
		}
	}
}

// everyBodyIsGolden fails if an entry was written with a body that no committed file
// shows: what was written once has to be readable for ever.
func everyBodyIsGolden(t *testing.T, a *app.App) {
	t.Helper()
	files, err := filepath.Glob("../*/testdata/journal/*.json")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob("../*/*/testdata/journal/*.json")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, f := range append(files, deeper...) {
		shown[strings.TrimSuffix(filepath.Base(f), ".json")] = true
	}
	if err := a.DB.View(context.Background(), func(tx *db.Tx) error {
		written, err := db.Collect(tx, func(r *db.Rows) (string, error) {
			var kind string
			var version int
			err := r.Scan(&kind, &version)
			return fmt.Sprintf("%s.v%d", kind, version), err
		}, `SELECT DISTINCT e.kind, e.version FROM journal_entries e JOIN journal_bodies b ON b.lane = e.lane AND b.sequence = e.sequence
			WHERE LENGTH(b.body) > 2`)
		for _, kind := range written {
			if !shown[kind] {
				t.Errorf("a body of %s was written, and no golden file shows one: package journaltest", kind)
			}
		}
		if len(written) < 40 {
			t.Errorf("%d kinds were written", len(written))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// participant returns somebody who took part, and her full names, which nobody
// shares.
func participant(t *testing.T, a *app.App) (her id.Person, names []string) {
	t.Helper()
	if err := a.DB.View(context.Background(), func(tx *db.Tx) error {
		all, err := db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
			`SELECT person FROM cohort_enrolments WHERE later = 0 ORDER BY joined_at, person`)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.NotFound, "people.nobody", nil)
		}
		her = all[len(all)/2]
		written, err := people.NamesOf(tx, her)
		for _, n := range written {
			if strings.Contains(n.Written, " ") {
				names = append(names, n.Written)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return her, names
}

// present lists the columns in which one of the names stands.
func present(t *testing.T, a *app.App, names []string) (out []string) {
	t.Helper()
	if err := a.DB.View(context.Background(), func(tx *db.Tx) error {
		all, err := db.Columns(tx)
		if err != nil {
			return err
		}
		for table, columns := range all {
			for _, c := range columns {
				if c.Type != "text" && c.Type != "bytes" {
					continue
				}
				n := 0
				if _, err := db.Collect(tx, func(r *db.Rows) (struct{}, error) {
					var b []byte
					err := r.Scan(&b)
					for _, name := range names {
						if strings.Contains(string(b), name) {
							n++
						}
					}
					return struct{}{}, err
				}, "SELECT "+c.Name+" FROM "+table); err != nil {
					return err
				}
				if n > 0 {
					out = append(out, table+"."+c.Name)
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}
