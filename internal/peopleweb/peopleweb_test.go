package peopleweb_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/people"
	"cadre/internal/peopleweb"
	"cadre/internal/web"
	"cadre/internal/web/ui"
	"cadre/internal/web/webtest"
)

type reads struct{}

func (reads) RecordRead(context.Context, access.Kind, ...id.Person) error { return nil }

type world struct {
	site                  *webtest.Site
	fia, punjab           id.Agency
	saima, nasreen, staff id.Person
}

func open(t *testing.T) *world {
	t.Helper()
	d := dbtest.SQLite(t)
	journal.Attach(d)
	w := &world{}
	ctx := actor.With(context.Background(), actor.Actor{Operator: true})
	err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		var err error
		if w.fia, err = people.EnterAgency(tx, people.Agency{Code: "fia", Country: "PK", Name: i18n.NewText("en", "Federal Investigation Agency").And("ur", "وفاقی تحقیقاتی ادارہ")}); err != nil {
			return err
		}
		if w.punjab, err = people.EnterAgency(tx, people.Agency{Code: "punjab-police", Country: "PK", Name: i18n.NewText("en", "Punjab police")}); err != nil {
			return err
		}
		enter := func(name string, a id.Agency) id.Person {
			if err != nil {
				return ""
			}
			n := people.NewPerson{
				Officer: a != "", Names: []people.NewName{{Form: people.Called, Written: name}},
				Contacts: []people.Contact{{Kind: people.Phone, Value: "+92 300 5550000"}},
			}
			if a != "" {
				n.Affiliation = &people.Affiliation{Agency: a, Rank: "Inspector", RankGroup: "inspector", Since: civil.NewDate(2019, time.May, 1)}
			}
			var p id.Person
			if p, err = people.Enter(tx, n); err == nil && a != "" {
				err = people.Locate(tx, p, people.ByNomination, "n", access.Place{Country: "PK", Agency: a, Programme: "p", Cohort: "c"})
			}
			return p
		}
		w.saima, w.nasreen, w.staff = enter("Saima Iqbal", w.fia), enter("Nasreen Bibi", w.punjab), enter("Rabia Staff", "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s := people.New(people.Deps{DB: d, Reads: reads{}})
	w.site = webtest.Start(t, func(d *web.Deps) { d.Policy = access.Routing{} }, peopleweb.Routes(peopleweb.Deps{People: s, Supervisors: func(context.Context) ([]ui.Option, error) {
		return []ui.Option{{Value: string(w.staff), Label: "Rabia Staff"}}, nil
	}})...)
	return w
}

func (w *world) as(t *testing.T, role actor.Role, p id.Person, s actor.Scope, lang string) *webtest.Browser {
	return w.site.As(t, actor.Actor{Person: p, Grant: actor.Grant{ID: "g", Role: role, Scope: s}}, i18n.Prefs{Lang: lang})
}

func TestEachSeesHerOwnPeople(t *testing.T) {
	w := open(t)
	officer := w.as(t, actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{Programme: "p"}, "en")
	officer.Get("/people").Must(t, 200, "Saima Iqbal", "Nasreen Bibi", "Punjab police").CheckPage(t)
	officer.Get("/people?q="+url.QueryEscape("صائمہ")).Must(t, 200, "Saima Iqbal").CheckPage(t)
	officer.Get("/people?q=nobody").Must(t, 200, "Nobody found").CheckPage(t)
	officer.Get("/people/"+string(w.saima)).Must(t, 200, "Saima Iqbal", "+92 300 5550000", "Federal Investigation Agency", "What she may do").CheckPage(t)

	focal := w.as(t, actor.FocalPoint, id.New[id.Person](), actor.Scope{Agency: w.fia}, "ur")
	page := focal.Get("/people").Must(t, 200, "Saima Iqbal", "وفاقی تحقیقاتی ادارہ").CheckPage(t)
	if strings.Contains(page.Body, "Nasreen") {
		t.Error("a focal point sees another agency's officer")
	}
	page = focal.Get("/people/"+string(w.saima)).Must(t, 200, "Saima Iqbal").CheckPage(t)
	if strings.Contains(page.Body, "5550000") {
		t.Error("her focal point reads her telephone number")
	}
	focal.Get("/people/"+string(w.nasreen)).Must(t, 404)
	focal.Get("/people/not-an-id").Must(t, 404)

	for role, want := range map[actor.Role]int{actor.Coach: 403, actor.Observer: 403, actor.Participant: 403, actor.Administrator: 200, actor.Trainer: 200} {
		b := w.as(t, role, id.New[id.Person](), actor.Scope{}, "en")
		page := b.Get("/people").Must(t, want)
		if role == actor.Administrator && (strings.Contains(page.Body, "Saima") || !strings.Contains(page.Body, "Rabia Staff")) {
			t.Error("the administrator's list is not the staff alone")
		}
	}
}

func TestSheMendsHerNameAndEditsMeet(t *testing.T) {
	w := open(t)
	her := w.as(t, actor.Participant, w.saima, actor.Scope{Programme: "p", Cohort: "c"}, "en")
	officer := w.as(t, actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{Programme: "p"}, "en")
	mine := her.Get("/my-names").Must(t, 200, "Your names and contacts", "Not confirmed yet", "Where you serve", "How to reach you").CheckPage(t)
	stale := officer.Get("/people/" + string(w.saima))
	form := editForm(t, mine)
	her.Submit(mine, form, url.Values{"written": {"Saima  Iqbaal"}}).Must(t, 200, "The name is changed", "Saima Iqbaal", "Confirmed by you").CheckPage(t)
	again := officer.Submit(stale, form, url.Values{"written": {"S. Iqbal"}}).Must(t, 409, "It now reads", "It now stands as: Saima Iqbaal", "Leave it as it stands now").CheckPage(t)
	if !strings.Contains(again.Body, `value="S. Iqbal"`) {
		t.Error("what was typed is lost")
	}
	officer.Submit(again, form, nil).Must(t, 200, "The name is changed", "S. Iqbal")
	her.Submit(her.Get("/my-names"), "add-name", url.Values{"form_of_name": {"printed"}, "name": {"صائمہ اقبال"}}).Must(t, 200, "صائمہ اقبال").CheckPage(t)
	her.Submit(her.Get("/my-names"), "add-name", url.Values{"form_of_name": {"printed"}, "name": {"***"}}).Must(t, 422, "at least one letter").CheckPage(t)
	her.Submit(her.Get("/my-names"), "add-contact", url.Values{"value": {"0300 111"}, "holder": {"through"}}).Must(t, 422, "Write who passes word on").CheckPage(t)
	before := her.Get("/my-names")
	her.Submit(her.Get("/my-names"), "alias", url.Values{"alias": {"Lark"}}).Must(t, 200)
	late := her.Submit(before, "alias", url.Values{"alias": {"Zara"}}).Must(t, 409, "while you were writing", "Lark").CheckPage(t)
	her.Submit(late, "alias", nil).Must(t, 200)
	trainer := w.as(t, actor.Trainer, id.New[id.Person](), actor.Scope{Programme: "p"}, "en")
	if page := trainer.Get("/people").Must(t, 200, "Zara"); strings.Contains(page.Body, "Iqbal") {
		t.Error("the trainer reads the name that she asked to hide")
	}
}

func editForm(t *testing.T, a *webtest.Answer) string {
	t.Helper()
	i := strings.Index(a.Body, `id="name-`)
	if i < 0 {
		t.Fatal("no form to change a name")
	}
	rest := a.Body[i+4:]
	return rest[:strings.IndexByte(rest, '"')]
}

func TestTransferAndAgencies(t *testing.T) {
	w := open(t)
	officer := w.as(t, actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{Programme: "p"}, "en")
	page := officer.Get("/people/" + string(w.saima))
	officer.Submit(page, "move", url.Values{"agency": {string(w.punjab)}, "since": {"2020-09-01"}}).Must(t, 200, "The move is entered", "Punjab police").CheckPage(t)
	list := officer.Get("/agencies").Must(t, 200, "Punjab police").CheckPage(t)
	officer.Submit(list, "agency", url.Values{"name": {"FIA Lahore"}, "code": {"fia-lahore"}, "country": {"PK"}, "kind": {"investigation"}}).
		Must(t, 200, "The agency is in the list", "FIA Lahore").CheckPage(t)
	officer.Submit(officer.Get("/agencies"), "agency", url.Values{"name": {"FIA Lahore"}, "code": {"Fia Lahore!"}, "country": {"PK"}, "kind": {"investigation"}}).
		Must(t, 422, "short code").CheckPage(t)
}

// Two people change the same telephone number: the second sees both, with what she
// typed, and chooses.
func TestAContactIsChangedAndEditsMeet(t *testing.T) {
	w := open(t)
	her := w.as(t, actor.Participant, w.saima, actor.Scope{Programme: "p", Cohort: "c"}, "en")
	officer := w.as(t, actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{Programme: "p"}, "en")
	at := "/people/" + string(w.saima)
	mine, theirs := her.Get("/my-names").Must(t, 200, "Change +92 300 5550000").CheckPage(t), officer.Get(at).Must(t, 200)
	form := formNamed(t, mine, `id="contact-`)
	her.Submit(mine, form, url.Values{"value": {"+92 300 5551111"}, "safe": {"after six"}}).
		Must(t, 200, "The way to reach her was changed.", "+92 300 5551111", "after six").CheckPage(t)
	again := officer.Submit(theirs, form, url.Values{"value": {"+92 300 5552222"}}).
		Must(t, 409, "It now stands as: +92 300 5551111", "It now stands as: after six", "Leave it as it stands now").CheckPage(t)
	if !strings.Contains(again.Body, `value="+92 300 5552222"`) {
		t.Error("what was typed is lost")
	}
	officer.Submit(again, form, nil).Must(t, 200, "The way to reach her was changed.", "+92 300 5552222")

	stranger := w.as(t, actor.FocalPoint, id.New[id.Person](), actor.Scope{Agency: w.fia}, "en")
	if strings.Contains(stranger.Get(at).Body, `id="contact-`) {
		t.Error("her agency's focal point may change how she is reached")
	}
}

// formNamed returns the id of the first form whose tag holds start.
func formNamed(t *testing.T, a *webtest.Answer, start string) string {
	t.Helper()
	i := strings.Index(a.Body, start)
	if i < 0 {
		t.Fatalf("no form %s", start)
	}
	rest := a.Body[i+4:]
	return rest[:strings.IndexByte(rest, '"')]
}

func TestUnitsStandBelowTheirAgency(t *testing.T) {
	w := open(t)
	at := "/agencies/" + string(w.fia)
	officer := w.as(t, actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{Programme: "p"}, "en")
	if !strings.Contains(officer.Get("/agencies").Body, `href="`+at+`"`) {
		t.Error("the list does not lead to the agency")
	}
	page := officer.Get(at).Must(t, 200, "Federal Investigation Agency", "No unit is entered yet").CheckPage(t)
	officer.Submit(page, "unit", url.Values{"station": {"Lahore"}}).Must(t, 422).CheckPage(t)
	officer.Submit(page, "unit", url.Values{"name": {"Anti-Human Trafficking Circle"}, "name_ur": {"انسدادِ انسانی سمگلنگ سرکل"}, "station": {"Lahore"}}).
		Must(t, 200, "The unit was added.", "Anti-Human Trafficking Circle", "Lahore").CheckPage(t)

	until := time.Date(2021, 6, 30, 0, 0, 0, 0, time.UTC)
	focal := w.site.As(t, actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{
		ID: "g", Role: actor.FocalPoint, Scope: actor.Scope{Agency: w.fia}, Until: until,
	}}, i18n.Prefs{Lang: "ur"})
	focal.Get(at).Must(t, 200, "انسدادِ انسانی سمگلنگ سرکل", "اس ادارے کے لیے آپ کی مدت").CheckPage(t)
	focal.Get("/agencies/"+string(w.punjab)).Must(t, 403)
}

