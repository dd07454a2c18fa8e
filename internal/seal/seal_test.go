package seal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/fault"
)

func TestAPayloadOpensOnlyWhereItBelongs(t *testing.T) {
	k := New()
	here := Binding{Purpose: "coaching.note", ID: "a", Version: 2, Author: "p"}
	s := k.Seal(here, []byte("what she will try next"))
	if bytes.Contains(s.Box, []byte("she")) {
		t.Fatal("the text can be read in the box")
	}
	if got, err := k.Open(here, s); err != nil || string(got) != "what she will try next" {
		t.Fatalf("%q, %v", got, err)
	}
	for name, b := range map[string]Binding{
		"another row":     {"coaching.note", "b", 2, "p"},
		"an older state":  {"coaching.note", "a", 1, "p"},
		"another author":  {"coaching.note", "a", 2, "q"},
		"another purpose": {"coaching.goal", "a", 2, "p"},
		"shifted fields":  {"coaching.notea", "", 2, "p"},
	} {
		if _, err := k.Open(b, s); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.Box[len(s.Box)-1] ^= 1
	if _, err := k.Open(here, s); err == nil {
		t.Error("a changed box opened")
	}
	if _, err := k.Open(here, Sealed{Key: s.Key, Box: []byte("x")}); err == nil {
		t.Error("a stump opened")
	}
}

func TestTheKeyFileIsMadeOnceAndOldKeysStillOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keep", "instance.key")
	first, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b := Binding{Purpose: "x", ID: "1"}
	s := first.Seal(b, []byte("old"))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(mint() + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if second.Current() == first.Current() {
		t.Error("the newer key does not seal")
	}
	if got, err := second.Open(b, s); err != nil || string(got) != "old" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := New().Open(b, s); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without the key: %v", err)
	}
}

func TestAFileThatIsNotRightIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no key":     "# nothing\n",
		"not a key":  "hello\n",
		"short":      mark + " id aGVsbG8=\n",
		"twice":      strings.Repeat(mark+" id "+strings.Repeat("A", 43)+"=\n", 2),
		"not base64": mark + " id ***\n",
	} {
		path := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	path := filepath.Join(t.TempDir(), "k")
	if err := os.WriteFile(path, []byte(mint()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil {
		t.Error("a file that others may read was accepted")
	}
}
