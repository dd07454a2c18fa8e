package cmi5

import (
	"slices"
	"strings"

	"cadre/internal/content/manifest"
	"cadre/internal/content/xmltree"
	"cadre/internal/fault"
)

// shape is what CourseStructure.xsd, to which a course must conform (14), says of one kind
// of element.
type shape struct {
	parts []part // its children, in order
	// loose says that the order of the children is free (xs:all).
	loose bool
	attrs []string
	// open says that it may have attributes of other namespaces, and their elements
	// behind its own children.
	open bool
	// text says that it holds text, and no elements.
	text bool
	// any says that all of it is the maker's own (xs:anyType).
	any bool
}

// part is a place among an element's children.
type part struct {
	names []string // any of them
	shape func(name string) shape
	must  bool // at least once
	many  bool // more than once
}

func one(name string, s shape) part {
	return part{names: []string{name}, shape: func(string) shape { return s }, must: true}
}

func (p part) optional() part { p.must = false; return p }
func (p part) repeated() part { p.many = true; return p }

// structure is the schema's courseStructure.
func structure() shape {
	words := shape{open: true, parts: []part{one("langstring", shape{text: true, attrs: []string{"lang"}, open: true}).repeated()}}
	title, description := one("title", words), one("description", words)
	goals := shape{open: true, parts: []part{one("objective", shape{loose: true, parts: []part{title, description}, attrs: []string{"id"}}).repeated()}}
	references := one("objectives", shape{open: true, parts: []part{one("objective", shape{attrs: []string{"idref"}}).repeated()}}).optional()
	free := shape{any: true}
	au := shape{
		open: true, attrs: []string{"id", "moveOn", "masteryScore", "launchMethod", "activityType"},
		parts: []part{title, description, references, one("url", shape{text: true}), one("launchParameters", free).optional(), one("entitlementKey", free).optional()},
	}
	var block shape
	// That there is one at least is said where they are read.
	content := part{names: []string{"au", "block"}, many: true, shape: func(name string) shape {
		if name == "au" {
			return au
		}
		return block
	}}
	block = shape{open: true, attrs: []string{"id"}, parts: []part{title, description, references, content}}
	return shape{open: true, parts: []part{one("course", shape{open: true, attrs: []string{"id"}, parts: []part{title, description}}), one("objectives", goals).optional(), content}}
}

// instance is the namespace of attributes that any element may have.
const instance = "http://www.w3.org/2001/XMLSchema-instance"

// conform reports what the schema does not allow in an element: other attributes, a slip in
// whose capitals would leave out what it takes to move on, and other children, or in
// another order.
func (r *reader) conform(n *xmltree.Node, s shape) {
	if s.any {
		return
	}
	for _, a := range n.Attrs {
		switch space := a.Name.Space; {
		case space == "xmlns", space == "" && a.Name.Local == "xmlns", space == instance, space == "" && slices.Contains(s.attrs, a.Name.Local):
		case space == "" || space == Space || !s.open:
			r.err(n, "package.cmi5-attribute", fault.Args{"name": manifest.Short(a.Name.Local), "in": n.Name})
		}
	}
	if !s.text && strings.TrimSpace(n.Text) != "" {
		r.err(n, "package.cmi5-text", fault.Args{"found": manifest.Short(n.Text), "in": n.Name})
	}
	at, last := 0, "" // how far the parts are, by which element
	count := make([]int, len(s.parts))
	for _, c := range n.Children {
		i := slices.IndexFunc(s.parts, func(p part) bool { return c.Space == Space && slices.Contains(p.names, c.Name) })
		switch {
		case i >= 0:
		case c.Space != Space && c.Space != "" && s.open && !s.text:
			at, last = len(s.parts), c.Name
			continue
		default:
			r.err(c, "package.cmi5-element", fault.Args{"name": manifest.Short(c.Name), "in": n.Name})
			continue
		}
		count[i]++
		switch {
		case count[i] == 2 && !s.parts[i].many:
			r.err(c, "package.cmi5-twice", fault.Args{"name": c.Name, "in": n.Name})
		case s.loose:
		case i < at:
			r.err(c, "package.cmi5-order", fault.Args{"name": c.Name, "in": n.Name, "after": manifest.Short(last)})
		default:
			at, last = i, c.Name
		}
		r.conform(c, s.parts[i].shape(c.Name))
	}
	for i, p := range s.parts {
		if p.must && count[i] == 0 {
			r.err(n, "package.cmi5-missing", fault.Args{"name": p.names[0], "in": n.Name})
		}
	}
}
