package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed catalogues
var embedded embed.FS

// Source is the language that sentences are first written in, and the last
// resort where another language lacks one.
const Source = "en"

// Bundle holds the catalogues of every language, parsed. It does not change and
// may be used by several goroutines.
type Bundle struct {
	langs map[string]*catalogue
	order []string
}

// catalogue is one language.
type catalogue struct {
	tag      language.Tag
	name     string // as its readers write it
	rtl      bool
	numbers  numberFormat
	messages map[string]*message
	source   *catalogue // nil for the source language itself
}

// shipped parses the embedded catalogues once. They are part of the program and
// tested, so a mistake in them is a mistake of the program.
var shipped = sync.OnceValue(func() *Bundle {
	sub, err := fs.Sub(embedded, "catalogues")
	if err != nil {
		panic(err)
	}
	b, err := Load(sub)
	if err != nil {
		panic(err)
	}
	return b
})

// Shipped returns the catalogues that are part of the program.
func Shipped() *Bundle { return shipped() }

// Files returns the embedded catalogue files, one folder per language.
func Files() fs.FS {
	sub, err := fs.Sub(embedded, "catalogues")
	if err != nil {
		panic(err)
	}
	return sub
}

// Load reads the catalogues of fsys: a folder per language, a file per area.
// It reports every mistake at once.
func Load(fsys fs.FS) (*Bundle, error) {
	dirs, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	b := &Bundle{langs: map[string]*catalogue{}}
	var errs []error
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		tag, err := language.Parse(d.Name())
		if err != nil {
			errs = append(errs, fmt.Errorf("i18n: folder %s is no language tag: %w", d.Name(), err))
			continue
		}
		entries, err := readFolder(fsys, d.Name())
		errs = append(errs, err)
		c := &catalogue{tag: tag, messages: make(map[string]*message, len(entries))}
		for _, e := range entries {
			errs = append(errs, c.add(e))
		}
		b.langs[d.Name()] = c
		b.order = append(b.order, d.Name())
	}
	src := b.langs[Source]
	if src == nil {
		errs = append(errs, fmt.Errorf("i18n: no catalogue of the source language %q", Source))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, c := range b.langs {
		if c != src {
			c.source = src
		}
		c.name = c.raw("locale.name")
		c.rtl = DirOf(c.tag.String()) == "rtl"
		c.numbers = c.readNumbers()
	}
	slices.SortFunc(b.order, func(x, y string) int {
		if (x == Source) != (y == Source) {
			if x == Source {
				return -1
			}
			return 1
		}
		return strings.Compare(x, y)
	})
	return b, nil
}

// entry is one line of a catalogue.
type entry struct {
	file  string
	line  int
	key   string
	form  string // "", a plural category, or "=N"
	value string
	same  string // the reason of a #same before it
}

func readFolder(fsys fs.FS, dir string) ([]entry, error) {
	files, err := fs.Glob(fsys, path.Join(dir, "*.msg"))
	if err != nil {
		return nil, err
	}
	var all []entry
	var errs []error
	for _, f := range files {
		data, err := fs.ReadFile(fsys, f)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		es, err := parse(f, string(data))
		errs = append(errs, err)
		all = append(all, es...)
	}
	return all, errors.Join(errs...)
}

