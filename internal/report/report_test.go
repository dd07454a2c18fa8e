package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/report"
)

type reads struct{ shown []id.Person }

func (r *reads) RecordRead(_ context.Context, _ access.Kind, ps ...id.Person) error {
	r.shown = append(r.shown, ps...)
	return nil
}

// world is the first programme as it came to be known in public: 25 officers, 17
// of one agency and 8 of the other, one more who joined later, and 22 of them
// with three coaching sessions.
type world struct {
	*testing.T
	d       *db.DB
	s       *report.Service
	reads   *reads
	cohort  id.Cohort
	officer context.Context
	donor   context.Context
	people  []id.Person
}

func begin(t *testing.T, d *db.DB) *world {
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
	w := &world{T: t, d: d, reads: &reads{}, cohort: id.New[id.Cohort]()}
	w.s = report.New(report.Deps{DB: d, Reads: w.reads})
	w.officer = actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer, Scope: actor.Scope{Country: "PK"}}})
	w.donor = actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.Observer, Scope: actor.Scope{Country: "PK"}}})
	dbtest.Clock(d).Set(time.Date(2022, 7, 1, 6, 0, 0, 0, time.UTC))
	err = d.Update(ctx, db.Main, func(tx *db.Tx) error {
		title := i18n.NewText("en", "Pakistan 2020").Encode()
		if _, err := tx.Exec(`INSERT INTO cohort_cohorts (id, programme, version, title, zone, country, begins, ends, state, opened_at, closed_at, revision)
			VALUES (?1, ?2, ?3, ?4, 'Asia/Karachi', 'PK', '2020-11-02', '2020-11-06', 'open', 1, 0, 1)`, w.cohort, v.Programme, v.Version, title); err != nil {
			return err
		}
		for key, places := range map[string]int{"fia": 17, "punjab-police": 8} {
			if _, err := tx.Exec(`INSERT INTO cohort_quotas (id, cohort, quota_key, agency, agency_key, places, revision) VALUES (?1, ?2, ?3, ?4, ?3, ?5, 1)`,
				id.New[id.Quota](), w.cohort, key, id.New[id.Agency](), places); err != nil {
				return err
			}
		}
		if err := pathway.Begin(tx, pathway.Following{Cohort: w.cohort, Programme: v.Programme, Version: v.Version, Country: "PK"}); err != nil {
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

func (w *world) enrol(tx *db.Tx, i int) error {
	p := id.New[id.Person]()
	w.people = append(w.people, p)
	agency, later := "fia", i == 25
	if i >= 17 && i < 25 {
		agency = "punjab-police"
	}
	if _, err := tx.Exec(`INSERT INTO cohort_enrolments (id, cohort, person, nomination, agency, agency_key, country, sex, rank_group, station, unit, capacity, later, joined_at, confirmed_at, left_at, left_cause, revision)
		VALUES (?1, ?2, ?3, '', '', ?4, 'PK', 'female', '', '', '', 'participant', ?5, 1, 1, 0, '', 1)`, id.New[id.Enrolment](), w.cohort, p, agency, db.Flag(later)); err != nil {
		return err
	}
	var facts []pathway.Fact
	add := func(at time.Time, subject string, v pathway.Value) {
		facts = append(facts, pathway.Fact{Person: p, Cohort: w.cohort, Subject: subject, Value: v, OccurredAt: at, Basis: pathway.ByStaff})
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

func (w *world) live() report.Report {
	w.Helper()
	r, err := w.s.Figures(w.officer, w.cohort, 0)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func TestFiguresOfTheFirstProgramme(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		r := w.live()
		is := func(key string, n, of int) *report.Figure {
			t.Helper()
			f := r.Figure(key)
			if f == nil {
				t.Fatalf("no figure %q", key)
			}
			if f.Total.N != n || f.Total.Of != of {
				t.Errorf("%s: %d of %d, want %d of %d", key, f.Total.N, f.Total.Of, n, of)
			}
			return f
		}
		f := is("women-trained", 26, 0)
		if f.First.N != 25 || f.Later.N != 1 {
			t.Errorf("of the 25: %d, joined later: %d", f.First.N, f.Later.N)
		}
		by := map[string]int{}
		for _, p := range f.ByAgency {
			by[p.Agency] = p.Number.N
		}
		if by["fia"] != 18 || by["punjab-police"] != 8 {
			t.Errorf("by agency: %v", by)
		}
		is("nominated", 25, 0)
		is("confirmed", 25, 0) // who came later was given no seat by a decision
		is("attendance", 23, 26)
		is("on-time", 24, 25)
		is("certificates", 22, 0)
		is("coached-3", 22, 26)
		is("improved", 24, 24)
		if g := is("gain", 24, 0); g.Total.Value != 4 || !g.Total.Interval || g.Total.Low >= 4 || g.Total.High <= 4 {
			t.Errorf("mean gain: %+v", g.Total)
		}
		h := r.Figure("person-hours")
		minutes := 0.0
		for _, p := range h.ByMode {
			minutes += p.Number.Value
		}
		if len(h.ByMode) != 2 || minutes != h.Total.Value {
			t.Errorf("hours by mode do not add up: %+v of %v", h.ByMode, h.Total.Value)
		}
		if s := r.Figure("share-of-women"); s.Total.Known || s.NoteN != 26 {
			t.Errorf("nobody gave the number of eligible staff: %+v", s)
		}
		if len(r.Backing.Sheets) != 10 || r.Backing.Sheets[0].Present != 25 || r.Backing.Sheets[9].Absent != 2 {
			t.Errorf("sheets: %+v", r.Backing.Sheets)
		}
		for _, m := range programme.Measures() {
			found := false
			for _, f := range r.Figures {
				found = found || f.Measure == m
			}
			if !found {
				t.Errorf("no figure answers the measure %s", m)
			}
		}
	})
}

func TestWhoSeesWhat(t *testing.T) {
	d := dbtest.SQLite(t)
	w := begin(t, d)
	if _, err := w.s.Figures(w.donor, w.cohort, 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("the donor sees figures that nobody released: %v", err)
	}
	draft, err := w.s.Draft(w.officer, w.cohort)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, x := range draft.Differences {
		ids = append(ids, x.ID())
	}
	if !strings.Contains(strings.Join(ids, ","), "coached-3 total") {
		t.Errorf("22 of 26 is a small difference: %v", ids)
	}
	n, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.cohort})
	if err != nil || n != 1 {
		t.Fatalf("signing: %d, %v", n, err)
	}
	r, err := w.s.Figures(w.donor, w.cohort, 0)
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Figure("coached-3"); f.Total.Withheld != report.Difference || f.Total.N != 0 || len(f.Rows()) != 0 {
		t.Errorf("unsigned, and yet: %+v", f.Total)
	}
	if f := r.Figure("women-trained"); f.Total.N != 26 || f.Indicator == nil {
		t.Errorf("output counts are shown: %+v", f)
	}
	if f := r.Figure("gain"); f.Total.N != 24 || f.Total.Value != 4 {
		t.Errorf("24 pairs are enough for everybody: %+v", f.Total)
	}
	for _, p := range r.Figure("gain").ByAgency {
		if p.Number.Withheld == report.Shown {
			t.Errorf("eight are too few, and the other agency follows from the whole: %+v", p)
		}
	}
	if len(r.Backing.Sheets) != 10 {
		t.Errorf("the observer walks to the sheets: %+v", r.Backing)
	}
	if _, err := w.s.People(w.donor, w.cohort, "women-trained"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the observer sees people: %v", err)
	}
	if _, err := w.s.Draft(w.donor, w.cohort); !fault.Is(err, fault.NotFound) {
		t.Errorf("the observer prepares releases: %v", err)
	}
	// Signed for, it is shown; what was released before stays as it was.
	if _, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.cohort, Differences: ids}); err != nil {
		t.Fatal(err)
	}
	if r, err = w.s.Figures(w.donor, w.cohort, 0); err != nil || r.Figure("coached-3").Total.N != 22 || r.Release.Number != 2 {
		t.Errorf("signed: %+v, %v", r.Figure("coached-3").Total, err)
	}
	if r, err = w.s.Figures(w.donor, w.cohort, 1); err != nil || r.Figure("coached-3").Total.Withheld != report.Difference {
		t.Errorf("the first release changed: %v", err)
	}
	if _, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.cohort, Differences: []string{"women-trained total"}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("she signed for what is no small difference: %v", err)
	}
	people, err := w.s.People(w.officer, w.cohort, "coached-3")
	if err != nil || len(people.Rows) != 26 || len(w.reads.shown) != 26 {
		t.Errorf("%d rows, %d recorded as shown, %v", len(people.Rows), len(w.reads.shown), err)
	}
	elsewhere := actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer, Scope: actor.Scope{Country: "IQ"}}})
	if _, err := w.s.Figures(elsewhere, w.cohort, 0); err == nil {
		t.Error("an officer of another country sees the figures")
	}
}

func TestExportsSayTheSame(t *testing.T) {
	d := dbtest.SQLite(t)
	w := begin(t, d)
	if _, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.cohort}); err != nil {
		t.Fatal(err)
	}
	r, err := w.s.Export(w.donor, w.cohort, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "ur"} {
		l := i18n.For(i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})
		var file bytes.Buffer
		if err := report.WriteCSV(&file, l, &r); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(lines[1][0], "#indicator") {
			t.Errorf("no hashtags: %v", lines[1])
		}
		var sheet bytes.Buffer
		if err := report.WriteXLSX(&sheet, l, &r); err != nil {
			t.Fatal(err)
		}
		x, err := excelize.OpenReader(&sheet)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := x.GetRows(x.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(lines) {
			t.Errorf("%s: %d lines in the spreadsheet, %d in the CSV", lang, len(rows), len(lines))
		}
		for i, line := range lines {
			if len(line) > 5 && line[0] == "coached-3" && line[9] != "" {
				t.Errorf("%s: line %d tells what is withheld: %v", lang, i, line)
			}
		}
		if strings.Contains(file.String(), "report.") || strings.Contains(fmt.Sprint(rows), "report.") {
			t.Errorf("%s: an export shows a key", lang)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
}
