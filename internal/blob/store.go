package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/durable"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Grace is how long a file that nothing refers to is kept.
const Grace = 24 * time.Hour

// Kind is one of the two kinds of files.
type Kind string

// The kinds.
const (
	Content Kind = "content" // named by its SHA-256, readable by whoever has the folder
	Upload  Kind = "upload"  // random id, encrypted with a key of its own
)

// Stored is a file that lies on the disk and waits for [Keep] to name it.
type Stored struct {
	ID   id.File
	Kind Kind
	Size int64 // bytes of what was handed in
	key  []byte
}

// File is a file that the database names.
type File struct {
	ID   id.File
	Kind Kind
	Size int64
	// Erased says that the key of an upload is gone, and with it the content.
	Erased bool
	// Path is where it lies, relative to the store's folder, with slashes.
	Path string

	key []byte
}

// Store is a folder of files. Several instances may share one.
type Store struct {
	dir     string
	machine clock.Clock
	files   durable.Files
	mu      sync.RWMutex // held for writing while files are removed
}

// Open opens the folder dir and makes it if it is missing. machine is the clock
// that files' ages are judged by: the system's, but in tests.
func Open(dir string, machine clock.Clock) (*Store, error) {
	return OpenOn(durable.Files{}, dir, machine)
}

// OpenOn is [Open] on the disk that files writes to.
func OpenOn(files durable.Files, dir string, machine clock.Clock) (*Store, error) {
	for _, k := range []Kind{Content, Upload} {
		if err := files.MakeDir(filepath.Join(dir, string(k))); err != nil {
			return nil, fmt.Errorf("blob: %w", err)
		}
	}
	return &Store{dir: dir, machine: machine, files: files}, nil
}

// Dir returns the store's folder.
func (s *Store) Dir() string { return s.dir }

func path(k Kind, file id.File) string {
	f := string(file)
	if k == Content {
		return "content/" + f[:2] + "/" + f
	}
	// The first characters of an id are its time: the last ones spread.
	return "upload/" + f[len(f)-2:] + "/" + f
}

// Path returns where a file of ours lies on disk.
func (s *Store) Path(k Kind, file id.File) string {
	return filepath.Join(s.dir, filepath.FromSlash(path(k, file)))
}

// limited copies r to w and fails once there are more than limit bytes.
func limited(w io.Writer, r io.Reader, limit int64) (int64, error) {
	n, err := io.Copy(w, io.LimitReader(r, limit+1))
	if err != nil {
		return n, err
	}
	if n > limit {
		return n, fault.New(fault.Invalid, "blob.too-large", fault.Args{"mb": (limit + 999_999) / 1_000_000})
	}
	return n, nil
}

// PutContent writes r as content: at most limit bytes, or it fails with a
// [fault.Invalid]. The file is on disk when it returns.
func (s *Store) PutContent(r io.Reader, limit int64) (Stored, error) {
	return s.put(Content, "", nil, r, limit)
}

// PutUpload writes r, encrypted with a new key, under a new id.
func (s *Store) PutUpload(r io.Reader, limit int64) (Stored, error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return Stored{}, err
	}
	return s.put(Upload, id.New[id.File](), key, r, limit)
}

func (s *Store) put(k Kind, file id.File, key []byte, r io.Reader, limit int64) (_ Stored, err error) {
	// The final folder is known only when content has been hashed: it starts in
	// the store's folder and moves.
	f, err := s.files.Create(filepath.Join(s.dir, "new"), 0o600)
	if err != nil {
		return Stored{}, err
	}
	defer func() { err = errors.Join(err, f.Abort()) }()
	var n int64
	var sum hash.Hash
	if k == Content {
		sum = sha256.New()
		if n, err = limited(io.MultiWriter(f, sum), r, limit); err != nil {
			return Stored{}, err
		}
		file = id.File(hex.EncodeToString(sum.Sum(nil)))
	} else {
		aead, err := newAEAD(key)
		if err != nil {
			return Stored{}, err
		}
		w := &sealer{w: f, aead: aead, id: []byte(file)}
		if n, err = limited(w, r, limit); err != nil {
			return Stored{}, err
		}
		if err := w.Close(); err != nil {
			return Stored{}, err
		}
	}
	if err := s.place(f, s.Path(k, file)); err != nil {
		return Stored{}, err
	}
	return Stored{ID: file, Kind: k, Size: n, key: key}, nil
}

// place gives a file that is written its place. Only now must nothing be removed: what
// is written comes as slowly as somebody sends it, and a removal that waited for it would
// hold up everybody else.
func (s *Store) place(f *durable.File, at string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return f.CommitAs(at)
}

// Reference says who needs a file.
type Reference struct {
	// Owner is an area and an id of it, "letter:01…".
	Owner string
	// Purpose is a code that the owner understands, "scan".
	Purpose string
	// Person is whom the file is about, if it is about one person.
	Person id.Person
	// Until is when the reference ends by itself; the zero Time is never.
	Until time.Time
}

