package statement

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// Owned are the members that the record store owns.
type Owned struct {
	ID        UUID
	Stored    time.Time
	Authority []byte // an Agent as JSON
	Version   Version
}

// A cut replaces a span of a text.
type cut struct {
	start, end int
	by         []byte
}

// splice applies cuts, which must not overlap, to the span of v.
func splice(dst []byte, v Value, cuts []cut) []byte {
	slices.SortStableFunc(cuts, func(a, b cut) int { return a.start - b.start })
	at, end := v.Span()
	for _, c := range cuts {
		dst = append(dst, v.d.src[at:c.start]...)
		dst = append(dst, c.by...)
		at = c.end
	}
	return append(dst, v.d.src[at:end]...)
}

// owned returns the cuts that set the owned members of a statement.
func owned(top Value, o Owned) []cut {
	var cuts []cut
	var timed, versioned, identified bool
	for c := top.First(); c.OK(); c = c.Next() {
		switch string(c.key()) {
		case "id":
			identified = true
		case "version":
			versioned = true
		case "timestamp":
			timed = true
			if o.Version == V2 {
				if t, err := ParseTime(c.Text()); err == nil && !strings.HasSuffix(c.Text(), "Z") {
					start, end := c.Span()
					cuts = append(cuts, cut{start, end, quoted(t.UTC().Format(time.RFC3339Nano))})
				}
			}
		}
	}
	cuts = append(cuts, without(top, func(name string) bool { return name == "stored" || name == "authority" })...)
	var b bytes.Buffer
	add := func(name string, value []byte) {
		b.WriteString(`,"` + name + `":`)
		b.Write(value)
	}
	if !identified {
		add("id", quoted(o.ID.String()))
	}
	if !timed {
		add("timestamp", quoted(FormatTime(o.Stored)))
	}
	if !versioned {
		add("version", quoted(o.Version.String()))
	}
	// Last, since they are set anew whenever it is written: so it stays as it is when
	// what was read is sent back.
	add("stored", quoted(FormatTime(o.Stored)))
	add("authority", o.Authority)
	_, end := top.Span()
	cuts = listed(cuts, top)
	if object := top.Get("object"); object.Get("objectType").OK() && object.Get("objectType").Text() == "SubStatement" {
		cuts = listed(cuts, object)
	}
	return append(cuts, cut{end - 1, end - 1, b.Bytes()})
}

// listed makes lists of single context activities: a reader always gets lists.
func listed(cuts []cut, statement Value) []cut {
	context := statement.Get("context")
	if !context.OK() {
		return cuts
	}
	activities := context.Get("contextActivities")
	if !activities.OK() {
		return cuts
	}
	for c := activities.First(); c.OK(); c = c.Next() {
		if c.Kind() == Object {
			start, end := c.Span()
			cuts = append(cuts, cut{start, start, []byte("[")}, cut{end, end, []byte("]")})
		}
	}
	return cuts
}

func quoted(s string) []byte { return append(append([]byte{'"'}, s...), '"') }

// without returns the cuts that take members out of an object, each with the
// comma that it shares with the member before it, or with the one after where
// nothing before it stays. An object whose members all go becomes {}.
func without(object Value, gone func(name string) bool) []cut {
	var cuts []cut
	kept, before := false, 0
	for c := object.First(); c.OK(); c = c.Next() {
		start, end := int(c.node().keyStart)-1, int(c.node().end)
		switch {
		case !gone(c.Key()):
			kept = true
		case kept:
			cuts = append(cuts, cut{start: before, end: end})
		case c.Next().OK():
			cuts = append(cuts, cut{start: start, end: int(c.Next().node().keyStart) - 1})
		default:
			cuts = append(cuts, cut{start: start, end: end})
		}
		before = end
	}
	return cuts
}

// AppendExact appends the statement as it came, with the owned members set.
func AppendExact(dst []byte, top Value, o Owned) []byte {
	return splice(dst, top, owned(top, o))
}

// AppendIDs appends the statement in the format "ids": of agents, verbs and
// activities only what identifies them.
func AppendIDs(dst []byte, top Value, o Owned) []byte {
	cuts := owned(top, o)
	cuts = idsOf(cuts, top)
	return splice(dst, top, cuts)
}

// keepOnly cuts every member but those named.
func keepOnly(cuts []cut, v Value, names ...string) []cut {
	var b bytes.Buffer
	b.WriteByte('{')
	n := 0
	for c := v.First(); c.OK(); c = c.Next() {
		if !slices.Contains(names, string(c.key())) {
			continue
		}
		if n > 0 {
			b.WriteByte(',')
		}
		n++
		node := c.node()
		b.Write(v.d.src[node.keyStart-1 : node.end])
	}
	b.WriteByte('}')
	start, end := v.Span()
	return append(cuts, cut{start, end, b.Bytes()})
}

