package item

import (
	"slices"
)

// Kind is a form of question.
type Kind string

// The kinds of question.
const (
	Single    Kind = "single"     // one option of several is right
	Multiple  Kind = "multiple"   // any number of options is right, all are to be chosen
	TrueFalse Kind = "true-false" // two options, one is right
	Order     Kind = "order"      // things to be put in their order
	Match     Kind = "match"      // each on the left belongs to one on the right
	Number    Kind = "number"     // a number, within a tolerance
	Short     Kind = "short"      // a word or two
)

// Kinds lists every kind, in the order in which the documentation explains them.
func Kinds() []Kind { return []Kind{Single, Multiple, TrueFalse, Order, Match, Number, Short} }

// Text is one text in several languages, by BCP 47 tag.
type Text map[string]string

// In returns the text in lang, and the language it is really in: lang itself,
// else fallback, else the first language by tag. Both are empty for no text.
func (t Text) In(lang, fallback string) (text, in string) {
	for _, l := range []string{lang, fallback} {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	for _, l := range t.Languages() {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	return "", ""
}

// Languages lists the languages of t in the order of their tags.
func (t Text) Languages() []string {
	out := make([]string, 0, len(t))
	for l := range t {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// Empty reports whether t has no words in any language.
func (t Text) Empty() bool {
	for _, s := range t {
		if s != "" {
			return false
		}
	}
	return true
}

// Item is one question with everything that is needed to ask and to mark it.
// Which fields are set depends on its kind; [Read] checks them.
type Item struct {
	Key        string   `json:"key"`
	Kind       Kind     `json:"kind"`
	Competency string   `json:"competency,omitempty"` // key of a competency of the blueprint
	Text       Text     `json:"text"`
	Options    []Option `json:"options,omitempty"`  // single, multiple, true-false
	Sequence   []Text   `json:"sequence,omitempty"` // order: in the right order
	Pairs      []Pair   `json:"pairs,omitempty"`    // match
	Answer     string   `json:"answer,omitempty"`   // number: a decimal, as written
	Tolerance  string   `json:"tolerance,omitempty"`
	Accept     []string `json:"accept,omitempty"`   // short: every form that is right
	Feedback   Text     `json:"feedback,omitempty"` // shown once answered, right or not
	Points     int      `json:"points"`             // at least 1
}

// Option is one choice of a single, multiple or true-false question.
type Option struct {
	Text     Text `json:"text"`
	Correct  bool `json:"correct,omitempty"`
	Feedback Text `json:"feedback,omitempty"` // shown to who chose it
}

// Pair belongs together.
type Pair struct {
	Left  Text `json:"left"`
	Right Text `json:"right"`
}

// Languages lists the languages in which the question itself is written.
func (it *Item) Languages() []string { return it.Text.Languages() }

// Points adds up what the items are worth.
func Points(items []Item) int {
	n := 0
	for i := range items {
		n += items[i].Points
	}
	return n
}
