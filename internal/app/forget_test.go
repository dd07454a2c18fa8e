package app

import (
	"os"
	"path/filepath"
	"testing"

	"cadre/internal/config"
)

// A data folder of the demo that is deleted can be used again; what another
// instance keeps beside an empty folder stays.
func TestADeletedDemoLeavesNoWitness(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	there := func() bool {
		_, err := os.Stat(cfg.Keep.Witness)
		return err == nil
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(forgetLast(cfg)) // the first demo
	must(os.WriteFile(cfg.Keep.Witness, []byte("x"), 0o600))
	must(os.MkdirAll(cfg.Data, 0o700))
	must(os.WriteFile(filepath.Join(cfg.Data, "cadre.db"), nil, 0o600))
	must(forgetLast(cfg))
	if !there() {
		t.Error("the witness of a database that is there is gone")
	}
	must(os.RemoveAll(cfg.Data))
	must(forgetLast(cfg))
	if there() {
		t.Error("the witness of a demo that was deleted is still there")
	}

	must(os.Remove(filepath.Join(filepath.Dir(cfg.Keep.Witness), demoKeep))) // now it is another's
	must(os.WriteFile(cfg.Keep.Witness, []byte("x"), 0o600))
	must(forgetLast(cfg))
	if !there() {
		t.Error("the witness of another instance is gone")
	}
}
