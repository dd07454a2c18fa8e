package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cadre/internal/db"
	"cadre/internal/durable"
	"cadre/internal/fault"
	"cadre/internal/journal"
)

// Target is where to restore to. Nothing of it may exist.
type Target struct {
	// Database says what to open: an SQLite path that is free, or the URL of a
	// PostgreSQL database without tables of ours, or with empty ones.
	Database db.Options
	// Files is the folder of the file store.
	Files string
	// Witness is the path of the journal's witness. What it says of the old
	// database is replaced. A backup of another instance than the witness's is
	// refused.
	Witness string
	// Tables are the declarations of all tables.
	Tables []db.Table
	// Checkpoints are the signed checkpoints at hand, to verify against.
	Checkpoints []journal.Checkpoint
	// Replay erases, in the restored database, everybody in the register of
	// erased persons, and returns their number. It runs before anything is in
	// place.
	Replay func(ctx context.Context, d *db.DB) (int, error)
	// Damaged restores in spite of damage that verifying finds, for when there is
	// nothing better.
	Damaged bool
}

// Restored says what a restore did.
type Restored struct {
	What   Manifest     `json:"what"`
	Rows   int64        `json:"rows"`
	Files  int64        `json:"files"`
	Erased int          `json:"erased"` // persons erased anew
	Head   journal.Head `json:"head"`   // of the new incarnation
	// Journal is what verifying found before the new incarnation began.
	Journal journal.Report `json:"journal"`
}

// Restore puts a backup into an empty place; see the package comment. On
// failure the place is as it was, except that a PostgreSQL database may hold
// empty tables.
func Restore(ctx context.Context, path string, t Target, progress Progress) (_ Restored, err error) {
	if err := t.free(ctx); err != nil {
		return Restored{}, err
	}
	var out Restored
	w, err := newWorkspace(filepath.Dir(t.Files))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	files := w.path("files")
	if err := durable.MakeDir(files); err != nil {
		return out, err
	}
	opt, place := t.Database, func() error { return nil }
	if !db.IsPostgres(opt.URL) {
		beside, err := newWorkspace(filepath.Dir(opt.URL))
		if err != nil {
			return out, err
		}
		defer func() { err = errors.Join(err, beside.close()) }()
		opt.URL = beside.path("restored.db")
		place = func() error { return placeSQLite(opt.URL, t.Database.URL) }
	} else {
		defer func() {
			if err != nil {
				err = errors.Join(err, empty(context.WithoutCancel(ctx), opt))
			}
		}()
	}
	l := loader{opt: opt, progress: progress, file: func(p string, _ int64, body io.Reader) error {
		return extract(filepath.Join(files, filepath.FromSlash(p)), body)
	}}
	d, err := l.load(ctx, path)
	if err != nil {
		return out, unreadable(err)
	}
	out.What, out.Rows, out.Files = l.manifest, l.rows, l.files
	err = t.revive(ctx, d, &out, progress)
	if err = errors.Join(err, d.Close()); err != nil {
		return out, err
	}
	if err := os.Rename(files, t.Files); err != nil {
		return out, err
	}
	if err := durable.SyncDir(filepath.Dir(t.Files)); err != nil {
		return out, err
	}
	if err := place(); err != nil {
		return out, errors.Join(err, os.RemoveAll(t.Files))
	}
	return out, journal.WriteWitness(t.Witness, out.Head)
}

