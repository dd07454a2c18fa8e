package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cadre/internal/app"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
)

// everythingIn is what an instance holds: each row of each table, and the bytes of
// each file.
type everythingIn map[string][]string

func hold(t *testing.T, a *app.App) everythingIn {
	t.Helper()
	out := everythingIn{}
	must(t, a.DB.View(context.Background(), func(tx *db.Tx) error {
		columns, err := db.Columns(tx)
		if err != nil {
			return err
		}
		for _, table := range app.Tables() {
			var names []string
			for _, c := range columns[table.Name] {
				names = append(names, c.Name)
			}
			rows, err := db.Collect(tx, func(r *db.Rows) (string, error) {
				values := make([]any, len(names))
				into := make([]any, len(names))
				for i := range values {
					into[i] = &values[i]
				}
				if err := r.Scan(into...); err != nil {
					return "", err
				}
				var row strings.Builder
				for i, v := range values {
					if text, ok := v.([]byte); ok { // of either engine
						v = fmt.Sprintf("%x", text)
					}
					fmt.Fprintf(&row, "%s=%v ", names[i], v)
				}
				return row.String(), nil
			}, `SELECT `+strings.Join(names, ", ")+` FROM `+table.Name)
			if err != nil {
				return err
			}
			slices.Sort(rows)
			out[table.Name] = rows
		}
		files, err := blob.Named(tx, "", 10_000)
		for _, f := range files {
			b, rerr := os.ReadFile(a.Files.Path(f.Kind, f.ID))
			if rerr != nil {
				return rerr
			}
			out["files"] = append(out["files"], string(f.ID)+" "+sumOf(b))
		}
		return err
	}))
	return out
}

// grown are what a restore adds to: the new incarnation in the journal, and the note
// that there was one.
const grown = "journal_entries journal_bodies journal_hashes journal_rows archive_runs"

// equals compares what a restored instance holds with what was there when the
// backup was made.
func (was everythingIn) equals(t *testing.T, is everythingIn) {
	t.Helper()
	for what, rows := range was {
		if what == "journal_heads" { // it has moved on
			continue
		}
		if strings.Contains(grown, what) {
			for _, r := range rows {
				if _, ok := slices.BinarySearch(is[what], r); !ok {
					t.Errorf("%s has lost %.300s", what, r)
				}
			}
			continue
		}
		if !slices.Equal(rows, is[what]) {
			t.Errorf("%s: %d rows, and then %d, or others:\n%.2000s\n\n%.2000s", what, len(rows), len(is[what]), strings.Join(rows, "\n"), strings.Join(is[what], "\n"))
		}
	}
}

// Every night a backup, and each of them is restored, by turns into either engine:
// it holds what was there on its evening, byte for byte, and verifies. Whoever was
// erased since is erased from each.
func TestEveryNightsBackupIsRestored(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		in := newInstance(t, database)
		a := in.openAt(t, monday)
		w := newWorld(t, a, 2)
		closed(t, a) // the next start notes the zones that are in use now
		a = in.openAt(t, monday)
		s := &scene{TB: t, Services: a.Services, app: a, w: w}
		nights := t.TempDir()
		type night struct {
			path string
			held everythingIn
		}
		var chain []night
		launched := s.done(deed{Do: "launch", Of: w.Officers[0]})
		for n := range 4 {
			a.Clock.(*clock.Fake).Set(monday.AddDate(0, 0, n))
			p := s.proposed()
			s.done(deed{Do: "letter", Of: p})
			s.done(deed{Do: "statements"})
			s.done(deed{Do: "commit", Of: w.Officers[0], Launch: launched.Launch, Number: int64(n + 1)})
			if n < 2 {
				s.done(deed{Do: "mark", Of: w.Officers[0], Half: n})
			}
			held := hold(t, a)
			path := filepath.Join(nights, fmt.Sprintf("night-%d.backup", n))
			if _, err := a.Backup(context.Background(), path, "test", nil); err != nil {
				t.Fatal(err)
			}
			chain = append(chain, night{path, held})
		}
		her := w.Officers[1]
		s.done(deed{Do: "erase", Of: her})
		closed(t, a)

		for n, night := range chain {
			into := ""
			if (n%2 == 0) == (database == "") {
				into = dbtest.PostgresURL(t)
			}
			restored := newInstance(t, into)
			if _, err := restored.restore(t, night.path); err != nil {
				t.Fatalf("night %d: %v", n, err)
			}
			b := restored.openAt(t, monday.AddDate(0, 0, 10))
			night.held.equals(t, hold(t, b))
			verified(t, b)
			closed(t, b)
		}

		// In its own place, which knows who was erased.
		cfg, err := config.Load("", in)
		must(t, err)
		own := newInstance(t, "", "CADRE_KEEP_ERASED="+cfg.Keep.Erased)
		r, err := own.restore(t, chain[1].path)
		if err != nil || r != 1 {
			t.Fatalf("%d erased anew, %v", r, err)
		}
		b := own.openAt(t, monday.AddDate(0, 0, 10))
		if n := count(t, b, `SELECT COUNT(*) FROM people_names WHERE person = ?1`, her.Person); n != 0 {
			t.Errorf("she is back with %d names", n)
		}
		verified(t, b)
		closed(t, b)
	})
}

