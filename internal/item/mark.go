package item

import (
	"math/big"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Response is what a person answered. Which field counts depends on the item's
// kind; options, things and pairs are named by their place in the item as
// written, which never changes within one version.
type Response struct {
	// Chosen holds the options chosen, ascending.
	Chosen []int `json:"chosen,omitempty"`
	// Order holds, for each thing of the right order, the place given to it
	// (from 0), or -1 for none.
	Order []int `json:"order,omitempty"`
	// Match holds, for each left side, the pair whose right side was put beside
	// it, or -1 for none.
	Match []int `json:"match,omitempty"`
	// Written holds a number or a short answer as typed.
	Written string `json:"written,omitempty"`
}

// Empty reports whether nothing was answered.
func (r Response) Empty() bool {
	none := func(xs []int) bool { return !slices.ContainsFunc(xs, func(x int) bool { return x >= 0 }) }
	return len(r.Chosen) == 0 && none(r.Order) && none(r.Match) && strings.TrimSpace(r.Written) == ""
}

// Mark reports whether r is the right answer, and the points it earns: all or
// none. An answer that does not fit the item is not right; it is never an error,
// since the item may have been mended after the answer was given.
func (it *Item) Mark(r Response) (right bool, points int) {
	switch it.Kind {
	case Single, Multiple, TrueFalse:
		right = slices.Equal(sorted(r.Chosen), it.correct())
	case Order:
		right = len(it.Sequence) > 0 && identity(r.Order, len(it.Sequence))
	case Match:
		right = len(it.Pairs) > 0 && it.matched(r.Match)
	case Number:
		right = it.near(r.Written)
	case Short:
		said := Fold(r.Written)
		right = said != "" && slices.ContainsFunc(it.Accept, func(a string) bool { return Fold(a) == said })
	}
	if right {
		points = it.Points
	}
	return right, points
}

func (it *Item) correct() []int {
	var out []int
	for i, o := range it.Options {
		if o.Correct {
			out = append(out, i)
		}
	}
	return out
}

func sorted(xs []int) []int {
	out := slices.Clone(xs)
	slices.Sort(out)
	return slices.Compact(out)
}

func identity(xs []int, n int) bool {
	if len(xs) != n {
		return false
	}
	for i, x := range xs {
		if x != i {
			return false
		}
	}
	return true
}

// matched holds if every left side got its own right side, or one that reads
// the same in every language (two lefts may share a right).
func (it *Item) matched(xs []int) bool {
	if len(xs) != len(it.Pairs) {
		return false
	}
	for i, x := range xs {
		if x < 0 || x >= len(it.Pairs) || !it.sameRight(i, x) {
			return false
		}
	}
	return true
}

func (it *Item) sameRight(i, j int) bool {
	a, b := it.Pairs[i].Right, it.Pairs[j].Right
	if i == j {
		return true
	}
	for l, s := range a {
		if b[l] != s {
			return false
		}
	}
	return len(a) == len(b)
}

func (it *Item) near(written string) bool {
	got, ok := Decimal(written)
	if !ok {
		return false
	}
	want, ok := Decimal(it.Answer)
	if !ok {
		return false
	}
	tol, ok := Decimal(it.Tolerance)
	if !ok {
		tol = new(big.Rat)
	}
	d := new(big.Rat).Sub(got, want)
	return d.Abs(d).Cmp(tol) <= 0
}

// Decimal reads a number as people type it: with the digits of any script
// (۱۲٫۵, ١٢٫٥, ১২.৫), with spaces or thousands separators between groups of
// three, with a decimal point, and with a final per cent sign. A single comma
// that is followed by other than three digits is a decimal comma.
func Decimal(s string) (*big.Rat, bool) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	s = strings.TrimSpace(strings.TrimRight(s, "%٪"))
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			b.WriteByte('0' + digit(r))
		case r == '٫':
			b.WriteByte('.')
		case r == '٬' || r == ',':
			b.WriteByte(',')
		case r == '−' || r == '-' || r == '+' || r == '.':
			if r == '−' {
				r = '-'
			}
			b.WriteRune(r)
		case r == ' ' || r == '\u202f':
		default:
			return nil, false
		}
	}
	t := b.String()
	if i := strings.LastIndexByte(t, ','); i >= 0 {
		if strings.Count(t, ",") == 1 && !strings.Contains(t, ".") && len(t)-i-1 != 3 {
			t = strings.Replace(t, ",", ".", 1)
		}
		t = strings.ReplaceAll(t, ",", "")
	}
	if len(t) > 40 {
		return nil, false
	}
	return new(big.Rat).SetString(t)
}

// digit returns the value of a decimal digit of any script. Unicode keeps each
// script's ten digits together, from zero to nine.
func digit(r rune) byte {
	for _, g := range unicode.Nd.R16 {
		if rune(g.Lo) <= r && r <= rune(g.Hi) {
			return byte((r - rune(g.Lo)) % 10)
		}
	}
	for _, g := range unicode.Nd.R32 {
		if rune(g.Lo) <= r && r <= rune(g.Hi) {
			return byte((r - rune(g.Lo)) % 10)
		}
	}
	return 0
}

// Fold brings a short answer to the form in which it is compared: no accents or
// vowel signs, one case, one form of each Arabic letter (ي/ی, ك/ک, ة/ہ/ه, أ/إ/آ/ا),
// letters and digits only, single spaces.
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(s) {
		switch r {
		case 'ي', 'ى':
			r = 'ی'
		case 'ك':
			r = 'ک'
		case 'ة', 'ۃ', 'ہ', 'ھ', 'ۂ':
			r = 'ه'
		case 'ٱ':
			r = 'ا'
		}
		switch {
		case unicode.Is(unicode.Mn, r) || r == 'ـ' || r == '\u200c' || r == '\u200d':
		case unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteByte('0' + digit(r))
		case unicode.IsLetter(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return b.String()
}
