package i18n

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/unicode/bidi"

	"cadre/internal/civil"
	"cadre/internal/fault"
)

// Prefs is what a person has chosen. The zero Prefs is English, Gregorian, UTC.
type Prefs struct {
	Lang     string         // BCP 47 tag
	Calendar civil.Calendar // Gregorian if empty
	Zone     string         // IANA name; UTC if empty
	Digits   string         // latn, arabext or arab; the language's own if empty
}

// Localizer says things to one person. It does not change.
type Localizer struct {
	prefs  Prefs
	cat    *catalogue
	lang   string
	loc    *time.Location
	digits *[10]rune // nil for 0–9
}

// Key is a catalogue key as an argument of T: the sentence that it names is
// inserted.
type Key string

// For returns a localiser of the shipped catalogues.
func For(p Prefs) *Localizer { return Shipped().For(p) }

// For returns a localiser. An unknown language becomes the source language, an
// unknown zone UTC.
func (b *Bundle) For(p Prefs) *Localizer {
	p.Lang = b.Match(p.Lang)
	if p.Calendar == "" {
		p.Calendar = civil.Gregorian
	}
	loc, err := civil.Zone(p.Zone)
	if err != nil {
		p.Zone, loc = "UTC", time.UTC
	}
	c := b.langs[p.Lang]
	if p.Digits == "" {
		p.Digits = c.raw("locale.digits")
	}
	return &Localizer{prefs: p, cat: c, lang: p.Lang, loc: loc, digits: digitSet(p.Digits)}
}

type contextKey struct{}

// With returns a context that speaks with l.
func With(ctx context.Context, l *Localizer) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// From returns the localiser of ctx, or the source language's if there is none.
func From(ctx context.Context) *Localizer {
	if l, ok := ctx.Value(contextKey{}).(*Localizer); ok {
		return l
	}
	return For(Prefs{})
}

// T is short for From(ctx).T.
func T(ctx context.Context, key string, args ...any) string { return From(ctx).T(key, args...) }

// Lang returns the language's tag.
func (l *Localizer) Lang() string { return l.lang }

// Dir returns ltr or rtl.
func (l *Localizer) Dir() string { return dirName(l.cat.rtl) }

// Prefs returns the preferences in force, with defaults filled in.
func (l *Localizer) Prefs() Prefs { return l.prefs }

// Location returns the person's time zone.
func (l *Localizer) Location() *time.Location { return l.loc }

// Today returns the person's date at an instant.
func (l *Localizer) Today(now time.Time) civil.Date { return civil.Of(now, l.loc) }

// Has reports whether the catalogues know a key.
func (l *Localizer) Has(key string) bool {
	m, _ := l.cat.lookup(key)
	return m != nil
}

// T returns the sentence that key names. args are names and values in turn, or
// one [fault.Args] or map[string]any. A key that no catalogue knows is returned
// as it is; a placeholder without a value stays visible. Tests find both.
func (l *Localizer) T(key string, args ...any) string {
	m, c := l.cat.lookup(key)
	if m == nil {
		return key
	}
	a := arguments{list: args}
	if len(args) == 1 {
		switch v := args[0].(type) {
		case fault.Args:
			a = arguments{named: v}
		case map[string]any:
			a = arguments{named: v}
		}
	}
	t := m.plain
	if m.count {
		t = m.choose(c, a)
	}
	if len(t) == 1 && t[0].arg == "" {
		return t[0].text
	}
	var b strings.Builder
	for _, p := range t {
		if p.arg == "" {
			b.WriteString(p.text)
			continue
		}
		v, ok := a.get(p.arg)
		if !ok {
			b.WriteString("{" + p.arg + "}")
			continue
		}
		l.insert(&b, l.value(v))
	}
	return b.String()
}

