package assessweb

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/assess"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
)

func TestATestIsBroughtInWholeOrNotAtAll(t *testing.T) {
	tests := assess.New(assess.Deps{DB: dbtest.SQLite(t)})
	s := webtest.Start(t, nil, Routes(Deps{Tests: tests})...)
	officer := actor.Actor{Person: person(900), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: programme}}}
	b := s.As(t, officer, i18n.Prefs{Lang: "en"})
	page := b.Get(filesPath).Must(t, http.StatusOK, "No test yet").CheckPage(t)
	source, err := os.ReadFile("../../examples/pakistan-2020/tests/foundation.yaml")
	if err != nil {
		t.Fatal(err)
	}

	// Two lines are spoilt: both are named, each beside what stands there, and
	// nothing is kept.
	spoilt := strings.Replace(strings.Replace(string(source), "minutes:", "minuets:", 1), "kind: ", "kind: x", 1)
	a := b.SubmitFiles(page, "test-file", nil, map[string][]byte{"file": []byte(spoilt)})
	if a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusBadRequest {
		t.Fatalf("a spoilt file: %d %s", a.Status, a.Text())
	}
	a.CheckPage(t)
	for _, want := range []string{"minuets", "write minutes", "is not a kind of question", "No test yet"} {
		if !strings.Contains(a.Text(), want) {
			t.Errorf("nothing is said of %s: %s", want, a.Text())
		}
	}
	chromium := webtest.Launch(t)
	for lang, width := range map[string]int{"en": 1280, "ur": 360} {
		tab := chromium.Tab(t, s.URL, webtest.Look{Width: width, Token: s.Sessions.Add(officer, i18n.Prefs{Lang: lang})})
		tab.Open(filesPath)
		webtest.Ask[bool](tab, fmt.Sprintf(`(document.getElementById("test-file-text").value = %q, true)`, spoilt))
		tab.Press("#test-file button.button-primary").CheckAxe().Shot("test-files-mend-" + lang)
		if n := tab.Overflow(); n > 0 {
			t.Errorf("in %s: %d px wider than its window", lang, n)
		}
	}

	// The text stands in the page, to be mended and sent from there.
	a = b.Submit(a, "test-file", url.Values{"text": {string(source)}})
	if a.Status != http.StatusOK || !strings.Contains(a.Text(), "The test is in.") || strings.Contains(a.Text(), "No test yet") {
		t.Fatalf("mended: %d %s\n%s", a.Status, a.Text(), s.Log)
	}
	a.CheckPage(t)
	b.SubmitFiles(a, "test-file", nil, map[string][]byte{"file": source}).Must(t, http.StatusOK, "was brought in before")
	b.Submit(a, "test-file", url.Values{"text": {""}}).CheckPage(t)
	s.As(t, officer, i18n.Prefs{Lang: "ur"}).Get(filesPath).Must(t, http.StatusOK).CheckPage(t)

	trainer := officer
	trainer.Grant.Role = actor.Trainer
	if a := s.As(t, trainer, i18n.Prefs{}).Get(filesPath); a.Status == http.StatusOK {
		t.Error("a trainer brings tests in")
	}
}
