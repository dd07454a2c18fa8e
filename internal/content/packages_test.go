package content

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/content/manifest"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
)

const twoScos = `<?xml version="1.0"?>
<manifest identifier="m" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
 <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
 <organizations default="o"><organization identifier="o"><title>Spotting trafficking</title>
  <item identifier="a" identifierref="ra" parameters="?x=1"><title>One</title><adlcp:masteryscore>80</adlcp:masteryscore></item>
  <item identifier="b" identifierref="rb"><title>Two</title><adlcp:prerequisites type="aicc_script">a</adlcp:prerequisites></item>
 </organization></organizations>
 <resources>
  <resource identifier="ra" type="webcontent" adlcp:scormtype="sco" href="One/Index.html"><file href="One/Index.html"/></resource>
  <resource identifier="rb" type="webcontent" adlcp:scormtype="sco" href="two.html"/>
 </resources>
</manifest>`

func scormZip(more ...string) []byte {
	return bundletest.Zip(append([]string{
		"imsmanifest.xml", twoScos, "One/Index.html", "<html><script src='https://cdn.example.org/x.js'></script>" + strings.Repeat("<p>hello</p>", 200),
		"two.html", "<html>two", "pic.png", "\x89PNG",
	}, more...)...)
}

func bring(data []byte, in ImportPackage) ImportPackage {
	in.Programme, in.File, in.Size = programme, bytes.NewReader(data), int64(len(data))
	return in
}

func TestAPackageIsBroughtInServedReplacedAndWithdrawn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		op := id.New[id.Operation]()
		first, err := s.ImportPackage(officer, op, bring(scormZip(), ImportPackage{Publish: true}))
		if err != nil || first.Number != 1 || first.Key != "spotting-trafficking" {
			t.Fatalf("%+v, %v", first, err)
		}
		if again, err := s.ImportPackage(officer, op, bring(scormZip(), ImportPackage{Publish: true})); err != nil || again != first {
			t.Errorf("a resend answered %+v, %v", again, err)
		}
		other, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip(), ImportPackage{}))
		if err != nil || other.Package == first.Package || other.Key != "spotting-trafficking-2" {
			t.Errorf("the same archive as a package of its own: %+v, %v", other, err)
		}
		playable(t, s, d, first)
		same, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip(), ImportPackage{Replaces: first.Package}))
		if err != nil || !same.Unchanged || same.Version != first.Version {
			t.Errorf("the same archive as a new version: %+v, %v", same, err)
		}
		second, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip("more.txt", "x"), ImportPackage{Replaces: first.Package, Publish: true}))
		if err != nil || second.Number != 2 || second.Package != first.Package {
			t.Fatalf("%+v, %v", second, err)
		}
		playable(t, s, d, first) // attempts on it go on
		if err := s.AllowPackage(officer, id.New[id.Operation](), AllowPackage{Package: first.Package, Hosts: []string{" CDN.example.org", "cdn.example.org"}, Popups: true, Revision: 1}); err != nil {
			t.Fatal(err)
		}
		if err := s.AllowPackage(officer, id.New[id.Operation](), AllowPackage{Package: first.Package, Revision: 1}); !fault.Is(err, fault.Stale) {
			t.Errorf("a change of what was changed: %v", err)
		}
		page, err := s.PreviewPackage(officer, second.Version)
		if err != nil || len(page.Versions) != 2 || page.Published != second.Version || !page.AllowPopups || len(page.AllowedHosts) != 1 || page.Heaviest[0].Path != "imsmanifest.xml" {
			t.Errorf("%+v, %v", page, err)
		}
		if err := s.WithdrawPackage(officer, id.New[id.Operation](), first.Package); err != nil {
			t.Fatal(err)
		}
		err = d.View(officer, func(tx *db.Tx) error { _, err := s.Published(tx, first.Key); return err })
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a withdrawn package begins: %v", err)
		}
		playable(t, s, d, first)
		if err := s.Publish(officer, id.New[id.Operation](), Publish{Version: second.Version}); !fault.Is(err, fault.Closed) {
			t.Errorf("a withdrawn package is put out again: %v", err)
		}
		if _, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip("y", "z"), ImportPackage{Replaces: first.Package})); !fault.Is(err, fault.Closed) {
			t.Errorf("a withdrawn package gets a version: %v", err)
		}
		list, more, err := s.ListPackages(officer, "")
		if err != nil || more || len(list) != 2 || !list[0].Withdrawn || list[1].Withdrawn {
			t.Errorf("%+v, %v, %v", list, more, err)
		}
		if modules, err := s.List(officer); err != nil || len(modules) != 0 {
			t.Errorf("packages are listed among the Markdown modules: %v, %v", modules, err)
		}
		if n, err := s.files.Verify(officer, d, nil); err != nil || len(n) > 0 {
			t.Errorf("files are missing: %v, %v", n, err)
		}
	})
}

