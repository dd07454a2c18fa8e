package demo

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheFirstProgrammesScriptIsRead(t *testing.T) {
	s, err := Read(os.DirFS("../../examples/pakistan-2020"))
	if err != nil {
		t.Fatal(err)
	}
	seats := map[string]int{}
	for _, p := range s.Cast.Nominees {
		if p.As == "seat" {
			seats[p.Agency]++
		}
	}
	if len(s.Cast.Nominees) != 33 || seats["fia"] != 17 || seats["punjab-police"] != 8 {
		t.Errorf("%d nominees, seats %v", len(s.Cast.Nominees), seats)
	}
	if len(s.Events) < 400 {
		t.Errorf("%d events", len(s.Events))
	}
}

// Every figure of the example says where it is from, and a script with one that
// does not is refused.
func TestEveryFigureIsSourcedOrInvented(t *testing.T) {
	s, err := Read(os.DirFS("../../examples/pakistan-2020"))
	if err != nil {
		t.Fatal(err)
	}
	from := s.Provenance()
	if !strings.HasPrefix(from["unique_women"], "https://www.unodc.org/") || from["nominated"] != "invented" || len(from) != 13 {
		t.Errorf("%v", from)
	}
	for _, change := range [][2]string{
		{"unique-women: {value: 25, sourced: unodc-2020-11-06}", "unique-women: {value: 25}"},
		{"nominated: {value: 33, invented: true}", "nominated: {value: 33, invented: true, sourced: unodc-2020-11-06}"},
		{"present: 22, sourced: unodc-2022-05-11", "present: 22, sourced: somewhere"},
	} {
		files := fstest.MapFS{}
		for _, name := range []string{"people.yaml", "timeline.yaml"} {
			b, err := os.ReadFile("../../examples/pakistan-2020/" + name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: bytes.Replace(b, []byte(change[0]), []byte(change[1]), 1)}
		}
		if _, err := Read(files); err == nil || !strings.Contains(err.Error(), "expect: ") {
			t.Errorf("%s: %v", change[1], err)
		}
	}
}

// The pages and questions of the first programme's packages are read out of their
// sources, each with an answer that is right and one that is not; and a package
// that nobody packed says what to run.
func TestThePackagesOfTheFirstProgrammeAreRead(t *testing.T) {
	s, err := Read(os.DirFS("../../examples/pakistan-2020"))
	if err != nil {
		t.Fatal(err)
	}
	p := &Play{script: s}
	for module, want := range map[string][2]int{"first-hour": {4, 0}, "referral": {4, 3}, "statement": {4, 3}} {
		parts, err := p.pages(module)
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		for _, x := range parts {
			for _, q := range x.questions {
				if asked++; q.right == "" || q.wrong == "" || q.right == q.wrong {
					t.Errorf("%s, %s: %+v", module, x.name, q)
				}
			}
		}
		if got := [2]int{len(parts), asked}; got != want {
			t.Errorf("%s has %d pages and asks %d questions, not %v", module, got[0], got[1], want)
		}
	}
	if parts, pass, err := p.scenes("first-contact"); err != nil || len(parts) != 3 || pass != 60 {
		t.Errorf("%+v, %d, %v", parts, pass, err)
	}

	bare := &Play{script: &Script{Files: fstest.MapFS{"packages/referral/index.html": {Data: []byte("<!doctype html>")}}}}
	if is, err := bare.importPackage(t.Context(), "referral"); is || err == nil || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("a package that is not packed: %v, %v", is, err)
	}
	if is, err := bare.importPackage(t.Context(), "tip-basics"); is || err != nil {
		t.Errorf("a module that is no package: %v, %v", is, err)
	}
}
