package evaluationweb_test

import (
	"net/url"
	"os"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/evaluation"
	"cadre/internal/evaluationweb"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/seal"
	"cadre/internal/web/webtest"
)

// What she consents to is named before she does, and after it in full: who may read
// her words, with her name or without it, and until when.
func TestAConsentNamesWhatItIsFor(t *testing.T) {
	d := dbtest.SQLite(t)
	src, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bp, err := programme.Read("programme.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	c := &six{bp: bp, place: access.Place{Country: "PK", Programme: id.New[id.Programme](), Cohort: id.New[id.Cohort](), Since: dbtest.Start}, people: []id.Person{id.New[id.Person]()}}
	service := evaluation.New(evaluation.Deps{DB: d, Roll: c, Keys: seal.New(), Reads: c, Record: func(*db.Tx, pathway.Fact) error { return nil }})
	s := webtest.Start(t, nil, evaluationweb.Routes(evaluationweb.Deps{Evaluation: service, Zone: "Asia/Karachi"})...)
	she := actor.Actor{Person: c.people[0], Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.Participant, Scope: actor.Scope{Cohort: c.place.Cohort}}}
	at := "/cohorts/" + string(c.place.Cohort) + "/testimonial"

	b := s.As(t, she, i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	page := b.Get(at).CheckPage(t).Must(t, 200, "consent to three things", "who may read your words", "the name by which you are called", "Without a day, until you take them back")
	last := dbtest.Start.AddDate(0, 0, 30).In(time.UTC)
	given := url.Values{"words": {"It changed how I ask."}, "scope": {string(evaluation.ToDonor)}, "named": {"yes"}, "until": {last.Format(time.DateOnly)}}
	day := i18n.For(i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"}).InstantDay(last)
	page = b.Submit(page, "testimonial", given).CheckPage(t).Must(t, 200, "so far and no further", "The donor as well", "With my name", day)
	b.Submit(page, "testimonial", url.Values{"scope": {string(evaluation.Public)}, "named": {"no"}, "until": {""}}).CheckPage(t).
		Must(t, 200, "Everybody", "Without my name", "Until you take them back")

	s.As(t, she, i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}).Get(at).CheckPage(t).Must(t, 200, "تین باتوں کی اجازت", "جب تک آپ واپس نہ لیں", "میرے نام کے بغیر")
}
