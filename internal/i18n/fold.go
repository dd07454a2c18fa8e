package i18n

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s as names, codes and passphrases are compared, however a keyboard
// writes them: compatibility forms and case folded,
// accents, Arabic vowel signs, tatweel and joiners dropped, letter variants of
// the Arabic script (ي ی ى ئ, ك ک, آ أ إ ا, ة ه ہ …) written as one, anything
// that is neither letter nor digit turned into single blanks. It is idempotent.
//
// Which letters are variants follows the Unicode Standard, chapter 9 ("Arabic"),
// on the letters used for Persian, Urdu, Pashto and Kurdish.
func Fold(s string) string {
	var b strings.Builder
	blank := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ', unicode.Is(unicode.Cf, r):
			continue // signs above and below, tatweel, joiners and marks of direction
		case r == 'ء', r == '\'', r == '’', r == 'ʼ', r == '`', r == 'ʻ', r == 'ʿ', r == 'ʾ':
			continue // the hamza by itself, and what stands for it or for ain
		}
		if v, ok := variant(r); ok {
			r = v
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			blank = b.Len() > 0
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// variant returns the letter that stands for r among its variants.
func variant(r rune) (rune, bool) {
	switch r {
	case 'ي', 'ى', 'ې', 'ۍ', 'ێ', 'ے', 'ۓ', 'ۑ':
		return 'ی', true
	case 'ك', 'ڪ', 'ګ':
		if r == 'ګ' {
			return 'گ', true
		}
		return 'ک', true
	case 'ٱ':
		return 'ا', true
	case 'ة', 'ه', 'ۀ', 'ۃ', 'ە', 'ھ', 'ۂ':
		return 'ہ', true
	case 'ں', 'ڼ':
		return 'ن', true
	case 'ټ':
		return 'ٹ', true
	case 'ډ':
		return 'ڈ', true
	case 'ړ', 'ڕ':
		return 'ڑ', true
	case 'ڵ':
		return 'ل', true
	case 'ۆ', 'ۇ', 'ۋ':
		return 'و', true
	case 'ß':
		return 's', true
	case 'ø':
		return 'o', true
	case 'ı':
		return 'i', true
	}
	if r >= '٠' && r <= '٩' {
		return '0' + r - '٠', true
	}
	if r >= '۰' && r <= '۹' {
		return '0' + r - '۰', true
	}
	return 0, false
}
