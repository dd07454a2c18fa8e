package programmeweb

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/programme"
	"cadre/internal/web/webtest"
)

func TestABlueprintIsBroughtInWholeOrNotAtAll(t *testing.T) {
	officer := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.ProgrammeOfficer}}
	service := programme.New(programme.Deps{DB: dbtest.SQLite(t)})
	s := webtest.Start(t, nil, Routes(Deps{Programmes: service, Names: func(_ context.Context, ps []id.Person) (map[id.Person]string, error) {
		return map[id.Person]string{officer.Person: "Mariam Aziz"}, nil
	}})...)
	b := s.As(t, officer, i18n.Prefs{Lang: "en"})
	page := b.Get(designsPath).Must(t, http.StatusOK, "No design yet").CheckPage(t)
	source, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimPrefix(string(source), "\ufeff")

	// Two lines are spoilt: both are named, each beside what stands there, with
	// what was meant, and nothing is kept.
	spoilt := strings.Replace(strings.Replace(text, "quotas:", "qoutas:", 1), "stages:", "stagse:", 1)
	if spoilt == text {
		t.Fatal("the example has no such lines")
	}
	for _, button := range []string{"", "check"} {
		a := b.SubmitFiles(page, "design", url.Values{"only": {button}}, map[string][]byte{"file": []byte(spoilt)})
		if a.Status/100 != 4 {
			t.Fatalf("a spoilt file: %d %s", a.Status, a.Text())
		}
		a.CheckPage(t)
		for _, want := range []string{"qoutas", "quotas", "stagse", "stages", "No design yet"} {
			if !strings.Contains(a.Text(), want) {
				t.Errorf("nothing is said of %s: %s", want, a.Text())
			}
		}
		page = a
	}

	// A check alone keeps nothing; what was sent stands there to be brought in.
	a := b.Submit(page, "design", url.Values{"text": {text}, "only": {"check"}}).
		Must(t, http.StatusOK, "Nothing is wrong with this blueprint", "No design yet").CheckPage(t)
	a = b.Submit(a, "design", url.Values{"text": {text}}).Must(t, http.StatusOK, "as a new version", "Version 1", "Mariam Aziz").CheckPage(t)
	if !strings.Contains(a.Body, "Version 1 as it came") {
		t.Errorf("nothing to save: %s", a.Text())
	}

	// The same file is the same version, and each is saved as it came.
	page = b.Get(designsPath).Must(t, http.StatusOK, "1 version")
	want := []byte(strings.Replace(text, "\n", "\r\n", 3) + "# a note\r\n")
	b.SubmitFiles(page, "design", nil, map[string][]byte{"file": want}).Must(t, http.StatusOK, "Version 2")
	a = b.SubmitFiles(b.Get(designsPath), "design", nil, map[string][]byte{"file": want}).Must(t, http.StatusOK, "nothing has changed", "Version 2")
	var saved int
	for _, link := range a.Links() {
		if !strings.HasPrefix(link, filesPath) {
			continue
		}
		saved++
		got := b.Get(link)
		if got.Status != http.StatusOK || !strings.Contains(got.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %v", link, got.Status, got.Header)
		}
		if saved == 1 && !bytes.Equal([]byte(got.Body), want) {
			t.Error("the file came back changed")
		}
	}
	if saved != 4 {
		t.Errorf("%d files to save of two versions", saved)
	}
	b.Get(designsPath+"/schema").Must(t, http.StatusOK)

	for name, bad := range map[string][]byte{
		"empty": {}, "no text": {0xff, 0xfe, 0x00}, "another file": []byte("hello"), "too long": bytes.Repeat([]byte("# x\n"), fileLimit/4+10),
	} {
		a := b.SubmitFiles(page, "design", nil, map[string][]byte{"file": bad})
		if a.Status/100 != 4 {
			t.Errorf("%s: %d %s", name, a.Status, a.Text())
		}
		a.CheckPage(t)
	}

	chromium := webtest.Launch(t)
	for lang, width := range map[string]int{"en": 1280, "ur": 360} {
		tab := chromium.Tab(t, s.URL, webtest.Look{Width: width, Token: s.Sessions.Add(officer, i18n.Prefs{Lang: lang})})
		tab.Open(designsPath)
		webtest.Ask[bool](tab, fmt.Sprintf(`(document.getElementById("design-text").value = %q, true)`, spoilt))
		tab.Press("#design button.button-primary").CheckAxe().Shot("design-mend-" + lang)
		if n := tab.Overflow(); n > 0 {
			t.Errorf("in %s: %d px wider than its window", lang, n)
		}
		tab.Open(designsPath).Press(".card a").CheckAxe().Shot("design-versions-" + lang)
		if n := tab.Overflow(); n > 0 {
			t.Errorf("versions in %s: %d px wider than its window", lang, n)
		}
	}

	trainer := officer
	trainer.Grant.Role = actor.Trainer
	for _, path := range []string{designsPath, designsPath + "/schema"} {
		if a := s.As(t, trainer, i18n.Prefs{}).Get(path); a.Status == http.StatusOK {
			t.Errorf("a trainer reads %s", path)
		}
	}
}
