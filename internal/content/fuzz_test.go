package content

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// FuzzRead holds that no file makes the reader fall over, and that whatever it
// accepts is HTML of known elements and attributes, well nested, with links that
// leave by https alone.
func FuzzRead(f *testing.F) {
	f.Add([]byte(english))
	f.Add([]byte(urdu))
	head := "---\ntitle: T\nminutes: 5\npass_mark: 50\ncompetencies: []\n---\n# Page {#p}\n"
	for _, s := range []string{
		"1. a\n   * b\n\n     c\n", "> q\n> > r\n", "<a@b.org> <https://x.org>", "[a]: https://x.org 't'\n\n[a] ![a][a]\n",
		"a | b\n-|-\n`c` | \\|\n", "# A {#a .b onclick=x}\n", "&lt;script&gt; &#x3c; \\<b>", "![x](a.png \"t\")", "a\\\nb  \nc\n***\n",
		"[x](https://a\"onerror=1)", "[^a] [^a]: b\n", "```question\nid: a\nkind: order\ntext: t\nitems: [a, b]\n```\n",
	} {
		f.Add([]byte(head + s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, problems := Compile("modules/m", map[string][]byte{"en.md": data})
		if (m == nil) == (len(problems) == 0) {
			t.Fatalf("module %v, problems %v", m, problems)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > 2+strings.Count(string(data), "\n") || p.Column < 1 || p.Code == "" {
				t.Errorf("no such place: %v", p)
			}
		}
		if m == nil {
			return
		}
		for _, p := range m.Pages {
			for _, b := range p.Body["en"] {
				checkHTML(t, b.HTML)
			}
		}
	})
}

var allowed = map[string][]string{
	"p": nil, "h2": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil, "ul": nil, "ol": {"start"}, "li": nil,
	"em": nil, "strong": nil, "code": nil, "hr": nil, "br": nil, "blockquote": nil, "table": {"class"}, "caption": {"class"}, "div": {"class", "role", "tabindex", "aria-label"}, "thead": nil,
	"tbody": nil, "tr": nil, "th": {"scope"}, "td": nil, "a": {"href", "rel", "class"},
	"img": {"src", "alt", "width", "height", "loading"},
}

func checkHTML(t *testing.T, s string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(s))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("left open: %v in %q", open, s)
			}
			return
		case html.CommentToken, html.DoctypeToken:
			t.Errorf("not an element: %q", s)
		case html.StartTagToken:
			tok := z.Token()
			attrs, ok := allowed[tok.Data]
			if !ok {
				t.Errorf("element %s in %q", tok.Data, s)
			}
			for _, a := range tok.Attr {
				if !strings.Contains(strings.Join(attrs, " "), a.Key) {
					t.Errorf("attribute %s of %s in %q", a.Key, tok.Data, s)
				}
				if a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "#source-") {
					t.Errorf("link to %q in %q", a.Val, s)
				}
			}
			if tok.Data != "br" && tok.Data != "hr" && tok.Data != "img" {
				open = append(open, tok.Data)
			}
		case html.EndTagToken:
			tok := z.Token()
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Errorf("closes %s while %v are open in %q", tok.Data, open, s)
				return
			}
			open = open[:len(open)-1]
		}
	}
}
