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
type IDs struct {
	taken map[string]bool
	next  map[numbered]int
}

// numbered are the ids of one stem with numbers of so many digits after it; next knows the
// first of them that may be free. What is taken stays so: nothing is tried twice.
type numbered struct {
	stem   string
	digits int
}

// Make returns an id for what the publisher calls written: the same letters as
// far as an address may hold them, of an IRI its last part, and a number after
// it where another has that id already.
func (s *IDs) Make(written string) string {
	if s.taken == nil {
		s.taken, s.next = map[string]bool{}, map[numbered]int{}
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
	if s.taken[strings.ToLower(out)] {
		out = s.number(out)
	}
	s.taken[strings.ToLower(out)] = true
	return out
}

// number returns the stem with the lowest number after it, from 2, that nothing has. A
// stem is cut where the number would make it too long.
func (s *IDs) number(stem string) string {
	for digits, first := 1, 2; ; digits, first = digits+1, pow10(digits) {
		cut := stem[:min(len(stem), maxID-1-digits)]
		at := numbered{strings.ToLower(cut), digits}
		for n := max(first, s.next[at]); n < pow10(digits); n++ {
			s.next[at] = n + 1
			if out := cut + "-" + strconv.Itoa(n); !s.taken[strings.ToLower(out)] {
				return out
			}
		}
	}
}

func pow10(n int) int {
	out := 1
	for range n {
		out *= 10
	}
	return out
}
