package programme

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v3"
)

// MaxSize is the largest file that Read accepts, in bytes.
const MaxSize = 1 << 20

// maxItems bounds the length of a list: of stages, days, quotas, indicators.
const maxItems = 500

// guesses bounds the problems for which the likely key is looked for: a file in which
// nothing is right would be compared with itself for minutes.
const guesses = 1000

// maxDepth bounds how deeply gates may be nested.
const maxDepth = 40

// Read parses and checks a blueprint. file is the name that problems carry. The
// error is of type [Problems] and lists everything that is wrong; the blueprint
// is nil then.
func Read(file string, data []byte) (*Blueprint, error) {
	r := &reader{file: file, at: map[string]Position{}}
	b := r.parse(data)
	if b != nil {
		r.check(b)
	}
	if len(r.problems) > 0 {
		r.problems.sort()
		return nil, r.problems
	}
	return b, nil
}

// Check returns what is wrong with a blueprint: nothing, if it can be used.
func Check(file string, data []byte) Problems {
	_, err := Read(file, data)
	var ps Problems
	errors.As(err, &ps)
	return ps
}

type reader struct {
	file     string
	problems Problems
	at       map[string]Position // where each path of the file stands
	// stageKeys and moduleKeys are all of the file, in order, once they are known.
	stageKeys, moduleKeys []string
}

// likely is [likely] for the first problems of a file.
func (r *reader) likely(s string, candidates []string) string {
	if len(r.problems) > guesses {
		return ""
	}
	return likely(s, candidates)
}

func (r *reader) report(path string, pos Position, code, what, right string) {
	r.problems = append(r.problems, Problem{File: r.file, Position: pos, Code: code, Path: path, What: what, Right: right})
}

// bad reports a problem at a path that was read, or at the nearest one above it.
func (r *reader) bad(path, code, what, right string) {
	p := path
	for {
		if pos, ok := r.at[p]; ok {
			r.report(path, pos, code, what, right)
			return
		}
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			r.report(path, Position{1, 1}, code, what, right)
			return
		}
		p = p[:i]
	}
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

// foreign finds the first byte that no text in UTF-8 holds. What begins with the mark
// of UTF-16 is read as that, and is not looked at.
func foreign(data []byte) (Position, bool) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return Position{}, false
	}
	pos := Position{1, 1}
	for rest := data; len(rest) > 0; {
		c, n := utf8.DecodeRune(rest)
		switch {
		case c == 0, c == utf8.RuneError && n == 1:
			return pos, true
		case c == '\n':
			pos = Position{pos.Line + 1, 1}
		default:
			pos.Column++
		}
		rest = rest[n:]
	}
	return Position{}, false
}

func (r *reader) parse(data []byte) *Blueprint {
	if len(data) > MaxSize {
		r.report("", Position{1, 1}, "too-large", fmt.Sprintf("the file has %d bytes", len(data)), fmt.Sprintf("at most %d", MaxSize))
		return nil
	}
	if pos, ok := foreign(data); ok {
		r.report("", pos, "encoding", "the file is not in UTF-8", "the same text, saved as UTF-8")
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decode(dec, &doc); err != nil {
		pos, what := Position{1, 1}, strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatch(what); m != nil {
			pos.Line, _ = strconv.Atoi(m[1])
			pos.Line = max(pos.Line, 1)
			what = m[2]
		}
		if errors.Is(err, io.EOF) {
			what = "the file is empty"
		}
		r.report("", pos, "not-yaml", what, "a YAML document whose first line is cadre: 1")
		return nil
	}
	var more yaml.Node
	if err := decode(dec, &more); !errors.Is(err, io.EOF) {
		r.report("", Position{max(more.Line, 1), max(more.Column, 1)}, "second-document", "the file goes on after its document", "one document per file, without ---")
	}
	if len(doc.Content) != 1 {
		r.report("", Position{1, 1}, "not-yaml", "the file is empty", "a YAML document whose first line is cadre: 1")
		return nil
	}
	b := &Blueprint{}
	r.value("", doc.Content[0], reflect.ValueOf(b).Elem(), field{}, 0)
	return b
}

// decode turns a panic of the YAML parser, should there be one, into an error.
func decode(dec *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("not readable: %v", p)
		}
	}()
	return dec.Decode(n)
}

