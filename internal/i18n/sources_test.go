package i18n

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	templ "github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

const root = "../.."

// sources calls f for each Go file of the program that is not a test, and for
// each template.
func sources(t *testing.T, ext string, f func(path string)) {
	t.Helper()
	for _, top := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(p string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules") {
				return filepath.SkipDir
			}
			if strings.HasSuffix(p, ext) && !strings.HasSuffix(p, "_test.go") {
				f(p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// use is a place where a key is asked for.
type use struct {
	key    string
	prefix bool // the key goes on with something computed
	at     string
	args   []string // the placeholders filled, if decidable
	known  bool     // args is known
}

// uses finds the keys that a Go file asks for (calls of T, faults, [Key]) and
// every string literal in it.
func uses(fset *token.FileSet, file *ast.File) (found []use, literals []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				if s, err := strconv.Unquote(n.Value); err == nil {
					literals = append(literals, s)
				}
			}
		case *ast.CallExpr:
			name, pkg := callee(n.Fun)
			at := fset.Position(n.Pos()).String()
			i := -1
			switch {
			case name == "T" && len(n.Args) > 0:
				i = 0
				if _, ok := literal(n.Args[0]); !ok && len(n.Args) > 1 {
					i = 1
				}
			case pkg == "fault" && (name == "New" || name == "Wrap"):
				i = 1
			case pkg == "fault" && name == "Bad", pkg == "i18n" && name == "Key":
				i = 0
			}
			if i < 0 || i >= len(n.Args) {
				return true
			}
			u, ok := keyOf(n.Args[i], at)
			if !ok {
				return true
			}
			switch rest := n.Args[i+1:]; {
			case name == "T" && len(rest) == 1:
				u.args, u.known = mapKeys(rest[0])
			case name == "T" && n.Ellipsis == token.NoPos:
				u.args, u.known = pairNames(rest)
			case name == "New" && len(rest) == 1:
				u.args, u.known = mapKeys(rest[0])
			}
			found = append(found, u)
		case *ast.CompositeLit:
			name, pkg := callee(n.Type)
			if pkg != "fault" || name != "Field" && name != "Error" {
				return true
			}
			for _, el := range n.Elts {
				kv, ok := el.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				if id, ok := kv.Key.(*ast.Ident); ok && id.Name == "Key" {
					if u, ok := keyOf(kv.Value, fset.Position(kv.Pos()).String()); ok {
						found = append(found, u)
					}
				}
			}
		}
		return true
	})
	return found, literals
}

func callee(e ast.Expr) (name, pkg string) {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name, ""
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok {
			return e.Sel.Name, id.Name
		}
		return e.Sel.Name, ""
	}
	return "", ""
}

func literal(e ast.Expr) (string, bool) {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		s, err := strconv.Unquote(l.Value)
		return s, err == nil
	}
	return "", false
}

func keyOf(e ast.Expr, at string) (use, bool) {
	if s, ok := literal(e); ok {
		return use{key: s, at: at}, true
	}
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == token.ADD {
		for {
			left, more := b.X.(*ast.BinaryExpr)
			if !more {
				break
			}
			b = left
		}
		if s, ok := literal(b.X); ok {
			return use{key: s, prefix: true, at: at}, true
		}
	}
	return use{}, false
}

