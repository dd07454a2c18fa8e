package manifest

import (
	"net/url"
	"strconv"
	"strings"
)

// EscapePath writes a path of the package as it stands in an address.
func EscapePath(p string) string {
	u := url.URL{Path: p}
	s := u.EscapedPath()
	// A colon in the first segment would read as a scheme.
	if first, _, _ := strings.Cut(s, "/"); strings.Contains(first, ":") {
		s = "./" + s
	}
	return s
}

// maxID is how many signs a URL-safe id has at most.
const maxID = 64

// IDs makes URL-safe ids that are unique among themselves. Its zero value is
// ready.
type IDs struct{ taken map[string]bool }

// Make returns an id for what the publisher calls written: the same letters as
// far as an address may hold them, of an IRI its last part, and a number after
// it where another has that id already.
func (s *IDs) Make(written string) string {
	if s.taken == nil {
		s.taken = map[string]bool{}
	}
	base := written
	if i := strings.LastIndexAny(strings.TrimRight(base, "/#"), "/#"); strings.Contains(base, ":") && i >= 0 {
		base = strings.TrimRight(base[i+1:], "/#")
	}
	var b strings.Builder
	for _, r := range base {
		switch {
		case b.Len() >= maxID:
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			b.WriteRune(r)
		case r == '.' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	out := strings.Trim(b.String(), "-.")
	if out == "" {
		out = "unit"
	}
	for n, stem := 2, out; s.taken[strings.ToLower(out)]; n++ {
		tail := "-" + strconv.Itoa(n)
		out = stem[:min(len(stem), maxID-len(tail))] + tail
	}
	s.taken[strings.ToLower(out)] = true
	return out
}
