// Package xmltree reads the XML of manifests that nobody vouches for into a
// tree that knows its lines.
//
// There is no document type, no entity but the five of XML itself, no include
// and nothing outside the bytes handed in. Depth, elements and text are counted.
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
	MaxBytes    = 16 << 20
	maxDepth    = 100
	maxElements = 300_000
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

	text strings.Builder
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
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = true
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	var at *Node
	depth, elements := 0, 0
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
			if elements++; elements > maxElements {
				return nil, &Error{Line: line, Key: "package.xml-large"}
			}
			n := &Node{Space: tok.Name.Space, Name: tok.Name.Local, Attrs: tok.Attr, Line: line, Parent: at}
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
			depth--
			at.Text = at.text.String()
			at = at.Parent
		case xml.CharData:
			if at != nil {
				at.text.Write(tok)
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
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil || len(out) > 3*MaxBytes {
		return nil, &Error{Line: 1, Key: "package.xml-encoding"}
	}
	return bytes.TrimPrefix(out, []byte("\uFEFF")), nil
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
	for ; n != nil; n = n.Parent {
		if v, ok := n.In(XML, "lang"); ok {
			return v
		}
	}
	return ""
}

// At returns the element's line; 1 for nil.
func (n *Node) At() int {
	if n == nil {
		return 1
	}
	return n.Line
}
