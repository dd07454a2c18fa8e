package assess

import (
	"os"
	"slices"
	"strings"
	"testing"

	"cadre/internal/item"
)

// FuzzRead holds that no file makes the reader fall over, that every problem has
// its place, and that in a test that is accepted every question can be asked,
// and is marked right when it is answered as it should be.
func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	if data, err := os.ReadFile("../../examples/pakistan-2020/tests/foundation.yaml"); err == nil {
		f.Add(data)
	}
	head := "key: t\ntitle: {en: T}\nminutes: 1\nitems:\n"
	for _, s := range []string{
		"- {id: a, kind: order, text: {en: Q}, items: [{en: x}, {en: y}]}",
		"- {id: a, kind: match, text: {en: Q}, pairs: [{left: {en: x}, right: {en: y}}, {left: {en: z}, right: {en: y}}]}",
		"- {id: a, kind: short, text: {en: Q}, accept: {en: [yes, \"۵\"]}}",
		"- {id: a, kind: number, text: {en: Q}, answer: \"۱۲٫۵\", tolerance: 1}",
		"- {id: a, kind: true-false, text: {en: Q}, options: [{text: {en: x}, correct: true}, {text: {en: y}}]}",
	} {
		f.Add([]byte(head + s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		test, problems := Read("t.yaml", data)
		if (test == nil) == (len(problems) == 0) {
			t.Fatalf("test %v, problems %v", test, problems)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > 2+strings.Count(string(data), "\n") || p.Column < 1 || p.Right() == "" {
				t.Errorf("no such place, or nothing to say: %v", p)
			}
		}
		if test == nil {
			return
		}
		for i := range test.Items {
			it := &test.Items[i]
			if len(it.Inputs("q", it.Present("seed"), item.Response{}, "en", "en")) == 0 {
				t.Errorf("%s cannot be asked", it.Key)
			}
			if right, points := it.Mark(answerTo(it)); !right || points != it.Points {
				t.Errorf("%s is not right when it is: %+v", it.Key, it)
			}
		}
	})
}

// answerTo is the right answer to an item.
func answerTo(it *item.Item) item.Response {
	var r item.Response
	for i, o := range it.Options {
		if o.Correct {
			r.Chosen = append(r.Chosen, i)
		}
	}
	for i := range it.Sequence {
		r.Order = append(r.Order, i)
	}
	for i := range it.Pairs {
		r.Match = append(r.Match, i)
	}
	r.Written = it.Answer
	if i := slices.IndexFunc(it.Accept, func(s string) bool { return s != "" }); i >= 0 {
		r.Written = it.Accept[i]
	}
	return r
}
