package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"cadre/internal/journal"
)

// Format is the version of the file's form that this package writes.
const Format = 1

// Manifest says what a backup is.
type Manifest struct {
	Format  int          `json:"format"`
	Program string       `json:"program"` // the version of Cadre that made it
	Engine  string       `json:"engine"`
	Schema  int64        `json:"schema"`
	TakenAt time.Time    `json:"taken_at"`
	Head    journal.Head `json:"head"`
}

// sums closes a backup.
type sums struct {
	Entries map[string]sum   `json:"entries"`
	Rows    map[string]int64 `json:"rows"`
	Files   int64            `json:"files"`
}

type sum struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

const (
	manifestName = "manifest.json"
	sumsName     = "sums.json"
	tablesDir    = "tables/"
	filesDir     = "files/"
)

// chunkBytes is about how much of a table goes into one entry.
const chunkBytes = 1 << 20

// A seal ends a backup: the SHA-256 of all bytes before it, in a frame that
// zstd's decoders skip (RFC 8878, section 3.1.2). The sums prove what the entries
// hold; the seal finds any changed byte, at once and without loading anything.
const (
	sealHead = "\x5c\x2a\x4d\x18\x20\x00\x00\x00" // magic 0x184D2A5C and length, little-endian
	sealSize = len(sealHead) + sha256.Size
)

// sealed checks the seal of a backup and returns to its start.
func sealed(f io.ReadSeeker) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	damaged := errors.New("archive: the backup is damaged or cut off, or is none")
	if size < int64(sealSize) {
		return damaged
	}
	h := sha256.New()
	if _, err := io.CopyN(h, f, size-int64(sealSize)); err != nil {
		return err
	}
	end := make([]byte, sealSize)
	if _, err := io.ReadFull(f, end); err != nil {
		return err
	}
	if !bytes.Equal(end, h.Sum([]byte(sealHead))) {
		return damaged
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// writer writes the entries of one backup.
type writer struct {
	out  io.Writer
	hash hash.Hash // of all that was written to out
	zip  *zstd.Encoder
	tar  *tar.Writer
	sums sums
	at   time.Time
}

func newWriter(out io.Writer, at time.Time) (*writer, error) {
	h := sha256.New()
	z, err := zstd.NewWriter(io.MultiWriter(out, h))
	if err != nil {
		return nil, err
	}
	return &writer{
		out: out, hash: h, zip: z, tar: tar.NewWriter(z), at: at,
		sums: sums{Entries: map[string]sum{}, Rows: map[string]int64{}},
	}, nil
}

// entry writes one entry of exactly size bytes from r and returns its SHA-256.
func (w *writer) entry(name string, size int64, r io.Reader) (string, error) {
	if err := w.tar.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.at, Format: tar.FormatPAX,
	}); err != nil {
		return "", err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w.tar, h), io.LimitReader(r, size))
	if err != nil {
		return "", fmt.Errorf("archive: %s: %w", name, err)
	}
	if n != size {
		return "", fmt.Errorf("archive: %s has %d bytes, not %d", name, n, size)
	}
	s := hex.EncodeToString(h.Sum(nil))
	w.sums.Entries[name] = sum{s, size}
	return s, nil
}

func (w *writer) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.entry(name, int64(len(b)), bytes.NewReader(b))
	return err
}

func (w *writer) close() error {
	s := w.sums // without itself
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if _, err := w.entry(sumsName, int64(len(b)), bytes.NewReader(b)); err != nil {
		return err
	}
	if err := errors.Join(w.tar.Close(), w.zip.Close()); err != nil {
		return err
	}
	_, err = w.out.Write(w.hash.Sum([]byte(sealHead)))
	return err
}

// chunks cuts a table's rows into entries.
type chunks struct {
	w       *writer
	table   string
	columns []byte
	buf     bytes.Buffer
	n       int
}

func newChunks(w *writer, table string, columns []string) (*chunks, error) {
	b, err := json.Marshal(columns)
	if err != nil {
		return nil, err
	}
	w.sums.Rows[table] = 0
	return &chunks{w: w, table: table, columns: append(b, '\n')}, nil
}

func (c *chunks) row(values []any) error {
	if c.buf.Len() == 0 {
		c.buf.Write(c.columns)
	}
	c.buf.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			c.buf.WriteByte(',')
		}
		if err := encode(&c.buf, v); err != nil {
			return fmt.Errorf("archive: table %s: %w", c.table, err)
		}
	}
	c.buf.WriteString("]\n")
	c.w.sums.Rows[c.table]++
	if c.buf.Len() >= chunkBytes {
		return c.flush()
	}
	return nil
}

