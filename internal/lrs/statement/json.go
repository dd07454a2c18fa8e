package statement

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is the kind of a JSON value.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	False
	True
	Number
	String
	Array
	Object
)

var kindNames = [...]string{"null", "a boolean", "a boolean", "a number", "a string", "an array", "an object"}

// String says what a value of the kind is, with its article.
func (k Kind) String() string { return kindNames[k] }

// Bounds of what is read. They are far beyond any statement that is of use.
const (
	depthMax = 128
	nodesMax = 4 << 20
)

// An Error says where in a text something is wrong, and what would be right.
type Error struct {
	// Path leads to the fault: $.context.contextActivities.parent[2].id.
	Path string
	// Reason is one English sentence, for the makers of programs.
	Reason string
}

// Error returns path and reason.
func (e *Error) Error() string { return e.Path + ": " + e.Reason }

// node is one value: a span of the text, and its place in the tree.
type node struct {
	start, end       int32 // of the value
	keyStart, keyEnd int32 // of its name between the quotes, where it is a member
	parent           int32
	child, next      int32 // -1 is none
	count            int32 // children
	kind             Kind
	escaped          bool // a string with escapes
	keyEscaped       bool
}

// Doc is a JSON text as a tree of offsets.
type Doc struct {
	src   []byte
	nodes []node
}

// Value is one value of a [Doc]. The zero Value is none.
type Value struct {
	d *Doc
	i int32
}

// ParseJSON reads one JSON text, by RFC 8259 and stricter: names are unique,
// bytes are UTF-8, escapes form whole characters. src must not be changed while
// the result is in use.
func ParseJSON(src []byte) (Value, error) {
	if len(src) > math.MaxInt32 {
		return Value{}, &Error{"$", "is too long"}
	}
	p := parser{d: &Doc{src: src, nodes: make([]node, 0, 16+len(src)/16)}, src: src}
	p.space()
	if err := p.value(-1, 0, node{}); err != nil {
		return Value{}, err
	}
	p.space()
	if p.at < len(src) {
		return Value{}, p.fail(0, "has something behind its end")
	}
	return Value{p.d, 0}, nil
}

type parser struct {
	d   *Doc
	src []byte
	at  int
}

func (p *parser) fail(n int32, format string, args ...any) error {
	path := "$"
	if n >= 0 && int(n) < len(p.d.nodes) {
		path = Value{p.d, n}.Path()
	}
	return &Error{path, fmt.Sprintf(format, args...) + " (byte " + strconv.Itoa(p.at) + ")"}
}

