package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// Disk is what changes files and the names of files. There is one, the
// machine's; tests put one between that forgets what was not synced, or fails.
// Reading goes past it.
type Disk interface {
	CreateTemp(dir, pattern string) (Handle, error)
	Rename(from, to string) error
	Remove(path string) error
	Mkdir(dir string, perm fs.FileMode) error
	// SyncDir makes the names in dir durable.
	SyncDir(dir string) error
}

// Handle is an open file.
type Handle interface {
	io.Reader
	io.Writer
	io.Seeker
	io.Closer
	Name() string
	Chmod(mode fs.FileMode) error
	Sync() error
}

type machine struct{}

func (machine) CreateTemp(dir, pattern string) (Handle, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (machine) Rename(from, to string) error             { return os.Rename(from, to) }
func (machine) Remove(path string) error                 { return os.Remove(path) }
func (machine) Mkdir(dir string, perm fs.FileMode) error { return os.Mkdir(dir, perm) }

func (machine) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}