func (c *chunks) flush() error {
	if c.buf.Len() == 0 {
		return nil
	}
	c.n++
	name := fmt.Sprintf("%s%s/%06d.jsonl", tablesDir, c.table, c.n)
	_, err := c.w.entry(name, int64(c.buf.Len()), &c.buf)
	c.buf.Reset()
	return err
}

func encode(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		fmt.Fprintf(b, `{"r":%q}`, strconv.FormatFloat(v, 'g', -1, 64))
	case string:
		if !utf8.ValidString(v) {
			return errors.New("a text is not UTF-8")
		}
		s, err := json.Marshal(v)
		if err != nil {
			return err
		}
		b.Write(s)
	case []byte:
		fmt.Fprintf(b, `{"b":%q}`, base64.StdEncoding.EncodeToString(v))
	default:
		return fmt.Errorf("a value of type %T", v)
	}
	return nil
}

// decode is the inverse of encode.
func decode(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, errors.New("an empty value")
	}
	switch raw[0] {
	case 'n':
		return nil, nil
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case '{':
		var o struct {
			B *string `json:"b"`
			R *string `json:"r"`
		}
		if err := json.Unmarshal(raw, &o); err != nil {
			return nil, err
		}
		switch {
		case o.B != nil:
			return base64.StdEncoding.DecodeString(*o.B)
		case o.R != nil:
			return strconv.ParseFloat(*o.R, 64)
		}
		return nil, errors.New("an object that is no value")
	default:
		return strconv.ParseInt(string(raw), 10, 64)
	}
}

// reader reads the entries of one backup, in order, and compares each with the
// sums at the end.
type reader struct {
	zip  *zstd.Decoder
	tar  *tar.Reader
	seen map[string]sum
}

func newReader(r io.Reader) (*reader, error) {
	z, err := zstd.NewReader(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("archive: not a backup: %w", err)
	}
	return &reader{zip: z, tar: tar.NewReader(z), seen: map[string]sum{}}, nil
}

func (r *reader) close() { r.zip.Close() }

// next gives the next entry to f, which reads all of it. It returns false after
// the last one, when everything has been compared.
func (r *reader) next(f func(name string, size int64, body io.Reader) error) (bool, error) {
	h, err := r.tar.Next()
	if errors.Is(err, io.EOF) {
		return false, errors.New("archive: the backup is cut off: its sums are missing")
	}
	if err != nil {
		return false, fmt.Errorf("archive: the backup is damaged: %w", err)
	}
	if h.Typeflag != tar.TypeReg {
		return false, fmt.Errorf("archive: %q is not a file", h.Name)
	}
	if _, twice := r.seen[h.Name]; twice {
		return false, fmt.Errorf("archive: %q comes twice", h.Name)
	}
	if h.Name == sumsName {
		return false, r.compare()
	}
	hash := sha256.New()
	body := io.TeeReader(r.tar, hash)
	if err := f(h.Name, h.Size, body); err != nil {
		return false, err
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return false, fmt.Errorf("archive: the backup is damaged: %w", err)
	}
	r.seen[h.Name] = sum{hex.EncodeToString(hash.Sum(nil)), h.Size}
	return true, nil
}

func (r *reader) compare() error {
	var want sums
	if err := json.NewDecoder(r.tar).Decode(&want); err != nil {
		return fmt.Errorf("archive: the sums cannot be read: %w", err)
	}
	for name, s := range want.Entries {
		if r.seen[name] != s {
			return fmt.Errorf("archive: %s is damaged or missing", name)
		}
	}
	if len(want.Entries) != len(r.seen) {
		return errors.New("archive: the backup holds more than it lists")
	}
	if _, err := r.tar.Next(); !errors.Is(err, io.EOF) {
		return errors.New("archive: something follows the sums")
	}
	// The compressed stream ends with a sum of its own, over padding too.
	if _, err := io.Copy(io.Discard, r.zip); err != nil {
		return fmt.Errorf("archive: the backup is damaged: %w", err)
	}
	return nil
}

var (
	tableForm = regexp.MustCompile(`^tables/([a-z][a-z0-9_]*)/[0-9]{6}\.jsonl$`)
	fileForm  = regexp.MustCompile(`^files/((content|upload)/[0-9a-f]{2}/[0-9a-f-]{36,64})$`)
)

// rowsOf reads a chunk of a table.
func rowsOf(body io.Reader, f func(columns []string, rows [][]any) error) error {
	dec := json.NewDecoder(body)
	var columns []string
	if err := dec.Decode(&columns); err != nil {
		return err
	}
	var rows [][]any
	for {
		var raw []json.RawMessage
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return f(columns, rows)
		}
		if err != nil {
			return err
		}
		row := make([]any, len(raw))
		for i := range raw {
			if row[i], err = decode(raw[i]); err != nil {
				return err
			}
		}
		rows = append(rows, row)
	}
}

// safeName reports whether a table or column name can stand in a statement.
func safeName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