func idsOf(cuts []cut, v Value) []cut {
	for c := v.First(); c.OK(); c = c.Next() {
		switch string(c.key()) {
		case "actor":
			cuts = idsOfParty(cuts, c)
		case "verb":
			cuts = keepOnly(cuts, c, "id")
		case "object":
			kind := "Activity"
			if t := c.Get("objectType"); t.OK() {
				kind = t.Text()
			}
			switch kind {
			case "Agent", "Group":
				cuts = idsOfParty(cuts, c)
			case "Activity":
				cuts = keepOnly(cuts, c, "id")
			case "SubStatement":
				cuts = idsOf(cuts, c)
			}
		case "context":
			cuts = idsOfContext(cuts, c)
		}
	}
	return cuts
}

func idsOfContext(cuts []cut, v Value) []cut {
	for c := v.First(); c.OK(); c = c.Next() {
		switch string(c.key()) {
		case "instructor", "team":
			cuts = idsOfParty(cuts, c)
		case "contextActivities":
			for l := c.First(); l.OK(); l = l.Next() {
				if l.Kind() == Object {
					cuts = keepOnly(cuts, l, "id")
					continue
				}
				for a := l.First(); a.OK(); a = a.Next() {
					cuts = keepOnly(cuts, a, "id")
				}
			}
		case "contextAgents", "contextGroups":
			for e := c.First(); e.OK(); e = e.Next() {
				for p := e.First(); p.OK(); p = p.Next() {
					if k := string(p.key()); k == "agent" || k == "group" {
						cuts = idsOfParty(cuts, p)
					}
				}
			}
		}
	}
	return cuts
}

// idsOfParty keeps what identifies an Agent or a Group: of a Group without an
// identifier its members, each reduced in turn.
func idsOfParty(cuts []cut, v Value) []cut {
	names := []string{"objectType", "mbox", "mbox_sha1sum", "openid", "account"}
	for _, n := range names[1:] {
		if v.Get(n).OK() {
			return keepOnly(cuts, v, names...)
		}
	}
	cuts = append(cuts, without(v, func(name string) bool { return name == "name" })...)
	if list := v.Get("member"); list.OK() {
		for m := list.First(); m.OK(); m = m.Next() {
			cuts = keepOnly(cuts, m, names...)
		}
	}
	return cuts
}

// Canon writes the statements of one answer in the format "canonical".
type Canon struct {
	// Definition returns the canonical definition of an activity as JSON; nil if
	// there is none. It is asked once about each activity.
	Definition func(activity string) []byte
	// Languages are what the reader wants, best first; empty is whatever comes
	// first.
	Languages []string
	// Room bounds the canonical definitions of one statement, in bytes and in all
	// their languages: every mention of an activity counts, so that a short statement
	// that mentions one often does not grow without end. From the first mention for
	// which there is no room, activities stay as they were sent.
	Room int

	room  int // that is left in the statement at hand
	known map[string]canonical
}

// canonical is an activity as it is written, nil if it has no canonical definition, and
// the room that a mention of it takes.
type canonical struct {
	text []byte
	room int
}

// AppendCanonical appends the statement in the format "canonical": activities
// with their canonical definitions, and language maps reduced to one language.
func AppendCanonical(dst []byte, top Value, o Owned, c *Canon) []byte {
	c.room = c.Room
	cuts := owned(top, o)
	cuts = c.statement(cuts, top)
	return splice(dst, top, cuts)
}

// AppendActivity appends an Activity with a definition, which may be nil, as it
// stands.
func AppendActivity(dst []byte, id string, definition []byte) []byte {
	dst = append(dst, `{"objectType":"Activity","id":`...)
	dst = AppendString(dst, id)
	if definition != nil {
		dst = append(dst, `,"definition":`...)
		dst = append(dst, definition...)
	}
	return append(dst, '}')
}

func (k *Canon) statement(cuts []cut, v Value) []cut {
	for c := v.First(); c.OK(); c = c.Next() {
		switch string(c.key()) {
		case "verb":
			cuts = k.language(cuts, c.Get("display"))
		case "object":
			kind := "Activity"
			if t := c.Get("objectType"); t.OK() {
				kind = t.Text()
			}
			switch kind {
			case "Activity":
				cuts = k.activity(cuts, c)
			case "SubStatement":
				cuts = k.statement(cuts, c)
			}
		case "context":
			for l := c.Get("contextActivities"); l.OK(); l = (Value{}) {
				for list := l.First(); list.OK(); list = list.Next() {
					if list.Kind() == Object {
						cuts = k.activity(cuts, list)
						continue
					}
					for a := list.First(); a.OK(); a = a.Next() {
						cuts = k.activity(cuts, a)
					}
				}
			}
		case "attachments":
			for a := c.First(); a.OK(); a = a.Next() {
				cuts = k.language(cuts, a.Get("display"))
				cuts = k.language(cuts, a.Get("description"))
			}
		}
	}
	return cuts
}

