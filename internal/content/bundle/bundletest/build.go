// Package bundletest makes ZIP archives for tests: honest ones, and such as no
// packager would write.
package bundletest

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
)

// Part is one entry. What is zero is filled in truthfully; a func changes what
// would have been written.
type Part struct {
	Name    string
	Content []byte
	Store   bool // not packed
	// Packed are the packed bytes, if they are not to be made from Content.
	Packed []byte

	LocalName string // another name in the local header
	Flags     uint16
	Method    *uint16
	LocalSize *uint32
	Size      *uint32
	PackedLen *uint32
	CRC       *uint32
	Made      uint16 // system and version; Unix if 0
	Mode      uint32 // Unix mode; an ordinary file if 0
	Extra     []byte // in the directory
	Offset    *uint32
	SameAs    int // 1-based: shares the local header of that part
	NoLocal   bool
	Long      bool // numbers in a ZIP64 extra field
	Disk      uint16
}

// Ending changes what the end of the archive says.
type Ending struct {
	Records   *uint16
	Offset    *uint32
	Length    *uint32
	Comment   string
	After     string // behind the end record
	Before    string // before everything
	Between   string // between the directory and its end record
	Zip64     bool
	Zip64At   *uint64 // where the locator points
	Zip64Len  *uint64
	Zip64Size *uint64
	Disk      uint16
	NoEnd     bool
}

// To returns a pointer to a value.
func To[T any](v T) *T { return &v }

// Deflate packs bytes.
func Deflate(b []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err := w.Write(b); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) put(vs ...any) {
	for _, v := range vs {
		switch v := v.(type) {
		case string:
			w.WriteString(v)
		case []byte:
			w.Write(v)
		default:
			if err := binary.Write(w, binary.LittleEndian, v); err != nil {
				panic(err)
			}
		}
	}
}

func or[T any](p *T, v T) T {
	if p != nil {
		return *p
	}
	return v
}

// Build writes an archive.
func Build(end Ending, parts ...Part) []byte {
	w := new(writer)
	w.put(end.Before)
	offsets := make([]uint32, len(parts))
	var dir writer
	for i, p := range parts {
		method, packed := uint16(8), p.Packed
		if p.Store {
			method = 0
			if packed == nil {
				packed = p.Content
			}
		} else if packed == nil {
			packed = Deflate(p.Content)
		}
		method = or(p.Method, method)
		size, packedLen := or(p.Size, uint32(len(p.Content))), or(p.PackedLen, uint32(len(packed)))
		crc := or(p.CRC, crc32.ChecksumIEEE(p.Content))
		flags := p.Flags | 1<<11
		local := p.Name
		if p.LocalName != "" {
			local = p.LocalName
		}
		offsets[i] = uint32(w.Len())
		if p.SameAs > 0 {
			offsets[i] = offsets[p.SameAs-1]
		}
		offset := or(p.Offset, offsets[i])
		extra := p.Extra
		if p.Long {
			var x writer
			x.put(uint16(1), uint16(24), uint64(size), uint64(packedLen), uint64(offset))
			extra = x.Bytes()
			size, packedLen, offset = 1<<32-1, 1<<32-1, 1<<32-1
		}
		if p.SameAs == 0 && !p.NoLocal {
			w.put(uint32(0x04034b50), uint16(20), flags, method, uint32(0x5b7a8000), crc, packedLen, or(p.LocalSize, size),
				uint16(len(local)), uint16(0), local, packed)
		}
		made, mode := p.Made, p.Mode
		if made == 0 {
			made = 3<<8 | 20
		}
		if mode == 0 {
			mode = 0o100644
		}
		dir.put(uint32(0x02014b50), made, uint16(20), flags, method, uint32(0x5b7a8000), crc, packedLen, size,
			uint16(len(p.Name)), uint16(len(extra)), uint16(0), p.Disk, uint16(0), mode<<16, offset, p.Name, extra)
	}
	at := w.Len()
	w.put(dir.Bytes(), end.Between)
	records, length, offset := uint16(len(parts)), uint32(dir.Len()), uint32(at)
	if end.Zip64 {
		where := uint64(w.Len())
		w.put(uint32(0x06064b50), uint64(44), uint16(45), uint16(45), uint32(0), uint32(0), uint64(len(parts)), or(end.Zip64Size, uint64(len(parts))),
			or(end.Zip64Len, uint64(length)), uint64(offset))
		w.put(uint32(0x07064b50), uint32(0), or(end.Zip64At, where), uint32(1))
		records, length, offset = 1<<16-1, 1<<32-1, 1<<32-1
	}
	if !end.NoEnd {
		w.put(uint32(0x06054b50), end.Disk, end.Disk, or(end.Records, records), or(end.Records, records), or(end.Length, length), or(end.Offset, offset),
			uint16(len(end.Comment)), end.Comment)
	}
	w.put(end.After)
	return w.Bytes()
}

// Zip writes an honest archive of files, given as name and content in turn.
func Zip(namesAndContents ...string) []byte {
	var parts []Part
	for i := 0; i+1 < len(namesAndContents); i += 2 {
		parts = append(parts, Part{Name: namesAndContents[i], Content: []byte(namesAndContents[i+1])})
	}
	return Build(Ending{}, parts...)
}
