package crashtest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"cadre/internal/durable"
	"cadre/internal/id"
)

// Sector is the size of what a disk writes whole.
const Sector = 512

// folder stands for a directory where a name leads to a file's number.
const folder = -1

// Image is what lies below a folder: files by path, and folders, whose paths end
// in a slash and whose content is nil.
type Image map[string][]byte

// Read reads the image of a folder, without what belongs to running processes.
func Read(dir string) (Image, error) {
	img := Image{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		if e.IsDir() {
			img[rel+"/"] = nil
			return nil
		}
		if strings.HasSuffix(p, "-shm") {
			return nil
		}
		b, err := os.ReadFile(p)
		img[rel] = append([]byte{}, b...)
		return err
	})
	return img, err
}

// Write makes the folder dir look like the image.
func (img Image) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for p, b := range img {
		path := filepath.Join(dir, p)
		if b == nil {
			if err := os.MkdirAll(path, 0o700); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Disk is a folder on a machine that may lose its power at any moment. It is safe
// for use by several goroutines.
type Disk struct {
	root string // without symbolic links
	name string // of the VFS
	base Image

	mu    sync.Mutex
	log   []event
	files map[string]int // the number of the file that a path leads to now
	count int            // of numbers given
	bytes int            // of what was written
	plan  plan
	lying bool
}

// New returns a disk over an empty folder, on which img lies, durable.
func New(t testing.TB, dir string, img Image) *Disk {
	t.Helper()
	if err := img.Write(dir); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := &Disk{root: root, name: "crash-" + id.New[string](), base: img, files: map[string]int{}}
	for p, n := range img.numbers() {
		if n != folder {
			d.files[p] = n
			d.count = max(d.count, n+1)
		}
	}
	vfs.Register(d.name, driverOf{d})
	return d
}

// Discard ends the disk. Nothing that works through it may still be open.
func (d *Disk) Discard() error {
	vfs.Unregister(d.name)
	return os.RemoveAll(d.root)
}

// Wrap puts the disk below an SQLite data source; it is what db.Options ask for.
func (d *Disk) Wrap(dsn string) string { return dsn + "&vfs=" + d.name }

// Files puts the disk below everything else.
func (d *Disk) Files() durable.Files { return durable.On(through{d}) }

// Lie makes the disk say that it has synced when it has not.
func (d *Disk) Lie() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lying = true
}

// numbers gives each file a number, in the order of their paths.
func (img Image) numbers() map[string]int {
	out := make(map[string]int, len(img))
	n := 0
	for _, p := range sorted(img) {
		if img[p] == nil {
			out[strings.TrimSuffix(p, "/")] = folder
			continue
		}
		out[p] = n
		n++
	}
	return out
}

// An event is one thing that happened to the disk, in their order.
type event struct {
	kind kind
	file int    // its number; of a name, where it leads: folder, or gone
	path string // of a name
	off  int64  // of what was written; the size, of a truncation
	data []byte
}

type kind uint8

const (
	wrote    kind = iota
	cutShort      // the file has the size off
	synced
	unsynced // a sync that failed: what the file got is lost
	named    // path leads to file
	dirSynced
)

// gone is where a name leads that was removed.
const gone = -2

func (d *Disk) rel(path string) string {
	r, err := filepath.Rel(d.root, path)
	if err != nil || strings.HasPrefix(r, "..") {
		panic(fmt.Sprintf("crashtest: %s is not on the disk %s", path, d.root))
	}
	return r
}

// record writes down what happened. It is called with the lock held.
func (d *Disk) record(e event) {
	if d.lying && (e.kind == synced || e.kind == dirSynced) {
		return
	}
	if e.data != nil {
		e.data = bytes.Clone(e.data)
		d.bytes += len(e.data)
	}
	d.log = append(d.log, e)
}

// number returns that of the file at path, a new one if the path is new.
func (d *Disk) number(path string) (n int, fresh bool) {
	if n, ok := d.files[path]; ok {
		return n, false
	}
	n = d.count
	d.count++
	d.files[path] = n
	return n, true
}

// Moment is how much has happened so far: something that was acknowledged now
// must be there after every cut at this moment or later.
func (d *Disk) Moment() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.log)
}

// Bytes is how much was written so far: the disk remembers all of it.
func (d *Disk) Bytes() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.bytes
}
