package evaluationweb_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/evaluation"
	"cadre/internal/evaluationweb"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/seal"
	"cadre/internal/web/webtest"
)

// six is a cohort of six, all of one agency.
type six struct {
	bp     *programme.Blueprint
	place  access.Place
	people []id.Person
}

func (c *six) Place(_ *db.Tx, _ id.Cohort, p id.Person) (access.Place, error) {
	for _, q := range c.people {
		if p == q {
			return c.place, nil
		}
	}
	return access.Place{}, fault.New(fault.NotFound, "", nil)
}
func (c *six) Cohort(*db.Tx, id.Cohort) (access.Place, error)              { return c.place, nil }
func (c *six) Participants(*db.Tx, id.Cohort) ([]id.Person, error)         { return c.people, nil }
func (c *six) Supervisor(*db.Tx, id.Person) (id.Person, error)             { return "", nil }
func (c *six) Supervised(*db.Tx, id.Person) ([]evaluation.Enrolled, error) { return nil, nil }
func (c *six) Blueprint(*db.Tx, id.Cohort) (*programme.Blueprint, error)   { return c.bp, nil }
func (c *six) RecordRead(context.Context, access.Kind, ...id.Person) error { return nil }

func TestAnOfficerEntersPaperAndWhatSheHearsByTelephone(t *testing.T) {
	d := dbtest.SQLite(t)
	journal.Attach(d)
	src, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bp, err := programme.Read("programme.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	c := &six{bp: bp, place: access.Place{Country: "PK", Agency: id.New[id.Agency](), Programme: id.New[id.Programme](), Cohort: id.New[id.Cohort](), Since: dbtest.Start}}
	names := map[id.Person]string{}
	for _, n := range []string{"Saima Iqbal", "Rubina Shah", "Ayesha Khan", "Nadia Malik", "Farah Aziz", "عالیہ بٹ"} {
		p := id.New[id.Person]()
		c.people = append(c.people, p)
		names[p] = n
	}
	service := evaluation.New(evaluation.Deps{DB: d, Roll: c, Keys: seal.New(), Reads: c, Record: func(*db.Tx, pathway.Fact) error { return nil }})
	officer := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: c.place.Programme}}}
	ctx := actor.With(t.Context(), officer)
	form, err := os.ReadFile("../../examples/pakistan-2020/feedback/week.yaml")
	if err != nil {
		t.Fatal(err)
	}
	key, err := service.ImportForm(ctx, id.New[id.Operation](), c.place.Programme, form)
	if err != nil {
		t.Fatal(err)
	}
	_, err = service.OpenSurvey(ctx, id.New[id.Operation](), evaluation.OpenInput{Cohort: c.place.Cohort, Stage: "week", Form: key, Closes: dbtest.Start.Add(96 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, nil, evaluationweb.Routes(evaluationweb.Deps{
		Evaluation: service, Zone: "Asia/Karachi",
		Name:  func(_ context.Context, p id.Person) (string, error) { return names[p], nil },
		Names: func(context.Context, []id.Person) (map[id.Person]string, error) { return names, nil },
	})...)
	b := s.As(t, officer, i18n.Prefs{Lang: "en"})

	// From the list of surveys to the sheets: who handed in, then what stands on them.
	asked := b.Get("/cohorts/"+string(c.place.Cohort)+"/surveys").Must(t, http.StatusOK, "Sheets on paper", "Answers by telephone and on paper").CheckPage(t)
	follow := func(part string) string {
		for _, l := range asked.Links() {
			if strings.Contains(l, part) {
				return l
			}
		}
		t.Fatalf("no link to %s", part)
		return ""
	}
	page := b.Get(follow("/paper")).Must(t, http.StatusOK, "Saima Iqbal", "0 sheets wait").CheckPage(t)
	bad := b.Submit(page, "handed-in", nil)
	if bad.Status/100 != 4 || !strings.Contains(bad.Text(), "Tick who handed in a sheet") {
		t.Errorf("nobody ticked: %d %s", bad.Status, bad.Text())
	}
	page = b.Submit(page, "handed-in", url.Values{"people": {string(c.people[0]), string(c.people[5])}}).Must(t, http.StatusOK, "2 sheets wait").CheckPage(t)
	if strings.Contains(page.Text(), "Saima Iqbal") {
		t.Error("she stands among those who may still hand in")
	}
	page = b.Submit(page, "sheet", url.Values{"q-overall": {"4"}}).Must(t, http.StatusOK, "1 sheet waits").CheckPage(t)
	late := b.Get(page.Path) // the same page, open somewhere else
	b.Submit(page, "sheet", nil).Must(t, http.StatusOK, "0 sheets wait")
	if a := b.Submit(late, "sheet", nil); a.Status != http.StatusConflict || !strings.Contains(a.Text(), "As many sheets are entered") {
		t.Errorf("a sheet too many: %d %s", a.Status, a.Text())
	}

	// By telephone, three months later.
	list := b.Get(follow("/follow-ups/")).Must(t, http.StatusOK, "Rubina Shah", "no answer yet").CheckPage(t)
	hers := b.Get(list.Path+"/"+string(c.people[1])).Must(t, http.StatusOK, "Rubina Shah", "by telephone").CheckPage(t)
	if _, sends, err := hers.Form("follow-up"); err != nil || sends.Has("basis") {
		t.Errorf("it is chosen beforehand how the office knows: %v %v", sends, err)
	}
	none := b.Submit(hers, "follow-up", url.Values{"use": {"sometimes"}, "in-post": {"yes"}}).Must(t, http.StatusUnprocessableEntity, "Say how you know: on paper, or by telephone.").CheckPage(t)
	if _, kept, err := none.Form("follow-up"); err != nil || !strings.Contains(none.Body, `id="follow-up-basis-error"`) || kept.Get("use") != "sometimes" || kept.Get("in-post") != "yes" || kept.Has("basis") {
		t.Errorf("no basis: not said beside the field, or %v is not what was typed: %v", kept, err)
	}
	elsewhere := b.Get(hers.Path)
	b.Submit(none, "follow-up", url.Values{"basis": {"telephone"}}).Must(t, http.StatusOK, "She sees who entered it", "answered on").CheckPage(t)
	// Meanwhile a colleague has rung her too: he sees what stands by now.
	late = b.Submit(elsewhere, "follow-up", url.Values{"basis": {"paper"}, "use": {"often"}, "in-post": {"no"}}).Must(t, http.StatusConflict, "Somebody has entered an answer").CheckPage(t)
	if n := strings.Count(late.Body, "stands"); n < 2 {
		t.Errorf("what was entered first is not shown beside what was typed: %s", late.Text())
	}
	b.Submit(late, "follow-up", nil).Must(t, http.StatusOK, "She sees who entered it")
	b.Get(hers.Path).Must(t, http.StatusOK, "What you enter now replaces it")

	dbtest.Clock(d).Advance(100 * time.Hour)
	if a := b.Get(page.Path).Must(t, http.StatusOK, "No more sheets are taken").CheckPage(t); strings.Contains(a.Body, "<textarea") {
		t.Error("a closed survey still offers a sheet")
	}
	dbtest.Clock(d).Advance(-100 * time.Hour)

	chromium := webtest.Launch(t)
	for lang, width := range map[string]int{"en": 1280, "ur": 360} {
		tab := chromium.Tab(t, s.URL, webtest.Look{Width: width, Token: s.Sessions.Add(officer, i18n.Prefs{Lang: lang})})
		for name, path := range map[string]string{"sheets": page.Path, "followed": list.Path, "for-her": hers.Path} {
			tab.Open(path).CheckAxe().Shot(name + "-" + lang)
			if n := tab.Overflow(); n > 0 {
				t.Errorf("%s in %s: %d px wider than its window", name, lang, n)
			}
		}
	}
}
