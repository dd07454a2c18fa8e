// Package yamlread reads YAML that people write by hand, and tells them
// everything that is wrong with it at once: each [Problem] has its place in the
// file, what is wrong, and what would be right. Modules, tests and the questions
// of both are read with it; what it says of them stands in one list.
//
// A reader asks a [Value] for what it expects. Whatever is missing, misspelt,
// of the wrong type or out of range is noted in the [Report] and answered by a
// zero value, so that reading goes on to the next fault. The result is of use
// only if the report stays empty.
package yamlread

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Problem is one thing to mend in a file.
type Problem struct {
	File   string
	Line   int    // from 1
	Column int    // from 1; 1 if only the line is known
	Code   string // the problem's stable name
	Args   Args   // what fills its sentence
}

// Place returns "file:line:column".
func (p Problem) Place() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// String is the line that the checker prints: the place, what is wrong, what
// would be right.
func (p Problem) String() string {
	return p.Place() + ": " + p.Wrong() + ": " + p.Right()
}

// Sort puts problems in the order of file, line and column.
func Sort(ps []Problem) {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// Args fill a problem's sentence.
type Args = map[string]any

// Report collects the problems of one or more files.
type Report struct{ Problems []Problem }

// Add notes a problem.
func (r *Report) Add(file string, line, column int, code string, args Args) {
	r.Problems = append(r.Problems, Problem{File: file, Line: max(line, 1), Column: max(column, 1), Code: code, Args: args})
}

// Value is one node of a document. The zero Value is absent.
type Value struct {
	node *yaml.Node
	file string
	skip int // lines of the file before the YAML
	to   *Report
}

// Parse reads src, which stands in file after skip lines (0 for a file of its
// own). A document that is not YAML at all is a problem too, and gives the zero
// Value.
func Parse(file string, skip int, src []byte, to *Report) Value {
	if !utf8.Valid(src) {
		to.Add(file, skip+1, 1, "yaml.encoding", nil)
		return Value{}
	}
	dec := yaml.NewDecoder(strings.NewReader(string(src)))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			to.Add(file, skip+1, 1, "yaml.empty", nil)
			return Value{}
		}
		line, what := yamlError(err)
		to.Add(file, skip+line, 1, "yaml.syntax", Args{"detail": what})
		return Value{}
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		to.Add(file, skip+1, 1, "yaml.documents", nil)
		return Value{}
	}
	v := Value{node: &doc, file: file, skip: skip, to: to}
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		v.node = doc.Content[0]
	}
	if !v.Present() {
		to.Add(file, skip+1, 1, "yaml.empty", nil)
		return Value{}
	}
	if bad := reference(v.node); bad != nil {
		Value{node: bad, file: file, skip: skip, to: to}.Problem("yaml.alias", nil)
		return Value{}
	}
	return v
}

var atLine = regexp.MustCompile(`line (\d+): (.*)`)

func yamlError(err error) (line int, what string) {
	if m := atLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits, and a wrong place is better than none
		return n, m[2]
	}
	return 1, strings.TrimPrefix(err.Error(), "yaml: ")
}

// reference finds an anchor or an alias: they can expand without bound and are
// refused.
func reference(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return n
	}
	for _, c := range n.Content {
		if bad := reference(c); bad != nil {
			return bad
		}
	}
	return nil
}

// Present reports whether the value is there and not null.
func (v Value) Present() bool { return v.node != nil && v.node.Tag != "!!null" }

// Problem notes a problem at the value's place.
func (v Value) Problem(code string, args Args) {
	if v.node == nil || v.to == nil {
		return // the absence has been noted by whoever looked for it
	}
	v.to.Add(v.file, v.skip+v.node.Line, v.node.Column, code, args)
}

// Line returns the value's line in its file.
func (v Value) Line() int {
	if v.node == nil {
		return 0
	}
	return v.skip + v.node.Line
}

// IsMapping reports whether the value is a mapping.
func (v Value) IsMapping() bool { return v.node != nil && v.node.Kind == yaml.MappingNode }

