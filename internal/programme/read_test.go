package programme_test

import (
	"os"
	"path/filepath"
	"testing"

	"cadre/internal/programme"
)

// examples returns every blueprint below examples/, by folder name.
func examples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../examples/*/programme.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples found: %v", err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(filepath.Dir(f))] = data
	}
	return out
}

func TestExamplesHaveNoProblem(t *testing.T) {
	for name, data := range examples(t) {
		if _, err := programme.Read(name+"/programme.yaml", data); err != nil {
			t.Errorf("%s", err)
		}
	}
}
