package civil

import (
	"fmt"
	"time"
)

// Calendar names a way to count years, months and days.
type Calendar string

// The calendars that a person can choose.
const (
	Gregorian Calendar = "gregorian"
	Solar     Calendar = "solar" // Solar Hijri, of Iran and Afghanistan
	Lunar     Calendar = "lunar" // lunar Hijri by Umm al-Qura
)

// Calendars lists the calendars in the order in which screens offer them.
func Calendars() []Calendar { return []Calendar{Gregorian, Solar, Lunar} }

// Numbers is a day as a calendar counts it; months count from 1.
type Numbers struct{ Year, Month, Day int }

// Of returns how the calendar counts d. It reports false where the calendar
// does not reach (see the calendars' sources below) or is unknown; the caller
// then shows the Gregorian date.
func (c Calendar) Of(d Date) (Numbers, bool) {
	switch c {
	case Gregorian:
		return Numbers{d.Year, int(d.Month), d.Day}, true
	case Solar:
		return solarOf(d)
	case Lunar:
		return lunarOf(d)
	}
	return Numbers{}, false
}

// Date returns the day that n names in the calendar.
func (c Calendar) Date(n Numbers) (Date, error) {
	var d Date
	switch {
	case n.Month < 1 || n.Month > 12 || n.Day < 1 || n.Day > 31:
		return Date{}, fmt.Errorf("civil: no such %s date: %v", c, n)
	case c == Gregorian:
		d = NewDate(n.Year, time.Month(n.Month), n.Day)
	case c == Solar && n.Year >= solarFirst && n.Year <= solarLast:
		d = fromNumber(solarNewYear(n.Year) + min(n.Month-1, 6)*31 + max(0, n.Month-7)*30 + n.Day - 1)
	case c == Lunar && n.Year >= lunarFirst && n.Year < lunarFirst+len(ummAlQura):
		d = fromNumber(lunarMonthStart(n.Year, n.Month) + n.Day - 1)
	}
	if back, ok := c.Of(d); d.IsZero() || !ok || back != n {
		return Date{}, fmt.Errorf("civil: no such %s date: %v", c, n)
	}
	return d, nil
}

// Solar Hijri. Years begin at the vernal equinox of Tehran. Within the years
// below, the arithmetic of eight leap years in 33 gives the official calendar:
// see the leap years published by the Calendar Center of the Institute of
// Geophysics, University of Tehran, against which it is tested. Six months of
// 31 days, five of 30, and one of 29, or 30 in a leap year.
const (
	solarFirst = 1178 // 1799
	solarLast  = 1633 // 2254
)

// SolarLeap reports whether a Solar Hijri year has 366 days.
func SolarLeap(year int) bool { return (25*year+11)%33 < 8 }

// solarNewYear returns the number of 1 Farvardin. 1 Farvardin 1399 is
// 2020-03-20; the leap years from year 1 to year y-1 are floor((8y+21)/33).
func solarNewYear(y int) int {
	const anchor = 1399
	leaps := (8*y+21)/33 - (8*anchor+21)/33
	return Date{2020, 3, 20}.number() + 365*(y-anchor) + leaps
}

func solarOf(d Date) (Numbers, bool) {
	n := d.number()
	y := d.Year - 621
	if n < solarNewYear(y) {
		y--
	}
	if y < solarFirst || y > solarLast {
		return Numbers{}, false
	}
	day := n - solarNewYear(y)
	if day < 6*31 {
		return Numbers{y, day/31 + 1, day%31 + 1}, true
	}
	day -= 6 * 31
	return Numbers{y, day/30 + 7, day%30 + 1}, true
}

// Lunar Hijri. Months begin as the Umm al-Qura calendar of Saudi Arabia says,
// which is published for 1356 to 1500; kept here are 1400 to 1500 (20 November
// 1979 to 16 November 2077). Each number is a year: bit m-1 is set where month
// m has 30 days, otherwise it has 29. The lengths were taken from R. H. van
// Gent's tables (Utrecht University) and checked day by day.
//
// A country that waits for the moon to be seen may count a day differently; the
// Gregorian date stands beside it wherever a day decides anything.
const lunarFirst = 1400

// lunarEpoch is 1 Muharram 1400.
func lunarEpoch() int { return Date{1979, 11, 20}.number() }

var ummAlQura = [...]uint16{
	0xd4b, 0x52a, 0xa57, 0x4ae, 0x976, 0x56c, 0xb55, 0xaaa, 0xa55, 0x4ad, 0x95d,
	0x2da, 0x5d9, 0xdb2, 0xba4, 0xb4a, 0xa55, 0x2b5, 0x575, 0xb6a, 0xbd2, 0xbc4,
	0xb89, 0xa95, 0x52d, 0x5ad, 0xb6a, 0x6d4, 0xdc9, 0xd92, 0xaa6, 0x956, 0x2ae,
	0x56d, 0x36a, 0xb55, 0xaaa, 0x94d, 0x49d, 0x95d, 0x2ba, 0x5b5, 0x5aa, 0xd55,
	0xa9a, 0x92e, 0x26e, 0x55d, 0xada, 0x6d4, 0x6a5, 0x54b, 0xa97, 0x54e, 0xaae,
	0x5ac, 0xba9, 0xd92, 0xb25, 0x64b, 0xcab, 0x55a, 0xb55, 0x6d2, 0xea5, 0xe4a,
	0xa95, 0x52d, 0xaad, 0x36c, 0x759, 0x6d2, 0x695, 0x52d, 0xa5b, 0x4ba, 0x9ba,
	0x3b4, 0xb69, 0xb52, 0xaa6, 0x4b6, 0x96d, 0x2ec, 0x6d9, 0xeb2, 0xd54, 0xd2a,
	0xa56, 0x4ae, 0x96d, 0xd6a, 0xb54, 0xb29, 0xa93, 0x52b, 0xa57, 0x536, 0xab5,
	0x6aa, 0xe93,
}

func lunarMonthLen(year, month int) int {
	return 29 + int(ummAlQura[year-lunarFirst]>>(month-1)&1)
}

func lunarMonthStart(year, month int) int {
	n := lunarEpoch()
	for y := lunarFirst; y <= year; y++ {
		last := 12
		if y == year {
			last = month - 1
		}
		for m := 1; m <= last; m++ {
			n += lunarMonthLen(y, m)
		}
	}
	return n
}

func lunarOf(d Date) (Numbers, bool) {
	rest := d.number() - lunarEpoch()
	if rest < 0 {
		return Numbers{}, false
	}
	for i := range ummAlQura {
		for m := 1; m <= 12; m++ {
			l := lunarMonthLen(lunarFirst+i, m)
			if rest < l {
				return Numbers{lunarFirst + i, m, rest + 1}, true
			}
			rest -= l
		}
	}
	return Numbers{}, false
}
