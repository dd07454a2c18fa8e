package scorm

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cadre/internal/content/manifest"
	"cadre/internal/content/xmltree"
	"cadre/internal/fault"
	"cadre/internal/i18n"
)

// maxItems bounds the units of a package.
const maxItems = 5000

// What a unit asks for before it is opened has as many signs at most as maxAsked, with
// what its chapters ask for; SCORM 1.2 itself wants no more than 200. All of them
// together have at most maxAskedInAll: a chapter's text stands in each unit below it.
const (
	maxAsked      = 4 << 10
	maxAskedInAll = 2 << 20
)

func (r *reader) readOrganizations() {
	all := r.root.One("organizations")
	orgs := all.All("organization")
	if len(orgs) == 0 {
		r.withoutOrganization(all)
		return
	}
	org := orgs[0]
	if want := all.Attr("default"); want == "" {
		if len(orgs) > 1 {
			r.warn(all, "package.organization-first", fault.Args{"id": manifest.Short(org.Attr("identifier"))})
		}
	} else if named := byIdentifier(orgs, want); named != nil {
		org = named
	} else {
		r.warn(all, "package.organization-default", fault.Args{"id": manifest.Short(want), "taken": manifest.Short(org.Attr("identifier"))})
	}
	if len(orgs) > 1 {
		r.warn(org, "package.organizations-more", fault.Args{"count": len(orgs)})
	}
	// Learners know the course by its tree's title; the metadata's is often that of
	// a file. It is taken where it has the same title in more languages.
	title := r.say(org.One("title"))
	if !title.IsZero() && !slices.Contains(slices.Collect(maps.Values(r.out.Title.Values)), plain(title)) {
		r.out.Title = title
	}
	if r.out.Title.IsZero() {
		r.out.Title = manifest.Say("", r.out.ID)
		r.warn(org, "package.title-missing", fault.Args{"taken": manifest.Short(r.out.ID)})
	}
	tree := manifest.Activity{ID: org.Attr("identifier"), Title: plain(title, r.out.Title)}
	if tree.ID == "" {
		tree.ID = "organization"
	}
	r.taken[tree.ID] = true
	var acts []manifest.Activity
	r.out.Tree, acts = r.items(org, 1)
	tree.Children = acts
	if r.out.Kind == manifest.Scorm2004 {
		r.sequencing(org, &tree)
		r.out.Sequencing = &manifest.Sequencing{
			Tree: tree, Shared: r.flag(org, "objectivesGlobalToSystem", true),
			SharedData: r.flag(org, "sharedDataGlobalToSystem", true),
		}
	}
}

func byIdentifier(nodes []*xmltree.Node, id string) *xmltree.Node {
	for _, n := range nodes {
		if n.Attr("identifier") == id {
			return n
		}
	}
	return nil
}

// withoutOrganization launches every SCO of a package that has no tree.
func (r *reader) withoutOrganization(at *xmltree.Node) {
	if at == nil {
		at = r.root
	}
	r.warn(at, "package.no-organization", nil)
	if r.out.Title.IsZero() {
		r.out.Title = manifest.Say("", r.out.ID)
	}
	tree := manifest.Activity{ID: "organization", Title: plain(r.out.Title)}
	for _, n := range r.root.One("resources").All("resource") {
		res := r.resources[n.Attr("identifier")]
		if res == nil || res.node != n || res.asset || !res.href || res.fault != nil {
			continue
		}
		if len(r.out.Units) >= maxItems {
			r.err(n, "package.too-many-units", fault.Args{"limit": maxItems})
			return
		}
		title := manifest.Say("", res.id)
		u := manifest.Unit{ID: r.ids.Make(res.id), PublisherID: res.id, Title: title}
		place(&u, res, "")
		r.out.Units = append(r.out.Units, u)
		r.out.Tree = append(r.out.Tree, manifest.Node{ID: u.ID, PublisherID: res.id, Title: title, Unit: true})
		tree.Children = append(tree.Children, manifest.Activity{ID: res.id, Title: res.id})
	}
	if r.out.Kind == manifest.Scorm2004 {
		r.out.Sequencing = &manifest.Sequencing{Tree: tree, Shared: true, SharedData: true}
	}
}

func (r *reader) say(n *xmltree.Node) i18n.Text {
	if n == nil {
		return i18n.Text{}
	}
	lang := n.Lang()
	if lang == "" && len(r.out.Languages) == 1 {
		lang = r.out.Languages[0]
	}
	return manifest.Say(lang, strings.Join(strings.Fields(n.Text), " "))
}

// plain returns the wording of the first text that has one.
func plain(texts ...i18n.Text) string {
	for _, t := range texts {
		if s := t.Values[t.Fallback]; s != "" {
			return s
		}
	}
	return ""
}

// items reads the items below an organization or item.
func (r *reader) items(parent *xmltree.Node, depth int) (nodes []manifest.Node, acts []manifest.Activity) {
	for _, n := range parent.All("item") {
		if len(r.taken) > maxItems {
			r.err(n, "package.too-many-units", fault.Args{"limit": maxItems})
			return nodes, acts
		}
		node, act := r.item(n, depth)
		nodes, acts = append(nodes, node), append(acts, act)
	}
	return nodes, acts
}

