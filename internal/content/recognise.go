package content

import (
	"fmt"
	"path"
	"strings"

	"cadre/internal/content/bundle"
	"cadre/internal/content/cmi5"
	"cadre/internal/content/h5p"
	"cadre/internal/content/manifest"
	"cadre/internal/content/scorm"
	"cadre/internal/content/tincan"
	"cadre/internal/fault"
)

// archived gives the readers of manifests an archive.
type archived struct{ *bundle.Archive }

// Find finds a file, in whatever letters.
func (a archived) Find(path string) (string, bool) {
	if e := a.Archive.Find(path); e != nil {
		return e.Path, true
	}
	return path, false
}

// Read reads a file of at most 16 MiB.
func (a archived) Read(path string) ([]byte, error) {
	e := a.Archive.Find(path)
	if e == nil {
		return nil, fmt.Errorf("content: %s is not in the archive", path)
	}
	return a.ReadFile(e, 16<<20)
}

// Each visits the path of every file.
func (a archived) Each(visit func(string)) {
	for _, e := range a.Files {
		visit(e.Path)
	}
}

// readManifest finds out what a package is and reads its manifest. It is nil if
// the report holds an error.
func readManifest(a *bundle.Archive, report *manifest.Report) (*manifest.Manifest, error) {
	files := archived{a}
	has := func(name string) bool { _, ok := files.Find(name); return ok }
	// cmi5 wants its course structure at the root, under its very name (14, 14.1). What is
	// none of cmi5's may still be a package of another standard.
	course, ok := files.Find(cmi5.File)
	named := ok && course == cmi5.File
	other := func() bool { return has(scorm.File) || has(tincan.File) || has(h5p.File) }
	if !ok && !other() && a.Descend() {
		switch {
		case other():
			report.Warn("", 0, "package.folder-descended", fault.Args{"folder": strings.TrimSuffix(a.Root, "/")})
		case has(cmi5.File):
			report.Error(a.Root+cmi5.File, 0, "package.cmi5-not-root", nil)
			return nil, nil
		}
	}
	if a.Backslashes {
		report.Warn("", 0, "package.name-backslash", nil)
	}
	for _, e := range a.Files {
		if e.Again > 0 {
			report.Warn(e.Path, 0, "package.file-again", fault.Args{"times": e.Again + 1})
		}
	}
	switch {
	// A cmi5 package may bring a SCORM manifest for others, and a tincan.xml too:
	// the richest standard wins.
	case named:
		return cmi5.Read(files, cmi5.File, false, report)
	case has(scorm.File):
		return scorm.Read(files, report)
	case has(tincan.File):
		return tincan.Read(files, report)
	case has(h5p.File):
		return h5p.Read(files, report)
	case ok:
		report.Error(course, 0, "package.cmi5-name", fault.Args{"found": course})
		return nil, nil
	}
	refuseOther(a, has, report)
	return nil, nil
}

// refuseOther says what an archive is that is none of the packages taken, and
// what to ask its maker for.
func refuseOther(a *bundle.Archive, has func(string) bool, report *manifest.Report) {
	say := func(file, key string, args fault.Args) { report.Error(file, 0, key, args) }
	var deep, inner, project, web string
	aicc := map[string]bool{}
	for _, e := range a.Files {
		base := strings.ToLower(path.Base(e.Path))
		ext := path.Ext(base)
		switch {
		case base == cmi5.File || base == scorm.File || base == tincan.File || base == h5p.File:
			deep = e.Path
		case ext == ".zip" || ext == ".h5p":
			inner = e.Path
		case ext == ".story" || ext == ".cptx" || ext == ".ispring" || ext == ".elp" || ext == ".elpx" || ext == ".lec" || ext == ".awt":
			project = e.Path
		case base == "index.html" || base == "story.html" || base == "index_lms.html":
			web = e.Path
		case ext == ".au" || ext == ".crs" || ext == ".des" || ext == ".cst":
			aicc[ext] = true
		}
	}
	switch {
	case aicc[".au"] && aicc[".crs"]:
		say("", "package.aicc", nil)
	case has("moodle_backup.xml"):
		say("", "package.moodle-backup", nil)
	case has("[Content_Types].xml"):
		say("", "package.office", nil)
	case has("META-INF/container.xml"):
		say("", "package.epub", nil)
	case deep != "":
		say(deep, "package.manifest-deep", fault.Args{"file": deep})
	case inner != "":
		say(inner, "package.archive-in-archive", fault.Args{"file": inner})
	case project != "":
		say(project, "package.project", fault.Args{"file": project})
	case web != "":
		say(web, "package.web-export", nil)
	default:
		say("", "package.unknown", nil)
	}
}
