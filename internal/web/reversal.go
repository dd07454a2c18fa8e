package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"cadre/internal/id"
	"cadre/internal/web/ui"
)

// Reversal says of a route that changes something what becomes of a mistake: by
// which act it is undone, how it is corrected, or that it stands. Every form says
// so, and every page after an act that can be undone offers to undo it. The zero
// Reversal is an act that nobody thought about, which stops the program at start.
type Reversal struct {
	kind reversal
	// by is the route that undoes it, key the sentence about it.
	by, key string
}

type reversal int

const (
	unsaid reversal = iota
	lasting
	undone
	again
	corrected
	final
)

// UndoneBy is an act that another one takes back: the route, as
// "POST /enrolments/{enrolment}/back". The notice that it was done offers that.
// What the route's pattern names is taken from the address of the act; an
// {operation} is the act's own operation id. Where more is needed, such as the id
// of what was made, the handler says it with [DoneUndo].
func UndoneBy(route string) Reversal { return Reversal{kind: undone, by: route, key: "ui.act-undone"} }

// Changeable is a change that the same form changes again.
func Changeable() Reversal { return Reversal{kind: again, key: "ui.act-again"} }

// CorrectedBy is an act that is not undone but corrected by a new entry: the key's
// sentence says where.
func CorrectedBy(key string) Reversal { return Reversal{kind: corrected, key: key} }

// Final is an act that cannot be undone: the key's sentence says so plainly, and
// what can be done instead if anything can.
func Final(key string) Reversal { return Reversal{kind: final, key: key} }

// Harmless is an act that leaves nothing to make good: coming in, turning a page,
// choosing a language.
func Harmless() Reversal { return Reversal{kind: lasting} }

// By returns the route that undoes the act; empty if none does.
func (v Reversal) By() string { return v.by }

// Key returns the key of what its form says; empty if it says nothing.
func (v Reversal) Key() string { return v.key }

// Beforehand reports whether also a form that is a single button says so before it
// is pressed: an act that nothing undoes at once.
func (v Reversal) Beforehand() bool { return v.kind == corrected || v.kind == final }

// checkReversals finds routes that change something and do not say what becomes of
// a mistake. What is said of routes that a program does not have is left alone.
func checkReversals(said map[string]Reversal, routes []Route) []error {
	var wrong []error
	known := map[string]bool{}
	for _, rt := range routes {
		name := rt.Method + " " + rt.Pattern
		known[name] = true
		if rt.Method != http.MethodGet && said[name].kind == unsaid {
			wrong = append(wrong, fmt.Errorf("web: route %s does not say whether it can be undone", name))
		}
	}
	for name, v := range said {
		if known[name] && v.kind == undone && !known[v.by] {
			wrong = append(wrong, fmt.Errorf("web: %s is undone by %s, which is no route", name, v.by))
		}
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return wrong
}

// sayer returns what the forms of pages say, by the address that they are sent to.
func sayer(said map[string]Reversal, routes []Route) func(action string) ui.Reversal {
	if said == nil {
		return nil
	}
	match := Matcher(slices.DeleteFunc(slices.Clone(routes), func(rt Route) bool { return rt.Method == http.MethodGet }))
	return func(action string) ui.Reversal {
		u, err := url.Parse(action)
		if err != nil {
			return ui.Reversal{}
		}
		v := said[match(http.MethodPost, u.Path)]
		return ui.Reversal{Key: v.key, Beforehand: v.Beforehand()}
	}
}

type reversalKey struct{}

// undoing returns the address that undoes the act of r, empty if its route names
// none or if the address needs more than the request tells.
func undoing(r *http.Request) string {
	v, _ := r.Context().Value(reversalKey{}).(Reversal)
	if v.kind != undone {
		return ""
	}
	whole := true
	_, pattern, _ := strings.Cut(v.by, " ")
	at := placeholder.ReplaceAllStringFunc(pattern, func(s string) string {
		name := strings.Trim(s, "{}")
		value := r.PathValue(name)
		if value == "" && name == "operation" {
			if _, err := id.Parse[id.Operation](r.PostFormValue(operationField)); err == nil {
				value = r.PostFormValue(operationField)
			}
		}
		whole = whole && value != ""
		return url.PathEscape(value)
	})
	if !whole {
		return ""
	}
	return at
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

func withReversal(ctx context.Context, v Reversal) context.Context {
	return context.WithValue(ctx, reversalKey{}, v)
}
