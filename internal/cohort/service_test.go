package cohort_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/programme"
)

type reads struct{}

func (reads) RecordRead(context.Context, access.Kind, ...id.Person) error { return nil }

// world is a cohort of two agencies, with whoever acts in it.
type world struct {
	*cohort.Service
	t           *testing.T
	d           *db.DB
	cohort      id.Cohort
	version     id.Version
	quota       map[string]id.Quota
	fia, punjab id.Agency
	officer     context.Context // of the programme
	focal       context.Context // of fia
	stranger    context.Context // the focal point of punjab police
}

const blueprint = `cadre: 1
key: test
languages: [en]
title: {en: Test}
zone: Asia/Karachi
owner: {name: {en: Office}}
agencies:
  - {key: fia, title: {en: FIA}, country: PK}
  - {key: punjab-police, title: {en: Punjab Police}, country: PK}
places: 25
quotas:
  - {key: fia, agency: fia, places: 17, parts: [{sex: female, places: 17}]}
  - {key: punjab-police, agency: punjab-police, places: 8, parts: [{station: Multan, places: 2}]}
eligibility: {sex: female, criteria: [{key: post, title: {en: Serves in a unit}}]}
stages:
  - key: foundation
    title: {en: E-learning}
    deadline: {at: 2020-10-28T23:59}
    e-learning: {modules: [{key: tip, title: {en: TIP}, minutes: 15}]}
  - key: week
    title: {en: The week}
    workshop:
      modes: [in-person]
      days: [{date: 2020-11-02, half-days: [{key: mon-am, title: {en: Monday}, from: "09:00", until: "12:30"}]}]
      attendance: {half-days: 1}
`

func op() id.Operation { return id.New[id.Operation]() }

func as(role actor.Role, p id.Person, s actor.Scope) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{ID: "g", Role: role, Scope: s}})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update(f func(tx *db.Tx) error) {
	w.t.Helper()
	w.must(w.d.Update(context.Background(), db.Main, f))
}