func (r *reader) item(n *xmltree.Node, depth int) (manifest.Node, manifest.Activity) {
	id := n.Attr("identifier")
	if id == "" {
		id = fmt.Sprintf("item-%d", len(r.taken))
		r.warn(n, "package.item-without-id", fault.Args{"taken": id})
	}
	if stem := id; r.taken[stem] {
		for i := max(2, r.next[stem]); r.taken[id]; i++ {
			id = fmt.Sprintf("%s-%d", stem, i)
			r.next[stem] = i + 1
		}
		r.warn(n, "package.item-twice", fault.Args{"id": manifest.Short(stem), "taken": manifest.Short(id)})
	}
	r.taken[id] = true
	title := r.say(n.One("title"))
	if title.IsZero() {
		title = manifest.Say("", id)
		r.warn(n, "package.title-missing", fault.Args{"taken": manifest.Short(id)})
	}
	node := manifest.Node{ID: r.ids.Make(id), PublisherID: id, Title: title, Hidden: !r.flag(n, "isvisible", true)}
	act := manifest.Activity{ID: id, Title: plain(title)}
	if node.Hidden {
		no := false
		act.IsVisible = &no
	}
	above := r.asked
	r.asked = r.asks(n)
	unit := r.launchable(n, node)
	if unit != nil {
		node.Unit = true
		r.out.Units = append(r.out.Units, *unit)
	}
	at := len(r.out.Units) - 1
	node.Nodes, act.Children = r.items(n, depth+1)
	r.asked = above
	if unit == nil && len(node.Nodes) == 0 && n.Attr("identifierref") == "" {
		r.warn(n, "package.chapter-empty", fault.Args{"id": manifest.Short(id)})
	}
	if unit != nil && len(node.Nodes) > 0 {
		r.warn(n, "package.chapter-launches", fault.Args{"id": manifest.Short(id)})
	}
	if r.out.Kind == manifest.Scorm2004 {
		r.sequencing(n, &act)
		if unit != nil {
			r.carry(&r.out.Units[at], &act)
		}
	}
	return node, act
}

// launchable returns what an item launches; nil if it launches nothing.
func (r *reader) launchable(n *xmltree.Node, node manifest.Node) *manifest.Unit {
	ref := n.Attr("identifierref")
	if ref == "" {
		return nil
	}
	res := r.resources[ref]
	switch {
	case res == nil:
		r.err(n, "package.resource-missing", fault.Args{"id": manifest.Short(ref)})
		return nil
	case res.fault != nil:
		if !res.fault.told {
			r.err(res.node, res.fault.key, fault.Args{"href": res.fault.href})
		}
		res.fault.told = true
		return nil
	case !res.href:
		r.err(n, "package.resource-no-href", fault.Args{"id": manifest.Short(ref)})
		return nil
	}
	u := &manifest.Unit{ID: node.ID, PublisherID: node.PublisherID, Title: node.Title, Hidden: node.Hidden, Language: manifest.Language(n.Lang())}
	place(u, res, n.Attr("parameters"))
	r.runtime(n, u)
	return u
}

// place puts a resource's address into a unit, with the item's parameters joined
// as IMS Content Packaging says.
func place(u *manifest.Unit, res *resource, parameters string) {
	u.Asset = res.asset
	u.Path, u.Query, u.Fragment, u.URL = res.target.Path, res.target.Query, res.target.Fragment, res.target.URL
	for strings.HasPrefix(parameters, "?") || strings.HasPrefix(parameters, "&") {
		parameters = parameters[1:]
	}
	switch {
	case parameters == "":
	case strings.HasPrefix(parameters, "#"):
		if u.Fragment == "" {
			u.Fragment = parameters[1:]
		}
	case u.Query == "":
		u.Query = parameters
	default:
		u.Query += "&" + parameters
	}
	if u.URL != "" && parameters != "" {
		base, _, _ := strings.Cut(u.URL, "#")
		base, _, _ = strings.Cut(base, "?")
		u.URL = base + "?" + u.Query
		if u.Fragment != "" {
			u.URL += "#" + u.Fragment
		}
	}
	if q, f, ok := strings.Cut(u.Query, "#"); ok {
		u.Query = q
		if u.Fragment == "" {
			u.Fragment = f
		}
	}
	u.Query = escapeQuery(u.Query)
	if u.URL != "" {
		u.Query, u.Fragment = "", ""
	}
}

