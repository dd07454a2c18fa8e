package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	chunkSize = 64 << 10
	sealedMax = chunkSize + 16
	keySize   = 32
)

func newAEAD(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

func nonce(chunk int64, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[3:11], uint64(chunk))
	if last {
		n[11] = 1
	}
	return n
}

// sealer encrypts what is written to it, chunk by chunk.
type sealer struct {
	w     io.Writer
	aead  cipher.AEAD
	id    []byte
	buf   []byte // up to one chunk; a full one waits until it is known not to be the last
	chunk int64
}

func (s *sealer) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(s.buf) == chunkSize {
			if err := s.flush(false); err != nil {
				return 0, err
			}
		}
		k := min(chunkSize-len(s.buf), len(p))
		s.buf = append(s.buf, p[:k]...)
		p = p[k:]
	}
	return n, nil
}

func (s *sealer) flush(last bool) error {
	out := s.aead.Seal(nil, nonce(s.chunk, last), s.buf, s.id)
	s.chunk++
	s.buf = s.buf[:0]
	_, err := s.w.Write(out)
	return err
}

// Close writes the last chunk, which may be empty.
func (s *sealer) Close() error { return s.flush(true) }

// opener decrypts a sealed file at any position.
type opener struct {
	r     io.ReaderAt
	aead  cipher.AEAD
	id    []byte
	size  int64 // of the plain text
	pos   int64
	chunk int64 // the one in buf; -1 for none
	buf   []byte
}

// lastChunk is the number of the last chunk of size plain bytes.
func lastChunk(size int64) int64 {
	if size == 0 {
		return 0
	}
	return (size - 1) / chunkSize
}

var errSeal = errors.New("blob: the file is damaged or was exchanged")

func (o *opener) load(chunk int64) error {
	last := lastChunk(o.size)
	n := int64(chunkSize)
	if chunk == last {
		n = o.size - last*chunkSize
	}
	sealed := make([]byte, n+16)
	if _, err := o.r.ReadAt(sealed, chunk*sealedMax); err != nil && (!errors.Is(err, io.EOF) || chunk != last) {
		return fmt.Errorf("%w: chunk %d: %w", errSeal, chunk, err)
	}
	plain, err := o.aead.Open(sealed[:0], nonce(chunk, chunk == last), sealed, o.id)
	if err != nil {
		return fmt.Errorf("%w: chunk %d", errSeal, chunk)
	}
	o.buf, o.chunk = plain, chunk
	return nil
}

func (o *opener) Read(p []byte) (int, error) {
	if o.pos >= o.size {
		return 0, io.EOF
	}
	c := o.pos / chunkSize
	if o.chunk != c {
		if err := o.load(c); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.buf[o.pos-c*chunkSize:])
	o.pos += int64(n)
	return n, nil
}

func (o *opener) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += o.pos
	case io.SeekEnd:
		offset += o.size
	default:
		return 0, errors.New("blob: seek from nowhere")
	}
	if offset < 0 {
		return 0, errors.New("blob: seek before the start")
	}
	o.pos = offset
	return offset, nil
}
