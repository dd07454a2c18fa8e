package retention_test

import (
	"os"
	"path/filepath"
	"testing"

	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/retention"
)

func TestTheRegisterKeepsEachPersonOnceAndRefusesWhatItCannotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keep", "erased")
	r := retention.OpenRegister(path)
	if l, err := r.List(); err != nil || len(l) != 0 {
		t.Errorf("none yet: %v, %v", l, err)
	}
	a, b := id.New[id.Person](), id.New[id.Person]()
	for _, p := range []id.Person{a, b, a} {
		if err := r.Add(retention.Erasure{Person: p, At: dbtest.Start}); err != nil {
			t.Fatal(err)
		}
	}
	l, err := r.List()
	if err != nil || len(l) != 2 || l[0].Person != a || !l[1].At.Equal(dbtest.Start) {
		t.Errorf("%v, %v", l, err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", st, err)
	}
	if err := os.WriteFile(path, []byte("half an id\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.List(); err == nil {
		t.Error("a line that cannot be read was passed over")
	}
}
