package crashtest

import (
	"fmt"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// Call is a call that a disk can fail.
type Call string

// The calls.
const (
	Open   Call = "open"
	Write  Call = "write"
	Sync   Call = "sync"
	Rename Call = "rename"
	Remove Call = "remove"
	Mkdir  Call = "mkdir"
)

// Failure is how a disk fails.
type Failure string

// The failures.
const (
	// IOError is one call that fails, once.
	IOError Failure = "an I/O error"
	// Full is a disk without space: from a call on, nothing can be written or made,
	// until [Disk.Heal].
	Full Failure = "a full disk"
)

type plan struct {
	how    Failure // "" for none
	at     int     // the number of the call that fails first
	calls  int     // so far, of those that can fail so
	failed int
	last   string
}

// FailAt makes the n-th call from now fail, the first being 0.
func (d *Disk) FailAt(n int, how Failure) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plan = plan{how: how, at: n}
}

// Heal ends all failing and returns how many calls failed, the last of them, and
// how many there were in all since [Disk.FailAt].
func (d *Disk) Heal() (failed int, last string, calls int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.plan
	d.plan = plan{}
	return p.failed, p.last, p.calls
}

// fails says whether this call fails. It is called with the lock held.
func (d *Disk) fails(c Call, path string) error {
	p := &d.plan
	if p.how == "" {
		return nil
	}
	if p.how == Full && (c == Remove || c == Sync) { // these need no space
		return nil
	}
	n := p.calls
	p.calls++
	if n < p.at || p.how == IOError && n > p.at {
		return nil
	}
	p.failed++
	p.last = fmt.Sprintf("%s of %s", c, path)
	if p.how == Full {
		return fmt.Errorf("%s: %w", p.last, syscall.ENOSPC)
	}
	return fmt.Errorf("%s: %w", p.last, syscall.EIO)
}

// told is a failure as the operating system's VFS would tell SQLite.
func told(err error, how Failure) error {
	if how == Full {
		return vfs.SystemError(err, sqlite3.FULL)
	}
	return err
}
