package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Source is what to back up.
type Source struct {
	DB    *db.DB
	Files *blob.Store
	// Tables are the declarations of all tables, for the proof.
	Tables []db.Table
	// Program is the version of Cadre.
	Program string
}

// Stages of the work, as told to a [Progress].
const (
	StageTables = "tables"
	StageFiles  = "files"
	StageProof  = "proof"
)

// Progress is told how far the work is: things done, of how many in that stage
// (0 if unknown).
type Progress func(stage string, done, total int64)

func (p Progress) tell(stage string, done, total int64) {
	if p != nil {
		p(stage, done, total)
	}
}

// Made says what a backup holds.
type Made struct {
	Path  string   `json:"path"`
	Bytes int64    `json:"bytes"` // of the file
	Rows  int64    `json:"rows"`
	Files int64    `json:"files"`
	What  Manifest `json:"what"`
	// Missing are files that the database names and that were not on the disk,
	// by id. The backup is as good as the source: look into them.
	Missing []id.File `json:"missing"`
	// Journal is what verifying the loaded copy found.
	Journal journal.Report `json:"journal"`
}

// Make writes a backup to path, which must not exist, and proves it. What a
// failure leaves is removed.
func Make(ctx context.Context, s Source, path string, progress Progress) (_ Made, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return Made{}, fault.Wrap(fault.Conflict, "archive.exists", errors.Join(fmt.Errorf("archive: %s", path), err))
	}
	w, err := newWorkspace(filepath.Dir(path))
	if err != nil {
		return Made{}, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	f, err := s.DB.Files().Create(w.path("backup"), 0o600)
	if err != nil {
		return Made{}, err
	}
	defer func() { err = errors.Join(err, f.Abort()) }()
	made := Made{Path: path, Missing: []id.File{}}
	if err := s.write(ctx, f, &made, progress); err != nil {
		return Made{}, err
	}
	if made.Bytes, err = f.Seek(0, io.SeekEnd); err != nil {
		return Made{}, err
	}
	checked, err := check(ctx, w, f.Name(), s.Tables, progress)
	if err != nil {
		return Made{}, fault.Wrap(fault.Internal, "archive.unproven", err)
	}
	made.Journal = checked.Journal
	if err := f.CommitAs(path); err != nil {
		return Made{}, err
	}
	err = s.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		return note(tx, RunMade, made.What.Head.Sequence, made.Bytes, made.Journal.OK())
	})
	return made, err
}

func (s Source) write(ctx context.Context, out io.Writer, made *Made, progress Progress) error {
	schema, err := s.DB.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	var w *writer
	var files []blob.File
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		head, err := journal.HeadOf(tx)
		if err != nil {
			return err
		}
		made.What = Manifest{
			Format: Format, Program: s.Program, Engine: tx.Dialect().Name(), Schema: schema, TakenAt: tx.Now(), Head: head,
		}
		if w, err = newWriter(out, tx.Now()); err != nil {
			return err
		}
		if err := w.json(manifestName, made.What); err != nil {
			return err
		}
		if err := dump(tx, w, progress); err != nil {
			return err
		}
		for after := id.File(""); ; after = files[len(files)-1].ID {
			page, err := blob.Named(tx, after, 500)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				return nil
			}
			files = append(files, page...)
		}
	})
	if err != nil {
		return err
	}
	for i, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.file(ctx, w, f, made); err != nil {
			return err
		}
		progress.tell(StageFiles, int64(i+1), int64(len(files)))
	}
	w.sums.Files = made.Files
	for _, n := range w.sums.Rows {
		made.Rows += n
	}
	return w.close()
}

// dump writes every table of the snapshot.
func dump(tx *db.Tx, w *writer, progress Progress) error {
	all, err := db.Columns(tx)
	if err != nil {
		return err
	}
	tables := make([]string, 0, len(all))
	for t := range all {
		tables = append(tables, t)
	}
	slices.Sort(tables)
	for i, t := range tables {
		columns := make([]string, len(all[t]))
		for k, c := range all[t] {
			columns[k] = c.Name
		}
		c, err := newChunks(w, t, columns)
		if err != nil {
			return err
		}
		values, ptrs := make([]any, len(columns)), make([]any, len(columns))
		for k := range values {
			ptrs[k] = &values[k]
		}
		rows, err := tx.Query("SELECT " + strings.Join(columns, ", ") + " FROM " + t)
		if err != nil {
			return err
		}
		for rows.Next() {
			if err = rows.Scan(ptrs...); err == nil {
				err = c.row(values)
			}
			if err != nil {
				break
			}
		}
		if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return err
		}
		if err := c.flush(); err != nil {
			return err
		}
		progress.tell(StageTables, int64(i+1), int64(len(tables)))
	}
	return nil
}

