package db

import (
	"encoding/binary"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// inFewPieces is an SQLite VFS over another that writes what a transaction adds to the
// log (WAL) in two pieces, unless it is large: all but its last page, and that. SQLite
// writes two pieces for each page, and the way to the operating system and back costs
// as much as what is written.
//
// A transaction counts from its last page on (https://sqlite.org/walformat.html): with
// it, everything is written, before SQLite syncs the log, shows the transaction to
// readers, who have files of their own, or acknowledges it. What is held back is
// written, too, before its writer reads the log, measures it or cuts it off.
type inFewPieces struct{ base string }

var _ vfs.VFSFilename = inFewPieces{}

// register makes the VFS known to SQLite, and returns by which name.
func (v inFewPieces) register() string {
	name := "few-pieces"
	if v.base != "" {
		name += "-" + v.base
	}
	vfs.Register(name, v)
	return name
}

func (v inFewPieces) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return vfsutil.WrapOpen(vfs.Find(v.base), name, flags)
}

func (v inFewPieces) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(vfs.Find(v.base), name, flags)
	if err == nil && flags&vfs.OPEN_WAL != 0 {
		f = &walFile{File: f}
	}
	return f, flags, err
}

func (v inFewPieces) Delete(name string, syncDir bool) error {
	return vfs.Find(v.base).Delete(name, syncDir)
}

func (v inFewPieces) Access(name string, flags vfs.AccessFlag) (bool, error) {
	return vfs.Find(v.base).Access(name, flags)
}

func (v inFewPieces) FullPathname(name string) (string, error) {
	return vfs.Find(v.base).FullPathname(name)
}

const (
	pieceMax    = 256 << 10 // bytes that are held back
	frameHeader = 24        // bytes before a page in the log
)

// walFile is the log. What is held back belongs at an offset.
type walFile struct {
	vfs.File
	held []byte
	at   int64
	last bool // the page is the last of its transaction
}

func (f *walFile) WriteAt(b []byte, off int64) (int, error) {
	if len(b) == frameHeader {
		f.last = binary.BigEndian.Uint32(b[4:]) != 0 // the size of the database after the transaction
	}
	if len(f.held) > 0 && (off != f.at+int64(len(f.held)) || len(f.held)+len(b) > pieceMax) {
		if err := f.write(); err != nil {
			return 0, err
		}
	}
	if len(f.held) == 0 {
		f.at = off
	}
	f.held = append(f.held, b...)
	if f.last {
		if err := f.write(); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// write writes what is held back. If that fails it is gone: SQLite undoes the
// transaction, and writes in the same place again.
func (f *walFile) write() error {
	if len(f.held) == 0 {
		return nil
	}
	_, err := f.File.WriteAt(f.held, f.at)
	f.held = f.held[:0]
	return err
}

func (f *walFile) ReadAt(b []byte, off int64) (int, error) {
	if err := f.write(); err != nil {
		return 0, err
	}
	return f.File.ReadAt(b, off)
}

func (f *walFile) Truncate(size int64) error {
	if err := f.write(); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *walFile) Sync(flags vfs.SyncFlag) error {
	if err := f.write(); err != nil {
		return err
	}
	return f.File.Sync(flags)
}

func (f *walFile) Size() (int64, error) {
	if err := f.write(); err != nil {
		return 0, err
	}
	return f.File.Size()
}

func (f *walFile) Close() error {
	err := f.write()
	if cerr := f.File.Close(); err == nil {
		err = cerr
	}
	return err
}
