package app

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/player"
)

const sequenced = `<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
<metadata><schema>ADL SCORM</schema><schemaversion>2004 3rd Edition</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Interviewing</title><item identifier="chapter"><title>Chapter</title>
<item identifier="exam" identifierref="r" parameters="?a=1"><title>Exam</title><adlcp:dataFromLMS>x</adlcp:dataFromLMS>
<imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.8</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing></item></item></organization></organizations>
<resources><resource identifier="r" adlcp:scormType="sco" href="exam.html"/></resources></manifest>`

// TestThePlayerFindsPackagesOnTheShelf: what was brought in is what is played.
func TestThePlayerFindsPackagesOnTheShelf(t *testing.T) {
	d := dbtest.SQLite(t)
	journal.Attach(d)
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := shelf{content.New(content.Deps{DB: d, Files: files})}
	ctx := actor.With(t.Context(), actor.Actor{Operator: true})
	page := "<p>" + strings.Repeat("question ", 200)
	data := bundletest.Zip("imsmanifest.xml", sequenced, "exam.html", page)
	in, err := s.ImportPackage(ctx, id.New[id.Operation](), content.ImportPackage{File: bytes.NewReader(data), Size: int64(len(data)), Publish: true})
	if err != nil {
		t.Fatal(err)
	}
	var file *player.CourseFile
	err = d.View(ctx, func(tx *db.Tx) error {
		if v, err := s.Current(tx, "interviewing"); err != nil || len(v) != 1 || v[0] != in.Version {
			t.Errorf("out is %s, %v", v, err)
		}
		if _, err := s.Current(tx, "another"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a package that is not there: %v", err)
		}
		c, err := s.Course(tx, in.Version)
		if err != nil {
			return err
		}
		u := c.Unit("exam")
		if c.Kind != player.Scorm2004 || c.Title != "Interviewing" || !c.Shared || len(c.Units) != 1 || c.Units[0].Href != "" || u == nil {
			t.Fatalf("%+v", c)
		}
		if u.Href != "exam.html?a=1" || u.Given["cmi.scaled_passing_score"] != "0.8" || u.Given["cmi.launch_data"] != "x" || len(u.Given) != 2 {
			t.Errorf("%+v", u)
		}
		var tree struct {
			ActivityTree struct{ ID string } `json:"activityTree"`
		}
		if err := json.Unmarshal(c.Sequencing, &tree); err != nil || tree.ActivityTree.ID != "o" {
			t.Errorf("%s, %v", c.Sequencing, err)
		}
		file, err = s.CourseFile(tx, in.Version, "exam.html")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() // it was only read
	if b, err := io.ReadAll(r); err != nil || string(b) != page || file.Media != "text/html" || len(file.Packed) != 1 || file.Packed[0].Size >= file.Size {
		t.Errorf("%+v, %v", file, err)
	}
}

// TestThePlayerFindsEveryLanguage: the packages of one module are found by its key,
// each with its own title.
func TestThePlayerFindsEveryLanguage(t *testing.T) {
	d := dbtest.SQLite(t)
	journal.Attach(d)
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := shelf{content.New(content.Deps{DB: d, Files: files})}
	ctx := actor.With(t.Context(), actor.Actor{Operator: true})
	bring := func(manifest string, in content.ImportPackage) content.ImportedPackage {
		t.Helper()
		data := bundletest.Zip("imsmanifest.xml", manifest, "exam.html", "<p>")
		in.File, in.Size, in.Publish = bytes.NewReader(data), int64(len(data)), true
		out, err := s.ImportPackage(ctx, id.New[id.Operation](), in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	english := bring(sequenced, content.ImportPackage{Language: "en"})
	urdu := bring(strings.Replace(sequenced, "Interviewing", "انٹرویو", 1), content.ImportPackage{Translates: english.Package, Language: "ur"})
	err = d.View(ctx, func(tx *db.Tx) error {
		all, err := s.Current(tx, "interviewing")
		if err != nil || len(all) != 2 || all[0] != english.Version || all[1] != urdu.Version {
			t.Errorf("out are %v, %v", all, err)
		}
		c, err := s.Course(tx, urdu.Version)
		if err != nil {
			return err
		}
		if c.Title != "انٹرویو" || c.Language != "ur" || c.Key != "interviewing" || c.Module != urdu.Package || c.Of != english.Package {
			t.Errorf("%+v", c)
		}
		if c, err := s.Course(tx, english.Version); err != nil || c.Of != english.Package || c.Language != "en" {
			t.Errorf("%+v, %v", c, err)
		}
		key, err := s.Key(tx, urdu.Package)
		if err == nil && key != "interviewing" {
			t.Errorf("it is the module %s", key)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
