package statement

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// IRI reports whether s is an absolute IRI (RFC 3987): a scheme, and none of the
// characters that an IRI never has.
func IRI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || scheme == "" || rest == "" {
		return false
	}
	for i := range len(scheme) {
		c := scheme[i] | 0x20
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || (scheme[i] < '0' || scheme[i] > '9') && scheme[i] != '+' && scheme[i] != '-' && scheme[i] != '.') {
			return false
		}
	}
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c <= ' ' || c == 0x7f || strings.IndexByte(`<>"{}|\^`+"`", c) >= 0:
			return false
		case c == '%':
			if i+2 >= len(rest) || !isHex(rest[i+1:i+3]) {
				return false
			}
		}
	}
	return true
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// UUID is the 16 bytes of a UUID (RFC 9562).
type UUID [16]byte

// ParseUUID reads the text form of a UUID of a version and variant that RFC 4122
// or RFC 9562 define, in either case.
func ParseUUID(s string) (UUID, bool) {
	var u UUID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, false
	}
	var b [32]byte
	n := copy(b[:], s[:8])
	n += copy(b[n:], s[9:13])
	n += copy(b[n:], s[14:18])
	n += copy(b[n:], s[19:23])
	copy(b[n:], s[24:])
	if _, err := hex.Decode(u[:], b[:]); err != nil {
		return u, false
	}
	version, variant := u[6]>>4, u[8]>>6
	return u, version >= 1 && version <= 8 && variant == 2
}

