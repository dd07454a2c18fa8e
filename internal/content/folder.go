package content

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"

	"cadre/internal/fault"
)

// Limits of a module's folder in an archive, measured while it is read.
const (
	// MaxArchive is how many bytes an archive may have.
	MaxArchive  = 20 << 20
	maxUnpacked = 40 << 20
)

// Unpack reads a module's folder from a ZIP archive: its files, by name, and the
// folder's name, empty if the files lie at the archive's top. Nothing is written
// anywhere, and sizes are counted, not believed. What is not one flat folder of
// ordinary files is a fault of kind Invalid.
func Unpack(r io.Reader) (key string, files map[string][]byte, err error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxArchive+1))
	if err != nil {
		return "", nil, err
	}
	bad := func(why string, cause error) (string, map[string][]byte, error) {
		return "", nil, &fault.Error{Kind: fault.Invalid, Key: "fault.invalid", Fields: []fault.Field{{Name: "folder", Key: why}}, Cause: cause}
	}
	if len(data) > MaxArchive {
		return bad("content.archive-large", nil)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return bad("content.archive-unreadable", err)
	}
	if len(z.File) > maxFolderFiles {
		return bad("content.archive-folder", nil)
	}
	files = map[string][]byte{}
	left, first := int64(maxUnpacked), true
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") || strings.HasPrefix(f.Name, "__MACOSX/") || strings.HasPrefix(path.Base(f.Name), ".") {
			continue
		}
		dir, name := path.Split(f.Name)
		dir = strings.TrimSuffix(dir, "/")
		if !f.Mode().IsRegular() || strings.ContainsAny(f.Name, "\\\x00:") || strings.Contains(dir, "/") || dir == ".." || dir == "." ||
			(!first && dir != key) || files[name] != nil {
			return bad("content.archive-folder", nil)
		}
		key, first = dir, false
		b, err := unpackFile(f, left)
		if err != nil {
			return bad("content.archive-unreadable", err)
		}
		if left -= int64(len(b)); left < 0 {
			return bad("content.archive-large", nil)
		}
		files[name] = b
	}
	if len(files) == 0 {
		return bad("content.archive-folder", nil)
	}
	return key, files, nil
}

// unpackFile inflates at most one byte more than limit.
func unpackFile(f *zip.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	if int64(len(b)) > limit {
		return b, nil // the caller sees that it is too much
	}
	return b, err
}
