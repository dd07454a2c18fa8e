// Package manifesttest gives readers of manifests packages that lie in memory.
package manifesttest

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"cadre/internal/content/manifest"
)

// Files are a package's files by path.
type Files map[string]string

// Find finds a file.
func (f Files) Find(path string) (string, bool) {
	if _, ok := f[path]; ok {
		return path, true
	}
	for as := range f {
		if strings.EqualFold(as, path) {
			return as, true
		}
	}
	return path, false
}

// Read reads a file.
func (f Files) Read(path string) ([]byte, error) {
	s, ok := f[path]
	if !ok {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return []byte(s), nil
}

// Each visits every path.
func (f Files) Each(visit func(string)) {
	for _, p := range slices.Sorted(maps.Keys(f)) {
		visit(p)
	}
}

// Found lists problems as "error 3 package.key", in the report's order.
func Found(r *manifest.Report) []string {
	var out []string
	r.Sort()
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("%s %d %s", p.Level, p.Line, p.Key))
	}
	return out
}

// Expect fails the test unless exactly these problems were found.
func Expect(t *testing.T, name string, r *manifest.Report, want ...string) {
	t.Helper()
	if got := Found(r); !slices.Equal(got, want) {
		t.Errorf("%s: found %q, want %q", name, got, want)
	}
}