// escapeQuery leaves a query as it is but for signs that no address may hold.
func escapeQuery(q string) string {
	no := func(c byte) bool { return c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>\^{|}`+"`", c) >= 0 }
	clean := 0
	for clean < len(q) && !no(q[clean]) {
		clean++
	}
	if clean == len(q) {
		return q // the resource's own, for all the units that open it
	}
	var b strings.Builder
	b.WriteString(q[:clean])
	for i := clean; i < len(q); i++ {
		if c := q[i]; no(c) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

var clock12 = regexp.MustCompile(`^\d{2,4}:\d{2}:\d{2}(\.\d{1,2})?$`)

// child finds a child by name, in whatever letters: tools write dataFromLMS and
// datafromlms alike.
func child(n *xmltree.Node, name string) *xmltree.Node {
	for _, c := range n.Children {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// runtime reads what the run time gives to the unit.
func (r *reader) runtime(n *xmltree.Node, u *manifest.Unit) {
	if d := child(n, "datafromlms"); d != nil {
		u.LaunchData = d.Text
		if strings.TrimSpace(d.Text) == "" {
			u.LaunchData = ""
		}
	}
	if a := child(n, "timelimitaction"); a != nil {
		switch v := strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(a.Text, ",", ", ")), " ")); strings.ReplaceAll(v, ", ", ",") {
		case "exit,message", "exit,no message", "continue,message", "continue,no message":
			u.TimeLimitAction = strings.ReplaceAll(v, ", ", ",")
		case "":
		default:
			r.warn(a, "package.value-ignored", fault.Args{"name": a.Name, "found": manifest.Short(a.Text)})
		}
	}
	if r.out.Kind != manifest.Scorm12 {
		return
	}
	u.Prerequisites = r.asked
	if m := child(n, "maxtimeallowed"); m.Trimmed() != "" {
		switch u.MaxTime = timespan(m.Trimmed()); {
		case u.MaxTime == "":
			r.warn(m, "package.value-ignored", fault.Args{"name": m.Name, "found": manifest.Short(m.Text)})
		case u.MaxTime != m.Trimmed():
			r.warn(m, "package.value-taken", fault.Args{"name": m.Name, "found": manifest.Short(m.Text), "taken": u.MaxTime})
		}
	}
	if m := child(n, "masteryscore"); m.Trimmed() != "" {
		plain, percent := strings.CutSuffix(m.Trimmed(), "%")
		v, ok := manifest.Number(strings.TrimSpace(plain))
		switch ok = ok && v >= 0 && v <= 100; {
		case !ok:
			r.warn(m, "package.value-ignored", fault.Args{"name": m.Name, "found": manifest.Short(m.Text)})
		case percent:
			r.warn(m, "package.value-taken", fault.Args{"name": m.Name, "found": manifest.Short(m.Text), "taken": strings.TrimSpace(plain)})
		}
		if ok {
			u.Mastery = &v
		}
	}
}

// asks returns what is asked before an item is opened: what its chapters ask, which is
// asked of all that is in them, together with its own. What is too long is left out.
func (r *reader) asks(n *xmltree.Node) string {
	p := child(n, "prerequisites")
	if r.out.Kind != manifest.Scorm12 {
		return ""
	}
	all := r.asked
	if own := p.Trimmed(); own != "" {
		if joined := both(all, own); len(joined) <= maxAsked {
			all = joined
			r.refs = append(r.refs, reference{p, own})
		} else {
			r.warn(p, "package.prerequisites-long", fault.Args{"found": manifest.Short(own), "limit": maxAsked})
		}
	}
	before := r.askedInAll
	if r.askedInAll += len(all); r.askedInAll <= maxAskedInAll {
		return all
	}
	if before <= maxAskedInAll {
		r.err(n, "package.prerequisites-many", nil)
	}
	return ""
}

// both joins two expressions, either of which may be empty.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return "(" + a + ")&(" + b + ")"
}

// timespan reads a span of time as SCORM 1.2 writes it, HHHH:MM:SS.SS, and as tools do
// that leave a digit out or write it as SCORM 2004 does; empty if it is none.
func timespan(s string) string {
	if clock12.MatchString(s) {
		return s
	}
	if clock12.MatchString("0" + s) {
		return "0" + s
	}
	p := iso.FindStringSubmatch(s)
	if p == nil || s == "PT" {
		return ""
	}
	var of [3]int
	for i, part := range p[1:] {
		of[i], _ = strconv.Atoi(part) // at most four digits, or none
	}
	all := of[0]*3600 + of[1]*60 + of[2]
	if all >= 10_000*3600 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d:%02d", all/3600, all/60%60, all%60)
}

var iso = regexp.MustCompile(`^PT(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,4})(?:\.\d+)?S)?$`)

var (
	quoted = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	word   = regexp.MustCompile(`[^\s&|~()*{},=<>"']+`)
)

// checkPrerequisites warns of items that a prerequisite names and that are not
// there: it could never be met.
func (r *reader) checkPrerequisites() {
	for _, ref := range r.refs {
		for _, w := range word.FindAllString(quoted.ReplaceAllString(ref.id, ""), -1) {
			if strings.Trim(w, "0123456789") == "" || r.taken[w] {
				continue
			}
			r.warn(ref.node, "package.prerequisite-unknown", fault.Args{"id": manifest.Short(w)})
		}
	}
}

// flag reads a boolean attribute.
func (r *reader) flag(n *xmltree.Node, name string, otherwise bool) bool {
	v, ok := n.Has(name)
	switch strings.ToLower(v) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	if ok {
		r.warn(n, "package.value-ignored", fault.Args{"name": name, "found": manifest.Short(v)})
	}
	return otherwise
}
