package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// An owned is a table or a view that the migrations make.
type owned struct {
	Owner string // the area whose name the table's starts with
	View  bool
}

var (
	creates = regexp.MustCompile(`(?i)\bCREATE\s+(?:VIRTUAL\s+)?(TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_][a-z0-9_]*)`)
	// skips is how a list is paged by counting rows instead of by the last one shown.
	skips    = regexp.MustCompile(`(?i)\bLIMIT\b[^;]*\bOFFSET\b`)
	mentions = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+([a-z_][a-z0-9_]*)`)
)

// ownerOf returns the area that a table's name starts with: the longest one
// that fits, followed by an underscore or by nothing.
func ownerOf(table string) string {
	best := ""
	for name := range layers {
		if (table == name || strings.HasPrefix(table, name+"_")) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

// tablesOf reads what a migration makes.
func tablesOf(migration string) map[string]owned {
	out := map[string]owned{}
	for _, m := range creates.FindAllStringSubmatch(migration, -1) {
		name := strings.ToLower(m[2])
		out[name] = owned{Owner: ownerOf(name), View: strings.EqualFold(m[1], "view")}
	}
	return out
}

func tableOwners(t *testing.T) map[string]owned {
	t.Helper()
	out := map[string]owned{}
	files, err := filepath.Glob(filepath.Join(root(t), "internal/db/migrations/*/*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for name, o := range tablesOf(string(text)) {
			out[name] = o
			if o.Owner == "" {
				t.Errorf("%s makes %s, whose name starts with no package's", filepath.Base(f), name)
			}
		}
	}
	return out
}

// sqlFindings applies rule 3: SQL in a package names its own tables only. The
// report may read views, which their owners document as promises. It also finds lists
// that are paged by an offset: while others add rows, they skip some and repeat some.
func sqlFindings(dir string, files []source, tables map[string]owned) []finding {
	mine := area(module + "/" + dir)
	var out []finding
	for _, s := range files {
		if s.test() || s.generated() {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				return true
			}
			if skips.MatchString(text) {
				out = append(out, finding{
					"keyset", s.Path + ":offset",
					s.at(lit) + ": counts rows to find a page; lists go on from the last row shown (keyset)",
				})
			}
			for _, m := range mentions.FindAllStringSubmatch(text, -1) {
				name := strings.ToLower(m[1])
				o, known := tables[name]
				if !known || o.Owner == mine || mine == "report" && o.View {
					continue
				}
				out = append(out, finding{
					"sql", s.Path + ":" + name,
					fmt.Sprintf("%s: reads or writes %s, which is %s's (rule 3)", s.at(lit), name, o.Owner),
				})
			}
			return true
		})
	}
	return out
}