func setup(t *testing.T, d *db.DB, text string) *world {
	t.Helper()
	w := &world{Service: cohort.New(cohort.Deps{DB: d, Reads: reads{}}), t: t, d: d, quota: map[string]id.Quota{}}
	w.officer = as(actor.ProgrammeOfficer, id.New[id.Person](), actor.Scope{})
	w.update(func(tx *db.Tx) error {
		var err error
		if w.fia, err = people.EnterAgency(tx, people.Agency{Code: "fia", Name: i18n.NewText("en", "FIA"), Country: "PK", Kind: "investigation"}); err != nil {
			return err
		}
		w.punjab, err = people.EnterAgency(tx, people.Agency{Code: "punjab-police", Name: i18n.NewText("en", "Punjab Police"), Country: "PK", Kind: "police"})
		return err
	})
	imported, err := programme.New(programme.Deps{DB: d}).Import(w.officer, op(), programme.ImportInput{File: "test.yaml", Data: []byte(text)})
	w.must(err)
	w.version = imported.Version
	w.cohort, err = w.Open(w.officer, op(), cohort.Opening{Programme: imported.Programme, Version: imported.Version, Country: "PK"})
	w.must(err)
	w.view(func(tx *db.Tx) error {
		qs, err := cohort.Quotas(tx, w.cohort)
		for _, q := range qs {
			w.quota[q.Key] = q.ID
		}
		return err
	})
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		if err := d.View(context.Background(), func(tx *db.Tx) error {
			wrong, err := cohort.Miscounted(tx, w.cohort)
			if len(wrong) > 0 {
				t.Errorf("the counts kept do not agree with the rows: %v", wrong)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
	w.focal = as(actor.FocalPoint, id.New[id.Person](), actor.Scope{Agency: w.fia})
	w.stranger = as(actor.FocalPoint, id.New[id.Person](), actor.Scope{Agency: w.punjab})
	return w
}

func (w *world) view(f func(tx *db.Tx) error) {
	w.t.Helper()
	w.must(w.d.View(context.Background(), f))
}

func woman(name, station string) *people.NewPerson {
	return &people.NewPerson{
		Sex: people.Female, Names: []people.NewName{{Written: name}},
		Affiliation: &people.Affiliation{Rank: "Sub-Inspector", RankGroup: "inspector", Station: station},
	}
}

func (w *world) propose(quota, name string) cohort.Proposed {
	w.t.Helper()
	p, err := w.Propose(w.officer, op(), cohort.Proposal{Cohort: w.cohort, Quota: w.quota[quota], New: woman(name, "Lahore"), Basis: cohort.Paper})
	w.must(err)
	return p
}

func (w *world) yes(p cohort.Proposed) cohort.Status {
	w.t.Helper()
	s, err := w.Accept(as("", p.Person, actor.Scope{}), op(), cohort.Said{Nomination: p.Nomination})
	w.must(err)
	return s
}

func (w *world) nomination(n id.Nomination) (out cohort.Nomination) {
	w.t.Helper()
	w.view(func(tx *db.Tx) (err error) {
		out, err = cohort.NominationByID(tx, n)
		return err
	})
	return out
}

func (w *world) counts(quota string) (by map[cohort.State]int, acts map[cohort.Act]int) {
	w.t.Helper()
	by, acts = map[cohort.State]int{}, map[cohort.Act]int{}
	w.view(func(tx *db.Tx) error {
		cs, err := cohort.Counts(tx, w.cohort)
		for _, c := range cs {
			if c.Quota == w.quota[quota] {
				for k, v := range c.By {
					by[k] += v
				}
				for k, v := range c.Acts {
					acts[k] += v
				}
			}
		}
		return err
	})
	return by, acts
}

func wantKind(t *testing.T, what string, err error, k fault.Kind) {
	t.Helper()
	if !fault.Is(err, k) {
		t.Errorf("%s: %v, want %s", what, err, k)
	}
}

func TestFromProposalToSeat(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		if by, _ := w.counts("fia"); by[cohort.Free] != 17 {
			t.Fatalf("a new cohort has %v", by)
		}
		saima, err := w.Propose(w.focal, op(), cohort.Proposal{
			Cohort: w.cohort, Quota: w.quota["fia"], New: woman("Saima Iqbal", "Multan"),
			Needs: []cohort.NeedInput{{Kind: "escort", Note: "her brother"}},
		})
		w.must(err)
		_, err = w.Propose(w.stranger, op(), cohort.Proposal{Cohort: w.cohort, Quota: w.quota["fia"], New: woman("X", "")})
		if err == nil {
			t.Error("another agency's focal point proposed within the quota of fia")
		}
		_, err = w.Propose(w.focal, op(), cohort.Proposal{Cohort: w.cohort, Quota: w.quota["fia"], Person: saima.Person})
		wantKind(t, "proposing her twice", err, fault.Conflict)

		// Nothing is confirmed without her own yes.
		_, err = w.Confirm(w.officer, op(), saima.Nomination)
		wantKind(t, "confirming without her yes", err, fault.Conflict)
		s, err := w.Decide(w.officer, op(), cohort.Deciding{Nomination: saima.Nomination, Decision: cohort.Chosen})
		w.must(err)
		if s != cohort.StatusOffered {
			t.Errorf("chosen, but she has not answered: %s", s)
		}
		_, err = w.Decide(w.focal, op(), cohort.Deciding{Nomination: saima.Nomination, Decision: cohort.Chosen})
		if err == nil {
			t.Error("a focal point decided")
		}
		_, err = w.Accept(w.focal, op(), cohort.Said{Nomination: saima.Nomination, Basis: cohort.Telephone})
		if err == nil {
			t.Error("her agency said yes for her")
		}
		if s := w.yes(saima); s != cohort.StatusHeld {
			t.Errorf("she said yes: %s", s)
		}
		if s, err = w.Confirm(as("", saima.Person, actor.Scope{}), op(), saima.Nomination); err != nil || s != cohort.StatusConfirmed {
			t.Errorf("she confirms her place: %s, %v", s, err)
		}
		w.view(func(tx *db.Tx) error {
			e, err := cohort.EnrolmentOf(tx, w.cohort, saima.Person)
			if err == nil && (e.ConfirmedAt.IsZero() || e.AgencyKey != "fia" || e.RankGroup != "inspector" || e.Sex != "f") {
				t.Errorf("enrolled as %+v", e)
			}
			return err
		})
		if by, acts := w.counts("fia"); by[cohort.Confirmed] != 1 || acts[cohort.Offer] != 1 || acts[cohort.Hold] != 1 || acts[cohort.Confirm] != 1 {
			t.Errorf("the ledger shows %v %v", by, acts)
		}
	})
}

func TestStaffEnterAnAnswerWithItsBasis(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		p := w.propose("fia", "Rubina Shah")
		_, err := w.Accept(w.officer, op(), cohort.Said{Nomination: p.Nomination})
		wantKind(t, "a yes without a basis", err, fault.Invalid)
		_, err = w.Accept(w.officer, op(), cohort.Said{Nomination: p.Nomination, Basis: cohort.OwnAct})
		wantKind(t, "a yes as her own act, entered by staff", err, fault.Invalid)
		one := op()
		_, err = w.Accept(w.officer, one, cohort.Said{Nomination: p.Nomination, Basis: cohort.Telephone})
		w.must(err)
		s, err := w.Accept(w.officer, one, cohort.Said{Nomination: p.Nomination, Basis: cohort.Telephone})
		if err != nil || s != cohort.StatusSaidYes {
			t.Errorf("sent again: %s, %v", s, err)
		}
		if n := w.nomination(p.Nomination); n.AnswerOn != cohort.Telephone || n.Answer != cohort.Yes || n.Revision != 2 {
			t.Errorf("entered as %+v", n)
		}
	})
}

