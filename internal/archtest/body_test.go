package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// golden lists the committed bodies of journal entries of a package: "kind.vN".
func golden(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), dir, "testdata/journal/*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if _, err := os.Stat(f); err != nil {
			t.Fatal(err)
		}
		files[i] = filepath.Base(f[:len(f)-len(".json")])
	}
	return files
}

// bodyFindings finds journal entries with a body that no committed file shows: what was
// written once has to be readable for ever. Entries whose kind is a variable are found by
// the test of the whole programme, in the journal.
func bodyFindings(files []source, have []string) (out []finding) {
	for _, s := range files {
		if s.test() || s.generated() {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if of, ok := lit.Type.(*ast.SelectorExpr); !ok || of.Sel.Name != "Entry" || fmt.Sprint(of.X) != "journal" {
				return true
			}
			values := map[string]ast.Expr{}
			for _, e := range lit.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					values[fmt.Sprint(kv.Key)] = kv.Value
				}
			}
			kind, version := written(values["Kind"]), written(values["Version"])
			if kind == "" || version == "" || values["Body"] == nil || slices.Contains(have, kind+".v"+version) {
				return true
			}
			out = append(out, finding{"golden", kind + ".v" + version, s.at(lit) + ": the body of " + kind + " has no golden file: package journaltest"})
			return true
		})
	}
	return out
}

// written is the value of a literal; empty for anything else.
func written(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	if lit.Kind != token.STRING {
		return lit.Value
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

func TestPlantedBody(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`journal.Entry{Kind: "a.b", Version: 1, Body: x}`: 1,
		`journal.Entry{Kind: "a.b", Version: 2, Body: x}`: 0,
		`journal.Entry{Kind: "a.c", Version: 1}`:          0,
		`journal.Entry{Kind: kind, Version: 1, Body: x}`:  0,
		`other.Entry{Kind: "a.b", Version: 1, Body: x}`:   0,
	} {
		s, err := parse("internal/a/a.go", "package a\nvar v = "+text+"\n")
		if err != nil {
			t.Fatal(err)
		}
		if got := len(bodyFindings([]source{s}, []string{"a.b.v2"})); got != want {
			t.Errorf("%s: %d findings, want %d", text, got, want)
		}
	}
}
