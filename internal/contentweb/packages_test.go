package contentweb

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/web/webtest"
)

const tincan = `<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
<activity id="https://example.org/a" type="http://adlnet.gov/expapi/activities/course"><name lang="en">Spotting indicators</name><launch lang="en">index.html</launch></activity>
</activities></tincan>`

func TestAPackageIsBroughtInLookedOverAndTakenOut(t *testing.T) {
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, nil, Routes(Deps{Content: content.New(content.Deps{DB: dbtest.SQLite(t), Files: files})})...)
	officer := as(actor.ProgrammeOfficer)
	for lang, words := range map[string]string{"en": "The pictures in the package are being made smaller.", "ur": "پیکیج کی تصویریں ہلکی کی جا رہی ہیں۔"} {
		page := s.As(t, officer, i18n.Prefs{Lang: lang}).Get("/packages").Must(t, http.StatusOK).CheckPage(t)
		if !strings.Contains(page.Body, words) {
			t.Errorf("%s: a page that makes pictures smaller does not say so while it does", lang)
		}
	}
	b := s.As(t, officer, i18n.Prefs{Lang: "en"})
	page := b.Get("/packages").Must(t, http.StatusOK, "No packages yet")
	bad := b.SubmitFiles(page, "package", nil, map[string][]byte{"file": bundletest.Zip("tincan.xml", tincan)})
	bad.Must(t, http.StatusUnprocessableEntity, "The package was not brought in", "tincan.xml:2", "is not in the package").CheckPage(t)
	aicc := b.SubmitFiles(page, "package", nil, map[string][]byte{"file": bundletest.Zip("a.au", "x", "a.crs", "x")})
	aicc.Must(t, http.StatusUnprocessableEntity, "This is an AICC package", "Ask its maker").CheckPage(t)

	in := b.SubmitFiles(page, "package", nil, map[string][]byte{"file": bundletest.Zip("tincan.xml", tincan, "index.html", "<script>window.open('x')</script>")})
	in.Must(t, http.StatusOK, "Spotting indicators", "xAPI", "400 kbit/s", "windows of its own", "Put this version out").CheckPage(t)
	path, _, _ := strings.Cut(in.Path, "?")
	s.As(t, officer, i18n.Prefs{Lang: "ur"}).Get(path).Must(t, http.StatusOK).CheckPage(t)
	b.Submit(in, "allow", map[string][]string{"hosts": {"https://cdn.example.org/"}}).Must(t, http.StatusUnprocessableEntity, "https://cdn.example.org/", "a host’s name alone").CheckPage(t)
	elsewhere := b.Get(path)
	b.Submit(in, "allow", map[string][]string{"hosts": {"cdn.example.org"}, "popups": {"yes"}}).Must(t, http.StatusOK, "What it may do was saved.", "cdn.example.org").CheckPage(t)
	late := b.Submit(elsewhere, "allow", map[string][]string{"hosts": {"video.example.org"}}).Must(t, http.StatusConflict, "Somebody changed what this package may do", "cdn.example.org", "video.example.org").CheckPage(t)
	b.Submit(late, "allow", nil).Must(t, http.StatusOK, "What it may do was saved.", "video.example.org")
	b.Submit(in, "lacks", map[string][]string{"keyboard": {"yes"}, "other": {"Colours without words."}}).Must(t, http.StatusOK, "What it lacks was saved.", "Colours without words.").CheckPage(t)
	late = b.Submit(elsewhere, "lacks", map[string][]string{"captions": {"yes"}, "other": {"Small type."}}).Must(t, http.StatusConflict, "Somebody changed what is noted", "Colours without words.", "Small type.").CheckPage(t)
	b.Submit(late, "lacks", nil).Must(t, http.StatusOK, "What it lacks was saved.", "Small type.")
	b.Submit(in, path+"/publish", nil).Must(t, http.StatusOK, "This version is out.")
	b.Get(path+"/original").Must(t, http.StatusOK)
	b.Get("/packages").Must(t, http.StatusOK, "Spotting indicators", "spotting-indicators").CheckPage(t)
	b.Submit(b.Get(path), path+"/withdraw", nil).Must(t, http.StatusOK, "Taken out of use").CheckPage(t)

	trainer := s.As(t, as(actor.Trainer), i18n.Prefs{Lang: "en"})
	trainer.Get(path).Must(t, http.StatusOK, "Spotting indicators")
	if a := trainer.Get(path + "/original"); a.Status == http.StatusOK {
		t.Error("a trainer took the archive out")
	}
}