func (in instance) restore(t *testing.T, path string) (erased int, err error) {
	t.Helper()
	cfg, err := config.Load("", in)
	must(t, err)
	r, err := app.Restore(context.Background(), cfg, path, false, nil)
	return r.Erased, err
}

// Half a backup, one changed byte, another file and another instance's backup are
// refused in words that say what it is, in every language, and the place stays as it
// was.
func TestABackupThatIsNoneOfOursIsRefusedInWords(t *testing.T) {
	in := newInstance(t, "")
	a := in.openAt(t, monday)
	newWorld(t, a, 0)
	good := filepath.Join(t.TempDir(), "good.backup")
	if _, err := a.Backup(context.Background(), good, "test", nil); err != nil {
		t.Fatal(err)
	}
	closed(t, a)
	whole, err := os.ReadFile(good)
	must(t, err)
	changed := bytes.Clone(whole)
	changed[len(changed)/3] ^= 1
	for _, c := range []struct {
		what    string
		content []byte
		key     string
		knows   bool // the place knows another instance
	}{
		{"half a backup", whole[:len(whole)/2], "archive.unreadable", false},
		{"one changed byte", changed, "archive.unreadable", false},
		{"a letter", []byte("Dear colleague,"), "archive.unreadable", false},
		{"another instance's backup", whole, "archive.foreign", true},
	} {
		place := newInstance(t, "")
		cfg, err := config.Load("", place)
		must(t, err)
		if c.knows { // an instance was here, and its keys, witness and checkpoints still are
			other := place.openAt(t, monday)
			newWorld(t, other, 0)
			closed(t, other)
			must(t, os.Remove(cfg.Database))
			must(t, os.RemoveAll(filepath.Join(cfg.Data, "files")))
		}
		path := filepath.Join(t.TempDir(), "bad.backup")
		must(t, os.WriteFile(path, c.content, 0o600))
		_, err = place.restore(t, path)
		var f *fault.Error
		if !errors.As(err, &f) || f.Key != c.key {
			t.Errorf("%s is told as %v", c.what, err)
			continue
		}
		for _, lang := range []string{"en", "ur"} {
			if said := i18n.For(i18n.Prefs{Lang: lang}).Error(err); said == "" || strings.Contains(said, f.Key) {
				t.Errorf("%s: in %s it reads %q", c.what, lang, said)
			}
		}
		for _, left := range []string{cfg.Database, filepath.Join(cfg.Data, "files")} {
			if _, err := os.Stat(left); err == nil {
				t.Errorf("%s has left %s", c.what, left)
			}
		}
	}
	if _, err := newInstance(t, "").restore(t, good); err != nil {
		t.Errorf("the good one: %v", err)
	}
}
