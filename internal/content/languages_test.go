package content

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// inUrdu is the same course as scormZip, by a maker that left the metadata in
// English: nothing in it says that it is in Urdu.
func inUrdu(more ...string) []byte {
	return bundletest.Zip(append([]string{
		"imsmanifest.xml", strings.ReplaceAll(twoScos, "Spotting trafficking", "انسانی سمگلنگ کی پہچان"), "One/Index.html", "<html dir=rtl>ایک", "two.html", "<html dir=rtl>دو",
	}, more...)...)
}

// inEnglish is scormZip with a language in its metadata.
func inEnglish(more ...string) []byte {
	stated := strings.Replace(twoScos, "<schemaversion>1.2</schemaversion>",
		`<schemaversion>1.2</schemaversion><lom xmlns="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"><general><language>en</language></general></lom>`, 1)
	return bundletest.Zip(append([]string{"imsmanifest.xml", stated, "One/Index.html", "<html>one", "two.html", "<html>two"}, more...)...)
}

// field returns the sentence that a fault has for a field.
func field(err error, name string) string {
	var f *fault.Error
	if errors.As(err, &f) {
		for _, x := range f.Fields {
			if x.Name == name {
				return x.Key
			}
		}
	}
	return ""
}

// The same course comes as one package in English and another in Urdu: one module,
// each of whose languages is put out and taken out of use by itself.
func TestPackagesInSeveralLanguagesAreOneModule(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		newOp := id.New[id.Operation]
		english, err := s.ImportPackage(officer, newOp(), bring(inEnglish(), ImportPackage{Publish: true}))
		if err != nil {
			t.Fatal(err)
		}
		op := newOp()
		ask := ImportPackage{Translates: english.Package, Language: "ur", Publish: true}
		urdu, err := s.ImportPackage(officer, op, bring(inUrdu(), ask))
		if err != nil || urdu.Package == english.Package || urdu.Key != english.Key+"-ur" || urdu.Number != 1 {
			t.Fatalf("%+v, %v", urdu, err)
		}
		if again, err := s.ImportPackage(officer, op, bring(inUrdu(), ask)); err != nil || again != urdu {
			t.Errorf("a resend answered %+v, %v", again, err)
		}
		out := func(want ...string) {
			t.Helper()
			var got []string
			err := d.View(officer, func(tx *db.Tx) error {
				all, err := s.Offers(tx, english.Key)
				for _, o := range all {
					got = append(got, o.Language)
				}
				return err
			})
			if err != nil && (len(want) > 0 || !fault.Is(err, fault.NotFound)) || strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("out in %v (%v), want %v", got, err, want)
			}
		}
		out("en", "ur")
		err = d.View(officer, func(tx *db.Tx) error {
			if _, err := s.Offers(tx, urdu.Key); !fault.Is(err, fault.NotFound) {
				t.Errorf("a language is a module of its own: %v", err)
			}
			if key, err := s.PackageKey(tx, urdu.Package); err != nil || key != english.Key {
				t.Errorf("its module is %s, %v", key, err)
			}
			p, err := s.Package(tx, urdu.Version)
			if err == nil && (p.Language != "ur" || p.Module != english.Package || p.ModuleKey != english.Key || p.Key != urdu.Key) {
				t.Errorf("%s of %s (%s), own key %s", p.Language, p.ModuleKey, p.Module, p.Key)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		list, _, err := s.ListPackages(officer, "")
		if err != nil || len(list) != 1 || len(list[0].InLanguages) != 2 || list[0].InLanguages[1].Key != urdu.Key || list[0].InLanguages[1].Published != urdu.Version {
			t.Errorf("the list shows %+v, %v", list, err)
		}

		// A further version of one language leaves the other alone.
		newer, err := s.ImportPackage(officer, newOp(), bring(inUrdu("more.txt", "x"), ImportPackage{Replaces: urdu.Package, Publish: true}))
		if err != nil || newer.Number != 2 || newer.Key != urdu.Key {
			t.Fatalf("%+v, %v", newer, err)
		}
		out("en", "ur")

		// Two of one language are refused, whichever of the packages is named.
		for _, of := range []id.Module{english.Package, urdu.Package} {
			_, err := s.ImportPackage(officer, newOp(), bring(inUrdu("y", "z"), ImportPackage{Translates: of, Language: "ur"}))
			if field(err, "language") != "content.language-taken" {
				t.Errorf("two in Urdu: %v", err)
			}
			if _, err := s.BeginUpload(officer, BeginUpload{Programme: programme, Translates: of, Language: "ur", Name: "a.zip", Size: 10}); field(err, "language") != "content.language-taken" {
				t.Errorf("two in Urdu are let in by parts: %v", err)
			}
		}
		if err := s.SetLanguage(officer, newOp(), SetLanguage{Package: urdu.Package, Language: "en"}); field(err, "language") != "content.language-taken" {
			t.Errorf("two in English: %v", err)
		}
		if err := s.SetLanguage(officer, newOp(), SetLanguage{Package: urdu.Package, Language: "Urdu, I think"}); field(err, "language") != "content.language-form" {
			t.Errorf("no language: %v", err)
		}
		if _, err := s.ImportPackage(officer, newOp(), bring(inUrdu("y", "z"), ImportPackage{Translates: english.Package})); field(err, "language") != "content.language-needed" {
			t.Errorf("a package that says nothing of its language: %v", err)
		}
		if _, err := s.ImportPackage(officer, newOp(), bring(inUrdu("y", "z"), ImportPackage{Translates: english.Package, Replaces: urdu.Package})); field(err, "replaces") != "content.version-or-language" {
			t.Errorf("a version and a language: %v", err)
		}
		stranger := as(actor.ProgrammeOfficer, actor.Scope{Programme: id.New[id.Programme]()})
		if _, err := s.ImportPackage(stranger, newOp(), bring(inUrdu("y", "z"), ImportPackage{Translates: english.Package, Language: "ps"})); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Denied) {
			t.Errorf("another programme's officer: %v", err)
		}

		// What was said wrongly is mended; what is out of use falls away, and its language
		// is free again.
		if err := s.SetLanguage(officer, newOp(), SetLanguage{Package: urdu.Package, Language: "ur_PK"}); err != nil {
			t.Fatal(err)
		}
		out("en", "ur-PK")
		if err := s.WithdrawPackage(officer, newOp(), english.Package); err != nil {
			t.Fatal(err)
		}
		out("ur-PK")
		if err := s.SetLanguage(officer, newOp(), SetLanguage{Package: english.Package, Language: "ps"}); !fault.Is(err, fault.Closed) {
			t.Errorf("a withdrawn package got a language: %v", err)
		}
		anew, err := s.ImportPackage(officer, newOp(), bring(inEnglish("y", "z"), ImportPackage{Translates: urdu.Package, Publish: true}))
		if err != nil || anew.Key != english.Key+"-en" {
			t.Fatalf("%+v, %v", anew, err)
		}
		out("en", "ur-PK")
		page, err := s.PreviewPackage(officer, newer.Version)
		if err != nil || len(page.InLanguages) != 3 || !page.InLanguages[0].Withdrawn || page.InLanguages[1].Key != anew.Key {
			t.Errorf("%+v, %v", page.InLanguages, err)
		}
		for _, of := range []id.Module{urdu.Package, anew.Package} {
			if err := s.WithdrawPackage(officer, newOp(), of); err != nil {
				t.Fatal(err)
			}
		}
		out()
		vouched(t, d)
	})
}

