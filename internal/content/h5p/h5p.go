// Package h5p reads H5P packages: h5p.json, content/content.json, and the
// libraries that the content runs on, each in a folder of its own.
package h5p

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"cadre/internal/content/manifest"
	"cadre/internal/fault"
)

// File is the manifest's name; Content that of the content.
const (
	File    = "h5p.json"
	Content = "content/content.json"
)

// library is a reference to a library.
type library struct {
	MachineName  string `json:"machineName"`
	MajorVersion number `json:"majorVersion"`
	MinorVersion number `json:"minorVersion"`
}

func (l library) String() string {
	return fmt.Sprintf("%s %d.%d", l.MachineName, l.MajorVersion, l.MinorVersion)
}

// number is a whole number, which some tools write as text.
type number int

// UnmarshalJSON reads 1 and "1".
func (n *number) UnmarshalJSON(b []byte) error {
	var v int
	err := json.Unmarshal(bytes.Trim(b, `"`), &v)
	*n = number(v)
	return err
}

// document is what is read of h5p.json and of a library.json.
type document struct {
	Title        string    `json:"title"`
	Language     string    `json:"language"`
	MainLibrary  string    `json:"mainLibrary"`
	Dependencies []library `json:"preloadedDependencies"`
	Editor       []library `json:"editorDependencies"`
	library
	PreloadedJS  []file `json:"preloadedJs"`
	PreloadedCSS []file `json:"preloadedCss"`
}

type file struct {
	Path string `json:"path"`
}

type reader struct {
	files  manifest.Files
	report *manifest.Report
	done   map[library]bool
}

// Read reads the package. The manifest is nil if the report holds an error.
func Read(files manifest.Files, report *manifest.Report) (*manifest.Manifest, error) {
	r := &reader{files: files, report: report, done: map[library]bool{}}
	var d document
	if ok, err := r.read(File, &d); err != nil || !ok {
		return nil, err
	}
	if d.MainLibrary == "" {
		report.Error(File, 1, "package.h5p-member", fault.Args{"name": "mainLibrary"})
	}
	title := strings.TrimSpace(d.Title)
	if title == "" {
		title = d.MainLibrary
		report.Warn(File, 1, "package.title-missing", fault.Args{"taken": manifest.Short(title)})
	}
	var content map[string]json.RawMessage
	if as, ok := files.Find(Content); !ok {
		report.Error(Content, 0, "package.h5p-content", nil)
	} else if _, err := r.read(as, &content); err != nil {
		return nil, err
	}
	main := r.main(d)
	for _, l := range d.Dependencies {
		if err := r.library(l, File); err != nil {
			return nil, err
		}
	}
	if report.Bad() {
		return nil, nil
	}
	m := &manifest.Manifest{Kind: manifest.H5P, Library: main.String(), Title: manifest.Say(d.Language, title)}
	if l := manifest.Language(d.Language); l != "" {
		m.Languages = []string{l}
	}
	m.Units = []manifest.Unit{{ID: "content", Title: m.Title, Path: File}}
	m.Tree = []manifest.Node{{ID: "content", Title: m.Title, Unit: true}}
	return m, nil
}

// main finds the main library among the dependencies.
func (r *reader) main(d document) library {
	for _, l := range d.Dependencies {
		if l.MachineName == d.MainLibrary {
			return l
		}
	}
	if d.MainLibrary != "" {
		r.report.Error(File, 1, "package.h5p-main", fault.Args{"library": manifest.Short(d.MainLibrary)})
	}
	return library{}
}

// library checks a library and what it depends on.
func (r *reader) library(l library, by string) error {
	if r.done[l] {
		return nil
	}
	r.done[l] = true
	name := fmt.Sprintf("%s-%d.%d/library.json", l.MachineName, l.MajorVersion, l.MinorVersion)
	as, ok := r.files.Find(name)
	if !ok {
		as, ok = r.files.Find(l.MachineName + "/library.json")
	}
	if !ok {
		r.report.Error(by, 1, "package.h5p-library", fault.Args{"library": manifest.Short(l.String())})
		return nil
	}
	var d document
	if ok, err := r.read(as, &d); err != nil || !ok {
		return err
	}
	if d.library != l {
		r.report.Error(as, 1, "package.h5p-library-other", fault.Args{"library": manifest.Short(l.String()), "found": manifest.Short(d.String())})
		return nil
	}
	dir := strings.TrimSuffix(as, "library.json")
	for _, f := range append(d.PreloadedJS, d.PreloadedCSS...) {
		t, key := manifest.Resolve(f.Path)
		if key == "" && t.URL == "" {
			if _, ok := r.files.Find(dir + t.Path); ok {
				continue
			}
		}
		r.report.Warn(as, 1, "package.file-missing", fault.Args{"href": manifest.Short(f.Path)})
	}
	for _, dep := range d.Dependencies {
		if err := r.library(dep, as); err != nil {
			return err
		}
	}
	return nil
}

// read reads a JSON file. ok is false if it was reported as wrong.
func (r *reader) read(name string, into any) (ok bool, err error) {
	data, err := r.files.Read(name)
	if err != nil {
		return false, err
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if err := json.Unmarshal(data, into); err != nil {
		line := 1
		if s := (*json.SyntaxError)(nil); errors.As(err, &s) {
			line += bytes.Count(data[:min(int(s.Offset), len(data))], []byte("\n"))
		}
		r.report.Error(name, line, "package.json-syntax", fault.Args{"detail": manifest.Short(err.Error())})
		return false, nil
	}
	return true, nil
}
