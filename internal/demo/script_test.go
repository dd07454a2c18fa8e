package demo

import (
	"os"
	"testing"
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
