package cohort_test

import (
	"testing"

	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// grouped is a programme of two groups with a workshop each, a choice from their
// results, and coaching for those who were chosen.
const grouped = `cadre: 1
key: grouped
languages: [en]
title: {en: Two groups}
zone: Asia/Karachi
owner: {name: {en: Office}}
agencies:
  - {key: fia, title: {en: FIA}, country: PK}
  - {key: punjab-police, title: {en: Punjab Police}, country: PK}
groups:
  - {key: north, title: {en: North}}
  - {key: south, title: {en: South}}
places: 8
quotas:
  - {key: fia, agency: fia, places: 4}
  - {key: punjab-police, agency: punjab-police, places: 4}
stages:
  - key: entry
    title: {en: Entry test}
    assessment: {form: pre, test: t, max: 20, paper: true}
  - key: north-week
    title: {en: North}
    for: [north]
    workshop:
      modes: [in-person]
      days: [{date: 2020-11-02, half-days: [{key: n-am, title: {en: Monday}, from: "09:00", until: "12:30"}]}]
      attendance: {half-days: 1}
  - key: south-week
    title: {en: South}
    for: [south]
    workshop:
      modes: [in-person]
      days: [{date: 2020-11-09, half-days: [{key: s-am, title: {en: Monday}, from: "09:00", until: "12:30"}]}]
      attendance: {half-days: 1}
  - key: exit
    title: {en: Exit test}
    assessment: {form: post, test: t, max: 20, paper: true}
  - key: choice
    title: {en: Choice}
    gate: {stage: exit}
    selection:
      places: 3
      quotas: [{quota: fia, places: 2}, {quota: punjab-police, places: 2}]
      ranking: [{by: gain, stage: exit}, {by: score, stage: exit}]
      ties: {en: Two witnesses draw a lot.}
      signed-by: programme-officer
  - key: coaching
    title: {en: Coaching}
    gate: {selected: choice}
    coaching: {entitlement: 1, individual: true, window: {from: 2020-11-20, until: 2021-03-31}}
`

// chosen proposes an officer who says yes and is chosen.
func (w *world) chosen(quota, name string) cohort.Proposed {
	w.t.Helper()
	x, err := w.Propose(w.officer, op(), cohort.Proposal{Cohort: w.cohort, Quota: w.quota[quota], Basis: cohort.Paper, New: woman(name, "Lahore")})
	w.must(err)
	_, err = w.Accept(w.officer, op(), cohort.Said{Nomination: x.Nomination, Basis: cohort.Telephone})
	w.must(err)
	_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: x.Nomination, Decision: cohort.Chosen})
	w.must(err)
	return x
}

func (w *world) standing(p id.Person) (s pathway.Standing) {
	w.t.Helper()
	w.view(func(tx *db.Tx) (err error) { s, err = pathway.StandingOf(tx, p, w.cohort); return err })
	return s
}

func (w *world) state(p id.Person, stage programme.Key) pathway.State {
	w.t.Helper()
	s := w.standing(p)
	return s.Stage(stage).State
}

// reasons are the keys of why a stage is as it is.
func (w *world) reasons(p id.Person, stage programme.Key) []string {
	w.t.Helper()
	s := w.standing(p)
	var out []string
	for _, r := range s.Stage(stage).Reasons {
		out = append(out, r.Key)
	}
	return out
}