// Scalar returns the value's text with outer white space cut.
func (v Value) Scalar() string {
	if !v.Present() {
		return ""
	}
	if v.node.Kind != yaml.ScalarNode {
		v.Problem("yaml.not-text", nil)
		return ""
	}
	return strings.TrimSpace(v.node.Value)
}

// Bool returns a truth: true or false, nothing else.
func (v Value) Bool() bool {
	if !v.Present() {
		return false
	}
	switch {
	case v.node.Kind == yaml.ScalarNode && v.node.Value == "true":
		return true
	case v.node.Kind == yaml.ScalarNode && v.node.Value == "false":
	default:
		v.Problem("yaml.not-truth", Args{"got": v.node.Value})
	}
	return false
}

// Int returns a whole number from low to high.
func (v Value) Int(low, high int) int {
	if !v.Present() {
		return 0
	}
	n, err := strconv.Atoi(v.node.Value)
	if v.node.Kind != yaml.ScalarNode || err != nil || n < low || n > high {
		v.Problem("yaml.not-number", Args{"got": v.node.Value, "low": low, "high": high})
		return low
	}
	return n
}

// List returns the elements of a sequence.
func (v Value) List() []Value {
	if !v.Present() {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		v.Problem("yaml.not-list", nil)
		return nil
	}
	out := make([]Value, len(v.node.Content))
	for i, n := range v.node.Content {
		out[i] = Value{node: n, file: v.file, skip: v.skip, to: v.to}
	}
	return out
}

// Object is a mapping whose keys have been checked.
type Object struct {
	Value
	fields map[string]Value
}

// Object returns the value as a mapping that may hold the known keys only. An
// unknown key is a problem that names the known key it resembles; a key that
// stands twice is one too.
func (v Value) Object(known ...string) Object {
	o := Object{Value: v, fields: map[string]Value{}}
	if !v.Present() {
		return o
	}
	if v.node.Kind != yaml.MappingNode {
		v.Problem("yaml.not-mapping", Args{"keys": known})
		return o
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k := Value{node: v.node.Content[i], file: v.file, skip: v.skip, to: v.to}
		name := k.node.Value
		if !slices.Contains(known, name) {
			if like := Nearest(name, known); like != "" {
				k.Problem("yaml.misspelt-key", Args{"got": name, "like": like})
			} else {
				k.Problem("yaml.unknown-key", Args{"got": name, "keys": known})
			}
			continue
		}
		if _, twice := o.fields[name]; twice {
			k.Problem("yaml.key-twice", Args{"key": name})
			continue
		}
		o.fields[name] = Value{node: v.node.Content[i+1], file: v.file, skip: v.skip, to: v.to}
	}
	return o
}

// Entries returns a mapping's keys and values in the order of the file, for
// mappings whose keys are data (languages, say).
func (v Value) Entries() (keys, values []Value) {
	if !v.IsMapping() {
		return nil, nil
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		keys = append(keys, Value{node: v.node.Content[i], file: v.file, skip: v.skip, to: v.to})
		values = append(values, Value{node: v.node.Content[i+1], file: v.file, skip: v.skip, to: v.to})
	}
	return keys, values
}

// Get returns a field that may be missing.
func (o Object) Get(name string) Value { return o.fields[name] }

// Need returns a field that must be there; its absence is a problem at the
// object's place.
func (o Object) Need(name string) Value {
	f := o.fields[name]
	if !f.Present() || (f.node.Kind == yaml.ScalarNode && strings.TrimSpace(f.node.Value) == "") {
		o.Problem("yaml.missing-key", Args{"key": name})
		return Value{}
	}
	return f
}

// Nearest returns the known word that got most resembles, or "" if it resembles
// none: at most a third of its letters differ.
func Nearest(got string, known []string) string {
	best, at := "", 1+len(got)/3
	for _, k := range known {
		if d := distance(strings.ToLower(got), k); d <= at {
			best, at = k, d-1
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	before, last := []int(nil), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
