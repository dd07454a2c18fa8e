package scorm

import (
	"strings"

	"cadre/internal/content/manifest"
	"cadre/internal/content/xmltree"
	"cadre/internal/fault"
)

// File is the manifest's name.
const File = "imsmanifest.xml"

// reader holds what is known while a manifest is read.
type reader struct {
	files     manifest.Files
	file      string
	report    *manifest.Report
	root      *xmltree.Node
	out       *manifest.Manifest
	resources map[string]*resource
	ids       manifest.IDs
	taken     map[string]bool // item identifiers
	next      map[string]int  // the number to try next after an identifier that is taken
	refs      []reference
	asked     string // prerequisites of the item that is being read, and of its chapters

	askedInAll int // bytes of what all items ask
	collected  map[string]shared
	shared     int // bytes that items have taken from the collection
}

// reference is an id that is used and has to be somewhere.
type reference struct {
	node *xmltree.Node
	id   string
}

// Read reads the manifest. It is nil if the report holds an error; all that is
// wrong is reported at once. The error is for files that cannot be read.
func Read(files manifest.Files, report *manifest.Report) (*manifest.Manifest, error) {
	file, _ := files.Find(File)
	tree, err := manifest.ReadXML(files, file, report)
	if err != nil || tree == nil {
		return nil, err
	}
	r := &reader{files: files, file: file, report: report, root: tree.Root, out: &manifest.Manifest{}, resources: map[string]*resource{}, taken: map[string]bool{}, next: map[string]int{}}
	if tree.Root.Name != "manifest" {
		r.err(tree.Root, "package.no-manifest-element", fault.Args{"found": tree.Root.Name})
		return nil, nil
	}
	if !r.version() {
		return nil, nil
	}
	r.out.ID = tree.Root.Attr("identifier")
	r.readResources()
	r.readMetadata()
	r.readOrganizations()
	r.checkPrerequisites()
	r.checkUnused()
	if len(r.out.Units) == 0 && !report.Bad() {
		r.err(tree.Root, "package.nothing-to-launch", nil)
	}
	if report.Bad() {
		return nil, nil
	}
	return r.out, nil
}

func (r *reader) err(n *xmltree.Node, key string, args fault.Args) {
	r.report.Error(r.file, n.At(), key, args)
}

func (r *reader) warn(n *xmltree.Node, key string, args fault.Args) {
	r.report.Warn(r.file, n.At(), key, args)
}

// version finds out which standard the manifest follows. It reports false for
// one that is none of SCORM's.
func (r *reader) version() bool {
	meta := r.root.One("metadata")
	schema := strings.ToLower(meta.One("schema").Trimmed())
	stated := strings.ToLower(strings.Join(strings.Fields(meta.One("schemaversion").Trimmed()), " "))
	if strings.Contains(schema, "common cartridge") || strings.Contains(schema, "thin common") || strings.Contains(r.root.Space, "imsccv") {
		r.err(meta, "package.common-cartridge", nil)
		return false
	}
	if strings.Contains(strings.ToLower(r.root.Space), "imsqti") || strings.Contains(schema, "qti") {
		r.err(meta, "package.qti", nil)
		return false
	}
	kind, edition := r.byNamespace()
	switch {
	case stated == "1.2":
		r.out.Kind = manifest.Scorm12
	case strings.Contains(stated, "4th"):
		r.out.Kind, r.out.Edition = manifest.Scorm2004, 4
	case strings.Contains(stated, "3rd"):
		r.out.Kind, r.out.Edition = manifest.Scorm2004, 3
	case stated == "cam 1.3", strings.Contains(stated, "2nd"), stated == "1.3":
		r.out.Kind, r.out.Edition = manifest.Scorm2004, 2
	case strings.Contains(stated, "2004"):
		r.out.Kind, r.out.Edition = manifest.Scorm2004, 4
		r.warn(meta.One("schemaversion"), "package.version-guessed", fault.Args{"found": manifest.Short(stated), "taken": "SCORM 2004"})
	default:
		r.out.Kind, r.out.Edition = kind, edition
		at, taken := meta.One("schemaversion"), "SCORM 1.2"
		if at == nil {
			at = r.root
		}
		if kind == manifest.Scorm2004 {
			taken = "SCORM 2004"
		}
		r.warn(at, "package.version-guessed", fault.Args{"found": manifest.Short(stated), "taken": taken})
		return true
	}
	return true
}

// byNamespace guesses the standard from the namespaces in use.
func (r *reader) byNamespace() (manifest.Kind, int) {
	for _, a := range r.root.Attrs {
		v := strings.ToLower(a.Value)
		if strings.Contains(v, "adlcp_v1p3") || strings.Contains(v, "imsss") || strings.Contains(v, "adlseq") {
			return manifest.Scorm2004, 3
		}
	}
	return manifest.Scorm12, 0
}
