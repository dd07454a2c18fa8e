package app

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/archive"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
)

// Eight participants answer the survey in their browsers. Whoever has the
// database with its log, the journal, what the program logged, or a backup, finds
// what was answered beside nobody, at no time, and in no order.
func TestWhatWasAnsweredLeadsToNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the first programme")
	}
	ctx := context.Background()
	s := rehearse(t).open(t, friday)
	log := &webtest.Log{}
	s.app.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	server, err := s.app.Web(nil)
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(server)
	t.Cleanup(ts.Close)
	var survey id.Survey
	if err := s.app.DB.View(ctx, func(tx *db.Tx) error { return tx.QueryRow(`SELECT id FROM evaluation_surveys`).Scan(&survey) }); err != nil {
		t.Fatal(err)
	}

	var who []id.Person
	browsers := map[id.Person]*webtest.Browser{}
	for _, key := range []string{"pp-02", "fia-09", "fia-01", "pp-06", "fia-11", "fia-04", "pp-01", "fia-07"} {
		p, ok := s.theatre.play.Person(key)
		if !ok {
			t.Fatalf("no %s", key)
		}
		code, err := s.app.Access.Replace(actor.With(ctx, actor.Actor{Operator: true}), id.New[id.Operation](), p)
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.app.Access.SignIn(ctx, access.Try{Code: code.Code, Own: true})
		if err != nil {
			t.Fatal(err)
		}
		who = append(who, p)
		browsers[p] = webtest.Visit(t, ts.URL, e.Token)
	}
	var moments []int64
	word := func(i int) string { return fmt.Sprintf("Zwoelfer%dkampf", i) }
	began := s.clock.Now()
	for i, p := range who {
		s.clock.Advance(7*time.Minute + time.Duration(i)*13*time.Second + 123457*time.Microsecond)
		b := browsers[p]
		page := b.Get("/cohorts/"+string(s.theatre.cohort)+"/feedback").Must(t, http.StatusOK)
		form := b.Submit(page, "/surveys/"+string(survey)+"/begin", nil).Must(t, http.StatusOK)
		moments = append(moments, db.Micros(s.clock.Now()))
		b.Submit(form, "/surveys/"+string(survey)+"/answer", url.Values{"q-overall": {"4"}, "q-change": {word(i)}}).Must(t, http.StatusOK)
	}
	ended := s.clock.Now().Add(time.Minute)

	dir := s.app.Config.Data
	words := func(where, dir string) (found int) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			for i := range who {
				if bytes.Contains(b, []byte(word(i))) {
					found++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(where, err)
		}
		return found
	}
	if n := words("the data folder", dir); n != 0 {
		t.Errorf("%d answers lie open in the database or its log while the survey is asked", n)
	}
	s.clock.Set(ended) // its own moment is nobody's
	backup := filepath.Join(t.TempDir(), "open.backup")
	if _, err := s.app.Backup(ctx, backup, "test", nil); err != nil {
		t.Fatal(err)
	}
	restored := restoredTo(t, backup)
	if n := words("a backup", restored); n != 0 {
		t.Errorf("%d answers lie open in a backup", n)
	}
	for i := range who {
		if strings.Contains(log.String(), word(i)) || strings.Contains(log.String(), string(who[i])) {
			t.Errorf("the log says what was answered, or by whom: %s", log.String())
		}
	}

	s.clock.Set(time.Date(2020, time.November, 14, 9, 0, 0, 0, s.theatre.zone))
	if _, err := s.app.Jobs.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if n := words("the data folder", dir); n < len(who) {
		t.Fatalf("%d answers are in the database once the survey is closed: the test looks at nothing", n)
	}
	var order []string
	err = s.app.DB.View(ctx, func(tx *db.Tx) error {
		all, err := db.Collect(tx, func(r *db.Rows) (string, error) { var t string; return t, r.Scan(&t) }, `SELECT answers FROM evaluation_answers`)
		if err != nil {
			return err
		}
		for _, a := range all {
			for i := range who {
				if strings.Contains(a, word(i)) {
					order = append(order, word(i))
				}
				if strings.Contains(a, string(who[i])) {
					t.Errorf("an answer names a person: %s", a)
				}
			}
		}
		return s.traces(t, tx, who, moments, began, ended)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(order) != len(who) || slices.IsSorted(order) { // by chance once in forty thousand times
		t.Errorf("the answers lie in the order in which they came: %v", order)
	}
}

// traces fails for what was written between two moments that says who did
// something at one of them, in any table but that of sessions, which are kept for
// signing out and say nothing of what was done.
func (s *scene) traces(t *testing.T, tx *db.Tx, who []id.Person, moments []int64, began, ended time.Time) error {
	entries, err := db.Collect(tx, func(r *db.Rows) (string, error) {
		var kind, by, about string
		err := r.Scan(&kind, &by, &about)
		return kind + " " + by + " " + about, err
	}, `SELECT kind, actor, subject FROM journal_entries WHERE at > ?1 AND at < ?2`, db.Micros(began), db.Micros(ended))
	if err != nil {
		return err
	}
	for _, e := range entries {
		for _, p := range who {
			if strings.Contains(e, string(p)) {
				t.Errorf("the journal says that she did something in these minutes: %s", e)
			}
		}
	}
	for _, table := range Tables() {
		if table.Name == "access_sessions" {
			continue
		}
		rows, err := tx.Query("SELECT * FROM " + table.Name)
		if err != nil {
			return err
		}
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			row := make([]any, len(columns))
			for i := range row {
				row[i] = new(any)
			}
			if err := rows.Scan(row...); err != nil {
				return err
			}
			text := fmt.Sprint(func() (out []any) {
				for _, v := range row {
					out = append(out, *v.(*any))
				}
				return out
			}()...)
			for _, m := range moments {
				if strings.Contains(text, fmt.Sprint(m)) {
					t.Errorf("%s keeps the moment of an answer: %.300s", table.Name, text)
				}
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	facts, err := db.Collect(tx, func(r *db.Rows) (string, error) {
		var occurred, recorded int64
		err := r.Scan(&occurred, &recorded)
		return fmt.Sprint(occurred, recorded), err
	}, `SELECT occurred_at, recorded_at FROM pathway_facts WHERE kind = 'feedback.given'`)
	if err != nil {
		return err
	}
	if len(facts) != len(who) || len(slices.Compact(facts)) != 1 {
		t.Errorf("that they answered is told at %d moments, of %d", len(slices.Compact(facts)), len(facts))
	}
	return nil
}

// restoredTo unpacks a backup into a folder of its own.
func restoredTo(t *testing.T, backup string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	c, err := config.Load("", []string{"CADRE_DATA=" + dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(context.Background(), c, backup, false, archive.Progress(nil)); err != nil {
		t.Fatal(err)
	}
	return dir
}
