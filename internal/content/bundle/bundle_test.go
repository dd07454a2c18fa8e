package bundle_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"cadre/internal/content/bundle"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/i18n"
)

// readAll reads an archive to its end.
func readAll(data []byte, l bundle.Limits) (*bundle.Archive, map[string]string, error) {
	a, err := bundle.Open(bytes.NewReader(data), int64(len(data)), l)
	if err != nil {
		return a, nil, err
	}
	files := map[string]string{}
	err = a.Each(func(e *bundle.Entry, r io.Reader) error {
		b, err := io.ReadAll(r)
		files[e.Path] = string(b)
		return err
	})
	return a, files, err
}

// TestHostileArchivesAreRefused: each for its own reason, within counted
// entries and bytes, with a sentence in every language.
func TestHostileArchivesAreRefused(t *testing.T) {
	cases := bundletest.Hostile()
	if len(cases) < 150 {
		t.Errorf("the corpus holds %d archives only", len(cases))
	}
	for _, c := range cases {
		a, _, err := readAll(c.Data, bundle.Limits{})
		var r *bundle.Refused
		if !errors.As(err, &r) || r.Key != c.Key {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Key)
			continue
		}
		entries, read, inflated := a.Counted()
		if entries > 40_101 || inflated > c.Inflated || read > int64(len(c.Data))+64<<10 {
			t.Errorf("%s: refused after %d entries, %d bytes read, %d inflated", c.Name, entries, read, inflated)
		}
		for _, lang := range i18n.Shipped().Languages() {
			l := i18n.Shipped().For(i18n.Prefs{Lang: lang.Tag})
			args := []any{}
			for k, v := range r.Args {
				args = append(args, k, v)
			}
			if s := l.T(r.Key, args...); s == "" || s == r.Key || strings.Contains(s, "{") {
				t.Errorf("%s in %s reads %q", r.Key, lang.Tag, s)
			}
		}
		if strings.ContainsFunc(r.File, func(r rune) bool { return r < 0x20 || r == 0x202E }) {
			t.Errorf("%s: the name is shown as %q", c.Name, r.File)
		}
	}
	t.Logf("%d archives", len(cases))
}

func TestHonestArchivesAreRead(t *testing.T) {
	many := make([]string, 0, 2000)
	for i := range 1000 {
		many = append(many, fmt.Sprintf("d%d/f%d.txt", i%7, i), strings.Repeat("text ", i))
	}
	for name, c := range map[string]struct {
		data []byte
		want map[string]string
	}{
		"plain":                  {bundletest.Zip("a.txt", "hello", "d/b.txt", "world"), map[string]string{"a.txt": "hello", "d/b.txt": "world"}},
		"empty file":             {bundletest.Zip("a.txt", ""), map[string]string{"a.txt": ""}},
		"a comment":              {bundletest.Build(bundletest.Ending{Comment: "made by hand"}, bundletest.Part{Name: "a", Content: []byte("x")}), map[string]string{"a": "x"}},
		"ZIP64":                  {bundletest.Build(bundletest.Ending{Zip64: true}, bundletest.Part{Name: "a", Content: []byte("x"), Long: true}), map[string]string{"a": "x"}},
		"stored":                 {bundletest.Build(bundletest.Ending{}, bundletest.Part{Name: "a", Content: []byte("x"), Store: true}), map[string]string{"a": "x"}},
		"./ before names":        {bundletest.Zip("./", "", "./a", "x"), map[string]string{"a": "x"}},
		"folders":                {bundletest.Zip("d/", "", "d/e/", "", "d/e/a", "x"), map[string]string{"d/e/a": "x"}},
		"a picture twice":        {bundletest.Zip("a.png", "picture", "b", "x", "a.png", "picture", "a.png", "picture"), map[string]string{"a.png": "picture", "b": "x"}},
		"left by systems":        {bundletest.Zip("a", "x", "__MACOSX/._a", "y", ".DS_Store", "z", "d/Thumbs.db", "z"), map[string]string{"a": "x"}},
		"Urdu, with a joiner":    {bundletest.Zip("سبق/می\u200cروم.html", "x"), map[string]string{"سبق/می\u200cروم.html": "x"}},
		"decomposed":             {bundletest.Zip("cafe\u0301", "x"), map[string]string{"caf\u00e9": "x"}},
		"not Unicode":            {bundletest.Zip("caf\x82", "x"), map[string]string{"café": "x"}},
		"an archive in it":       {bundletest.Zip("a.zip", string(bundletest.Zip("../x", "y"))), map[string]string{"a.zip": string(bundletest.Zip("../x", "y"))}},
		"headers without sizes":  {bundletest.Build(bundletest.Ending{}, bundletest.Part{Name: "a", Content: []byte("x"), Flags: 1 << 3, LocalSize: bundletest.To[uint32](0)}), map[string]string{"a": "x"}},
		"a rather empty picture": {bundletest.Zip("a.bmp", strings.Repeat("\x00", 1<<20)), map[string]string{"a.bmp": strings.Repeat("\x00", 1<<20)}},
	} {
		_, got, err := readAll(c.data, bundle.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %d files, want %d", name, len(got), len(c.want))
		}
		for n, want := range c.want {
			if got[n] != want {
				t.Errorf("%s: %q is %.20q, not %.20q", name, n, got[n], want)
			}
		}
	}
	if _, got, err := readAll(bundletest.Zip(many...), bundle.Limits{}); err != nil || len(got) != 1000 {
		t.Errorf("a thousand files: %d, %v", len(got), err)
	}
}

