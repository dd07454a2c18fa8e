package evaluation_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"cadre/internal/evaluation"
)

func TestTheExampleFormIsReadInBothLanguages(t *testing.T) {
	src, err := os.ReadFile("../../examples/pakistan-2020/feedback/week.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, problems := evaluation.ReadForm("week.yaml", src)
	if len(problems) > 0 {
		t.Fatal(problems)
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
	f, problems := evaluation.ReadForm("f.yaml", []byte(`
key: Week!
title: {}
questions:
  - {key: a, kind: grade, text: {en: A}, options: [{key: x, text: {en: X}}]}
  - {key: a, kind: choice, text: {en: A}}
  - {key: b, kind: stars, text: {en: B}}
`))
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s", p.Line, p.Code))
		if p.Wrong() == "" || p.Right() == "" {
			t.Errorf("%s is not said", p.Code)
		}
	}
	want := []string{"2 survey.key", "3 item.text-by-language", "5 item.does-not-belong", "6 item.twice", "6 survey.two-options", "7 item.kind"}
	slices.Sort(got)
	if f != nil || !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	for _, src := range []string{"", "{", "key: a\nunknown: 1", "title: no", "key: a\ntitle: {en: A}\nquestions: []", strings.Repeat(" ", 300<<10)} {
		if f, problems := evaluation.ReadForm("f.yaml", []byte(src)); f != nil || len(problems) == 0 {
			t.Errorf("%.30q was read", src)
		}
	}
}
