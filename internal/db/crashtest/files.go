package crashtest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cadre/internal/durable"
)

// through is a disk as package durable asks for one.
type through struct{ d *Disk }

var _ durable.Disk = through{}

func (t through) CreateTemp(dir, pattern string) (durable.Handle, error) {
	d := t.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.fails(Open, d.rel(dir)+"/"+pattern); err != nil {
		return nil, err
	}
	// The same run makes the same names.
	name := filepath.Join(dir, strings.Replace(pattern, "*", strconv.Itoa(d.count), 1))
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	for n := 0; errors.Is(err, fs.ErrExist); n++ { // of an earlier run
		name = filepath.Join(dir, strings.Replace(pattern, "*", fmt.Sprintf("%d-%d", d.count, n), 1))
		f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return nil, err
	}
	path := d.rel(f.Name())
	n, _ := d.number(path)
	d.record(event{kind: named, file: n, path: path})
	return &handle{File: f, d: d, number: n, path: path}, nil
}

func (t through) Rename(from, to string) error {
	d := t.d
	d.mu.Lock()
	defer d.mu.Unlock()
	src, dst := d.rel(from), d.rel(to)
	if err := d.fails(Rename, dst); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	n, _ := d.number(src)
	d.files[dst] = n
	d.record(event{kind: named, file: n, path: dst})
	d.unname(src)
	return nil
}

func (t through) Remove(path string) error {
	d := t.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.fails(Remove, d.rel(path)); err != nil {
		return err
	}
	err := os.Remove(path)
	if err == nil {
		d.unname(d.rel(path))
	}
	return err
}

func (t through) Mkdir(dir string, perm fs.FileMode) error {
	d := t.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.fails(Mkdir, d.rel(dir)); err != nil {
		return err
	}
	err := os.Mkdir(dir, perm)
	if err == nil {
		d.record(event{kind: named, file: folder, path: d.rel(dir)})
	}
	return err
}

func (t through) SyncDir(dir string) error {
	d := t.d
	d.mu.Lock()
	defer d.mu.Unlock()
	path := d.rel(dir)
	if err := d.fails(Sync, path+"/"); err != nil {
		return err
	}
	d.record(event{kind: dirSynced, path: path})
	return nil
}

// handle is a file that is being written.
type handle struct {
	*os.File
	d      *Disk
	number int
	path   string
}

func (h *handle) Write(p []byte) (int, error) {
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	off, err := h.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	if err := h.d.fails(Write, h.path); err != nil {
		n, werr := h.File.Write(p[:len(p)/2]) // a failing disk writes a part
		if werr == nil {
			h.d.record(event{kind: wrote, file: h.number, off: off, data: p[:n]})
		}
		return n, err
	}
	n, err := h.File.Write(p)
	h.d.record(event{kind: wrote, file: h.number, off: off, data: p[:n]})
	return n, err
}

func (h *handle) Sync() error {
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	if err := h.d.fails(Sync, h.path); err != nil {
		h.d.record(event{kind: unsynced, file: h.number})
		return err
	}
	h.d.record(event{kind: synced, file: h.number})
	return nil
}

var _ durable.Handle = (*handle)(nil)

// dirOf is the folder of a path of the disk.
func dirOf(path string) string { return filepath.Dir(path) }
