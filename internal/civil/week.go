package civil

import "time"

// Weekend lists the days on which public offices of a country (ISO 3166-1
// alpha-2) are closed, in the order of the week from Monday. An unknown country
// has Saturday and Sunday.
//
// Source: Unicode CLDR 45, supplemental/weekData.xml, for all but these:
// Pakistan's federal offices close on Saturday and Sunday (CLDR has Sunday
// alone), Bangladesh closes on Friday and Saturday (CLDR names no exception),
// Iran on Thursday and Friday by custom of its offices, Friday by law.
func Weekend(country string) []time.Weekday {
	switch country {
	case "AF", "IR":
		return []time.Weekday{time.Thursday, time.Friday}
	case "BD", "BH", "DZ", "EG", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "SD", "SY", "YE":
		return []time.Weekday{time.Friday, time.Saturday}
	case "IN", "UG":
		return []time.Weekday{time.Sunday}
	}
	return []time.Weekday{time.Saturday, time.Sunday}
}

// IsWeekend reports whether d falls on the week-end of country.
func (d Date) IsWeekend(country string) bool {
	for _, w := range Weekend(country) {
		if d.Weekday() == w {
			return true
		}
	}
	return false
}

// NextWorkday returns the first day after d that is no week-end in country.
// Public holidays are not known here.
func (d Date) NextWorkday(country string) Date {
	for d = d.Plus(1); d.IsWeekend(country); {
		d = d.Plus(1)
	}
	return d
}

// Monday returns the Monday on or before d.
func (d Date) Monday() Date { return d.Plus(-((int(d.Weekday()) + 6) % 7)) }
