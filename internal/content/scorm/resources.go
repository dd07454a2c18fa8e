package scorm

import (
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
	bad    bool // its problem was told
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
		return
	}
	res.href = true
	t, key := manifest.Resolve(href, bases...)
	if key != "" {
		res.bad = true
		r.err(res.node, key, fault.Args{"href": manifest.Short(href)})
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
		if plain, key := manifest.Resolve(strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(href), bases...); key == "" {
			if as, found = r.files.Find(plain.Path); found {
				res.target = plain
			}
		}
	}
	if !found {
		res.bad = true
		r.err(res.node, "package.launch-missing", fault.Args{"href": manifest.Short(t.Path)})
		return
	}
	if as != res.target.Path {
		r.warn(res.node, "package.file-case", fault.Args{"href": manifest.Short(res.target.Path), "taken": as})
		res.target.Path = as
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
