package export_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/content/export"
	"cadre/internal/content/export/bundler"
	"cadre/internal/content/export/exporttest"
	"cadre/internal/content/manifest"
	"cadre/internal/db/dbtest"
	"cadre/internal/journal"
)

func TestTheBundlesAreCurrent(t *testing.T) {
	want, err := bundler.Bundle("src")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range want {
		have, err := os.ReadFile(filepath.Join("dist", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, b) {
			t.Errorf("dist/%s is not what src gives: run go generate ./internal/content/export", name)
		}
	}
}

// What is exported is taken by Cadre's own readers without a single warning, says
// what the module says, and is the same bytes each time.
func TestAnExportIsAPackageWithoutFault(t *testing.T) {
	d := dbtest.SQLite(t)
	journal.Attach(d)
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := content.New(content.Deps{DB: d, Files: files})
	ctx := actor.With(t.Context(), actor.Actor{Operator: true})
	for _, m := range []export.Material{exporttest.Material(t), exporttest.Reading(t)} {
		for _, kind := range export.Kinds() {
			t.Run(m.Module.Key+"/"+string(kind), func(t *testing.T) {
				data, again := exporttest.Zip(t, m, kind), exporttest.Zip(t, m, kind)
				if !bytes.Equal(data, again) {
					t.Error("the same material gave two packages")
				}
				in, err := s.CheckPackage(ctx, bytes.NewReader(data), int64(len(data)))
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range in.Problems {
					t.Errorf("%s %v", p, p.Args)
				}
				if in.Manifest == nil {
					t.Fatal("it is no package")
				}
				got := in.Manifest
				if got.Kind != kind || len(got.Units) != 1 || got.Units[0].Path != "index.html" || got.Minutes != minutes(kind, m.Module) {
					t.Errorf("%+v", got)
				}
				for _, l := range m.Module.Languages {
					if got.Title.Values[l] != m.Module.Title[l] || !slices.Contains(got.Languages, l) {
						t.Errorf("%s: %+v, %v", l, got.Title, got.Languages)
					}
				}
				if n := got.Needs; n.Frames || n.Popups || n.Workers || n.Storage || n.Unload || n.Flash || len(n.Hosts) > 0 {
					t.Errorf("it seems to need %+v", n)
				}
				mastery, moveOn := got.Units[0].Mastery, got.Units[0].MoveOn
				switch {
				case m.Module.PassMark == 0:
					if mastery != nil || kind == manifest.Cmi5 && moveOn != "Completed" {
						t.Errorf("reading is enough, and it asks for %v, %s", mastery, moveOn)
					}
				case mastery == nil || *mastery != 75 && kind == manifest.Scorm12 || *mastery != 0.75 && kind != manifest.Scorm12 || kind == manifest.Cmi5 && moveOn != "CompletedAndPassed":
					t.Errorf("it asks for %v, %s", mastery, moveOn)
				}
			})
		}
	}
}

// minutes are told by SCORM's metadata alone.
func minutes(kind manifest.Kind, m *content.Module) int {
	if kind == manifest.Cmi5 {
		return 0
	}
	return m.Minutes
}

// A learning platform sees a new version of the same unit, and another module as
// another.
func TestIdsStayOverVersions(t *testing.T) {
	m := exporttest.Material(t)
	first := exporttest.File(t, exporttest.Zip(t, m, manifest.Cmi5), "cmi5.xml")
	mended := *m.Module
	mended.Minutes++
	m.Module = &mended
	id := func(x string) (ids []string) {
		for _, part := range strings.Split(x, ` id="`)[1:] {
			ids = append(ids, part[:strings.IndexByte(part, '"')])
		}
		return ids
	}
	second := exporttest.File(t, exporttest.Zip(t, m, manifest.Cmi5), "cmi5.xml")
	if a, b := id(first), id(second); first == second || len(a) != 2 || !slices.Equal(a, b) || a[0] == a[1] {
		t.Errorf("%v became %v", a, b)
	}
	m.ID = "01900000-0000-7000-8000-0000000000ff"
	if other := id(exporttest.File(t, exporttest.Zip(t, m, manifest.Cmi5), "cmi5.xml")); slices.Contains(id(first), other[0]) || slices.Contains(id(first), other[1]) {
		t.Errorf("another module has the ids %v", other)
	}
}

// Everything lies in the package: nothing is loaded from elsewhere, nothing is
// evaluated, pictures are there under the names that the pages give them.
func TestAnExportStandsAlone(t *testing.T) {
	m := exporttest.Material(t)
	data := exporttest.Zip(t, m, manifest.Scorm12)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	listed := exporttest.File(t, data, "imsmanifest.xml")
	for _, f := range z.File {
		if f.Name != "imsmanifest.xml" && !strings.Contains(listed, `href="`+f.Name+`"`) {
			t.Errorf("%s is not in the manifest", f.Name)
		}
		if f.Flags&8 != 0 {
			t.Errorf("the sizes of %s follow it, which some readers do not know", f.Name)
		}
	}
	for _, name := range []string{"index.html", "play.js", "play.css", "nastaliq.css"} {
		body := exporttest.File(t, data, name)
		for _, bad := range []string{"eval(", "new Function", "//cdn", `src="http`, `url(http`, `url("http`, "@import", "import("} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
	}
	script := exporttest.File(t, data, "module.js")
	if strings.Contains(script, content.FilePrefix) || !strings.Contains(script, `files/`+m.Module.Files[0].Digest+".png") {
		t.Error("the picture is not where the page looks for it")
	}
}

// A picture that cannot be read makes no package.
func TestAPictureThatIsGoneIsSaid(t *testing.T) {
	m := exporttest.Material(t)
	gone := errors.New("gone")
	m.Open = func(content.File) (io.ReadCloser, error) { return nil, gone }
	if err := export.Write(io.Discard, m, manifest.Cmi5); !errors.Is(err, gone) {
		t.Errorf("it says %v", err)
	}
	if err := export.Write(io.Discard, exporttest.Material(t), manifest.H5P); err == nil {
		t.Error("a module was made into H5P")
	}
}