func TestSayingNoFreesThePlaceAndKeepsTheReasonApart(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		p, next := w.propose("fia", "Nasreen Bibi"), w.propose("fia", "Ayesha Khan")
		_, err := w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
		w.must(err)
		_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: next.Nomination, Decision: cohort.InLine})
		w.must(err)
		seat := w.nomination(p.Nomination).Seat
		_, err = w.Decline(as("", p.Person, actor.Scope{}), op(), cohort.Said{Nomination: p.Nomination, Reason: "childcare", Note: "CANARY-REASON"})
		w.must(err)
		if n := w.nomination(p.Nomination); n.Status() != cohort.StatusDeclined || n.Seat != "" || n.Cause != "" {
			t.Errorf("after her no: %+v", n)
		}
		got, err := w.Promote(w.officer, op(), cohort.Promotion{Seat: seat})
		if err != nil || got != next.Nomination {
			t.Fatalf("promoted %s, %v", got, err)
		}
		if s := w.yes(next); s != cohort.StatusHeld {
			t.Errorf("the next in line said yes: %s", s)
		}
		w.view(func(tx *db.Tx) error {
			bodies, err := db.Collect(tx, func(r *db.Rows) (string, error) {
				var b []byte
				err := r.Scan(&b)
				return string(b), err
			}, `SELECT body FROM journal_bodies`)
			for _, b := range bodies {
				if strings.Contains(b, "childcare") || strings.Contains(b, "CANARY") {
					t.Errorf("her reason is in the journal: %s", b)
				}
			}
			return err
		})
	})
}

func TestForfeitingAsksWhetherWordReachedHer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		p := w.propose("punjab-police", "Shazia")
		w.yes(p)
		_, err := w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
		w.must(err)
		in := cohort.Releasing{Nomination: p.Nomination, Act: cohort.Forfeit, Cause: "deadline-missed"}
		_, err = w.Release(w.officer, op(), in)
		wantKind(t, "forfeiting while nobody reached her", err, fault.Conflict)
		_, err = w.Reached(w.officer, op(), cohort.Reach{Nomination: p.Nomination, Channel: "telephone", Outcome: cohort.Unknown})
		w.must(err)
		_, err = w.Release(w.officer, op(), in)
		wantKind(t, "forfeiting on unknown", err, fault.Conflict)
		_, err = w.Reached(w.officer, op(), cohort.Reach{Nomination: p.Nomination, Channel: "telephone", Outcome: cohort.SpokenTo})
		w.must(err)
		s, err := w.Release(w.officer, op(), in)
		if err != nil || s != cohort.StatusReleased {
			t.Errorf("forfeited: %s, %v", s, err)
		}
		if by, acts := w.counts("punjab-police"); by[cohort.Free] != 8 || acts[cohort.Forfeit] != 1 {
			t.Errorf("the ledger shows %v %v", by, acts)
		}
	})
}