// parse reads a catalogue file; see the package comment for its form.
func parse(file, text string) ([]entry, error) {
	area := strings.TrimSuffix(path.Base(file), ".msg")
	var out []entry
	var errs []error
	same := ""
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimRight(line, " \t\r")
		complain := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("%s:%d: %s", file, i+1, fmt.Sprintf(format, args...)))
		}
		switch {
		case line == "":
		case strings.HasPrefix(line, "#same"):
			if same = strings.TrimSpace(line[len("#same"):]); same == "" {
				complain("#same wants a reason")
			}
		case line[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			if len(out) == 0 {
				complain("a line that begins with a blank continues an entry, and there is none")
				continue
			}
			e := &out[len(out)-1]
			e.value = strings.TrimLeft(e.value+" "+strings.TrimSpace(line), " ")
		default:
			key, value, ok := strings.Cut(line, "=")
			// A form such as [=0] holds the sign itself.
			if open := strings.IndexByte(key, '['); ok && open >= 0 && !strings.Contains(key, "]") {
				var more string
				more, value, ok = strings.Cut(value, "=")
				key += "=" + more
			}
			if !ok {
				complain("want key = value")
				continue
			}
			e := entry{file: file, line: i + 1, key: strings.TrimSpace(key), value: strings.TrimSpace(value), same: same}
			same = ""
			if open := strings.IndexByte(e.key, '['); open >= 0 && strings.HasSuffix(e.key, "]") {
				e.key, e.form = e.key[:open], e.key[open+1:len(e.key)-1]
			}
			if !strings.HasPrefix(e.key, area+".") || strings.ContainsAny(e.key, " []{}\"") {
				complain("key %q does not begin with %q, or holds a sign that keys do not have", e.key, area+".")
				continue
			}
			out = append(out, e)
		}
	}
	return out, errors.Join(errs...)
}

func (c *catalogue) add(e entry) error {
	complain := func(err error) error { return fmt.Errorf("%s:%d: %s: %w", e.file, e.line, e.key, err) }
	t, err := compile(e.value)
	if err != nil {
		return complain(err)
	}
	m := c.messages[e.key]
	if m == nil {
		m = &message{}
		c.messages[e.key] = m
	}
	if err := m.set(e.form, t); err != nil {
		return complain(err)
	}
	return nil
}

// raw returns an entry without placeholders, from this language alone.
func (c *catalogue) raw(key string) string {
	m := c.messages[key]
	if m == nil || m.plain == nil || len(m.plain) == 0 {
		return ""
	}
	return m.plain[0].text
}

// lookup finds a message and the language that it is written in.
func (c *catalogue) lookup(key string) (*message, *catalogue) {
	for ; c != nil; c = c.source {
		if m := c.messages[key]; m != nil {
			return m, c
		}
	}
	return nil, nil
}

// forms lists the plural categories that the language tells apart for whole
// numbers and simple decimals, found by asking CLDR's rules about them.
func forms(tag language.Tag) []string {
	seen := map[plural.Form]bool{plural.Other: true}
	for n := range 1001 {
		seen[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)] = true
	}
	var out []string
	for i, name := range formNames {
		if seen[formOrder[i]] {
			out = append(out, name)
		}
	}
	return out
}

// Language is one that the program speaks.
type Language struct {
	Tag  string
	Name string // in the language itself
	Dir  string // ltr or rtl
}

// Languages lists the languages, the source language first.
func (b *Bundle) Languages() []Language {
	out := make([]Language, 0, len(b.order))
	for _, tag := range b.order {
		c := b.langs[tag]
		out = append(out, Language{Tag: tag, Name: c.name, Dir: dirName(c.rtl)})
	}
	return out
}

// LanguageName is what a language calls itself, whether the program speaks it or
// not; its tag where nobody knows.
func LanguageName(tag string) string {
	for _, l := range Shipped().Languages() {
		if l.Tag == tag {
			return l.Name
		}
	}
	if t, err := language.Parse(tag); err == nil {
		if name := display.Self.Name(t); name != "" {
			return name
		}
	}
	return tag
}

// Match picks the language for an Accept-Language header or a BCP 47 tag: the
// first wish that is spoken, else the source language.
func (b *Bundle) Match(wish string) string {
	tags, _, err := language.ParseAcceptLanguage(wish)
	if err != nil {
		return Source
	}
	for _, t := range tags {
		if _, ok := b.langs[t.String()]; ok {
			return t.String()
		}
		base, _ := t.Base()
		if _, ok := b.langs[base.String()]; ok {
			return base.String()
		}
	}
	return Source
}

func dirName(rtl bool) string {
	if rtl {
		return "rtl"
	}
	return "ltr"
}
