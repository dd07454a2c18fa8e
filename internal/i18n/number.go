package i18n

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// numberFormat is how a language writes numbers, from its locale.msg.
type numberFormat struct {
	decimal, group string
}

func (c *catalogue) readNumbers() numberFormat {
	get := func(key, otherwise string) string {
		if s := c.raw(key); s != "" {
			return s
		}
		return otherwise
	}
	return numberFormat{decimal: get("locale.decimal", "."), group: get("locale.group", ",")}
}

// Numerals lists the digit sets that a person can choose (CLDR's names).
func Numerals() []string { return []string{"latn", "arabext", "arab", "beng"} }

// NumeralsName shows a digit set by its digits.
func (l *Localizer) NumeralsName(set string) string { return l.T("locale.numerals." + set) }

func digitSet(name string) *[10]rune {
	var zero rune
	switch name {
	case "arab":
		zero = '٠'
	case "arabext":
		zero = '۰'
	case "beng":
		zero = '০'
	default:
		return nil
	}
	var set [10]rune
	for i := range set {
		set[i] = zero + rune(i)
	}
	return &set
}

// Digits writes the digits 0–9 of s in the person's numerals.
func (l *Localizer) Digits(s string) string {
	if l.digits == nil {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return l.digits[r-'0']
		}
		return r
	}, s)
}

// Plain reads the digits of any numerals that a person may type as 0–9.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '০' && r <= '৯':
			return r - '০' + '0'
		}
		return r
	}, s)
}

// Int writes n as it stands, without grouping: for years, numbers of letters
// and other names made of digits.
func (l *Localizer) Int(n int) string { return l.Digits(strconv.Itoa(n)) }

// Number writes a whole number, grouped from 10,000 on.
func (l *Localizer) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "\u2212", s[1:]
	}
	if len(s) > 4 {
		var b strings.Builder
		for i := range len(s) {
			if i > 0 && (len(s)-i)%3 == 0 {
				b.WriteString(l.cat.numbers.group)
			}
			b.WriteByte(s[i])
		}
		s = b.String()
	}
	return sign + l.Digits(s)
}

// Decimal writes a number with one decimal, or none if it is whole.
func (l *Localizer) Decimal(x float64) string {
	r := math.Round(x*10) / 10
	if r == math.Trunc(r) {
		return l.Number(int64(r))
	}
	whole, frac := math.Modf(math.Abs(r))
	sign := ""
	if r < 0 {
		sign = "\u2212"
	}
	return sign + l.Number(int64(whole)) + l.cat.numbers.decimal + l.Digits(strconv.Itoa(int(math.Round(frac*10))))
}

// Percent writes a share of 1 as whole per cent.
func (l *Localizer) Percent(share float64) string {
	return l.T("locale.percent", "value", l.Number(int64(math.Round(share*100))))
}

// Bytes writes an amount of data in kB or MB of 1000, never less than 1 kB.
func (l *Localizer) Bytes(n int64) string {
	switch {
	case n < 1_000_000:
		return l.T("locale.kilobytes", "value", l.Number(max(1, (n+500)/1000)))
	case n < 1_000_000_000:
		return l.T("locale.megabytes", "value", l.Decimal(float64(n)/1e6))
	}
	return l.T("locale.gigabytes", "value", l.Decimal(float64(n)/1e9))
}

// Duration writes a length of time in its two largest units, days, hours and
// minutes; below a minute in seconds.
func (l *Localizer) Duration(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	if d < time.Minute {
		return l.T("locale.seconds", "n", int(d.Round(time.Second)/time.Second))
	}
	m := int(d.Round(time.Minute) / time.Minute)
	var parts []string
	add := func(key string, n int) {
		if n > 0 {
			parts = append(parts, l.T(key, "n", n))
		}
	}
	switch {
	case m >= 24*60:
		add("locale.days", m/(24*60))
		add("locale.hours", m%(24*60)/60)
	default:
		add("locale.hours", m/60)
		add("locale.minutes", m%60)
	}
	return strings.Join(parts, " ")
}

// List joins values as the language does: a, b and c.
func (l *Localizer) List(items ...string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	s := items[0]
	for _, it := range items[1 : len(items)-1] {
		s = l.join("locale.list.more", s, it)
	}
	return l.join("locale.list.last", s, items[len(items)-1])
}

// join does not isolate a again, which holds what was joined before.
func (l *Localizer) join(key, a, b string) string {
	m, _ := l.cat.lookup(key)
	var out strings.Builder
	for _, p := range m.plain {
		switch p.arg {
		case "a":
			out.WriteString(a)
		case "b":
			l.insert(&out, b)
		default:
			out.WriteString(p.text)
		}
	}
	return out.String()
}
