package civil

import (
	"cmp"
	"fmt"
	"time"
	_ "time/tzdata" // stations have no zone files; the zone data travels with the program
)

// Date is a day of the proleptic Gregorian calendar. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Of returns the day on which t falls in loc.
func Of(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Date{y, m, d}
}

// NewDate returns the date; days and months beyond their range carry over, so
// that 31 November is 1 December.
func NewDate(year int, month time.Month, day int) Date {
	return Of(time.Date(year, month, day, 0, 0, 0, 0, time.UTC), time.UTC)
}

// ParseDate reads 2020-11-02. It accepts no other form and no day that does not
// exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("civil: not a date: %.20q", s)
	}
	return Of(t, time.UTC), nil
}

// String returns the date as 2020-11-02, and "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether the day exists.
func (d Date) Valid() bool { return !d.IsZero() && NewDate(d.Year, d.Month, d.Day) == d }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// number counts days since 1970-01-01.
func (d Date) number() int { return int(d.utc().Unix() / 86400) }

func fromNumber(n int) Date { return Of(time.Unix(int64(n)*86400, 0), time.UTC) }

// Plus returns the date n days later; n may be negative.
func (d Date) Plus(n int) Date { return fromNumber(d.number() + n) }

// PlusMonths returns the same day n months later, or the last day of that month
// if it is shorter.
func (d Date) PlusMonths(n int) Date {
	first := NewDate(d.Year, d.Month+time.Month(n), 1)
	last := NewDate(first.Year, first.Month+1, 0).Day
	return Date{first.Year, first.Month, min(d.Day, last)}
}

// Sub returns the number of days from e to d.
func (d Date) Sub(e Date) int { return d.number() - e.number() }

// Compare orders dates; no date comes first.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Start returns the first instant of the day in loc. Midnight need not exist.
func (d Date) Start(loc *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
	if Of(t, loc) == d {
		// Clocks that go back across midnight show 00:00 twice; the day begins
		// at the first.
		for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
			if u := t.Add(-back); Of(u, loc) == d && u.In(loc).Hour() == 0 && u.In(loc).Minute() == 0 {
				return u.UTC()
			}
		}
		return t.UTC()
	}
	// In a gap: find the change of clocks between noon of the day before and
	// noon of this day by halving, to the second.
	lo := time.Date(d.Year, d.Month, d.Day-1, 12, 0, 0, 0, loc).Unix()
	hi := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, loc).Unix()
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if Of(time.Unix(mid, 0), loc).Before(d) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return time.Unix(hi, 0).UTC()
}

// End returns the first instant after the day in loc.
func (d Date) End(loc *time.Location) time.Time { return d.Plus(1).Start(loc) }

// At returns the date at an hour and minute of a zone's wall clock.
func (d Date) At(hour, minute int, zone string) DateTime {
	return DateTime{Date: d, Hour: hour, Minute: minute, Zone: zone}
}

// MarshalText implements [encoding.TextMarshaler].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. Empty text is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := ParseDate(string(b))
	if err == nil {
		*d = p
	}
	return err
}

// Range is a run of whole days; both ends belong to it.
type Range struct{ From, To Date }

// Valid reports whether both ends exist and are in order.
func (r Range) Valid() bool { return r.From.Valid() && r.To.Valid() && !r.To.Before(r.From) }

// Contains reports whether d is one of the days.
func (r Range) Contains(d Date) bool { return !d.Before(r.From) && !d.After(r.To) }

// Overlaps reports whether the ranges share a day.
func (r Range) Overlaps(o Range) bool { return !r.To.Before(o.From) && !o.To.Before(r.From) }

// Len returns the number of days.
func (r Range) Len() int { return r.To.Sub(r.From) + 1 }

// Days lists the days in order.
func (r Range) Days() []Date {
	out := make([]Date, 0, max(0, r.Len()))
	for d := r.From; !d.After(r.To); d = d.Plus(1) {
		out = append(out, d)
	}
	return out
}

// Half is a half of a working day.
type Half uint8

// The halves of a day.
const (
	Morning Half = iota + 1
	Afternoon
)

// HalfDay is what a register counts by.
type HalfDay struct {
	Date Date
	Half Half
}

// String returns 2020-11-02/1 for the morning and /2 for the afternoon.
func (h HalfDay) String() string { return fmt.Sprintf("%s/%d", h.Date, h.Half) }

// ParseHalfDay reads what [HalfDay.String] writes.
func ParseHalfDay(s string) (HalfDay, error) {
	if len(s) == 12 && s[10] == '/' && (s[11] == '1' || s[11] == '2') {
		if d, err := ParseDate(s[:10]); err == nil {
			return HalfDay{d, Half(s[11] - '0')}, nil
		}
	}
	return HalfDay{}, fmt.Errorf("civil: not a half-day: %.20q", s)
}

// Compare orders half-days.
func (h HalfDay) Compare(o HalfDay) int {
	return cmp.Or(h.Date.Compare(o.Date), cmp.Compare(h.Half, o.Half))
}

// MarshalText implements [encoding.TextMarshaler].
func (h HalfDay) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (h *HalfDay) UnmarshalText(b []byte) error {
	p, err := ParseHalfDay(string(b))
	if err == nil {
		*h = p
	}
	return err
}
