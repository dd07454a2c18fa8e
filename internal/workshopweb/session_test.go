package workshopweb_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/id"
	"cadre/internal/workshop"
)

func TestATrainerIsNamedAndALanguageChosenOnTheSessionsPage(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		officer := s.as(s.Officer, actor.ProgrammeOfficer, "en")
		x := s.Half("mon-am").Sessions[0]
		at := "/workshop-sessions/" + string(x.ID)
		form := officer.Get(at).Must(t, http.StatusOK, "Trainer", "Held in", "اردو")
		officer.Submit(form, "session", url.Values{"trainer": {string(s.Officer)}, "language": {"ur"}}).Must(t, http.StatusOK, "The session is changed")
		s.Read()
		if now := s.Half("mon-am").Sessions[0]; now.Trainer != s.Officer || now.Language != "ur" {
			t.Errorf("held by %s in %q", now.Trainer, now.Language)
		}
		if len(s.Now.Changes) != 0 {
			t.Errorf("the trainer is announced like a new time: %+v", s.Now.Changes)
		}
		for _, who := range []actor.Role{actor.ProgrammeOfficer, actor.Participant} {
			s.as(s.People[0], who, "en").Get(s.path()).Must(t, http.StatusOK, "in the room and online · اردو")
		}

		// Nobody is named who may not hold sessions, and no language is invented.
		wrong := officer.Submit(officer.Get(at), "session", url.Values{"trainer": {string(s.People[0])}, "language": {"tlh"}})
		wrong.Must(t, http.StatusUnprocessableEntity, "Choose one of the trainers", "Choose one of the programme’s languages").CheckPage(t)
	})
}

func TestWhoDoubtsOpensTheScanOfASheet(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 13, 0)
		store, err := blob.Open(t.TempDir(), s.Clock())
		if err != nil {
			t.Fatal(err)
		}
		photo := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1}, 600)...)
		scan, err := store.PutUpload(bytes.NewReader(photo), 10_000)
		if err != nil {
			t.Fatal(err)
		}
		mon := s.Half("mon-am").ID
		sheet, err := s.FileSheet(s.Organises(), id.New[id.Operation](), workshop.FileSheet{Register: mon, Scan: scan, Signed: []id.Person{s.People[0]}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Scan(s.Trains(), store, mon, id.Evidence(sheet.ID))
		if err != nil || !bytes.Equal(got, photo) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if _, err := s.Scan(s.Her(0), store, mon, id.Evidence(sheet.ID)); err == nil {
			t.Error("a participant opens the sheet that all signed")
		}
		if _, err := s.Scan(s.Organises(), store, s.Half("mon-pm").ID, id.Evidence(sheet.ID)); err == nil {
			t.Error("the sheet opens from another register")
		}
		page := s.as(s.Officer, actor.ProgrammeOfficer, "en").Get(s.register("mon-am")).Must(t, http.StatusOK, "Sheet with 1 signature")
		if !strings.Contains(page.Body, `href="`+s.register("mon-am")+"/sheets/"+sheet.ID+`"`) {
			t.Error("the register does not lead to its sheet")
		}
	})
}

func TestWhoIsKnownIsLetInInAnotherWay(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 8, 50)
		door := s.register("mon-am") + "/door"
		officer := s.as(s.Officer, actor.ProgrammeOfficer, "en")
		found := officer.Get(door+"?q=Officer+B").Must(t, http.StatusOK, "Otherwise: another capacity")
		at := door + "?" + url.Values{"q": {"Officer B"}, "person": {string(s.People[1])}}.Encode()
		if !strings.Contains(found.Body, strings.ReplaceAll(at, "&", "&amp;")) {
			t.Error("the one who was found does not lead on")
		}
		form := officer.Get(at).Must(t, http.StatusOK, "Officer B", "In place of").CheckPage(t)
		if strings.Contains(form.Text(), "Name, as it is said") {
			t.Error("her name is asked for although she is known")
		}
		// What is wrong brings her back, with what was chosen.
		wrong := officer.Submit(form, "door", url.Values{"capacity": {"observer"}, "until": {"2020-11-04"}})
		wrong.Must(t, http.StatusUnprocessableEntity, "This is for participants alone", "Officer B").CheckPage(t)
		officer.Submit(form, "door", url.Values{"capacity": {"participant"}, "in-place-of": {string(s.People[2])}, "until": {"2020-11-04"}}).
			Must(t, http.StatusOK, "She is in", "in place of a colleague", "modules until Wednesday 4 November 2020")
	})
}
