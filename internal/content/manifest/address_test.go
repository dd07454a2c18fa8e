package manifest_test

import (
	"testing"

	"cadre/internal/content/manifest"
)

func TestIDsGoIntoAnAddress(t *testing.T) {
	var ids manifest.IDs
	for _, c := range []struct{ written, want string }{
		{"ITEM-1", "ITEM-1"},
		{"item-1", "item-1-2"}, // two ids that differ in case only would be one path to some
		{"https://example.org/au/first-unit", "first-unit"},
		{"https://example.org/au/first-unit/", "first-unit-2"},
		{"http://example.org/#intro", "intro"},
		{"../etc/passwd", "etc-passwd"},
		{"سبق اول", "unit"},
		{"a b&c=1?", "a-b-c-1"},
		{"", "unit-2"},
	} {
		if got := ids.Make(c.written); got != c.want {
			t.Errorf("%q becomes %q, not %q", c.written, got, c.want)
		}
	}
}

func TestAnAddressIsEscaped(t *testing.T) {
	for _, c := range []struct {
		unit manifest.Unit
		want string
	}{
		{manifest.Unit{Path: "a b/سبق.html", Query: "x=1", Fragment: "top"}, "a%20b/%D8%B3%D8%A8%D9%82.html?x=1#top"},
		{manifest.Unit{Path: "what?.html"}, "what%3F.html"},
		{manifest.Unit{Path: "javascript:alert(1)"}, "./javascript:alert%281%29"},
		{manifest.Unit{URL: "https://example.org/au?x=1"}, "https://example.org/au?x=1"},
	} {
		if got := c.unit.Address(); got != c.want {
			t.Errorf("%+v is launched at %q, not %q", c.unit, got, c.want)
		}
	}
}
