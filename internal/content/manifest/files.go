package manifest

import (
	"errors"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"cadre/internal/content/xmltree"
	"cadre/internal/fault"
	"cadre/internal/i18n"
)

// Files are the files of a package, as a manifest's reader sees them.
type Files interface {
	// Find returns how the file of that path is really called: the same, or the
	// same but for capital letters. ok is false if there is none.
	Find(path string) (as string, ok bool)
	// Read returns a file's bytes, at most 16 MiB.
	Read(path string) ([]byte, error)
	// Each visits the path of every file, in order.
	Each(visit func(path string))
}

// ReadXML reads and parses a file. What keeps it from being read is reported,
// and nil returned; the error is of the reading itself.
func ReadXML(files Files, file string, r *Report) (*xmltree.Tree, error) {
	data, err := files.Read(file)
	if err != nil {
		return nil, err
	}
	tree, err := xmltree.Parse(data)
	var wrong *xmltree.Error
	if errors.As(err, &wrong) {
		r.Error(file, wrong.Line, wrong.Key, fault.Args{"detail": Short(wrong.Detail)})
		return nil, nil
	}
	if err == nil && tree.Mended {
		r.Warn(file, 1, "package.xml-mended", nil)
	}
	return tree, err
}

// Short makes what a package says fit into a sentence.
func Short(s string) string {
	const most = 150
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if len(s) > most {
		cut := most
		for cut > 0 && s[cut]&0xC0 == 0x80 {
			cut--
		}
		s = s[:cut] + "…"
	}
	return s
}

// Say returns a wording as text in a language. A tag that is none counts as
// unknown, and so does an empty one; the script then tells the direction.
func Say(lang, s string) i18n.Text {
	s = strings.TrimSpace(s)
	if s == "" {
		return i18n.Text{}
	}
	return i18n.NewText(Tag(lang, s), s)
}

// Also adds a wording in another language to a text that is only being made. The first
// wording of a language counts.
func Also(t i18n.Text, lang, s string) i18n.Text {
	if s = strings.TrimSpace(s); s == "" {
		return t
	}
	tag := Tag(lang, s)
	if t.IsZero() {
		return i18n.NewText(tag, s)
	}
	if t.Values[tag] == "" {
		t.Values[tag] = s
	}
	return t
}

// maxTag is how many bytes a language's tag may have; registered ones have far fewer.
const maxTag = 100

// Tag returns a language's tag in its usual form, or that of an unknown language
// in the script of s.
func Tag(lang, s string) string {
	lang = strings.ReplaceAll(strings.TrimSpace(lang), "_", "-")
	if len(lang) > maxTag {
		lang = ""
	}
	if t, err := language.Parse(lang); err == nil && lang != "" && !strings.HasPrefix(lang, "x-") && t != language.Und {
		return t.String()
	}
	for _, r := range s {
		switch {
		case r >= 0x0600 && r <= 0x06FF, r >= 0x0750 && r <= 0x077F, r >= 0xFB50 && r <= 0xFDFF, r >= 0xFE70 && r <= 0xFEFC:
			return "und-Arab"
		case r >= 0x0590 && r <= 0x05FF:
			return "und-Hebr"
		}
	}
	return "und"
}

// Language returns a language's tag in its usual form; empty if it is none.
func Language(lang string) string {
	if t := Tag(lang, ""); !strings.HasPrefix(t, "und") {
		return t
	}
	return ""
}

// Target is where a reference leads.
type Target struct {
	Path, Query, Fragment string
	URL                   string // absolute, instead of Path
}

// maxHref is how many bytes a reference may have, and a base: what a base says is read
// again for every reference below it, and many units may open one resource.
const maxHref = 8 << 10

// Resolve reads a reference of a manifest, below bases of xml:base. key is not
// empty where it leads nowhere.
func Resolve(href string, bases ...string) (t Target, key string) {
	href = strings.TrimSpace(href)
	if len(href) > maxHref || slices.ContainsFunc(bases, func(b string) bool { return len(b) > maxHref }) {
		return t, "package.href-form"
	}
	if strings.Contains(href, `\`) && !strings.Contains(href, "://") {
		href = strings.ReplaceAll(href, `\`, "/") // browsers read it so
	}
	u, err := url.Parse(href)
	if err != nil {
		// "100%.html" is a name that tools write.
		if u, err = url.Parse(strings.ReplaceAll(href, "%", "%25")); err != nil {
			return t, "package.href-form"
		}
	}
	dir := ""
	for _, b := range bases {
		if b == "" {
			continue
		}
		if base, err := url.Parse(b); err == nil && base.Scheme != "" {
			u = base.ResolveReference(u)
			continue
		}
		b = strings.ReplaceAll(b, `\`, "/")
		if un, err := url.PathUnescape(b); err == nil {
			b = un
		}
		// xml:base follows RFC 3986: what stands behind the last slash is dropped.
		// Tools mean a folder all the same, whether they write the slash or not.
		dir = path.Join(dir, b)
	}
	if u.Scheme != "" || u.Host != "" {
		if u.Scheme == "" {
			u.Scheme = "https"
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return t, "package.href-scheme"
		}
		return Target{URL: u.String(), Query: u.RawQuery, Fragment: u.Fragment}, ""
	}
	p := path.Join("/", dir, u.Path)[1:]
	if outside(dir, u.Path) {
		return t, "package.href-outside"
	}
	return Target{Path: p, Query: u.RawQuery, Fragment: u.Fragment}, ""
}

// outside reports whether a path climbs above the package's root.
func outside(dir, p string) bool {
	depth := 0
	for _, s := range strings.Split(dir+"/"+p, "/") {
		switch s {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return true
			}
		default:
			depth++
		}
	}
	return false
}

var isoDuration = regexp.MustCompile(`^P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// Minutes reads an ISO 8601 duration, or the hh:mm:ss that older metadata holds,
// as minutes, rounded up. It is 0 for what is neither.
func Minutes(s string) int {
	s = strings.TrimSpace(s)
	if m := isoDuration.FindStringSubmatch(s); m != nil {
		seconds := 0.0
		for i, unit := range []float64{365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1} {
			if m[i+1] != "" {
				v, err := strconv.ParseFloat(m[i+1], 64)
				if err != nil {
					return 0
				}
				seconds += v * unit
			}
		}
		return roundUp(seconds)
	}
	if _, clock, ok := strings.Cut(s, "T"); ok {
		s = clock
	}
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return 0
	}
	seconds := 0.0
	for _, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil || v < 0 {
			return 0
		}
		seconds = seconds*60 + v
	}
	return roundUp(seconds)
}

// roundUp bounds minutes by a year: what is longer says nothing.
func roundUp(seconds float64) int {
	if seconds <= 0 || seconds > 365*86400 {
		return 0
	}
	return int((seconds + 59) / 60)
}

// Number reads a decimal number.
func Number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return v, err == nil && v == v && v < 1e15 && v > -1e15
}
