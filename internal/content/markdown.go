package content

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"cadre/internal/yamlread"
)

// dialect is the Markdown that modules may use: CommonMark with tables, page
// keys after headings, and references to sources.
func dialect() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.NewTable(
			extension.WithTableCellAlignMethod(extension.TableCellAlignNone))),
		goldmark.WithParserOptions(
			parser.WithHeadingAttribute(),
			parser.WithInlineParsers(util.Prioritized(citeParser{}, 150)),
		),
	)
}

// cite is a reference to a source: [^id].
type cite struct {
	ast.BaseInline
	id string
}

var kindCite = ast.NewNodeKind("Cite")

func (*cite) Kind() ast.NodeKind { return kindCite }
func (c *cite) Dump(source []byte, lvl int) {
	ast.DumpHelper(c, source, lvl, map[string]string{"id": c.id}, nil)
}

type citeParser struct{}

func (citeParser) Trigger() []byte { return []byte{'['} }

func (citeParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if len(line) < 4 || line[1] != '^' {
		return nil
	}
	end := bytes.IndexByte(line, ']')
	if end < 3 {
		return nil
	}
	block.Advance(end + 1)
	return &cite{id: string(line[2:end])}
}

// writer turns the checked syntax tree into HTML. It writes a fixed set of
// elements and attributes and refuses every other node, so what it returns is
// safe by construction, whatever the parser makes of the input.
type writer struct {
	src     *sourceFile
	sources map[string]int  // source id → number shown
	files   map[string]File // by name
	cited   map[string]bool
	used    map[string]bool // file names
	level   int             // of the last heading
	out     strings.Builder
}

var plainElements = map[ast.NodeKind]string{
	ast.KindParagraph:    "p",
	ast.KindBlockquote:   "blockquote",
	ast.KindListItem:     "li",
	east.KindTableRow:    "tr",
	east.KindTableHeader: "tr",
}

func (w *writer) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c)
	}
}

func (w *writer) wrap(element string, n ast.Node) {
	w.out.WriteString("<" + element + ">")
	w.children(n)
	w.out.WriteString("</" + element + ">")
	if n.Type() == ast.TypeBlock {
		w.out.WriteByte('\n')
	}
}

func (w *writer) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		w.text(n.Segment.Value(w.src.body))
		switch {
		case n.HardLineBreak():
			w.out.WriteString("<br>\n")
		case n.SoftLineBreak():
			w.out.WriteByte('\n')
		}
	case *ast.String:
		w.text(n.Value)
	case *ast.TextBlock:
		w.children(n)
		if n.NextSibling() != nil {
			w.out.WriteByte('\n')
		}
	case *ast.Heading:
		if id, ok := n.AttributeString("id"); len(n.Attributes()) > 1 || (len(n.Attributes()) == 1 && (!ok || id == nil)) {
			w.src.problem(n, "module.heading-attributes", nil)
		}
		switch {
		case n.Level == 1:
			w.src.problem(n, "module.page-nested", nil)
		case n.Level > w.level+1:
			w.src.problem(n, "module.heading-level", yamlread.Args{"got": n.Level, "high": w.level + 1})
		}
		w.level = n.Level
		w.wrap(fmt.Sprintf("h%d", n.Level), n)
	case *ast.List:
		switch {
		case !n.IsOrdered():
			w.wrap("ul", n)
		case n.Start == 1:
			w.wrap("ol", n)
		default:
			fmt.Fprintf(&w.out, `<ol start="%d">`, n.Start)
			w.children(n)
			w.out.WriteString("</ol>\n")
		}
	case *ast.Emphasis:
		if n.Level == 2 {
			w.wrap("strong", n)
		} else {
			w.wrap("em", n)
		}
	case *ast.CodeSpan:
		w.out.WriteString("<code>")
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				w.out.WriteString(html.EscapeString(string(t.Segment.Value(w.src.body))))
			}
		}
		w.out.WriteString("</code>")
	case *ast.ThematicBreak:
		w.out.WriteString("<hr>\n")
	case *ast.Link:
		w.link(n, string(n.Destination), func() { w.children(n) })
	case *ast.AutoLink:
		w.link(n, string(n.URL(w.src.body)), func() {
			w.out.WriteString(html.EscapeString(string(n.Label(w.src.body))))
		})
	case *ast.Image:
		w.image(n)
	case *cite:
		w.cite(n)
	case *east.Table:
		w.table(n)
	case *east.TableCell:
		if n.Parent().Kind() == east.KindTableHeader {
			w.out.WriteString(`<th scope="col">`)
			w.children(n)
			w.out.WriteString("</th>")
		} else {
			w.wrap("td", n)
		}
	case *ast.LinkReferenceDefinition:
		// It is written where a link uses it.
	case *ast.HTMLBlock, *ast.RawHTML:
		w.src.problem(n, "module.html", nil)
	case *ast.FencedCodeBlock:
		w.src.problem(n, "module.fence-nested", nil)
	case *ast.CodeBlock:
		w.src.problem(n, "module.code", nil)
	default:
		element, ok := plainElements[n.Kind()]
		if !ok {
			w.src.problem(n, "module.element", yamlread.Args{"got": n.Kind().String()})
			return
		}
		w.wrap(element, n)
	}
}

