// Package xmltree reads the XML of manifests that nobody vouches for into a
// tree that knows its lines.
//
// There is no document type, no entity but the five of XML itself, no include
// and nothing outside the bytes handed in. Depth, elements, attributes and text are
// counted before they are held.
// Encodings are UTF-8, UTF-16 and what an XML declaration names of the older
// ones; bytes that are not UTF-8 in spite of their declaration are read as
// Windows-1252, which they then almost always are, and the tree says so.
package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// Limits of a document.
const (
	// MaxBytes is how many bytes a document may have.
	MaxBytes      = 16 << 20
	maxDepth      = 100
	maxElements   = 200_000
	maxAttributes = 300_000
	maxOfOneTag   = 1000 // attributes
	maxNames      = 1000 // that are kept once for all elements
)

// XML is the namespace of xml:base and xml:lang.
const XML = "http://www.w3.org/XML/1998/namespace"

// Node is an element.
type Node struct {
	// Space is the namespace; of a prefix that was never declared, the prefix.
	Space, Name string
	Attrs       []xml.Attr
	Line        int
	Children    []*Node
	// Text is the character data directly in it, as written.
	Text   string
	Parent *Node

	lang string
}

// Tree is a document.
type Tree struct {
	Root *Node
	// Mended says that bytes were read as Windows-1252 against the declaration.
	Mended bool
}

// Error is a document that is not taken, with the line where that shows. Key
// names the catalogue's sentence, Detail is what the parser says.
type Error struct {
	Line   int
	Key    string
	Detail string
}

// Error is for logs.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s %s", e.Line, e.Key, e.Detail) }

// Parse reads a document. Its errors are [*Error]s.
func Parse(data []byte) (*Tree, error) {
	if len(data) > MaxBytes {
		return nil, &Error{Key: "package.xml-large"}
	}
	t := new(Tree)
	text, err := t.decode(data)
	if err != nil {
		return nil, err
	}
	if line := crowded(text); line > 0 {
		return nil, &Error{Line: line, Key: "package.xml-large"}
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = true
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	var at *Node
	depth := 0
	var held [maxDepth + 1]strings.Builder // the text of the elements that are open
	names := names{}
	for {
		line, _ := d.InputPos()
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, syntax(err, line)
		}
		switch tok := tok.(type) {
		case xml.Directive:
			return nil, &Error{Line: line, Key: "package.xml-doctype"}
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return nil, &Error{Line: line, Key: "package.xml-deep"}
			}
			for i := range tok.Attr {
				tok.Attr[i].Name.Local = names.once(tok.Attr[i].Name.Local)
			}
			n := &Node{Space: names.once(tok.Name.Space), Name: names.once(tok.Name.Local), Attrs: tok.Attr, Line: line, Parent: at}
			if v, ok := n.In(XML, "lang"); ok {
				n.lang = v
			} else if at != nil {
				n.lang = at.lang
			}
			switch {
			case at != nil:
				at.Children = append(at.Children, n)
			case t.Root != nil:
				return nil, &Error{Line: line, Key: "package.xml-syntax", Detail: "a second root element"}
			default:
				t.Root = n
			}
			at = n
		case xml.EndElement:
			at.Text = held[depth].String()
			held[depth].Reset()
			depth--
			at = at.Parent
		case xml.CharData:
			if at != nil {
				held[depth].Write(tok)
			} else if len(bytes.TrimSpace(tok)) > 0 {
				return nil, &Error{Line: line, Key: "package.xml-syntax", Detail: "text outside of the root element"}
			}
		}
	}
	if t.Root == nil {
		return nil, &Error{Line: 1, Key: "package.xml-syntax", Detail: "no element"}
	}
	return t, nil
}

// crowded returns the line in which a document has more elements or attributes than it
// may, or one tag more than it may; 0 if none does. It looks before the parser does, which
// gathers all attributes of a tag before it says anything, and counts what could be some: a
// "<" with a name after it, and an equals sign with a quote. No "<" stands within a tag.
func crowded(text []byte) (line int) {
	elements, attributes, ofOne := 0, 0, 0
	line = 1
	equals := false // came, and nothing but space since
	for i, c := range text {
		switch c {
		case '\n':
			line++
		case ' ', '\t', '\r':
		case '=':
			equals = true
		case '"', '\'':
			if equals {
				attributes, ofOne = attributes+1, ofOne+1
			}
			equals = false
		case '<':
			equals, ofOne = false, 0
			if i+1 < len(text) && text[i+1] != '/' && text[i+1] != '!' && text[i+1] != '?' {
				elements++
			}
		default:
			equals = false
		}
		if elements > maxElements || attributes > maxAttributes || ofOne > maxOfOneTag {
			return line
		}
	}
	return 0
}

