package manifest

import (
	"cmp"
	"slices"
	"strconv"

	"cadre/internal/fault"
)

// Level says what a problem means for the import.
type Level string

// The levels.
const (
	// Error keeps the package out.
	Error Level = "error"
	// Warning was repaired as its text says, or tells what will not work.
	Warning Level = "warning"
)

// Problem is one thing that is wrong with a package.
type Problem struct {
	Level Level `json:"level"`
	// File is the path in the package, empty if the archive as a whole is meant.
	File string `json:"file,omitempty"`
	// Line counts from 1; 0 if none can be told.
	Line int `json:"line,omitempty"`
	// Key names the catalogue's sentence: what is wrong and what would be right,
	// or which repair was made. Args fill it.
	Key  string     `json:"key"`
	Args fault.Args `json:"args,omitempty"`
}

// Place is file and line as tools print them.
func (p Problem) Place() string {
	switch {
	case p.Line == 0:
		return p.File
	default:
		return p.File + ":" + strconv.Itoa(p.Line)
	}
}

// String is for logs.
func (p Problem) String() string { return p.Place() + ": " + string(p.Level) + ": " + p.Key }

// Report collects problems. Its zero value is ready.
type Report struct {
	Problems []Problem
	kept     map[Level]int
}

// maxProblems is how many are kept of each level: who has more reads no more.
const maxProblems = 500

// Error adds an error.
func (r *Report) Error(file string, line int, key string, args fault.Args) {
	r.add(Problem{Error, file, line, key, args})
}

// Warn adds a warning.
func (r *Report) Warn(file string, line int, key string, args fault.Args) {
	r.add(Problem{Warning, file, line, key, args})
}

func (r *Report) add(p Problem) {
	if r.kept[p.Level] >= maxProblems {
		return
	}
	if r.kept == nil {
		r.kept = map[Level]int{}
	}
	r.kept[p.Level]++
	r.Problems = append(r.Problems, p)
}

// Bad reports whether there is an error.
func (r *Report) Bad() bool {
	return r.kept[Error] > 0
}

// Sort puts errors first, then by file and line.
func (r *Report) Sort() {
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
