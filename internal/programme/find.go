package programme

import (
	"time"

	"cadre/internal/i18n"
)

// Stage returns the stage with the given key.
func (b *Blueprint) Stage(k Key) (*Stage, bool) {
	i, ok := b.index.stages[k]
	if !ok {
		return nil, false
	}
	return &b.Stages[i], true
}

// StageIndex is the place of a stage in Stages, or -1. It serves arrays that run
// beside Stages in memory; it is never stored.
func (b *Blueprint) StageIndex(k Key) int {
	if i, ok := b.index.stages[k]; ok {
		return i
	}
	return -1
}

// Module returns a module and its stage.
func (b *Blueprint) Module(k Key) (*Module, *Stage, bool) {
	p, ok := b.index.modules[k]
	if !ok {
		return nil, nil, false
	}
	s := &b.Stages[p.stage]
	return &s.ELearning.Modules[p.module], s, true
}

// HalfDay returns a half-day, its day and its stage.
func (b *Blueprint) HalfDay(k Key) (*HalfDay, *Day, *Stage, bool) {
	p, ok := b.index.halfDays[k]
	if !ok {
		return nil, nil, nil, false
	}
	s := &b.Stages[p.stage]
	d := &s.Workshop.Days[p.day]
	return &d.HalfDays[p.half], d, s, true
}

// Session returns a session of a timetable, its half-day, its day and its stage.
func (b *Blueprint) Session(k Key) (*Session, *HalfDay, *Day, *Stage, bool) {
	p, ok := b.index.sessions[k]
	if !ok {
		return nil, nil, nil, nil, false
	}
	s := &b.Stages[p.stage]
	d := &s.Workshop.Days[p.day]
	h := &d.HalfDays[p.half]
	return &h.Sessions[p.session], h, d, s, true
}

// Quota returns the quota with the given key.
func (b *Blueprint) Quota(k Key) (*Quota, bool) {
	i, ok := b.index.quotas[k]
	if !ok {
		return nil, false
	}
	return &b.Quotas[i], true
}

// Agency returns the agency with the given key.
func (b *Blueprint) Agency(k Key) (*Agency, bool) {
	i, ok := b.index.agencies[k]
	if !ok {
		return nil, false
	}
	return &b.Agencies[i], true
}

// Fallback is the language that stands in where a text lacks another.
func (b *Blueprint) Fallback() Language { return b.Languages[0] }

// Say returns a text of this blueprint in a language, or in the fallback, and
// the language that it is in.
func (b *Blueprint) Say(t Text, lang Language) (string, Language) { return t.In(lang, b.Fallback()) }

// Location is the zone's location; the programme's, if z is empty.
func (b *Blueprint) Location(z Zone) *time.Location {
	if z == "" {
		z = b.Zone
	}
	if l, ok := b.index.locations[z]; ok {
		return l
	}
	l, err := time.LoadLocation(string(z))
	if err != nil {
		return time.UTC
	}
	return l
}

// Instant is the moment that a local time of the programme means, in UTC.
func (b *Blueprint) Instant(t LocalTime) time.Time { return t.In(b.Location("")) }

// DeadlineAt is the moment of a deadline, in UTC. What occurs at that moment is
// still in time; a deadline of 23:59 includes that minute.
func (b *Blueprint) DeadlineAt(d *Deadline) time.Time {
	return d.At.In(b.Location(d.Zone)).Add(time.Minute - time.Microsecond)
}

// HalfDays lists a workshop's half-days in order.
func (w *Workshop) HalfDays() []*HalfDay {
	var out []*HalfDay
	for i := range w.Days {
		for j := range w.Days[i].HalfDays {
			out = append(out, &w.Days[i].HalfDays[j])
		}
	}
	return out
}

// HalfDaySpan is when a half-day starts and ends, in UTC; zero times if the key
// is not one.
func (b *Blueprint) HalfDaySpan(k Key) (from, until time.Time) {
	h, d, s, ok := b.HalfDay(k)
	if !ok {
		return
	}
	loc := b.Location(s.Workshop.Zone)
	return h.From.On(d.Date, loc), h.Until.On(d.Date, loc)
}

// LastDay is the last civil day of a workshop or coaching stage, and its zone;
// "" for other stages.
func (b *Blueprint) LastDay(s *Stage) (Date, *time.Location) {
	switch s.Kind() {
	case KindWorkshop:
		return s.Workshop.Days[len(s.Workshop.Days)-1].Date, b.Location(s.Workshop.Zone)
	case KindCoaching:
		return s.Coaching.Window.Until, b.Location("")
	}
	return "", b.Location("")
}

// Human gives a text of this blueprint the form in which pages show what people
// wrote.
func (b *Blueprint) Human(t Text) i18n.Text {
	out := i18n.Text{Fallback: string(b.Fallback()), Values: make(map[string]string, len(t))}
	for l, s := range t {
		out.Values[string(l)] = s
	}
	return out
}
