package i18n

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"golang.org/x/text/language"
)

// entriesOf reads one language's entries from the embedded files.
func entriesOf(t *testing.T, lang string) []entry {
	t.Helper()
	es, err := readFolder(Files(), lang)
	if err != nil {
		t.Fatal(err)
	}
	return es
}

func placeholders(t *testing.T, e entry) []string {
	t.Helper()
	tm, err := compile(e.value)
	if err != nil {
		t.Fatalf("%s:%d: %v", e.file, e.line, err)
	}
	var out []string
	for _, p := range tm {
		if p.arg != "" && !slices.Contains(out, p.arg) {
			out = append(out, p.arg)
		}
	}
	slices.Sort(out)
	return out
}

// complete returns what a language lacks or has too much, against the source.
func complete(t *testing.T, lang string, source, own []entry) []string {
	t.Helper()
	var faults []string
	complain := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	type shape struct {
		forms map[string]bool
		holds map[string]bool
		at    string
	}
	gather := func(es []entry) map[string]*shape {
		m := map[string]*shape{}
		for _, e := range es {
			s := m[e.key]
			if s == nil {
				s = &shape{map[string]bool{}, map[string]bool{}, fmt.Sprintf("%s:%d", e.file, e.line)}
				m[e.key] = s
			}
			s.forms[e.form] = true
			for _, p := range placeholders(t, e) {
				s.holds[p] = true
			}
		}
		return m
	}
	src, mine := gather(source), gather(own)
	wanted := forms(language.MustParse(lang))
	for key, s := range src {
		m := mine[key]
		if m == nil {
			complain("%s: %s lacks %s", s.at, lang, key)
			continue
		}
		if s.forms[""] != m.forms[""] {
			complain("%s: %s has plural forms in one language and none in the other (%s)", m.at, key, s.at)
		}
		for p := range s.holds {
			if p != "n" && !m.holds[p] {
				complain("%s: %s lacks {%s}", m.at, key, p)
			}
		}
		for p := range m.holds {
			if !s.holds[p] {
				complain("%s: %s has {%s}, which %s does not", m.at, key, p, Source)
			}
		}
	}
	for key, m := range mine {
		if src[key] == nil {
			complain("%s: %s has %s, which %s does not", m.at, lang, key, Source)
		}
		if m.forms[""] {
			continue
		}
		for _, f := range wanted {
			if !m.forms[f] {
				complain("%s: %s lacks the form [%s]", m.at, key, f)
			}
		}
		for f := range m.forms {
			if !strings.HasPrefix(f, "=") && !slices.Contains(wanted, f) {
				complain("%s: %s has the form [%s], which the language does not tell apart", m.at, key, f)
			}
		}
	}
	slices.Sort(faults)
	return faults
}

func TestEveryLanguageIsComplete(t *testing.T) {
	source := entriesOf(t, Source)
	langs := Shipped().Languages()
	if len(langs) < 2 {
		t.Fatalf("the program speaks %d language", len(langs))
	}
	for _, l := range langs {
		for _, f := range complete(t, l.Tag, source, entriesOf(t, l.Tag)) {
			t.Error(f)
		}
	}
}

// untranslated returns entries that equal the source's or hold no letter of the
// language's script, and do not say why.
func untranslated(lang string, source, own []entry) []string {
	english := map[string]string{}
	for _, e := range source {
		english[e.key+"["+e.form] = e.value
	}
	tag := language.MustParse(lang)
	script, _ := tag.Script()
	letters := map[string]*unicode.RangeTable{
		"Arab": unicode.Arabic, "Beng": unicode.Bengali, "Latn": unicode.Latin, "Cyrl": unicode.Cyrillic,
	}[script.String()]
	var faults []string
	for _, e := range own {
		why := ""
		switch {
		case e.value == english[e.key+"["+e.form]:
			why = "is the same as in " + Source
		case letters != nil && !strings.ContainsFunc(e.value, func(r rune) bool { return unicode.Is(letters, r) }):
			why = "holds no letter of the script " + script.String()
		}
		if why != "" && e.same == "" {
			faults = append(faults, fmt.Sprintf("%s:%d: %s %s; translate it, or say why with #same", e.file, e.line, e.key, why))
		}
	}
	return faults
}

