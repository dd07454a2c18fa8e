package crashtest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ncruces/go-sqlite3"

	"cadre/internal/durable"
)

// States tells apart what cuts have left. Two images of the same state are the
// same to whoever opens them: the same files, and a database that SQLite recovers
// to the same bytes. Files that were never committed ([durable.TempPrefix]) do not
// count: nobody reads them. States is safe for use by several goroutines.
type States struct {
	dir      string // a folder of its own, for recovering in
	database string // the path of the database in the images

	mu      sync.Mutex
	n       int
	digests map[*byte]digest // of contents that images share
}

type digest [sha256.Size]byte

// parts are the ends of the names of a database and of its logs.
var parts = [...]string{"", "-wal", "-journal"}

// NewStates returns one for images with a database at a path. dir is a folder that
// is there.
func NewStates(dir, database string) *States {
	return &States{dir: dir, database: database, digests: map[*byte]digest{}}
}

// Of names the state of an image, after letting SQLite recover its database, as it
// does whenever a database is opened. An error is a database that cannot be
// recovered.
func (s *States) Of(img Image) (string, error) {
	sum := sha256.New()
	for _, path := range sorted(img) {
		if end, ok := strings.CutPrefix(path, s.database); ok && slices.Contains(parts[:], end) {
			continue
		}
		if strings.HasPrefix(filepath.Base(path), durable.TempPrefix) {
			continue
		}
		d := s.digest(img[path])
		fmt.Fprintf(sum, "%q %v %x\n", path, img[path] == nil, d)
	}
	whole, err := s.recover(img)
	if err != nil {
		return "", err
	}
	d := sha256.Sum256(whole)
	fmt.Fprintf(sum, "%v %x\n", whole == nil, d)
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

// digest is that of a content. Images share contents, which never change.
func (s *States) digest(b []byte) digest {
	if len(b) == 0 {
		return digest{}
	}
	s.mu.Lock()
	d, ok := s.digests[&b[0]]
	s.mu.Unlock()
	if !ok {
		d = sha256.Sum256(b)
		s.mu.Lock()
		s.digests[&b[0]] = d
		s.mu.Unlock()
	}
	return d
}

// recover returns the database of an image once SQLite has taken over what its log
// holds; nil if there is none.
func (s *States) recover(img Image) (_ []byte, err error) {
	s.mu.Lock()
	s.n++
	dir := filepath.Join(s.dir, fmt.Sprintf("state-%d", s.n))
	s.mu.Unlock()
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	found := Image{}
	for _, end := range parts {
		if b, ok := img[s.database+end]; ok {
			found[s.database+end] = b
		}
	}
	if found[s.database] == nil {
		return nil, nil
	}
	if err := found.Write(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, s.database)
	if err := recovered(path); err != nil {
		return nil, fmt.Errorf("crashtest: recover: %w", err)
	}
	return os.ReadFile(path)
}

func recovered(path string) (err error) {
	c, err := sqlite3.OpenFlags(path, sqlite3.OPEN_READWRITE)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	read, _, err := c.Prepare("PRAGMA schema_version") // reads, and with that recovers
	if err != nil {
		return err
	}
	read.Step()
	if err := errors.Join(read.Err(), read.Close()); err != nil {
		return err
	}
	_, _, err = c.WALCheckpoint("main", sqlite3.CHECKPOINT_TRUNCATE)
	return err
}
