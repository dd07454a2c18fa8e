package item

import (
	"regexp"
	"strings"

	"cadre/internal/yamlread"
)

// Limits of one item, far above what a person writes.
const (
	maxChoices = 26 // options, things to order, pairs: as many as there are letters
	maxPoints  = 100
)

var keyForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// ValidKey reports whether s can be a key of an item, a page, a module, a
// source: lower-case letters and digits in groups joined by hyphens, at most 64.
func ValidKey(s string) bool { return len(s) <= 64 && keyForm.MatchString(s) }

var tagForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// ValidLanguage reports whether s has the form of a language tag (BCP 47).
func ValidLanguage(s string) bool { return len(s) <= 35 && tagForm.MatchString(s) }

var fields = []string{
	"id", "kind", "competency", "text", "options", "items", "pairs", "answer",
	"tolerance", "accept", "feedback", "points",
}

// Read reads one item. In a file of one language, lang is that language and
// every text is a plain text; where lang is empty, every text is a mapping from
// language to text, and each must be there in every language of the question.
func Read(v yamlread.Value, lang string) Item {
	o := v.Object(fields...)
	it := Item{Kind: Kind(o.Need("kind").Scalar()), Points: 1}
	it.Key = o.Need("id").Scalar()
	if it.Key != "" && !ValidKey(it.Key) {
		o.Get("id").Problem("item.key", yamlread.Args{"got": it.Key})
	}
	it.Text = ReadText(o.Need("text"), lang)
	r := reader{item: &it, lang: lang}
	it.Feedback = r.text(o.Get("feedback"))
	it.Competency = o.Get("competency").Scalar()
	if it.Competency != "" && !ValidKey(it.Competency) {
		o.Get("competency").Problem("item.key", yamlread.Args{"got": it.Competency})
	}
	if p := o.Get("points"); p.Present() {
		it.Points = p.Int(1, maxPoints)
	}

	used := map[string]bool{}
	use := func(name string) yamlread.Value { used[name] = true; return o.Need(name) }
	switch it.Kind {
	case Single, Multiple, TrueFalse:
		r.options(use("options"))
	case Order:
		r.sequence(use("items"))
	case Match:
		r.pairs(use("pairs"))
	case Number:
		it.Answer, it.Tolerance = r.number(use("answer")), "0"
		used["tolerance"] = true
		if t := o.Get("tolerance"); t.Present() {
			it.Tolerance = r.number(t)
			if strings.HasPrefix(it.Tolerance, "-") {
				t.Problem("item.tolerance", nil)
			}
		}
	case Short:
		r.accept(use("accept"))
	case "":
	default:
		kinds := make([]string, 0, len(Kinds()))
		for _, k := range Kinds() {
			kinds = append(kinds, string(k))
		}
		o.Get("kind").Problem("item.kind", yamlread.Args{"got": string(it.Kind), "kinds": kinds})
		return it
	}
	for _, name := range []string{"options", "items", "pairs", "answer", "tolerance", "accept"} {
		if f := o.Get(name); f.Present() && !used[name] && it.Kind != "" {
			f.Problem("item.does-not-belong", yamlread.Args{"key": name, "kind": string(it.Kind)})
		}
	}
	return it
}

// ReadText reads one text; see [Read] for what lang does.
func ReadText(v yamlread.Value, lang string) Text {
	if !v.Present() {
		return nil
	}
	if lang != "" {
		if v.IsMapping() {
			v.Problem("item.one-language", yamlread.Args{"language": lang})
			return nil
		}
		return Text{lang: v.Scalar()}
	}
	if !v.IsMapping() {
		v.Problem("item.text-by-language", nil)
		return nil
	}
	t := Text{}
	keys, values := v.Entries()
	for i, k := range keys {
		tag := k.Scalar()
		switch {
		case !ValidLanguage(tag):
			k.Problem("item.language-tag", yamlread.Args{"got": tag})
		case t[tag] != "":
			k.Problem("yaml.key-twice", yamlread.Args{"key": tag})
		default:
			t[tag] = values[i].Scalar()
			if t[tag] == "" {
				k.Problem("item.empty-text", yamlread.Args{"language": tag})
			}
		}
	}
	return t
}

