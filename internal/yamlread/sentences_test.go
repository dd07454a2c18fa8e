package yamlread

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every code that is used has a sentence, and every sentence a use.
func TestEveryProblemCanBeSaid(t *testing.T) {
	used := map[string]bool{}
	code := regexp.MustCompile(`"((?:yaml|item|module|survey|test)\.[a-z-]+)"`)
	for _, dir := range []string{".", "../item", "../content", "../assess", "../evaluation"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") || filepath.Base(f) == "sentences.go" {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range code.FindAllSubmatch(src, -1) {
				used[string(m[1])] = true
			}
		}
	}
	for c := range used {
		if sentences[c].wrong == "" || sentences[c].right == "" {
			t.Errorf("%s has no sentence", c)
		}
	}
	for c := range sentences {
		if !used[c] {
			t.Errorf("nothing says %s", c)
		}
	}
}
