package crashtest

import (
	"path/filepath"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// driverOf is the VFS of a disk. Locks and shared memory are the operating
// system's.
type driverOf struct{ d *Disk }

var _ vfs.VFSFilename = driverOf{}

func (v driverOf) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return vfsutil.WrapOpen(vfs.Find("os"), name, flags) // temporary files: nothing of them is to last
}

func (v driverOf) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if name == nil {
		return v.Open("", flags)
	}
	d := v.d
	d.mu.Lock()
	defer d.mu.Unlock()
	path := d.rel(name.String())
	if _, there := d.files[path]; !there || d.plan.how != Full { // what is there takes no space
		if err := d.fails(Open, path); err != nil {
			return nil, flags, err
		}
	}
	f, flags, err := vfsutil.WrapOpenFilename(vfs.Find("os"), name, flags)
	if err != nil {
		return nil, flags, err
	}
	n, fresh := d.number(path)
	if fresh {
		d.record(event{kind: named, file: n, path: path})
	}
	const created = vfs.OPEN_MAIN_JOURNAL | vfs.OPEN_SUPER_JOURNAL | vfs.OPEN_WAL
	return &sqliteFile{
		File: f, d: d, number: n, path: path,
		// Like the operating system's: the first sync of a log makes its name durable.
		syncDir: flags&vfs.OPEN_CREATE != 0 && flags&created != 0,
	}, flags, nil
}

func (v driverOf) Delete(name string, syncDir bool) error {
	d := v.d
	d.mu.Lock()
	defer d.mu.Unlock()
	path := d.rel(name)
	if err := d.fails(Remove, path); err != nil {
		return err
	}
	if err := vfs.Find("os").Delete(name, false); err != nil {
		return err
	}
	d.unname(path)
	if syncDir {
		d.record(event{kind: dirSynced, path: filepath.Dir(path)})
	}
	return nil
}

func (v driverOf) Access(name string, flags vfs.AccessFlag) (bool, error) {
	return vfs.Find("os").Access(name, flags)
}

func (v driverOf) FullPathname(name string) (string, error) {
	return vfs.Find("os").FullPathname(name)
}

func (d *Disk) unname(path string) {
	delete(d.files, path)
	d.record(event{kind: named, file: gone, path: path})
}

// sqliteFile is a database or its log.
type sqliteFile struct {
	vfs.File
	d       *Disk
	number  int
	path    string
	syncDir bool
}

var (
	_ vfs.FileSharedMemory       = (*sqliteFile)(nil)
	_ vfs.FileLockState          = (*sqliteFile)(nil)
	_ vfs.FilePersistWAL         = (*sqliteFile)(nil)
	_ vfs.FilePowersafeOverwrite = (*sqliteFile)(nil)
	_ vfs.FileHasMoved           = (*sqliteFile)(nil)
)

func (f *sqliteFile) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(f.File) }
func (f *sqliteFile) LockState() vfs.LockLevel       { return vfsutil.WrapLockState(f.File) }
func (f *sqliteFile) PersistWAL() bool               { return vfsutil.WrapPersistWAL(f.File) }
func (f *sqliteFile) SetPersistWAL(keep bool)        { vfsutil.WrapSetPersistWAL(f.File, keep) }
func (f *sqliteFile) PowersafeOverwrite() bool       { return vfsutil.WrapPowersafeOverwrite(f.File) }

func (f *sqliteFile) SetPowersafeOverwrite(on bool) { vfsutil.WrapSetPowersafeOverwrite(f.File, on) }
func (f *sqliteFile) HasMoved() (bool, error)       { return vfsutil.WrapHasMoved(f.File) }

func (f *sqliteFile) WriteAt(p []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.fails(Write, f.path); err != nil {
		// A failing disk writes a part.
		part := p[:len(p)/2]
		if n, werr := f.File.WriteAt(part, off); werr == nil {
			f.d.record(event{kind: wrote, file: f.number, off: off, data: part[:n]})
		}
		return 0, told(err, f.d.plan.how)
	}
	n, err := f.File.WriteAt(p, off)
	f.d.record(event{kind: wrote, file: f.number, off: off, data: p[:n]})
	return n, err
}

func (f *sqliteFile) Truncate(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.fails(Write, f.path); err != nil {
		return told(err, f.d.plan.how)
	}
	err := f.File.Truncate(size)
	if err == nil {
		f.d.record(event{kind: cutShort, file: f.number, off: size})
	}
	return err
}

// Sync does not trouble the machine's disk: the record is what lasts.
func (f *sqliteFile) Sync(vfs.SyncFlag) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.fails(Sync, f.path); err != nil {
		f.d.record(event{kind: unsynced, file: f.number})
		return err
	}
	f.d.record(event{kind: synced, file: f.number})
	if f.syncDir {
		f.syncDir = false
		f.d.record(event{kind: dirSynced, path: filepath.Dir(f.path)})
	}
	return nil
}
