package workshopweb_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
	"cadre/internal/workshop"
	"cadre/internal/workshop/workshoptest"
	"cadre/internal/workshopweb"
)

// policy is the program's own, as web asks it.
type policy struct{}

func (policy) Known(verb, kind string) bool {
	for _, r := range access.Rules() {
		if string(r.Kind) == kind {
			for _, v := range r.Verbs {
				if string(v) == verb {
					return true
				}
			}
		}
	}
	return false
}

func (policy) Could(a actor.Actor, verb, kind string) bool {
	return access.Could(a, access.Verb(verb), access.Kind(kind))
}

type site struct {
	*workshoptest.Week
	*webtest.Site
	t *testing.T
}

func open(t *testing.T, d *db.DB) *site {
	t.Helper()
	w := workshoptest.Lay(t, d)
	files, err := blob.Open(t.TempDir(), w.Clock())
	if err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, func(d *web.Deps) { d.Policy = policy{} }, workshopweb.Routes(workshopweb.Deps{
		Workshop: w.Service, People: people.New(people.Deps{DB: d, Reads: w}), Files: files,
	})...)
	return &site{w, s, t}
}

func (s *site) as(p id.Person, role actor.Role, lang string) *webtest.Browser {
	return s.As(s.t, s.Actor(p, role), i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})
}

func (s *site) path() string {
	return "/cohorts/" + string(s.Cohort) + "/workshops/" + workshoptest.Stage
}

func (s *site) register(half string) string { return "/registers/" + string(s.Half(half).ID) }

// onSQLite runs a test on the embedded engine: pages hold no SQL, and what is
// below them is tested on both.
func onSQLite(t *testing.T, f func(t *testing.T, s *site)) {
	t.Helper()
	t.Parallel()
	f(t, open(t, dbtest.SQLite(t)))
}

func TestEveryPageStandsInBothLanguages(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 9, 5)
		if _, err := s.Admit(s.Trains(), id.New[id.Operation](), workshop.Admit{Register: s.Half("mon-am").ID, Name: "Nasreen Bibi", Capacity: workshop.Participant}); err != nil {
			t.Fatal(err)
		}
		roll := s.RollOf("mon-am")
		mon := s.register("mon-am")
		person := mon + "/people/" + string(s.People[0])
		for lang, dir := range map[string]string{"en": "ltr", "ur": "rtl"} {
			officer := s.as(s.Officer, actor.ProgrammeOfficer, lang)
			for _, path := range []string{
				s.path(), s.path() + "/attendance", "/workshop-sessions/" + string(s.Half("mon-am").Sessions[0].ID), "/workshop-rooms/" + string(s.Room("main").ID),
				"/workshop-rooms/" + string(s.Room("link").ID), "/registers", mon, mon + "/door", mon + "/door?q=Officer", mon + "/sheet", mon + "/print", mon + "/contacts",
				person, person + "/correct", mon + "/admissions/" + string(roll.Admissions[0].ID) + "?q=Officer",
			} {
				a := officer.Get(path).Must(t, http.StatusOK).CheckPage(t)
				if !strings.Contains(a.Body, `dir="`+dir+`"`) || strings.Contains(a.Text(), "workshop.") {
					t.Errorf("%s in %s has another direction, or shows a key", path, lang)
				}
			}
			her := s.as(s.People[0], actor.Participant, lang).Get(s.path()).Must(t, http.StatusOK).CheckPage(t)
			if strings.Contains(her.Text(), s.Half("mon-am").PIN) {
				t.Error("the PIN stands on her own page")
			}
		}
	})
}