// field is what a struct field's tags say.
type field struct {
	name     string
	doc      string
	index    int
	need     bool
	block    bool
	min, max *int
	enum     []string
}

func fields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		if name == "" {
			continue
		}
		x := field{name: name, doc: f.Tag.Get("doc"), index: i, need: f.Tag.Get("need") == "yes", block: f.Tag.Get("block") == "yes"}
		for tag, dst := range map[string]**int{"min": &x.min, "max": &x.max} {
			if s, ok := f.Tag.Lookup(tag); ok {
				n, _ := strconv.Atoi(s)
				*dst = &n
			}
		}
		if s := f.Tag.Get("enum"); s != "" {
			x.enum = strings.Split(s, ",")
		}
		out = append(out, x)
	}
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// kindOf says what a node is, for people.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping (key: value)"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if n.Tag == "!!null" {
		return "empty"
	}
	v := n.Value
	if len([]rune(v)) > 40 {
		v = string([]rune(v)[:40]) + "…"
	}
	return strconv.Quote(v)
}

func (r *reader) wrong(path string, n *yaml.Node, right string) {
	r.report(path, Position{n.Line, n.Column}, "wrong-kind", fmt.Sprintf("%s is %s", last(path), kindOf(n)), right)
}

func last(path string) string {
	if path == "" {
		return "the file"
	}
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[i+1:]
	}
	return path
}

func (r *reader) value(path string, n *yaml.Node, v reflect.Value, f field, depth int) {
	r.at[path] = Position{n.Line, n.Column}
	if depth > maxDepth {
		r.report(path, Position{n.Line, n.Column}, "too-deep", "this is nested too deeply", fmt.Sprintf("at most %d levels", maxDepth))
		return
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.report(path, Position{n.Line, n.Column}, "anchor", "anchors and aliases are not used in blueprints", "write it out")
		return
	}
	t := v.Type()
	switch {
	case t == reflect.TypeFor[Text]():
		r.text(path, n, v)
	case t.Kind() == reflect.Pointer:
		p := reflect.New(t.Elem())
		r.value(path, n, p.Elem(), f, depth)
		v.Set(p)
	case t.Kind() == reflect.Struct:
		r.mapping(path, n, v, depth)
	case t.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			r.wrong(path, n, "a list, each item on a line of its own after a hyphen")
			return
		}
		if len(n.Content) > maxItems {
			r.report(path, Position{n.Line, n.Column}, "too-many", fmt.Sprintf("%s has %d items", last(path), len(n.Content)), fmt.Sprintf("at most %d", maxItems))
			return
		}
		out := reflect.MakeSlice(t, len(n.Content), len(n.Content))
		for i, c := range n.Content {
			r.value(fmt.Sprintf("%s[%d]", path, i), c, out.Index(i), f, depth+1)
		}
		v.Set(out)
	default:
		if !r.unseen(path, n) {
			r.scalar(path, n, v, f)
		}
	}
}

// unseen reports a value that holds signs which nobody sees: those that control a
// terminal, and those that make what follows read backwards.
func (r *reader) unseen(path string, n *yaml.Node) bool {
	i := strings.IndexFunc(n.Value, func(c rune) bool {
		return unicode.IsControl(c) && c != '\n' && c != '\t' || c == '\u202d' || c == '\u202e'
	})
	if n.Kind != yaml.ScalarNode || i < 0 {
		return false
	}
	c, _ := utf8.DecodeRuneInString(n.Value[i:])
	r.report(path, Position{n.Line, n.Column}, "unseen", fmt.Sprintf("%s holds a sign that nobody sees (%U)", last(path), c), "the text without it")
	return true
}

func (r *reader) text(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.MappingNode {
		r.wrong(path, n, "the text by language: {en: …, ur: …}")
		return
	}
	out := Text{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		p := join(path, k.Value)
		r.at[p] = Position{k.Line, k.Column}
		if !patterns["Language"].re.MatchString(k.Value) {
			r.report(p, Position{k.Line, k.Column}, "bad-value", strconv.Quote(k.Value)+" is not a language", patterns["Language"].right)
			continue
		}
		if _, dup := out[Language(k.Value)]; dup {
			r.report(p, Position{k.Line, k.Column}, "duplicate-key", fmt.Sprintf("%s is written twice", k.Value), "each language once")
			continue
		}
		if c.Kind != yaml.ScalarNode || c.Tag == "!!null" || strings.TrimSpace(c.Value) == "" || c.Anchor != "" {
			r.wrong(p, c, "the text in this language")
			continue
		}
		if r.unseen(p, c) {
			continue
		}
		out[Language(k.Value)] = strings.TrimSpace(c.Value)
	}
	v.Set(reflect.ValueOf(out))
}