// text writes text as Markdown means it: entities and backslashes resolved,
// everything escaped.
func (w *writer) text(b []byte) {
	bw := bufio.NewWriter(&w.out)
	gmhtml.DefaultWriter.Write(bw, b)
	_ = bw.Flush() // a strings.Builder does not fail
}

func (w *writer) link(n ast.Node, dest string, label func()) {
	u, err := url.Parse(dest)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		w.src.problem(n, "module.link", yamlread.Args{"got": dest})
		return
	}
	fmt.Fprintf(&w.out, `<a href="%s" rel="noopener noreferrer">`, html.EscapeString(u.String()))
	label()
	w.out.WriteString("</a>")
}

func (w *writer) image(n *ast.Image) {
	name := string(n.Destination)
	alt := strings.TrimSpace(plain(n, w.src.body))
	if alt == "" {
		w.src.problem(n, "module.image-alt", yamlread.Args{"file": name})
	}
	f, ok := w.files[name]
	if !ok {
		names := make([]string, 0, len(w.files))
		for k := range w.files {
			names = append(names, k)
		}
		slices.Sort(names)
		w.src.problem(n, "module.image-missing", yamlread.Args{"file": name, "files": names})
		return
	}
	w.used[name] = true
	fmt.Fprintf(&w.out, `<img src="%s" alt="%s" width="%d" height="%d" loading="lazy">`,
		f.Path(), html.EscapeString(alt), f.Width, f.Height)
}

func (w *writer) cite(n *cite) {
	number, ok := w.sources[n.id]
	if !ok {
		ids := make([]string, 0, len(w.sources))
		for k := range w.sources {
			ids = append(ids, k)
		}
		slices.Sort(ids)
		w.src.problem(n, "module.source-unknown", yamlread.Args{"got": n.id, "sources": ids})
		return
	}
	w.cited[n.id] = true
	fmt.Fprintf(&w.out, `<a class="cite" href="#source-%s">[%d]</a>`, n.id, number)
}

func (w *writer) table(n *east.Table) {
	var columns []string
	if head := n.FirstChild(); head != nil {
		for c := head.FirstChild(); c != nil; c = c.NextSibling() {
			columns = append(columns, strings.TrimSpace(plain(c, w.src.body)))
		}
	}
	name := html.EscapeString(strings.Join(columns, " · "))
	fmt.Fprintf(&w.out, `<div class="table-box" role="region" tabindex="0" aria-label="%s"><table class="table"><caption class="unseen">%s</caption>`+"\n", name, name)
	open := false
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		if row.Kind() == east.KindTableHeader {
			w.out.WriteString("<thead>")
			w.node(row)
			w.out.WriteString("</thead>\n")
			continue
		}
		if !open {
			w.out.WriteString("<tbody>\n")
			open = true
		}
		w.node(row)
	}
	if open {
		w.out.WriteString("</tbody>\n")
	}
	w.out.WriteString("</table></div>\n")
}

// plain returns the words below n without any mark-up.
func plain(n ast.Node, src []byte) string {
	var b strings.Builder
	var walk func(ast.Node)
	walk = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Text:
			b.Write(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(n.Segment.Value(src)))))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
			return
		case *ast.String:
			b.Write(n.Value)
			return
		}
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			walk(c)
		}
		if n.Type() == ast.TypeBlock {
			b.WriteByte(' ')
		}
	}
	walk(n)
	return b.String()
}
