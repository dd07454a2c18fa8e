package e2e_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cadre/examples"
	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
)

// releases holds, for the schema of each release, a backup of an instance in which
// every flow was gone through, the world in it, a backup of the demo's, and the digest
// of the migrations that lead there. scripts/fixture makes one.
const releases = "testdata/releases"

// The files of a release.
const (
	releaseBackup     = "cadre.backup"
	releaseDemo       = "demo.backup"
	releaseWorld      = "world.json"
	releaseMigrations = "migrations.sha256"
)

// unfilled are the tables that are empty in both: what a browser alone does, jobs of
// the night, and tries that failed.
const unfilled = `archive_runs people_sites access_tokens access_sessions access_limits access_days
	pathway_reviews cohort_imports cohort_selections cohort_ranked cohort_time_answers player_objectives
	workshop_changes workshop_seen workshop_tries workshop_contests report_eligible_staff
	lrs_targets lrs_attachments lrs_activities lrs_documents lrs_derivations lrs_accounts`

// populate fills an instance with what every flow leaves, and returns its world.
func populate(t *testing.T, a *app.App) world {
	t.Helper()
	w := newWorldOf(t, a, 3, strings.ReplaceAll(everything, "places: 12", "places: 90"))
	s := &scene{TB: t, Services: a.Services, app: a, w: w}
	for _, f := range flows() {
		must(t, f.lead(s)(op()))
	}
	launch := s.done(deed{Do: "launch", Of: w.Officers[0]})
	s.done(deed{Do: "commit", Of: w.Officers[0], Launch: launch.Launch, Number: 1})
	return w
}

// A release leaves populated databases to later ones. With CADRE_TEST_RELEASE they
// are kept, the demo's beside the other, and something is in nearly every table;
// without, it is tried that they could be.
func TestAReleaseLeavesItsDatabaseToLaterOnes(t *testing.T) {
	a := newInstance(t, "").openAt(t, monday)
	defer closed(t, a)
	w := populate(t, a)
	verified(t, a)
	backups := map[string]*app.App{releaseBackup: a}
	keep := os.Getenv("CADRE_TEST_RELEASE") != ""
	if keep {
		demo := played(t)
		defer closed(t, demo)
		backups[releaseDemo] = demo
		for _, table := range app.Tables() {
			n := count(t, a, `SELECT COUNT(*) FROM `+table.Name) + count(t, demo, `SELECT COUNT(*) FROM `+table.Name)
			if (n == 0) != slices.Contains(strings.Fields(unfilled), table.Name) {
				t.Errorf("%s has %d rows: let a flow fill it, or list it", table.Name, n)
			}
		}
	}
	version, err := a.DB.SchemaVersion(context.Background())
	must(t, err)
	dir := filepath.Join(t.TempDir(), fmt.Sprintf("%04d", version))
	if keep {
		dir = filepath.Join(releases, fmt.Sprintf("%04d", version))
		must(t, os.RemoveAll(dir))
	}
	must(t, os.MkdirAll(dir, 0o755))
	for name, of := range backups {
		_, err = of.Backup(context.Background(), filepath.Join(dir, name), "test", nil)
		must(t, err)
	}
	text, err := json.MarshalIndent(w, "", "  ")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, releaseWorld), append(text, '\n'), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, releaseMigrations), []byte(migrationsUpTo(t, version)+"\n"), 0o644))
}

// played is the instance of the demo, after its last day.
func played(t *testing.T) *app.App {
	t.Helper()
	cfg, err := config.Load("", newInstance(t, ""))
	must(t, err)
	_, err = app.DemoOnce(context.Background(), cfg, examples.First, slog.New(slog.DiscardHandler), nil)
	must(t, err)
	a, err := app.Open(context.Background(), cfg, app.Options{Demo: true})
	must(t, err)
	return a
}

// migrationsUpTo is the digest of the migrations of both engines up to a version.
func migrationsUpTo(t *testing.T, version int64) string {
	t.Helper()
	sum := sha256.New()
	for _, engine := range []string{"postgres", "sqlite"} {
		files, err := filepath.Glob("../db/migrations/" + engine + "/*.sql")
		must(t, err)
		for _, f := range files {
			number, _, _ := strings.Cut(filepath.Base(f), "_")
			n, err := strconv.ParseInt(number, 10, 64)
			must(t, err)
			if n > version {
				continue
			}
			text, err := os.ReadFile(f)
			must(t, err)
			fmt.Fprintf(sum, "%s/%s %x\n", engine, filepath.Base(f), sha256.Sum256(text))
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// The populated database of every release is brought up to date, on both engines:
// it then has the schema of a new one, holds what it held, verifies, and people go
// on in it.
func TestEveryReleaseIsUpgraded(t *testing.T) {
	dirs, err := filepath.Glob(releases + "/*")
	must(t, err)
	if len(dirs) == 0 {
		t.Fatal("there is no release to upgrade from")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			version, err := strconv.ParseInt(filepath.Base(dir), 10, 64)
			must(t, err)
			var w world
			text, err := os.ReadFile(filepath.Join(dir, releaseWorld))
			must(t, err)
			must(t, json.Unmarshal(text, &w))
			sum, err := os.ReadFile(filepath.Join(dir, releaseMigrations))
			must(t, err)
			if got := migrationsUpTo(t, version); got != strings.TrimSpace(string(sum)) {
				t.Errorf("migrations up to %d have changed since they were released: add one instead", version)
			}
			engines(t, func(t *testing.T, database string) {
				in := newInstance(t, database)
				upgraded(t, in, version, filepath.Join(dir, releaseDemo), nil)
				upgraded(t, in, version, filepath.Join(dir, releaseBackup), &w)
			})
		})
	}
}

// upgraded restores a release's backup into an instance, and goes through the flows
// in its world, if it is of one.
func upgraded(t *testing.T, in instance, version int64, backup string, w *world) {
	t.Helper()
	in = emptied(t, in)
	cfg, err := config.Load("", in)
	must(t, err)
	// A restore makes the old schema, fills it, and opens it with today's program.
	r, err := app.Restore(context.Background(), cfg, backup, false, nil)
	must(t, err)
	if r.What.Schema != version || r.Rows < 500 || r.Files == 0 {
		t.Errorf("restored %d rows and %d files of schema %d", r.Rows, r.Files, r.What.Schema)
	}
	a, err := app.Open(context.Background(), cfg, app.Options{Clock: clock.NewFake(monday), Either: true})
	must(t, err)
	defer closed(t, a)
	got, err := a.DB.Schema(context.Background())
	must(t, err)
	want, err := os.ReadFile("../db/schema/" + a.DB.Dialect().Name() + ".sql")
	must(t, err)
	if got != string(want) {
		t.Errorf("the schema is another one than that of a new database:\n%s", got)
	}
	verified(t, a)
	if w == nil {
		return
	}
	s := &scene{TB: t, Services: a.Services, app: a, w: *w, n: 1000} // numbers that the release did not have
	for _, f := range flows() {
		if !f.long {
			must(t, f.lead(s)(op()))
		}
	}
	verified(t, a)
}

// emptied is the instance without anything in it, not even a schema.
func emptied(t *testing.T, in instance) instance {
	t.Helper()
	cfg, err := config.Load("", in)
	must(t, err)
	if cfg.SQLite() {
		return newInstance(t, "")
	}
	d, err := db.OpenAsIs(context.Background(), db.Options{URL: cfg.Database, Clock: clock.NewFake(monday)})
	must(t, err)
	must(t, d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
		for _, q := range []string{`DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	}))
	must(t, d.Close())
	return newInstance(t, cfg.Database)
}