// file copies one file. One that is gone although the database still names it
// is noted; one that was collected since the snapshot is nobody's loss.
func (s Source) file(ctx context.Context, w *writer, f blob.File, made *Made) error {
	if f.Erased {
		return nil
	}
	in, err := os.Open(s.Files.Path(f.Kind, f.ID))
	if errors.Is(err, fs.ErrNotExist) {
		err := s.DB.View(ctx, func(tx *db.Tx) error {
			now, err := blob.Lookup(tx, f.ID)
			if err == nil && !now.Erased {
				made.Missing = append(made.Missing, f.ID)
			}
			if fault.Is(err, fault.NotFound) {
				return nil
			}
			return err
		})
		return err
	}
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	st, err := in.Stat()
	if err != nil {
		return err
	}
	got, err := w.entry(filesDir+f.Path, st.Size(), in)
	if err != nil {
		return err
	}
	if f.Kind == blob.Content && got != string(f.ID) {
		return fmt.Errorf("archive: the file %s is damaged on the disk: put it right, or let cadre verify say more", f.ID)
	}
	made.Files++
	return nil
}

// Checked says what reading a backup found.
type Checked struct {
	What    Manifest       `json:"what"`
	Rows    int64          `json:"rows"`
	Files   int64          `json:"files"`
	Journal journal.Report `json:"journal"`
}

// Check reads the backup at path from end to end, loads its rows into a
// database of its own, and verifies the journal and every journalled row there.
// An error means that it cannot be restored; damage that it inherited from its
// source is in the report.
func Check(ctx context.Context, path string, tables []db.Table, progress Progress) (_ Checked, err error) {
	w, err := newWorkspace(filepath.Dir(path))
	if err != nil {
		return Checked{}, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	c, err := check(ctx, w, path, tables, progress)
	return c, unreadable(err)
}

// unreadable says of a file that could not be loaded that it is no whole backup. Of
// one that is not there or may not be read it says just that, and what ended because
// it was told to says nothing of the file.
func unreadable(err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.Wrap(fault.Invalid, "archive.unreadable", err)
}

func check(ctx context.Context, w *workspace, path string, tables []db.Table, progress Progress) (Checked, error) {
	var c Checked
	l := loader{
		opt: db.Options{URL: w.path("proof.db"), Clock: clock.System()}, progress: progress,
		file: func(_ string, _ int64, body io.Reader) error {
			_, err := io.Copy(io.Discard, body)
			return err
		},
	}
	d, err := l.load(ctx, path)
	if err != nil {
		return c, err
	}
	c.What, c.Rows, c.Files = l.manifest, l.rows, l.files
	err = d.View(ctx, func(tx *db.Tx) error {
		var err error
		c.Journal, err = journal.Verify(tx, journal.VerifyOptions{Tables: tables, Progress: progress})
		return err
	})
	return c, errors.Join(err, d.Close())
}

// loader reads a backup into a new database.
type loader struct {
	opt      db.Options
	file     func(path string, size int64, body io.Reader) error
	progress Progress

	manifest Manifest
	rows     int64
	files    int64
}

// load returns the database, open and brought up to date.
func (l *loader) load(ctx context.Context, path string) (_ *db.DB, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := sealed(f); err != nil {
		return nil, err
	}
	r, err := newReader(f)
	if err != nil {
		return nil, err
	}
	defer r.close()
	more, err := r.next(func(name string, _ int64, body io.Reader) error {
		if name != manifestName {
			return fmt.Errorf("archive: not a backup of Cadre: it begins with %q", name)
		}
		return json.NewDecoder(body).Decode(&l.manifest)
	})
	if err != nil {
		return nil, err
	}
	if l.manifest.Format != Format {
		return nil, fmt.Errorf("archive: the backup has format %d; this program reads %d", l.manifest.Format, Format)
	}
	d, err := db.OpenAt(ctx, l.opt, l.manifest.Schema)
	if err != nil {
		return nil, err
	}
	err = d.Load(ctx, func(to *db.Loader) error {
		for more {
			if err := ctx.Err(); err != nil {
				return err
			}
			if more, err = r.next(func(name string, size int64, body io.Reader) error { return l.entry(to, name, size, body) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err = errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	return db.Open(ctx, l.opt)
}

func (l *loader) entry(to *db.Loader, name string, size int64, body io.Reader) error {
	if m := fileForm.FindStringSubmatch(name); m != nil {
		l.files++
		l.progress.tell(StageProof, l.files, 0)
		return l.file(m[1], size, body)
	}
	m := tableForm.FindStringSubmatch(name)
	if m == nil {
		return fmt.Errorf("archive: %q belongs to no backup", name)
	}
	return rowsOf(body, func(columns []string, rows [][]any) error {
		for _, c := range columns {
			if !safeName(c) {
				return fmt.Errorf("archive: %s has a column %q", name, c)
			}
		}
		l.rows += int64(len(rows))
		l.progress.tell(StageProof, l.rows, 0)
		return to.Insert(m[1], columns, rows)
	})
}