// Staff enter by telephone or on paper that her name is printed right; she reads on
// her page that they did, and others are not offered it.
func TestStaffEnterThatHerNameIsRight(t *testing.T) {
	w := open(t)
	her := w.as(t, actor.Participant, w.saima, actor.Scope{Programme: "p", Cohort: "c"}, "ur")
	officer := w.as(t, actor.ProgrammeOfficer, w.staff, actor.Scope{Programme: "p"}, "en")
	at := "/people/" + string(w.saima)
	page := officer.Get(at).Must(t, 200, "She says it is right: Saima Iqbal", "How she wants to read").CheckPage(t)
	form := ""
	for _, part := range strings.Split(page.Body, `id="confirm-`)[1:] {
		form = "confirm-" + part[:36]
	}
	if _, sends, err := page.Form(form); err != nil || sends.Has("basis") {
		t.Errorf("it is chosen beforehand how staff know: %v %v", sends, err)
	}
	unsaid := officer.Submit(page, form, nil).Must(t, 422, "She says it is right: Saima Iqbal", "Say how you know: on paper, or by telephone.").CheckPage(t)
	if !strings.Contains(unsaid.Body, `id="`+form+`-basis-error"`) {
		t.Error("that it is not said how staff know does not stand beside the field")
	}
	officer.Submit(unsaid, form, url.Values{"basis": {"hearsay"}}).Must(t, 422, "Say how you know").CheckPage(t)

	// Her name is mended meanwhile: both are asked about it as it stands now.
	asked := her.Get("/my-names")
	officer.Submit(officer.Get(at), "name-"+strings.TrimPrefix(form, "confirm-"), url.Values{"written": {"Saima J. Iqbal"}}).Must(t, 200, "The name is changed")
	again := her.Submit(asked, at+"/names/"+strings.TrimPrefix(form, "confirm-")+"/confirm", nil).Must(t, 409, "Saima J. Iqbal", "کیا یہ اسی طرح درست ہے؟", "یہ درست ہے").CheckPage(t)
	if strings.Contains(again.Body, `name="basis"`) {
		t.Error("she is asked on what word of hers she acts")
	}
	late := officer.Submit(unsaid, form, url.Values{"basis": {"paper"}}).Must(t, 409, "now reads Saima J. Iqbal. Ask her about it", "She says it is right: Saima J. Iqbal").CheckPage(t)
	if _, kept, err := late.Form(form); err != nil || kept.Get("basis") != "paper" {
		t.Errorf("what was chosen is lost: %v %v", kept, err)
	}
	elsewhere := officer.Get(at)
	officer.Submit(late, form, nil).Must(t, 200, "She sees that you entered it", "Confirmed by her on paper", "Entered by Rabia Staff").CheckPage(t)
	officer.Submit(late, form, nil).Must(t, 200) // sent twice, it is entered once
	officer.Submit(elsewhere, form, url.Values{"basis": {"telephone"}}).Must(t, 409, "now reads Saima J. Iqbal")
	mine := her.Get("/my-names").Must(t, 200, "آپ کی تحریر پر آپ کی طرف سے تصدیق ہوئی", "Rabia Staff").CheckPage(t)
	if strings.Contains(mine.Body, `id="confirm-`) {
		t.Error("she is asked to enter her own word as somebody else's")
	}
	focal := w.as(t, actor.FocalPoint, id.New[id.Person](), actor.Scope{Agency: w.fia}, "en")
	if got := focal.Get(at).Must(t, 200); strings.Contains(got.Body, `id="confirm-`) || strings.Contains(got.Body, "/preferences") {
		t.Error("her focal point is offered to enter her word")
	}
}