// playable looks a version over as a launch does.
func playable(t *testing.T, s *Service, d *db.DB, of ImportedPackage) {
	t.Helper()
	officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
	err := d.View(officer, func(tx *db.Tx) error {
		p, err := s.Package(tx, of.Version)
		if err != nil {
			return err
		}
		if p.Kind != manifest.Scorm12 || len(p.Units) != 2 || p.Units[0].Address() != "One/Index.html?x=1" || *p.Units[0].Mastery != 80 || p.Units[1].Prerequisites != "a" {
			t.Errorf("%+v", p.Manifest)
		}
		if len(p.Needs.Hosts) != 1 || p.Needs.Hosts[0] != "cdn.example.org" || p.Weight.Files < 4 || p.Weight.Wire >= p.Weight.Bytes {
			t.Errorf("%+v %+v", p.Needs, p.Weight)
		}
		for _, path := range []string{"One/Index.html", "one/INDEX.html"} {
			f, err := s.PackageFile(tx, of.Version, path)
			if err != nil {
				return err
			}
			if f.Media != "text/html" || f.Gzip == "" {
				t.Errorf("%s is %+v", path, f)
			}
			plain, packed := contents(t, s, tx, f, false), contents(t, s, tx, f, true)
			z, err := gzip.NewReader(bytes.NewReader(packed))
			if err != nil {
				return err
			}
			un, err := io.ReadAll(z)
			if err != nil || !bytes.Equal(un, plain) || int64(len(packed)) != f.GzipSize {
				t.Errorf("%s is packed as something else: %v", path, err)
			}
		}
		if _, err := s.PackageFile(tx, of.Version, "../imsmanifest.xml"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a way out is found: %v", err)
		}
		if _, err := s.Material(tx, of.Version); !fault.Is(err, fault.NotFound) {
			t.Errorf("a package is read as Markdown: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, r, err := s.Original(officer, of.Version)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() // it was only read
	if b, err := io.ReadAll(r); err != nil || !bytes.HasPrefix(b, []byte("PK")) {
		t.Errorf("the archive does not come out as it came: %v", err)
	}
}

func contents(t *testing.T, s *Service, tx *db.Tx, f PackageFile, packed bool) []byte {
	t.Helper()
	open, err := s.Opener(tx, f, packed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() // it was only read
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAPackageThatIsWrongLeavesNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		broken := bundletest.Build(bundletest.Ending{}, bundletest.Part{Name: "imsmanifest.xml", Content: []byte(twoScos)},
			bundletest.Part{Name: "One/Index.html", Content: []byte("x")}, bundletest.Part{Name: "two.html", Content: []byte("x"), CRC: bundletest.To[uint32](1)})
		for key, data := range map[string][]byte{
			"package.launch-missing": bundletest.Zip("imsmanifest.xml", twoScos, "One/Index.html", "x"),
			"package.checksum":       broken, "package.not-zip": []byte("hello"),
			"package.web-export": bundletest.Zip("index.html", "x"),
		} {
			_, err := s.ImportPackage(officer, id.New[id.Operation](), bring(data, ImportPackage{}))
			var ps PackageProblems
			if !fault.Is(err, fault.Invalid) || !errors.As(err, &ps) || ps[0].Key != key {
				t.Errorf("%s: %v", key, err)
			}
		}
		if list, _, err := s.ListPackages(officer, ""); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
		for role, scope := range map[actor.Role]actor.Scope{actor.Trainer: {Programme: programme}, actor.ProgrammeOfficer: {Programme: id.New[id.Programme]()}} {
			if _, err := s.ImportPackage(as(role, scope), id.New[id.Operation](), bring(scormZip(), ImportPackage{})); !fault.Is(err, fault.Denied) {
				t.Errorf("%s brings a package in: %v", role, err)
			}
		}
	})
}

// Some authoring tools pack a picture as often as it is used. It is taken once, and the
// officer is told.
func TestAFilePackedTwiceIsTakenOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		plain, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip(), ImportPackage{}))
		if err != nil {
			t.Fatal(err)
		}
		double, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip("pic.png", "\x89PNG", "pic.png", "\x89PNG"), ImportPackage{}))
		if err != nil {
			t.Fatal(err)
		}
		one, err := s.PreviewPackage(officer, plain.Version)
		if err != nil {
			t.Fatal(err)
		}
		two, err := s.PreviewPackage(officer, double.Version)
		if err != nil || !slices.Equal(two.Heaviest, one.Heaviest) || len(two.Warnings) != len(one.Warnings)+1 {
			t.Fatalf("%+v besides %+v, %v", two, one, err)
		}
		if i := slices.IndexFunc(two.Warnings, func(w PackageProblem) bool { return w.Key == "package.file-again" }); i < 0 || two.Warnings[i].File != "pic.png" || fmt.Sprint(two.Warnings[i].Args["times"]) != "3" {
			t.Errorf("the officer reads %v", two.Warnings)
		}
		playable(t, s, d, double)
	})
}