// names keeps each name once, as far as a document has few, as manifests do.
type names map[string]string

func (n names) once(s string) string {
	if kept, ok := n[s]; ok {
		return kept
	}
	if len(n) < maxNames {
		n[s] = s
	}
	return s
}

func syntax(err error, line int) error {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		if strings.Contains(s.Msg, "invalid character entity") {
			return &Error{Line: s.Line, Key: "package.xml-entity", Detail: s.Msg}
		}
		return &Error{Line: s.Line, Key: "package.xml-syntax", Detail: s.Msg}
	}
	return &Error{Line: line, Key: "package.xml-syntax", Detail: err.Error()}
}

// decode returns the document in UTF-8.
func (t *Tree) decode(data []byte) ([]byte, error) {
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), bytes.HasPrefix(data, []byte{0, '<', 0}):
		enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{'<', 0}):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	default:
		switch name := declared(data); name {
		case "", "utf-8", "utf8", "us-ascii", "ascii":
		case "utf-16", "utf-16le", "utf-16be", "unicode":
			// It says so in plain letters, so it is not.
		default:
			var err error
			if enc, err = htmlindex.Get(name); err != nil {
				return nil, &Error{Line: 1, Key: "package.xml-encoding", Detail: name}
			}
		}
	}
	if enc == nil {
		if utf8.Valid(data) {
			return data, nil
		}
		t.Mended = true
		enc = charmap.Windows1252
	}
	out := make([]byte, min(MaxBytes+1, 3*len(data)))
	n, err := io.ReadFull(enc.NewDecoder().Reader(bytes.NewReader(data)), out)
	switch {
	case n > MaxBytes:
		return nil, &Error{Line: 1, Key: "package.xml-large"}
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &Error{Line: 1, Key: "package.xml-encoding"}
	}
	return bytes.TrimPrefix(out[:n], []byte("\uFEFF")), nil
}

// declared returns the encoding that the XML declaration names, in lower case.
func declared(data []byte) string {
	head := data[:min(len(data), 200)]
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	if end := bytes.Index(head, []byte("?>")); end >= 0 {
		head = head[:end]
	}
	_, rest, ok := bytes.Cut(head, []byte("encoding"))
	if !ok {
		return ""
	}
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	name, _, _ := bytes.Cut(rest[1:], rest[:1])
	return strings.ToLower(string(name))
}

// Attr returns the attribute of that local name, whatever its namespace; one
// without any comes first.
func (n *Node) Attr(local string) string {
	v, _ := n.Has(local)
	return v
}

// Has is [Node.Attr] and whether there is such an attribute.
func (n *Node) Has(local string) (v string, ok bool) {
	if n == nil {
		return "", false
	}
	for _, a := range n.Attrs {
		if a.Name.Local != local || a.Name.Space == "xmlns" || a.Name.Space == XML {
			continue
		}
		if a.Name.Space == "" {
			return strings.TrimSpace(a.Value), true
		}
		if !ok {
			v, ok = strings.TrimSpace(a.Value), true
		}
	}
	return v, ok
}

// In returns the attribute of that namespace and name.
func (n *Node) In(space, local string) (string, bool) {
	for _, a := range n.Attrs {
		if a.Name.Local == local && a.Name.Space == space {
			return a.Value, true
		}
	}
	return "", false
}

// All returns the children of that local name, whatever their namespace.
func (n *Node) All(local string) []*Node {
	if n == nil {
		return nil
	}
	var out []*Node
	for _, c := range n.Children {
		if c.Name == local {
			out = append(out, c)
		}
	}
	return out
}

// One returns the first child of that local name; nil if there is none.
func (n *Node) One(local string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if c.Name == local {
			return c
		}
	}
	return nil
}

// Path follows first children by name; nil if one is missing.
func (n *Node) Path(locals ...string) *Node {
	for _, l := range locals {
		n = n.One(l)
	}
	return n
}

// Trimmed returns the element's text without the space around it; empty for nil.
func (n *Node) Trimmed() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.Text)
}

// Lang returns the language that holds for the element (xml:lang, inherited).
func (n *Node) Lang() string {
	if n == nil {
		return ""
	}
	return n.lang
}

// At returns the element's line; 1 for nil.
func (n *Node) At() int {
	if n == nil {
		return 1
	}
	return n.Line
}
