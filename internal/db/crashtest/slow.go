package crashtest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"

	"cadre/internal/id"
)

// Slow is a disk whose syncs take longer, and which counts them.
type Slow struct {
	name  string
	delay time.Duration
	syncs atomic.Int64
	logs  atomic.Int64
}

// NewSlow returns a disk whose every sync takes delay longer than the machine's.
func NewSlow(t testing.TB, delay time.Duration) *Slow {
	t.Helper()
	s := &Slow{name: "slow-" + id.New[string](), delay: delay}
	vfs.Register(s.name, slowDriver{s})
	t.Cleanup(func() { vfs.Unregister(s.name) })
	return s
}

// Wrap puts the disk below an SQLite data source; it is what db.Options ask for.
func (s *Slow) Wrap(dsn string) string { return dsn + "&vfs=" + s.name }

// Syncs is how many syncs there were.
func (s *Slow) Syncs() int64 { return s.syncs.Load() }

// LogWrites is how many pieces were written to logs (WAL).
func (s *Slow) LogWrites() int64 { return s.logs.Load() }

type slowDriver struct{ s *Slow }

var _ vfs.VFSFilename = slowDriver{}

func (v slowDriver) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return vfsutil.WrapOpen(vfs.Find("os"), name, flags)
}

func (v slowDriver) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(vfs.Find("os"), name, flags)
	if err != nil {
		return nil, flags, err
	}
	return &slowFile{f, v.s, flags&vfs.OPEN_WAL != 0}, flags, nil
}

func (v slowDriver) Delete(name string, syncDir bool) error {
	return vfs.Find("os").Delete(name, syncDir)
}

func (v slowDriver) Access(name string, flags vfs.AccessFlag) (bool, error) {
	return vfs.Find("os").Access(name, flags)
}

func (v slowDriver) FullPathname(name string) (string, error) {
	return vfs.Find("os").FullPathname(name)
}

// slowFile is a database or its log.
type slowFile struct {
	vfs.File
	s   *Slow
	log bool
}

var (
	_ vfs.FileSharedMemory       = (*slowFile)(nil)
	_ vfs.FileLockState          = (*slowFile)(nil)
	_ vfs.FilePersistWAL         = (*slowFile)(nil)
	_ vfs.FilePowersafeOverwrite = (*slowFile)(nil)
	_ vfs.FileHasMoved           = (*slowFile)(nil)
)

func (f *slowFile) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(f.File) }
func (f *slowFile) LockState() vfs.LockLevel       { return vfsutil.WrapLockState(f.File) }
func (f *slowFile) PersistWAL() bool               { return vfsutil.WrapPersistWAL(f.File) }
func (f *slowFile) SetPersistWAL(keep bool)        { vfsutil.WrapSetPersistWAL(f.File, keep) }
func (f *slowFile) PowersafeOverwrite() bool       { return vfsutil.WrapPowersafeOverwrite(f.File) }

func (f *slowFile) SetPowersafeOverwrite(on bool) { vfsutil.WrapSetPowersafeOverwrite(f.File, on) }
func (f *slowFile) HasMoved() (bool, error)       { return vfsutil.WrapHasMoved(f.File) }

func (f *slowFile) WriteAt(b []byte, off int64) (int, error) {
	if f.log {
		f.s.logs.Add(1)
	}
	return f.File.WriteAt(b, off)
}

func (f *slowFile) Sync(flags vfs.SyncFlag) error {
	f.s.syncs.Add(1)
	if f.s.delay > 0 {
		time.Sleep(f.s.delay)
	}
	return f.File.Sync(flags)
}
