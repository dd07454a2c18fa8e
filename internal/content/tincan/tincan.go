// Package tincan reads the manifest of packages that speak xAPI without a
// course structure: tincan.xml.
package tincan

import (
	"slices"
	"strings"

	"cadre/internal/content/manifest"
	"cadre/internal/content/xmltree"
	"cadre/internal/fault"
	"cadre/internal/i18n"
)

// File is the manifest's name.
const File = "tincan.xml"

const maxUnits = 5000

// Read reads the manifest. It is nil if the report holds an error.
func Read(files manifest.Files, report *manifest.Report) (*manifest.Manifest, error) {
	file, _ := files.Find(File)
	tree, err := manifest.ReadXML(files, file, report)
	if err != nil || tree == nil {
		return nil, err
	}
	root := tree.Root
	if root.Name != "tincan" {
		report.Error(file, root.Line, "package.tincan-root", fault.Args{"found": manifest.Short(root.Name)})
		return nil, nil
	}
	out := &manifest.Manifest{Kind: manifest.XAPI}
	var ids manifest.IDs
	seen := map[string]bool{}
	for _, a := range root.One("activities").All("activity") {
		launch := a.One("launch")
		if launch.Trimmed() == "" {
			continue // told for reporting alone
		}
		if len(out.Units) >= maxUnits {
			report.Error(file, a.Line, "package.too-many-units", fault.Args{"limit": maxUnits})
			break
		}
		u := manifest.Unit{PublisherID: a.Attr("id"), ActivityType: a.Attr("type"), Title: text(a, "name"), Description: text(a, "description"), Language: manifest.Language(launch.Attr("lang"))}
		switch {
		case u.PublisherID == "":
			report.Error(file, a.Line, "package.tincan-id", nil)
		case seen[u.PublisherID]:
			report.Warn(file, a.Line, "package.tincan-twice", fault.Args{"id": manifest.Short(u.PublisherID)})
		case !strings.Contains(u.PublisherID, ":"):
			report.Error(file, a.Line, "package.tincan-id-relative", fault.Args{"id": manifest.Short(u.PublisherID)})
		}
		seen[u.PublisherID] = true
		u.ID = ids.Make(u.PublisherID)
		if u.Title.IsZero() {
			u.Title = manifest.Say("", u.ID)
			report.Warn(file, a.Line, "package.title-missing", fault.Args{"taken": u.ID})
		}
		address(files, file, launch, &u, report)
		out.Units = append(out.Units, u)
		out.Tree = append(out.Tree, manifest.Node{ID: u.ID, PublisherID: u.PublisherID, Title: u.Title, Unit: true})
	}
	if len(out.Units) == 0 && !report.Bad() {
		report.Error(file, root.Line, "package.nothing-to-launch", nil)
	}
	if report.Bad() {
		return nil, nil
	}
	first := out.Units[0]
	out.ID, out.Title, out.Description = first.PublisherID, first.Title, first.Description
	for tag := range out.Title.Values {
		if l := manifest.Language(tag); l != "" {
			out.Languages = append(out.Languages, l)
		}
	}
	slices.Sort(out.Languages)
	return out, nil
}

func address(files manifest.Files, file string, launch *xmltree.Node, u *manifest.Unit, report *manifest.Report) {
	t, key := manifest.Resolve(launch.Trimmed())
	if key != "" {
		report.Error(file, launch.Line, key, fault.Args{"href": manifest.Short(launch.Trimmed())})
		return
	}
	u.Path, u.Query, u.Fragment, u.URL = t.Path, t.Query, t.Fragment, t.URL
	if t.URL != "" {
		u.Query, u.Fragment = "", ""
		return
	}
	as, ok := files.Find(t.Path)
	if !ok {
		report.Error(file, launch.Line, "package.launch-missing", fault.Args{"href": manifest.Short(t.Path)})
		return
	}
	if as != t.Path {
		report.Warn(file, launch.Line, "package.file-case", fault.Args{"href": manifest.Short(t.Path), "taken": as})
		u.Path = as
	}
}

func text(n *xmltree.Node, name string) i18n.Text {
	out := i18n.Text{}
	for _, c := range n.All(name) {
		out = manifest.Also(out, c.Attr("lang"), strings.Join(strings.Fields(c.Text), " "))
	}
	return out
}
