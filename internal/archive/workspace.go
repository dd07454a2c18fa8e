package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"cadre/internal/durable"
)

// workspacePrefix starts the names of workspaces.
const workspacePrefix = durable.TempPrefix + "archive-"

// workspace is a folder for work on a backup. It holds what a backup holds, in
// the clear, so it does not outlive its process for long: its lock goes with the
// process, and the next workspace made beside it removes it.
type workspace struct {
	dir  string
	lock *os.File
}

// newWorkspace makes a workspace in dir, which is made if it is missing.
func newWorkspace(dir string) (*workspace, error) {
	if err := durable.MakeDir(dir); err != nil {
		return nil, err
	}
	// Whoever sweeps holds the folder, so that a workspace is never seen between
	// its making and its locking.
	parent, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = parent.Close() }() // which unlocks it; nothing was written
	if err := syscall.Flock(int(parent.Fd()), syscall.LOCK_EX); err != nil {
		return nil, fmt.Errorf("archive: lock %s: %w", dir, err)
	}
	if err := sweep(dir); err != nil {
		return nil, err
	}
	name, err := os.MkdirTemp(dir, workspacePrefix)
	if err != nil {
		return nil, err
	}
	lock, err := os.Open(name)
	if err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(name))
	}
	return &workspace{name, lock}, nil
}

// sweep removes workspaces whose processes are gone.
func sweep(dir string) error {
	found, err := filepath.Glob(filepath.Join(dir, workspacePrefix+"*"))
	if err != nil {
		return err
	}
	for _, w := range found {
		f, err := os.Open(w)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			err = os.RemoveAll(w)
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// path returns the path of a name inside.
func (w *workspace) path(name string) string { return filepath.Join(w.dir, name) }

// close removes the workspace.
func (w *workspace) close() error { return errors.Join(os.RemoveAll(w.dir), w.lock.Close()) }
