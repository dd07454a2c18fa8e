package content

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"time"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// The limits of uploads.
const (
	// MaxPart is how many bytes one part may have.
	MaxPart = 4 << 20
	// MaxUploads is how many uploads one person may have open in a programme.
	MaxUploads = 3
	// UploadKept is how long an upload waits for its next part, and UploadAtMost how
	// long it may take in all.
	UploadKept   = 24 * time.Hour
	UploadAtMost = 7 * 24 * time.Hour
)

// Upload is a package on its way in, part by part. Whoever began it may go on
// with it, at any time and from any device that has the file.
type Upload struct {
	ID       id.Upload
	Replaces id.Module // of which package it is to be a new version; empty for none
	// Translates, Language and Smaller are those of [ImportPackage].
	Translates id.Module
	Language   string
	Smaller    bool
	Name       string // the file's, as the browser told
	Size       int64  // what is to come in all
	Modified   int64  // when the file was changed last, as the browser told, in milliseconds
	Received   int64  // how much has come, from the beginning on
	Begun      time.Time
	// Last is the last part that came; a file that differs there is another one.
	Last Part
	// Version is what it became; empty until it is finished.
	Version id.ModuleVersion

	person    id.Person
	programme id.Programme
}

// Whole reports whether everything has come.
func (u Upload) Whole() bool { return u.Received == u.Size }

// Part is a part of an upload: its place, its size and its SHA-256.
type Part struct {
	Start, Size int64
	Digest      string
}

// BeginUpload says what is going to come.
type BeginUpload struct {
	Programme  id.Programme
	Replaces   id.Module
	Translates id.Module
	Language   string
	// Smaller is what she chooses; nil where she chooses nothing, and what she chose
	// before stands.
	Smaller  *bool
	Name     string
	Size     int64
	Modified int64
}

// BeginUpload begins an upload, or finds the one that the same person began with
// the same file and has not finished.
func (s *Service) BeginUpload(ctx context.Context, in BeginUpload) (Upload, error) {
	var out Upload
	if in.Size <= 0 || in.Size > MaxPackage {
		return out, fault.New(fault.Invalid, "content.package-large", fault.Args{"mb": MaxPackage >> 20})
	}
	if err := s.mayImport(ctx, ImportPackage{Programme: in.Programme, Replaces: in.Replaces, Translates: in.Translates, Language: in.Language}); err != nil {
		return out, err
	}
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		if err := s.mayTranslate(tx, in); err != nil {
			return err
		}
		open, err := openUploads(tx, in.Programme)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(open, func(u Upload) bool {
			return u.Replaces == in.Replaces && u.Translates == in.Translates && u.Language == in.Language && u.Name == in.Name && u.Size == in.Size && u.Modified == in.Modified
		}); i >= 0 {
			out = open[i]
			if in.Smaller == nil || *in.Smaller == out.Smaller {
				return nil
			}
			out.Smaller = *in.Smaller
			_, err := tx.Exec(`UPDATE content_uploads SET smaller = ?2 WHERE id = ?1`, out.ID, db.Flag(out.Smaller))
			return err
		}
		if len(open) >= MaxUploads {
			return fault.New(fault.Limited, "content.uploads-many", fault.Args{"n": MaxUploads})
		}
		out = Upload{
			ID: id.New[id.Upload](), Replaces: in.Replaces, Translates: in.Translates, Language: in.Language, Smaller: in.Smaller != nil && *in.Smaller,
			Name: in.Name, Size: in.Size, Modified: in.Modified, Begun: tx.Now(),
			person: tx.Actor().Person, programme: in.Programme,
		}
		_, err = tx.Exec(`INSERT INTO content_uploads (id, person, programme, replaces, translates, language, smaller, name, size, modified, received, version, begun_at, touched_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, '', ?11, ?11)`,
			out.ID, out.person, out.programme, out.Replaces, out.Translates, out.Language, db.Flag(out.Smaller), out.Name, out.Size, out.Modified, db.Micros(out.Begun))
		return err
	})
	return out, err
}

// mayTranslate refuses what could not become a language of its module anyway,
// before it is sent.
func (s *Service) mayTranslate(tx *db.Tx, in BeginUpload) error {
	language, err := languageTag(in.Language)
	if err != nil || language == "" || in.Translates == "" {
		return err
	}
	row, err := s.translated(tx, in.Translates)
	if err != nil {
		return err
	}
	_, err = s.fits(tx, "", row.id, language)
	return err
}

// AppendUpload is the next part of an upload.
type AppendUpload struct {
	Upload id.Upload
	// Start is where the part begins; it must be what was received so far.
	Start int64
	// Digest is the part's SHA-256, in hexadecimal; empty leaves it unchecked.
	Digest string
	Part   io.Reader
}

