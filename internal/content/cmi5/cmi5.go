// Package cmi5 reads course structures (cmi5.xml) as the cmi5 specification's
// quartz edition has them, sections 13 and 14.
//
// cmi5 says of most slips that an LMS must reject the course, so nothing is
// repaired here: every problem is an error, but for what the specification leaves
// to be extended.
package cmi5

import (
	"net/url"
	"slices"
	"strings"

	"cadre/internal/content/manifest"
	"cadre/internal/content/xmltree"
	"cadre/internal/fault"
	"cadre/internal/i18n"
)

// File is the course structure's name; Space its namespace.
const (
	File  = "cmi5.xml"
	Space = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
)

// maxUnits bounds the AUs of a course, together with its blocks.
const maxUnits = 20_000

// reserved are the names that an LMS adds to an AU's address (8.1).
func reserved() []string { return []string{"endpoint", "fetch", "actor", "registration", "activityId"} }

type reader struct {
	files  manifest.Files
	bare   bool
	file   string
	report *manifest.Report
	out    *manifest.Manifest
	ids    manifest.IDs
	seen   map[string]int // id → line
	wanted []wanted
	goals  map[string]bool
	many   bool // more units than are taken, which was said
}

// wanted is an objective that is referred to.
type wanted struct {
	node *xmltree.Node
	id   string
}

// Read reads the course structure in file. bare says that it came alone, without
// an archive: then every address has to be absolute. The manifest is nil if the
// report holds an error.
func Read(files manifest.Files, file string, bare bool, report *manifest.Report) (*manifest.Manifest, error) {
	tree, err := manifest.ReadXML(files, file, report)
	if err != nil || tree == nil {
		return nil, err
	}
	r := &reader{
		files: files, bare: bare, file: file, report: report, seen: map[string]int{}, goals: map[string]bool{},
		out: &manifest.Manifest{Kind: manifest.Cmi5, Course: &manifest.Course{}},
	}
	root := tree.Root
	if root.Name != "courseStructure" || root.Space != Space {
		r.err(root, "package.cmi5-root", fault.Args{"found": manifest.Short(root.Space + " " + root.Name)})
		return nil, nil
	}
	r.course(root)
	r.readObjectives(root.One("objectives"))
	r.out.Tree = r.level(root, "", &r.out.Course.Blocks, nil)
	for _, w := range r.wanted {
		if !r.goals[w.id] {
			r.err(w.node, "package.cmi5-objective", fault.Args{"id": manifest.Short(w.id)})
		}
	}
	if len(r.out.Units) == 0 && !report.Bad() {
		r.err(root, "package.cmi5-no-au", nil)
	}
	if report.Bad() {
		return nil, nil
	}
	return r.out, nil
}

func (r *reader) err(n *xmltree.Node, key string, args fault.Args) {
	r.report.Error(r.file, n.At(), key, args)
}

func (r *reader) course(root *xmltree.Node) {
	c := ours(root, "course")
	if c == nil {
		r.err(root, "package.cmi5-missing", fault.Args{"name": "course", "in": "courseStructure"})
		return
	}
	r.known(root, "course", "objectives", "au", "block")
	r.known(c, "title", "description")
	r.out.ID = r.id(c)
	r.out.Course.ID = r.out.ID
	r.out.Title, r.out.Description = r.text(c, "title"), r.text(c, "description")
	for tag := range r.out.Title.Values {
		if l := manifest.Language(tag); l != "" {
			r.out.Languages = append(r.out.Languages, l)
		}
	}
	slices.Sort(r.out.Languages)
}

// ours returns the first child of that name in cmi5's namespace.
func ours(n *xmltree.Node, name string) *xmltree.Node {
	for _, c := range n.Children {
		if c.Space == Space && c.Name == name {
			return c
		}
	}
	return nil
}

