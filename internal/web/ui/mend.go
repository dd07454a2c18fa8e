package ui

import "strings"

// Mend is one thing to mend in a file that was sent: the line it stands in, what
// is wrong there and what would be right. The last two are said in English, the
// language of the files' own words.
type Mend struct {
	Line         int
	Wrong, Right string
}

// lineOf is a line of a file, from 1, short enough to be read beside its problem.
func lineOf(source string, n int) string {
	lines := strings.Split(source, "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	const most = 80
	r := []rune(strings.TrimSpace(lines[n-1]))
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}