// AppendUpload keeps a part: it is on disk when it returns. A part that does not
// begin where the last one ended, or was damaged on its way, is a fault of kind
// Conflict and changes nothing: it is to be sent again, from where the upload is.
func (s *Service) AppendUpload(ctx context.Context, in AppendUpload) (Upload, error) {
	u, err := s.Upload(ctx, in.Upload)
	if err != nil {
		return u, err
	}
	if in.Start != u.Received || u.Version != "" {
		return u, fault.New(fault.Conflict, "content.upload-place", nil)
	}
	f, err := s.files.PutContent(in.Part, MaxPart)
	if err != nil {
		return u, err
	}
	switch {
	case in.Digest != "" && in.Digest != string(f.ID):
		return u, fault.New(fault.Conflict, "content.upload-damaged", nil)
	case f.Size == 0 || in.Start+f.Size > u.Size:
		return u, fault.New(fault.Invalid, "content.upload-size", nil)
	}
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE content_uploads SET received = ?3, touched_at = ?4 WHERE id = ?1 AND received = ?2 AND version = ''`,
			u.ID, in.Start, in.Start+f.Size, db.Micros(tx.Now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "content.upload-place", nil)
		}
		if err := blob.Keep(tx, f, blob.Reference{Owner: u.owner(), Purpose: "part", Until: u.Begun.Add(UploadAtMost)}); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO content_upload_parts (upload, person, start, size, file) VALUES (?1, ?2, ?3, ?4, ?5)`,
			u.ID, u.person, in.Start, f.Size, f.ID)
		return err
	})
	if err != nil {
		return u, err
	}
	u.Received += f.Size
	u.Last = Part{in.Start, f.Size, string(f.ID)}
	return u, nil
}

func (u Upload) owner() string { return "upload:" + string(u.ID) }

// Upload returns an upload of the actor's own; somebody else's is NotFound.
func (s *Service) Upload(ctx context.Context, upload id.Upload) (u Upload, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		u, err = uploadByID(tx, upload)
		return err
	})
	return u, err
}

// Uploads returns the actor's uploads that are under way in a programme, the
// latest first.
func (s *Service) Uploads(ctx context.Context, p id.Programme) (out []Upload, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = openUploads(tx, p)
		return err
	})
	return out, err
}

// FinishUpload imports the package whose every part has come. It may be called
// again: the package is there once. A package with problems stays where it is,
// and so does the upload.
func (s *Service) FinishUpload(ctx context.Context, upload id.Upload) (ImportedPackage, error) {
	u, err := s.Upload(ctx, upload)
	if err != nil {
		return ImportedPackage{}, err
	}
	if u.Version != "" {
		return s.became(ctx, u)
	}
	if !u.Whole() {
		return ImportedPackage{}, fault.New(fault.Invalid, "content.upload-size", nil)
	}
	file := &joined{files: s.files, size: u.Size}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		file.parts, err = db.Collect(tx, func(r *db.Rows) (p Part, err error) {
			err = r.Scan(&p.Start, &p.Size, &p.Digest)
			return p, err
		}, `SELECT start, size, file FROM content_upload_parts WHERE upload = ?1 ORDER BY start`, u.ID)
		return err
	})
	if err != nil {
		return ImportedPackage{}, err
	}
	// The upload's own id is the act's: however often it is sent, it is done once.
	w := new(working)
	if _, busy := s.working.LoadOrStore(u.ID, w); !busy {
		defer s.working.Delete(u.ID)
	}
	out, err := s.ImportPackage(ctx, id.Operation(u.ID), ImportPackage{
		Programme: u.programme, Replaces: u.Replaces, Translates: u.Translates, Language: u.Language, File: file, Size: u.Size, Smaller: u.Smaller,
		Patience: ShortPatience, Progress: w.files, Playing: w.playing,
	})
	if err = errors.Join(err, file.Close()); err != nil {
		return out, err
	}
	return out, s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		if _, err := tx.Exec(`UPDATE content_uploads SET version = ?2, touched_at = ?3 WHERE id = ?1`, u.ID, out.Version, db.Micros(tx.Now())); err != nil {
			return err
		}
		return u.release(tx)
	})
}

// became is what a finished upload was answered with.
func (s *Service) became(ctx context.Context, u Upload) (out ImportedPackage, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err := versionByID(tx, u.Version)
		out = ImportedPackage{Package: v.Module, Version: v.ID, Number: v.Number, Key: v.Key}
		return err
	})
	return out, err
}

// release lets go of what has come.
func (u Upload) release(tx *db.Tx) error {
	if _, err := tx.Exec(`DELETE FROM content_upload_parts WHERE upload = ?1`, u.ID); err != nil {
		return err
	}
	return blob.EndAt(tx, u.owner(), tx.Now())
}

