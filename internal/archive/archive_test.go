package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cadre/internal/archive"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/journal"
	"cadre/internal/mail"
)

var ctx = context.Background()

// messages stands for any capability's journalled table.
var messages = db.Table{Name: "mail_messages", Journalled: []string{"person", "address", "state", "created_at"}}

func source(t *testing.T, d *db.DB) archive.Source {
	t.Helper()
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	return archive.Source{DB: d, Files: files, Tables: []db.Table{messages}, Program: "test"}
}

// say writes a state row, a file and the entry that vouches for the row.
func say(t *testing.T, s archive.Source, text string) blob.Stored {
	t.Helper()
	f, err := s.Files.PutUpload(strings.NewReader("the letter of "+text), 1000)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Files.PutContent(strings.NewReader("the picture of "+text), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		mid, err := mail.Send(tx, mail.Message{
			Address: text + "@example.org", Language: "ur", Direction: mail.RightToLeft, Subject: "پیغام\"\\", Paragraphs: []string{text, "\u2028 <&>\x01"},
		})
		if err != nil {
			return err
		}
		for _, stored := range []blob.Stored{f, c} {
			if err := blob.Keep(tx, stored, blob.Reference{Owner: "message:" + string(mid), Purpose: "scan"}); err != nil {
				return err
			}
		}
		return journal.Append(tx, journal.Entry{Kind: "test.said", Version: 1, Subject: string(mid), Rows: []journal.Row{journal.RowOf(messages, mid)}})
	}); err != nil {
		t.Fatal(err)
	}
	return f
}

// empty returns a free place on the engine.
func empty(t *testing.T, engine string) archive.Target {
	t.Helper()
	dir := t.TempDir()
	url := filepath.Join(dir, "data", "cadre.db")
	if engine == "postgres" {
		url = dbtest.PostgresURL(t)
	}
	return archive.Target{
		Database: db.Options{URL: url, Clock: clock.NewFake(dbtest.Start)}, Files: filepath.Join(dir, "data", "files"),
		Witness: filepath.Join(dir, "keep", "witness"), Tables: []db.Table{messages},
	}
}

func backup(t *testing.T, s archive.Source) (string, archive.Made) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cadre.backup")
	made, err := archive.Make(ctx, s, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return path, made
}

