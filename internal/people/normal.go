package people

import (
	"strings"
	"unicode"

	"cadre/internal/i18n"
)

// Normal returns a name as names are compared: see [i18n.Fold].
func Normal(s string) string { return i18n.Fold(s) }

// Sound returns a key under which a name and its transliterations meet: the
// consonants of each word of [Normal], in one alphabet, without the vowels that
// transliterations disagree on. Saima and صائمہ have one sound, as have Fatima
// and Fatemeh. It is a help for finding, and no proof that two names are one:
// many different names share a sound.
func Sound(s string) string {
	words := strings.Fields(Normal(s))
	out := words[:0]
	for _, w := range words {
		if k := sound(w); k != "" {
			out = append(out, k)
		}
	}
	return strings.Join(out, " ")
}

// sound keys one normalised word.
func sound(word string) string {
	rs := []rune(word)
	var out []rune
	put := func(k rune) {
		if n := len(out); n > 0 && out[n-1] == k {
			return // doubled letters count once
		}
		out = append(out, k)
	}
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		next := rune(0)
		if i+1 < len(rs) {
			next = rs[i+1]
		}
		if next == 'h' || next == 'ہ' {
			if k, ok := digraph(r); ok {
				put(k)
				i++
				continue
			}
		}
		k, kind := letter(r)
		switch kind {
		case consonant:
			put(k)
			if r == 'x' {
				put('s')
			}
		case weak:
			if i == 0 {
				put(k)
			}
		case other:
			put(r)
		}
	}
	return string(out)
}

// digraph returns the sound of a letter that an h follows, in either script.
func digraph(r rune) (rune, bool) {
	switch r {
	case 's':
		return 'š', true
	case 'c', 'چ':
		return 'c', true
	case 'p', 'پ':
		return 'f', true
	case 'k', 'ک':
		return 'k', true
	case 'g', 'گ':
		return 'g', true
	case 't', 'ت', 'ٹ':
		return 't', true
	case 'd', 'د', 'ڈ':
		return 'd', true
	case 'b', 'ب':
		return 'b', true
	case 'j', 'ج':
		return 'j', true
	case 'z':
		return 'z', true
	}
	return 0, false
}

type strength uint8

const (
	other     strength = iota // of neither script: kept as it is
	consonant                 // always heard
	weak                      // heard at the beginning of a word alone
)

// letter returns the sound of a normalised Latin or Arabic letter.
func letter(r rune) (rune, strength) {
	switch r {
	case 'a', 'e', 'i', 'o', 'u', 'ا', 'ع', 'آ':
		return 'a', weak
	case 'y', 'ی':
		return 'y', weak
	case 'w', 'v', 'و':
		return 'w', weak
	case 'h', 'ہ', 'ح':
		return 'h', weak
	case 'b', 'ب':
		return 'b', consonant
	case 'p', 'پ':
		return 'p', consonant
	case 'f', 'ف':
		return 'f', consonant
	case 't', 'ت', 'ط', 'ٹ':
		return 't', consonant
	case 's', 'س', 'ص', 'ث':
		return 's', consonant
	case 'ش':
		return 'š', consonant
	case 'j', 'ج':
		return 'j', consonant
	case 'چ':
		return 'c', consonant
	case 'c', 'k', 'q', 'x', 'ک', 'ق', 'خ':
		return 'k', consonant
	case 'g', 'گ', 'غ':
		return 'g', consonant
	case 'd', 'د', 'ڈ':
		return 'd', consonant
	case 'z', 'ز', 'ذ', 'ض', 'ظ', 'ژ':
		return 'z', consonant
	case 'r', 'ر', 'ڑ':
		return 'r', consonant
	case 'l', 'ل':
		return 'l', consonant
	case 'm', 'م':
		return 'm', consonant
	case 'n', 'ن':
		return 'n', consonant
	}
	return 0, other
}

// ScriptOf returns the ISO 15924 code of the script in which s is mostly
// written: Latn, Arab, Beng, or Zyyy if of none of these.
func ScriptOf(s string) string {
	var latin, arabic, bengali int
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.Is(unicode.Arabic, r):
			arabic++
		case unicode.Is(unicode.Bengali, r):
			bengali++
		}
	}
	switch m := max(latin, arabic, bengali); {
	case m == 0:
		return "Zyyy"
	case m == arabic:
		return "Arab"
	case m == bengali:
		return "Beng"
	}
	return "Latn"
}
