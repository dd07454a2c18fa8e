package civil

import (
	"fmt"
	"strings"
	"time"
)

// DateTime is an hour on the wall clock of a place: what is planned. The zero
// DateTime is none.
type DateTime struct {
	Date   Date
	Hour   int
	Minute int
	Zone   string // IANA name, as Asia/Karachi
}

// Zone returns the location of an IANA zone. The empty name and "Local" are
// refused: where the machine stands means nothing.
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("civil: not a time zone: %q", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("civil: not a time zone: %.60q", name)
	}
	return loc, nil
}

// In returns what the wall clock of zone shows at t.
func In(t time.Time, zone string) (DateTime, error) {
	loc, err := Zone(zone)
	if err != nil {
		return DateTime{}, err
	}
	l := t.In(loc)
	return DateTime{Of(t, loc), l.Hour(), l.Minute(), zone}, nil
}

// ParseDateTime reads "2020-11-02T09:00 Asia/Karachi".
func ParseDateTime(s string) (DateTime, error) {
	bad := fmt.Errorf("civil: not a date, time and zone: %.60q", s)
	at, zone, ok := strings.Cut(s, " ")
	if !ok {
		return DateTime{}, bad
	}
	t, err := time.Parse("2006-01-02T15:04", at)
	if err != nil {
		return DateTime{}, bad
	}
	if _, err := Zone(zone); err != nil {
		return DateTime{}, err
	}
	return DateTime{Of(t, time.UTC), t.Hour(), t.Minute(), zone}, nil
}

// String returns "2020-11-02T09:00 Asia/Karachi", and "" for none.
func (dt DateTime) String() string {
	if dt.IsZero() {
		return ""
	}
	return fmt.Sprintf("%sT%02d:%02d %s", dt.Date, dt.Hour, dt.Minute, dt.Zone)
}

// IsZero reports whether dt is none.
func (dt DateTime) IsZero() bool { return dt == DateTime{} }

// Clock returns the time of day as 09:00.
func (dt DateTime) Clock() string { return fmt.Sprintf("%02d:%02d", dt.Hour, dt.Minute) }

// Instant returns the moment in UTC by the zone data that the program carries.
// A time that does not exist is moved forward by the gap; of a time that occurs
// twice, the first is meant. The error is an unknown zone.
func (dt DateTime) Instant() (time.Time, error) {
	loc, err := Zone(dt.Zone)
	if err != nil {
		return time.Time{}, err
	}
	d := dt.Date
	// The wall clock read as UTC, less each offset in force around it, gives the
	// candidates; the earliest one that shows the wanted time is meant.
	wall := time.Date(d.Year, d.Month, d.Day, dt.Hour, dt.Minute, 0, 0, time.UTC)
	before, after := offset(wall.Add(-24*time.Hour), loc), offset(wall.Add(24*time.Hour), loc)
	early, late := wall.Add(-max(before, after)), wall.Add(-min(before, after))
	if shows(early, loc, wall) {
		return early, nil
	}
	if shows(late, loc, wall) {
		return late, nil
	}
	// In a gap: the offset from before it, which lands as far behind the gap as
	// the wanted time lay in it.
	return wall.Add(-before), nil
}

func offset(t time.Time, loc *time.Location) time.Duration {
	_, s := t.In(loc).Zone()
	return time.Duration(s) * time.Second
}

func shows(t time.Time, loc *time.Location, wall time.Time) bool {
	l := t.In(loc)
	return l.Hour() == wall.Hour() && l.Minute() == wall.Minute() && l.Day() == wall.Day()
}

// MarshalText implements [encoding.TextMarshaler].
func (dt DateTime) MarshalText() ([]byte, error) { return []byte(dt.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. Empty text is none.
func (dt *DateTime) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*dt = DateTime{}
		return nil
	}
	p, err := ParseDateTime(string(b))
	if err == nil {
		*dt = p
	}
	return err
}
