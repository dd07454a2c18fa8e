package statement

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/big"
	"slices"
	"strconv"
)

// Digest returns a hash that two statements share if xAPI calls them the same:
// the members that the record store owns do not count, nor does the order of
// members and of a group's, nor an activity's definition, nor a verb's display,
// nor how a number or an instant is written.
func (s *Statement) Digest() [32]byte { return s.digest(true) }

// DigestWithoutTime is [Statement.Digest] for a statement that came without a
// timestamp: the one that the record store gave it does not count either.
func (s *Statement) DigestWithoutTime() [32]byte { return s.digest(false) }

func (s *Statement) digest(timed bool) [32]byte {
	w := digester{h: sha256.New()}
	skip := func(name string) bool {
		switch name {
		case "id", "stored", "authority", "version":
			return true
		case "timestamp":
			return !timed
		}
		return false
	}
	w.object(s.top, "", skip)
	return [32]byte(w.h.Sum(nil))
}

// digester writes a canonical form into a hash. It is told the name of the
// member that a value belongs to, since some names mean something.
type digester struct {
	h   hash.Hash
	buf [9]byte
}

func (w *digester) tag(c byte, n int) {
	w.buf[0] = c
	binary.BigEndian.PutUint64(w.buf[1:], uint64(n))
	w.h.Write(w.buf[:])
}

func (w *digester) bytes(c byte, b []byte) {
	w.tag(c, len(b))
	w.h.Write(b)
}

func (w *digester) value(v Value, name string) {
	switch v.Kind() {
	case Object:
		w.object(v, name, func(member string) bool {
			return name == "verb" && member == "display" || member == "definition" && v.Get("id").OK() ||
				member == "objectType" && isDefaultType(v)
		})
	case Array:
		w.array(v, name)
	case String:
		b := v.text()
		switch name {
		case "timestamp":
			if t, err := ParseTime(string(b)); err == nil {
				b = strconv.AppendInt(nil, t.UnixNano(), 10)
			}
		case "duration":
			b = hundredths(b)
		case "registration", "mbox_sha1sum", "sha2":
			b = bytes.ToLower(b)
		case "id":
			if u, ok := ParseUUID(string(b)); ok {
				b = []byte(u.String())
			}
		}
		w.bytes('s', b)
	case Number:
		w.bytes('n', plainNumber(v.Raw()))
	default:
		w.bytes('w', v.Raw())
	}
}

// hundredths cuts the seconds of a duration to hundredths, beyond which durations
// are not compared.
func hundredths(b []byte) []byte {
	point := bytes.IndexAny(b, ".,")
	if point < 0 || b[len(b)-1] != 'S' || len(b)-1-point <= 2 {
		return b
	}
	return append(bytes.Clone(b[:point+3]), 'S')
}

// isDefaultType reports whether an objectType says what would hold without it.
func isDefaultType(v Value) bool {
	t := v.Get("objectType")
	if t.Kind() != String {
		return false
	}
	switch t.Text() {
	case "Activity":
		return v.Get("id").OK()
	case "Agent":
		// Where an activity could stand, "Agent" is no default; but an agent has
		// none of an activity's members.
		return !v.Get("id").OK()
	}
	return false
}

// plainNumber writes a number without exponent and idle zeros, so that 1, 1.0
// and 10e-1 are one. What is enormous, or would be, stays as it is written: the work grows
// faster than the digits.
func plainNumber(raw []byte) []byte {
	const enormous = 400 // digits
	if len(raw) < 8 && !bytes.ContainsAny(raw, ".eE") {
		return raw
	}
	if len(raw) > enormous {
		return raw
	}
	if at := bytes.IndexAny(raw, "eE"); at >= 0 {
		if e, err := strconv.Atoi(string(raw[at+1:])); err != nil || e > enormous || e < -enormous {
			return raw
		}
	}
	r, ok := new(big.Rat).SetString(string(raw))
	if !ok {
		return raw
	}
	return []byte(r.RatString())
}

func (w *digester) object(v Value, _ string, skip func(string) bool) {
	members := make([]Value, 0, v.Len())
	for c := v.First(); c.OK(); c = c.Next() {
		if !skip(string(c.key())) {
			members = append(members, c)
		}
	}
	slices.SortFunc(members, func(a, b Value) int { return bytes.Compare(a.key(), b.key()) })
	w.tag('o', len(members))
	for _, c := range members {
		name := c.key()
		w.bytes('k', name)
		switch string(name) {
		case "parent", "grouping", "category", "other":
			if c.Kind() == Object { // one activity stands for a list of one
				w.tag('a', 1)
				w.value(c, "")
				continue
			}
		case "extensions":
			w.value(c, "extensions")
			continue
		}
		w.value(c, string(name))
	}
}

func (w *digester) array(v Value, name string) {
	w.tag('a', v.Len())
	if name != "member" {
		for c := v.First(); c.OK(); c = c.Next() {
			w.value(c, "")
		}
		return
	}
	sums := make([][]byte, 0, v.Len())
	for c := v.First(); c.OK(); c = c.Next() {
		one := digester{h: sha256.New()}
		one.value(c, "")
		sums = append(sums, one.h.Sum(nil))
	}
	slices.SortFunc(sums, bytes.Compare)
	for _, s := range sums {
		w.h.Write(s)
	}
}
