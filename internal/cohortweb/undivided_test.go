package cohortweb_test

import (
	"net/url"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
)

// undivided is a programme whose places are for all agencies.
const undivided = `cadre: 1
key: basics
languages: [en]
title: {en: Basics}
zone: Asia/Karachi
owner: {name: {en: Office}}
places: 12
stages:
  - key: foundation
    title: {en: E-learning}
    e-learning: {modules: [{key: tip, title: {en: TIP}, minutes: 15}]}
`

// In a programme whose places are not divided among agencies a focal point proposes
// for her own, on the form and by a sheet; one of several, and staff, say for which.
func TestProposingFromThePagesWherePlacesAreForAll(t *testing.T) {
	p := serveText(t, []byte(undivided))
	base := "/cohorts/" + string(p.cohort)
	of := func(path string) string {
		t.Helper()
		n, _, _ := strings.Cut(strings.TrimPrefix(path, "/nominations/"), "?")
		code := ""
		p.must(p.d.View(t.Context(), func(tx *db.Tx) error {
			x, err := cohort.NominationByID(tx, id.Nomination(n))
			if err != nil {
				return err
			}
			a, err := people.AgencyByID(tx, x.Agency)
			code = a.Code
			return err
		}))
		return code
	}

	focal := p.site.As(t, p.focal, i18n.Prefs{})
	focal.Get(base).CheckPage(t).Must(t, 200, "Places of no agency", "12")
	form := focal.Get(base+"/propose").CheckPage(t).Must(t, 200, "12")
	if strings.Contains(form.Text(), "For which agency") {
		t.Error("who acts for one agency is asked for which")
	}
	done := focal.Submit(form, "propose", url.Values{"name": {"Saima Iqbal"}})
	if done.Status != 200 || of(done.Path) != "fia" {
		t.Fatalf("proposed: %d %s %s", done.Status, done.Path, done.Text())
	}
	sheet := focal.SubmitFiles(focal.Get(base+"/sheet").CheckPage(t), "sheet", nil, map[string][]byte{"file": []byte("name,sex\nFarah Naz,f\n")})
	sheet.CheckPage(t).Must(t, 200, "Farah Naz")
	focal.Submit(sheet, "take", nil).Must(t, 200, "Farah Naz", "fia")
	focal.Get(base+"/seats").CheckPage(t).Must(t, 200, "The places of this programme are not divided among agencies")
	focal.Get(base+"/letters").CheckPage(t).Must(t, 200)
	focal.Get(base+"/call/"+string(p.fia)).CheckPage(t).Must(t, 200, "12")

	var lahore id.Agency
	officerCtx := actor.With(t.Context(), p.officer)
	p.must(p.d.Update(officerCtx, db.Main, func(tx *db.Tx) (err error) {
		lahore, err = people.EnterAgency(tx, people.Agency{Code: "fia-lahore", Name: i18n.NewText("en", "FIA Lahore").And("ur", "لاہور"), Country: "PK", Parent: p.fia})
		return err
	}))
	form = focal.Get(base+"/propose").CheckPage(t).Must(t, 200, "For which agency", "FIA Lahore")
	if strings.Contains(form.Text(), "Punjab Police") {
		t.Error("a focal point may choose another agency")
	}
	done = focal.Submit(form, "propose", url.Values{"name": {"Nida Khan"}, "agency": {string(lahore)}})
	if done.Status != 200 || of(done.Path) != "fia-lahore" {
		t.Errorf("proposed for the branch: %d %s %s", done.Status, done.Path, done.Text())
	}

	officer := p.site.As(t, p.officer, i18n.Prefs{})
	officer.Get(base).CheckPage(t).Must(t, 200, "Punjab Police")
	form = officer.Get(base+"/propose").CheckPage(t).Must(t, 200, "For which agency")
	if _, sends, err := form.Form("propose"); err != nil || sends.Has("basis") {
		t.Errorf("it is chosen beforehand how the office knows: %v %v", sends, err)
	}
	for _, basis := range []string{"", "own-act", "hearsay"} {
		unsaid := officer.Submit(form, "propose", url.Values{"name": {"Uzma Bibi"}, "agency": {string(p.punjab)}, "basis": {basis}})
		unsaid.CheckPage(t).Must(t, 422, "Say how you know: on paper, or by telephone.")
		if _, kept, err := unsaid.Form("propose"); err != nil || !strings.Contains(unsaid.Body, `id="propose-basis-error"`) || kept.Get("name") != "Uzma Bibi" || kept.Get("agency") != string(p.punjab) {
			t.Errorf("on the basis %q: not said beside the field, or %v is not what was typed: %v", basis, kept, err)
		}
	}
	wrong := officer.Submit(form, "propose", url.Values{"name": {"Uzma Bibi"}, "basis": {"paper"}})
	wrong.CheckPage(t).Must(t, 422, "For which agency do you propose?")
	if !strings.Contains(wrong.Body, `value="Uzma Bibi"`) {
		t.Error("what was typed is gone")
	}
	done = officer.Submit(wrong, "propose", url.Values{"agency": {string(p.punjab)}})
	if done.Status != 200 || of(done.Path) != "punjab-police" {
		t.Errorf("staff proposed: %d %s %s", done.Status, done.Path, done.Text())
	}
	sheet = officer.SubmitFiles(officer.Get(base+"/sheet"), "sheet", url.Values{"agency": {string(p.punjab)}}, map[string][]byte{"file": []byte("name,sex\nHina Gul,f\n")})
	officer.Submit(sheet.CheckPage(t), "take", nil).Must(t, 200, "Hina Gul", "punjab-police")

	// Who reads Urdu is asked in it.
	p.site.As(t, p.officer, i18n.Prefs{Lang: "ur"}).Get(base+"/propose").CheckPage(t).Must(t, 200, "کس ادارے کی طرف سے")
}
