package programme

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Key names a thing of a blueprint: lower-case words joined by hyphens, at most
// 40 signs. It is never an index.
type Key string

// Language is a BCP 47 tag, such as en, ur or ckb.
type Language string

// Text is what people wrote, by language.
type Text map[Language]string

// In returns the text in the given language, else in its base language, else in
// the fallback, with the language it is in.
func (t Text) In(lang, fallback Language) (string, Language) {
	for _, l := range []Language{lang, Language(strings.SplitN(string(lang), "-", 2)[0]), fallback} {
		if s, ok := t[l]; ok {
			return s, l
		}
	}
	return "", fallback
}

// Country is a code of ISO 3166-1 alpha-2.
type Country string

// Currency is a code of ISO 4217.
type Currency string

// Zone is an IANA time zone.
type Zone string

// Date is a civil date, written 2006-01-02.
type Date string

// LocalTime is a civil date and time to the minute, written 2006-01-02T15:04. A
// zone makes a moment of it.
type LocalTime string

// ClockTime is a time of day to the minute, written 15:04.
type ClockTime string

// minutes is the number of minutes since midnight; 0 for a malformed time.
func (c ClockTime) minutes() int {
	if len(c) != 5 {
		return 0
	}
	h, _ := strconv.Atoi(string(c[:2]))
	m, _ := strconv.Atoi(string(c[3:]))
	return h*60 + m
}

// On returns the moment at which a clock in loc shows c on date d. Where a clock
// change leaves that time out, it is the moment as far after the change.
func (c ClockTime) On(d Date, loc *time.Location) time.Time {
	return LocalTime(string(d) + "T" + string(c)).In(loc)
}

// In returns the moment at which a clock in loc shows t, in UTC; the zero time
// if t is empty or malformed.
func (t LocalTime) In(loc *time.Location) time.Time {
	v, err := time.ParseInLocation("2006-01-02T15:04", string(t), loc)
	if err != nil {
		return time.Time{}
	}
	return v.UTC()
}

// Start returns the first moment of d in loc, in UTC; the zero time if d is empty.
func (d Date) Start(loc *time.Location) time.Time {
	v, err := time.Parse("2006-01-02", string(d))
	if err != nil {
		return time.Time{}
	}
	return time.Date(v.Year(), v.Month(), v.Day(), 0, 0, 0, 0, loc).UTC()
}

// End returns the first moment after d in loc, in UTC.
func (d Date) End(loc *time.Location) time.Time { return d.Add(0, 1).Start(loc) }

// Add returns the date so many months and days later. A month that lacks the
// day gives its last one.
func (d Date) Add(months, days int) Date {
	v, err := time.Parse("2006-01-02", string(d))
	if err != nil {
		return ""
	}
	first := time.Date(v.Year(), v.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.AddDate(0, 0, min(v.Day(), last)-1+days).Format("2006-01-02"))
}

// Sex as personnel records give it.
type Sex string

// Mode is how a person takes part in a half-day.
type Mode string

// Modes.
const (
	InPerson Mode = "in-person"
	Online   Mode = "online"
)

// Form says when an assessment is taken.
type Form string

// Forms.
const (
	Pre     Form = "pre"
	Post    Form = "post"
	Delayed Form = "delayed"
)

// SessionKind tells coaching between two people from a group event.
type SessionKind string

// Session kinds.
const (
	IndividualSession SessionKind = "individual"
	GroupSession      SessionKind = "group"
)

// Step is a step of GROW.
type Step string

// IfMissed says what follows when a deadline passes.
type IfMissed string

// What follows.
const (
	Decide IfMissed = "decide"
	Close  IfMissed = "close"
	Note   IfMissed = "note"
)

// Measure is what a selection ranks by.
type Measure string

// Measures.
const (
	ByScore         Measure = "score"
	ByGain          Measure = "gain"
	ByHalfDays      Measure = "half-days"
	ByFinishedFirst Measure = "finished-first"
)

// SeatIs is the state of a seat that a gate can ask for.
type SeatIs string

// SeatConfirmed is the only one.
const SeatConfirmed SeatIs = "confirmed"

// Class is the place of an indicator in the results chain.
type Class string

// Unit is what an indicator's number counts.
type Unit string

// Disclosure says whether a figure is protected.
type Disclosure string

// Disclosures.
const (
	Count     Disclosure = "count"
	Protected Disclosure = "protected"
)

// Breakdown is a dimension of a figure.
type Breakdown string

// choices lists the values of the types that have few.
var choices = map[string][]string{
	"Sex":         {"female", "male"},
	"Mode":        {"in-person", "online"},
	"Form":        {"pre", "post", "delayed"},
	"SessionKind": {"individual", "group"},
	"Step":        {"goal", "reality", "options", "will"},
	"IfMissed":    {"decide", "close", "note"},
	"Measure":     {"score", "gain", "half-days", "finished-first"},
	"SeatIs":      {"confirmed"},
	"Class":       {"output", "outcome", "impact"},
	"Unit":        {"persons", "participations", "per-cent", "points", "hours", "sessions", "days", "money"},
	"Disclosure":  {"count", "protected"},
	"Breakdown":   {"sex", "agency", "country", "rank-group", "year", "mode", "duty-station"},
}

// pattern is the written form of a scalar type, for the schema and the reader.
type pattern struct {
	re    *regexp.Regexp
	right string // what would be right, in words
	valid func(string) bool
}

var patterns = map[string]pattern{
	"Key":      {re: regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`), right: "lower-case letters and digits, words joined by hyphens, at most 40 signs, such as tip-basics", valid: func(s string) bool { return len(s) <= 40 }},
	"Language": {re: regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$`), right: "a BCP 47 language tag, such as en, ur or fa-AF"},
	"Country":  {re: regexp.MustCompile(`^[A-Z]{2}$`), right: "a country code of two capital letters (ISO 3166-1), such as PK"},
	"Currency": {re: regexp.MustCompile(`^[A-Z]{3}$`), right: "a currency code of three capital letters (ISO 4217), such as EUR"},
	"Zone":     {re: regexp.MustCompile(`^([A-Z][A-Za-z_]+(/[A-Z][A-Za-z_+-]+)+|UTC)$`), right: "an IANA time zone, such as Asia/Karachi", valid: knownZone},
	"Date":     {re: regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`), right: "a date of the Gregorian calendar, such as 2020-11-02", valid: parses("2006-01-02")},
	"LocalTime": {
		re: regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$`), right: "a date and a time without a zone, such as 2020-10-28T23:59", valid: parses("2006-01-02T15:04"),
	},
	"ClockTime": {re: regexp.MustCompile(`^\d{2}:\d{2}$`), right: `a time of day of 24 hours, such as "09:00"`, valid: parses("15:04")},
}

func parses(layout string) func(string) bool {
	return func(s string) bool { _, err := time.Parse(layout, s); return err == nil }
}

func knownZone(s string) bool { _, err := time.LoadLocation(s); return err == nil }