// String returns the text form, in lower case.
func (u UUID) String() string {
	var b [36]byte
	hex.Encode(b[0:8], u[0:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:], u[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// number reads n digits.
func number(s string, at, n int) (int, bool) {
	if at+n > len(s) {
		return 0, false
	}
	v := 0
	for _, c := range []byte(s[at : at+n]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	return v, true
}

// ParseTime reads an instant of ISO 8601 as xAPI uses it: RFC 3339, and of the
// wider form an offset of hours alone or without the colon, and no offset at
// all, which is UTC. A negative offset of nothing is refused, as is a time that
// is not on the calendar. A leap second is taken as the second after it.
func ParseTime(s string) (time.Time, error) {
	bad := func(why string) (time.Time, error) { return time.Time{}, fmt.Errorf("is no timestamp: %s", why) }
	year, ok1 := number(s, 0, 4)
	month, ok2 := number(s, 5, 2)
	day, ok3 := number(s, 8, 2)
	hour, ok4 := number(s, 11, 2)
	minute, ok5 := number(s, 14, 2)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || s[4] != '-' || s[7] != '-' || s[13] != ':' ||
		s[10] != 'T' && s[10] != 't' && s[10] != ' ' {
		return bad("write it as 2020-11-02T09:00:00Z")
	}
	at := 16
	var second, nanos int
	if at < len(s) && s[at] == ':' {
		var ok bool
		if second, ok = number(s, at+1, 2); !ok {
			return bad("its seconds are not two digits")
		}
		at += 3
		if at < len(s) && (s[at] == '.' || s[at] == ',') {
			at++
			from, unit := at, 100_000_000
			for ; at < len(s) && s[at] >= '0' && s[at] <= '9'; at++ {
				nanos += int(s[at]-'0') * unit
				unit /= 10
			}
			if at == from {
				return bad("its fraction has no digits")
			}
		}
	} else {
		return bad("it lacks seconds")
	}
	offset, err := parseOffset(s[at:])
	if err != nil {
		return bad(err.Error())
	}
	t := time.Date(year, time.Month(month), day, hour, minute, min(second, 59), nanos, time.UTC)
	if month < 1 || month > 12 || t.Day() != day || day < 1 || hour > 23 || minute > 59 || second > 60 {
		return bad("it is not on the calendar")
	}
	if second == 60 {
		t = t.Add(time.Second)
	}
	return t.Add(-offset), nil
}

func parseOffset(s string) (time.Duration, error) {
	if s == "" || s == "Z" || s == "z" {
		return 0, nil
	}
	wrong := fmt.Errorf("its offset is not Z or as +05:00")
	if s[0] != '+' && s[0] != '-' {
		return 0, wrong
	}
	hours, ok := number(s, 1, 2)
	if !ok {
		return 0, wrong
	}
	minutes := 0
	if rest := strings.TrimPrefix(s[3:], ":"); rest != "" {
		if minutes, ok = number(rest, 0, 2); !ok || len(rest) != 2 {
			return 0, wrong
		}
	} else if len(s) > 3 {
		return 0, wrong
	}
	if hours > 23 || minutes > 59 {
		return 0, wrong
	}
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		if d == 0 {
			return 0, fmt.Errorf("an offset of nothing is not negative")
		}
		d = -d
	}
	return d, nil
}

// FormatTime writes an instant as xAPI reads it, in UTC, with microseconds.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// Duration reports whether s is a duration of ISO 8601: P3Y6M4DT12H30M5.5S or
// P4W. Only its smallest part may have a fraction.
func Duration(s string) bool {
	rest, ok := strings.CutPrefix(s, "P")
	if !ok {
		return false
	}
	units, parts, fraction, inTime := "YMWD", 0, false, false
	weeks := false
	for rest != "" {
		if rest[0] == 'T' {
			if inTime || len(rest) == 1 {
				return false
			}
			units, inTime, rest = "HMS", true, rest[1:]
			continue
		}
		n := 0
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		if n == 0 || fraction {
			return false
		}
		if n < len(rest) && (rest[n] == '.' || rest[n] == ',') {
			fraction = true
			m := n + 1
			for m < len(rest) && rest[m] >= '0' && rest[m] <= '9' {
				m++
			}
			if m == n+1 {
				return false
			}
			n = m
		}
		if n == len(rest) {
			return false
		}
		at := strings.IndexByte(units, rest[n])
		if at < 0 {
			return false
		}
		weeks = weeks || rest[n] == 'W'
		units, rest = units[at+1:], rest[n+1:]
		parts++
	}
	return parts > 0 && (!weeks || parts == 1)
}

// LanguageTag reports whether s is a well-formed tag of RFC 5646.
func LanguageTag(s string) bool {
	subtags := strings.Split(s, "-")
	for _, t := range subtags {
		if t == "" || len(t) > 8 || !alphanumeric(t) {
			return false
		}
	}
	first := subtags[0]
	switch {
	case strings.EqualFold(first, "x"):
		return len(subtags) > 1
	case strings.EqualFold(first, "i"):
		return len(subtags) > 1 // grandfathered: i-klingon
	case len(first) < 2 || !alphabetic(first):
		return false
	}
	rest := subtags[1:]
	take := func(fits func(string) bool) bool {
		if len(rest) > 0 && fits(rest[0]) {
			rest = rest[1:]
			return true
		}
		return false
	}
	if len(first) <= 3 {
		for range 3 {
			if !take(func(t string) bool { return len(t) == 3 && alphabetic(t) }) {
				break
			}
		}
	}
	take(func(t string) bool { return len(t) == 4 && alphabetic(t) })
	take(func(t string) bool { return len(t) == 2 && alphabetic(t) || len(t) == 3 && digits(t) })
	for take(func(t string) bool { return len(t) >= 5 || len(t) == 4 && t[0] >= '0' && t[0] <= '9' }) {
	}
	for len(rest) > 0 {
		if len(rest[0]) != 1 {
			return false
		}
		private := strings.EqualFold(rest[0], "x")
		rest = rest[1:]
		n := 0
		for take(func(t string) bool { return private || len(t) >= 2 }) {
			n++
		}
		if n == 0 {
			return false
		}
		if private {
			return len(rest) == 0
		}
	}
	return true
}

func alphabetic(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// mailto reports whether s is mailto: with one address.
func mailto(s string) bool {
	address, ok := strings.CutPrefix(s, "mailto:")
	local, domain, at := strings.Cut(address, "@")
	return ok && at && local != "" && domain != "" && !strings.ContainsAny(address, " \t\r\n<>,;?") && !strings.Contains(domain, "@")
}

// mediaType reports whether s is an Internet media type: type/subtype, with
// parameters or without.
func mediaType(s string) bool {
	full, _, _ := strings.Cut(s, ";")
	kind, sub, ok := strings.Cut(strings.TrimSpace(full), "/")
	return ok && token(kind) && token(sub)
}

func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?=`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
