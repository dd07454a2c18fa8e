package i18n

import (
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/text/language"
)

// Pseudo makes up a language out of the source language's entries and returns
// its files by name (en-XA/cohort.msg). In en-XA letters wear accents and
// sentences are a third longer; in ar-XB everything runs from right to left and
// has six plural forms. It shows that a language is added by files alone, and
// finds what a layout cannot bear before a translator does.
func Pseudo(source fs.FS, tag string) (map[string]string, error) {
	t, err := language.Parse(tag)
	if err != nil {
		return nil, err
	}
	entries, err := readFolder(source, Source)
	if err != nil {
		return nil, err
	}
	rtl := DirOf(tag) == "rtl"
	counted := map[string]string{} // key → its [other]
	for _, e := range entries {
		if e.form == "other" {
			counted[e.key] = e.value
		}
	}
	out := map[string]string{}
	write := func(file, key, value string) {
		name := tag + file[len(Source):]
		out[name] += fmt.Sprintf("%s = %s\n", key, value)
	}
	for _, e := range entries {
		switch {
		case e.key == "locale.digits" && rtl:
			write(e.file, e.key, "arab")
		case e.key == "locale.digits", e.key == "locale.decimal", e.key == "locale.group":
			write(e.file, e.key, e.value)
		case e.form == "other":
			for _, f := range forms(t) {
				write(e.file, e.key+"["+f+"]", disguise(e.value, rtl))
			}
		case e.form == "":
			write(e.file, e.key, disguise(e.value, rtl))
		case strings.HasPrefix(e.form, "="):
			write(e.file, e.key+"["+e.form+"]", disguise(e.value, rtl))
		case counted[e.key] == "":
			return nil, fmt.Errorf("i18n: %s has no [other]", e.key)
		}
	}
	return out, nil
}

const (
	latinLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	accented     = "àƀçďéƒĝĥîĵķļɱñôþɋŕšţûṽŵẋýžÀƁÇĎÉƑĜĤÎĴĶĻṀÑÔÞɊŔŠŢÛṼŴẊÝŽ"
	arabic       = "ابتثجحخدذرزسشصضطظعغفقكلمنهابتثجحخدذرزسشصضطظعغفقكلمنه"
)

// disguise writes the letters of a value, but not its placeholders, in others.
func disguise(s string, rtl bool) string {
	to := []rune(accented)
	if rtl {
		to = []rune(arabic)
	}
	var b strings.Builder
	depth, n := 0, 0
	escaped := false
	for _, r := range s {
		i := strings.IndexRune(latinLetters, r)
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case r == '{':
			depth++
		case r == '}':
			depth--
		case depth == 0 && i >= 0:
			r = to[i]
			n++
		}
		b.WriteRune(r)
	}
	if n > 0 && !rtl {
		b.WriteString(strings.Repeat("~", (n+2)/3))
	}
	return b.String()
}
