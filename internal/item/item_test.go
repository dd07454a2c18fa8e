package item

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cadre/internal/yamlread"
)

func parse(t *testing.T, src, lang string) (Item, []string) {
	t.Helper()
	var r yamlread.Report
	it := Read(yamlread.Parse("t.yaml", 0, []byte(src), &r), lang)
	var out []string
	for _, p := range r.Problems {
		out = append(out, coded(p))
	}
	return it, out
}

func coded(p yamlread.Problem) string {
	s := p.Place() + ": " + p.Code
	for _, k := range slices.Sorted(maps.Keys(p.Args)) {
		s += fmt.Sprintf(" %s=%v", k, p.Args[k])
	}
	return s
}

func TestEveryKindIsReadAndMarked(t *testing.T) {
	cases := map[string]struct {
		src   string
		right []Response
		wrong []Response
	}{
		"multiple": {
			"{id: q, kind: multiple, text: Q, points: 2, options: [{text: a, correct: true}, {text: b}, {text: c, correct: true}]}",
			[]Response{{Chosen: []int{0, 2}}, {Chosen: []int{2, 0}}},
			[]Response{{}, {Chosen: []int{0}}, {Chosen: []int{0, 1, 2}}, {Chosen: []int{7}}},
		},
		"true-false": {
			"{id: q, kind: true-false, text: Q, points: 2, options: [{text: Yes}, {text: No, correct: true}]}",
			[]Response{{Chosen: []int{1}}},
			[]Response{{Chosen: []int{0}}, {Chosen: []int{0, 1}}},
		},
		"order": {
			"{id: q, kind: order, text: Q, points: 2, items: [first, second, third]}",
			[]Response{{Order: []int{0, 1, 2}}},
			[]Response{{}, {Order: []int{0, 2, 1}}, {Order: []int{0, 1}}, {Order: []int{0, 1, -1}}},
		},
		"match, two lefts with one right": {
			"{id: q, kind: match, text: Q, points: 2, pairs: [{left: a, right: X}, {left: b, right: Y}, {left: c, right: X}]}",
			[]Response{{Match: []int{0, 1, 2}}, {Match: []int{2, 1, 0}}},
			[]Response{{}, {Match: []int{1, 1, 2}}, {Match: []int{0, 1, 9}}},
		},
		"number": {
			"{id: q, kind: number, text: Q, points: 2, answer: 12.5, tolerance: 0.1}",
			[]Response{{Written: "12.5"}, {Written: " 12,6 "}, {Written: "۱۲٫۴"}, {Written: "12.5%"}},
			[]Response{{}, {Written: "12.61"}, {Written: "twelve"}, {Written: "12.5e1"}},
		},
		"short": {
			"{id: q, kind: short, text: Q, points: 2, accept: [consent, رضامندی]}",
			[]Response{{Written: " Consent. "}, {Written: "رضامندي"}},
			[]Response{{}, {Written: "..."}, {Written: "consents"}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			it, problems := parse(t, c.src, "en")
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			for _, r := range c.right {
				if ok, points := it.Mark(r); !ok || points != 2 {
					t.Errorf("%+v is right, got %v with %d points", r, ok, points)
				}
			}
			for _, r := range c.wrong {
				if ok, points := it.Mark(r); ok || points != 0 {
					t.Errorf("%+v is not right, got %v with %d points", r, ok, points)
				}
			}
		})
	}
}

func TestATestsItemHasEveryLanguage(t *testing.T) {
	_, problems := parse(t, `id: q
kind: single
text: {en: Q, ur: س}
options:
  - text: {en: a}
    correct: true
  - text: {en: b, ur: ب, fr: c}
feedback: plain
`, "")
	want := []string{
		"t.yaml:8:11: item.text-by-language",
		"t.yaml:5:11: item.language-missing language=ur",
		"t.yaml:7:11: item.language-extra language=fr",
	}
	slices.Sort(want)
	slices.Sort(problems)
	if d := cmp.Diff(want, problems); d != "" {
		t.Error(d)
	}
}

func TestNumbersAreReadAsPeopleTypeThem(t *testing.T) {
	for s, want := range map[string]*big.Rat{
		"1,234.5": big.NewRat(2469, 2), "1,234": big.NewRat(1234, 1), "1,5": big.NewRat(3, 2), "۱۲۳": big.NewRat(123, 1),
		"١٢٫٥": big.NewRat(25, 2), "১২": big.NewRat(12, 1), "-3": big.NewRat(-3, 1), "−3": big.NewRat(-3, 1), "50 %": big.NewRat(50, 1),
	} {
		if got, ok := Decimal(s); !ok || got.Cmp(want) != 0 {
			t.Errorf("%q is %v, got %v", s, want, got)
		}
	}
	for _, s := range []string{"", "-", "1/2", "1e9", "0x10", "3 apples", "1.2.3"} {
		if got, ok := Decimal(s); ok {
			t.Errorf("%q is no number, got %v", s, got)
		}
	}
}

func TestALayoutIsStableAndTellsNothing(t *testing.T) {
	it := Item{Key: "q", Sequence: make([]Text, 4), Pairs: make([]Pair, 3)}
	differs := false
	for _, seed := range []string{"a", "b", "c", "d", "e", "f"} {
		one, again := it.Present(seed), it.Present(seed)
		if d := cmp.Diff(one, again); d != "" {
			t.Errorf("the layout changed on the second look: %s", d)
		}
		if identity(one.Sequence, 4) || identity(one.Rights, 3) {
			t.Errorf("seed %s shows the right order", seed)
		}
		differs = differs || !slices.Equal(one.Sequence, it.Present("a").Sequence)
	}
	if !differs {
		t.Error("everyone sees the same order")
	}
}

func TestHostileYAMLIsRefused(t *testing.T) {
	for src, want := range map[string]string{
		"a: &x 1\nb: *x":    "t.yaml:1:4: yaml.alias",
		"id: q\n\tkind: x":  "t.yaml:2:1: yaml.syntax detail=found a tab character that violates indentation",
		"":                  "t.yaml:1:1: yaml.empty",
		"# nothing\nnull":   "t.yaml:1:1: yaml.empty",
		"!":                 "t.yaml:1:1: yaml.empty",
		"id: q\n---\nid: r": "t.yaml:1:1: yaml.documents",
		"\xff":              "t.yaml:1:1: yaml.encoding",
	} {
		if _, got := parse(t, src, "en"); len(got) == 0 || got[0] != want {
			t.Errorf("%q: %v, want %s", src, got, want)
		}
	}
}