func TestEveryEntryIsTranslated(t *testing.T) {
	source := entriesOf(t, Source)
	for _, l := range Shipped().Languages() {
		if l.Tag == Source {
			continue
		}
		for _, f := range untranslated(l.Tag, source, entriesOf(t, l.Tag)) {
			t.Error(f)
		}
	}
}

func TestUrduNeverTakesANounForAMan(t *testing.T) {
	// Words that address or describe a man where Cadre speaks to women.
	for _, e := range entriesOf(t, "ur") {
		for _, bad := range []string{"سکتے ہیں آپ", "چاہتے ہیں", "کر چکے ہیں", "جناب", "کرتے ہیں؟"} {
			if strings.Contains(e.value, bad) {
				t.Errorf("%s:%d: %s says %q: a feminine or neutral form, please", e.file, e.line, e.key, bad)
			}
		}
	}
}

// The checks themselves must find what they are for.
func TestTheChecksFindMistakes(t *testing.T) {
	source, err := parse("en/a.msg", "a.plain = Hello {name}\na.n[one] = {n} seat\na.n[other] = {n} seats\na.only = Here\n")
	if err != nil {
		t.Fatal(err)
	}
	own, err := parse("ur/a.msg", "a.plain = Hello {nam}\na.n[other] = {n} نشستیں\na.extra = زائد\n")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(complete(t, "ur", source, own), "\n") + "\n" + strings.Join(untranslated("ur", source, own), "\n")
	for _, want := range []string{"lacks a.only", "lacks {name}", "has {nam}", "a.n lacks the form [one]", "ur has a.extra", "a.plain holds no letter"} {
		if !strings.Contains(got, want) {
			t.Errorf("a planted mistake was not found: %q in\n%s", want, got)
		}
	}
	for _, bad := range []string{
		"a.x", "b.x = other area", " continued = nothing", "a.x = {", "a.x = }", "a.x = {Name}",
		"a.x = 1\na.x = 2", "a.x = 1\na.x[one] = 2", "a.x[some] = 1", "a.x[=z] = 1", "#same",
	} {
		if _, err := Load(fstest.MapFS{"en/a.msg": {Data: []byte(bad)}}); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

// with returns the shipped files and others added.
func with(t *testing.T, more map[string]string) fs.FS {
	t.Helper()
	m := fstest.MapFS{}
	err := fs.WalkDir(Files(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(Files(), p)
		m[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range more {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestALanguageIsAddedByFilesAlone(t *testing.T) {
	source := entriesOf(t, Source)
	for _, c := range []struct {
		tag, dir string
		forms    int
	}{{"en-XA", "ltr", 2}, {"ar-XB", "rtl", 6}} {
		files, err := Pseudo(Files(), c.tag)
		if err != nil {
			t.Fatal(err)
		}
		fsys := with(t, files)
		b, err := Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(b.Languages(), func(l Language) bool { return l.Tag == c.tag && l.Dir == c.dir }) {
			t.Fatalf("%s was added by files and is not spoken: %v", c.tag, b.Languages())
		}
		own, err := readFolder(fsys, c.tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range complete(t, c.tag, source, own) {
			t.Error(f)
		}
		if n := len(forms(language.MustParse(c.tag))); n != c.forms {
			t.Errorf("%s tells %d plural forms apart, want %d", c.tag, n, c.forms)
		}
		l := b.For(Prefs{Lang: c.tag})
		if l.Lang() != c.tag || l.Dir() != c.dir {
			t.Errorf("a localiser for %s speaks %s, %s", c.tag, l.Lang(), l.Dir())
		}
		for n := range 120 {
			if s := l.T("locale.days", "n", n); s == "" || s == "locale.days" || s == For(Prefs{}).T("locale.days", "n", n) {
				t.Errorf("%s says %q for %d days", c.tag, s, n)
			}
		}
	}
}
