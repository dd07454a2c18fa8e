package workshopweb

import (
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/ui"
	"cadre/internal/workshop"
)

// verdictWord says a verdict; what was not recorded is never called absence.
func verdictWord(l *i18n.Localizer, j workshop.Judgement) string {
	switch j.Verdict {
	case workshop.Present:
		return l.T("workshop.verdict-present")
	case workshop.Part:
		return l.T("workshop.verdict-part", "n", j.Minutes)
	case workshop.Excused:
		return l.T("workshop.verdict-excused")
	case workshop.Absent:
		return l.T("workshop.verdict-absent")
	default:
		return l.T("workshop.verdict-none")
	}
}

func verdictMood(v workshop.Verdict) ui.Mood {
	switch v {
	case workshop.Present:
		return ui.MoodDone
	case workshop.Part:
		return ui.MoodPart
	case workshop.Excused, workshop.Absent:
		return ui.MoodLocked
	default:
		return ui.MoodUnknown
	}
}

func modeWord(l *i18n.Localizer, m workshop.Mode) string {
	switch m {
	case workshop.InPerson:
		return l.T("workshop.mode-in-person")
	case workshop.Online:
		return l.T("workshop.mode-online")
	default:
		return l.T("workshop.mode-unknown")
	}
}

func modesWord(l *i18n.Localizer, ms []workshop.Mode) string {
	words := make([]string, len(ms))
	for i, m := range ms {
		words[i] = modeWord(l, m)
	}
	return l.List(words...)
}

func modeOptions(l *i18n.Localizer) []ui.Option {
	return []ui.Option{
		{Value: string(workshop.InPerson), Label: modeWord(l, workshop.InPerson)},
		{Value: string(workshop.Online), Label: modeWord(l, workshop.Online)},
	}
}

func sourceWord(l *i18n.Localizer, s workshop.Source) string {
	switch s {
	case workshop.Correction:
		return l.T("workshop.source-correction")
	case workshop.Register:
		return l.T("workshop.source-register")
	case workshop.Signature:
		return l.T("workshop.source-sheet")
	case workshop.AtDoor:
		return l.T("workshop.source-door")
	case workshop.PIN:
		return l.T("workshop.source-pin")
	default:
		return l.T("workshop.source-link")
	}
}

func capacityWord(l *i18n.Localizer, c workshop.Capacity) string {
	switch c {
	case workshop.Participant:
		return l.T("workshop.capacity-participant")
	case workshop.Observer:
		return l.T("workshop.capacity-observer")
	case workshop.Interpreter:
		return l.T("workshop.capacity-interpreter")
	case workshop.Staff:
		return l.T("workshop.capacity-staff")
	default:
		return l.T("workshop.capacity-guest")
	}
}

func capacityOptions(l *i18n.Localizer) []ui.Option {
	var out []ui.Option
	for _, c := range workshop.Capacities() {
		out = append(out, ui.Option{Value: string(c), Label: capacityWord(l, c)})
	}
	return out
}

func verdictOptions(l *i18n.Localizer) []ui.Option {
	return []ui.Option{
		{Value: string(workshop.Present), Label: l.T("workshop.verdict-present")},
		{Value: string(workshop.Part), Label: l.T("workshop.choose-part")},
		{Value: string(workshop.Excused), Label: l.T("workshop.verdict-excused")},
		{Value: string(workshop.Absent), Label: l.T("workshop.verdict-absent")},
	}
}

func causeOptions(l *i18n.Localizer) []ui.Option {
	word := func(c string) string {
		switch c {
		case "mistaken":
			return l.T("workshop.cause-mistaken")
		case "sheet":
			return l.T("workshop.cause-sheet")
		case "her-word":
			return l.T("workshop.cause-her-word")
		case "letter":
			return l.T("workshop.cause-letter")
		default:
			return l.T("workshop.cause-other")
		}
	}
	var out []ui.Option
	for _, c := range workshop.Causes() {
		out = append(out, ui.Option{Value: c, Label: word(c)})
	}
	return out
}

func clashWord(l *i18n.Localizer, t workshop.Timetable, c workshop.Clash) string {
	title := func(s id.WorkshopSession) i18n.Text {
		x, _, _ := t.Session(s)
		return x.Title
	}
	x, _, _ := t.Session(c.Session)
	when, what := x.Starts, title(c.Session)
	switch c.Kind {
	case workshop.RoomTwice:
		return l.T("workshop.clash-room", "when", when, "session", what, "other", title(c.Other))
	case workshop.TrainerTwice:
		return l.T("workshop.clash-trainer", "when", when, "session", what, "other", title(c.Other))
	case workshop.OutsideHalfDay:
		return l.T("workshop.clash-outside", "when", when, "session", what)
	case workshop.NoRoom:
		return l.T("workshop.clash-no-room", "when", when, "session", what)
	case workshop.NoLink:
		return l.T("workshop.clash-no-link", "when", when, "session", what)
	case workshop.TooSmall:
		return l.T("workshop.clash-small", "when", when, "session", what, "people", c.People, "n", c.Holds)
	default:
		return l.T("workshop.clash-friday", "when", when, "session", what)
	}
}

// agreedWords says what people hold on to of a session: when, where, how.
func agreedWords(l *i18n.Localizer, t workshop.Timetable, a workshop.Agreed) string {
	if a.Cancelled {
		return l.T("workshop.agreed-cancelled")
	}
	where := modesWord(l, a.Modes)
	if r, ok := t.Room(a.Room); ok {
		return l.T("workshop.agreed", "starts", a.Starts, "ends", l.TimeOfDay(a.Ends), "room", r.Title, "modes", where)
	}
	return l.T("workshop.agreed-no-room", "starts", a.Starts, "ends", l.TimeOfDay(a.Ends), "modes", where)
}

// nameOf says who somebody is.
func nameOf(l *i18n.Localizer, n workshop.Names, p id.Person) (text, lang, dir string) {
	if d, ok := n[p]; ok {
		return d.Text, d.Lang, d.Dir
	}
	return l.T("workshop.nameless"), l.Lang(), l.Dir()
}
