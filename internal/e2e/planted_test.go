//go:build torture

package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// planted returns the file with the mistake in it.
func (m mutation) planted(root string) (string, error) {
	b, err := os.ReadFile(filepath.Join(root, m.file))
	return strings.Replace(string(b), m.old, m.new, 1), err
}

// TestMutations plants every mistake in turn and prints which test caught it. The
// tree is not touched: the compiler is given the changed file in place of the
// other.
func TestMutations(t *testing.T) {
	root, err := filepath.Abs("../..")
	must(t, err)
	caughtBy := regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	for _, m := range mutations() {
		t.Run(m.name, func(t *testing.T) {
			text, err := m.planted(root)
			must(t, err)
			dir := t.TempDir()
			changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
			must(t, os.WriteFile(changed, []byte(text), 0o600))
			list, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, m.file): changed}})
			must(t, err)
			must(t, os.WriteFile(overlay, list, 0o600))
			args := []string{"test", "-overlay", overlay, "-short", "-count", "1", "-timeout", "10m"}
			if m.run != "" {
				args = append(args, "-run", m.run)
			}
			args = append(args, m.pkg)
			if m.pkg == "./internal/e2e" || m.pkg == "./internal/report" { // their failures are no seeds to keep
				args = append(args, "-rapid.nofailfile")
			}
			cmd := exec.Command("go", args...)
			cmd.Dir = root
			out, err := cmd.CombinedOutput()
			found := caughtBy.FindSubmatch(out)
			if err == nil || found == nil {
				t.Fatalf("nothing caught it: %v\n%s", err, out)
			}
			fmt.Printf("%-55s %s %s\n", m.name, m.pkg, found[1])
		})
	}
}
