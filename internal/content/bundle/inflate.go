package bundle

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"cadre/internal/fault"
)

// Each reads every file, in the order of the archive, and hands its content to
// visit. What visit leaves unread is read and judged all the same. It stops at
// the first error.
func (a *Archive) Each(visit func(e *Entry, content io.Reader) error) error {
	for i := range a.Files {
		e := &a.Files[i]
		r := a.open1(e)
		if err := visit(e, r); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return err
		}
	}
	return nil
}

// ReadFile returns the content of a file of at most limit bytes. A larger one is
// refused.
func (a *Archive) ReadFile(e *Entry, limit int64) ([]byte, error) {
	if e.Size > limit {
		return nil, refuse(e.Path, "package.file-large", fault.Args{"mb": max(1, limit>>20)})
	}
	var b bytes.Buffer
	b.Grow(int(e.Size) + bytes.MinRead)
	_, err := io.Copy(&b, a.open1(e))
	return b.Bytes(), err
}

// open1 begins to read a file.
func (a *Archive) open1(e *Entry) *content {
	c := &content{a: a, e: e, sum: crc32.NewIEEE(), packed: &counting{r: io.NewSectionReader(a.r, e.data, e.packed), n: &a.read.held}}
	if e.method == stored {
		c.r = c.packed
	} else {
		c.r = flate.NewReader(c.packed)
	}
	return c
}

// content is a file being read: inflated, counted and compared with what was
// claimed. It ends with io.EOF only if all of it is true.
type content struct {
	a      *Archive
	e      *Entry
	r      io.Reader
	packed *counting
	sum    hash.Hash32
	n      int64
	err    error
}

// Read reads.
func (c *content) Read(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(b)
	c.n += int64(n)
	c.a.read.inflated += int64(n)
	c.sum.Write(b[:n])
	l := c.a.limits
	switch {
	case c.n > c.e.Size:
		err = refuse(c.e.Path, "package.size-lies", nil)
	case c.n > l.Free && c.n/l.FileRatio > c.packed.read:
		err = refuse(c.e.Path, "package.ratio", fault.Args{"times": l.FileRatio})
	case c.a.read.inflated > l.Free && c.a.read.inflated/l.Ratio > c.a.size:
		err = refuse(c.e.Path, "package.ratio", fault.Args{"times": l.Ratio})
	case errors.Is(err, io.EOF):
		err = c.atEnd()
	case err != nil:
		var corrupt flate.CorruptInputError
		if errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = refuse(c.e.Path, "package.damaged", nil)
		}
	}
	if err != nil {
		c.err = err
		if !errors.Is(err, io.EOF) {
			return 0, err
		}
	}
	return n, err
}

// atEnd judges a file that has ended.
func (c *content) atEnd() error {
	switch {
	case c.n != c.e.Size:
		return refuse(c.e.Path, "package.size-lies", nil)
	case c.packed.read != c.e.packed:
		// Something lies behind the end of what is packed.
		return refuse(c.e.Path, "package.size-lies", nil)
	case c.sum.Sum32() != c.e.crc:
		return refuse(c.e.Path, "package.checksum", nil)
	}
	return io.EOF
}

// counting counts what is read. It is an io.ByteReader, so that flate reads no
// further than the packed content goes.
type counting struct {
	r    io.Reader
	buf  [4096]byte
	have []byte
	read int64  // handed on
	n    *int64 // taken from the archive
}

func (c *counting) fill() error {
	for len(c.have) == 0 {
		n, err := c.r.Read(c.buf[:])
		*c.n += int64(n)
		c.have = c.buf[:n]
		if n == 0 && err != nil {
			return err
		}
	}
	return nil
}

// Read reads.
func (c *counting) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := c.fill(); err != nil {
		return 0, err
	}
	n := copy(b, c.have)
	c.have = c.have[n:]
	c.read += int64(n)
	return n, nil
}

// ReadByte reads a byte.
func (c *counting) ReadByte() (byte, error) {
	if err := c.fill(); err != nil {
		return 0, err
	}
	b := c.have[0]
	c.have = c.have[1:]
	c.read++
	return b, nil
}

// Gzip returns the file as a gzip stream without packing it again, or nil if it
// is not packed in the archive. It may be read only after the file was read to
// its end, since that alone tells that it is sound.
func (a *Archive) Gzip(e *Entry) io.Reader {
	if e.method != deflated || e.Size > all32 {
		return nil
	}
	head := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}
	var tail [8]byte
	binary.LittleEndian.PutUint32(tail[:], e.crc)
	binary.LittleEndian.PutUint32(tail[4:], uint32(e.Size))
	return io.MultiReader(bytes.NewReader(head), io.NewSectionReader(a.r, e.data, e.packed), bytes.NewReader(tail[:]))
}

// Packed is how long [Archive.Gzip]'s answer is.
func (e *Entry) Packed() int64 { return e.packed + 18 }
