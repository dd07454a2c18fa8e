package report_test

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
	"cadre/internal/report"
)

// parts are a further breakdown's numbers by key; nil if the figure has none.
func parts(f *report.Figure, by report.By) map[string]report.Number {
	if f == nil {
		return nil
	}
	i := slices.IndexFunc(f.Further, func(b report.Breakdown) bool { return b.By == by })
	if i < 0 {
		return nil
	}
	out := map[string]report.Number{}
	for _, p := range f.Further[i].Parts {
		if p.Agency == "" {
			out[p.Key] = p.Number
		}
	}
	return out
}

func TestFurtherBreakdowns(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		for range 7 {
			w.Decline(t, d, "fia", "childcare")
		}
		for range 5 {
			w.Decline(t, d, "punjab-police", "duty")
		}
		w.Decline(t, d, "fia", "")
		w.Leave(t, d, 22, time.Date(2021, 6, 1, 5, 0, 0, 0, time.UTC), "transfer") // in the midst of coaching
		w.Leave(t, d, 23, time.Date(2020, 11, 7, 5, 0, 0, 0, time.UTC), "")
		r := w.live()
		is := func(key string, by report.By, want map[string]int) {
			t.Helper()
			got := parts(r.Figure(key), by)
			for k, n := range want {
				if got[k].N != n {
					t.Errorf("%s by %s: %d in %q, want %d", key, by, got[k].N, k, n)
				}
			}
			for k, x := range got {
				if _, ok := want[k]; !ok && x.N > 0 {
					t.Errorf("%s by %s: %d in %q, which nobody should be in", key, by, x.N, k)
				}
			}
		}
		is("women-trained", report.ByRank, map[string]int{"inspector": 14, "officer": 10, "": 2})
		is("women-trained", report.ByYear, map[string]int{"2020": 26})
		is("coached-3", report.ByYear, map[string]int{"2022": 22})
		is("one-session-held", report.ByYear, map[string]int{"2021": 25})
		is("decline-reasons", report.ByReason, map[string]int{"childcare": 7, "duty": 5, "": 1})
		is("left", report.ByStage, map[string]int{"coaching": 2})
		is("left", report.ByYear, map[string]int{"2020": 1, "2021": 1})
		is("leaving-causes", report.ByCause, map[string]int{"transfer": 1, "not-known": 1})
		if f := r.Figure("left"); f.Total.N != 2 || f.Total.Of != 26 {
			t.Errorf("left: %+v", f.Total)
		}
		by := map[string]int{}
		for _, b := range r.Figure("decline-reasons").Further {
			for _, p := range b.Parts {
				if b.By == report.ByReason && p.Agency != "" {
					by[p.Agency+" "+p.Key] = p.Number.N
				}
			}
		}
		if by["fia childcare"] != 7 || by["punjab-police duty"] != 5 || by["fia duty"] != 0 {
			t.Errorf("staff see the reasons by agency: %v", by)
		}

		// To others: five for the agencies, ten outside. Nobody can be told apart, nor
		// which reasons were given by those who are withheld.
		draft, err := w.s.Draft(w.officer, w.Cohort)
		if err != nil {
			t.Fatal(err)
		}
		find := func(all []report.Figure, key string) *report.Figure {
			return &all[slices.IndexFunc(all, func(f report.Figure) bool { return f.Key == key })]
		}
		partners := parts(find(draft.Partners, "decline-reasons"), report.ByReason)
		if partners["childcare"].N != 7 || partners["duty"].N != 5 && partners["duty"].Withheld == report.Shown {
			t.Errorf("for partners: %+v", partners)
		}
		for _, k := range []string{"", "lodging", "other"} {
			if partners[k].Withheld == report.Shown || partners[k].N != 0 {
				t.Errorf("for partners %q tells who gave it: %+v", k, partners[k])
			}
		}
		outside := find(draft.Outside, "decline-reasons")
		if outside.Total.N != 13 {
			t.Errorf("13 said no: %+v", outside.Total)
		}
		for k, x := range parts(outside, report.ByReason) {
			if x.Withheld == report.Shown {
				t.Errorf("for others %q is shown: %+v", k, x)
			}
		}
		if f := find(draft.Outside, "leaving-causes"); f.Total.Withheld == report.Shown || len(f.Further) > 0 {
			t.Errorf("two left, and others see why: %+v", f)
		}
		for _, all := range [][]report.Figure{draft.Partners, draft.Outside} {
			for _, f := range all {
				for _, b := range f.Further {
					for _, p := range b.Parts {
						if f.Protected && p.Agency != "" {
							t.Errorf("%s goes out by %s and agency", f.Key, b.By)
						}
						if p.Number.Withheld != report.Shown && (p.Number.N != 0 || p.Number.Value != 0) {
							t.Errorf("%s: withheld, and yet %+v", f.Key, p.Number)
						}
					}
				}
			}
		}
	})
}

