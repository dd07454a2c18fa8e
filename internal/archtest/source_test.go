package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// longest is how many lines a file may have: what is longer is two things.
const longest = 900

// A source is one parsed Go file of ours.
type source struct {
	Path  string // from the root, with slashes
	Lines int
	Fset  *token.FileSet
	File  *ast.File
}

func (s source) test() bool { return strings.HasSuffix(s.Path, "_test.go") }

// generated reports whether a tool wrote the file; its shape is the tool's.
func (s source) generated() bool { return ast.IsGenerated(s.File) }

func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.Path, s.Fset.Position(n.Pos()).Line)
}

// root returns the directory of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// parse reads one file; text may be a planted source.
func parse(name, text string) (source, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{Path: name, Lines: strings.Count(text, "\n"), Fset: fset, File: f}, err
}

// sources returns every Go file of the module, by directory.
func sources(t *testing.T) map[string][]source {
	t.Helper()
	top := root(t)
	out := map[string][]source{}
	for _, start := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(top, start), func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata"):
				return filepath.SkipDir
			case d.IsDir() || !strings.HasSuffix(p, ".go"):
				return nil
			}
			text, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(top, p)
			if err != nil {
				return err
			}
			s, err := parse(filepath.ToSlash(rel), string(text))
			if err != nil {
				return err
			}
			out[path.Dir(s.Path)] = append(out[path.Dir(s.Path)], s)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// A finding is a breach that an exception may cover.
type finding struct {
	Rule string // init, state, now, doc, length, sql
	What string // the name the exception goes by: path, or path:name
	Text string
}

// sourceFindings applies the rules that one package's files can break.
func sourceFindings(dir string, files []source) []finding {
	var out []finding
	add := func(rule, what, format string, args ...any) {
		out = append(out, finding{rule, what, fmt.Sprintf(format, args...)})
	}
	documented, onlyTests := false, true
	for _, s := range files {
		if s.File.Doc != nil {
			documented = true
		}
		if !s.test() {
			onlyTests = false
		}
	}
	if !documented && !onlyTests {
		add("doc", dir, "%s: no package comment says what it is for, its words, its invariants", dir)
	}
	written := writtenTo(files)
	for _, s := range files {
		if s.generated() {
			continue
		}
		if s.Lines > longest && !s.test() {
			add("length", s.Path, "%s has %d lines: it is more than one thing", s.Path, s.Lines)
		}
		if s.test() {
			continue
		}
		for _, d := range s.File.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" && d.Recv == nil {
					add("init", s.Path, "%s: an init function runs unseen; let the composition root call it", s.at(d))
				}
				if undocumentedFunc(s, d) {
					add("doc", s.Path+":"+d.Name.Name, "%s: %s is exported and says nothing about itself", s.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				out = append(out, declFindings(s, d, written)...)
			}
		}
		if n := callsNow(s); n != nil {
			add("now", s.Path, "%s: time is a parameter; ask a clock.Clock, or the transaction", s.at(n))
		}
	}
	return out
}

// understood are methods whose interface explains them.
var understood = []string{
	"String", "Error", "Unwrap", "Is", "As", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText",
	"MarshalYAML", "UnmarshalYAML", "Scan", "Value", "Len", "Less", "Swap", "Read", "Write", "Close", "Now", "ServeHTTP", "Run", "Help",
}

func undocumentedFunc(s source, d *ast.FuncDecl) bool {
	if d.Doc != nil || !d.Name.IsExported() || s.File.Name.Name == "main" {
		return false
	}
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch u := t.(type) {
		case *ast.StarExpr:
			t = u.X
			continue
		case *ast.IndexExpr:
			t = u.X
			continue
		case *ast.IndexListExpr:
			t = u.X
			continue
		}
		break
	}
	recv, ok := t.(*ast.Ident)
	return ok && recv.IsExported() && !slices.Contains(understood, d.Name.Name)
}

func declFindings(s source, d *ast.GenDecl, written map[string]token.Pos) []finding {
	var out []finding
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil && s.File.Name.Name != "main" {
				out = append(out, finding{"doc", s.Path + ":" + spec.Name.Name, fmt.Sprintf("%s: %s is exported and says nothing about itself", s.at(spec), spec.Name.Name)})
			}
		case *ast.ValueSpec:
			for i, n := range spec.Names {
				if n.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil && s.File.Name.Name != "main" {
					out = append(out, finding{"doc", s.Path + ":" + n.Name, fmt.Sprintf("%s: %s is exported and says nothing about itself", s.at(n), n.Name)})
				}
				if d.Tok == token.VAR && !forTests(path.Dir(s.Path)) {
					if why := changeable(s, d, spec, i, written); why != "" {
						out = append(out, finding{"state", s.Path + ":" + n.Name, fmt.Sprintf("%s: package-level variable %s: %s", s.at(n), n.Name, why)})
					}
				}
			}
		}
	}
	return out
}

// constructors are calls whose result nobody can change.
var constructors = []string{
	"errors.New", "fmt.Errorf", "fault.New", "fault.Bad", "regexp.MustCompile", "language.MustParse", "language.Make",
	"language.NewMatcher", "time.FixedZone", "time.Date", "strings.NewReplacer", "template.Must", "civil.MustParse", "sync.OnceValue", "sync.OnceValues",
}

