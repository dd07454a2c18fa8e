package people_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/people"
)

// reads counts who was recorded; it refuses while broken.
type reads struct {
	seen   map[id.Person]int
	broken bool
}

func (r *reads) RecordRead(_ context.Context, _ access.Kind, ps ...id.Person) error {
	if r.broken {
		return fault.New(fault.Unavailable, "fault.unavailable", nil)
	}
	for _, p := range ps {
		r.seen[p]++
	}
	return nil
}

type world struct {
	*people.Service
	d              *db.DB
	reads          *reads
	fia, lahore    id.Agency
	punjab         id.Agency
	saima, nasreen id.Person
}

func op() id.Operation { return id.New[id.Operation]() }

func as(role actor.Role, p id.Person, s actor.Scope) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{ID: "g", Role: role, Scope: s}})
}

func setup(t *testing.T, d *db.DB) *world {
	t.Helper()
	journal.Attach(d)
	w := &world{d: d, reads: &reads{seen: map[id.Person]int{}}}
	w.Service = people.New(people.Deps{DB: d, Reads: w.reads})
	ctx := actor.With(context.Background(), actor.Actor{Operator: true})
	err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		var err error
		enter := func(code string, parent id.Agency) id.Agency {
			if err != nil {
				return ""
			}
			var a id.Agency
			a, err = people.EnterAgency(tx, people.Agency{Code: code, Parent: parent, Country: "PK", Kind: "police", Name: i18n.NewText("en", code)})
			return a
		}
		w.fia = enter("fia", "")
		w.lahore = enter("fia-lahore", w.fia)
		w.punjab = enter("punjab-police", "")
		if err != nil {
			return err
		}
		day := civil.NewDate(2019, time.May, 1)
		w.saima, err = people.Enter(tx, people.NewPerson{
			Sex: people.Female, Officer: true,
			Names:       []people.NewName{{Form: people.Called, Written: "Saima Iqbal"}, {Form: people.Letter, Written: "صائمہ اقبال"}},
			Contacts:    []people.Contact{{Kind: people.Phone, Value: "+92 300 0000001", Safe: "after six"}},
			Affiliation: &people.Affiliation{Agency: w.lahore, Rank: "Inspector", RankGroup: "inspector", Since: day},
		})
		if err != nil {
			return err
		}
		w.nasreen, err = people.Enter(tx, people.NewPerson{
			Sex: people.Female, Officer: true,
			Names:       []people.NewName{{Written: "Nasreen Bibi"}},
			Affiliation: &people.Affiliation{Agency: w.punjab, Since: day},
		})
		if err != nil {
			return err
		}
		for _, p := range []id.Person{w.saima, w.nasreen} {
			if err := people.Locate(tx, p, people.ByNomination, "n-"+string(p), access.Place{Country: "PK", Programme: "prog", Cohort: "coh"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func found(t *testing.T, w *world, ctx context.Context, s people.Search) []id.Person {
	t.Helper()
	page, err := w.Search(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	out := []id.Person{}
	for _, r := range page.People {
		out = append(out, r.ID)
	}
	return out
}

func TestSearchFindsInEitherScriptAndOnlyWhomOneMaySee(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		officer := as(actor.ProgrammeOfficer, "po", actor.Scope{Programme: "prog"})
		for _, text := range []string{"saima", "SAI", "Sayma", "صائمہ", "اقبال", "iqbal sai"} {
			if got := found(t, w, officer, people.Search{Text: text}); !slices.Equal(got, []id.Person{w.saima}) {
				t.Errorf("the officer looks for %q and finds %v", text, got)
			}
		}
		for _, c := range []struct {
			who  string
			ctx  context.Context
			want []id.Person
		}{
			{"officer", officer, []id.Person{w.nasreen, w.saima}},
			{"officer of another programme", as(actor.ProgrammeOfficer, "po2", actor.Scope{Programme: "other"}), nil},
			{"officer of another country", as(actor.ProgrammeOfficer, "po3", actor.Scope{Country: "IQ"}), nil},
			{"focal point above", as(actor.FocalPoint, "f", actor.Scope{Agency: w.fia}), []id.Person{w.saima}},
			{"focal point elsewhere", as(actor.FocalPoint, "f2", actor.Scope{Agency: w.punjab}), []id.Person{w.nasreen}},
			{"administrator", as(actor.Administrator, "adm", actor.Scope{}), nil},
		} {
			if got := found(t, w, c.ctx, people.Search{}); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
				t.Errorf("%s: %v, want %v", c.who, got, c.want)
			}
		}
		for _, role := range []actor.Role{actor.Participant, actor.Coach, actor.Observer, actor.Supervisor} {
			if _, err := w.Search(as(role, "x", actor.Scope{Programme: "prog"}), people.Search{}); !fault.Is(err, fault.Denied) {
				t.Errorf("%s may search: %v", role, err)
			}
		}
		if w.reads.seen[w.saima] == 0 {
			t.Error("she was shown and nobody recorded it")
		}
		w.reads.broken = true
		if p, err := w.Search(officer, people.Search{}); err == nil || len(p.People) > 0 {
			t.Error("what could not be recorded was shown")
		}
	})
}

func TestPagesAreWholeAndInOrder(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		ctx := as(actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{Programme: "many"})
		want := map[string]bool{}
		for i := range 23 {
			name := fmt.Sprintf("Officer %02d", i%7) // many share a name
			p, err := w.Add(ctx, op(), people.NewPerson{Names: []people.NewName{{Written: name}}})
			if err != nil {
				t.Fatal(err)
			}
			want[string(p)] = true
		}
		var before string
		for after, n := "", 0; ; n++ {
			page, err := w.Search(ctx, people.Search{Limit: 5, After: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.People {
				if !want[string(r.ID)] {
					t.Errorf("%s comes twice or from elsewhere", r.ID)
				}
				delete(want, string(r.ID))
				if r.Display.Text < before {
					t.Errorf("%q after %q", r.Display.Text, before)
				}
				before = r.Display.Text
			}
			if after = page.Next; after == "" {
				break
			}
			if n > 10 {
				t.Fatal("the list has no end")
			}
		}
		if len(want) > 0 {
			t.Errorf("%d people are on no page", len(want))
		}
	})
}

// After a transfer the old agency sees her only where it nominated her, and not
// where she went.
func TestTransfer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		officer := as(actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{Programme: "prog"})
		focal := as(actor.FocalPoint, id.New[id.Person](), actor.Scope{Agency: w.fia})
		err := d.Update(officer, db.Main, func(tx *db.Tx) error {
			return people.Locate(tx, w.saima, people.ByNomination, "by-fia", access.Place{Country: "PK", Agency: w.lahore, Programme: "prog", Cohort: "coh"})
		})
		if err != nil {
			t.Fatal(err)
		}
		move := people.Affiliation{Person: w.saima, Agency: w.punjab, Since: civil.NewDate(2020, time.September, 1)}
		if _, err := w.Transfer(focal, op(), move); !fault.Is(err, fault.Denied) {
			t.Errorf("a focal point places her officer in another agency: %v", err)
		}
		if _, err := w.Transfer(officer, op(), move); err != nil {
			t.Fatal(err)
		}
		r, err := w.See(focal, w.saima)
		if err != nil {
			t.Fatalf("the agency that nominated her: %v", err)
		}
		if len(r.Affiliations) != 1 || r.Affiliations[0].Agency != w.lahore {
			t.Errorf("the agency that she left sees %+v", r.Affiliations)
		}
		if err := d.Update(officer, db.Main, func(tx *db.Tx) error {
			return people.Unlocate(tx, w.saima, people.ByNomination, "by-fia")
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.See(focal, w.saima); !fault.Is(err, fault.NotFound) {
			t.Errorf("an agency that she left and that never nominated her: %v", err)
		}
		if r, err := w.See(officer, w.saima); err != nil || len(r.Affiliations) != 2 {
			t.Errorf("the officer sees %+v, %v", r.Affiliations, err)
		}
	})
}

func TestNamesAreHersAndEditsMeet(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		she := as(actor.Participant, w.saima, actor.Scope{Cohort: "coh"})
		officer := as(actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{Programme: "prog"})
		names, err := w.Names(she, w.saima)
		if err != nil || len(names) != 2 {
			t.Fatalf("%v, %v", names, err)
		}
		n := names[0]
		edit := people.EditName{Name: n.ID, Revision: n.Revision, Written: "Saima Iqbaal"}
		o := op()
		for range 2 { // the form is sent twice
			if err := w.ChangeName(she, o, edit); err != nil {
				t.Fatal(err)
			}
		}
		edit.Written = "S. Iqbal"
		err = w.ChangeName(officer, op(), edit)
		if !fault.Is(err, fault.Stale) {
			t.Fatalf("an edit of an older revision: %v", err)
		}
		if got := i18n.For(i18n.Prefs{Lang: "en"}).Error(err); !strings.Contains(got, "Saima Iqbaal") {
			t.Errorf("the fault does not show what stands now: %q", got)
		}
		if err := w.ConfirmName(officer, op(), people.Confirmation{Name: n.ID, Revision: 2}); err == nil {
			t.Error("somebody else confirmed her name")
		}
		if err := w.ConfirmName(she, op(), people.Confirmation{Name: n.ID, Revision: 2}); err != nil {
			t.Error(err)
		}
	})
}

