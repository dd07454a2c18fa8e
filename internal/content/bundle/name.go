package bundle

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// maxSegment is how many bytes one element of a path may have.
const maxSegment = 255

// decodeName returns an entry's name as text: UTF-8 where it is that, else the
// code page that the format prescribes.
func decodeName(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	s, err := charmap.CodePage437.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	return string(s)
}

// clean judges a name and returns it as a path below the package's root, in
// composed form (NFC), and whether it is a folder. key is empty if it is fine.
func clean(name string, l Limits) (path string, folder bool, key string) {
	switch {
	case name == "":
		return "", false, "package.name-empty"
	case len(name) > l.Name:
		return "", false, "package.name-long"
	case strings.ContainsFunc(name, forbidden):
		return "", false, "package.name-control"
	case strings.HasPrefix(name, "/"):
		return "", false, "package.name-absolute"
	case len(name) > 1 && name[1] == ':':
		return "", false, "package.name-drive"
	}
	name = norm.NFC.String(strings.TrimPrefix(name, "./"))
	path, folder = strings.CutSuffix(name, "/")
	if path == "" { // "./", the root itself
		return "", true, ""
	}
	parts := strings.Split(path, "/")
	if len(parts)-1 > l.Depth {
		return "", false, "package.name-deep"
	}
	for _, p := range parts {
		switch {
		case p == "..":
			return "", false, "package.name-traversal"
		case p == "" || p == ".":
			return "", false, "package.name-segment"
		case strings.Trim(p, ". ") == "":
			return "", false, "package.name-traversal"
		case len(p) > maxSegment:
			return "", false, "package.name-long"
		}
	}
	return path, folder, ""
}

// forbidden are signs that no honest name has: controls, signs that turn the
// direction of what follows, and invisible marks of lines and byte order. The
// joiners that Urdu and Persian are written with are no such signs.
func forbidden(r rune) bool {
	switch {
	case unicode.IsControl(r), r == utf8.RuneError:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
		return true
	case r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0x200B, r == 0x2060, r >= 0xE0000 && r <= 0xE007F:
		return true
	case r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return false
}

// Fold returns what two names have in common that a careless disk, or a package
// written on one, takes for one.
func Fold(path string) string { return cases.Fold().String(norm.NFC.String(path)) }

// printable makes a name fit to be shown: nothing in it can turn, hide or break
// the sentence around it.
func printable(name string) string {
	const most = 120
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(name, "\uFFFD") {
		if b.Len() > most {
			b.WriteString("…")
			break
		}
		if forbidden(r) && r != utf8.RuneError {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
