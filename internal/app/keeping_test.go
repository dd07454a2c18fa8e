package app_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cadre/internal/app"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/people"
	"cadre/internal/retention"
)

// instance is a configured instance in folders of the test's own.
func instance(t *testing.T, url string) config.Config {
	t.Helper()
	dir := t.TempDir()
	cfg, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(dir, "data"), "CADRE_DATABASE=" + url})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func open(t *testing.T, cfg config.Config, c clock.Clock) *app.App {
	t.Helper()
	a, err := app.Open(context.Background(), cfg, app.Options{Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func closed(t *testing.T, a *app.App) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// engines runs f for an instance on each engine.
func engines(t *testing.T, f func(t *testing.T, cfg config.Config)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); f(t, instance(t, "")) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); f(t, instance(t, dbtest.PostgresURL(t))) })
}

// enter writes a person with a name and a scan.
func enter(t *testing.T, a *app.App, name string) (p id.Person, scan blob.Stored) {
	t.Helper()
	scan, err := a.Files.PutUpload(strings.NewReader("the letter of "+name), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.DB.Update(app.AsOperator(context.Background()), db.Main, func(tx *db.Tx) (err error) {
		if p, err = people.Enter(tx, people.NewPerson{Names: []people.NewName{{Written: name}}}); err != nil {
			return err
		}
		return blob.Keep(tx, scan, blob.Reference{Owner: "letter:1", Purpose: "scan", Person: p})
	}); err != nil {
		t.Fatal(err)
	}
	return p, scan
}

func states(t *testing.T, a *app.App) map[string]string {
	t.Helper()
	found, err := a.Doctor(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range found {
		if s := i18n.For(i18n.Prefs{}).T(string(f.Key), f.Args); s == string(f.Key) || strings.ContainsAny(s, "{}") {
			t.Errorf("%s says %q", f.Part, s)
		}
		out[f.Part] = string(f.State) + " " + string(f.Key)
	}
	return out
}

func TestTheDoctorSeesWhatNobodySeesFail(t *testing.T) {
	engines(t, func(t *testing.T, cfg config.Config) {
		ctx := context.Background()
		now := clock.NewFake(time.Date(2020, 11, 2, 5, 0, 0, 0, time.UTC))
		a := open(t, cfg, now)
		enter(t, a, "Meena")
		want := func(when string, parts map[string]string) {
			t.Helper()
			got := states(t, a)
			for part, s := range parts {
				if got[part] != s {
					t.Errorf("%s: %s is %q, want %q", when, part, got[part], s)
				}
			}
		}
		want("new", map[string]string{
			"disk": "well app.disk-free", "database": "well app.database-open", "journal": "well app.journal-whole",
			"checkpoints": "look app.checkpoint-none", "backup": "look app.backup-none", "restore": "look app.restore-untested",
			"keys": "well app.key-apart", "erased": "well app.register-replayed", "messages": "well app.messages-fine",
			"work": "well app.work-fine", "certificate": "well app.certificate-none", "media": "well app.media-none",
		})
		if _, err := a.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		backup := filepath.Join(t.TempDir(), "b")
		if _, err := a.Backup(ctx, backup, "test", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := a.TestBackup(ctx, backup, nil); err != nil {
			t.Fatal(err)
		}
		want("kept", map[string]string{
			"checkpoints": "well app.checkpoint-new", "backup": "well app.backup-new", "restore": "well app.restore-tested",
		})
		now.Advance(91 * 24 * time.Hour)
		want("left alone", map[string]string{
			"checkpoints": "look app.checkpoint-old", "backup": "look app.backup-old", "restore": "look app.restore-tested-long-ago",
		})
		now.Advance(-200 * 24 * time.Hour)
		if err := os.Chmod(cfg.Keep.Key+".journal", 0o644); err != nil {
			t.Fatal(err)
		}
		want("wrong", map[string]string{"clock": "broken app.clock-behind", "keys": "broken app.key-open"})
		if err := os.Chmod(cfg.Keep.Key+".journal", 0o600); err != nil {
			t.Fatal(err)
		}
		closed(t, a)
	})
}

// A checkpoint is signed every day, once, outside the database and its folder, and each
// of them holds on.
func TestACheckpointIsSignedEveryDay(t *testing.T) {
	cfg := instance(t, "")
	now := clock.NewFake(time.Date(2020, 11, 2, 5, 0, 0, 0, time.UTC))
	a := open(t, cfg, now)
	for day := range 3 {
		enter(t, a, "Meena")
		for range 2 {
			if _, err := a.Jobs.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		signed, err := filepath.Glob(filepath.Join(cfg.Keep.Checkpoints, "*.checkpoint"))
		if err != nil || len(signed) != day+1 {
			t.Fatalf("on day %d there are %v, %v", day, signed, err)
		}
		now.Advance(24 * time.Hour)
	}
	if rel, err := filepath.Rel(cfg.Data, cfg.Keep.Checkpoints); err != nil || !strings.HasPrefix(rel, "..") {
		t.Errorf("they lie in the data folder: %s, %v", rel, err)
	}
	if v, err := a.Verify(t.Context(), nil, "", nil); err != nil || !v.OK() || v.Checkpoints != 3 {
		t.Errorf("%+v, %v", v, err)
	}
	closed(t, a)
}

func TestVerifyNamesDamageInRowsFilesAndCheckpoints(t *testing.T) {
	engines(t, func(t *testing.T, cfg config.Config) {
		ctx := context.Background()
		a := open(t, cfg, nil)
		p, scan := enter(t, a, "Meena")
		if _, err := a.Jobs.Drain(ctx); err != nil { // signs a checkpoint
			t.Fatal(err)
		}
		verify := func() app.Verification {
			t.Helper()
			v, err := a.Verify(ctx, nil, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := verify(); !v.OK() || v.Checkpoints != 1 || v.Journal.Rows == 0 {
			t.Fatalf("%+v", v)
		}
		if err := a.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE people_names SET written = 'Somebody else' WHERE person = ?1`, p)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(a.Files.Path(scan.Kind, scan.ID), 5); err != nil {
			t.Fatal(err)
		}
		signed, err := filepath.Glob(filepath.Join(cfg.Keep.Checkpoints, "*"))
		if err != nil || len(signed) != 1 {
			t.Fatal(signed, err)
		}
		if err := os.WriteFile(signed[0], []byte("forged"), 0o600); err != nil {
			t.Fatal(err)
		}
		v := verify()
		var keys []string
		for _, f := range append(v.Journal.Findings, v.Files...) {
			keys = append(keys, f.Key)
		}
		if got := strings.Join(keys, " "); v.OK() || got != "journal.verify-row app.checkpoint-unreadable blob.verify-damaged" {
			t.Errorf("findings %s", got)
		}
		closed(t, a)
	})
}

// Somebody puts yesterday's database file back by hand, after a person was
// erased: nobody is served until the loss is accepted and the register replayed.
func TestADatabasePutBackByHandDoesNotServe(t *testing.T) {
	cfg := instance(t, "")
	ctx := context.Background()
	a := open(t, cfg, nil)
	her, _ := enter(t, a, "Meena-the-canary")
	closed(t, a)
	yesterday, err := os.ReadFile(cfg.Database)
	if err != nil {
		t.Fatal(err)
	}

	a = open(t, cfg, nil)
	if err := a.Ready(ctx); err != nil {
		t.Fatalf("not ready: %v", err)
	}
	if _, err := a.ErasePerson(ctx, retention.Erase{Person: her, Why: "asked", Authority: "letter-9"}, true); err != nil {
		t.Fatal(err)
	}
	closed(t, a)
	if holds(t, cfg.Data, "Meena-the-canary") {
		t.Error("she is still in the data folder")
	}

	if err := os.WriteFile(cfg.Database, yesterday, 0o600); err != nil {
		t.Fatal(err)
	}
	a = open(t, cfg, nil)
	if a.Doubt == nil || !fault.Is(a.Ready(ctx), fault.Unavailable) {
		t.Fatalf("it is ready: doubt %+v", a.Doubt)
	}
	if s := states(t, a); s["journal"] != "broken journal.behind-witness" || s["erased"] != "broken retention.not-replayed" {
		t.Errorf("the doctor says %v", s)
	}
	if err := a.Accept(ctx); err != nil {
		t.Fatal(err)
	}
	if !fault.Is(a.Ready(ctx), fault.Unavailable) {
		t.Error("it is ready although she is back")
	}
	if n, err := a.Replay(ctx); err != nil || n != 1 {
		t.Errorf("replayed %d, %v", n, err)
	}
	if err := a.Ready(ctx); err != nil {
		t.Errorf("not ready: %v", err)
	}
	closed(t, a)
	if holds(t, cfg.Data, "Meena-the-canary") {
		t.Error("she is back in the data folder")
	}
}

// The power goes between the register and the commit of an erasure: the next start
// makes it good, and nobody has to know. A database in doubt is left to a person.
func TestAnErasureThatWasCutOffIsMadeGoodAtTheNextStart(t *testing.T) {
	cfg := instance(t, "")
	ctx := context.Background()
	a := open(t, cfg, nil)
	her, _ := enter(t, a, "Meena-the-canary")
	closed(t, a)
	if err := retention.OpenRegister(cfg.Keep.Erased).Add(retention.Erasure{Person: her, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	a = open(t, cfg, nil)
	if !fault.Is(a.Ready(ctx), fault.Unavailable) {
		t.Error("it is ready although she is there")
	}
	a.Doubt = &journal.Doubt{}
	if err := a.FinishErasures(ctx); err != nil || !holds(t, cfg.Data, "Meena-the-canary") {
		t.Errorf("a database in doubt was changed: %v", err)
	}
	a.Doubt = nil
	if err := a.FinishErasures(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Ready(ctx); err != nil {
		t.Errorf("not ready: %v", err)
	}
	closed(t, a)
	if holds(t, cfg.Data, "Meena-the-canary") {
		t.Error("she is still in the data folder")
	}
}

// holds reports whether any file below dir holds the text.
func holds(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || strings.Contains(string(b), text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}
