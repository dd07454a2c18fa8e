package content

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"cadre/internal/content/bundle"
	"cadre/internal/content/cmi5"
	"cadre/internal/content/manifest"
)

// inspected is what came, opened and read.
type inspected struct {
	archive  *bundle.Archive // nil for a course structure that came without files
	manifest *manifest.Manifest
	report   manifest.Report
}

// alone is a course structure without an archive.
type alone []byte

// Find finds the course structure and nothing else.
func (a alone) Find(path string) (string, bool) { return path, path == cmi5.File }

// Read reads it.
func (a alone) Read(path string) ([]byte, error) {
	if path != cmi5.File {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return a, nil
}

// Each visits it.
func (a alone) Each(visit func(string)) { visit(cmi5.File) }

// inspect opens what came, of size bytes, and reads its manifest. The report
// says what is wrong with it; the error is of the reading.
func inspect(r io.ReaderAt, size int64, l bundle.Limits) (*inspected, error) {
	in := new(inspected)
	head := make([]byte, min(size, 512))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if isXML(head) {
		if size > 16<<20 {
			in.report.Error(cmi5.File, 0, "package.xml-large", nil)
			return in, nil
		}
		data := make([]byte, size)
		if _, err := r.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		var err error
		in.manifest, err = cmi5.Read(alone(data), cmi5.File, true, &in.report)
		return in, err
	}
	a, err := bundle.Open(r, size, l)
	if err == nil {
		in.archive = a
		in.manifest, err = readManifest(a, &in.report)
	}
	return in, in.refused(err)
}

// refused turns an archive's refusal into a problem of the report.
func (in *inspected) refused(err error) error {
	var no *bundle.Refused
	if errors.As(err, &no) {
		in.report.Error(no.File, 0, no.Key, no.Args)
		in.manifest = nil
		return nil
	}
	return err
}

// isXML reports whether bytes begin as an XML document does, in UTF-8 or UTF-16.
func isXML(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n")
	return bytes.HasPrefix(head, []byte("<")) || bytes.HasPrefix(head, []byte{0xFF, 0xFE, '<', 0}) ||
		bytes.HasPrefix(head, []byte{0xFE, 0xFF, 0, '<'}) || bytes.HasPrefix(head, []byte{'<', 0})
}