// Error returns the sentence of the first fault in err's chain, or the sentence
// of an internal fault. It returns "" for nil.
func (l *Localizer) Error(err error) string {
	if err == nil {
		return ""
	}
	var f *fault.Error
	if errors.As(err, &f) {
		if l.Has(f.Key) {
			return l.T(f.Key, f.Args)
		}
		return l.T("fault." + f.Kind.String())
	}
	return l.T("fault.internal")
}

type arguments struct {
	list  []any
	named map[string]any
}

func (a arguments) get(name string) (any, bool) {
	if a.named != nil {
		v, ok := a.named[name]
		return v, ok
	}
	for i := 0; i+1 < len(a.list); i += 2 {
		if s, ok := a.list[i].(string); ok && s == name {
			return a.list[i+1], true
		}
	}
	return nil, false
}

// choose picks the plural form by the argument named n.
func (m *message) choose(c *catalogue, a arguments) template {
	v, _ := a.get("n")
	var f plural.Form
	if n, ok := whole(v); ok {
		if t := m.byNum[n]; t != nil {
			return t
		}
		if n < 0 {
			n = -n
		}
		f = plural.Cardinal.MatchPlural(c.tag, int(n%10_000_000), 0, 0, 0, 0)
	} else if x, ok := v.(float64); ok {
		// Shown with one decimal where it is not whole (see Number).
		tenths := int(abs(x)*10+0.5) % 10
		w := 0
		if tenths != 0 {
			w = 1
		}
		f = plural.Cardinal.MatchPlural(c.tag, int(abs(x)+0.05)%10_000_000, w, w, tenths, tenths)
	}
	if t := m.form[formIndex(f)]; t != nil {
		return t
	}
	return m.form[other]
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case uint8:
		return int64(n), true
	case uint64:
		return int64(n), true
	case float64:
		if n == float64(int64(n)) {
			return int64(n), true
		}
	}
	return 0, false
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}

// value writes an argument as its type wants it.
func (l *Localizer) value(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case Key:
		return l.T(string(x))
	case Text:
		return l.Text(x).Text
	case float64:
		return l.Decimal(x)
	case civil.Date:
		return l.Date(x)
	case civil.Range:
		return l.Dates(x)
	case civil.DateTime:
		return l.DateTime(x)
	case time.Time:
		return l.Instant(x)
	case time.Duration:
		return l.Duration(x)
	case []string:
		return l.List(x...)
	case error:
		return l.Error(x)
	case nil:
		return ""
	}
	if n, ok := whole(v); ok {
		return l.Number(n)
	}
	return fmt.Sprint(v)
}

// First strong isolate, and its end (Unicode Standard Annex 9).
const (
	isolate    = "\u2068"
	isolateEnd = "\u2069"
)

// insert writes a value, isolated if it could disturb the order of the
// sentence: if it holds a letter of the other direction, or, in a sentence from
// right to left, digits beside signs, as codes and telephone numbers do.
func (l *Localizer) insert(b *strings.Builder, s string) {
	if !l.disturbs(s) {
		b.WriteString(s)
		return
	}
	b.WriteString(isolate)
	b.WriteString(s)
	b.WriteString(isolateEnd)
}

// Isolate wraps s if it could disturb the order of a sentence around it.
func (l *Localizer) Isolate(s string) string {
	if l.disturbs(s) {
		return isolate + s + isolateEnd
	}
	return s
}

func (l *Localizer) disturbs(s string) bool {
	digit, sign, letter := false, false, false
	for i, r := range s {
		if r < 0x80 {
			switch {
			case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
				if l.cat.rtl {
					return true
				}
			case r >= '0' && r <= '9':
				digit = true
			case r == '+' || r == '-' || r == '/' || r == '.' && i < len(s)-1 || r == ':' || r == '#':
				sign = true
			}
			continue
		}
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			if l.cat.rtl {
				return true
			}
		case bidi.R, bidi.AL:
			if !l.cat.rtl {
				return true
			}
			letter = true
		}
	}
	return l.cat.rtl && digit && sign && !letter
}