// vouched fails the test unless the journal vouches for every row.
func vouched(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) error {
		rep, err := journal.Verify(tx, journal.VerifyOptions{Tables: Tables()})
		if !rep.OK() || rep.Rows == 0 {
			t.Errorf("%d rows, %v", rep.Rows, rep.Findings)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A package that does not say in which language it is gets no other language beside
// it before somebody has said so.
func TestAPackageWithoutALanguageIsAskedAfter(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		first, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip(), ImportPackage{Publish: true}))
		if err != nil {
			t.Fatal(err)
		}
		ask := ImportPackage{Translates: first.Package, Language: "ur"}
		if _, err := s.ImportPackage(officer, id.New[id.Operation](), bring(inUrdu(), ask)); field(err, "language") != "content.language-unknown" {
			t.Errorf("%v", err)
		}
		if err := s.SetLanguage(officer, id.New[id.Operation](), SetLanguage{Package: first.Package, Language: "en"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ImportPackage(officer, id.New[id.Operation](), bring(inUrdu(), ask)); err != nil {
			t.Error(err)
		}
		// A new package may be told its language as it comes.
		told, err := s.ImportPackage(officer, id.New[id.Operation](), bring(inUrdu("a", "b"), ImportPackage{Language: "ur"}))
		if err != nil {
			t.Fatal(err)
		}
		if page, err := s.PreviewPackage(officer, told.Version); err != nil || page.Language != "ur" || len(page.InLanguages) != 0 {
			t.Errorf("%q, %+v, %v", page.Language, page.InLanguages, err)
		}
	})
}

// Sent in parts it comes in all the same, and another form's upload of the same file
// is another one.
func TestALanguageComesInByParts(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		first, err := s.ImportPackage(officer, id.New[id.Operation](), bring(inEnglish(), ImportPackage{Publish: true}))
		if err != nil {
			t.Fatal(err)
		}
		data := inUrdu()
		begin := BeginUpload{Programme: programme, Translates: first.Package, Language: "ur", Name: "urdu.zip", Size: int64(len(data))}
		u, err := s.BeginUpload(officer, begin)
		if err != nil {
			t.Fatal(err)
		}
		begin.Language = "ps"
		if other, err := s.BeginUpload(officer, begin); err != nil || other.ID == u.ID {
			t.Errorf("the same file in another language is the same upload: %v", err)
		}
		if _, err := s.AppendUpload(officer, AppendUpload{Upload: u.ID, Part: bytes.NewReader(data)}); err != nil {
			t.Fatal(err)
		}
		in, err := s.FinishUpload(officer, u.ID)
		if err != nil || in.Key != first.Key+"-ur" {
			t.Fatalf("%+v, %v", in, err)
		}
		if again, err := s.FinishUpload(officer, u.ID); err != nil || again.Package != in.Package {
			t.Errorf("a resend answered %+v, %v", again, err)
		}
	})
}
