package content

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"cadre/internal/item"
)

const english = `---
title: Trafficking in persons
minutes: 20
pass_mark: 60
competencies: [indicators]
sources:
  - {id: protocol, title: The Protocol, publisher: United Nations, year: 2000, url: "https://www.unodc.org/x"}
---

# Act, means, purpose {#elements}

Three elements[^protocol]: *act*, **means** & purpose. See [the text](https://www.unodc.org/x?a=1&b=2).

| element | example |
| --- | --- |
| act | recruitment |

` + "```question" + `
id: elements-1
kind: single
competency: indicators
text: Which is an act?
options:
  - {text: Recruitment, correct: true, feedback: Yes.}
  - {text: Deception, feedback: That is a means.}
feedback: Act, means and purpose.
` + "```" + `

After the question.

# What it does to people

` + "```warning" + `
This page describes violence.
` + "```" + `

Text.
`

const urdu = `---
title: انسانی سمگلنگ
---

# عمل، ذرائع، مقصد {#elements}

تین اجزا[^protocol]۔

` + "```question" + `
id: elements-1
kind: single
competency: indicators
text: کون سا عمل ہے؟
options:
  - {text: بھرتی, correct: true}
  - {text: دھوکا}
` + "```" + `

# اثرات {#what-it-does-to-people}

` + "```warning" + `
اس صفحے پر تشدد کا ذکر ہے۔
` + "```" + `

متن۔
`

func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, s := range files {
		out["modules/tip-basics/"+name] = &fstest.MapFile{Data: []byte(s)}
	}
	return out
}

func read(t *testing.T, files map[string]string) (*Module, []string) {
	t.Helper()
	m, ps, err := Read(folder(files), "modules/tip-basics")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range ps {
		out = append(out, strings.TrimPrefix(coded(p), "modules/tip-basics/"))
	}
	return m, out
}

// coded writes a problem by its code, which stays when its sentence is reworded.
func coded(p Problem) string {
	s := p.Place() + ": " + p.Code
	for _, k := range slices.Sorted(maps.Keys(p.Args)) {
		s += fmt.Sprintf(" %s=%v", k, p.Args[k])
	}
	return s
}

