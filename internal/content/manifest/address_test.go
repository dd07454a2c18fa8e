package manifest_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"cadre/internal/content/manifest"
	"cadre/internal/i18n"
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

// TestIDsAreNumberedFromTwo compares with the plain way, which tries every number from 2:
// ids are addresses, and stay what they are.
func TestIDsAreNumberedFromTwo(t *testing.T) {
	var ids manifest.IDs
	taken := map[string]bool{}
	plain := func(stem string) string {
		out := stem
		for n := 2; taken[strings.ToLower(out)]; n++ {
			tail := "-" + strconv.Itoa(n)
			out = stem[:min(len(stem), 64-len(tail))] + tail
		}
		taken[strings.ToLower(out)] = true
		return out
	}
	stems := []string{"unit", "Unit", "unit-2", "unit-11", "UNIT-3", "a", "a-2-2"}
	for _, end := range []string{"aa", "ab", "AA", "bb", "b2", "22"} {
		stems = append(stems, strings.Repeat("x", 62)+end, strings.Repeat("x", 60)+"-"+end, strings.Repeat("x", 59)+"-"+end)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		stem := stems[rnd.IntN(len(stems))]
		if got, want := ids.Make(stem), plain(stem); got != want {
			t.Fatalf("%q becomes %q, not %q", stem, got, want)
		}
	}
}

// Equal names are as many as there are units: each is numbered without trying those that
// are gone, whatever their letters and however long.
func TestManyIDsOfOneName(t *testing.T) {
	var ids manifest.IDs
	seen := map[string]bool{}
	for i := range 100_000 {
		long := strings.Repeat("x", 60) + strconv.FormatInt(int64(36*36*36+i%5000), 36)
		for _, written := range []string{"index", strings.Repeat("i", 40) + strings.ReplaceAll(fmt.Sprintf("%016b", i%65536), "1", "I"), long} {
			id := ids.Make(written)
			if seen[strings.ToLower(id)] || len(id) > 64 {
				t.Fatalf("%q becomes %q", written, id)
			}
			seen[strings.ToLower(id)] = true
		}
	}
}

// A report keeps the first of each level, however many come.
func TestAReportEnds(t *testing.T) {
	var r manifest.Report
	for i := range 2_000_000 {
		r.Warn("f", i, "w", nil)
	}
	if r.Bad() {
		t.Error("warnings are an error")
	}
	r.Error("f", 1, "e", nil)
	if !r.Bad() || len(r.Problems) != 501 || r.Problems[499].Line != 499 {
		t.Errorf("%d problems", len(r.Problems))
	}
}

// Each wording of a text is added once, in as many languages as it has.
func TestATextInManyLanguages(t *testing.T) {
	var all i18n.Text
	for i := range 50_000 {
		all = manifest.Also(all, fmt.Sprintf("en-x-%06d", i), " T ")
	}
	all = manifest.Also(all, "en-x-000001", "another")
	if len(all.Values) != 50_000 || all.Fallback != "en-x-000000" || all.Values["en-x-000001"] != "T" {
		t.Errorf("%d languages", len(all.Values))
	}
}