// Keep names a stored file in the database and refers to it. The same owner and
// purpose may keep a file again without effect.
func Keep(tx *db.Tx, f Stored, ref Reference) error {
	var key any
	if f.Kind == Upload {
		key = f.key
	}
	if _, err := tx.Exec(`INSERT INTO blob_files (id, kind, size, file_key, created_at, free_since) VALUES (?1, ?2, ?3, ?4, ?5, 0)
		ON CONFLICT (id) DO NOTHING`, f.ID, f.Kind, f.Size, key, db.Micros(tx.Now())); err != nil {
		return err
	}
	return Refer(tx, f.ID, ref)
}

// Refer adds a reference to a file that the database names.
func Refer(tx *db.Tx, file id.File, ref Reference) error {
	if ref.Owner == "" || ref.Purpose == "" {
		return errors.New("blob: a reference without owner or purpose")
	}
	n, err := tx.Exec(`UPDATE blob_files SET free_since = 0 WHERE id = ?1`, file)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "blob.missing", nil)
	}
	_, err = tx.Exec(`INSERT INTO blob_references (id, file, owner, purpose, person, keep_until, created_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (owner, purpose, file) DO UPDATE SET person = excluded.person, keep_until = excluded.keep_until`,
		id.New[string](), file, ref.Owner, ref.Purpose, ref.Person, db.Micros(ref.Until), db.Micros(tx.Now()))
	return err
}

// Stay lets every reference of an owner hold without end.
func Stay(tx *db.Tx, owner string) error {
	_, err := tx.Exec(`UPDATE blob_references SET keep_until = 0 WHERE owner = ?1`, owner)
	return err
}

// EndAt lets every reference of an owner end at that moment.
func EndAt(tx *db.Tx, owner string, at time.Time) error {
	_, err := tx.Exec(`UPDATE blob_references SET keep_until = ?2 WHERE owner = ?1`, owner, db.Micros(at))
	return err
}

// Release ends the references of owner for purpose to file. The file goes a day
// after its last reference.
func Release(tx *db.Tx, file id.File, owner, purpose string) error {
	if _, err := tx.Exec(`DELETE FROM blob_references WHERE file = ?1 AND owner = ?2 AND purpose = ?3`, file, owner, purpose); err != nil {
		return err
	}
	return free(tx)
}

