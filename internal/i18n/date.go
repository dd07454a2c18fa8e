package i18n

import (
	"strconv"
	"strings"
	"time"

	"cadre/internal/civil"
)

// day is a date in the person's calendar, as words.
type day struct {
	numbers  civil.Numbers
	calendar civil.Calendar
	weekday  time.Weekday
}

func (l *Localizer) day(d civil.Date) day {
	c := l.prefs.Calendar
	n, ok := c.Of(d)
	if !ok {
		c = civil.Gregorian
		n, _ = c.Of(d)
	}
	return day{n, c, d.Weekday()}
}

func (l *Localizer) month(d day) string {
	return l.T("locale.month." + string(d.calendar) + "." + strconv.Itoa(d.numbers.Month))
}

func (l *Localizer) pattern(key string, d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	x := l.day(d)
	return l.T(key, "weekday", l.Weekday(x.weekday), "day", l.Int(x.numbers.Day), "month", l.month(x), "year", l.Int(x.numbers.Year))
}

// Weekday returns the name of a day of the week.
func (l *Localizer) Weekday(w time.Weekday) string {
	return l.T("locale.weekday." + strconv.Itoa((int(w)+6)%7+1))
}

// WeekdayShort returns the name as calendars' columns have it.
func (l *Localizer) WeekdayShort(w time.Weekday) string {
	return l.T("locale.weekday-short." + strconv.Itoa((int(w)+6)%7+1))
}

// Day writes a date with its week-day and without its year: for what is near.
func (l *Localizer) Day(d civil.Date) string { return l.pattern("locale.date.day", d) }

// Date writes a date with its week-day and year.
func (l *Localizer) Date(d civil.Date) string { return l.pattern("locale.date.full", d) }

// DateShort writes a date without its week-day: for tables and letters.
func (l *Localizer) DateShort(d civil.Date) string { return l.pattern("locale.date.short", d) }

// Month writes a month with its year.
func (l *Localizer) Month(d civil.Date) string { return l.pattern("locale.date.month", d) }

// Dates writes a range of days, saying month and year once where they agree.
func (l *Localizer) Dates(r civil.Range) string {
	if r.From == r.To {
		return l.Date(r.From)
	}
	a, b := l.day(r.From), l.day(r.To)
	switch {
	case a.calendar != b.calendar || a.numbers.Year != b.numbers.Year:
		return l.T("locale.range", "from", l.DateShort(r.From), "to", l.DateShort(r.To))
	case a.numbers.Month != b.numbers.Month:
		return l.T("locale.range.months", "day1", l.Int(a.numbers.Day), "month1", l.month(a),
			"day2", l.Int(b.numbers.Day), "month2", l.month(b), "year", l.Int(b.numbers.Year))
	}
	return l.T("locale.range.days", "day1", l.Int(a.numbers.Day), "day2", l.Int(b.numbers.Day),
		"month", l.month(b), "year", l.Int(b.numbers.Year))
}

// HalfDay writes a half-day: Tuesday 3 November, morning.
func (l *Localizer) HalfDay(h civil.HalfDay) string {
	return l.T("locale.half."+strconv.Itoa(int(h.Half)), "date", l.Day(h.Date))
}

// CalendarName returns the name of a calendar.
func (l *Localizer) CalendarName(c civil.Calendar) string {
	return l.T("locale.calendar." + string(c))
}

func (l *Localizer) clock(h, m int) string {
	return l.Digits(strings.Join([]string{two(h), two(m)}, ":"))
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// Clock writes the time of day of an instant in the person's zone: 10:42.
func (l *Localizer) Clock(t time.Time) string {
	t = t.In(l.loc)
	return l.clock(t.Hour(), t.Minute())
}

// Instant writes an instant in the person's zone: when something happened.
func (l *Localizer) Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.T("locale.datetime", "date", l.Date(civil.Of(t, l.loc)), "time", l.Clock(t))
}

// InstantDay writes the date of an instant in the person's zone.
func (l *Localizer) InstantDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.Date(civil.Of(t, l.loc))
}

// DateTime writes what is planned, as the clock at its place shows it, and what
// the person's own clock then shows if that differs.
func (l *Localizer) DateTime(dt civil.DateTime) string {
	if dt.IsZero() {
		return ""
	}
	return l.T("locale.datetime", "date", l.Date(dt.Date), "time", l.TimeOfDay(dt))
}

// TimeOfDay writes the time of a planned moment, without its date unless the
// person's own date differs: "09:00", or "09:00 in Karachi (07:30 for you)".
func (l *Localizer) TimeOfDay(dt civil.DateTime) string {
	there := l.clock(dt.Hour, dt.Minute)
	at, err := dt.Instant()
	if err != nil {
		return there
	}
	own, err := civil.In(at, l.loc.String())
	if err != nil || own.Date == dt.Date && own.Hour == dt.Hour && own.Minute == dt.Minute {
		return there
	}
	mine := l.clock(own.Hour, own.Minute)
	if own.Date != dt.Date {
		mine = l.T("locale.datetime", "date", l.Day(own.Date), "time", mine)
	}
	return l.T("locale.time.zones", "time", there, "place", l.Zone(dt.Zone), "own", mine)
}

// TimesOfDay writes from when until when something on one day is planned:
// "09:00–10:30", or "09:00–10:30 in Karachi (07:30–09:00 for you)". The zone is
// that of the start.
func (l *Localizer) TimesOfDay(from, until civil.DateTime) string {
	span := func(a, b civil.DateTime) string {
		return l.clock(a.Hour, a.Minute) + "–" + l.clock(b.Hour, b.Minute)
	}
	own := func(dt civil.DateTime) (civil.DateTime, bool) {
		at, err := dt.Instant()
		if err != nil {
			return dt, false
		}
		o, err := civil.In(at, l.loc.String())
		return o, err == nil && o.Date == dt.Date
	}
	a, sameDay := own(from)
	b, sameDayToo := own(until)
	switch {
	case !sameDay || !sameDayToo: // also that day has to be said
		return l.TimeOfDay(from) + "–" + l.TimeOfDay(until)
	case a.Hour == from.Hour && a.Minute == from.Minute && b.Hour == until.Hour && b.Minute == until.Minute:
		return span(from, until)
	}
	return l.T("locale.time.zones", "time", span(from, until), "place", l.Zone(from.Zone), "own", span(a, b))
}

// TimesThere writes from when until when something on one day is planned as the clock
// at its place shows it, and names the place: "09:00–12:30 in Karachi". It is for
// paper, which others read than whoever printed it.
func (l *Localizer) TimesThere(from, until civil.DateTime) string {
	return l.T("locale.time.there", "time", l.clock(from.Hour, from.Minute)+"–"+l.clock(until.Hour, until.Minute), "place", l.Zone(from.Zone))
}

// Zone returns the name of a time zone's city, in the language where known.
func (l *Localizer) Zone(name string) string {
	if k := "locale.zone." + strings.ReplaceAll(name, "/", "-"); l.Has(k) {
		return l.T(k)
	}
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}
