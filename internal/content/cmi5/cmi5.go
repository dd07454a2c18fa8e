// Package cmi5 reads course structures (cmi5.xml) as the cmi5 specification's
// quartz edition has them, sections 13 and 14.
//
// cmi5 says of most slips that an LMS must reject the course, so nothing is
// repaired here: every problem is an error, but for what the specification leaves
// to be extended.
package cmi5

import (
	"net/url"
	"regexp"
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
	if units(root) > maxUnits {
		r.err(root, "package.too-many-units", fault.Args{"limit": maxUnits})
		return nil, nil
	}
	r.conform(root, structure())
	r.course(root)
	r.readObjectives(ours(root, "objectives"))
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
		return
	}
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

// ours returns the first child of that name in cmi5's namespace; nil if there is none.
func ours(n *xmltree.Node, name string) *xmltree.Node {
	for _, c := range all(n, name) {
		return c
	}
	return nil
}

// all returns the children of that name in cmi5's namespace. Those of others are
// extensions, whatever they are called.
func all(n *xmltree.Node, name string) []*xmltree.Node {
	return slices.DeleteFunc(n.All(name), func(c *xmltree.Node) bool { return c.Space != Space })
}

// units counts the AUs and blocks in n.
func units(n *xmltree.Node) int {
	sum := 0
	for _, c := range n.Children {
		if c.Space == Space && (c.Name == "au" || c.Name == "block") {
			sum += 1 + units(c)
		}
	}
	return sum
}

// attr returns an attribute of cmi5's own, which has no namespace.
func attr(n *xmltree.Node, name string) string {
	v, _ := n.In("", name)
	return strings.TrimSpace(v)
}

// id returns an element's id: an absolute IRI that nothing else has.
func (r *reader) id(n *xmltree.Node) string {
	id := attr(n, "id")
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

// text reads a title or description.
func (r *reader) text(n *xmltree.Node, name string) i18n.Text {
	out := i18n.Text{}
	for _, s := range all(ours(n, name), "langstring") {
		lang, ok := s.In("", "lang")
		if ok && !language.MatchString(strings.TrimSpace(lang)) {
			r.err(s, "package.cmi5-language", fault.Args{"found": manifest.Short(lang)})
		}
		out = manifest.Also(out, lang, strings.Join(strings.Fields(s.Text), " "))
	}
	return out
}

// language is xs:language.
var language = regexp.MustCompile(`^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$`)

func (r *reader) readObjectives(n *xmltree.Node) {
	for _, o := range all(n, "objective") {
		r.goals[r.id(o)] = true
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
	for _, o := range all(ours(n, "objectives"), "objective") {
		id := attr(o, "idref")
		out = append(out, id)
		r.wanted = append(r.wanted, wanted{o, id})
	}
	return out
}

func (r *reader) au(n *xmltree.Node, block string) manifest.Unit {
	u := manifest.Unit{
		PublisherID: r.id(n), Title: r.text(n, "title"), Description: r.text(n, "description"), Block: block, Objectives: r.references(n),
		MoveOn:       r.choice(n, "moveOn", "NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed"),
		LaunchMethod: r.choice(n, "launchMethod", "AnyWindow", "OwnWindow"), ActivityType: attr(n, "activityType"),
		LaunchData: ours(n, "launchParameters").Trimmed(), EntitlementKey: ours(n, "entitlementKey").Trimmed(),
	}
	u.ID = r.ids.Make(u.PublisherID)
	if s, ok := n.In("", "masteryScore"); ok {
		s = strings.TrimSpace(s)
		v, good := manifest.Number(s)
		if _, decimals, _ := strings.Cut(s, "."); !good || !decimal.MatchString(s) || v < 0 || v > 1 || len(decimals) > 4 {
			r.err(n, "package.cmi5-mastery", fault.Args{"found": manifest.Short(s)})
		}
		u.Mastery = &v
	}
	r.address(n, &u)
	return u
}

// decimal is xs:decimal.
var decimal = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)

// choice reads an attribute that is one of a few words; the first is the default.
func (r *reader) choice(n *xmltree.Node, name string, words ...string) string {
	v, ok := n.In("", name)
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
	if at == nil {
		return
	}
	href := at.Trimmed()
	if href == "" {
		r.err(at, "package.cmi5-missing", fault.Args{"name": "url", "in": "au"})
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
	names, ok := named(query)
	if !ok {
		r.err(at, "package.href-form", fault.Args{"href": manifest.Short(href)})
	}
	for _, name := range reserved() {
		if slices.Contains(names, name) {
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

// named returns the names in a query, and whether its escapes can be read. Names are parted
// by "&" alone: what else stands in a query is the unit's own business.
func named(query string) (names []string, ok bool) {
	ok = true
	for _, part := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		_, wrong := url.QueryUnescape(value)
		ok = ok && err == nil && wrong == nil
		names = append(names, plain)
	}
	return names, ok
}
