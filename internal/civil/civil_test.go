package civil

import (
	"testing"
	"time"
)

func loc(t *testing.T, zone string) *time.Location {
	t.Helper()
	l, err := Zone(zone)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func day(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestADayMayBeginAfterMidnight(t *testing.T) {
	for _, c := range []struct{ zone, day, start, end string }{
		{"Asia/Karachi", "2020-11-02", "2020-11-01T19:00:00Z", "2020-11-02T19:00:00Z"},
		// Tehran: clocks went from 00:00 to 01:00 on 22 March 2021 and back from
		// 24:00 to 23:00 on 21 September 2021.
		{"Asia/Tehran", "2021-03-22", "2021-03-21T20:30:00Z", "2021-03-22T19:30:00Z"},
		{"Asia/Tehran", "2021-09-21", "2021-09-20T19:30:00Z", "2021-09-21T20:30:00Z"},
		{"Asia/Beirut", "2021-03-28", "2021-03-27T22:00:00Z", "2021-03-28T21:00:00Z"},
		// Samoa had no 30 December 2011 at all: the day is empty.
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"America/New_York", "2021-11-07", "2021-11-07T04:00:00Z", "2021-11-08T05:00:00Z"},
		// Havana shows 00:00 twice on 7 November 2021.
		{"America/Havana", "2021-11-07", "2021-11-07T04:00:00Z", "2021-11-08T05:00:00Z"},
	} {
		d, l := day(t, c.day), loc(t, c.zone)
		if got := d.Start(l).Format(time.RFC3339); got != c.start {
			t.Errorf("%s in %s begins %s, want %s", c.day, c.zone, got, c.start)
		}
		if got := d.End(l).Format(time.RFC3339); got != c.end {
			t.Errorf("%s in %s ends %s, want %s", c.day, c.zone, got, c.end)
		}
	}
}

func TestAPlannedTimeKeepsItsWallClock(t *testing.T) {
	for _, c := range []struct{ planned, instant string }{
		{"2020-11-02T09:00 Asia/Karachi", "2020-11-02T04:00:00Z"},
		{"2021-03-22T00:30 Asia/Tehran", "2021-03-21T21:00:00Z"},      // in the gap: shown as 01:30
		{"2021-03-22T09:00 Asia/Tehran", "2021-03-22T04:30:00Z"},      // summer time
		{"2021-09-21T23:30 Asia/Tehran", "2021-09-21T19:00:00Z"},      // twice: the first
		{"2021-11-07T01:30 America/New_York", "2021-11-07T05:30:00Z"}, // twice: the first
		{"2021-03-14T02:30 America/New_York", "2021-03-14T07:30:00Z"}, // in the gap: 03:30
		{"2020-11-02T09:00 Asia/Kabul", "2020-11-02T04:30:00Z"},
	} {
		dt, err := ParseDateTime(c.planned)
		if err != nil {
			t.Fatal(err)
		}
		if dt.String() != c.planned {
			t.Errorf("%q is written back as %q", c.planned, dt)
		}
		at, err := dt.Instant()
		if err != nil {
			t.Fatal(err)
		}
		if got := at.Format(time.RFC3339); got != c.instant {
			t.Errorf("%s is %s, want %s", c.planned, got, c.instant)
		}
	}
	for _, bad := range []string{"", "2020-11-02T09:00", "2020-11-02T09:00 Local", "2020-02-30T09:00 UTC", "2020-11-02 09:00 UTC", "2020-11-02T09:00 Asia/Nowhere"} {
		if _, err := ParseDateTime(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestSolarHijriDates(t *testing.T) {
	for _, c := range []struct {
		greg string
		n    Numbers
	}{
		{"2020-03-20", Numbers{1399, 1, 1}},
		{"2020-11-02", Numbers{1399, 8, 12}},
		{"2021-03-20", Numbers{1399, 12, 30}},
		{"2021-03-21", Numbers{1400, 1, 1}},
		{"2022-05-09", Numbers{1401, 2, 19}},
		{"2024-03-20", Numbers{1403, 1, 1}},
		{"2025-03-20", Numbers{1403, 12, 30}},
		{"2025-03-21", Numbers{1404, 1, 1}},
		{"1979-02-11", Numbers{1357, 11, 22}},
		{"2000-01-01", Numbers{1378, 10, 11}},
	} {
		d := day(t, c.greg)
		if got, ok := Solar.Of(d); !ok || got != c.n {
			t.Errorf("%s is %v, want %v", c.greg, got, c.n)
		}
		if back, err := Solar.Date(c.n); err != nil || back != d {
			t.Errorf("%v is %v (%v), want %v", c.n, back, err, d)
		}
	}
	// Leap years of the official calendar, with the intervals of five years
	// (1370 to 1375 and 1403 to 1408) that a rule of four gets wrong.
	leap := map[int]bool{}
	for _, y := range []int{1342, 1346, 1350, 1354, 1358, 1362, 1366, 1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412} {
		leap[y] = true
	}
	for y := 1342; y <= 1412; y++ {
		if SolarLeap(y) != leap[y] {
			t.Errorf("year %d: leap is %v", y, !leap[y])
		}
		if _, err := Solar.Date(Numbers{y, 12, 30}); (err == nil) != leap[y] {
			t.Errorf("30 Esfand %d: %v", y, err)
		}
	}
}

func TestLunarHijriDates(t *testing.T) {
	for _, c := range []struct {
		greg string
		n    Numbers
	}{
		{"1979-11-20", Numbers{1400, 1, 1}},
		{"2020-04-24", Numbers{1441, 9, 1}},  // Ramadan
		{"2020-05-24", Numbers{1441, 10, 1}}, // Eid al-Fitr in Saudi Arabia
		{"2020-08-20", Numbers{1442, 1, 1}},
		{"2020-11-02", Numbers{1442, 3, 16}},
		{"2023-07-19", Numbers{1445, 1, 1}},
		{"2025-03-01", Numbers{1446, 9, 1}},
		{"2077-11-16", Numbers{1500, 12, 30}},
	} {
		d := day(t, c.greg)
		if got, ok := Lunar.Of(d); !ok || got != c.n {
			t.Errorf("%s is %v (%v), want %v", c.greg, got, ok, c.n)
		}
	}
	for _, out := range []string{"1979-11-19", "2077-11-17"} {
		if n, ok := Lunar.Of(day(t, out)); ok {
			t.Errorf("%s is beyond the tables but became %v", out, n)
		}
	}
}

// Every day survives the way into each calendar and back, and days follow each
// other without a hole.
func TestEveryDayThereAndBack(t *testing.T) {
	for _, c := range Calendars() {
		var prev Numbers
		for d := day(t, "1979-11-20"); d.Before(day(t, "2077-11-16")); d = d.Plus(1) {
			n, ok := c.Of(d)
			if !ok {
				t.Fatalf("%s does not reach %s", c, d)
			}
			if back, err := c.Date(n); err != nil || back != d {
				t.Fatalf("%s: %s is %v, and back %s (%v)", c, d, n, back, err)
			}
			next := n.Day == prev.Day+1 && n.Month == prev.Month ||
				n.Day == 1 && prev.Day >= 28 && (n.Month == prev.Month+1 || n.Month == 1 && prev.Month == 12 && n.Year == prev.Year+1)
			if prev.Year != 0 && !next {
				t.Fatalf("%s: after %v comes %v", c, prev, n)
			}
			prev = n
		}
	}
}

func TestDatesAndRanges(t *testing.T) {
	d := day(t, "2020-11-02")
	if d.Weekday() != time.Monday || d.Plus(4).String() != "2020-11-06" || d.PlusMonths(-9).String() != "2020-02-02" {
		t.Error("2 November 2020 is a Monday, four days later it is the 6th")
	}
	if got := day(t, "2021-01-31").PlusMonths(1).String(); got != "2021-02-28" {
		t.Errorf("a month after 31 January is %s", got)
	}
	week := Range{d, d.Plus(4)}
	if !week.Valid() || week.Len() != 5 || len(week.Days()) != 5 || !week.Contains(d.Plus(4)) || week.Contains(d.Plus(5)) {
		t.Errorf("a week of five days: %v", week.Days())
	}
	if !week.Overlaps(Range{d.Plus(4), d.Plus(9)}) || week.Overlaps(Range{d.Plus(5), d.Plus(9)}) {
		t.Error("ranges overlap where they share a day, and only there")
	}
	if (Date{2021, 2, 29}).Valid() || !(Date{2020, 2, 29}).Valid() || (Date{}).Valid() {
		t.Error("29 February exists in 2020 only")
	}
	h := HalfDay{d, Afternoon}
	if back, err := ParseHalfDay(h.String()); err != nil || back != h {
		t.Errorf("%v comes back as %v, %v", h, back, err)
	}
	for _, bad := range []string{"2020-11-02", "2020-11-02/3", "2020-13-02/1"} {
		if _, err := ParseHalfDay(bad); err == nil {
			t.Errorf("half-day %q was accepted", bad)
		}
	}
}

func TestWeekends(t *testing.T) {
	friday := day(t, "2020-11-06")
	for country, off := range map[string]bool{"PK": false, "AF": true, "IQ": true, "BD": true, "DE": false} {
		if friday.IsWeekend(country) != off {
			t.Errorf("Friday in %s: week-end is %v", country, !off)
		}
	}
	if got := friday.NextWorkday("PK"); got != day(t, "2020-11-09") {
		t.Errorf("after Friday, Pakistan works on %s", got)
	}
	if got := day(t, "2020-11-08").Monday(); got != day(t, "2020-11-02") {
		t.Errorf("Sunday's week began on %s", got)
	}
}
