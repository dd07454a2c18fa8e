package programme

import (
	"fmt"
	"sort"
	"strings"
)

// Position is a place in a file: line and column, both counted from 1, the
// column in characters.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Problem is one thing that is wrong with a blueprint.
type Problem struct {
	File string `json:"file"`
	Position
	// Code is the problem's stable name.
	Code string `json:"code"`
	// Path leads to the place: stages[2].gate.all[0].
	Path string `json:"path,omitempty"`
	// What is wrong, and what would be Right.
	What  string `json:"what"`
	Right string `json:"right"`
}

// String is the line that the checker prints.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", p.File, p.Line, p.Column, p.What, p.Right)
}

// Problems is everything that is wrong, in the order of the file. It is an error.
type Problems []Problem

// Error lists every problem on a line of its own.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

func (ps Problems) sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].Line != ps[j].Line {
			return ps[i].Line < ps[j].Line
		}
		return ps[i].Column < ps[j].Column
	})
}

// likely returns the candidate that a person who typed s most likely meant, or
// "" if none is near.
func likely(s string, candidates []string) string {
	best, at := "", 1+len(s)/3
	for _, c := range candidates {
		if d := distance(strings.ToLower(s), c); d <= at && (best == "" || d < at) {
			best, at = c, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that lead from a to b (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 80 || len(y) > 80 {
		return 1 << 20
	}
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

// list writes names for a sentence: "a, b or c".
func list(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