func records(t *testing.T, d *db.DB) (rs []journal.Record) {
	t.Helper()
	if err := d.View(ctx, func(tx *db.Tx) (err error) {
		rs, err = journal.Tail(tx, 0, 1000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return rs
}

func TestABackupOfEitherEngineIsRestoredIntoEither(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := source(t, d)
		var last blob.Stored
		for _, name := range []string{"a", "b", "c"} {
			last = say(t, s, name)
		}
		path, made := backup(t, s)
		if made.Files != 6 || len(made.Missing) != 0 || !made.Journal.OK() || made.Journal.Rows != 3 || made.What.Head.Sequence != 4 {
			t.Errorf("made: %+v", made)
		}
		say(t, s, "later")
		for _, engine := range []string{"sqlite", "postgres"} {
			target := empty(t, engine)
			replayed := false
			target.Replay = func(_ context.Context, rd *db.DB) (int, error) {
				replayed = true
				if _, err := os.Stat(target.Files); err == nil {
					t.Error("files were in place before the register was replayed")
				}
				return 2, nil
			}
			got, err := archive.Restore(ctx, path, target, nil)
			if err != nil {
				t.Fatalf("into %s: %v", engine, err)
			}
			if !replayed || got.Erased != 2 || got.Files != 6 || !got.Journal.OK() || got.Head.Sequence != 5 {
				t.Errorf("into %s: %+v", engine, got)
			}
			rd := dbtest.Open(t, target.Database.URL)
			want, have := records(t, d), records(t, rd)
			for i := range 4 {
				if want[i].Hash != have[i].Hash || !bytes.Equal(want[i].Body, have[i].Body) {
					t.Errorf("entry %d differs", i+1)
				}
			}
			if have[4].Kind != journal.KindIncarnation || have[4].Incarnation == have[3].Incarnation {
				t.Errorf("no new incarnation: %+v", have[4])
			}
			w, err := journal.ReadWitness(target.Witness)
			if err != nil || w != got.Head {
				t.Errorf("the witness says %+v, %v", w, err)
			}
			files, err := blob.Open(target.Files, clock.System())
			if err != nil {
				t.Fatal(err)
			}
			if damage, err := files.Verify(ctx, rd, nil); err != nil || len(damage) != 0 {
				t.Errorf("files: %v, %v", damage, err)
			}
			if err := rd.View(ctx, func(tx *db.Tx) error {
				f, err := blob.Lookup(tx, last.ID)
				if err != nil {
					return err
				}
				r, err := files.Open(f)
				if err != nil {
					return err
				}
				defer r.Close()
				b, err := io.ReadAll(r)
				if string(b) != "the letter of c" {
					t.Errorf("an upload reads %q", b)
				}
				rep, verr := journal.Verify(tx, journal.VerifyOptions{Tables: target.Tables, Witness: w})
				if !rep.OK() {
					t.Errorf("after the restore: %v", rep.Findings)
				}
				return errors.Join(err, verr)
			}); err != nil {
				t.Fatal(err)
			}
			// The place is taken now.
			if _, err := archive.Restore(ctx, path, target, nil); !fault.Is(err, fault.Conflict) {
				t.Errorf("restoring over it: %v", err)
			}
			left, err := filepath.Glob(filepath.Join(filepath.Dir(target.Files), ".part*"))
			if err != nil || len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		}
		if _, err := archive.Make(ctx, s, path, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("a backup over another: %v", err)
		}
	})
}

func TestABackupMadeWhileOthersWriteIsOneMoment(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := source(t, d)
		say(t, s, "first")
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						say(t, s, "more")
					}
				}
			})
		}
		_, made := backup(t, s)
		close(stop)
		wg.Wait()
		if !made.Journal.OK() || len(made.Missing) != 0 || made.Journal.Entries != made.What.Head.Sequence {
			t.Errorf("%+v", made)
		}
	})
}

func TestEveryDamageToABackupIsFoundAndLeavesThePlaceEmpty(t *testing.T) {
	s := source(t, dbtest.SQLite(t))
	say(t, s, "a")
	path, _ := backup(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, content []byte) {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		target := empty(t, "sqlite")
		if _, err := archive.Restore(ctx, bad, target, nil); err == nil {
			t.Errorf("%s: it was restored", what)
		}
		for _, p := range []string{target.Files, target.Database.URL, target.Witness} {
			if _, err := os.Stat(p); err == nil {
				t.Errorf("%s: left %s", what, p)
			}
		}
	}
	for i := 0; i < len(whole); i += 41 {
		c := bytes.Clone(whole)
		c[i] ^= 0x10
		try("a changed byte", c)
	}
	try("cut off", whole[:len(whole)-1])
	try("cut in half", whole[:len(whole)/2])
	try("nothing", nil)
	try("something else", []byte("not a backup"))
}

// A place that knows an instance, by its witness or a checkpoint, takes no other's
// backup; one that knows none takes any.
func TestABackupOfAnotherInstanceIsRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := source(t, d)
		say(t, s, "a")
		path, made := backup(t, s)
		other := journal.Head{Origin: "another", Incarnation: "i", Sequence: 1, Hash: made.What.Head.Hash}
		for what, know := range map[string]func(t *archive.Target) error{
			"a witness":    func(t *archive.Target) error { return journal.WriteWitness(t.Witness, other) },
			"a checkpoint": func(t *archive.Target) error { t.Checkpoints = []journal.Checkpoint{{Origin: "another"}}; return nil },
		} {
			target := empty(t, d.Dialect().Name())
			if err := know(&target); err != nil {
				t.Fatal(err)
			}
			_, err := archive.Restore(ctx, path, target, nil)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Conflict || f.Key != "archive.foreign" {
				t.Errorf("beside %s of another instance: %v", what, err)
			}
			if _, err := os.Stat(target.Files); err == nil {
				t.Errorf("beside %s of another instance, it left files", what)
			}
		}
		target := empty(t, d.Dialect().Name())
		if err := journal.WriteWitness(target.Witness, made.What.Head); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Restore(ctx, path, target, nil); err != nil {
			t.Errorf("beside its own witness: %v", err)
		}
	})
}

