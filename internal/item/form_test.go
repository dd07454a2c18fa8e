package item

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is drawn and filled in comes back as the same response.
func TestAFormGivesBackWhatWasAnswered(t *testing.T) {
	text := func(s string) Text { return Text{"en": s} }
	kinds := []Item{
		{Key: "q", Kind: Single, Options: []Option{{Text: text("a")}, {Text: text("b"), Correct: true}, {Text: text("c")}}},
		{Key: "q", Kind: Multiple, Options: []Option{{Text: text("a"), Correct: true}, {Text: text("b")}, {Text: text("c"), Correct: true}}},
		{Key: "q", Kind: Order, Sequence: []Text{text("a"), text("b"), text("c"), text("d")}},
		{Key: "q", Kind: Match, Pairs: []Pair{{text("a"), text("x")}, {text("b"), text("y")}, {text("c"), text("z")}}},
		{Key: "q", Kind: Number, Answer: "5"},
		{Key: "q", Kind: Short, Accept: []string{"yes"}},
	}
	rapid.Check(t, func(t *rapid.T) {
		it := rapid.SampledFrom(kinds).Draw(t, "item")
		it.Points = 1
		shown := it.Present(rapid.String().Draw(t, "seed"))
		sent := map[string][]string{}
		for _, in := range it.Inputs("q", shown, Response{}, "en", "en") {
			switch in.Kind {
			case OneOf, Choose:
				if i := rapid.IntRange(-1, len(in.Choices)-1).Draw(t, in.Name); i >= 0 {
					sent[in.Name] = []string{in.Choices[i].Value}
				}
			case AnyOf:
				for _, c := range in.Choices {
					if rapid.Bool().Draw(t, in.Name) {
						sent[in.Name] = append(sent[in.Name], c.Value)
					}
				}
			default:
				sent[in.Name] = []string{strconv.Itoa(rapid.IntRange(0, 9).Draw(t, in.Name))}
			}
		}
		r := it.Answered("q", shown, func(n string) []string { return sent[n] })
		for _, in := range it.Inputs("q", shown, r, "en", "en") {
			if !slices.Equal(in.Value, sent[in.Name]) {
				t.Fatalf("%s was sent %v and shows %v", in.Name, sent[in.Name], in.Value)
			}
		}
	})
}

// What nobody drew is not an answer, and right answers are found by their text.
func TestStrangersFormsAreNotAnswers(t *testing.T) {
	it := Item{Key: "q", Kind: Order, Points: 1, Sequence: []Text{{"en": "1"}, {"en": "2"}, {"en": "3"}}}
	shown := it.Present("seed")
	for _, v := range []string{"", "x", "-1", "3", "99999999999999999999"} {
		if r := it.Answered("q", shown, func(string) []string { return []string{v} }); !r.Empty() {
			t.Errorf("%q became %v", v, r)
		}
	}
	sent := map[string][]string{}
	for _, in := range it.Inputs("q", shown, Response{}, "en", "en") {
		place, err := strconv.Atoi(in.Label)
		if err != nil {
			t.Fatal(err)
		}
		sent[in.Name] = []string{strconv.Itoa(place - 1)}
	}
	if right, _ := it.Mark(it.Answered("q", shown, func(n string) []string { return sent[n] })); !right {
		t.Error("the right order is not right")
	}
}
