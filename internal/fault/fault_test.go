package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"cadre/internal/fault"
)

func TestRenamed(t *testing.T) {
	plain := errors.New("no fault")
	up := func(f fault.Field) string { return "answer." + f.Name }
	if got := fault.Renamed(plain, up); got != plain {
		t.Errorf("an error without a fault became %v", got)
	}
	if fault.Renamed(nil, up) != nil {
		t.Error("nothing became an error")
	}
	before := fault.Bad("form.wrong", fault.Field{Name: "day", Key: "form.day"}, fault.Field{Name: "hour", Key: "form.hour"})
	for _, err := range []error{before, fmt.Errorf("asked: %w", before)} {
		var after *fault.Error
		if !errors.As(fault.Renamed(err, up), &after) || after.Kind != fault.Invalid || after.Key != "form.wrong" || len(after.Fields) != 2 ||
			after.Fields[0].Name != "answer.day" || after.Fields[0].Key != "form.day" || after.Fields[1].Name != "answer.hour" {
			t.Errorf("%v was renamed to %+v", err, after)
		}
	}
	if before.Fields[0].Name != "day" {
		t.Error("the fault that came in was changed")
	}
}