// Three and six months later each have figures of their own, with who answered.
func TestFollowUps(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		for i := range 12 {
			used := "often"
			if i == 0 {
				used = "never"
			}
			w.FollowUp(t, d, i, "use-3-months", used, `["no-means","no-occasion"]`, time.Date(2021, 2, 10, 5, 0, 0, 0, time.UTC))
		}
		r := w.live()
		if f := r.Figure("use-at-work"); f != nil {
			t.Errorf("use at work without saying when: %+v", f)
		}
		if f := r.Figure("use-at-work.use-3-months"); f == nil || f.Total.N != 11 || f.Total.Of != 12 || f.NoteOf != 26 {
			t.Errorf("three months later: %+v", f)
		}
		if f := r.Figure("follow-up-response-rate.use-3-months"); f == nil || f.Total.N != 12 || f.Total.Of != 26 {
			t.Errorf("who answered: %+v", f)
		}
		if f := r.Figure("use-6"); f.Total.Known {
			t.Errorf("six months later nobody answered: %+v", f.Total)
		}
		f := r.Figure("obstacles.use-3-months")
		if got := parts(f, report.ByObstacle); got["no-means"].N != 12 || got["no-occasion"].N != 12 || got["on-leave"].N != 0 || f.Total.N != 12 {
			t.Errorf("obstacles: %+v", got)
		}
		for _, b := range report.Protect(*f, report.ForOutside, nil).Further {
			for _, p := range b.Parts {
				if b.By == report.ByObstacle && (p.Number.Withheld == report.Shown) != (p.Key == "no-means" || p.Key == "no-occasion") {
					t.Errorf("outside, %s: %+v", p.Key, p.Number)
				}
			}
		}
	})
}

// Women's share is of the staff that could have been proposed, as agencies count
// it; while one of them has not, it is not known.
func TestEligibleStaff(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		day := civil.NewDate(2020, 9, 1)
		in := report.CountStaff{Cohort: w.Cohort, Agency: "fia", Women: 30, Everyone: 400, CountedOn: day, Source: "FIA/AHT/2020/12 of 1 September 2020"}
		enter := func(in report.CountStaff) error { return w.s.CountStaff(w.officer, id.New[id.Operation](), in) }
		for name, bad := range map[string]func(*report.CountStaff){
			"women":      func(x *report.CountStaff) { x.Women = 401 },
			"everyone":   func(x *report.CountStaff) { x.Everyone, x.Women = 0, 0 },
			"counted_on": func(x *report.CountStaff) { x.CountedOn = civil.NewDate(2030, 1, 1) },
			"source":     func(x *report.CountStaff) { x.Source = "  " },
		} {
			x := in
			bad(&x)
			if err := enter(x); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		x := in
		x.Agency = "navy"
		if err := enter(x); !fault.Is(err, fault.NotFound) {
			t.Errorf("an agency that proposes nobody: %v", err)
		}
		if err := w.s.CountStaff(w.donor, id.New[id.Operation](), in); err == nil {
			t.Error("the observer enters figures")
		}
		if err := enter(in); err != nil {
			t.Fatal(err)
		}
		if f := w.figure("share-of-women"); f.Total.Known || f.ByAgency[0].Number.N != 30 || f.ByAgency[1].Number.Known || f.NoteN != 26 {
			t.Errorf("one of two agencies gave its number: %+v", f)
		}
		if err := enter(in); !fault.Is(err, fault.Stale) {
			t.Errorf("entered twice unseen: %v", err)
		}
		in.Women, in.Revision = 20, 1
		other := report.CountStaff{Cohort: w.Cohort, Agency: "punjab-police", Women: 5, Everyone: 100, CountedOn: day, Source: "by telephone"}
		if err := enter(in); err != nil {
			t.Fatal(err)
		}
		if err := enter(other); err != nil {
			t.Fatal(err)
		}
		if f := w.figure("share-of-women"); !f.Total.Known || f.Total.N != 25 || f.Total.Of != 500 || f.Total.Value != 0.05 {
			t.Errorf("5 of 100: %+v", f.Total)
		}
		if _, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.Cohort}); err != nil {
			t.Fatal(err)
		}
		r, err := w.s.Figures(w.donor, w.Cohort, 0)
		if err != nil || len(r.Backing.Staff) != 2 || r.Backing.Staff[0].Source != in.Source || r.Backing.Staff[0].Women != 20 {
			t.Errorf("the observer sees where the number is from: %+v, %v", r.Backing.Staff, err)
		}
	})
}

