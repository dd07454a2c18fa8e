package cohortweb_test

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// regional opens a cohort of the regional programme, whose agencies are entered.
func (p *place) regional() {
	p.t.Helper()
	text, err := os.ReadFile("../../examples/regional-workshops/programme.yaml")
	p.must(err)
	ctx := actor.With(p.t.Context(), p.officer)
	im, err := p.programmes.Import(ctx, op(), programme.ImportInput{File: "programme.yaml", Data: text})
	p.must(err)
	p.cohort, err = p.s.Open(ctx, op(), cohort.Opening{
		Programme: im.Programme, Version: im.Version, Agencies: map[string]id.Agency{"border-guard": p.fia, "police": p.punjab},
	})
	p.must(err)
	p.quotas()
}

// chosen proposes an officer who said yes and was chosen.
func (p *place) chosen(quota, name string) cohort.Proposed {
	p.t.Helper()
	x := p.propose(quota, name)
	ctx := actor.With(p.t.Context(), p.officer)
	_, err := p.s.Accept(ctx, op(), cohort.Said{Nomination: x.Nomination, Basis: cohort.Telephone})
	p.must(err)
	_, err = p.s.Decide(ctx, op(), cohort.Deciding{Nomination: x.Nomination, Decision: cohort.Chosen})
	p.must(err)
	return x
}

func TestGroupsAreNamedAndTakenBackOnThePage(t *testing.T) {
	p := serve(t)
	p.regional()
	x, y := p.chosen("border-guard", "Saima Iqbal"), p.chosen("police", "Nasreen Bibi")
	b := p.site.As(t, p.officer, i18n.Prefs{})
	path := "/cohorts/" + string(p.cohort) + "/people"
	a := b.Get(path).CheckPage(t).Must(t, 200, "Saima Iqbal", "Nasreen Bibi", "no group yet", "The northern group")
	// Nobody chosen: it is said, and the group stays chosen.
	wrong := b.Submit(a, "group", url.Values{"group": {"north"}})
	wrong.CheckPage(t).Must(t, 422, "Choose at least one officer")
	a = b.Submit(wrong, "group", url.Values{"group": {"north"}, "people": {string(x.Person), string(y.Person)}})
	a.Must(t, 200, "Their group is noted.", "Undo")
	if n := strings.Count(a.Text(), "The northern group"); n != 3 { // two rows and the choice below
		t.Errorf("the northern group stands %d times: %s", n, a.Text())
	}
	_, undo := cut(a.Path, "undo=")
	undo, _ = url.QueryUnescape(strings.Split(undo, "&")[0])
	b.Submit(a, undo, nil).Must(t, 200, "The groups are as they were before.", "no group yet")
}

func TestSomebodyJoinsLaterOnThePage(t *testing.T) {
	p := serve(t)
	p.regional()
	x := p.propose("border-guard", "Saima Iqbal")
	b := p.site.As(t, p.officer, i18n.Prefs{})
	path := "/cohorts/" + string(p.cohort) + "/join"
	a := b.Get(path+"?q=Saima").CheckPage(t).Must(t, 200, "Saima Iqbal", "Somebody whom Cadre does not know yet", "Coaching")
	a = b.Submit(a, "join", url.Values{"person": {string(x.Person)}, "stage": {"coaching"}, "capacity": {"participant"}, "basis": {"telephone"}})
	a.Must(t, 200, "The person takes part now.", "Saima Iqbal", "joined later", "Undo")
	// Somebody new, whose name is missing at first.
	a = b.Submit(b.Get(path+"?q=Rubina"), "join", url.Values{"person": {"new"}, "sex": {"f"}, "capacity": {"interpreter"}, "basis": {"staff"}})
	a.CheckPage(t)
	if a.Status != 422 || !strings.Contains(a.Text(), "name") {
		t.Fatalf("without a name: %d %s", a.Status, a.Text())
	}
	a = b.Submit(a, "join", url.Values{"name": {"Rubina Shah"}, "agency": {string(p.punjab)}})
	a.Must(t, 200, "Rubina Shah", "interpreter")
	_, undo := cut(a.Path, "undo=")
	undo, _ = url.QueryUnescape(strings.Split(undo, "&")[0])
	b.Submit(a, undo, nil).Must(t, 200, "It was taken back")
	if strings.Contains(b.Get("/cohorts/"+string(p.cohort)+"/people").Text(), "Rubina Shah") {
		t.Error("she takes part although it was taken back")
	}
}

