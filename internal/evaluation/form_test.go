package evaluation_test

import (
	"os"
	"strings"
	"testing"

	"cadre/internal/evaluation"
)

func TestTheExampleFormIsReadInBothLanguages(t *testing.T) {
	src, err := os.ReadFile("../../examples/pakistan-2020/feedback/week.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := evaluation.ReadForm(src)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range f.Questions {
		for _, lang := range []string{"en", "ur"} {
			if got := q.Text.In(lang); got.Lang != lang {
				t.Errorf("question %s is not asked in %s", q.Key, lang)
			}
		}
	}
}

func TestEveryMistakeInAFormIsNamed(t *testing.T) {
	_, err := evaluation.ReadForm([]byte(`
key: Week!
title: {}
questions:
  - {key: a, kind: grade, text: {en: A}, options: [{key: x, text: {en: X}}]}
  - {key: a, kind: choice, text: {en: A}}
  - {key: b, kind: stars, text: {en: B}}
`))
	if err == nil {
		t.Fatal("a form full of mistakes was read")
	}
	for _, want := range []string{`"Week!"`, "title is missing", "only a choice has options", "used twice", "at least two options", `"stars"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing is said of %s in: %v", want, err)
		}
	}
	for _, src := range []string{"", "{", "key: a\nunknown: 1", "title: no"} {
		if _, err := evaluation.ReadForm([]byte(src)); err == nil {
			t.Errorf("%q was read", src)
		}
	}
}