func (k *Canon) activity(cuts []cut, v Value) []cut {
	id := v.Get("id").Text()
	start, end := v.Span()
	if text := k.canonical(id); text != nil {
		return append(cuts, cut{start, end, text})
	}
	if d := v.Get("definition"); d.OK() {
		return append(cuts, cut{start, end, AppendActivity(nil, id, splice(nil, d, k.definition(nil, d)))})
	}
	return cuts
}

// canonical returns an activity with its canonical definition; nil if there is none, or
// no room for it.
func (k *Canon) canonical(id string) []byte {
	const each = 64 // what a mention takes beside the definition
	if k.room <= 0 {
		return nil
	}
	c, ok := k.known[id]
	if !ok {
		definition := k.Definition(id)
		c.room = each + len(definition)
		if definition != nil {
			if d, err := ParseJSON(definition); err == nil { // it was checked when it came; what cannot be read is left out
				c.text = AppendActivity(nil, id, splice(nil, d, k.definition(nil, d)))
			}
		}
		if k.known == nil {
			k.known = map[string]canonical{}
		}
		k.known[id] = c
	}
	if k.room -= c.room; k.room < 0 {
		return nil
	}
	return c.text
}

func (k *Canon) definition(cuts []cut, d Value) []cut {
	for c := d.First(); c.OK(); c = c.Next() {
		switch string(c.key()) {
		case "name", "description":
			cuts = k.language(cuts, c)
		case "choices", "scale", "source", "target", "steps":
			for e := c.First(); e.OK(); e = e.Next() {
				cuts = k.language(cuts, e.Get("description"))
			}
		}
	}
	return cuts
}

// language reduces a language map to the entry that fits best.
func (k *Canon) language(cuts []cut, m Value) []cut {
	if !m.OK() || m.Len() < 2 {
		return cuts
	}
	best := m.First()
	for _, want := range k.Languages {
		if c := fits(m, want); c.OK() {
			best = c
			break
		}
	}
	return keepOnly(cuts, m, best.Key())
}

// fits returns the entry whose tag is want, or begins with it, or that want
// begins with.
func fits(m Value, want string) Value {
	var near Value
	for c := m.First(); c.OK(); c = c.Next() {
		tag := c.Key()
		switch {
		case strings.EqualFold(tag, want):
			return c
		case near.OK():
		case len(tag) > len(want) && tag[len(want)] == '-' && strings.EqualFold(tag[:len(want)], want),
			len(want) > len(tag) && want[len(tag)] == '-' && strings.EqualFold(want[:len(tag)], tag):
			near = c
		}
	}
	return near
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// MergeDefinitions returns what two definitions of one activity say together.
// Language maps and extensions are joined; elsewhere the newer wins. A nil older
// is none.
func MergeDefinitions(older, newer []byte) ([]byte, error) {
	if older == nil {
		return newer, nil
	}
	a, err := ParseJSON(older)
	if err != nil {
		return nil, err
	}
	b, err := ParseJSON(newer)
	if err != nil {
		return nil, err
	}
	return mergeObjects(nil, a, b, true), nil
}

func mergeObjects(dst []byte, older, newer Value, deep bool) []byte {
	dst = append(dst, '{')
	n := 0
	put := func(c Value, value []byte) {
		if n > 0 {
			dst = append(dst, ',')
		}
		n++
		node := c.node()
		dst = append(dst, c.d.src[node.keyStart-1:node.keyEnd+1]...)
		dst = append(append(dst, ':'), value...)
	}
	ofOlder, ofNewer := finder(older), finder(newer)
	for c := older.First(); c.OK(); c = c.Next() {
		name := c.Key()
		over := ofNewer(name)
		switch {
		case !over.OK():
			put(c, c.Raw())
		case deep && (name == "name" || name == "description" || name == "extensions") && over.Kind() == Object && c.Kind() == Object:
			put(c, mergeObjects(nil, c, over, false))
		default:
			put(c, over.Raw())
		}
	}
	for c := newer.First(); c.OK(); c = c.Next() {
		if !ofOlder(c.Key()).OK() {
			put(c, c.Raw())
		}
	}
	return append(dst, '}')
}

// MergeDocuments returns the members of two JSON objects, of which the newer
// wins: what POST does to a document.
func MergeDocuments(older, newer Value) []byte { return mergeObjects(nil, older, newer, false) }