func TestAGroupOpensItsStagesAndCanBeTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, grouped)
		a, b := w.chosen("fia", "Saima"), w.chosen("punjab-police", "Nasreen")
		if got := w.state(a.Person, "north-week"); got != pathway.Locked {
			t.Fatalf("before a group was named: %s", got)
		}
		first := op()
		for range 2 { // sent twice, done once
			n, err := w.Group(w.officer, first, cohort.Grouping{Cohort: w.cohort, Group: "north", People: []id.Person{a.Person, b.Person}})
			w.must(err)
			if n != 2 {
				t.Errorf("changed for %d", n)
			}
		}
		if n, s := w.state(a.Person, "north-week"), w.state(a.Person, "south-week"); n != pathway.Open || s != pathway.NotAsked {
			t.Errorf("in the north: north %s, south %s", n, s)
		}
		second := op()
		n, err := w.Group(w.officer, second, cohort.Grouping{Cohort: w.cohort, Group: "south", People: []id.Person{a.Person, b.Person}})
		w.must(err)
		if st := w.standing(a.Person); n != 2 || len(st.Doubts) != 0 || len(st.Groups) != 1 || st.Groups[0] != "south" {
			t.Errorf("moved to the south: %d, %v, doubts %v", n, st.Groups, st.Doubts)
		}
		// She alone goes back to the north; taking back the second act then leaves
		// her where she is.
		_, err = w.Group(w.officer, op(), cohort.Grouping{Cohort: w.cohort, Group: "north", People: []id.Person{b.Person}})
		w.must(err)
		n, err = w.Ungroup(w.officer, op(), w.cohort, second)
		w.must(err)
		if n != 1 {
			t.Errorf("taken back for %d, want 1", n)
		}
		for _, p := range []id.Person{a.Person, b.Person} {
			if st := w.standing(p); len(st.Groups) != 1 || st.Groups[0] != "north" {
				t.Errorf("after taking back: %v", st.Groups)
			}
		}
		roll, err := w.People(w.officer, w.cohort, "", "en")
		w.must(err)
		if len(roll.Parts) != 2 || roll.Parts[0].Group != "north" || !roll.Parts[0].Placed || !roll.May {
			t.Errorf("the list: %+v", roll.Parts)
		}
	})
}

func TestWhoHasNoPlaceHasNoGroup(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, grouped)
		x, err := w.Propose(w.officer, op(), cohort.Proposal{Cohort: w.cohort, Quota: w.quota["fia"], Basis: cohort.Paper, New: woman("Saima", "Lahore")})
		w.must(err)
		_, err = w.Accept(w.officer, op(), cohort.Said{Nomination: x.Nomination, Basis: cohort.Telephone})
		w.must(err)
		_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: x.Nomination, Decision: cohort.InLine})
		w.must(err)
		in := cohort.Grouping{Cohort: w.cohort, Group: "north", People: []id.Person{x.Person}}
		if _, err := w.Group(w.officer, op(), in); !fault.Is(err, fault.Conflict) {
			t.Errorf("next in line: %v", err)
		}
		y := w.chosen("fia", "Uzma")
		in.People = []id.Person{y.Person}
		if _, err := w.Group(w.focal, op(), in); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
			t.Errorf("a focal point names groups: %v", err)
		}
		in.Group = "west"
		if _, err := w.Group(w.officer, op(), in); !fault.Is(err, fault.Invalid) {
			t.Errorf("a group that is not there: %v", err)
		}
	})
}

