package reportweb

import (
	"slices"

	"cadre/internal/civil"
	"cadre/internal/i18n"
	"cadre/internal/programme"
	"cadre/internal/report"
	"cadre/internal/web/ui"
)

// facts are what a figure says of itself.
func facts(l *i18n.Localizer, s report.Speaker, f report.Figure) []ui.Pair {
	out := []ui.Pair{{Term: l.T("report.value"), Detail: number(s, f, f.Total)}}
	add := func(term, text string) {
		if text != "" {
			out = append(out, ui.Pair{Term: term, Detail: ui.Plainly(text)})
		}
	}
	if f.Later.N > 0 || f.Later.Withheld != report.Shown {
		out = append(out,
			ui.Pair{Term: l.T("report.first-seats"), Detail: number(s, f, f.First)},
			ui.Pair{Term: l.T("report.joined-later"), Detail: number(s, f, f.Later)})
	}
	add(l.T("report.definition"), s.Definition(&f))
	if note := s.Note(&f); note != "" {
		add(l.T("report.rests-on"), note)
	}
	if f.Indicator != nil {
		add(l.T("report.target"), s.Aim(&f, f.Indicator.Target))
		add(l.T("report.baseline"), s.Aim(&f, f.Indicator.Baseline))
		add(l.T("report.class"), l.T("report.class."+string(f.Indicator.Class)))
		add(l.T("report.means"), s.Means(&f))
	}
	add(l.T("report.unit"), l.T("report.unit."+string(f.Unit)))
	return out
}

func heads(l *i18n.Localizer, s report.Speaker, f report.Figure) []ui.Column {
	out := []ui.Column{{Label: l.T("report.agency")}}
	for _, x := range f.BySex {
		out = append(out, ui.Column{Label: s.Sex(x.Sex)})
	}
	return append(out, ui.Column{Label: l.T("report.everyone")})
}

func furtherHeads(l *i18n.Localizer, s report.Speaker, b report.Breakdown) []ui.Column {
	out := []ui.Column{{Label: l.T("report.group")}}
	for _, a := range agenciesIn(b) {
		out = append(out, ui.Column{Label: s.Agency(a)})
	}
	return append(out, ui.Column{Label: l.T("report.everyone")})
}

// agenciesIn lists the agencies that a further breakdown tells apart.
func agenciesIn(b report.Breakdown) []string {
	var out []string
	for _, p := range b.Parts {
		if p.Agency != "" && !slices.Contains(out, p.Agency) {
			out = append(out, p.Agency)
		}
	}
	return out
}

// said leaves out the reasons that nobody gave, where that may be seen.
func said(b report.Breakdown, p report.Part) bool {
	switch b.By {
	case report.ByReason, report.ByCause, report.ByObstacle:
		return p.Number.N > 0 || p.Number.Withheld != report.Shown
	}
	return true
}

// why says of a person behind a figure where she stood, or what her reasons were.
func why(l *i18n.Localizer, s report.Speaker, f report.Figure, r report.Row) string {
	by := report.ByReason
	switch f.Measure {
	case "left":
		if !r.Counts {
			return ""
		}
		return s.Group(report.ByStage, string(r.Stage))
	case "leaving-causes":
		by = report.ByCause
	case "obstacles":
		by = report.ByObstacle
	}
	var out []string
	for _, k := range r.Reasons {
		out = append(out, s.Group(by, k))
	}
	return l.List(out...)
}

// iati reports whether the programme names an activity that results belong to.
func iati(r *report.Report) bool {
	return slices.ContainsFunc(r.Blueprint.Funding, func(f programme.Funding) bool { return len(f.IATI) > 0 })
}

func yes(l *i18n.Localizer, b bool) string {
	if b {
		return l.T("report.yes")
	}
	return l.T("report.no")
}

// dated says a letter's date; as it stands, if it is none.
func dated(l *i18n.Localizer, s string) string {
	d, err := civil.ParseDate(s)
	if err != nil {
		return s
	}
	return l.DateShort(d)
}

func tenth(x float64) float64 { return float64(int64(x*10+0.5)) / 10 }

func differences(l *i18n.Localizer, s report.Speaker, d report.Draft) []ui.Option {
	var out []ui.Option
	for _, x := range d.Differences {
		f := d.Staff.Figure(x.Figure)
		out = append(out, ui.Option{Value: x.ID(), Label: l.T("report.sign-difference", "figure", s.Title(f), "place", s.Place(x.Place), "number", s.Number(f, x.Number))})
	}
	return out
}
