package cohort_test

import (
	"context"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
)

// undividedBlueprint is of a programme whose places are not divided among agencies.
var undividedBlueprint = strings.Replace(blueprint, `quotas:
  - {key: fia, agency: fia, places: 17, parts: [{sex: female, places: 17}]}
  - {key: punjab-police, agency: punjab-police, places: 8, parts: [{station: Multan, places: 2}]}
`, "", 1)

// Where the places are not divided among agencies, each focal point proposes for her
// own, on a form and by a sheet; staff say for whom; and nobody reads of another's.
func TestProposingWherePlacesAreNotDivided(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, undividedBlueprint)
		var lahore, abroad id.Agency
		w.update(func(tx *db.Tx) (err error) {
			if lahore, err = people.EnterAgency(tx, people.Agency{Code: "fia-lahore", Name: i18n.NewText("en", "FIA Lahore"), Country: "PK", Parent: w.fia}); err != nil {
				return err
			}
			abroad, err = people.EnterAgency(tx, people.Agency{Code: "baghdad", Name: i18n.NewText("en", "Baghdad"), Country: "IQ"})
			return err
		})
		q := w.quota["open"]
		proposal := func(name string, agency id.Agency) cohort.Proposal {
			return cohort.Proposal{Cohort: w.cohort, Quota: q, Agency: agency, New: woman(name, "Lahore"), Basis: cohort.OwnAct}
		}
		wantAgency := func(p cohort.Proposed, agency id.Agency) {
			t.Helper()
			if n := w.nomination(p.Nomination); n.Agency != agency {
				t.Errorf("proposed by %s, want %s", n.Agency, agency)
			}
		}

		own, err := w.Propose(w.focal, op(), proposal("Saima Iqbal", ""))
		w.must(err)
		wantAgency(own, w.fia)
		branch, err := w.Propose(w.focal, op(), proposal("Nida Khan", lahore))
		w.must(err)
		wantAgency(branch, lahore)
		if _, err := w.Propose(w.focal, op(), proposal("Uzma Bibi", w.punjab)); err == nil {
			t.Error("a focal point proposed in another agency's name")
		}
		_, err = w.Propose(w.officer, op(), proposal("Uzma Bibi", ""))
		wantKind(t, "staff who do not say for whom", err, fault.Invalid)
		other, err := w.Propose(w.officer, op(), proposal("Uzma Bibi", w.punjab))
		w.must(err)
		wantAgency(other, w.punjab)

		// A sheet is for the agency of whoever sends it, or of whom staff say.
		sheet := []byte("name,sex\nFarah Naz,f\n")
		im, err := w.ImportSheet(w.focal, op(), cohort.Importing{Cohort: w.cohort, Quota: q, Data: sheet})
		w.must(err)
		if p, err := w.Sheet(w.focal, im); err != nil || p.Agency != w.fia {
			t.Errorf("the sheet is of %q, %v", p.Agency, err)
		}
		taken, err := w.TakeSheet(w.focal, op(), cohort.Sheetful{Import: im})
		w.must(err)
		wantAgency(taken[0], w.fia)
		if _, err = w.ImportSheet(w.focal, op(), cohort.Importing{Cohort: w.cohort, Quota: q, Agency: w.punjab, Data: sheet}); err == nil {
			t.Error("a focal point sent a sheet in another agency's name")
		}
		_, err = w.ImportSheet(w.officer, op(), cohort.Importing{Cohort: w.cohort, Quota: q, Data: sheet})
		wantKind(t, "a sheet of nobody's", err, fault.Invalid)
		im, err = w.ImportSheet(w.officer, op(), cohort.Importing{Cohort: w.cohort, Quota: q, Agency: w.punjab, Data: []byte("name,sex\nHina Gul,f\n")})
		w.must(err)
		taken, err = w.TakeSheet(w.officer, op(), cohort.Sheetful{Import: im})
		w.must(err)
		wantAgency(taken[0], w.punjab)

		// Each is shown the places, the agencies that she may name, and how many of her
		// own wait.
		codes := func(o cohort.Overview) string {
			var out []string
			for _, a := range o.Agencies {
				out = append(out, a.Code)
			}
			return strings.Join(out, " ")
		}
		for _, x := range []struct {
			who      string
			as       cohort.Overview
			agencies string
			proposed int
		}{
			{"the officer", w.overview(w.officer), "fia fia-lahore punjab-police", 5},
			{"the focal point of fia", w.overview(w.focal), "fia fia-lahore", 3},
			{"the other focal point", w.overview(w.stranger), "punjab-police", 2},
		} {
			if len(x.as.Quotas) != 1 || !x.as.Undivided() || x.as.Quotas[0].ID != q || codes(x.as) != x.agencies || x.as.Quotas[0].Proposed != x.proposed || x.as.Quotas[0].Total.Left() != 25 {
				t.Errorf("%s sees %+v of %s", x.who, x.as.Quotas, codes(x.as))
			}
		}
		// An agency that the programme does not name has nothing to do with it.
		elsewhere := as(actor.FocalPoint, id.New[id.Person](), actor.Scope{Agency: abroad})
		_, err = w.Overview(elsewhere, w.cohort)
		wantKind(t, "an agency that the programme does not name looks", err, fault.NotFound)
		_, err = w.Propose(elsewhere, op(), proposal("Hala", ""))
		wantKind(t, "it proposes", err, fault.Invalid)
		_, err = w.ImportSheet(elsewhere, op(), cohort.Importing{Cohort: w.cohort, Quota: q, Data: sheet})
		wantKind(t, "it sends a sheet", err, fault.Invalid)

		// A call goes to each agency, for all the places; a substitute comes from the
		// same agency; the ledger shows a focal point no one else's seats.
		_, err = w.MakeCall(w.officer, op(), cohort.Calling{Cohort: w.cohort, Agency: w.fia, Deadline: civil.NewDate(2020, 10, 9).At(17, 0, "Asia/Karachi")})
		w.must(err)
		call, err := w.Call(w.focal, w.cohort, w.fia)
		w.must(err)
		if len(call.Quotas) != 1 || call.Quotas[0].Total.Places() != 25 {
			t.Errorf("the call is for %+v", call.Quotas)
		}
		_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: other.Nomination, Decision: cohort.Chosen})
		w.must(err)
		by, err := w.Substitute(w.stranger, op(), cohort.Substitution{Taking: cohort.Taking{Nomination: other.Nomination, Cause: cohort.Causes(cohort.Substitute)[0]}, By: proposal("Sadia Noor", "")})
		w.must(err)
		wantAgency(by, w.punjab)
		ledger, err := w.Ledger(w.focal, w.cohort, "", 0, "en")
		if err != nil || len(ledger.Quotas) != 0 || len(ledger.Moves) != 0 {
			t.Errorf("a focal point's ledger has %d quotas, %d movements, %v", len(ledger.Quotas), len(ledger.Moves), err)
		}
		if _, err := w.Reserve(w.focal, op(), cohort.Reserving{Quota: q, Places: 20}); err == nil {
			t.Error("a focal point kept places that are for all")
		}
	})
}

// Where each agency has places of its own, who proposes need not say for whom.
func TestTheAgenciesOfQuotas(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		if o := w.overview(w.officer); o.Undivided() || len(o.Agencies) != 2 {
			t.Errorf("the officer may name %v", o.Agencies)
		}
		if o := w.overview(w.focal); o.Undivided() || len(o.Agencies) != 1 || o.Agencies[0].ID != w.fia || len(o.Quotas) != 1 {
			t.Errorf("the focal point may name %v of %v", o.Agencies, o.Quotas)
		}
		p, err := w.Propose(as(actor.FocalPoint, id.New[id.Person](), actor.Scope{Agency: w.punjab}), op(), cohort.Proposal{Cohort: w.cohort, Quota: w.quota["punjab-police"], New: woman("Uzma", "")})
		w.must(err)
		if n := w.nomination(p.Nomination); n.Agency != w.punjab {
			t.Errorf("proposed by %s", n.Agency)
		}
	})
}

func (w *world) overview(ctx context.Context) cohort.Overview {
	w.t.Helper()
	o, err := w.Overview(ctx, w.cohort)
	w.must(err)
	return o
}