func (p *parser) space() {
	for p.at < len(p.src) {
		switch p.src[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// value reads a value into a new node below parent. name holds what is known of
// its name already.
func (p *parser) value(parent int32, depth int, name node) error {
	if depth > depthMax {
		return p.fail(parent, "is nested deeper than %d", depthMax)
	}
	if len(p.d.nodes) >= nodesMax {
		return p.fail(parent, "holds too many values")
	}
	if p.at >= len(p.src) {
		return p.fail(parent, "ends too early")
	}
	i := int32(len(p.d.nodes))
	p.d.nodes = append(p.d.nodes, node{
		start: int32(p.at), parent: parent, child: -1, next: -1,
		keyStart: name.keyStart, keyEnd: name.keyEnd, keyEscaped: name.keyEscaped,
	})
	var err error
	switch c := p.src[p.at]; {
	case c == '{':
		err = p.object(i, depth)
	case c == '[':
		err = p.array(i, depth)
	case c == '"':
		var escaped bool
		if escaped, err = p.str(i); err == nil {
			p.d.nodes[i].kind, p.d.nodes[i].escaped = String, escaped
		}
	case c == '-' || c >= '0' && c <= '9':
		p.d.nodes[i].kind = Number
		err = p.number(i)
	default:
		err = p.word(i)
	}
	p.d.nodes[i].end = int32(p.at)
	return err
}

func (p *parser) word(i int32) error {
	for word, kind := range map[string]Kind{"true": True, "false": False, "null": Null} {
		if bytes.HasPrefix(p.src[p.at:], []byte(word)) {
			p.at += len(word)
			p.d.nodes[i].kind = kind
			return nil
		}
	}
	return p.fail(i, "is not JSON")
}

func (p *parser) digits() int {
	n := 0
	for p.at < len(p.src) && p.src[p.at] >= '0' && p.src[p.at] <= '9' {
		p.at++
		n++
	}
	return n
}

func (p *parser) number(i int32) error {
	bad := func() error { return p.fail(i, "is not a number as JSON writes it") }
	if p.src[p.at] == '-' {
		p.at++
	}
	lead := p.at
	if n := p.digits(); n == 0 || n > 1 && p.src[lead] == '0' {
		return bad()
	}
	if p.at < len(p.src) && p.src[p.at] == '.' {
		p.at++
		if p.digits() == 0 {
			return bad()
		}
	}
	if p.at < len(p.src) && (p.src[p.at] == 'e' || p.src[p.at] == 'E') {
		p.at++
		if p.at < len(p.src) && (p.src[p.at] == '+' || p.src[p.at] == '-') {
			p.at++
		}
		if p.digits() == 0 {
			return bad()
		}
	}
	return nil
}

// str reads a string, checks it, and reports whether it has escapes.
func (p *parser) str(i int32) (escaped bool, err error) {
	p.at++
	for p.at < len(p.src) {
		c := p.src[p.at]
		switch {
		case c == '"':
			p.at++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := p.escape(i); err != nil {
				return escaped, err
			}
		case c < 0x20:
			return escaped, p.fail(i, "has a control character that is not escaped")
		case c < utf8.RuneSelf:
			p.at++
		default:
			r, n := utf8.DecodeRune(p.src[p.at:])
			if r == utf8.RuneError && n <= 1 {
				return escaped, p.fail(i, "is not UTF-8")
			}
			p.at += n
		}
	}
	return escaped, p.fail(i, "ends too early")
}

func (p *parser) escape(i int32) error {
	if p.at+1 >= len(p.src) {
		return p.fail(i, "ends too early")
	}
	switch p.src[p.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		p.at += 2
		return nil
	case 'u':
	default:
		return p.fail(i, "has an escape that JSON does not know")
	}
	r, ok := hex4(p.src[p.at+2:])
	if !ok {
		return p.fail(i, "has an escape without four hexadecimal digits")
	}
	p.at += 6
	if !utf16.IsSurrogate(r) {
		return nil
	}
	if p.at+6 <= len(p.src) && p.src[p.at] == '\\' && p.src[p.at+1] == 'u' {
		if low, ok := hex4(p.src[p.at+2:]); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
			p.at += 6
			return nil
		}
	}
	return p.fail(i, "has half a surrogate pair")
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// adopt links the newest child of i behind last.
func (p *parser) adopt(i, last, child int32) int32 {
	if last < 0 {
		p.d.nodes[i].child = child
	} else {
		p.d.nodes[last].next = child
	}
	p.d.nodes[i].count++
	return child
}

func (p *parser) array(i int32, depth int) error {
	p.d.nodes[i].kind = Array
	p.at++
	p.space()
	if p.at < len(p.src) && p.src[p.at] == ']' {
		p.at++
		return nil
	}
	last := int32(-1)
	for {
		child := int32(len(p.d.nodes))
		p.space()
		if err := p.value(i, depth+1, node{}); err != nil {
			return err
		}
		last = p.adopt(i, last, child)
		p.space()
		if p.at >= len(p.src) {
			return p.fail(i, "ends too early")
		}
		c := p.src[p.at]
		p.at++
		if c == ']' {
			return nil
		}
		if c != ',' {
			return p.fail(i, "lacks a comma")
		}
	}
}

func (p *parser) object(i int32, depth int) error {
	p.d.nodes[i].kind = Object
	p.at++
	p.space()
	if p.at < len(p.src) && p.src[p.at] == '}' {
		p.at++
		return nil
	}
	last := int32(-1)
	var many map[string]bool // of objects with more than a few members
	for {
		p.space()
		if p.at >= len(p.src) || p.src[p.at] != '"' {
			return p.fail(i, "has a member without a name in quotes")
		}
		keyStart := p.at + 1
		escaped, err := p.str(i)
		if err != nil {
			return err
		}
		keyEnd := p.at - 1
		p.space()
		if p.at >= len(p.src) || p.src[p.at] != ':' {
			return p.fail(i, "lacks a colon")
		}
		p.at++
		p.space()
		child := int32(len(p.d.nodes))
		if err := p.value(i, depth+1, node{keyStart: int32(keyStart), keyEnd: int32(keyEnd), keyEscaped: escaped}); err != nil {
			return err
		}
		if p.known(i, child, &many) {
			return p.fail(child, "is there twice")
		}
		last = p.adopt(i, last, child)
		p.space()
		if p.at >= len(p.src) {
			return p.fail(i, "ends too early")
		}
		c := p.src[p.at]
		p.at++
		if c == '}' {
			return nil
		}
		if c != ',' {
			return p.fail(i, "lacks a comma")
		}
	}
}

// few is how many members of an object are looked through to find one. Where there are
// more they are remembered by name: to look through them for each of as many others, the
// work grows with the square.
const few = 16

// known reports whether the object i already has a member of child's name.
func (p *parser) known(i, child int32, many *map[string]bool) bool {
	name := Value{p.d, child}.key()
	if *many == nil && p.d.nodes[i].count >= few {
		*many = map[string]bool{}
		for c := p.d.nodes[i].child; c >= 0; c = p.d.nodes[c].next {
			(*many)[string(Value{p.d, c}.key())] = true
		}
	}
	if *many != nil {
		twice := (*many)[string(name)]
		(*many)[string(name)] = true
		return twice
	}
	for c := p.d.nodes[i].child; c >= 0; c = p.d.nodes[c].next {
		if bytes.Equal(Value{p.d, c}.key(), name) {
			return true
		}
	}
	return false
}

// OK reports whether there is a value.
func (v Value) OK() bool { return v.d != nil }

func (v Value) node() *node { return &v.d.nodes[v.i] }

// Kind returns the value's kind.
func (v Value) Kind() Kind { return v.node().kind }

// Len returns the number of members or elements.
func (v Value) Len() int { return int(v.node().count) }

// Raw returns the value as it stands in the text.
func (v Value) Raw() []byte { n := v.node(); return v.d.src[n.start:n.end] }

// Span returns where in the text the value stands.
func (v Value) Span() (start, end int) { n := v.node(); return int(n.start), int(n.end) }

// First returns the first member or element.
func (v Value) First() Value { return v.to(v.node().child) }

// Next returns the member or element that follows v in what holds both.
func (v Value) Next() Value { return v.to(v.node().next) }

func (v Value) to(i int32) Value {
	if i < 0 {
		return Value{}
	}
	return Value{v.d, i}
}

// key returns the name of a member, without escapes.
func (v Value) key() []byte {
	n := v.node()
	raw := v.d.src[n.keyStart:n.keyEnd]
	if n.keyEscaped {
		return unescape(raw)
	}
	return raw
}

// Key returns the name of a member.
func (v Value) Key() string { return string(v.key()) }

// Get returns the member called name, or none.
func (v Value) Get(name string) Value {
	for c := v.First(); c.OK(); c = c.Next() {
		if string(c.key()) == name {
			return c
		}
	}
	return Value{}
}

// finder returns what [Value.Get] does, for whoever asks for many members.
func finder(v Value) func(name string) Value {
	if v.Len() <= few {
		return v.Get
	}
	named := make(map[string]Value, v.Len())
	for c := v.First(); c.OK(); c = c.Next() {
		named[c.Key()] = c
	}
	return func(name string) Value { return named[name] }
}

// text returns a string without quotes and escapes.
func (v Value) text() []byte {
	n := v.node()
	raw := v.d.src[n.start+1 : n.end-1]
	if n.escaped {
		return unescape(raw)
	}
	return raw
}

// Text returns a string value.
func (v Value) Text() string { return string(v.text()) }

// Float returns a number value.
func (v Value) Float() float64 {
	f, _ := strconv.ParseFloat(string(v.Raw()), 64) // a number beyond its range is the infinity that it is compared as
	return f
}

func unescape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			out = append(out, b[i])
			continue
		}
		i++
		switch b[i] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, _ := hex4(b[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				low, _ := hex4(b[i+3:])
				r = utf16.DecodeRune(r, low)
				i += 6
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// Path returns the way from the text's top to the value.
func (v Value) Path() string {
	var parts []string
	for v.i != 0 {
		n := v.node()
		up := v.to(n.parent)
		if up.Kind() == Array {
			at := 0
			for c := up.First(); c.OK() && c.i != v.i; c = c.Next() {
				at++
			}
			parts = append(parts, "["+strconv.Itoa(at)+"]")
		} else if name := v.Key(); plainName(name) {
			parts = append(parts, "."+name)
		} else {
			parts = append(parts, "["+strconv.Quote(name)+"]")
		}
		v = up
	}
	var b strings.Builder
	b.WriteByte('$')
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
	}
	return b.String()
}

func plainName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return s != ""
}
