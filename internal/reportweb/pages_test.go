package reportweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
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
	t *testing.T
}

func open(t *testing.T) *site {
	t.Helper()
	d := dbtest.SQLite(t)
	w := reporttest.Begin(t, d)
	s := webtest.Start(t, func(d *web.Deps) { d.Policy = policy{} }, reportweb.Routes(reportweb.Deps{Report: report.New(report.Deps{DB: d, Reads: w})})...)
	return &site{s, w, t}
}

func (s *site) as(a actor.Actor, lang string) *webtest.Browser {
	return s.As(s.t, a, i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})
}

func (s *site) path() string { return "/cohorts/" + string(s.Cohort) + "/report" }

func TestEveryPageStandsInBothLanguages(t *testing.T) {
	s := open(t)
	for lang, dir := range map[string]string{"en": "ltr", "ur": "rtl"} {
		b := s.as(s.Officer, lang)
		for _, path := range []string{"", "/release", "/figures/women-trained", "/figures/gain", "/figures/person-hours", "/figures/share-of-women", "/figures/women-trained/people", "/figures/gain/people", "/figures/declined/people"} {
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
	b.Get(s.path()+"/files/figures.pdf").Must(t, http.StatusNotFound)
	participant := s.as(actor.Actor{Person: s.People[0], Grant: actor.Grant{Role: actor.Participant, Scope: actor.Scope{Cohort: s.Cohort}}}, "en")
	participant.Get(s.path()+"/files/figures.csv").Must(t, http.StatusForbidden)
}