func mapKeys(e ast.Expr) ([]string, bool) {
	if id, ok := e.(*ast.Ident); ok && id.Name == "nil" {
		return nil, true
	}
	c, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	var out []string
	for _, el := range c.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok {
			return nil, false
		}
		s, ok := literal(kv.Key)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

func pairNames(args []ast.Expr) ([]string, bool) {
	if len(args)%2 != 0 {
		return nil, false
	}
	var out []string
	for i := 0; i < len(args); i += 2 {
		s, ok := literal(args[i])
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// check compares what sources ask for with what the catalogues have. known maps
// each key to its placeholders.
func check(found []use, literals []string, known map[string][]string) []string {
	var faults []string
	areas := map[string]bool{}
	for k := range known {
		areas[k[:strings.IndexByte(k, '.')]] = true
	}
	for _, u := range found {
		if area, _, ok := strings.Cut(u.key, "."); !ok || area == "" {
			continue // a T of somebody else's
		}
		if u.prefix {
			if !slices.ContainsFunc(keys(known), func(k string) bool { return strings.HasPrefix(k, u.key) }) {
				faults = append(faults, fmt.Sprintf("%s: no key begins with %q", u.at, u.key))
			}
			continue
		}
		holds, ok := known[u.key]
		if !ok {
			faults = append(faults, fmt.Sprintf("%s: no catalogue knows the key %q", u.at, u.key))
			continue
		}
		if !u.known {
			continue
		}
		for _, h := range holds {
			if !slices.Contains(u.args, h) {
				faults = append(faults, fmt.Sprintf("%s: %q needs a value for {%s}", u.at, u.key, h))
			}
		}
		for _, a := range u.args {
			if a != "n" && !slices.Contains(holds, a) {
				faults = append(faults, fmt.Sprintf("%s: %q has no {%s}", u.at, u.key, a))
			}
		}
	}
	// A key is used if it stands somewhere as a literal, or if something that
	// ends in a full stop and begins it does.
	exact := map[string]bool{}
	var prefixes []string
	for _, s := range literals {
		exact[s] = true
		s, _, _ = strings.Cut(s, "%")
		if area, _, ok := strings.Cut(s, "."); ok && areas[area] && strings.HasSuffix(s, ".") {
			prefixes = append(prefixes, s)
		}
	}
	for k := range known {
		if !exact[k] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(k, p) }) {
			faults = append(faults, fmt.Sprintf("nothing uses the key %q", k))
		}
	}
	slices.Sort(faults)
	return faults
}

func keys(m map[string][]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

func TestSourcesAndCataloguesAgree(t *testing.T) {
	known := map[string][]string{}
	for _, e := range entriesOf(t, Source) {
		for _, p := range placeholders(t, e) {
			if !slices.Contains(known[e.key], p) {
				known[e.key] = append(known[e.key], p)
			}
		}
		if _, ok := known[e.key]; !ok {
			known[e.key] = nil
		}
	}
	var found []use
	var literals []string
	sources(t, ".go", func(path string) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		f, l := uses(fset, file)
		found, literals = append(found, f...), append(literals, l...)
	})
	for _, f := range check(found, literals, known) {
		t.Error(f)
	}
}

func TestThePlantedMismatchIsFound(t *testing.T) {
	src := `package p
func f() {
	l.T("a.known", "x", 1)
	l.T("a.known", "y", 1)
	l.T(ctx, "a.unknown")
	l.T("a.state." + s)
	l.T("a.nothing." + s)
	fault.New(fault.Closed, "a.late", fault.Args{"x": 1})
	_ = fault.Field{Name: "n", Key: "a.field"}
}`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	found, literals := uses(fset, file)
	got := strings.Join(check(found, literals, map[string][]string{"a.known": {"x"}, "a.state.one": nil, "a.spare": nil}), "\n")
	for _, want := range []string{
		`p.go:4:2: "a.known" has no {y}`, `p.go:4:2: "a.known" needs a value for {x}`, `"a.unknown"`,
		`no key begins with "a.nothing."`, `"a.late"`, `"a.field"`, `nothing uses the key "a.spare"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not found: %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, "a.state.one") {
		t.Errorf("a key used by its beginning counts as used:\n%s", got)
	}
}

// spoken are the attributes that a person reads or hears.
var spoken = []string{"aria-label", "aria-description", "aria-roledescription", "aria-placeholder", "aria-valuetext", "title", "placeholder", "alt", "label", "summary"}

// templateLiterals finds words in a template that are in no catalogue.
func templateLiterals(name, src string) ([]string, error) {
	file, err := templ.ParseString(src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var faults []string
	complain := func(line uint32, what, s string) {
		faults = append(faults, fmt.Sprintf("%s:%d: %s %q is in no catalogue", name, line+1, what, strings.TrimSpace(s)))
	}
	letters := func(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }
	v := visitor.New()
	v.Text = func(n *templ.Text) error {
		if s := unescape(n.Value); letters(s) {
			complain(n.Range.From.Line, "the text", n.Value)
		}
		return nil
	}
	v.StringExpression = func(n *templ.StringExpression) error {
		if s, err := strconv.Unquote(strings.TrimSpace(n.Expression.Value)); err == nil && letters(s) {
			complain(n.Expression.Range.From.Line, "the text", s)
		}
		return nil
	}
	v.ConstantAttribute = func(n *templ.ConstantAttribute) error {
		if k, ok := n.Key.(templ.ConstantAttributeKey); ok && slices.Contains(spoken, k.Name) && letters(n.Value) {
			complain(k.NameRange.From.Line, "the "+k.Name, n.Value)
		}
		return nil
	}
	v.ExpressionAttribute = func(n *templ.ExpressionAttribute) error {
		k, ok := n.Key.(templ.ConstantAttributeKey)
		if s, err := strconv.Unquote(strings.TrimSpace(n.Expression.Value)); ok && slices.Contains(spoken, k.Name) && err == nil && letters(s) {
			complain(k.NameRange.From.Line, "the "+k.Name, s)
		}
		return nil
	}
	return faults, file.Visit(v)
}

// unescape drops character references, whose names are letters.
func unescape(s string) string {
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			return s
		}
		j := strings.IndexByte(s[i:], ';')
		if j < 0 {
			return s
		}
		s = s[:i] + s[i+j+1:]
	}
}

func TestNoTemplateHoldsWords(t *testing.T) {
	sources(t, ".templ", func(path string) {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		faults, err := templateLiterals(path, string(src))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range faults {
			t.Error(f)
		}
	})
}

func TestWordsInATemplateAreFound(t *testing.T) {
	src := `package p

templ page(s string) {
	<p title="Hello" class="row">Some words</p>
	<img alt={ "A picture" } src="x.svg"/>
	if s != "" {
		<b aria-label={ s }>{ "More words" }</b>
	}
	<i>·&nbsp;</i>
}
`
	got, err := templateLiterals("p.templ", src)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 {
		t.Errorf("four literals were planted, %d found: %v", len(got), got)
	}
}