// What a package may hold is for whoever runs the instance to say.
func TestAPackageHoldsWhatTheInstanceAdmits(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		for key, deps := range map[string]Deps{"package.too-many": {MaxFiles: 2}, "package.file-large": {MaxBytes: 100}} {
			deps.DB, deps.Files = d, service(t, d).files
			_, err := New(deps).ImportPackage(officer, id.New[id.Operation](), bring(scormZip(), ImportPackage{}))
			var ps PackageProblems
			if !errors.As(err, &ps) || ps[0].Key != key {
				t.Errorf("%s: %v", key, err)
			}
		}
		if _, err := service(t, d).ImportPackage(officer, id.New[id.Operation](), bring(scormZip(), ImportPackage{})); err != nil {
			t.Errorf("by the defaults: %v", err)
		}
	})
}

// The H5P package of the first programme, packed, comes in without a word.
func TestThePackageOfTheFirstProgrammeComesIn(t *testing.T) {
	root := os.DirFS("../../examples/pakistan-2020/packages/first-contact")
	var files []string
	if err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(root, name)
		files = append(files, name, string(b))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s, packed := service(t, dbtest.SQLite(t)), bundletest.Zip(files...)
	officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
	if found, err := s.CheckPackage(officer, bytes.NewReader(packed), int64(len(packed))); err != nil || len(found.Problems) > 0 || found.Manifest.Kind != manifest.H5P {
		t.Errorf("%+v, %v", found, err)
	}
	in, err := s.ImportPackage(officer, id.New[id.Operation](), bring(packed, ImportPackage{Publish: true}))
	if err != nil || in.Key != "first-contact-three-scenes" {
		t.Errorf("%+v, %v", in, err)
	}
}

// A package is tried by the staff who may read it, before it is out and after. Whoever
// only takes it may not, nor may the staff of another programme.
func TestWhoMayTryAPackage(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		cohort, elsewhere := id.New[id.Cohort](), id.New[id.Programme]()
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		p, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip(), ImportPackage{}))
		if err != nil {
			t.Fatal(err)
		}
		may := func(who context.Context) bool {
			err := d.View(who, func(tx *db.Tx) error { return s.MayPreview(tx, p.Version) })
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			return err == nil
		}
		for _, out := range []bool{false, true} {
			for role, scopes := range map[actor.Role]map[bool][]actor.Scope{
				actor.ProgrammeOfficer: {true: {{Programme: programme}}, false: {{Programme: elsewhere}}},
				actor.Trainer:          {true: {{Programme: programme}}, false: {{Programme: elsewhere}}},
				actor.Coach:            {true: {{Programme: programme}}, false: {{Programme: elsewhere}}},
				actor.Participant:      {false: {{Programme: programme, Cohort: cohort}}},
				actor.Observer:         {false: {{Programme: programme}}},
			} {
				for want, all := range scopes {
					for _, scope := range all {
						if may(as(role, scope)) != want {
							t.Errorf("out: %v; %s of %+v may: %v", out, role, scope, !want)
						}
					}
				}
			}
			if may(context.Background()) {
				t.Error("whoever is not signed in may")
			}
			if !out {
				if err := s.Publish(officer, id.New[id.Operation](), Publish{Version: p.Version}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