func (w *world) figure(key string) *report.Figure {
	w.Helper()
	r := w.live()
	f := r.Figure(key)
	if f == nil {
		w.Fatalf("no figure %s", key)
	}
	return f
}

func TestCostPerCompleter(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		if f := w.figure("cost-per-completer"); f.Total.Known || f.Note != "no-cost" {
			t.Errorf("the blueprint states no cost: %+v", f)
		}
		b := *w.live().Blueprint
		b.Cost = &programme.Cost{Amount: 44000, Currency: "EUR", Source: programme.Text{"en": "Budget"}}
		if f := report.CostOf(w.T, w.s, w.officer, w.Cohort, &b); f.Total.Value != 2000 || f.Total.N != 22 {
			t.Errorf("44000 EUR for 22: %+v", f.Total)
		}
	})
}

// Results go out as frames of IATI under the activity, without what is withheld.
func TestIATI(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := begin(t, d)
		if _, err := w.s.Sign(w.officer, id.New[id.Operation](), report.SignInput{Cohort: w.Cohort}); err != nil {
			t.Fatal(err)
		}
		r, err := w.s.Export(w.donor, w.Cohort, 0)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := report.WriteIATI(&out, &r); !fault.Is(err, fault.NotFound) || out.Len() > 0 {
			t.Errorf("the blueprint names no activity: %v", err)
		}
		b := *r.Blueprint
		b.Funding = slices.Clone(b.Funding)
		b.Funding[0].IATI = []string{"XM-EXAMPLE-1"}
		r.Blueprint = &b
		if err := report.WriteIATI(&out, &r); err != nil {
			t.Fatal(err)
		}
		type amount struct {
			Value string `xml:"value,attr"`
			By    []struct {
				Name  string `xml:"name,attr"`
				Value string `xml:"value,attr"`
			} `xml:"dimension"`
		}
		var got struct {
			Version    string `xml:"version,attr"`
			Identifier string `xml:"iati-activity>iati-identifier"`
			Results    []struct {
				Type       string `xml:"type,attr"`
				Indicators []struct {
					Measure   string   `xml:"measure,attr"`
					Titles    []string `xml:"title>narrative"`
					Reference struct {
						Code string `xml:"code,attr"`
					} `xml:"reference"`
					Baseline struct {
						Value string `xml:"value,attr"`
					} `xml:"baseline"`
					Start struct {
						Date string `xml:"iso-date,attr"`
					} `xml:"period>period-start"`
					Targets []amount `xml:"period>target"`
					Actuals []amount `xml:"period>actual"`
				} `xml:"indicator"`
			} `xml:"iati-activity>result"`
		}
		if err := xml.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Version != "2.03" || got.Identifier != "XM-EXAMPLE-1" || len(got.Results) != 2 || got.Results[0].Type != "1" || got.Results[1].Type != "2" {
			t.Fatalf("the frame: %s", out.String())
		}
		seen := 0
		for _, result := range got.Results {
			for _, x := range result.Indicators {
				switch {
				case slices.Contains(x.Titles, "Officers who attended at least one half-day"):
					seen++
					if x.Measure != "1" || x.Reference.Code != "OP2.1" || x.Baseline.Value != "0" || x.Start.Date != "2020-09-01" || x.Targets[0].Value != "25" ||
						x.Actuals[0].Value != "26" || x.Actuals[1].By[0].Value != "female" {
						t.Errorf("trained: %+v", x)
					}
				case slices.Contains(x.Titles, "Three coaching sessions held"):
					seen++
					if len(x.Actuals) != 0 || x.Targets[0].Value != "22" {
						t.Errorf("withheld, and yet: %+v", x)
					}
				case slices.Contains(x.Titles, "Share improved"):
					seen++
					if x.Measure != "2" || x.Actuals[0].Value != "100" {
						t.Errorf("a share: %+v", x)
					}
				}
			}
		}
		if seen != 3 {
			t.Errorf("%d of 3 indicators", seen)
		}
	})
}