func TestARegisterOnATrainersPhone(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 9, 10)
		mon := s.register("mon-am")
		b := s.as(s.Trainer, actor.Trainer, "en")
		page := b.Get(mon).Must(t, http.StatusOK, "Monday 2 November", "28 expected", "28 of 40 in the room", "Not recorded yet")

		// One tap, then one exception of three fields: five requests in all.
		b.Submit(page, mon+"/all", nil).Must(t, http.StatusOK, "All marked present")
		line := mon + "/people/" + string(s.People[3])
		page = b.Submit(b.Get(line), "mark", url.Values{"verdict": {"part"}, "from": {"۱۰:۲۰"}, "minutes": {""}, "mode": {"in-person"}})
		page.Must(t, http.StatusOK, "Part: 130 minutes")
		if v := s.Verdicts("mon-am")[s.People[3]]; v.Verdict != pathway.Part || v.Minutes != 130 {
			t.Errorf("%+v", v)
		}

		// What was wrong is said beside the field, and what was typed is still there.
		wrong := b.Submit(b.Get(line), "mark", url.Values{"verdict": {"part"}, "from": {"noon"}, "minutes": {""}}).Must(t, http.StatusUnprocessableEntity, "A time of the day, such as 09:30")
		if !strings.Contains(wrong.Body, `value="noon"`) {
			t.Error("what was typed is lost")
		}
		wrong.CheckPage(t)

		// The act can be undone from the notice that it was done.
		b.Submit(page, line+"/back", nil).Must(t, http.StatusOK, "taken back")
		if v := s.Verdicts("mon-am")[s.People[3]]; v.Verdict != pathway.Present {
			t.Errorf("the tap for all is gone as well: %+v", v)
		}
	})
}

func TestTheDoorTakesThreeSteps(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 8, 50)
		mon := s.register("mon-am")
		b := s.as(s.Trainer, actor.Trainer, "en")
		door := b.Get(mon+"/door").Must(t, http.StatusOK)
		b.Submit(door, "door", url.Values{
			"name": {"Nasreen Bibi"}, "capacity": {"participant"}, "in-place-of": {string(s.People[2])}, "until": {"2020-11-04"},
		}).Must(t, http.StatusOK, "She is in", "Nasreen Bibi", "in place of a colleague", "modules until Wednesday 4 November 2020")
		wrong := b.Submit(b.Get(mon+"/door"), "door", url.Values{"name": {""}, "capacity": {"guest"}}).Must(t, http.StatusUnprocessableEntity, "Type a name")
		wrong.CheckPage(t)
	})
}

func TestHerOwnWeek(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 8, 40)
		b := s.as(s.People[5], actor.Participant, "en")
		page := b.Get(s.path()).Must(t, http.StatusOK, "Monday morning", "09:00–09:45", "Main hall")

		// She joins online on Tuesday, and changes her mind.
		day := url.Values{"day": {"2020-11-03"}, "mode": {"online"}}
		page = b.Submit(page, s.path()+"/declare", day).Must(t, http.StatusOK, "Joining online on this day")
		page = b.Submit(page, s.path()+"/declare", url.Values{"day": {"2020-11-03"}, "mode": {"in-person"}}).Must(t, http.StatusOK)
		if strings.Contains(page.Text(), "Joining online on this day") {
			t.Error("she did not come back to the room")
		}

		// The number in the room.
		page = b.Submit(page, "pin-mon-am", url.Values{"pin": {s.Half("mon-am").PIN}}).Must(t, http.StatusOK, "Noted that you are here", "Present")

		// The link, noted and shown.
		session := string(s.Half("mon-am").Sessions[0].ID)
		b.Submit(page, "/workshop-sessions/"+session+"/join", nil).Must(t, http.StatusOK, "Open the meeting")

		// Her calendar names nothing.
		cal := b.Get(s.path()+"/calendar.ics").Must(t, http.StatusOK)
		sessions := 0
		for _, h := range s.Now.HalfDays {
			sessions += len(h.Sessions)
		}
		if n := strings.Count(cal.Body, "BEGIN:VEVENT"); n != sessions || n <= 10 {
			t.Errorf("%d events of %d sessions", n, sessions)
		}
		if !strings.Contains(cal.Body, "DTSTART:20201102T040000Z") || !strings.Contains(cal.Body, "SUMMARY:Training day") {
			t.Error(cal.Body)
		}
		for _, word := range []string{"raffick", "muggl", "FIA", "hall", "meet.example"} {
			if strings.Contains(cal.Body, word) {
				t.Errorf("the calendar says %q", word)
			}
		}
	})
}

