package xmltree_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"cadre/internal/content/xmltree"
)

func TestEncodings(t *testing.T) {
	latin, err := charmap.ISO8859_1.NewEncoder().String(`<?xml version="1.0" encoding="ISO-8859-1"?><m>é</m>`)
	if err != nil {
		t.Fatal(err)
	}
	wide := func(e unicode.Endianness, b unicode.BOMPolicy, s string) string {
		out, err := unicode.UTF16(e, b).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, c := range map[string]struct {
		doc    string
		mended bool
	}{
		"UTF-8":                         {"<m>é</m>", false},
		"UTF-8 with a mark":             {"\uFEFF<m>é</m>", false},
		"Latin-1":                       {latin, false},
		"UTF-16 LE":                     {wide(unicode.LittleEndian, unicode.UseBOM, `<?xml version="1.0" encoding="UTF-16"?><m>é</m>`), false},
		"UTF-16 BE":                     {wide(unicode.BigEndian, unicode.UseBOM, `<m>é</m>`), false},
		"UTF-16 LE without a mark":      {wide(unicode.LittleEndian, unicode.IgnoreBOM, `<?xml version="1.0" encoding="utf-16"?><m>é</m>`), false},
		"says UTF-16, is UTF-8":         {`<?xml version="1.0" encoding="utf-16"?><m>é</m>`, false},
		"says UTF-8, is Windows-1252":   {"<?xml version='1.0' encoding='utf-8'?><m>\xe9</m>", true},
		"says nothing, is Windows-1252": {"<m>\xe9</m>", true},
	} {
		tree, err := xmltree.Parse([]byte(c.doc))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if tree.Root.Text != "é" || tree.Mended != c.mended {
			t.Errorf("%s: read as %q, mended %v", name, tree.Root.Text, tree.Mended)
		}
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		doc, key string
		line     int
	}{
		"a billion laughs":      {"<!DOCTYPE m [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>\n<m>&b;</m>", "package.xml-doctype", 1},
		"a file from elsewhere": {"<!DOCTYPE m SYSTEM \"file:///etc/passwd\"><m/>", "package.xml-doctype", 1},
		"an unknown entity":     {"<m>\n&nbsp;</m>", "package.xml-entity", 2},
		"very deep":             {strings.Repeat("<m>", 101), "package.xml-deep", 1},
		"not closed":            {"<m>\n<n>\n</m>", "package.xml-syntax", 3},
		"two roots":             {"<m/>\n<m/>", "package.xml-syntax", 2},
		"empty":                 {"", "package.xml-syntax", 1},
		"no such encoding":      {`<?xml version="1.0" encoding="klingon"?><m/>`, "package.xml-encoding", 1},
		"far too many elements": {"<m>\n" + strings.Repeat("<n/>", 300_001) + "</m>", "package.xml-large", 2},
		"too many attributes":   {"<m>\n" + strings.Repeat("<n a='' b\n=\n''/>", 150_001) + "</m>", "package.xml-large", 300_002},
		"a tag of attributes":   {"<m>\n<n" + strings.Repeat(` a=""`, 1001) + "/></m>", "package.xml-large", 2},
		"hidden by a comment":   {"<m><!-- <a ' -->\n<n" + strings.Repeat(` a=""`, 1001) + "/></m>", "package.xml-large", 2},
		"signs that take three": {"<?xml version='1.0' encoding='windows-1252'?><m>" + strings.Repeat("\x80", 6<<20) + "</m>", "package.xml-large", 1},
	} {
		_, err := xmltree.Parse([]byte(c.doc))
		var e *xmltree.Error
		if !errors.As(err, &e) || e.Key != c.key || e.Line != c.line {
			t.Errorf("%s: %v, want %s in line %d", name, err, c.key, c.line)
		}
	}
}

func TestLines(t *testing.T) {
	tree, err := xmltree.Parse([]byte("<a xml:lang='ur'>\n  <b x='1'/>\n  <c>\n    <b y:x='2' x='3'/></c></a>"))
	if err != nil {
		t.Fatal(err)
	}
	c := tree.Root.One("c")
	b := c.One("b")
	if tree.Root.One("b").Line != 2 || c.Line != 3 || b.Line != 4 || b.Attr("x") != "3" || b.Lang() != "ur" {
		t.Errorf("read as %+v, %+v", c, b)
	}
	if tree.Root.Path("no", "such").Trimmed() != "" || tree.Root.Path("c", "b") != b {
		t.Error("Path goes wrong")
	}
}

// A document that is refused for what is in it costs no more than was read: the parser never
// sees it.
func TestWhatIsTooMuchIsNotHeld(t *testing.T) {
	for name, doc := range map[string]string{
		"attributes": "<m" + strings.Repeat(` a=""`, 3_000_000) + "/>",
		"elements":   "<m>" + strings.Repeat("<n/>", 4_000_000) + "</m>",
		"both":       "<m>" + strings.Repeat("<n"+strings.Repeat(` a=""`, 100)+"/>", 30_000) + "</m>",
	} {
		data := []byte(doc)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := xmltree.Parse(data)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; err == nil || n > 1<<20 {
			t.Errorf("%s: %d bytes for %v", name, n, err)
		}
	}
}

// What manifests really hold is taken: a thousand files, a tag of many attributes, and text
// in which equals signs and quotes stand.
func TestWhatIsMuchIsTaken(t *testing.T) {
	for name, doc := range map[string]string{
		"elements":   "<m>" + strings.Repeat("<file href='a'/>", 150_000) + "</m>",
		"attributes": "<m" + strings.Repeat(" a='x'", 1000) + "/>",
		"text":       "<m>" + strings.Repeat("<n>"+strings.Repeat(`x="1" `, 500)+"</n>", 100) + "</m>",
	} {
		if _, err := xmltree.Parse([]byte(doc)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("<a b='c'>d<e/></a>"))
	f.Add([]byte("<?xml version=\"1.0\" encoding=\"utf-16\"?><!DOCTYPE a><a>&lt;</a>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := xmltree.Parse(data)
		var e *xmltree.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("an error of another kind: %v", err)
		}
		if err == nil && tree.Root == nil {
			t.Fatal("no root")
		}
	})
}