func TestQuotasChangeOnlyWithTheirLetter(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		_, err := w.ChangeQuota(w.officer, op(), cohort.QuotaChange{Quota: w.quota["fia"], Places: 18})
		wantKind(t, "a change without its letter", err, fault.Invalid)
		letter, err := w.FileLetter(w.officer, op(), cohort.Filing{
			Cohort: w.cohort, Agency: w.fia, Kind: cohort.QuotaLetter, Number: "FIA/AHT/2020/77", Date: civil.NewDate(2020, 10, 1), Signatory: "Director",
		})
		w.must(err)
		q, err := w.ChangeQuota(w.officer, op(), cohort.QuotaChange{Quota: w.quota["fia"], Places: 18, Letter: letter, Lane: cohort.Lane{Sex: "f"}})
		if err != nil || q.Places != 18 {
			t.Fatalf("18 places: %+v, %v", q, err)
		}
		_, err = w.ChangeQuota(w.focal, op(), cohort.QuotaChange{Quota: w.quota["fia"], Places: 19, Letter: letter})
		if err == nil {
			t.Error("a focal point changed her own quota")
		}
		p := w.propose("fia", "Rabia")
		w.yes(p)
		_, err = w.Confirm(w.officer, op(), p.Nomination)
		w.must(err)
		_, err = w.ChangeQuota(w.officer, op(), cohort.QuotaChange{Quota: w.quota["fia"], Places: 0, Letter: letter, Lane: cohort.Lane{Sex: "f"}})
		wantKind(t, "removing a place that is somebody's", err, fault.Invalid)
		if by, _ := w.counts("fia"); by[cohort.Confirmed] != 1 || by[cohort.Free] != 17 || by[cohort.Withdrawn] != 0 {
			t.Errorf("the ledger shows %v", by)
		}
	})
}

func TestACallIsChangedAsItWasRead(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		call := cohort.Calling{Cohort: w.cohort, Agency: w.fia, Deadline: civil.NewDate(2020, 10, 9).At(17, 0, "Asia/Karachi"), Note: "By courier."}
		_, err := w.MakeCall(w.officer, op(), call)
		w.must(err)
		_, err = w.MakeCall(w.officer, op(), call)
		wantKind(t, "a second first call", err, fault.Stale)
		first := call
		first.Revision, first.Note = 1, "By mail."
		_, err = w.MakeCall(w.officer, op(), first)
		w.must(err)
		first.Note = "By hand."
		_, err = w.MakeCall(w.officer, op(), first)
		wantKind(t, "a change of what was changed", err, fault.Stale)
		v, err := w.Call(w.officer, w.cohort, w.fia)
		w.must(err)
		if v.Call.Note != "By mail." || v.Call.Revision != 2 {
			t.Errorf("%+v", v.Call)
		}
	})
}

