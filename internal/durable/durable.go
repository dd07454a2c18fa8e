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

	"cadre/internal/fault"
)

// Files writes files through a disk. The zero value writes to the machine's.
type Files struct{ disk Disk }

// On returns Files that write through d.
func On(d Disk) Files { return Files{d} }

func (w Files) through() Disk {
	if w.disk == nil {
		return machine{}
	}
	return w.disk
}

// TempPrefix starts the name of every file that is not yet committed.
const TempPrefix = ".part-"

// File is a file being written. It is committed or aborted, once.
type File struct {
	Handle
	disk Disk
	path string
	done bool
}

// Create starts a file that [File.Commit] will give the name path. The
// directory is made if it is missing. perm is the file's mode, before umask.
func (w Files) Create(path string, perm fs.FileMode) (*File, error) {
	dir := filepath.Dir(path)
	if err := w.MakeDir(dir); err != nil {
		return nil, err
	}
	d := w.through()
	f, err := d.CreateTemp(dir, TempPrefix+"*")
	if err != nil {
		return nil, failed(err)
	}
	if err := f.Chmod(perm); err != nil {
		return nil, failed(errors.Join(err, f.Close(), d.Remove(f.Name())))
	}
	return &File{Handle: f, disk: d, path: path}, nil
}

// Write writes to the file. Its failure, like that of every step here, is a
// [fault.Unavailable]: the disk is full or fails, nothing was committed, and what
// was asked for may be asked for again.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.Handle.Write(p)
	return n, failed(err)
}

func failed(err error) error { return fault.Wrap(fault.Unavailable, "fault.unavailable", err) }

// Commit syncs the file and gives it its name, replacing what had it before.
func (f *File) Commit() error { return f.commit(f.path) }

// CommitAs is Commit under another name, for files that are named by their
// content. path must be on the same file system.
func (f *File) CommitAs(path string) error {
	dir := filepath.Dir(path)
	if err := On(f.disk).MakeDir(dir); err != nil {
		return err
	}
	if err := f.commit(path); err != nil {
		return err
	}
	// Another may be about to make the directory durable, and not be done yet.
	return failed(f.disk.SyncDir(filepath.Dir(dir)))
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
		err = f.disk.Rename(f.Name(), path)
	}
	if err != nil {
		return failed(errors.Join(err, f.disk.Remove(f.Name())))
	}
	return failed(f.disk.SyncDir(filepath.Dir(path)))
}

// Abort throws the file away. After Commit it does nothing, so it can be
// deferred.
func (f *File) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	return errors.Join(f.Close(), f.disk.Remove(f.Name()))
}

// WriteFile writes data to path as one durable step.
func (w Files) WriteFile(path string, data []byte, perm fs.FileMode) error {
	f, err := w.Create(path, perm)
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
func (w Files) MakeDir(dir string) error {
	if st, err := os.Stat(dir); err == nil {
		if !st.IsDir() {
			return fmt.Errorf("durable: %s is not a directory", dir)
		}
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := w.MakeDir(parent); err != nil {
			return err
		}
	}
	if err := w.through().Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return failed(err)
	}
	if err := w.through().SyncDir(parent); err != nil {
		// Whoever comes next makes it anew: a directory that is there is believed to
		// be durable.
		return failed(errors.Join(err, w.through().Remove(dir)))
	}
	return nil
}

// Remove removes a file. That it is gone is not yet durable.
func (w Files) Remove(path string) error { return w.through().Remove(path) }

// Create is [Files.Create] on the machine's disk.
func Create(path string, perm fs.FileMode) (*File, error) { return Files{}.Create(path, perm) }

// WriteFile is [Files.WriteFile] on the machine's disk.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	return Files{}.WriteFile(path, data, perm)
}

// MakeDir is [Files.MakeDir] on the machine's disk.
func MakeDir(dir string) error { return Files{}.MakeDir(dir) }

// SyncDir makes the names in dir durable.
func SyncDir(dir string) error { return machine{}.SyncDir(dir) }