// free starts the day of grace of files that nothing refers to any more.
func free(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE blob_files SET free_since = ?1 WHERE free_since = 0
		AND NOT EXISTS (SELECT 1 FROM blob_references r WHERE r.file = blob_files.id)`, db.Micros(tx.Now()))
	return err
}

// Erase destroys the key of an upload: from the commit on nobody can read it,
// wherever it was copied to. References stay, so that screens can say that a
// file was there. Erasing content, or twice, does nothing.
func Erase(tx *db.Tx, file id.File) error {
	_, err := tx.Exec(`UPDATE blob_files SET file_key = NULL WHERE id = ?1 AND kind = 'upload'`, file)
	return err
}

// EraseAbout destroys the keys of all uploads about a person and ends the
// references to them. It returns the number of files.
func EraseAbout(tx *db.Tx, p id.Person) (int64, error) {
	n, err := tx.Exec(`UPDATE blob_files SET file_key = NULL WHERE kind = 'upload' AND file_key IS NOT NULL
		AND EXISTS (SELECT 1 FROM blob_references r WHERE r.file = blob_files.id AND r.person = ?1)`, p)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`DELETE FROM blob_references WHERE person = ?1`, p); err != nil {
		return 0, err
	}
	return n, free(tx)
}

func scanFile(r *db.Rows) (File, error) {
	var f File
	err := r.Scan(&f.ID, &f.Kind, &f.Size, &f.key)
	if err == nil {
		f.Path = path(f.Kind, f.ID)
		f.Erased = f.Kind == Upload && len(f.key) == 0
	}
	return f, err
}

// Lookup returns a file that the database names.
func Lookup(tx *db.Tx, file id.File) (File, error) {
	fs, err := db.Collect(tx, scanFile, `SELECT id, kind, size, file_key FROM blob_files WHERE id = ?1`, file)
	if err != nil {
		return File{}, err
	}
	if len(fs) == 0 {
		return File{}, fault.New(fault.NotFound, "blob.missing", nil)
	}
	return fs[0], nil
}

// OwnedBy returns the files that an owner refers to for a purpose, oldest first.
func OwnedBy(tx *db.Tx, owner, purpose string) ([]File, error) {
	return db.Collect(tx, scanFile, `SELECT f.id, f.kind, f.size, f.file_key FROM blob_references r JOIN blob_files f ON f.id = r.file
		WHERE r.owner = ?1 AND r.purpose = ?2 ORDER BY r.created_at, r.id`, owner, purpose)
}

// Named returns all files that the database names, in order of their ids, after
// the id after, up to limit. A backup copies these after the database.
func Named(tx *db.Tx, after id.File, limit int) ([]File, error) {
	return db.Collect(tx, scanFile, `SELECT id, kind, size, file_key FROM blob_files WHERE id > ?1 ORDER BY id LIMIT ?2`, after, limit)
}

// Reader reads a file from any position. It is closed by whoever opened it.
type Reader struct {
	io.ReadSeeker
	Size int64
	file *os.File
}

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

// Open opens a file that [Lookup] has returned. An erased upload is a
// [fault.NotFound] with the key "blob.erased".
func (s *Store) Open(f File) (*Reader, error) {
	if f.Erased {
		return nil, fault.New(fault.NotFound, "blob.erased", nil)
	}
	file, err := os.Open(s.Path(f.Kind, f.ID))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "blob.missing", err)
	}
	r := &Reader{ReadSeeker: file, Size: f.Size, file: file}
	if f.Kind == Upload {
		aead, err := newAEAD(f.key)
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		r.ReadSeeker = &opener{r: file, aead: aead, id: []byte(f.ID), size: f.Size, chunk: -1}
	}
	return r, nil
}

// Damage is a file that is not what the database says.
type Damage struct {
	File File
	// Key names the sentence: "blob.verify-missing" or "blob.verify-damaged".
	Key string
}

// Verify reads every file that the database names and returns those that are
// missing or damaged. progress, if not nil, is called after each file.
func (s *Store) Verify(ctx context.Context, d *db.DB, progress func(files, bytes int64)) ([]Damage, error) {
	var out []Damage
	var files, bytes int64
	var after id.File
	for {
		var page []File
		err := d.View(ctx, func(tx *db.Tx) (err error) {
			page, err = Named(tx, after, 200)
			return err
		})
		if err != nil {
			return out, err
		}
		if len(page) == 0 {
			return out, nil
		}
		for _, f := range page {
			if err := ctx.Err(); err != nil {
				return out, err
			}
			after = f.ID
			if key := s.check(f); key != "" {
				out = append(out, Damage{f, key})
			}
			files++
			bytes += f.Size
			if progress != nil {
				progress(files, bytes)
			}
		}
	}
}

func (s *Store) check(f File) string {
	if f.Erased {
		return ""
	}
	r, err := s.Open(f)
	if errors.Is(err, fs.ErrNotExist) {
		return "blob.verify-missing"
	}
	if err != nil {
		return "blob.verify-damaged"
	}
	defer func() { _ = r.Close() }() // it was only read
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	if err != nil || n != f.Size || f.Kind == Content && hex.EncodeToString(sum.Sum(nil)) != string(f.ID) {
		return "blob.verify-damaged"
	}
	if f.Kind == Upload {
		// Nothing may follow the last chunk.
		st, err := r.file.Stat()
		if err != nil || st.Size() != f.Size+16*(lastChunk(f.Size)+1) {
			return "blob.verify-damaged"
		}
	}
	return ""
}

// Collect ends references whose time is over, forgets files without reference
// after their day of grace, and removes from the disk what the database does
// not name and what is older than that. It returns how many files it removed.
func (s *Store) Collect(ctx context.Context, d *db.DB) (int, error) {
	err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		now := tx.Now()
		if _, err := tx.Exec(`DELETE FROM blob_references WHERE keep_until > 0 AND keep_until <= ?1`, db.Micros(now)); err != nil {
			return err
		}
		if err := free(tx); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM blob_files WHERE free_since > 0 AND free_since <= ?1
			AND NOT EXISTS (SELECT 1 FROM blob_references r WHERE r.file = blob_files.id)`, db.Micros(now.Add(-Grace)))
		return err
	})
	if err != nil {
		return 0, err
	}
	return s.sweep(ctx, d)
}

// sweep removes files that no row names and that are older than the grace:
// younger ones may belong to a transaction that has yet to commit.
func (s *Store) sweep(ctx context.Context, d *db.DB) (removed int, err error) {
	old := s.machine.Now().Add(-Grace)
	err = filepath.WalkDir(s.dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !info.ModTime().Before(old) {
			return err
		}
		gone, err := s.remove(ctx, d, p, old)
		if gone {
			removed++
		}
		return err
	})
	return removed, err
}

// remove deletes the file p unless a row names it or it was just written anew.
func (s *Store) remove(ctx context.Context, d *db.DB, p string, old time.Time) (bool, error) {
	if !strings.HasPrefix(filepath.Base(p), durable.TempPrefix) {
		named := false
		err := d.View(ctx, func(tx *db.Tx) error {
			_, err := Lookup(tx, id.File(filepath.Base(p)))
			named = err == nil
			if fault.Is(err, fault.NotFound) {
				return nil
			}
			return err
		})
		if err != nil || named {
			return false, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// Content that was put again meanwhile is young again.
	info, err := os.Stat(p)
	if err != nil || !info.ModTime().Before(old) {
		return false, ignoreMissing(err)
	}
	return true, s.files.Remove(p)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
