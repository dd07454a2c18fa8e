package ui

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"cadre/internal/fault"
)

// Form is one operation offered to a person, with what she has typed so far and
// what is wrong with it. Make one with [NewForm]; package web refills it after
// an error.
type Form struct {
	// ID is the form's name on its page. It is also how a form that is sent
	// again is recognised, so that it keeps its operation id.
	ID string
	// Action is the address it is sent to.
	Action string
	// Values are what the fields show.
	Values url.Values
	// Wrong is the key of the sentence above the fields, empty if all is well.
	Wrong     string
	WrongArgs fault.Args
	// Fields say what is wrong with single fields, in the order of the form.
	Fields []fault.Field
	// Stored is what stands now, if somebody changed it while she was writing; nil
	// otherwise. Each field then shows it beside what she typed.
	Stored url.Values
	// Page is where what is edited is shown: it leads away from a form that is not
	// to be sent after all. It may be empty.
	Page string
	// Files says that the form sends files.
	Files bool
	// Quiet leaves out the question whether to leave without saving.
	Quiet bool
}

// NewForm returns a form without input.
func NewForm(id, action string) Form {
	return Form{ID: id, Action: action, Values: url.Values{}}
}

// With returns the form with the field name showing values.
func (f Form) With(name string, values ...string) Form {
	v := url.Values{}
	for k, x := range f.Values {
		v[k] = slices.Clone(x)
	}
	v[name] = values
	f.Values = v
	return f
}

// Value returns what the field shows.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Has reports whether value is chosen in the field.
func (f Form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Error returns what is wrong with the field, and whether anything is.
func (f Form) Error(name string) (fault.Field, bool) {
	for _, x := range f.Fields {
		if x.Name == name {
			return x, true
		}
	}
	return fault.Field{}, false
}

// Field describes one field of a form. Its texts are sentences, already in the
// person's language.
type Field struct {
	// Name is the name in the form.
	Name string
	// Label asks for the value; Hint says what would be right.
	Label, Hint string
	// Optional fields say so; all others are needed.
	Optional bool
	// Type is the input's type: text if empty; email, tel, password, number, date,
	// time, datetime-local, search.
	Type string
	// Complete is the autocomplete token; "off" if empty.
	Complete string
	// Mode is the input mode: numeric for codes and counts.
	Mode string
	// Dir is the direction of what is typed: "auto" if empty, "ltr" for codes.
	Dir string
	// Chars is the width to draw in characters: 0 is the full measure; 4, 8, 16 and 32 are drawn.
	Chars int
	// Rows is a text area's height in lines, 4 if zero.
	Rows int
	// Max is the number of characters accepted, 0 for no limit.
	Max int
	// Accept names the kinds of file.
	Accept string
	// Heading makes the label or legend the page's heading.
	Heading bool
}

// Option is one thing to choose.
type Option struct {
	Value, Label, Hint string
	// Lang is the label's language, where it is not the page's.
	Lang string
}

// Keyed makes options of keys whose names in the catalogue begin with prefix.
func Keyed[K ~string](ctx context.Context, prefix string, keys []K) []Option {
	out := make([]Option, len(keys))
	for i, k := range keys {
		out[i] = Option{Value: string(k), Label: T(ctx, prefix+string(k))}
	}
	return out
}

// ID returns the id of the field's input, to which the error summary links.
func (f Form) id(name string) string { return f.ID + "-" + name }

// optionID is the id of the i-th choice; the first bears the field's own id, so
// that the error summary leads to it.
func (f Form) optionID(name string, i int) string {
	if i == 0 {
		return f.id(name)
	}
	return f.id(name) + "-" + itoa(i+1)
}

// stands says what is stored in the field now, and whether it is to be shown:
// somebody else changed it, and she typed something else.
func (f Form) stands(name string, options []Option, say func(key string) string) (string, bool) {
	stored, known := f.Stored[name]
	if !known || slices.Equal(clean(stored), clean(f.Values[name])) {
		return "", false
	}
	var out []string
	for _, v := range clean(stored) {
		if i := slices.IndexFunc(options, func(o Option) bool { return o.Value == v }); i >= 0 {
			v = options[i].Label
		}
		out = append(out, v)
	}
	if len(out) == 0 {
		return say("ui.stands-empty"), true
	}
	return strings.Join(out, " · "), true
}

func clean(vs []string) []string {
	out := []string{}
	for _, v := range vs {
		if v = strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n")); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func (f Form) describedBy(x Field) string {
	s := ""
	if x.Hint != "" {
		s = f.id(x.Name) + "-hint"
	}
	if _, bad := f.Error(x.Name); bad {
		if s != "" {
			s += " "
		}
		s += f.id(x.Name) + "-error"
	}
	if _, other := f.stands(x.Name, nil, func(string) string { return "" }); other {
		s = strings.TrimSpace(s + " " + f.id(x.Name) + "-stands")
	}
	return s
}

func (x Field) kind() string { return or(x.Type, "text") }

func (x Field) direction() string {
	if x.Dir != "" {
		return x.Dir
	}
	switch x.Type {
	case "email", "tel", "number", "date", "time", "datetime-local", "url":
		return "ltr"
	}
	return "auto"
}

func (x Field) widthClass() string {
	switch {
	case x.Chars == 0:
		return ""
	case x.Chars <= 4:
		return "w4"
	case x.Chars <= 8:
		return "w8"
	case x.Chars <= 16:
		return "w16"
	}
	return "w32"
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