func TestReservedPlacesSubstitutesAndLetters(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		kept, err := w.Reserve(w.focal, op(), cohort.Reserving{Quota: w.quota["fia"], Places: 5})
		if err != nil || kept != 5 {
			t.Fatalf("reserved %d, %v", kept, err)
		}
		_, err = w.Reserve(w.officer, op(), cohort.Reserving{Quota: w.quota["fia"], Places: 2})
		wantKind(t, "a number that rests on what was kept before", err, fault.Stale)
		_, err = w.Reserve(w.stranger, op(), cohort.Reserving{Quota: w.quota["fia"], Places: 17, Kept: 5})
		if err == nil {
			t.Error("another agency reserved places of fia")
		}
		_, err = w.Reserve(w.focal, op(), cohort.Reserving{Quota: w.quota["fia"], Places: 18, Kept: 5})
		wantKind(t, "18 of 17", err, fault.Invalid)
		p := w.propose("fia", "Sobia")
		w.yes(p)
		_, err = w.Confirm(w.officer, op(), p.Nomination)
		w.must(err)
		letter, err := w.FileLetter(w.focal, op(), cohort.Filing{
			Cohort: w.cohort, Agency: w.fia, Kind: cohort.ReleaseLetter, Number: "12", Date: civil.NewDate(2020, 9, 30), Signatory: "Director",
			Covers: []cohort.Cover{{Nomination: p.Nomination, Days: civil.Range{From: civil.NewDate(2020, 11, 2), To: civil.NewDate(2020, 11, 6)}}},
		})
		w.must(err)
		if n := w.nomination(p.Nomination); n.Released.IsZero() {
			t.Errorf("letter %s covers her, but she is not released", letter)
		}
		other, err := w.Substitute(w.focal, op(), cohort.Substitution{
			Taking: cohort.Taking{Nomination: p.Nomination, Cause: "transfer"}, By: cohort.Proposal{New: woman("Uzma", "Karachi")},
		})
		w.must(err)
		if n := w.nomination(p.Nomination); n.Status() != cohort.StatusReplaced {
			t.Errorf("she was replaced: %s", n.Status())
		}
		if n := w.nomination(other.Nomination); n.InPlaceOf != p.Nomination || n.Status() != cohort.StatusProposed {
			t.Errorf("the other one: %+v", n)
		}
		if by, _ := w.counts("fia"); by[cohort.Reserved] != 5 || by[cohort.Confirmed] != 0 {
			t.Errorf("the agency keeps the place: %v", by)
		}
	})
}

// Punjab's places are for anybody and FIA's for women, so a woman of Punjab would
// suit FIA's better.
func TestAPlaceOfAnotherQuotaIsNeverGiven(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, strings.ReplaceAll(blueprint, "agency: fia, places: 17, parts: [{sex: female, places: 17}]", "agency: fia, places: 1, parts: [{sex: female, places: 1}]"))
		hers := w.propose("punjab-police", "Rabia")
		w.yes(hers)
		_, err := w.Confirm(w.officer, op(), hers.Nomination)
		w.must(err)
		if by, _ := w.counts("punjab-police"); by[cohort.Confirmed] != 1 || by[cohort.Free] != 7 {
			t.Errorf("Punjab's places: %v", by)
		}
		if by, _ := w.counts("fia"); by[cohort.Free] != 1 {
			t.Errorf("FIA's places: %v", by)
		}
		for i, want := range []int{1, 0} {
			p := w.propose("fia", "Sana")
			w.yes(p)
			_, err := w.Confirm(w.officer, op(), p.Nomination)
			if (err == nil) != (want == 1) {
				t.Errorf("officer %d of FIA, who has one place: %v", i+1, err)
			}
		}
		if by, _ := w.counts("punjab-police"); by[cohort.Confirmed] != 1 || by[cohort.Free] != 7 {
			t.Errorf("Punjab's places after FIA's are full: %v", by)
		}
	})
}

func TestPlacesOfAStationGoToItsOfficersOnly(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		for i := range 6 {
			p := w.propose("punjab-police", fmt.Sprintf("Lahore %c", 'a'+i))
			_, err := w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
			w.must(err)
		}
		p := w.propose("punjab-police", "Lahore z")
		_, err := w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
		wantKind(t, "a seventh officer of Lahore", err, fault.Conflict)
		m, err := w.Propose(w.officer, op(), cohort.Proposal{Cohort: w.cohort, Quota: w.quota["punjab-police"], New: woman("Multan a", "Multan"), Basis: cohort.Paper})
		w.must(err)
		_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: m.Nomination, Decision: cohort.Chosen})
		w.must(err)
	})
}

