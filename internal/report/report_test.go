package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/programme"
	"cadre/internal/report"
	"cadre/internal/report/reporttest"
)

// world is the first programme, with a service of its own.
type world struct {
	*testing.T
	*reporttest.World
	s       *report.Service
	officer context.Context
	donor   context.Context
}

func begin(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{T: t, World: reporttest.Begin(t, d)}
	w.s = report.New(report.Deps{DB: d, Reads: w.World})
	w.officer = actor.With(t.Context(), w.Officer)
	w.donor = actor.With(t.Context(), w.Donor)
	return w
}

func (w *world) live() report.Report {
	w.Helper()
	r, err := w.s.Figures(w.officer, w.Cohort, 0)
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
		if f := r.Figure("on-time"); f.Note != "equivalents-apart" || f.NoteN != 1 {
			t.Errorf("of those who are ready in time, %d owe it to a decision, want 1: %q", f.NoteN, f.Note)
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
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		if _, err := w.s.Figures(w.donor, w.Cohort, 0); !fault.Is(err, fault.NotFound) {
			t.Errorf("the donor sees figures that nobody released: %v", err)
		}
		draft, err := w.s.Draft(w.officer, w.Cohort)
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
		n, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.Cohort})
		if err != nil || n != 1 {
			t.Fatalf("signing: %d, %v", n, err)
		}
		r, err := w.s.Figures(w.donor, w.Cohort, 0)
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
		if _, err := w.s.People(w.donor, w.Cohort, "women-trained"); !fault.Is(err, fault.NotFound) {
			t.Errorf("the observer sees people: %v", err)
		}
		if _, err := w.s.Draft(w.donor, w.Cohort); !fault.Is(err, fault.NotFound) {
			t.Errorf("the observer prepares releases: %v", err)
		}
		// Signed for, it is shown; what was released before stays as it was.
		if _, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.Cohort, Differences: ids}); err != nil {
			t.Fatal(err)
		}
		if r, err = w.s.Figures(w.donor, w.Cohort, 0); err != nil || r.Figure("coached-3").Total.N != 22 || r.Release.Number != 2 {
			t.Errorf("signed: %+v, %v", r.Figure("coached-3").Total, err)
		}
		if r, err = w.s.Figures(w.donor, w.Cohort, 1); err != nil || r.Figure("coached-3").Total.Withheld != report.Difference {
			t.Errorf("the first release changed: %v", err)
		}
		if _, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.Cohort, Differences: []string{"women-trained total"}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("she signed for what is no small difference: %v", err)
		}
		people, err := w.s.People(w.officer, w.Cohort, "coached-3")
		if err != nil || len(people.Rows) != 26 || len(w.Shown) != 26 {
			t.Errorf("%d rows, %d recorded as shown, %v", len(people.Rows), len(w.Shown), err)
		}
		elsewhere := actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer, Scope: actor.Scope{Country: "IQ"}}})
		if _, err := w.s.Figures(elsewhere, w.Cohort, 0); err == nil {
			t.Error("an officer of another country sees the figures")
		}
	})
}

func TestExportsSayTheSame(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		if _, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.Cohort}); err != nil {
			t.Fatal(err)
		}
		r, err := w.s.Export(w.donor, w.Cohort, 0)
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
	})
}
