package reportweb

import (
	"cadre/internal/civil"
	"cadre/internal/i18n"
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