func (r *reader) mapping(path string, n *yaml.Node, v reflect.Value, depth int) {
	if n.Kind != yaml.MappingNode {
		r.wrong(path, n, "a mapping of keys to values")
		return
	}
	fs := fields(v.Type())
	byName := map[string]field{}
	var names []string
	for _, f := range fs {
		byName[f.name] = f
		names = append(names, f.name)
	}
	seen := map[string]Position{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		pos := Position{k.Line, k.Column}
		f, ok := byName[k.Value]
		if !ok {
			right := "one of " + list(names)
			if l := r.likely(k.Value, names); l != "" {
				right = "did you mean " + l + "?"
			}
			r.report(join(path, k.Value), pos, "unknown-key", strconv.Quote(k.Value)+" is not known here", right)
			continue
		}
		if first, dup := seen[k.Value]; dup {
			r.report(join(path, k.Value), pos, "duplicate-key", k.Value+" is written twice", fmt.Sprintf("once; it stands in line %d already", first.Line))
			continue
		}
		seen[k.Value] = pos
		r.value(join(path, f.name), c, v.Field(f.index), f, depth+1)
		if f.block {
			r.at[join(path, f.name)] = pos
		}
	}
	for _, f := range fs {
		if _, ok := seen[f.name]; f.need && !ok {
			r.report(join(path, f.name), Position{n.Line, n.Column}, "missing", f.name+" is missing", strings.TrimSuffix(lower(f.doc), "."))
		}
	}
}

func lower(s string) string {
	if s == "" || len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func (r *reader) scalar(path string, n *yaml.Node, v reflect.Value, f field) {
	pos := Position{n.Line, n.Column}
	t := v.Type()
	right := "a text"
	switch t.Kind() {
	case reflect.Int:
		right = "a whole number"
	case reflect.Float64:
		right = "a number, with a point before decimals"
	case reflect.Bool:
		right = "true or false"
	}
	if p, ok := patterns[t.Name()]; ok {
		right = p.right
	}
	allowed := f.enum
	if c, ok := choices[t.Name()]; ok {
		allowed = c
	}
	if allowed != nil {
		right = list(allowed)
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.wrong(path, n, right)
		return
	}
	s := n.Value
	fail := func() {
		if l := likely(s, allowed); l != "" {
			right = "did you mean " + l + "?"
		}
		r.report(path, pos, "bad-value", fmt.Sprintf("%s is %s", last(path), kindOf(n)), right)
	}
	switch t.Kind() {
	case reflect.Int:
		x, err := strconv.Atoi(s)
		if err != nil || n.Tag == "!!str" {
			fail()
			return
		}
		switch {
		case f.min != nil && x < *f.min && f.max == nil:
			right = fmt.Sprintf("at least %d", *f.min)
			fail()
		case f.min != nil && x < *f.min, f.max != nil && x > *f.max:
			right = fmt.Sprintf("from %d to %d", *f.min, *f.max)
			fail()
		case x < -1e9 || x > 1e9:
			fail()
		default:
			v.SetInt(int64(x))
		}
	case reflect.Float64:
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || n.Tag == "!!str" || x != x || x > 1e15 || x < -1e15 {
			fail()
			return
		}
		v.SetFloat(x)
	case reflect.Bool:
		switch s {
		case "true":
			v.SetBool(true)
		case "false":
			v.SetBool(false)
		default:
			fail()
		}
	default:
		if allowed != nil {
			for _, a := range allowed {
				if s == a {
					v.SetString(s)
					return
				}
			}
			fail()
			return
		}
		if p, ok := patterns[t.Name()]; ok && (!p.re.MatchString(s) || p.valid != nil && !p.valid(s)) {
			fail()
			return
		}
		if strings.TrimSpace(s) == "" {
			fail()
			return
		}
		v.SetString(strings.TrimSpace(s))
	}
}