// TestStreamedArchives reads what the standard library writes, whose local
// headers know no sizes, and offers its content as gzip.
func TestStreamedArchives(t *testing.T) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, n := range []string{"a.js", "d/b.js"} {
		f, err := w.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, strings.Repeat(n, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a, got, err := readAll(buf.Bytes(), bundle.Limits{})
	if err != nil || got["a.js"] != strings.Repeat("a.js", 1000) {
		t.Fatalf("%v %.20q", err, got["a.js"])
	}
	e := a.Find("D/B.JS")
	if e == nil || e.Path != "d/b.js" {
		t.Fatalf("a name in other letters finds %v", e)
	}
	packed, err := io.ReadAll(a.Gzip(e))
	if err != nil || int64(len(packed)) != e.Packed() {
		t.Fatalf("%d bytes, %v; said to be %d", len(packed), err, e.Packed())
	}
	if text := ungzip(t, packed); text != strings.Repeat("d/b.js", 1000) {
		t.Errorf("unpacked as %.20q", text)
	}
}

func TestDescend(t *testing.T) {
	a, _, err := readAll(bundletest.Zip("course/", "", "course/imsmanifest.xml", "x", "course/a/b", "y"), bundle.Limits{})
	if err != nil || !a.Descend() || a.Find("imsmanifest.xml") == nil || a.Find("a/b") == nil || a.Root != "course/" {
		t.Errorf("%v %+v", err, a)
	}
	a, _, err = readAll(bundletest.Zip("course/x", "x", "y", "y"), bundle.Limits{})
	if err != nil || a.Descend() {
		t.Errorf("a folder is taken off that not everything lies in: %v", err)
	}
}

func TestLimitsAreSet(t *testing.T) {
	for name, c := range map[string]struct {
		l   bundle.Limits
		key string
	}{
		"files": {bundle.Limits{Files: 1}, "package.too-many"},
		"file":  {bundle.Limits{File: 4}, "package.file-large"},
		"total": {bundle.Limits{Total: 9}, "package.too-large"},
		"depth": {bundle.Limits{Depth: 1}, "package.name-deep"},
		"name":  {bundle.Limits{Name: 4}, "package.name-long"},
	} {
		_, _, err := readAll(bundletest.Zip("a", "hello", "b/c/d", "world"), c.l)
		var r *bundle.Refused
		if !errors.As(err, &r) || r.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What stands in an archive several times counts as often.
func TestDoublesCount(t *testing.T) {
	thrice := bundletest.Zip("a", "hello", "a", "hello", "a", "hello")
	for name, l := range map[string]bundle.Limits{"package.too-many": {Files: 2}, "package.too-large": {Total: 14}} {
		_, _, err := readAll(thrice, l)
		var r *bundle.Refused
		if !errors.As(err, &r) || r.Key != name {
			t.Errorf("want %s: %v", name, err)
		}
	}
	a, _, err := readAll(thrice, bundle.Limits{})
	if err != nil || len(a.Files) != 1 || a.Files[0].Again != 2 {
		t.Errorf("%+v, %v", a.Files, err)
	}
}

// described is the flag of an entry whose sum and sizes are said once more behind its
// content (APPNOTE 4.3.9).
const described = 1 << 3

// FuzzOpen: whatever is taken, the standard library reads alike.
func FuzzOpen(f *testing.F) {
	f.Add(bundletest.Zip("a", "hello", "d/b", "world"))
	for _, c := range bundletest.Hostile() {
		if len(c.Data) < 10_000 {
			f.Add(c.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, files, err := readAll(data, bundle.Limits{Total: 1 << 20, File: 1 << 20, Free: 1 << 10})
		var refused *bundle.Refused
		if err != nil {
			if !errors.As(err, &refused) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
			t.Fatalf("taken, but the standard library says %v", err)
		}
		held := map[string]bool{}
		for _, e := range z.File {
			if strings.HasSuffix(e.Name, "/") {
				continue // nothing of it is read but its name
			}
			r, err := e.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			// The content is what the directory promises; what is said once more behind
			// it, where the directory says so, is nothing that we go by.
			behind := errors.Is(err, zip.ErrChecksum) && e.Flags&described != 0 && crc32.ChecksumIEEE(b) == e.CRC32
			if err != nil && !behind {
				t.Fatalf("%q: %v", e.Name, err)
			}
			held[string(b)] = true
		}
		for n, text := range files {
			if !held[text] {
				t.Fatalf("%q holds %.20q, which the standard library does not find", n, text)
			}
		}
	})
}
