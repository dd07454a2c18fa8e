// Package civil holds dates and times as people say them: a day, an hour on a
// wall clock somewhere, a range of days, a half-day.
//
// # What is kept
//
// Whatever is planned (a session, a deadline, a coaching) is kept as a civil
// date-time with the name of its IANA zone, never as an instant: when a country
// changes its clocks, the session still begins at nine. The instant is derived
// by [DateTime.Instant].
//
// Dates are kept and exchanged in the Gregorian calendar, written 2020-11-02.
// A [Calendar] turns them into the numbers of another calendar when they are
// shown; the names of months and week-days belong to the catalogues (package
// i18n), not here.
//
// # Local midnight may not exist
//
// Where clocks go forward at midnight (Tehran until 2022, Beirut, Cairo,
// Baghdad until 2007) a day begins at 01:00. [Date.Start] returns the first
// instant that belongs to the day, so ranges of instants built from it never
// lose or double an hour. A planned time inside such a gap is moved forward by
// the length of the gap; a time that occurs twice means the first of the two.
package civil