// known reports elements of cmi5's namespace that have no place there. Those of
// others are extensions, which the schema allows.
func (r *reader) known(n *xmltree.Node, names ...string) {
	r.attributes(n)
	count := map[string]int{}
	for _, c := range n.Children {
		if c.Space != Space {
			continue
		}
		if !slices.Contains(names, c.Name) {
			r.err(c, "package.cmi5-element", fault.Args{"name": manifest.Short(c.Name), "in": n.Name})
		}
		if count[c.Name]++; count[c.Name] == 2 && c.Name != "au" && c.Name != "block" && c.Name != "objective" {
			r.err(c, "package.cmi5-twice", fault.Args{"name": c.Name, "in": n.Name})
		}
	}
}

// attributes reports those that the schema does not give to an element. A slip in
// capitals would leave out a mastery score, or what it takes to move on.
func (r *reader) attributes(n *xmltree.Node) {
	var may []string
	switch n.Name {
	case "course", "block":
		may = []string{"id"}
	case "objective":
		may = []string{"id", "idref"}
	case "au":
		may = []string{"id", "moveOn", "masteryScore", "launchMethod", "activityType"}
	}
	for _, a := range n.Attrs {
		if a.Name.Space == "" && a.Name.Local != "xmlns" && !slices.Contains(may, a.Name.Local) {
			r.err(n, "package.cmi5-attribute", fault.Args{"name": manifest.Short(a.Name.Local), "in": n.Name})
		}
	}
}

// id returns an element's id: an absolute IRI that nothing else has.
func (r *reader) id(n *xmltree.Node) string {
	id := n.Attr("id")
	u, err := url.Parse(id)
	switch {
	case id == "":
		r.err(n, "package.cmi5-id-missing", fault.Args{"name": n.Name})
		return ""
	case err != nil || u.Scheme == "" || strings.ContainsAny(id, " \t\n<>\"") || u.Host == "" && u.Opaque == "" && u.Path == "":
		r.err(n, "package.cmi5-id-relative", fault.Args{"id": manifest.Short(id)})
	case r.seen[id] > 0:
		r.err(n, "package.cmi5-id-twice", fault.Args{"id": manifest.Short(id), "line": r.seen[id]})
	}
	if r.seen[id] == 0 {
		r.seen[id] = n.Line
	}
	return id
}

// text reads a title or description, which the schema asks for.
func (r *reader) text(n *xmltree.Node, name string) i18n.Text {
	t := ours(n, name)
	out := i18n.Text{}
	for _, s := range t.All("langstring") {
		out = manifest.Also(out, s.Attr("lang"), strings.Join(strings.Fields(s.Text), " "))
	}
	if t == nil || len(t.All("langstring")) == 0 {
		at := t
		if at == nil {
			at = n
		}
		r.err(at, "package.cmi5-missing", fault.Args{"name": name, "in": n.Name})
	}
	return out
}

func (r *reader) readObjectives(n *xmltree.Node) {
	if n == nil {
		return
	}
	for _, o := range n.All("objective") {
		id := r.id(o)
		r.goals[id] = true
		r.text(o, "title")
		r.text(o, "description")
	}
}

// level reads the AUs and blocks directly in n.
func (r *reader) level(n *xmltree.Node, block string, blocks *[]manifest.Block, into *manifest.Block) []manifest.Node {
	var out []manifest.Node
	for _, c := range n.Children {
		if c.Space != Space {
			continue
		}
		if (c.Name == "au" || c.Name == "block") && len(r.out.Units)+len(r.out.Course.Blocks) >= maxUnits {
			if !r.many {
				r.err(c, "package.too-many-units", fault.Args{"limit": maxUnits})
			}
			r.many = true
			return out
		}
		switch c.Name {
		case "au":
			u := r.au(c, block)
			if into != nil {
				into.Units = append(into.Units, u.ID)
			}
			r.out.Units = append(r.out.Units, u)
			out = append(out, manifest.Node{ID: u.ID, PublisherID: u.PublisherID, Title: u.Title, Unit: true})
		case "block":
			out = append(out, r.block(c, blocks, into))
		}
	}
	return out
}