func TestSheJoinsForCoachingAlone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, grouped)
		in := cohort.Joining{
			Cohort: w.cohort, New: woman("Rubina", "Multan"), Agency: w.punjab, Capacity: cohort.Participant, Stage: "coaching", Basis: pathway.Telephone,
		}
		for _, wrong := range []func(*cohort.Joining){
			func(j *cohort.Joining) { j.Stage = "nowhere" },
			func(j *cohort.Joining) { j.Basis = pathway.OwnAct },
			func(j *cohort.Joining) { j.Capacity = "chief" },
			func(j *cohort.Joining) { j.Letter = id.New[id.Letter]() },
			func(j *cohort.Joining) { j.New = nil },
		} {
			bad := in
			wrong(&bad)
			if _, err := w.Join(w.officer, op(), bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := w.Join(w.focal, op(), in); err == nil {
			t.Error("a focal point lets somebody join")
		}
		made, err := w.Join(w.officer, op(), in)
		w.must(err)
		var e cohort.Enrolment
		w.view(func(tx *db.Tx) error {
			all, err := cohort.Expected(tx, w.cohort)
			if err == nil {
				e = all[0]
			}
			return err
		})
		st := w.standing(e.Person)
		if e.ID != made || !e.Later || e.Agency != w.punjab || e.Station == "" || st.JoinedAt != "coaching" || !st.Later || st.Stage("entry").State != pathway.NotAsked {
			t.Errorf("joined: %+v, standing %s %v", e, st.JoinedAt, st.Stage("entry").State)
		}
		w.view(func(tx *db.Tx) error {
			for stage, asked := range map[programme.Key]bool{"entry": false, "coaching": true} {
				others, err := pathway.NotAskedOf(tx, w.cohort, stage)
				if err != nil || others[e.Person] == asked {
					t.Errorf("%s is asked of her: %v, %v", stage, others, err)
				}
			}
			return nil
		})
		facts, err := pathway.New(pathway.Deps{DB: d}).Explain(w.officer, e.Person, w.cohort, d.Clock().Now())
		w.must(err)
		if f := facts.Facts[0]; f.Basis != pathway.Telephone || f.Actor != actor.From(w.officer).ID() {
			t.Errorf("on whose word: %s by %s", f.Basis, f.Actor)
		}
		again := cohort.Joining{Cohort: w.cohort, Person: e.Person, Capacity: cohort.Participant}
		if _, err := w.Join(w.officer, op(), again); !fault.Is(err, fault.Conflict) {
			t.Errorf("joining twice: %v", err)
		}
		w.must(w.TakeBackJoin(w.officer, op(), made))
		if st := w.standing(e.Person); st.Participation == pathway.TakingPart {
			t.Error("she takes part although it was taken back")
		}
		if err := w.TakeBackJoin(w.officer, op(), made); !fault.Is(err, fault.Closed) {
			t.Errorf("taken back twice: %v", err)
		}
		// A second time it is meant, and a fact rests on it: it cannot be undone.
		again.Stage = "coaching"
		made, err = w.Join(w.officer, op(), again)
		w.must(err)
		w.update(func(tx *db.Tx) error {
			return pathway.Record(tx, pathway.Fact{
				Person: e.Person, Cohort: w.cohort, Subject: "coaching", Basis: pathway.ByCoach,
				Value: pathway.CoachingSession{Number: 1, Format: "individual", Outcome: pathway.Held},
			})
		})
		if err := w.TakeBackJoin(w.officer, op(), made); !fault.Is(err, fault.Conflict) {
			t.Errorf("taken back after a session: %v", err)
		}
	})
}

func TestAnObserverIsNoParticipant(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, grouped)
		_, err := w.Join(w.officer, op(), cohort.Joining{Cohort: w.cohort, New: &people.NewPerson{Sex: people.Male, Names: []people.NewName{{Written: "Ahmad"}}}, Agency: w.fia, Capacity: cohort.Observer})
		w.must(err)
		roll, err := w.People(w.officer, w.cohort, "", "en")
		w.must(err)
		if len(roll.Parts) != 1 || roll.Parts[0].Placed || roll.Parts[0].Capacity != cohort.Observer {
			t.Fatalf("%+v", roll.Parts)
		}
		if st := w.standing(roll.Parts[0].Person); st.Participation == pathway.TakingPart {
			t.Error("an observer takes part as a participant")
		}
		// Punjab police's focal point does not see who came from FIA.
		if theirs, err := w.People(w.stranger, w.cohort, "", "en"); err != nil || len(theirs.Parts) != 0 {
			t.Errorf("%v, %+v", err, theirs.Parts)
		}
		if ours, err := w.People(w.focal, w.cohort, "", "en"); err != nil || len(ours.Parts) != 1 || ours.May {
			t.Errorf("%v, %+v", err, ours)
		}
	})
}
