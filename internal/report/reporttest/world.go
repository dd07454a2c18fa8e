// Package reporttest fills a database with the first programme, for tests of
// figures.
package reporttest

import (
	"context"
	"os"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// World is the first programme as it came to be known in public, on a fresh
// database: 25 officers, 17 of one agency and 8 of the other, one more who joined
// later, and 22 of them with three coaching sessions. What is not public is made up.
type World struct {
	Cohort  id.Cohort
	Officer actor.Actor
	Donor   actor.Actor
	People  []id.Person
	// Shown are the people who were recorded as shown to somebody.
	Shown  []id.Person
	quotas map[string]id.Quota
}

// RecordRead keeps who was shown.
func (w *World) RecordRead(_ context.Context, _ access.Kind, ps ...id.Person) error {
	w.Shown = append(w.Shown, ps...)
	return nil
}

// Begin fills a database of package dbtest and moves its clock to July 2022.
func Begin(t testing.TB, d *db.DB) *World {
	t.Helper()
	data, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ctx := actor.With(t.Context(), actor.Actor{Operator: true})
	v, err := programme.New(programme.Deps{DB: d}).Import(ctx, id.New[id.Operation](), programme.ImportInput{File: "p", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	at := actor.Scope{Country: "PK"}
	w := &World{
		Cohort:  id.New[id.Cohort](),
		quotas:  map[string]id.Quota{},
		Officer: actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer, Scope: at}},
		Donor:   actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.Observer, Scope: at}},
	}
	dbtest.Clock(d).Set(time.Date(2022, 7, 1, 6, 0, 0, 0, time.UTC))
	err = d.Update(ctx, db.Main, func(tx *db.Tx) error {
		title := i18n.NewText("en", "Pakistan 2020").Encode()
		if _, err := tx.Exec(`INSERT INTO cohort_cohorts (id, programme, version, title, zone, country, begins, ends, state, opened_at, closed_at, revision)
			VALUES (?1, ?2, ?3, ?4, 'Asia/Karachi', 'PK', '2020-11-02', '2020-11-06', 'open', ?5, 0, 1)`, w.Cohort, v.Programme, v.Version, title, db.Micros(time.Date(2020, 9, 1, 5, 0, 0, 0, time.UTC))); err != nil {
			return err
		}
		for key, places := range map[string]int{"fia": 17, "punjab-police": 8} {
			w.quotas[key] = id.New[id.Quota]()
			if _, err := tx.Exec(`INSERT INTO cohort_quotas (id, cohort, quota_key, agency, agency_key, places, revision) VALUES (?1, ?2, ?3, ?4, ?3, ?5, 1)`,
				w.quotas[key], w.Cohort, key, id.New[id.Agency](), places); err != nil {
				return err
			}
		}
		if err := pathway.Begin(tx, pathway.Following{Cohort: w.Cohort, Programme: v.Programme, Version: v.Version, Country: "PK"}); err != nil {
			return err
		}
		for i := range 26 {
			if err := w.enrol(tx, i); err != nil {
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

// Rank is the rank group of the officer with a number: of the 26, 14 inspectors, 10
// officers and 2 of whom it is not known.
func Rank(i int) string {
	switch {
	case i >= 24:
		return ""
	case i%12 < 7:
		return "inspector"
	}
	return "officer"
}

// Decline has an agency propose one more officer, who says no herself; she chooses
// a reason unless it is empty.
func (w *World) Decline(t testing.TB, d *db.DB, agency, reason string) id.Person {
	t.Helper()
	p := id.New[id.Person]()
	at := time.Date(2020, 10, 3, 5, 0, 0, 0, time.UTC)
	w.update(t, d, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO cohort_nominations (id, cohort, quota, agency, person, station, sex, rank_group, unit, proposed_at, proposed_by, basis, letter,
			decision, decided_at, line, answer, answered_at, answer_by, answer_on, released_at, in_place_of, seat, ending, ended_at, cause, revision)
			VALUES (?1, ?2, ?3, '', ?4, '', 'f', 'officer', '', 1, '', 'own', '', '', 0, 0, 'no', 1, '', '', 0, '', '', 'declined', 1, '', 1)`,
			id.New[id.Nomination](), w.Cohort, w.quotas[agency], p); err != nil {
			return err
		}
		if reason != "" {
			if _, err := tx.Exec(`INSERT INTO cohort_reasons (id, cohort, person, reason, note, said_by, at) VALUES (?1, ?2, ?3, ?4, '', 'herself', ?5)`,
				id.New[id.Need](), w.Cohort, p, reason, db.Micros(at)); err != nil {
				return err
			}
		}
		_, err := pathway.RecordAll(tx, []pathway.Fact{
			{Person: p, Cohort: w.Cohort, Value: pathway.Nominated{Agency: agency, Quota: agency}, OccurredAt: at.Add(-time.Hour), Basis: pathway.ByStaff},
			{Person: p, Cohort: w.Cohort, Value: pathway.Declined{}, OccurredAt: at, Basis: pathway.OwnAct},
		})
		return err
	})
	return p
}

// Leave has the officer with a number leave.
func (w *World) Leave(t testing.TB, d *db.DB, i int, at time.Time, cause string) {
	t.Helper()
	w.update(t, d, func(tx *db.Tx) error {
		return pathway.Record(tx, pathway.Fact{Person: w.People[i], Cohort: w.Cohort, Value: pathway.Left{Cause: cause}, OccurredAt: at, Basis: pathway.ByStaff})
	})
}

// FollowUp has the officer with a number answer a follow-up stage. obstacles is a
// JSON list.
func (w *World) FollowUp(t testing.TB, d *db.DB, i int, stage, used, obstacles string, at time.Time) {
	t.Helper()
	w.update(t, d, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO evaluation_followups (id, cohort, person, stage, used, obstacles, in_post, words, answered_at, confirmed, confirmed_by, confirmed_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, '{}', ?7, '', '', 0)`, id.New[id.FollowUp](), w.Cohort, w.People[i], stage, used, obstacles, db.Micros(at))
		return err
	})
}

func (w *World) update(t testing.TB, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(actor.With(t.Context(), actor.Actor{Operator: true}), db.Main, f); err != nil {
		t.Fatal(err)
	}
}

func (w *World) enrol(tx *db.Tx, i int) error {
	p := id.New[id.Person]()
	w.People = append(w.People, p)
	agency, later := "fia", i == 25
	if i >= 17 && i < 25 {
		agency = "punjab-police"
	}
	if _, err := tx.Exec(`INSERT INTO cohort_enrolments (id, cohort, person, nomination, agency, agency_key, country, sex, rank_group, station, unit, capacity, later, joined_at, confirmed_at, left_at, left_cause, revision)
		VALUES (?1, ?2, ?3, '', '', ?4, 'PK', 'f', ?6, '', '', 'participant', ?5, 1, 1, 0, '', 1)`, id.New[id.Enrolment](), w.Cohort, p, agency, db.Flag(later), Rank(i)); err != nil {
		return err
	}
	var facts []pathway.Fact
	add := func(at time.Time, subject string, v pathway.Value) {
		facts = append(facts, pathway.Fact{Person: p, Cohort: w.Cohort, Subject: subject, Value: v, OccurredAt: at, Basis: pathway.ByStaff})
	}
	day := func(m time.Month, d, h int) time.Time { return time.Date(2020, m, d, h, 0, 0, 0, time.UTC) }
	if later {
		add(day(11, 4, 4), "", pathway.Joined{Stage: "week", Later: true})
		add(day(11, 4, 7), "wed-am", pathway.AttendanceVerdict{Verdict: pathway.Present, Mode: "in-person"})
		_, err := pathway.RecordAll(tx, facts)
		return err
	}
	add(day(10, 1, 5), "", pathway.Nominated{Agency: agency, Quota: agency})
	add(day(10, 2, 5), "", pathway.Accepted{})
	add(day(10, 6, 5), "", pathway.SeatConfirmed{})
	for j, m := range []string{"tip-basics", "som-basics", "victim-centred-interviewing", "special-techniques", "gender"} {
		at := day(10, 10+j, 15)
		if i == 3 { // one of them is late
			at = day(10, 29, 15+j)
		}
		add(at, m, pathway.ModuleCompleted{Score: 8, Max: 10, Passed: true})
		if i != 5 || m != "gender" { // staff let one module of hers count
			facts[len(facts)-1].Basis = pathway.OwnAct
		}
	}
	add(day(10, 20, 5), "pre-test", pathway.AssessmentSubmitted{Form: "pre", Raw: 8, Max: 20})
	add(day(11, 2, 4), "", pathway.Joined{})
	for j, h := range []string{"mon-am", "mon-pm", "tue-am", "tue-pm", "wed-am", "wed-pm", "thu-am", "thu-pm", "fri-am", "fri-pm"} {
		v := pathway.AttendanceVerdict{Verdict: pathway.Present, Mode: "in-person"}
		if i == 0 { // one of them is online throughout
			v.Mode = "online"
		}
		if i < 2 && j > 5 { // two of them miss the last four half-days
			v = pathway.AttendanceVerdict{Verdict: pathway.Absent}
		}
		add(day(11, 2+j/2, 7+j%2*5), h, v)
	}
	if i < 24 {
		add(day(11, 6, 10), "post-test", pathway.AssessmentSubmitted{Form: "post", Raw: float64(11 + i%3), Max: 20})
	}
	if i >= 2 && i < 24 {
		add(day(11, 10, 5), "completion", pathway.CertificateIssued{})
	}
	add(time.Date(2021, 3, 25, 10, 0, 0, 0, time.UTC), "coaching", pathway.CoachingSession{Format: "group", Outcome: pathway.Held, Round: "round-1", Day: "2021-03-25"})
	if i < 22 {
		add(time.Date(2021, 10, 5, 10, 0, 0, 0, time.UTC), "coaching", pathway.CoachingSession{Format: "individual", Number: 2, Outcome: pathway.Held})
		add(time.Date(2022, 5, 9, 10, 0, 0, 0, time.UTC), "coaching", pathway.CoachingSession{Format: "group", Outcome: pathway.Held, Round: "round-3", Day: "2022-05-09"})
	}
	_, err := pathway.RecordAll(tx, facts)
	return err
}
