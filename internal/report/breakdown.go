package report

import (
	"slices"
	"strconv"
	"strings"

	"cadre/internal/cohort"
	"cadre/internal/evaluation"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Breakdown is a figure's total by one thing more than sex and agency.
type Breakdown struct {
	By    By     `json:"by"`
	Parts []Part `json:"parts"`
	// Overlaps: one person can be in several parts, so they do not add up.
	Overlaps bool `json:"overlaps,omitempty"`
}

// By is what a [Breakdown] goes by.
type By string

// What figures are further broken down by.
const (
	ByRank     By = "rank-group"
	ByYear     By = "year"
	ByStage    By = "stage"
	ByReason   By = "reason"   // of those who said no
	ByCause    By = "cause"    // of those who left
	ByObstacle By = "obstacle" // of those who use little of it at work
)

// reasons reports whether the parts are reasons. All that can be given are
// listed, and where one is withheld, so are those that nobody gave: which of them
// were given would tell of somebody.
func (b Breakdown) reasons() bool { return b.By == ByReason || b.By == ByCause || b.By == ByObstacle }

func (b Breakdown) place(p Part) string {
	if p.Key == "" {
		return string(b.By) + ":-"
	}
	return string(b.By) + ":" + p.Key
}

// breakFurther fills in a figure's further breakdowns from its rows.
func (f *Figure) breakFurther(finish finisher, b *programme.Blueprint) {
	f.Further = nil
	add := func(by By, every, given []string, of func(Row) []string, finish finisher) {
		x := Breakdown{By: by, Overlaps: by == ByObstacle}
		group := func(key, agency string) Number {
			var some []Row
			for _, r := range f.rows {
				if slices.Contains(of(r), key) && (agency == "" || r.Agency == agency) {
					some = append(some, r)
				}
			}
			return finish(some)
		}
		keys := given
		if x.reasons() {
			keys = every
		}
		for _, k := range keys {
			x.Parts = append(x.Parts, Part{Key: k, Number: group(k, "")})
		}
		if x.reasons() {
			for _, a := range f.ByAgency {
				for _, k := range given {
					x.Parts = append(x.Parts, Part{Agency: a.Agency, Key: k, Number: group(k, a.Agency)})
				}
			}
		}
		if len(x.Parts) > 0 {
			f.Further = append(f.Further, x)
		}
	}
	// given lists the keys that rows have, in the order of every; those that are
	// not in it come last.
	given := func(every []string, of func(Row) []string) []string {
		var out []string
		for _, r := range f.rows {
			for _, k := range of(r) {
				if !slices.Contains(out, k) {
					out = append(out, k)
				}
			}
		}
		slices.SortFunc(out, func(a, b string) int {
			i, j := slices.Index(every, a), slices.Index(every, b)
			switch {
			case i >= 0 && j >= 0:
				return i - j
			case i >= 0:
				return -1
			case j >= 0:
				return 1
			}
			return strings.Compare(a, b)
		})
		return out
	}
	counting := func(k func(Row) []string) func(Row) []string {
		return func(r Row) []string {
			if !r.Counts {
				return nil
			}
			return k(r)
		}
	}

	ranks := func(r Row) []string { return []string{r.Rank} }
	if known := given(people.RankGroups(), ranks); slices.ContainsFunc(known, func(k string) bool { return k != "" }) {
		add(ByRank, nil, known, ranks, finish)
	}
	years := counting(func(r Row) []string { return []string{strconv.Itoa(r.Year)} })
	if known := given(nil, years); len(known) > 0 && !slices.Contains(known, "0") {
		add(ByYear, nil, known, years, count)
	}
	switch f.Measure {
	case "left":
		var every []string
		for i := range b.Stages {
			every = append(every, string(b.Stages[i].Key))
		}
		stages := counting(func(r Row) []string { return []string{string(r.Stage)} })
		add(ByStage, nil, given(append(every, ""), stages), stages, count)
	case "decline-reasons", "leaving-causes", "obstacles":
		by, every := ByReason, append(cohort.DeclineReasons(), "")
		switch f.Measure {
		case "leaving-causes":
			by, every = ByCause, cohort.LeaveCauses()
		case "obstacles":
			by, every = ByObstacle, evaluation.Obstacles()
		}
		reasons := counting(func(r Row) []string { return r.Reasons })
		known := given(every, reasons)
		for _, k := range known {
			if !slices.Contains(every, k) {
				every = append(every, k)
			}
		}
		if len(known) > 0 {
			add(by, every, known, reasons, count)
		}
	}
}
