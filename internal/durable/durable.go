// Package durable writes files that survive a power cut.
//
// A file is written under a temporary name in its own directory, synced, moved
// to its name, and the directory is synced too, so that after a crash the name
// holds either the whole new content, the whole old content, or nothing. What
// is not committed leaves at most a file whose name starts with [TempPrefix];
// whoever owns the directory may delete such files when they are old.
package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// TempPrefix starts the name of every file that is not yet committed.
const TempPrefix = ".part-"

// File is a file being written. It is committed or aborted, once.
type File struct {
	*os.File
	path string
	done bool
}

// Create starts a file that [File.Commit] will give the name path. The
// directory is made if it is missing. perm is the file's mode, before umask.
func Create(path string, perm fs.FileMode) (*File, error) {
	dir := filepath.Dir(path)
	if err := MakeDir(dir); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, TempPrefix+"*")
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(perm); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return &File{File: f, path: path}, nil
}

// Commit syncs the file and gives it its name, replacing what had it before.
func (f *File) Commit() error { return f.commit(f.path) }

// CommitAs is Commit under another name, for files that are named by their
// content. path must be on the same file system.
func (f *File) CommitAs(path string) error {
	if err := MakeDir(filepath.Dir(path)); err != nil {
		return err
	}
	return f.commit(path)
}

func (f *File) commit(path string) error {
	if f.done {
		return fmt.Errorf("durable: %s was committed or aborted before", path)
	}
	f.done = true
	err := f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return SyncDir(filepath.Dir(path))
}

// Abort throws the file away. After Commit it does nothing, so it can be
// deferred.
func (f *File) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// WriteFile writes data to path as one durable step.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	f, err := Create(path, perm)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Abort())
	}
	return f.Commit()
}

// MakeDir makes a directory and its parents, for this user alone, and syncs
// what it made.
func MakeDir(dir string) error {
	if st, err := os.Stat(dir); err == nil {
		if !st.IsDir() {
			return fmt.Errorf("durable: %s is not a directory", dir)
		}
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := MakeDir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(parent)
}

// SyncDir makes the names in dir durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}