// Captions that were not found are proposed until the officer has looked.
func TestMissingCaptionsAreProposed(t *testing.T) {
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, nil, Routes(Deps{Content: content.New(content.Deps{DB: dbtest.SQLite(t), Files: files})})...)
	b := s.As(t, as(actor.ProgrammeOfficer), i18n.Prefs{Lang: "en"})
	in := b.SubmitFiles(b.Get("/packages"), "package", nil, map[string][]byte{"file": bundletest.Zip("tincan.xml", tincan, "index.html", "<p>one", "film.mp4", "x")})
	in.Must(t, http.StatusOK, "Sound or video was found in this package, and no captions.").CheckPage(t)
	path, _, _ := strings.Cut(in.Path, "?")
	s.As(t, as(actor.ProgrammeOfficer), i18n.Prefs{Lang: "ur"}).Get(path).Must(t, http.StatusOK, "آواز یا ویڈیو ملی اور کیپشن نہیں ملے").CheckPage(t)
	ticked := regexp.MustCompile(`<input[^>]*name="captions"[^>]* checked`)
	if !ticked.MatchString(in.Body) {
		t.Error("the box is not ticked")
	}
	// She has looked, and there are captions: the box stays as she left it when something
	// else is wrong, and when somebody has been faster.
	long := b.Submit(in, "lacks", map[string][]string{"captions": nil, "other": {strings.Repeat("x", 501)}}).Must(t, http.StatusUnprocessableEntity).CheckPage(t)
	if ticked.MatchString(long.Body) {
		t.Error("the box that the officer left empty comes back ticked")
	}
	after := b.Submit(long, "lacks", map[string][]string{"other": nil}).Must(t, http.StatusOK, "What it lacks was saved.")
	elsewhere := b.Get(path)
	noted := b.Submit(after, "lacks", map[string][]string{"captions": {"yes"}}).Must(t, http.StatusOK, "What it lacks was saved.")
	late := b.Submit(elsewhere, "lacks", map[string][]string{"other": {"Small type."}}).Must(t, http.StatusConflict, "It now stands as: It has no captions").CheckPage(t)
	if ticked.MatchString(late.Body) {
		t.Error("the box comes back ticked since somebody else ticked it")
	}
	after = b.Submit(noted, "lacks", map[string][]string{"captions": nil}).Must(t, http.StatusOK, "What it lacks was saved.")
	if ticked.MatchString(after.Body) || strings.Contains(after.Text(), "Sound or video was found") {
		t.Error("what the officer has looked at is proposed again")
	}
}

const tincanUrdu = `<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
<activity id="https://example.org/ur" type="http://adlnet.gov/expapi/activities/course"><name lang="ur">علامات پہچانیں</name><launch lang="ur">index.html</launch></activity>
</activities></tincan>`

// The officer brings the Urdu package in beside the English one; she sees one module.
func TestAPackageIsBroughtInAsAnotherLanguage(t *testing.T) {
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, nil, Routes(Deps{Content: content.New(content.Deps{DB: dbtest.SQLite(t), Files: files})})...)
	officer := as(actor.ProgrammeOfficer)
	b := s.As(t, officer, i18n.Prefs{Lang: "en"})
	english := b.SubmitFiles(b.Get("/packages"), "package", nil, map[string][]byte{"file": bundletest.Zip("tincan.xml", tincan, "index.html", "<p>one")})
	english.Must(t, http.StatusOK, "The same module in another language")
	urdu := map[string][]byte{"file": bundletest.Zip("tincan.xml", tincanUrdu, "index.html", "<p>ایک")}
	ask := map[string][]string{"as": {"language"}}
	in := b.SubmitFiles(english, "package", ask, urdu).Must(t, http.StatusOK, "علامات پہچانیں", "This module in several languages", "spotting-indicators-ur", "English", "اردو").CheckPage(t)
	path, _, _ := strings.Cut(in.Path, "?")
	page := s.As(t, officer, i18n.Prefs{Lang: "ur"}).Get(path).Must(t, http.StatusOK).CheckPage(t)
	if !strings.Contains(page.Body, "spotting-indicators") {
		t.Error("the key of the module is not shown")
	}
	if resent := b.SubmitFiles(english, "package", ask, urdu); resent.Path != in.Path {
		t.Errorf("a resend led to %s, the first to %s", resent.Path, in.Path)
	}
	first, _, _ := strings.Cut(english.Path, "?")
	again := b.SubmitFiles(b.Get(first), "package", ask, urdu)
	again.Must(t, http.StatusUnprocessableEntity, "for this module already: spotting-indicators-ur", "as a new version of").CheckPage(t)
	b.Submit(in, "language", map[string][]string{"language": {"in Urdu"}}).Must(t, http.StatusUnprocessableEntity, "Write the language as a tag").CheckPage(t)
	b.Submit(in, "language", map[string][]string{"language": {"en"}}).Must(t, http.StatusUnprocessableEntity, "for this module already: spotting-indicators.")
	b.Submit(in, "language", map[string][]string{"language": {"ur-PK"}}).Must(t, http.StatusOK, "The language was saved.").CheckPage(t)
	b.Submit(in, path+"/publish", nil).Must(t, http.StatusOK, "This version is out.")
	list := b.Get("/packages").Must(t, http.StatusOK, "Spotting indicators", "English").CheckPage(t)
	if n := strings.Count(list.Body, "<tr>"); n != 2 { // its head, and one module
		t.Errorf("%d rows in the list of modules", n)
	}
	b.Submit(b.Get(path), path+"/withdraw", nil).Must(t, http.StatusOK, "Taken out of use").CheckPage(t)
	b.SubmitFiles(b.Get(first), "package", ask, urdu).Must(t, http.StatusOK, "spotting-indicators-ur-2")
}