func TestAChangeIsShownOldAndNewUntilShehasSeenIt(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		officer := s.as(s.Officer, actor.ProgrammeOfficer, "en")
		edit := "/workshop-sessions/" + string(s.Half("tue-pm").Sessions[0].ID)
		form := officer.Get(edit).Must(t, http.StatusOK)
		officer.Submit(form, "session", url.Values{"starts": {"14:00"}, "room": {string(s.Room("small").ID)}}).
			Must(t, http.StatusOK, "The session is changed", "0 of 28 have seen it", "28 are expected, and the room may hold 12 people")
		// The same form once more is stale: both versions stand on the page.
		officer.Submit(form, "session", url.Values{"op": {string(id.New[id.Operation]())}, "starts": {"15:00"}}).
			Must(t, http.StatusConflict, "You wrote 15:00", "it is now 14:00")

		her := s.as(s.People[0], actor.Participant, "en")
		page := her.Get(s.path()).Must(t, http.StatusOK, "1 session has changed", "Small room")
		page = her.Submit(page, s.path()+"/seen", nil).Must(t, http.StatusOK, "you have seen it")
		if strings.Contains(page.Text(), "1 session has changed") {
			t.Error("she is told again")
		}
		// Her calendar has the session at its new time, and counts the change.
		cal := her.Get(s.path()+"/calendar.ics").Must(t, http.StatusOK).Body
		if strings.Count(cal, "\n") != strings.Count(cal, "\r\n") {
			t.Error("the lines of the calendar do not end as calendars read them")
		}
		_, event, _ := strings.Cut(cal, "UID:"+string(s.Half("tue-pm").Sessions[0].ID)+"@cadre")
		event, _, _ = strings.Cut(event, "END:VEVENT")
		if !strings.Contains(event, "DTSTART:20201103T090000Z") || !strings.Contains(event, fmt.Sprintf("SEQUENCE:%d\r\n", s.Half("tue-pm").Sessions[0].Revision)) {
			t.Errorf("the session that was moved: %s", event)
		}
		// The others are told by telephone, in words that say nothing of what it is about.
		list := officer.Get(s.path()).Must(t, http.StatusOK, "27 people have not seen it yet", "You have a message.").CheckPage(t)
		officer.Submit(list, s.path()+"/told", url.Values{"person": {string(s.People[1])}}).
			Must(t, http.StatusOK, "Noted that she was told", "2 of 28 have seen it")
	})
}

func TestPagesAreClosedToOthers(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 9, 0)
		elsewhere := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.Participant, Scope: actor.Scope{Cohort: id.New[id.Cohort]()}}}
		for _, b := range []*webtest.Browser{s.as(s.People[0], actor.Participant, "en"), s.As(t, elsewhere, i18n.Prefs{}), s.Nobody(t)} {
			for _, path := range []string{s.register("mon-am"), s.register("mon-am") + "/contacts", s.path() + "/attendance"} {
				if a := b.Get(path); a.Status == http.StatusOK && !strings.Contains(a.Path, "sign-in") {
					t.Errorf("%s is open", path)
				}
			}
		}
		if a := s.As(t, elsewhere, i18n.Prefs{}).Get(s.path()); a.Status == http.StatusOK {
			t.Error("the timetable is open to another cohort's participant")
		}
	})
}

func TestDaysThatAreOverAskNothing(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.Clock().Set(time.Date(2020, 11, 5, 3, 0, 0, 0, time.UTC))
		page := s.as(s.People[0], actor.Participant, "en").Get(s.path())
		if n := strings.Count(page.Body, `action="`+s.path()+`/declare"`); n != 2 {
			t.Errorf("%d days can still be declared on Thursday morning", n)
		}
		if civil.NewDate(2020, 11, 5).Weekday() != time.Thursday {
			t.Fatal("the test's calendar is wrong")
		}
	})
}

// The sheet that is passed round and signed has the times of the clock in the room and
// says whose they are, also where it is printed elsewhere.
func TestTheSheetHasTheTimesOfItsPlace(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *site) {
		s.At(2, 9, 5)
		half := s.Half("mon-am")
		a := s.Actor(s.Officer, actor.ProgrammeOfficer)
		for lang, place := range map[string]string{"en": "in Karachi", "ur": "کراچی میں"} {
			for _, zone := range []string{"Europe/Vienna", "Pacific/Auckland", half.Starts.Zone} {
				printed := s.As(t, a, i18n.Prefs{Lang: lang, Zone: zone, Digits: "latn"}).Get(s.register("mon-am")+"/print").Must(t, http.StatusOK).CheckPage(t)
				if want := half.Starts.Clock() + "–" + half.Ends.Clock(); !strings.Contains(printed.Text(), want) || !strings.Contains(printed.Text(), place) {
					t.Errorf("%s, printed in %s: not %s %s in %s", lang, zone, want, place, printed.Text())
				}
			}
		}
	})
}