type reader struct {
	item *Item
	lang string
}

// text reads a text that must be there in every language of the question.
func (r reader) text(v yamlread.Value) Text {
	t := ReadText(v, r.lang)
	if t == nil {
		return nil
	}
	for _, l := range r.item.Text.Languages() {
		if t[l] == "" {
			v.Problem("item.language-missing", yamlread.Args{"language": l})
		}
	}
	for l := range t {
		if _, asked := r.item.Text[l]; !asked && len(r.item.Text) > 0 {
			v.Problem("item.language-extra", yamlread.Args{"language": l})
		}
	}
	return t
}

func (r reader) count(v yamlread.Value, n, low int) {
	if v.Present() && (n < low || n > maxChoices) {
		v.Problem("item.count", yamlread.Args{"got": n, "low": low, "high": maxChoices})
	}
}

func (r reader) options(v yamlread.Value) {
	right := 0
	for _, e := range v.List() {
		o := e.Object("text", "correct", "feedback")
		opt := Option{Text: r.text(o.Need("text")), Correct: o.Get("correct").Bool(), Feedback: r.text(o.Get("feedback"))}
		if opt.Correct {
			right++
		}
		for i, other := range r.item.Options {
			if sameText(other.Text, opt.Text) {
				o.Problem("item.option-twice", yamlread.Args{"first": i + 1})
				break
			}
		}
		r.item.Options = append(r.item.Options, opt)
	}
	if !v.Present() {
		return
	}
	n := len(r.item.Options)
	switch r.item.Kind {
	case TrueFalse:
		if n != 2 {
			v.Problem("item.two-options", yamlread.Args{"got": n})
		} else if right != 1 {
			v.Problem("item.one-correct", yamlread.Args{"got": right})
		}
	case Single:
		r.count(v, n, 2)
		if right != 1 {
			v.Problem("item.one-correct", yamlread.Args{"got": right})
		}
	default:
		r.count(v, n, 2)
		if right == 0 {
			v.Problem("item.some-correct", nil)
		}
	}
}

func (r reader) sequence(v yamlread.Value) {
	for _, e := range v.List() {
		t := r.text(e)
		for i, other := range r.item.Sequence {
			if sameText(other, t) {
				e.Problem("item.option-twice", yamlread.Args{"first": i + 1})
				break
			}
		}
		r.item.Sequence = append(r.item.Sequence, t)
	}
	r.count(v, len(r.item.Sequence), 2)
}

func (r reader) pairs(v yamlread.Value) {
	for _, e := range v.List() {
		o := e.Object("left", "right")
		p := Pair{Left: r.text(o.Need("left")), Right: r.text(o.Need("right"))}
		for i, other := range r.item.Pairs {
			if sameText(other.Left, p.Left) {
				o.Problem("item.option-twice", yamlread.Args{"first": i + 1})
				break
			}
		}
		r.item.Pairs = append(r.item.Pairs, p)
	}
	r.count(v, len(r.item.Pairs), 2)
}

func (r reader) number(v yamlread.Value) string {
	s := v.Scalar()
	if s == "" {
		return s
	}
	if _, ok := Decimal(s); !ok {
		v.Problem("item.number", yamlread.Args{"got": s})
	}
	return s
}

// accept reads the right short answers: a list, or a list per language.
func (r reader) accept(v yamlread.Value) {
	take := func(list yamlread.Value) {
		n := len(r.item.Accept)
		for _, e := range list.List() {
			s := e.Scalar()
			if Fold(s) == "" {
				e.Problem("item.accept-empty", nil)
			}
			r.item.Accept = append(r.item.Accept, s)
		}
		if list.Present() && len(r.item.Accept) == n {
			list.Problem("item.accept-none", nil)
		}
	}
	if !v.IsMapping() {
		take(v)
		return
	}
	if r.lang != "" {
		v.Problem("item.one-language", yamlread.Args{"language": r.lang})
		return
	}
	_, values := v.Entries()
	for _, list := range values {
		take(list)
	}
}

func sameText(a, b Text) bool {
	if len(a) == 0 || len(a) != len(b) {
		return false
	}
	for l, s := range a {
		if s == "" || !strings.EqualFold(b[l], s) {
			return false
		}
	}
	return true
}
