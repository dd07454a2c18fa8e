package reportweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/pathway"
	"cadre/internal/report"
	"cadre/internal/report/reporttest"
	"cadre/internal/reportweb"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// policy is the program's own, as web asks it.
type policy struct{}

func (policy) Known(verb, kind string) bool {
	return access.Known(access.Verb(verb), access.Kind(kind))
}

func (policy) Could(a actor.Actor, verb, kind string) bool {
	return access.Could(a, access.Verb(verb), access.Kind(kind))
}

type site struct {
	*webtest.Site
	*reporttest.World
	t  *testing.T
	db *db.DB
}

func open(t *testing.T) *site {
	t.Helper()
	d := dbtest.SQLite(t)
	w := reporttest.Begin(t, d)
	s := webtest.Start(t, func(d *web.Deps) { d.Policy = policy{} }, reportweb.Routes(reportweb.Deps{Report: report.New(report.Deps{DB: d, Reads: w})})...)
	return &site{s, w, t, d}
}

func (s *site) as(a actor.Actor, lang string) *webtest.Browser {
	return s.As(s.t, a, i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})
}

func (s *site) path() string { return "/cohorts/" + string(s.Cohort) + "/report" }

func TestEveryPageStandsInBothLanguages(t *testing.T) {
	s := open(t)
	s.Decline(t, s.db, "fia", "childcare")
	s.Leave(t, s.db, 22, time.Date(2021, 6, 1, 5, 0, 0, 0, time.UTC), "transfer")
	s.FollowUp(t, s.db, 1, "use-3-months", "never", `["no-means"]`, time.Date(2021, 2, 10, 5, 0, 0, 0, time.UTC))
	for lang, dir := range map[string]string{"en": "ltr", "ur": "rtl"} {
		b := s.as(s.Officer, lang)
		for _, path := range []string{
			"", "/release", "/figures/women-trained", "/figures/gain", "/figures/person-hours", "/figures/share-of-women", "/figures/women-trained/people", "/figures/gain/people", "/figures/declined/people",
			"/figures/decline-reasons", "/figures/decline-reasons/people", "/figures/left", "/figures/obstacles.use-3-months", "/staff",
		} {
			a := b.Get(s.path()+path).Must(t, http.StatusOK).CheckPage(t)
			if !strings.Contains(a.Body, `dir="`+dir+`"`) || strings.Contains(a.Text(), "report.") {
				t.Errorf("%s in %s has another direction, or shows a key", path, lang)
			}
		}
	}
}

// An observer opens "25" and walks to its ten sheets; what is withheld says so,
// until an officer signs for it.
func TestFromAFigureToItsSheets(t *testing.T) {
	s := open(t)
	officer, donor := s.as(s.Officer, "en"), s.as(s.Donor, "en")
	donor.Get(s.path()).Must(t, http.StatusNotFound)

	draft := officer.Get(s.path()+"/release").Must(t, http.StatusOK, "22 of 26")
	officer.Submit(draft, "release", url.Values{}).Must(t, http.StatusOK, "Release 1")

	page := donor.Get(s.path()).Must(t, http.StatusOK, "Women's share", "not known", "Withheld")
	if strings.Contains(page.Text(), "22 of 26") {
		t.Error("a small difference is shown that nobody signed for")
	}
	figure := donor.Get(s.path()+"/figures/women-trained").Must(t, http.StatusOK, "25", "Half-day sheets", "Federal Investigation Agency", "Monday morning", "Friday afternoon")
	if strings.Contains(figure.Body, "/people") {
		t.Error("the observer is led to people")
	}
	donor.Get(s.path()+"/figures/women-trained/people").Must(t, http.StatusForbidden)
	donor.Get(s.path()+"/release").Must(t, http.StatusForbidden)

	draft = officer.Get(s.path()+"/release").Must(t, http.StatusOK)
	officer.Submit(draft, "release", url.Values{"differences": {"coached-3 total"}}).Must(t, http.StatusOK, "Release 2")
	donor.Get(s.path()).Must(t, http.StatusOK, "22 of 26")
	first := donor.Get(s.path()+"?release=1").Must(t, http.StatusOK, "Release 1")
	if strings.Contains(first.Text(), "22 of 26") {
		t.Error("the first release changed")
	}
}