func TestAProblemSaysWhatIsWrongAndWhatWouldBeRight(t *testing.T) {
	_, ps := Compile("modules/m", map[string][]byte{"en.md": []byte("---\ntitel: T\n---\n")})
	got := ""
	if len(ps) > 0 {
		got = ps[0].String()
	}
	for _, p := range ps {
		if p.Code == "yaml.misspelt-key" {
			got = p.String()
		}
	}
	if want := "modules/m/en.md:2:1: titel is not known: write title"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAModuleInTwoLanguagesBecomesOne(t *testing.T) {
	m, problems := read(t, map[string]string{"en.md": english, "ur.md": urdu})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := []string{m.Key, m.Base, strings.Join(m.Languages, ",")}; !cmp.Equal(got, []string{"tip-basics", "en", "en,ur"}) {
		t.Error(got)
	}
	p, _ := m.Page("elements")
	want := []Block{
		{HTML: `<p>Three elements<a class="cite" href="#source-protocol">[1]</a>: <em>act</em>, <strong>means</strong> &amp; purpose. ` +
			`See <a href="https://www.unodc.org/x?a=1&amp;b=2" rel="noopener noreferrer">the text</a>.</p>
<div class="table-box" role="region" tabindex="0" aria-label="element · example"><table class="table"><caption class="unseen">element · example</caption>
<thead><tr><th scope="col">element</th><th scope="col">example</th></tr>
</thead>
<tbody>
<tr><td>act</td>
<td>recruitment</td>
</tr>
</tbody>
</table></div>
`},
		{Item: "elements-1"},
		{HTML: "<p>After the question.</p>\n"},
	}
	if d := cmp.Diff(want, p.Body["en"]); d != "" {
		t.Error(d)
	}
	it := p.Item("elements-1")
	if it.Text["ur"] != "کون سا عمل ہے؟" || it.Options[1].Text["ur"] != "دھوکا" {
		t.Errorf("the question is not in both languages: %v", it)
	}
	if right, points := it.Mark(item.Response{Chosen: []int{0}}); !right || points != 1 {
		t.Error("recruitment is an act")
	}
	if m.Pages[0].MaySkip() || !m.Pages[1].MaySkip() {
		t.Error("the page with a warning, and no other, may be skipped")
	}
	if m.Pages[1].Key != "what-it-does-to-people" {
		t.Errorf("key from heading: %q", m.Pages[1].Key)
	}
	seconds, bytes := m.Left("en", func(string) bool { return false })
	if seconds != 20*60 || bytes == 0 {
		t.Errorf("%d s and %d bytes before a learner who has not begun", seconds, bytes)
	}
	if seconds, bytes = m.Left("ur-PK", func(string) bool { return true }); seconds != 0 || bytes != 0 {
		t.Errorf("%d s and %d bytes before a learner who is through", seconds, bytes)
	}
	if d := cmp.Diff([]string{"protocol"}, p.Cites); d != "" {
		t.Error(d)
	}
}

func TestEveryProblemIsSaidAtOnceWithItsPlace(t *testing.T) {
	page := func(body string) string {
		return "---\ntitle: T\nminutes: 5\npass_mark: 50\ncompetencies: []\n---\n# Page\n" + body
	}
	question := func(yaml string) string { return "```question\n" + yaml + "\n```\n" }
	cases := map[string]struct {
		files map[string]string
		want  []string
	}{
		"no front matter": {map[string]string{"en.md": "# Page\n\nText\n"}, []string{"en.md:1:1: module.front-matter"}},
		"misspelt key": {
			map[string]string{"en.md": "---\ntitel: T\nminutes: 5\npass_mark: 50\ncompetencies: []\n---\n# Page\n\nText\n"},
			[]string{"en.md:2:1: yaml.misspelt-key got=titel like=title", "en.md:2:1: yaml.missing-key key=title"},
		},
		"html, in lines and blocks": {
			map[string]string{"en.md": page("Text <b>bold</b>\n\n<script>alert(1)</script>\n")},
			[]string{"en.md:8:6: module.html", "en.md:8:13: module.html", "en.md:10:1: module.html"},
		},
		"links": {
			map[string]string{"en.md": page("[a](http://x.org) [b](javascript:alert) <ftp://x.org>\n")},
			[]string{
				"en.md:8:1: module.link got=http://x.org",
				"en.md:8:19: module.link got=javascript:alert",
				"en.md:8:41: module.link got=ftp://x.org",
			},
		},
		"image": {
			map[string]string{"en.md": page("![](a.png)\n"), "b.png": "no"},
			[]string{
				"b.png:1:1: module.picture", "en.md:8:1: module.image-alt file=a.png",
				"en.md:8:1: module.image-missing file=a.png files=[b.png]",
			},
		},
		"unknown source":    {map[string]string{"en.md": page("T[^x]\n")}, []string{"en.md:8:2: module.source-unknown got=x sources=[]"}},
		"unknown fence":     {map[string]string{"en.md": page("T\n\n```quesion\n```\n")}, []string{"en.md:10:1: module.fence got=quesion"}},
		"text before pages": {map[string]string{"en.md": "---\ntitle: T\nminutes: 5\npass_mark: 50\ncompetencies: []\n---\nText\n\n# P\n\nT"}, []string{"en.md:7:1: module.before-first-page"}},
		"question": {
			map[string]string{"en.md": page("T\n\n" + question("id: A b\nkind: single\ntext: Q\noptions:\n  - {text: x}\n  - {text: x, corect: true}\nanswer: 3"))},
			[]string{
				"en.md:11:5: item.key got=A b",
				"en.md:15:3: item.one-correct got=0",
				"en.md:16:5: item.option-twice first=1",
				"en.md:16:15: yaml.misspelt-key got=corect like=correct",
				"en.md:17:9: item.does-not-belong key=answer kind=single",
			},
		},
		"question twice": {
			map[string]string{"en.md": page(question("id: q\nkind: number\ntext: Q\nanswer: 3") + question("id: q\nkind: number\ntext: Q\nanswer: 3"))},
			[]string{"en.md:15:1: item.twice item=q line=9"},
		},
		"languages": {
			map[string]string{"en.md": english, "ur.md": strings.NewReplacer("correct: true", "correct: false", "دھوکا}", "دھوکا, correct: true}", "{#what-it-does-to-people}", "").Replace(urdu)},
			[]string{
				"ur.md:1:1: module.page-missing language=en page=what-it-does-to-people",
				"ur.md:10:1: item.language-correct got=[2] item=elements-1 want=[1]",
				"ur.md:19:1: module.page-key title=اثرات",
				"ur.md:19:1: module.page-extra page= pages=[elements what-it-does-to-people]",
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, got := read(t, c.files)
			if m != nil {
				t.Error("a module with problems was compiled")
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestADrawingMayOnlyDraw(t *testing.T) {
	svg := func(inner string) []byte {
		return []byte(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">` + inner + `</svg>`)
	}
	f, err := readPicture("a.svg", svg(`<path d="M0 0h4" fill="url(#a)"/>`))
	if err != nil || f.Width != 40 || f.Height != 20 {
		t.Fatal(f, err)
	}
	for _, bad := range []string{
		`<script>1</script>`, `<path onclick="x"/>`, `<use xlink:href="https://x.org/a.svg#b"/>`, `<image href="a.png"/>`,
		`<foreignObject/>`, `<rect style="fill:url(https://x)"/>`, `<rect fill="url(https://x)"/>`, `<a href="#x"/>`, `<animate/>`,
	} {
		if _, err := readPicture("a.svg", svg(bad)); err == nil {
			t.Errorf("accepted: %s", bad)
		}
	}
	if _, err := readPicture("a.svg", []byte(`<!DOCTYPE svg [<!ENTITY x "y">]><svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>`)); err == nil {
		t.Error("accepted a document type")
	}
}

// The modules of the first programme are read as they stand.
func TestTheFirstProgrammesModulesAreRight(t *testing.T) {
	root := filepath.Join("..", "..", "examples", "pakistan-2020", "modules")
	dirs, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		m, ps, err := Read(os.DirFS(filepath.Dir(root)), "modules/"+d.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			t.Error(p)
		}
		if m != nil && (m.Minutes < 15 || m.Minutes > 25) {
			t.Errorf("%s takes %d minutes", m.Key, m.Minutes)
		}
	}
}