func TestAliasHidesHerNameFromThoseBesideHer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		she := as(actor.Participant, w.saima, actor.Scope{Cohort: "coh"})
		alias := people.EditAlias{Person: w.saima, Revision: 1, Alias: "Zara"}
		if err := w.SetAlias(she, op(), alias); err != nil {
			t.Fatal(err)
		}
		alias.Alias = "Lark"
		if err := w.SetAlias(she, op(), alias); !fault.Is(err, fault.Stale) {
			t.Errorf("an edit of an older revision: %v", err)
		}
		for role, want := range map[actor.Role]string{
			actor.ProgrammeOfficer: "Saima Iqbal", actor.FocalPoint: "Saima Iqbal",
			actor.Trainer: "Zara", actor.Coach: "Zara", actor.Participant: "Zara", actor.Supervisor: "Zara",
		} {
			err := d.View(context.Background(), func(tx *db.Tx) error {
				got, err := people.Displays(tx, actor.Actor{Person: "x", Grant: actor.Grant{Role: role}}, "en", w.saima)
				if err == nil && (got[w.saima].Text != want || got[w.saima].Alias != (want == "Zara")) {
					t.Errorf("%s reads %+v", role, got[w.saima])
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := d.View(context.Background(), func(tx *db.Tx) error {
			got, err := people.Displays(tx, actor.Actor{Person: w.saima}, "ur", w.saima)
			if err == nil && (got[w.saima].Text != "صائمہ اقبال" || got[w.saima].Dir != "rtl") {
				t.Errorf("she reads herself in Urdu as %+v", got[w.saima])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestLikelyDuplicatesAreShownNotMerged(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		officer := as(actor.ProgrammeOfficer, "po", actor.Scope{Programme: "prog"})
		for text, same := range map[string]bool{"Sayma Iqbaal": false, "saima  iqbal": true, "صايمه اقبال": true} {
			got, err := w.Likely(officer, text)
			if err != nil || len(got) != 1 || got[0].ID != w.saima || got[0].Same != same {
				t.Errorf("%q: %+v, %v", text, got, err)
			}
		}
		if got, err := w.Likely(as(actor.FocalPoint, "f", actor.Scope{Agency: w.punjab}), "Saima Iqbal"); err != nil || len(got) != 0 {
			t.Errorf("another agency learns that she exists: %v, %v", got, err)
		}
	})
}

func TestContactsAreNotHerAgencys(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d)
		if _, err := w.Contacts(as(actor.FocalPoint, "f", actor.Scope{Agency: w.fia}), w.saima); !fault.Is(err, fault.NotFound) {
			t.Errorf("her focal point reads her contacts: %v", err)
		}
		she := as(actor.Participant, w.saima, actor.Scope{Cohort: "coh"})
		all, err := w.Contacts(she, w.saima)
		if err != nil || len(all) != 1 || all[0].Safe != "after six" {
			t.Fatalf("%+v, %v", all, err)
		}
		for _, c := range []people.Contact{{Kind: people.Phone, Value: "abc"}, {Kind: people.Email, Value: "a@b"}, {Kind: "pigeon"}, {Kind: people.Phone, Value: "12345", Holder: people.Through}} {
			c.Person = w.saima
			if _, err := w.AddContact(she, op(), c); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v was taken: %v", c, err)
			}
		}
		if _, err := w.AddContact(she, op(), people.Contact{Person: w.saima, Kind: people.Phone, Value: "۰۳۰۰۱۲۳۴۵۶۷", Holder: people.Through, Through: "her sister"}); err != nil {
			t.Error(err)
		}
		if err := w.RemoveContact(she, op(), w.saima, all[0].ID); err != nil {
			t.Error(err)
		}
	})
}

// What the journal keeps of people holds no name, number or post.
func TestJournalHoldsNoNames(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		err := d.View(context.Background(), func(tx *db.Tx) error {
			bodies, err := db.Collect(tx, func(r *db.Rows) (string, error) {
				var b []byte
				err := r.Scan(&b)
				return string(b), err
			}, `SELECT body FROM journal_bodies`)
			for _, b := range bodies {
				for _, canary := range []string{"Saima", "Iqbal", "صائمہ", "0000001", "Inspector", "after six", "Nasreen"} {
					if strings.Contains(b, canary) {
						t.Errorf("%q stands in %s", canary, b)
					}
				}
			}
			if len(bodies) < 8 {
				t.Errorf("only %d entries", len(bodies))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
