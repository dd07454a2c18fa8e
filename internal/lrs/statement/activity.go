package statement

import (
	"slices"
	"strings"
)

// components says which lists of components an interaction of each type has.
func components(interaction string) ([]string, bool) {
	switch interaction {
	case "choice", "sequencing":
		return []string{"choices"}, true
	case "likert":
		return []string{"scale"}, true
	case "matching":
		return []string{"source", "target"}, true
	case "performance":
		return []string{"steps"}, true
	case "true-false", "fill-in", "long-fill-in", "numeric", "other":
		return nil, true
	}
	return nil, false
}

// activity checks an Activity and returns its id.
func (r *reader) activity(v Value) (id string) {
	if !r.is(v, Object) {
		return ""
	}
	var definition Value
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "objectType":
			if r.text(c) != "Activity" {
				r.fail(c, "is not Activity")
			}
		case "id":
			id = r.iri(c)
		case "definition":
			definition = c
		default:
			r.unknown(c)
		}
	}
	r.lacks(v, id != "", "id")
	if r.err == nil && definition.OK() {
		r.definition(definition)
		r.s.Definitions = append(r.s.Definitions, Definition{Activity: id, Raw: definition.Raw()})
	}
	return id
}

func (r *reader) definition(v Value) {
	if !r.is(v, Object) {
		return
	}
	var interaction, pattern Value
	var lists []Value
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "name", "description":
			r.languages(c)
		case "type", "moreInfo":
			r.iri(c)
		case "extensions":
			r.extensions(c)
		case "interactionType":
			interaction = c
		case "correctResponsesPattern":
			pattern = c
			if r.is(c, Array) {
				for p := c.First(); p.OK() && r.err == nil; p = p.Next() {
					r.is(p, String)
				}
			}
		case "choices", "scale", "source", "target", "steps":
			lists = append(lists, c)
			r.components(c)
		default:
			r.unknown(c)
		}
	}
	if r.err != nil {
		return
	}
	if !interaction.OK() {
		if pattern.OK() || len(lists) > 0 {
			r.fail(v, "lacks \"interactionType\", which says what its answers mean")
		}
		return
	}
	allowed, known := components(r.text(interaction))
	if r.err == nil && !known {
		r.fail(interaction, "is not a kind of interaction that xAPI knows")
	}
	for _, l := range lists {
		if r.err == nil && !slices.Contains(allowed, l.Key()) {
			r.fail(l, "is not a list that an interaction of this type has")
		}
	}
}

// components checks a list of an interaction's components.
func (r *reader) components(v Value) {
	if !r.is(v, Array) {
		return
	}
	seen := map[string]bool{}
	for e := v.First(); e.OK() && r.err == nil; e = e.Next() {
		if !r.is(e, Object) {
			return
		}
		there := false
		for c := e.First(); c.OK() && r.err == nil; c = c.Next() {
			switch string(c.key()) {
			case "id":
				s := r.text(c)
				there = true
				switch {
				case r.err != nil:
				case strings.TrimSpace(s) == "":
					r.fail(c, "is empty")
				case seen[s]:
					r.fail(c, "is the id of an earlier component, too")
				}
				seen[s] = true
			case "description":
				r.languages(c)
			default:
				r.unknown(c)
			}
		}
		r.lacks(e, there, "id")
	}
}

// ReadActivityID checks an activity's id that came as a parameter.
func ReadActivityID(s string) bool { return IRI(s) }