// A half-day of which nothing is written down yet is not one at which nobody was.
func TestAHalfDayNotRecordedYetIsSaidToBe(t *testing.T) {
	s := open(t)
	figure := s.path() + "/figures/women-trained"
	const words = "Not recorded yet"
	if got := s.as(s.Officer, "en").Get(figure).Must(t, http.StatusOK, "Monday morning"); strings.Contains(got.Text(), words) {
		t.Fatalf("every half-day is recorded, and the page says: %s", words)
	}
	if err := s.db.Update(t.Context(), db.Main, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM pathway_facts WHERE kind = ?1 AND subject = (SELECT MIN(subject) FROM pathway_facts WHERE kind = ?1)`, pathway.KindAttendanceVerdict)
		if err == nil && n == 0 {
			t.Error("the world has no verdicts")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(s.as(s.Officer, "en").Get(figure).Must(t, http.StatusOK).Text(), words); got != 1 {
		t.Errorf("one half-day is not recorded, %d are said to be", got)
	}
}

func TestFilesToTakeAway(t *testing.T) {
	s := open(t)
	b := s.as(s.Officer, "en")
	csv := b.Get(s.path()+"/files/figures.csv").Must(t, http.StatusOK)
	if !strings.Contains(csv.Body, "women-trained") || !strings.Contains(csv.Body, "#indicator") {
		t.Errorf("the file holds %.200s", csv.Body)
	}
	if x := b.Get(s.path()+"/files/figures.xlsx").Must(t, http.StatusOK); !strings.HasPrefix(x.Body, "PK") {
		t.Error("the spreadsheet is none")
	}
	b.Get(s.path()+"/files/figures.xml").Must(t, http.StatusNotFound, "names no IATI activity")
	b.Get(s.path()+"/files/figures.pdf").Must(t, http.StatusNotFound)
	participant := s.as(actor.Actor{Person: s.People[0], Grant: actor.Grant{Role: actor.Participant, Scope: actor.Scope{Cohort: s.Cohort}}}, "en")
	participant.Get(s.path()+"/files/figures.csv").Must(t, http.StatusForbidden)
}

// The officer enters what an agency counts; what is wrong is said beside the field
// and what was typed is kept.
func TestTheEligibleStaffIsEntered(t *testing.T) {
	s := open(t)
	b := s.as(s.Officer, "en")
	b.Get(s.path()+"/figures/share-of-women").Must(t, http.StatusOK, "not known", "Enter the eligible staff")
	page := b.Get(s.path()+"/staff").Must(t, http.StatusOK, "Federal Investigation Agency", "Punjab Police").CheckPage(t)
	old := b.Get(s.path() + "/staff")
	typed := url.Values{"women": {"500"}, "everyone": {"400"}, "counted_on": {"2020-09-01"}, "source": {"Letter 12"}}
	again := b.Submit(page, "staff-fia", typed).Must(t, http.StatusUnprocessableEntity, "from 0 to all of them").CheckPage(t)
	if !strings.Contains(again.Body, `value="Letter 12"`) || !strings.Contains(again.Body, `value="500"`) {
		t.Error("what was typed is gone")
	}
	typed.Set("women", "30")
	b.Submit(again, "staff-fia", typed).Must(t, http.StatusOK, "The number is entered.", "Letter 12")
	// Who still has the old page sees both and can send hers.
	typed.Set("women", "31")
	stale := b.Submit(old, "staff-fia", typed).Must(t, http.StatusConflict, "Letter 12").CheckPage(t)
	b.Submit(stale, "staff-fia", typed).Must(t, http.StatusOK, "The number is entered.")
	b.Submit(b.Get(s.path()+"/staff"), "staff-punjab-police", url.Values{"women": {"9"}, "everyone": {"100"}, "counted_on": {"2020-09-01"}, "source": {"Telephone"}}).
		Must(t, http.StatusOK, "The number is entered.")
	b.Get(s.path()+"/figures/share-of-women").Must(t, http.StatusOK, "40 of 500", "Telephone").CheckPage(t)
	s.as(s.Donor, "en").Get(s.path()+"/staff").Must(t, http.StatusForbidden)
}
