package coachingweb

import (
	"context"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/seal"
	"cadre/internal/web/webtest"
)

// The filled pages, seen by a real browser: narrow and in Urdu for her, wide for
// staff, dark as well; nothing to scroll sideways, nothing that axe-core finds.
func TestThePagesInARealBrowser(t *testing.T) {
	d := dbtest.SQLite(t)
	svc := coaching.New(coaching.Deps{DB: d, Cohorts: town{}, Reads: town{}, Keys: seal.New(), Record: func(*db.Tx, pathway.Fact) error { return nil }})
	site := webtest.Start(t, nil, Routes(Deps{Coaching: svc, Names: town{}.names, Participants: list(she), Coaches: list(rabia)})...)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	op := func() id.Operation { return id.New[id.Operation]() }
	in := func(a actor.Actor) context.Context { return actor.With(context.Background(), a) }
	her, coach, officer := who(she, actor.Participant), who(rabia, actor.Coach), who(sabina, actor.ProgrammeOfficer)
	of := coaching.Of{Cohort: cohort, Stage: "coaching", Person: she}
	_, err := svc.Assign(in(officer), op(), coaching.AssignInput{Cohort: cohort, Stage: "coaching", Coach: rabia, Persons: []id.Person{she}})
	must(err)
	must(svc.Declare(in(coach), op(), coaching.DeclareInput{Of: of, NotSuperior: true, NotInCases: true}))
	_, err = svc.Write(in(her), op(), coaching.WriteInput{Of: of, Kind: coaching.KindNeed, Text: coaching.Text{Free: "انٹرویو کا آغاز کیسے ہو"}})
	must(err)
	_, err = svc.SetGoal(in(her), op(), coaching.GoalInput{Of: of, Text: coaching.GoalText{What: "ہر انٹرویو سے پہلے منصوبہ", Evidence: "ایک صفحہ"}, Due: civil.NewDate(2021, 12, 31)})
	must(err)
	at := func(day int) id.CoachingSession {
		s, err := svc.Propose(in(coach), op(), coaching.ProposeInput{Of: of, Round: "round-2", Starts: civil.NewDate(2021, 9, day).At(10, 0, "Asia/Karachi")})
		must(err)
		must(svc.Agree(in(her), op(), s))
		return s
	}
	first := at(15)
	must(svc.Close(in(coach), op(), coaching.CloseInput{Session: first, Outcome: pathway.SheCouldNot, Note: coaching.Text{Free: "We try again on Monday."}}))
	must(svc.Contest(in(her), op(), coaching.ContestInput{Session: first, Says: pathway.LineFailed}))
	second := at(20)

	chromium := webtest.Launch(t)
	page := "/coaching/" + string(cohort) + "/coaching/" + string(she)
	for _, v := range []struct {
		name, path string
		who        actor.Actor
		prefs      i18n.Prefs
		look       webtest.Look
	}{
		{"hers", page, her, i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}, webtest.Look{Width: 360}},
		{"coach", page, coach, i18n.Prefs{Lang: "en", Zone: "Europe/Vienna"}, webtest.Look{}},
		{"close", page + "/sessions/" + string(second) + "/close", coach, i18n.Prefs{Lang: "en", Zone: "Europe/Vienna"}, webtest.Look{Width: 360, Dark: true}},
		{"mine", "/coaching", coach, i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}, webtest.Look{}},
		{"office", "/cohorts/" + string(cohort) + "/coaching/coaching", officer, i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"}, webtest.Look{}},
		{"office-narrow", "/cohorts/" + string(cohort) + "/coaching/coaching", officer, i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}, webtest.Look{Width: 360, Dark: true}},
	} {
		t.Run(v.name, func(t *testing.T) {
			v.look.Token = site.Sessions.Add(v.who, v.prefs, v.who.Grant)
			tab := chromium.Tab(t, site.URL, v.look).Open(v.path)
			tab.Shot("coaching-" + v.name)
			tab.CheckAxe()
			if n := tab.Overflow(); n > 0 {
				t.Errorf("%d px have to be scrolled sideways", n)
			}
		})
	}
}