func (r *reader) block(n *xmltree.Node, blocks *[]manifest.Block, into *manifest.Block) manifest.Node {
	r.known(n, "title", "description", "objectives", "au", "block")
	b := manifest.Block{ID: r.id(n), Title: r.text(n, "title"), Description: r.text(n, "description")}
	if into != nil {
		into.Blocks = append(into.Blocks, b.ID)
	}
	r.references(n)
	node := manifest.Node{ID: r.ids.Make(b.ID), PublisherID: b.ID, Title: b.Title}
	at := len(*blocks)
	*blocks = append(*blocks, b)
	node.Nodes = r.level(n, b.ID, blocks, &b)
	(*blocks)[at] = b
	if len(node.Nodes) == 0 {
		r.err(n, "package.cmi5-block-empty", fault.Args{"id": manifest.Short(b.ID)})
	}
	return node
}

// references notes the objectives that an AU or block names.
func (r *reader) references(n *xmltree.Node) []string {
	var out []string
	for _, o := range n.One("objectives").All("objective") {
		id := o.Attr("idref")
		out = append(out, id)
		r.wanted = append(r.wanted, wanted{o, id})
	}
	return out
}

func (r *reader) au(n *xmltree.Node, block string) manifest.Unit {
	r.known(n, "title", "description", "objectives", "url", "launchParameters", "entitlementKey")
	u := manifest.Unit{
		PublisherID: r.id(n), Title: r.text(n, "title"), Description: r.text(n, "description"), Block: block, Objectives: r.references(n),
		MoveOn:       r.choice(n, "moveOn", "NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed"),
		LaunchMethod: r.choice(n, "launchMethod", "AnyWindow", "OwnWindow"), ActivityType: n.Attr("activityType"),
		LaunchData: ours(n, "launchParameters").Trimmed(), EntitlementKey: ours(n, "entitlementKey").Trimmed(),
	}
	u.ID = r.ids.Make(u.PublisherID)
	if s, ok := n.Has("masteryScore"); ok {
		v, good := manifest.Number(s)
		if _, decimals, _ := strings.Cut(s, "."); !good || v < 0 || v > 1 || len(decimals) > 4 || strings.ContainsAny(s, "eE") {
			r.err(n, "package.cmi5-mastery", fault.Args{"found": manifest.Short(s)})
		}
		u.Mastery = &v
	}
	r.address(n, &u)
	return u
}

// choice reads an attribute that is one of a few words; the first is the default.
func (r *reader) choice(n *xmltree.Node, name string, words ...string) string {
	v, ok := n.Has(name)
	if !ok {
		return words[0]
	}
	if !slices.Contains(words, v) {
		r.err(n, "package.cmi5-choice", fault.Args{"name": name, "found": manifest.Short(v), "words": strings.Join(words, ", ")})
	}
	return v
}

// address reads an AU's url (14.2).
func (r *reader) address(n *xmltree.Node, u *manifest.Unit) {
	at := ours(n, "url")
	href := at.Trimmed()
	if href == "" {
		r.err(n, "package.cmi5-missing", fault.Args{"name": "url", "in": "au"})
		return
	}
	t, key := manifest.Resolve(href)
	if key != "" {
		r.err(at, key, fault.Args{"href": manifest.Short(href)})
		return
	}
	query := t.Query
	u.Path, u.Query, u.Fragment, u.URL = t.Path, t.Query, t.Fragment, t.URL
	if t.URL != "" {
		u.Query, u.Fragment = "", ""
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		r.err(at, "package.href-form", fault.Args{"href": manifest.Short(href)})
	}
	for _, name := range reserved() {
		if values.Has(name) {
			r.err(at, "package.cmi5-reserved", fault.Args{"name": name})
		}
	}
	if t.URL != "" {
		if strings.HasPrefix(strings.ReplaceAll(href, `\`, "/"), "//") {
			r.err(at, "package.cmi5-url-scheme", fault.Args{"href": manifest.Short(href)})
		}
		return
	}
	if strings.HasPrefix(href, "/") {
		r.err(at, "package.href-outside", fault.Args{"href": manifest.Short(href)})
		return
	}
	if r.bare {
		r.err(at, "package.cmi5-url-relative", fault.Args{"href": manifest.Short(href)})
		return
	}
	if as, ok := r.files.Find(t.Path); !ok || as != t.Path {
		r.err(at, "package.launch-missing", fault.Args{"href": manifest.Short(t.Path)})
	}
}