func cut(s, sep string) (string, string) {
	before, after, _ := strings.Cut(s, sep)
	return before, after
}

// sat records both tests of an officer, in points of twenty.
func (p *place) sat(who id.Person, pre, post float64) {
	p.t.Helper()
	p.must(p.d.Update(p.t.Context(), db.Main, func(tx *db.Tx) error {
		_, err := pathway.RecordAll(tx, []pathway.Fact{
			{Person: who, Cohort: p.cohort, Subject: "entry", Basis: pathway.Paper, Value: pathway.AssessmentSubmitted{Form: "pre", Raw: pre, Max: 20}},
			{Person: who, Cohort: p.cohort, Subject: "exit", Basis: pathway.Paper, Value: pathway.AssessmentSubmitted{Form: "post", Raw: post, Max: 20}},
		})
		return err
	}))
}

func TestTheOfficerSignsAChoiceOnThePage(t *testing.T) {
	p := serve(t)
	p.regional()
	b := p.site.As(t, p.officer, i18n.Prefs{})
	path := "/cohorts/" + string(p.cohort) + "/selection/choice"
	b.Get(path).CheckPage(t).Must(t, 200, "Nobody can be chosen yet", "two witnesses draw a lot")
	ctx := actor.With(t.Context(), p.officer)
	for i, name := range []string{"Saima Iqbal", "Nasreen Bibi"} {
		x := p.chosen([]string{"border-guard", "police"}[i], name)
		_, err := p.s.Confirm(ctx, op(), x.Nomination)
		p.must(err)
		if i == 0 {
			b.Get(path).CheckPage(t).Must(t, 200, "Cannot be chosen yet", name)
		}
		p.sat(x.Person, 8, 14-float64(i))
	}
	a := b.Get(path).CheckPage(t).Must(t, 200, "12 of 12 places are still to be given", "Gain in points of a hundred: Test at the end", "has a place", "30", "25")
	a = b.Submit(a, "sign", nil)
	a.CheckPage(t).Must(t, 422, "Tick this to sign.")
	a = b.Submit(a, "sign", url.Values{"agreed": {"yes"}})
	a.CheckPage(t).Must(t, 200, "The choice is signed.", "chosen", "Undo", "Mark of the ranking")
	back := strings.SplitN(a.Path, "?", 2)[0] + "/back"
	ur := p.site.As(t, p.officer, i18n.Prefs{Lang: "ur", Zone: "Asia/Dhaka", Digits: "arabext"})
	for _, at := range []string{strings.TrimSuffix(back, "/back"), path} {
		if x := ur.Get(at).CheckPage(t); strings.Contains(x.Text(), "cohort.") {
			t.Errorf("%s shows a key", at)
		}
	}
	b.Submit(a, back, nil).Must(t, 200, "The choice was taken back.", "taken back", "12 of 12 places")
}

func TestPlacesOfADutyStationChangeByLetter(t *testing.T) {
	p := serve(t)
	p.regional()
	ctx := actor.With(t.Context(), p.officer)
	letter, err := p.s.FileLetter(ctx, op(), cohort.Filing{
		Cohort: p.cohort, Agency: p.fia, Kind: cohort.QuotaLetter, Number: "Q/7", Date: civil.NewDate(2020, 9, 30), Signatory: "Director",
	})
	p.must(err)
	b := p.site.As(t, p.officer, i18n.Prefs{})
	form := "change-" + string(p.quota["border-guard"])
	a := b.Submit(b.Get("/cohorts/"+string(p.cohort)+"/seats").CheckPage(t), form, url.Values{"places": {"21"}, "letter": {string(letter)}, "station": {"Benapole"}})
	a.Must(t, 200)
	at := 0
	l, err := p.s.Ledger(ctx, p.cohort, "", 0, "en")
	p.must(err)
	for _, s := range l.Seats[p.quota["border-guard"]] {
		if s.Lane.Station == people.Normal("Benapole") {
			at++
		}
	}
	if at != 6 {
		t.Errorf("%d places are kept for Benapole, want 6: %s", at, a.Text())
	}
}
