package report

import (
	"strings"
	"time"

	"cadre/internal/i18n"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Speaker says figures in a person's language.
type Speaker struct {
	l *i18n.Localizer
	b *programme.Blueprint
}

// Speak returns a speaker for the figures of one blueprint.
func Speak(l *i18n.Localizer, b *programme.Blueprint) Speaker { return Speaker{l, b} }

func (s Speaker) text(t programme.Text) string { return s.l.Text(s.b.Human(t)).Text }

// Title is the figure's name: the indicator's, else the measure's, with the stage
// where there is one for each of several.
func (s Speaker) Title(f *Figure) string {
	if f.Indicator != nil {
		return s.text(f.Indicator.Title)
	}
	title := s.l.T("report.measure." + f.Measure)
	if f.Key != f.Measure {
		title = s.l.T("report.of-stage", "figure", title, "stage", s.Stage(f.Stage))
	}
	return title
}

// Stage names a stage of the blueprint.
func (s Speaker) Stage(k programme.Key) string {
	if x, ok := s.b.Stage(k); ok {
		return s.text(x.Title)
	}
	return string(k)
}

// Group names a part of a further breakdown.
func (s Speaker) Group(by By, key string) string {
	switch {
	case by == ByStage && key == "":
		return s.l.T("report.after-all-stages")
	case by == ByStage:
		return s.Stage(programme.Key(key))
	case by == ByYear:
		return s.l.Digits(key)
	case key == "":
		return s.l.T("report.group-unknown")
	case by == ByRank:
		return s.l.T("report.rank." + key)
	case by == ByObstacle:
		return s.l.T("report.obstacle." + key)
	case by == ByCause:
		return s.l.T("report.cause." + key)
	}
	return s.l.T("report.reason." + key)
}

// Definition says exactly what is counted.
func (s Speaker) Definition(f *Figure) string {
	if f.Indicator != nil {
		return s.text(f.Indicator.Definition)
	}
	return s.l.T("report.definition." + f.Measure)
}

// Means says how it is known; "" for a measure without an indicator.
func (s Speaker) Means(f *Figure) string {
	if f.Indicator == nil {
		return ""
	}
	return s.text(f.Indicator.Means)
}

// Aim says a baseline or a target, with its year and where it is from.
func (s Speaker) Aim(f *Figure, v *programme.Value) string {
	if v == nil {
		return ""
	}
	if v.Known != nil && !*v.Known {
		return s.l.T("report.not-known")
	}
	out := s.l.Decimal(v.Value)
	if f.Unit == "per-cent" {
		out = s.l.Percent(v.Value / 100)
	}
	var more []string
	if v.Year > 0 {
		more = append(more, s.l.Int(v.Year))
	}
	if src := s.text(v.Source); src != "" {
		more = append(more, src)
	}
	if len(more) > 0 {
		out += " · " + strings.Join(more, " · ")
	}
	return out
}

// Agency names an agency by its key.
func (s Speaker) Agency(key string) string {
	if a, ok := s.b.Agency(programme.Key(key)); ok {
		return s.text(a.Title)
	}
	return key
}

// Sex names a sex.
func (s Speaker) Sex(key string) string {
	if key == "" {
		return s.l.T("report.sex-unknown")
	}
	if people.Sex(key) == people.Male {
		return s.l.T("report.sex.male")
	}
	return s.l.T("report.sex.female")
}

// Place names the place of a number in its figure, as [Figure.Places] has it.
func (s Speaker) Place(name string) string {
	switch name {
	case "total":
		return s.l.T("report.everyone")
	case "first":
		return s.l.T("report.first-seats")
	case "later":
		return s.l.T("report.joined-later")
	}
	var out []string
	for _, w := range strings.Fields(name) {
		if a, ok := strings.CutPrefix(w, "agency:"); ok {
			out = append(out, s.Agency(a))
		}
		if x, ok := strings.CutPrefix(w, "sex:"); ok {
			out = append(out, s.Sex(x))
		}
		for _, by := range []By{ByRank, ByYear, ByStage, ByReason, ByCause, ByObstacle} {
			if x, ok := strings.CutPrefix(w, string(by)+":"); ok {
				out = append(out, s.Group(by, strings.TrimPrefix(x, "-")))
			}
		}
	}
	return strings.Join(out, ", ")
}

// Number says a number of a figure as people read it.
func (s Speaker) Number(f *Figure, n Number) string {
	switch {
	case n.Withheld != Shown:
		return s.l.T("report.withheld." + string(n.Withheld))
	case !n.Known:
		return s.l.T("report.not-known")
	}
	value := s.l.Decimal(round(n.Value))
	switch f.Shape {
	case ShareOf:
		return s.l.T("report.share", "share", s.l.Percent(n.Value), "n", n.N, "of", n.Of)
	case CountOf:
		if n.Of > 0 {
			return s.l.T("report.of", "n", n.N, "of", n.Of)
		}
		return s.l.Int(n.N)
	case MeanOf:
		if f.Unit == "money" && s.b.Cost != nil {
			value = s.l.T("report.money", "amount", value, "currency", string(s.b.Cost.Currency))
		}
		if n.Interval {
			return s.l.T("report.interval", "value", value, "low", s.l.Decimal(round(n.Low)), "high", s.l.Decimal(round(n.High)), "n", n.N)
		}
	}
	return s.l.T("report.over", "value", value, "n", n.N)
}

// round cuts a number to one decimal: no figure here is more exact.
func round(x float64) float64 {
	if x < 0 {
		return float64(int64(x*10-0.5)) / 10
	}
	return float64(int64(x*10+0.5)) / 10
}

// Note says what belongs to the number; "" if nothing does.
func (s Speaker) Note(f *Figure) string {
	if f.Note == "" {
		return ""
	}
	args := []any{"n", f.NoteN, "of", f.NoteOf}
	if c := s.b.Cost; c != nil && f.Note == "cost" {
		args = append(args, "currency", string(c.Currency), "source", s.text(c.Source))
	}
	return s.l.T("report.note."+f.Note, args...)
}

// HalfDay names a half-day and its day.
func (s Speaker) HalfDay(x Sheet) string {
	h, _, st, ok := s.b.HalfDay(x.HalfDay)
	if !ok {
		return string(x.HalfDay)
	}
	at := programme.LocalTime(x.Starts).In(s.b.Location(st.Workshop.Zone))
	return s.text(h.Title) + " · " + s.day(at)
}

func (s Speaker) day(at time.Time) string { return s.l.InstantDay(at) }
