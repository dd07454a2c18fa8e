package cohortweb_test

import (
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/cohortweb"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/mail"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web/webtest"
)

// reminded knows what became of the reminders of some people.
type reminded map[id.Person]cohort.Warning

func (r reminded) Latest(_ *db.Tx, _ id.Cohort, who ...id.Person) (map[id.Person]cohort.Warning, error) {
	out := map[id.Person]cohort.Warning{}
	for _, p := range who {
		if w, ok := r[p]; ok {
			out[p] = w
		}
	}
	return out, nil
}

func (r reminded) About(_ *db.Tx, _ id.Cohort, p id.Person) ([]cohort.Warning, error) {
	if w, ok := r[p]; ok {
		return []cohort.Warning{w}, nil
	}
	return nil, nil
}

// Where a place is decided about, it stands how the places stand and what became of
// reminders; word can be sent from there by e-mail, with what came of it.
func TestWordAndBalanceStandWhereIsDecided(t *testing.T) {
	p := serve(t)
	at := time.Date(2020, 10, 21, 6, 0, 0, 0, time.UTC)
	warned := reminded{}
	p.s = cohort.New(cohort.Deps{DB: p.d, Reads: reads{}, Warnings: warned, URL: "https://cadre.example"})
	p.site = webtest.Start(t, nil, cohortweb.Routes(cohortweb.Deps{Cohort: p.s, Programmes: programme.New(programme.Deps{DB: p.d}), Clock: p.d.Clock()})...)
	ctx := actor.With(t.Context(), p.officer)
	enter := func(name string, c people.Contact, w mail.Status) cohort.Proposed {
		x, err := p.s.Propose(ctx, op(), cohort.Proposal{
			Cohort: p.cohort, Quota: p.quota["fia"], Basis: cohort.Paper,
			New: &people.NewPerson{Sex: people.Female, Names: []people.NewName{{Written: name}}, Contacts: []people.Contact{c}},
		})
		p.must(err)
		warned[x.Person] = cohort.Warning{Stage: "foundation", Due: at.Add(72 * time.Hour), At: at, Mail: w}
		return x
	}
	saima := enter("Saima Iqbal", people.Contact{Kind: people.Email, Value: "saima@example.org"}, mail.Sent)
	uzma := enter("Uzma Tariq", people.Contact{Kind: people.Phone, Value: "+92 300 1234567"}, "")

	officer := p.site.As(t, p.officer, i18n.Prefs{})
	page := officer.Get("/nominations/"+string(saima.Nomination)).CheckPage(t).Must(t, 200,
		"17 places: 0 confirmed, 0 held, 0 offered, 17 left. In line: 0.", "for women: of 17, 0 confirmed, 0 held, 0 offered, 17 left",
		"reminder sent by e-mail, not known whether she read it")
	for _, x := range []cohort.Proposed{saima, uzma} {
		_, err := p.s.Decide(ctx, op(), cohort.Deciding{Nomination: x.Nomination, Decision: cohort.Chosen})
		p.must(err)
	}
	page = officer.Submit(page, "/nominations/"+string(saima.Nomination)+"/mail", nil)
	page.CheckPage(t).Must(t, 200, "The message is on its way by e-mail.", "e-mail · on its way")

	other := officer.Get("/nominations/"+string(uzma.Nomination)).CheckPage(t).Must(t, 200, "she has no e-mail of her own: ring her")
	if _, _, err := other.Form("/nominations/" + string(uzma.Nomination) + "/mail"); err == nil {
		t.Error("an e-mail is offered to whoever has no address of her own")
	}
	officer.Get("/cohorts/"+string(p.cohort)+"/doubts").CheckPage(t).Must(t, 200, "Nobody has tried yet", "she has no e-mail of her own: ring her", "reminder sent by e-mail, not known whether she read it")
	urdu := p.site.As(t, p.officer, i18n.Prefs{Lang: "ur"})
	urdu.Get("/nominations/"+string(saima.Nomination)).CheckPage(t).Must(t, 200, "یاد دہانی ای میل سے بھیجی گئی")
	urdu.Get("/cohorts/"+string(p.cohort)+"/doubts").CheckPage(t).Must(t, 200, "ان کا اپنا ای میل نہیں")
	if a := p.site.As(t, p.focal, i18n.Prefs{}).Get("/nominations/" + string(saima.Nomination)); a.Status != 200 || strings.Contains(a.Text(), "reminder sent") || strings.Contains(a.Text(), "Send it by e-mail") {
		t.Errorf("%d: her agency reads: %s", a.Status, a.Text())
	}
}
