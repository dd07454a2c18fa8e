package item

import (
	"slices"

	"cadre/internal/yamlread"
)

// Join adds the texts of other, the same item in another language, to it. What
// decides the mark must agree; where it does not, it returns one key and its
// arguments per difference and leaves it as it was.
func (it *Item) Join(other *Item) []yamlread.Problem {
	var ps []yamlread.Problem
	differ := func(key string, want, got any) {
		ps = append(ps, yamlread.Problem{Code: key, Args: yamlread.Args{"item": it.Key, "want": want, "got": got}})
	}
	if it.Kind != other.Kind {
		differ("item.language-kind", string(it.Kind), string(other.Kind))
		return ps
	}
	if it.Competency != other.Competency {
		differ("item.language-competency", it.Competency, other.Competency)
	}
	if it.Points != other.Points {
		differ("item.language-points", it.Points, other.Points)
	}
	if len(it.Options) != len(other.Options) {
		differ("item.language-options", len(it.Options), len(other.Options))
	} else if !slices.Equal(it.correct(), other.correct()) {
		differ("item.language-correct", ordinals(it.correct()), ordinals(other.correct()))
	}
	if len(it.Sequence) != len(other.Sequence) {
		differ("item.language-items", len(it.Sequence), len(other.Sequence))
	}
	if len(it.Pairs) != len(other.Pairs) {
		differ("item.language-pairs", len(it.Pairs), len(other.Pairs))
	}
	if it.Kind == Number && !sameNumber(it.Answer, other.Answer) {
		differ("item.language-answer", it.Answer, other.Answer)
	}
	if it.Kind == Number && !sameNumber(it.Tolerance, other.Tolerance) {
		differ("item.language-tolerance", it.Tolerance, other.Tolerance)
	}
	if len(ps) > 0 {
		return ps
	}
	it.Text = joined(it.Text, other.Text)
	it.Feedback = joined(it.Feedback, other.Feedback)
	for i := range it.Options {
		it.Options[i].Text = joined(it.Options[i].Text, other.Options[i].Text)
		it.Options[i].Feedback = joined(it.Options[i].Feedback, other.Options[i].Feedback)
	}
	for i := range it.Sequence {
		it.Sequence[i] = joined(it.Sequence[i], other.Sequence[i])
	}
	for i := range it.Pairs {
		it.Pairs[i].Left = joined(it.Pairs[i].Left, other.Pairs[i].Left)
		it.Pairs[i].Right = joined(it.Pairs[i].Right, other.Pairs[i].Right)
	}
	for _, a := range other.Accept {
		if !slices.ContainsFunc(it.Accept, func(b string) bool { return Fold(a) == Fold(b) }) {
			it.Accept = append(it.Accept, a)
		}
	}
	return nil
}

func joined(a, b Text) Text {
	if len(a)+len(b) == 0 {
		return nil
	}
	out := Text{}
	for l, s := range a {
		out[l] = s
	}
	for l, s := range b {
		out[l] = s
	}
	return out
}

func sameNumber(a, b string) bool {
	x, okx := Decimal(a)
	y, oky := Decimal(b)
	if !okx || !oky {
		return a == b
	}
	return x.Cmp(y) == 0
}

// ordinals turns places from 0 into the numbers that a reader counts, from 1.
func ordinals(xs []int) []int {
	out := make([]int, len(xs))
	for i, x := range xs {
		out[i] = x + 1
	}
	return out
}