// free refuses a target that holds anything.
func (t Target) free(ctx context.Context) error {
	taken := func(what string) error {
		return fault.Wrap(fault.Conflict, "archive.not-empty", fmt.Errorf("archive: %s is there already", what))
	}
	if es, err := os.ReadDir(t.Files); err == nil && len(es) > 0 {
		return taken(t.Files)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	} else if err == nil {
		if err := os.Remove(t.Files); err != nil {
			return err
		}
	}
	if !db.IsPostgres(t.Database.URL) {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			if _, err := os.Lstat(t.Database.URL + suffix); err == nil {
				return taken(t.Database.URL + suffix)
			}
		}
		return nil
	}
	d, err := db.OpenAsIs(ctx, t.Database)
	if err != nil {
		return err
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		tables, err := db.Columns(tx)
		if err != nil {
			return err
		}
		for name := range tables {
			some, err := db.Collect(tx, func(r *db.Rows) (n int64, err error) { return n, r.Scan(&n) }, "SELECT 1 FROM "+name+" LIMIT 1")
			if err != nil {
				return err
			}
			if len(some) > 0 {
				return taken("table " + name)
			}
		}
		return nil
	})
	return errors.Join(err, d.Close())
}

// revive verifies the loaded database and makes it a new incarnation without
// the persons who were erased since.
func (t Target) revive(ctx context.Context, d *db.DB, out *Restored, progress Progress) error {
	journal.Attach(d)
	if err := t.own(out.What); err != nil {
		return err
	}
	err := d.View(ctx, func(tx *db.Tx) error {
		var err error
		out.Journal, err = journal.Verify(tx, journal.VerifyOptions{Tables: t.Tables, Checkpoints: t.Checkpoints, Progress: progress})
		return err
	})
	if err != nil {
		return err
	}
	// A checkpoint taken after the backup is ahead of it, as it must be.
	if !t.Damaged && hurt(out.Journal) {
		return fault.New(fault.Conflict, "archive.damaged", fault.Args{"n": len(out.Journal.Findings)})
	}
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return journal.BeginIncarnation(tx, "restored") }); err != nil {
		return err
	}
	if t.Replay != nil {
		if out.Erased, err = t.Replay(ctx, d); err != nil {
			return fmt.Errorf("archive: replay the register of erased persons: %w", err)
		}
	}
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		return note(tx, RunRestored, out.What.Head.Sequence, 0, !hurt(out.Journal))
	}); err != nil {
		return err
	}
	return d.View(ctx, func(tx *db.Tx) error {
		out.Head, err = journal.HeadOf(tx)
		return err
	})
}

// own refuses the backup of an instance that is not the one whose witness and
// checkpoints are at hand: its people would meet keys that are not theirs, and its
// journal a register of erased persons that knows nobody in it.
func (t Target) own(m Manifest) error {
	seen, err := journal.ReadWitness(t.Witness)
	if err != nil {
		return err
	}
	origins := []string{seen.Origin}
	for _, c := range t.Checkpoints {
		origins = append(origins, c.Origin)
	}
	for _, o := range origins {
		if o != "" && o != m.Head.Origin {
			return fault.Wrap(fault.Conflict, "archive.foreign",
				fmt.Errorf("archive: the backup is of the instance %s, and the place has the witness or a checkpoint of %s", m.Head.Origin, o))
		}
	}
	return nil
}

func hurt(r journal.Report) bool {
	for _, f := range r.Findings {
		if f.Severity == journal.Damage && f.Key != "journal.verify-checkpoint-ahead" {
			return true
		}
	}
	return r.More > 0
}

// placeSQLite moves a closed database to its name.
func placeSQLite(from, to string) error {
	if _, err := os.Lstat(from + "-wal"); err == nil {
		return fmt.Errorf("archive: %s has a write-ahead log although it is closed", from)
	}
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(to))
}

// empty removes the rows of a restore that failed from a PostgreSQL database
// that was empty before.
func empty(ctx context.Context, opt db.Options) error {
	d, err := db.OpenAsIs(ctx, opt)
	if err != nil {
		return err
	}
	err = d.Load(ctx, func(*db.Loader) error { return nil })
	return errors.Join(err, d.Close())
}

func extract(path string, body io.Reader) error {
	f, err := durable.Create(path, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, body); err != nil {
		return errors.Join(err, f.Abort())
	}
	return f.Commit()
}
