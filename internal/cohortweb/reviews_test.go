package cohortweb_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

// A result that was corrected after the choice was signed is brought to the
// officer, who says what becomes of it.
func TestACorrectionAfterTheChoiceIsBroughtToAPerson(t *testing.T) {
	p := serve(t)
	p.regional()
	ctx := actor.With(t.Context(), p.officer)
	x := p.chosen("border-guard", "Saima Iqbal")
	_, err := p.s.Confirm(ctx, op(), x.Nomination)
	p.must(err)
	p.sat(x.Person, 8, 14)
	l, err := p.s.Shortlist(ctx, p.cohort, "choice", "en")
	p.must(err)
	_, err = p.s.Sign(ctx, op(), cohort.Signing{Cohort: p.cohort, Stage: "choice", Digest: l.Digest, Chosen: []id.Person{x.Person}, Agreed: true})
	p.must(err)
	b := p.site.As(t, p.officer, i18n.Prefs{})
	path := "/cohorts/" + string(p.cohort) + "/reviews"
	b.Get(path).CheckPage(t).Must(t, 200, "Nothing waits")

	p.must(p.d.Update(ctx, db.Main, func(tx *db.Tx) error {
		fs, err := pathway.FactsOfKind(tx, p.cohort, pathway.KindAssessmentSubmitted, "exit")
		if err != nil {
			return err
		}
		return pathway.Record(tx, pathway.Fact{
			Person: x.Person, Cohort: p.cohort, Value: pathway.Withdrawn{Cause: "another officer's paper"}, Corrects: fs[0].ID, Basis: pathway.Paper,
			OccurredAt: tx.Now().Add(-time.Hour),
		})
	}))
	a := b.Get(path).CheckPage(t).Must(t, 200, "Saima Iqbal", "What changed:", "Entry taken back", "What relied on it:", "Selection: Choice for coaching")
	ur := p.site.As(t, p.officer, i18n.Prefs{Lang: "ur", Zone: "Asia/Dhaka"}).Get(path).CheckPage(t)
	if strings.Contains(ur.Text(), "cohort.") {
		t.Error("a key is shown")
	}
	form := ""
	for _, h := range strings.Split(a.Body, `id="settle-`)[1:] {
		form = "settle-" + h[:36]
	}
	a = b.Submit(a, form, nil)
	if a.Status != 422 {
		t.Errorf("settled without saying how: %d", a.Status)
	}
	b.Submit(a, form, url.Values{"outcome": {"stands"}}).Must(t, 200, "It is noted.", "Nothing waits")
}