// DropUpload forgets an upload of the actor's own and what has come of it.
// Somebody else's, or one that is gone already, is NotFound; a resend of the same
// operation is answered as the first was.
func (s *Service) DropUpload(ctx context.Context, op id.Operation, upload id.Upload) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var done struct{}
		_, err := journal.Once(tx, op, "content.drop-upload", &done, func() error {
			u, err := uploadByID(tx, upload)
			if err != nil {
				return err
			}
			return u.drop(tx)
		})
		return err
	})
}

func (u Upload) drop(tx *db.Tx) error {
	if err := u.release(tx); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM content_uploads WHERE id = ?1`, u.ID)
	return err
}

// SweepUploads forgets the uploads that nobody went on with, and those finished
// a day ago.
func (s *Service) SweepUploads(ctx context.Context) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		old, err := db.Collect(tx, func(r *db.Rows) (Upload, error) { return scanUpload(r.Scan) },
			`SELECT `+uploadColumns+` FROM content_uploads WHERE touched_at <= ?1 OR begun_at <= ?2`,
			db.Micros(tx.Now().Add(-UploadKept)), db.Micros(tx.Now().Add(-UploadAtMost)))
		for _, u := range old {
			err = cmp.Or(err, u.drop(tx))
		}
		return err
	})
}

const uploadColumns = `id, person, programme, replaces, translates, language, smaller, name, size, modified, received, version, begun_at`

func scanUpload(scan func(...any) error) (u Upload, err error) {
	var begun, smaller int64
	err = scan(&u.ID, &u.person, &u.programme, &u.Replaces, &u.Translates, &u.Language, &smaller, &u.Name, &u.Size, &u.Modified, &u.Received, &u.Version, &begun)
	u.Begun, u.Smaller = db.Time(begun), smaller != 0
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "content.no-upload", nil)
	}
	return u, err
}

// uploadByID reads an upload of the actor's own, in the programme acted in.
func uploadByID(tx *db.Tx, upload id.Upload) (Upload, error) {
	a := tx.Actor()
	u, err := scanUpload(tx.QueryRow(`SELECT `+uploadColumns+` FROM content_uploads WHERE id = ?1 AND person = ?2 AND programme = ?3`,
		upload, a.Person, programmeOf(a)).Scan)
	if err != nil {
		return u, err
	}
	return u, u.last(tx)
}

func programmeOf(a actor.Actor) id.Programme { return a.Grant.Scope.Programme }

func openUploads(tx *db.Tx, p id.Programme) ([]Upload, error) {
	out, err := db.Collect(tx, func(r *db.Rows) (Upload, error) { return scanUpload(r.Scan) },
		`SELECT `+uploadColumns+` FROM content_uploads WHERE person = ?1 AND programme = ?2 AND version = '' ORDER BY begun_at DESC, id DESC`,
		tx.Actor().Person, p)
	for i := range out {
		err = cmp.Or(err, out[i].last(tx))
	}
	return out, err
}

// last reads the last part that came.
func (u *Upload) last(tx *db.Tx) error {
	err := tx.QueryRow(`SELECT start, size, file FROM content_upload_parts WHERE upload = ?1 ORDER BY start DESC LIMIT 1`, u.ID).
		Scan(&u.Last.Start, &u.Last.Size, &u.Last.Digest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// joined reads the parts of an upload as one file. One part is open at a time.
// It is for one reader after another, not for several at once.
type joined struct {
	files *blob.Store
	parts []Part // by Start, without gaps
	size  int64
	open  *blob.Reader
	which int // of the open one
}

// ReadAt fills p from what lies at off.
func (j *joined) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		if off >= j.size {
			return n, io.EOF
		}
		i, found := slices.BinarySearchFunc(j.parts, off, func(x Part, at int64) int { return cmp.Compare(x.Start, at) })
		if !found {
			i--
		}
		if err := j.at(i); err != nil {
			return n, err
		}
		part := j.parts[i]
		if _, err := j.open.Seek(off-part.Start, io.SeekStart); err != nil {
			return n, err
		}
		want := min(int64(len(p)-n), part.Start+part.Size-off)
		got, err := io.ReadFull(j.open, p[n:n+int(want)])
		n, off = n+got, off+int64(got)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// at opens the i-th part.
func (j *joined) at(i int) error {
	if j.open != nil && j.which == i {
		return nil
	}
	if err := j.Close(); err != nil {
		return err
	}
	if _, err := hex.DecodeString(j.parts[i].Digest); err != nil {
		return err
	}
	r, err := j.files.Open(blob.File{ID: id.File(j.parts[i].Digest), Kind: blob.Content, Size: j.parts[i].Size})
	if err != nil {
		return err
	}
	j.open, j.which = r, i
	return nil
}

// Close closes what is open.
func (j *joined) Close() error {
	if j.open == nil {
		return nil
	}
	r := j.open
	j.open = nil
	return r.Close()
}