// 500 officers said yes; 500 confirmations at once for 25 seats give exactly 25.
func TestFiveHundredConfirmationsForTwentyFiveSeats(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { fiveHundred(t, d) })
	t.Run("two instances on one postgres", func(t *testing.T) {
		t.Parallel()
		url := dbtest.PostgresURL(t)
		fiveHundred(t, dbtest.Open(t, url), dbtest.Open(t, url))
	})
}

func fiveHundred(t *testing.T, ds ...*db.DB) {
	w := setup(t, ds[0], blueprint)
	services := make([]*cohort.Service, len(ds))
	for i, d := range ds {
		services[i] = cohort.New(cohort.Deps{DB: d, Reads: reads{}})
	}
	all := make([]cohort.Proposed, 500)
	var wg sync.WaitGroup
	gate := make(chan struct{}, 32)
	for i := range all {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			quota := "fia"
			if i%3 == 0 {
				quota = "punjab-police"
			}
			s := services[i%len(services)]
			p, err := s.Propose(w.officer, op(), cohort.Proposal{
				Cohort: w.cohort, Quota: w.quota[quota], New: woman(fmt.Sprintf("Officer %c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676), "Multan"), Basis: cohort.Paper,
			})
			if err == nil {
				_, err = s.Accept(w.officer, op(), cohort.Said{Nomination: p.Nomination, Basis: cohort.Paper})
			}
			if err != nil {
				t.Error(err)
			}
			all[i] = p
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	var confirmed, full atomic.Int64
	for i := range all {
		wg.Go(func() {
			_, err := services[i%len(services)].Confirm(w.officer, op(), all[i].Nomination)
			switch {
			case err == nil:
				confirmed.Add(1)
			case fault.Is(err, fault.Conflict):
				full.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if confirmed.Load() != 25 || full.Load() != 475 {
		t.Errorf("%d confirmed, %d told that no place is left", confirmed.Load(), full.Load())
	}
	fia, _ := w.counts("fia")
	punjab, _ := w.counts("punjab-police")
	if fia[cohort.Confirmed] != 17 || punjab[cohort.Confirmed] != 8 {
		t.Errorf("fia has %v, Punjab police %v", fia, punjab)
	}
}

// A page about a large cohort costs what a page about a small one costs.
func TestPagesCostTheSameInALargeCohort(t *testing.T) {
	costs := map[string][][2]int64{}
	for _, size := range []int{110, 220} {
		d := dbtest.SQLite(t)
		w := setup(t, d, strings.NewReplacer("places: 25", fmt.Sprintf("places: %d", size+8), "places: 17", fmt.Sprintf("places: %d", size)).Replace(blueprint))
		for i := range size {
			p := w.propose("fia", fmt.Sprintf("Officer %c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676))
			_, err := w.Accept(w.officer, op(), cohort.Said{Nomination: p.Nomination, Basis: cohort.Paper})
			w.must(err)
			_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
			w.must(err)
		}
		some := w.propose("fia", "Quratulain Zubaida")
		for name, page := range map[string]func(ctx context.Context) error{
			"overview": func(ctx context.Context) error { _, err := w.Overview(ctx, w.cohort); return err },
			"nominations": func(ctx context.Context) error {
				_, _, err := w.Nominations(ctx, cohort.Listing{Cohort: w.cohort, Lang: "en"})
				return err
			},
			"ledger":  func(ctx context.Context) error { _, err := w.Ledger(ctx, w.cohort, "", 0, "en"); return err },
			"doubts":  func(ctx context.Context) error { _, err := w.Doubts(ctx, w.cohort, cohort.InDoubt{}, "en"); return err },
			"officer": func(ctx context.Context) error { _, err := w.Nomination(ctx, some.Nomination, "en"); return err },
		} {
			ctx, m := db.WithMeter(w.officer)
			w.must(page(ctx))
			costs[name] = append(costs[name], [2]int64{m.Statements.Load(), m.Rows.Load()})
		}
	}
	for name, c := range costs {
		t.Logf("%s: %d statements, %d rows", name, c[0][0], c[0][1])
		if c[0] != c[1] {
			t.Errorf("%s costs %v statements and rows in a cohort of 110, %v in one of 220", name, c[0], c[1])
		}
	}
}
