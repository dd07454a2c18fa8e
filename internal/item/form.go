package item

import (
	"slices"
	"strconv"
)

// InputKind is the kind of control that a question is answered with.
type InputKind string

// The kinds of controls.
const (
	OneOf  InputKind = "one-of" // radio buttons
	AnyOf  InputKind = "any-of" // check boxes
	Choose InputKind = "choose" // a list to choose from
	Digits InputKind = "digits" // a line for a number
	Words  InputKind = "words"  // a line for a word or two
)

// Input is one control of a question's form. It holds nothing that gives the
// right answer away: choices are named by their position as shown.
type Input struct {
	Name    string
	Kind    InputKind
	Label   string // what the control is for, where a question has several
	Choices []Choice
	Value   []string // what was answered before
}

// Choice is one thing to choose.
type Choice struct{ Value, Label string }

// Inputs describes the controls with which the item is answered, in lang (with
// fallback), as laid out by shown, holding the answer r. Their names begin with
// name.
func (it *Item) Inputs(name string, shown Shown, r Response, lang, fallback string) []Input {
	say := func(t Text) string { s, _ := t.In(lang, fallback); return s }
	switch it.Kind {
	case Single, TrueFalse, Multiple:
		in := Input{Name: name, Kind: OneOf}
		if it.Kind == Multiple {
			in.Kind = AnyOf
		}
		for pos, i := range shown.Options {
			in.Choices = append(in.Choices, Choice{Value: strconv.Itoa(pos), Label: say(it.Options[i].Text)})
			if slices.Contains(r.Chosen, i) {
				in.Value = append(in.Value, strconv.Itoa(pos))
			}
		}
		return []Input{in}
	case Order:
		var out []Input
		for pos, i := range shown.Sequence {
			in := Input{Name: part(name, pos), Kind: Choose, Label: say(it.Sequence[i])}
			for place := range it.Sequence {
				in.Choices = append(in.Choices, Choice{Value: strconv.Itoa(place), Label: strconv.Itoa(place + 1)})
			}
			if i < len(r.Order) && r.Order[i] >= 0 {
				in.Value = []string{strconv.Itoa(r.Order[i])}
			}
			out = append(out, in)
		}
		return out
	case Match:
		var out []Input
		for pos, i := range shown.Lefts {
			in := Input{Name: part(name, pos), Kind: Choose, Label: say(it.Pairs[i].Left)}
			for at, j := range shown.Rights {
				in.Choices = append(in.Choices, Choice{Value: strconv.Itoa(at), Label: say(it.Pairs[j].Right)})
				if i < len(r.Match) && r.Match[i] == j {
					in.Value = []string{strconv.Itoa(at)}
				}
			}
			out = append(out, in)
		}
		return out
	case Number:
		return []Input{{Name: name, Kind: Digits, Value: written(r)}}
	case Short:
		return []Input{{Name: name, Kind: Words, Value: written(r)}}
	}
	return nil
}

func part(name string, pos int) string { return name + "." + strconv.Itoa(pos) }

func written(r Response) []string {
	if r.Written == "" {
		return nil
	}
	return []string{r.Written}
}

// longestAnswer is how much of a written answer is read.
const longestAnswer = 200

// Answered reads the response from a form that was drawn from [Item.Inputs] with
// the same name and layout; values returns what was sent under a name. What never
// came from such a form counts as not answered.
func (it *Item) Answered(name string, shown Shown, values func(string) []string) Response {
	var r Response
	at := func(name string, n int) int {
		v := values(name)
		if len(v) == 0 {
			return -1
		}
		i, err := strconv.Atoi(v[len(v)-1])
		if err != nil || i < 0 || i >= n {
			return -1
		}
		return i
	}
	switch it.Kind {
	case Single, TrueFalse:
		if i := at(name, len(shown.Options)); i >= 0 {
			r.Chosen = []int{shown.Options[i]}
		}
	case Multiple:
		for _, v := range values(name) {
			if i, err := strconv.Atoi(v); err == nil && i >= 0 && i < len(shown.Options) {
				r.Chosen = append(r.Chosen, shown.Options[i])
			}
		}
		r.Chosen = sorted(r.Chosen)
	case Order:
		r.Order = nothing(len(it.Sequence))
		for pos, i := range shown.Sequence {
			r.Order[i] = at(part(name, pos), len(it.Sequence))
		}
	case Match:
		r.Match = nothing(len(it.Pairs))
		for pos, i := range shown.Lefts {
			if j := at(part(name, pos), len(shown.Rights)); j >= 0 {
				r.Match[i] = shown.Rights[j]
			}
		}
	case Number, Short:
		if v := values(name); len(v) > 0 {
			r.Written = v[len(v)-1]
			if s := []rune(r.Written); len(s) > longestAnswer {
				r.Written = string(s[:longestAnswer])
			}
		}
	}
	if r.Empty() {
		return Response{}
	}
	return r
}

func nothing(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	return out
}