func TestDamageThatTheSourceHadIsToldAndRestoredOnlyOnDemand(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := source(t, d)
		f := say(t, s, "a")
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE mail_messages SET address = 'forged@example.org'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(s.Files.Path(f.Kind, f.ID)); err != nil {
			t.Fatal(err)
		}
		path, made := backup(t, s)
		if made.Journal.OK() || len(made.Missing) != 1 || made.Missing[0] != f.ID {
			t.Errorf("made: %+v", made)
		}
		target := empty(t, d.Dialect().Name())
		if _, err := archive.Restore(ctx, path, target, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("restored: %v", err)
		}
		target.Damaged = true
		if _, err := archive.Restore(ctx, path, target, nil); err != nil {
			t.Errorf("on demand: %v", err)
		}
	})
}

func TestNothingIsInPlaceUntilTheRegisterIsReplayed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := source(t, d)
		say(t, s, "a")
		path, _ := backup(t, s)
		target := empty(t, d.Dialect().Name())
		target.Replay = func(context.Context, *db.DB) (int, error) { return 0, errors.New("the register cannot be read") }
		if _, err := archive.Restore(ctx, path, target, nil); err == nil {
			t.Fatal("it was restored all the same")
		}
		if _, err := os.Stat(target.Files); err == nil {
			t.Error("files are in place")
		}
		target.Replay = nil
		if _, err := archive.Restore(ctx, path, target, nil); err != nil {
			t.Errorf("a second try: %v", err)
		}
	})
}

func TestRunsAreNotedForTheAdministrator(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := source(t, d)
		say(t, s, "a")
		path, _ := backup(t, s)
		dbtest.Clock(d).Advance(time.Hour)
		if c, err := archive.Test(ctx, s, path, nil); err != nil || c.Files != 2 || c.Rows == 0 {
			t.Errorf("%+v, %v", c, err)
		}
		var last map[archive.Kind]archive.Run
		if err := d.View(ctx, func(tx *db.Tx) (err error) {
			last, err = archive.Last(tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if m := last[archive.RunMade]; !m.At.Equal(dbtest.Start) || m.Entry != 2 || m.Bytes == 0 || !m.Sound {
			t.Errorf("made: %+v", m)
		}
		if r := last[archive.RunTested]; !r.At.Equal(dbtest.Start.Add(time.Hour)) || !r.Sound {
			t.Errorf("tested: %+v", r)
		}
	})
}

// What a killed backup or restore left holds everybody in the clear: the next
// one removes it, and leaves alone what is being worked on.
func TestWhatAKilledProcessLeftIsRemoved(t *testing.T) {
	s := source(t, dbtest.SQLite(t))
	say(t, s, "a")
	dir := t.TempDir()
	dead := filepath.Join(dir, ".part-archive-dead")
	if err := os.MkdirAll(filepath.Join(dead, "files"), 0o700); err != nil {
		t.Fatal(err)
	}
	alive := filepath.Join(dir, ".part-archive-alive")
	if err := os.Mkdir(alive, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(alive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Make(ctx, s, filepath.Join(dir, "b"), nil); err != nil {
		t.Fatal(err)
	}
	es, err := os.ReadDir(dir)
	if err != nil || len(es) != 2 || es[0].Name() != filepath.Base(alive) || es[1].Name() != "b" {
		t.Errorf("%v, %v", es, err)
	}
}
