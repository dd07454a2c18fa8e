package scorm

import (
	"path"
	"strings"

	"cadre/internal/content/manifest"
	"cadre/internal/content/xmltree"
	"cadre/internal/fault"
)

// resource is an entry of the manifest's resources.
type resource struct {
	node   *xmltree.Node
	id     string
	target manifest.Target
	href   bool
	asset  bool
	// fault is why it cannot be opened, told where an item would open it.
	fault *unopened
}

// unopened is why a resource cannot be opened.
type unopened struct {
	key, href string
	told      bool
}

func (r *reader) readResources() {
	all := r.root.One("resources")
	if all == nil {
		r.err(r.root, "package.no-resources", nil)
		return
	}
	top, _ := r.root.In(xmltree.XML, "base")
	mid, _ := all.In(xmltree.XML, "base")
	for _, n := range all.All("resource") {
		res := &resource{node: n, id: n.Attr("identifier")}
		if res.id == "" {
			r.warn(n, "package.resource-without-id", nil)
			continue
		}
		if r.resources[res.id] != nil {
			r.warn(n, "package.resource-twice", fault.Args{"id": manifest.Short(res.id)})
			continue
		}
		r.resources[res.id] = res
		low, _ := n.In(xmltree.XML, "base")
		bases := []string{top, mid, low}
		r.resourceType(res)
		r.resourceHref(res, bases)
		for _, f := range n.All("file") {
			r.checkFile(f, bases)
		}
	}
	for _, n := range all.All("resource") {
		for _, d := range n.All("dependency") {
			if id := d.Attr("identifierref"); r.resources[id] == nil {
				r.warn(d, "package.dependency-missing", fault.Args{"id": manifest.Short(id)})
			}
		}
	}
}

func (r *reader) resourceType(res *resource) {
	v, ok := res.node.Has("scormType")
	if !ok {
		v, ok = res.node.Has("scormtype")
	}
	switch {
	case v == "sco":
	case v == "asset":
		res.asset = true
	case strings.EqualFold(v, "asset"):
		res.asset = true
		r.warn(res.node, "package.scormtype-form", fault.Args{"found": manifest.Short(v), "taken": "asset"})
	case !ok && res.node.Attr("href") == "":
		res.asset = true
	default:
		r.warn(res.node, "package.scormtype-form", fault.Args{"found": manifest.Short(v), "taken": "sco"})
	}
}

func (r *reader) resourceHref(res *resource, bases []string) {
	href, ok := res.node.Has("href")
	if !ok || href == "" {
		// Some tools name the page among the files alone.
		if href = r.onlyPage(res.node); href == "" {
			return
		}
		r.warn(res.node, "package.resource-page", fault.Args{"id": manifest.Short(res.id), "taken": manifest.Short(href)})
	}
	res.href = true
	t, key := manifest.Resolve(href, bases...)
	if key != "" {
		res.fault = &unopened{key: key, href: manifest.Short(href)}
		return
	}
	res.target = t
	if t.URL != "" {
		if !res.asset {
			r.warn(res.node, "package.sco-remote", fault.Args{"href": manifest.Short(href)})
		}
		return
	}
	as, found := r.files.Find(t.Path)
	if !found {
		// A file whose name holds a sign that an address would escape.
		for _, escape := range []*strings.Replacer{strings.NewReplacer("%", "%25"), strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23")} {
			plain, key := manifest.Resolve(escape.Replace(href), bases...)
			if key != "" {
				continue
			}
			if as, found = r.files.Find(plain.Path); found {
				res.target = plain
				break
			}
		}
	}
	if !found {
		res.fault = &unopened{key: "package.launch-missing", href: manifest.Short(t.Path)}
		return
	}
	if as != res.target.Path {
		r.warn(res.node, "package.file-case", fault.Args{"href": manifest.Short(res.target.Path), "taken": as})
		res.target.Path = as
	}
}

// onlyPage returns the one page among a unit's files; empty if there is none, or more.
func (r *reader) onlyPage(n *xmltree.Node) string {
	if v, ok := n.Has("scormType"); !ok || !strings.EqualFold(v, "sco") {
		if v, ok = n.Has("scormtype"); !ok || !strings.EqualFold(v, "sco") {
			return ""
		}
	}
	page := ""
	for _, f := range n.All("file") {
		href := f.Attr("href")
		if ext := strings.ToLower(path.Ext(href)); ext != ".html" && ext != ".htm" {
			continue
		}
		if page != "" {
			return ""
		}
		page = href
	}
	return page
}

// checkUnused warns of resources that cannot be opened and that nothing opens: they are
// what a tool has left behind.
func (r *reader) checkUnused() {
	for _, n := range r.root.One("resources").All("resource") {
		if res := r.resources[n.Attr("identifier")]; res != nil && res.node == n && res.fault != nil && !res.fault.told {
			r.warn(n, "package.resource-unused", fault.Args{"href": res.fault.href})
		}
	}
}

// checkFile warns of a file that is listed and not there.
func (r *reader) checkFile(f *xmltree.Node, bases []string) {
	href := f.Attr("href")
	t, key := manifest.Resolve(href, bases...)
	if key != "" {
		r.warn(f, key, fault.Args{"href": manifest.Short(href)})
		return
	}
	if t.URL != "" || href == "" {
		return
	}
	if _, ok := r.files.Find(t.Path); !ok {
		r.warn(f, "package.file-missing", fault.Args{"href": manifest.Short(t.Path)})
	}
}