// changeable says why a package-level variable might change; empty if it cannot.
// It is fixed when it is embedded, blank, or unexported with a literal or a
// constructor's result that nothing in the package writes to. Exported ones must
// be errors.
func changeable(s source, d *ast.GenDecl, spec *ast.ValueSpec, i int, written map[string]token.Pos) string {
	name := spec.Names[i].Name
	if name == "_" || embedded(d.Doc) || embedded(spec.Doc) {
		return ""
	}
	if _, ok := written[name]; ok {
		return "written to in this package"
	}
	if len(spec.Values) <= i {
		return "has no value of its own, so somebody gives it one"
	}
	call, isCall := ast.Unparen(spec.Values[i]).(*ast.CallExpr)
	if isCall && !isConstructor(call) {
		return "made by a call that may return something changeable"
	}
	if ast.IsExported(name) && (!isCall || !strings.HasPrefix(name, "Err")) {
		return "exported, so anybody can change it; return it from a function"
	}
	return ""
}

func isConstructor(call *ast.CallExpr) bool {
	fun := call.Fun
	if ix, ok := fun.(*ast.IndexExpr); ok {
		fun = ix.X
	}
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		return ok && slices.Contains(constructors, x.Name+"."+f.Sel.Name)
	case *ast.ArrayType: // a conversion, as in []byte("…")
		return true
	}
	return false
}

func embedded(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//go:embed ") {
			return true
		}
	}
	return false
}

// writtenTo finds every identifier that is assigned to, in itself or in a part
// of it, incremented, deleted from, cleared, or whose address is taken. A local
// name that hides a package's is found as well: choose another.
func writtenTo(files []source) map[string]token.Pos {
	out := map[string]token.Pos{}
	mark := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
			case *ast.SelectorExpr:
				e = x.X
			case *ast.StarExpr:
				e = x.X
			case *ast.ParenExpr:
				e = x.X
			case *ast.SliceExpr:
				e = x.X
			case *ast.Ident:
				out[x.Name] = x.Pos()
				return
			default:
				return
			}
		}
	}
	for _, s := range files {
		if s.test() || s.generated() {
			continue
		}
		for _, d := range s.File.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			local := locals(fn)
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					if n.Tok != token.DEFINE {
						for _, l := range n.Lhs {
							markUnless(local, l, mark)
						}
					}
				case *ast.IncDecStmt:
					markUnless(local, n.X, mark)
				case *ast.UnaryExpr:
					if _, literal := n.X.(*ast.CompositeLit); n.Op == token.AND && !literal {
						markUnless(local, n.X, mark)
					}
				case *ast.CallExpr:
					if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
						markUnless(local, n.Args[0], mark)
					}
				}
				return true
			})
		}
	}
	return out
}

func markUnless(local map[string]bool, e ast.Expr, mark func(ast.Expr)) {
	base := e
	for {
		switch x := base.(type) {
		case *ast.IndexExpr:
			base = x.X
			continue
		case *ast.SelectorExpr:
			base = x.X
			continue
		case *ast.StarExpr:
			base = x.X
			continue
		case *ast.ParenExpr:
			base = x.X
			continue
		case *ast.SliceExpr:
			base = x.X
			continue
		case *ast.Ident:
			if local[x.Name] {
				return
			}
		}
		break
	}
	mark(e)
}

// locals returns the names that a function declares: receiver, parameters,
// results, variables, also those of function literals within.
func locals(fn *ast.FuncDecl) map[string]bool {
	out := map[string]bool{}
	fields := func(l *ast.FieldList) {
		if l == nil {
			return
		}
		for _, f := range l.List {
			for _, n := range f.Names {
				out[n.Name] = true
			}
		}
	}
	fields(fn.Recv)
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncType:
			fields(n.Params)
			fields(n.Results)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, l := range n.Lhs {
					if x, ok := l.(*ast.Ident); ok {
						out[x.Name] = true
					}
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if x, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					out[x.Name] = true
				}
			}
		case *ast.ValueSpec:
			for _, x := range n.Names {
				out[x.Name] = true
			}
		}
		return true
	})
	return out
}

// callsNow returns a use of the machine's time, or nil.
func callsNow(s source) ast.Node {
	if strings.HasPrefix(s.Path, "internal/clock/") {
		return nil
	}
	var found ast.Node
	ast.Inspect(s.File, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || found != nil {
			return found == nil
		}
		x, ok := sel.X.(*ast.Ident)
		if ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			found = n
		}
		return true
	})
	return found
}

func TestSource(t *testing.T) {
	t.Parallel()
	used := map[exception]bool{}
	judge := func(f finding) {
		e := exception{f.Rule, f.What}
		if _, ok := exceptions[e]; ok {
			used[e] = true
			return
		}
		t.Error(f.Text)
	}
	all := sources(t)
	owners := tableOwners(t)
	for dir, files := range all {
		for _, f := range sourceFindings(dir, files) {
			judge(f)
		}
		for _, f := range sqlFindings(dir, files, owners) {
			judge(f)
		}
		for _, f := range bodyFindings(files, golden(t, dir)) {
			judge(f)
		}
	}
	for e, why := range exceptions {
		if !used[e] {
			t.Errorf("nothing needs the exception %s %s any more", e.Rule, e.What)
		}
		if strings.TrimSpace(why) == "" {
			t.Errorf("the exception %s %s has no reason", e.Rule, e.What)
		}
	}
}
