package player

import (
	"errors"
	"strings"
	"testing"
)

// What a unit has told is written out by its leaves, however odd, and no further
// than there is room for: a few megabytes must not become gigabytes.
func TestWhatAUnitToldIsWrittenOutWithinBounds(t *testing.T) {
	left := mostTold
	got, err := dotted("state.bookmark", []byte(`{"page":7,"done":[true,null,"ب"],"deep":{"":{"x":1e3}},"none":{},"no":[]}`), &left)
	want := map[string]string{"page": "7", "done.0": "true", "done.1": "", "done.2": "ب", "deep..x": "1e3"}
	if err != nil || len(got) != len(want) {
		t.Fatalf("%v, %v", got, err)
	}
	for name, value := range want {
		if v, ok := got["state.bookmark."+name]; !ok || v != value {
			t.Errorf("%s is %q, want %q", name, v, value)
		}
	}
	if left >= mostTold {
		t.Error("it costs nothing")
	}
	for name, text := range map[string]string{
		"a long name many times": `{"` + strings.Repeat("k", 1<<19) + `":[` + strings.Repeat("1,", 1<<20) + `1]}`,
		"many empty ones":        `[` + strings.Repeat("{},", 1<<20) + `{}]`,
		"a long text":            `"` + strings.Repeat("x", mostTold+1) + `"`,
		"very deep":              strings.Repeat("[", mostDepth+2) + strings.Repeat("]", mostDepth+2),
	} {
		left := mostTold
		if _, err := dotted("state.x", []byte(text), &left); !errors.Is(err, errTooMuch) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
