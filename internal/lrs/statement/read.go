package statement

import (
	"fmt"
	"strings"
	"time"
)

// Version is a version of the specification.
type Version uint8

// The versions.
const (
	V1 Version = 1 // 1.0.3
	V2 Version = 2 // IEEE 9274.1.1, 2.0.0
)

// String returns the version as headers and statements carry it.
func (v Version) String() string {
	if v == V1 {
		return "1.0.3"
	}
	return "2.0.0"
}

// VerbVoided is the verb of a statement that voids another.
const VerbVoided = "http://adlnet.gov/expapi/verbs/voided"

// UsageSignature is the usageType of an attachment that signs the statement.
const UsageSignature = "http://adlnet.gov/expapi/attachments/signature"

// Statement is a statement that keeps every rule, and what it is found by.
type Statement struct {
	top Value

	ID       UUID
	HasID    bool
	HasTime  bool
	Time     time.Time // of timestamp, where it has one
	Verb     string
	Activity string // the object's id, where it is an activity
	// Agents are the actor and the object where it is an agent, by [Agent.Key],
	// with the members of groups.
	Agents []string
	// Account is the actor's account, or the object's where the actor has none; that
	// of its only member for a Group without an identifier.
	Account Account
	// Related are the agents of every other place.
	Related []string
	// RelatedActivities are the activities of every other place.
	RelatedActivities []string
	Registration      UUID
	HasRegistration   bool
	// Target is the statement that the object refers to.
	Target    UUID
	HasTarget bool
	// Voids says that it voids its target.
	Voids bool
	// Attachments are those of the statement and of a statement within it.
	Attachments []Attachment
	// Definitions are the activities that it defines.
	Definitions []Definition
}

// Account is an account of somebody on some system.
type Account struct{ HomePage, Name string }

// Attachment is what a statement says about a file that comes with it.
type Attachment struct {
	SHA2, ContentType, UsageType string
	// FileURL is where the file lies, if it need not come along.
	FileURL string
	at      Value
}

// Signs reports whether the attachment is the statement's signature.
func (a Attachment) Signs() bool { return a.UsageType == UsageSignature }

// Definition is what a statement says of an activity.
type Definition struct {
	Activity string
	Raw      []byte
}

// Value returns the statement's tree.
func (s *Statement) Value() Value { return s.top }

// Bytes returns the statement as it came.
func (s *Statement) Bytes() []byte { return s.top.Raw() }

// reader checks one statement. Its first fault ends it: methods return at once
// once err is set.
type reader struct {
	version Version
	err     *Error
	s       *Statement
	inner   bool // inside a SubStatement
}

// Read checks a statement against the rules of version v.
func Read(top Value, v Version) (*Statement, error) {
	r := reader{version: v, s: &Statement{top: top}}
	r.statement(top)
	if r.err != nil {
		return nil, r.err
	}
	return r.s, nil
}

func (r *reader) fail(v Value, format string, args ...any) {
	if r.err == nil {
		r.err = &Error{v.Path(), fmt.Sprintf(format, args...)}
	}
}

// is reports whether v is of kind k, and fails if not.
func (r *reader) is(v Value, k Kind) bool {
	if r.err == nil && v.Kind() != k {
		r.fail(v, "is %s and has to be %s", v.Kind(), k)
	}
	return r.err == nil
}

// text returns a string, empty on a fault.
func (r *reader) text(v Value) string {
	if !r.is(v, String) {
		return ""
	}
	return v.Text()
}

func (r *reader) iri(v Value) string {
	s := r.text(v)
	if r.err == nil && !IRI(s) {
		r.fail(v, "is no IRI with a scheme")
	}
	return s
}

func (r *reader) uuid(v Value) UUID {
	u, ok := ParseUUID(r.text(v))
	if r.err == nil && !ok {
		r.fail(v, "is no UUID")
	}
	return u
}

// unknown fails on a member that the object may not have.
func (r *reader) unknown(v Value) {
	r.fail(v, "is not a member that may stand here")
}

// lacks fails if the object has no member of the name.
func (r *reader) lacks(v Value, there bool, name string) {
	if !there {
		r.fail(v, "lacks %q", name)
	}
}

func (r *reader) statement(v Value) {
	if !r.is(v, Object) {
		return
	}
	var actor, verb, object, context Value
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "actor":
			actor = c
		case "verb":
			verb = c
		case "object":
			object = c
		case "result":
			r.result(c)
		case "context":
			context = c
		case "timestamp":
			t := r.time(c)
			if !r.inner {
				r.s.Time, r.s.HasTime = t, true
			}
		case "attachments":
			r.attachments(c)
		case "objectType":
			if !r.inner {
				r.unknown(c)
			}
		default:
			if r.inner {
				r.unknown(c)
			} else {
				r.owned(c)
			}
		}
	}
	r.lacks(v, actor.OK(), "actor")
	r.lacks(v, verb.OK(), "verb")
	r.lacks(v, object.OK(), "object")
	if r.err != nil {
		return
	}
	id := r.verb(verb)
	if r.err != nil {
		return
	}
	ofActor := r.subject(actor)
	ofObject := r.object(object)
	if r.inner {
		r.s.Related = append(r.s.Related, append(ofActor, ofObject...)...)
	} else {
		r.s.Verb = id
		r.s.Agents = append(ofActor, ofObject...)
	}
	if context.OK() {
		r.context(context, object)
	}
	if r.err == nil && id == VerbVoided {
		if t := object.Get("objectType"); !t.OK() || t.Text() != "StatementRef" {
			r.fail(object, "has to be a StatementRef where the verb is %s", VerbVoided)
		}
		r.s.Voids = !r.inner
	}
}

// owned checks a member that the record store may set.
func (r *reader) owned(c Value) {
	switch string(c.key()) {
	case "id":
		r.s.ID, r.s.HasID = r.uuid(c), true
	case "stored":
		r.time(c)
	case "authority":
		r.authority(c)
	case "version":
		v := r.text(c)
		if r.err == nil && !KnownVersion(v, r.version) {
			r.fail(c, "is not a version that is understood here")
		}
	default:
		r.unknown(c)
	}
}

// KnownVersion reports whether a statement sent under version v may say that it
// is of version s.
func KnownVersion(s string, v Version) bool {
	patch := func(major string) bool {
		if s == major {
			return true
		}
		p, ok := strings.CutPrefix(s, major+".")
		return ok && p != "" && digits(p)
	}
	return patch("1.0") || v == V2 && patch("2.0")
}

func (r *reader) time(v Value) time.Time {
	s := r.text(v)
	if r.err != nil {
		return time.Time{}
	}
	t, err := ParseTime(s)
	if err != nil {
		r.fail(v, "%s", err)
	}
	return t
}

// languages checks a language map.
func (r *reader) languages(v Value) {
	if !r.is(v, Object) {
		return
	}
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		if !LanguageTag(string(c.key())) {
			r.fail(c, "is not under a language tag of RFC 5646")
		}
		r.is(c, String)
	}
}

// extensions checks that what is free is at least found under IRIs.
func (r *reader) extensions(v Value) {
	if !r.is(v, Object) {
		return
	}
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		if !IRI(string(c.key())) {
			r.fail(c, "is not under an IRI")
		}
	}
}

func (r *reader) verb(v Value) (id string) {
	if !r.is(v, Object) {
		return ""
	}
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "id":
			id = r.iri(c)
		case "display":
			r.languages(c)
		default:
			r.unknown(c)
		}
	}
	r.lacks(v, id != "", "id")
	return id
}

// object checks the object, and returns the agents that it is.
func (r *reader) object(v Value) []string {
	if !r.is(v, Object) {
		return nil
	}
	kind := "Activity"
	if t := v.Get("objectType"); t.OK() {
		if kind = r.text(t); r.err != nil {
			return nil
		}
	}
	switch kind {
	case "Activity":
		id := r.activity(v)
		if r.inner {
			r.s.RelatedActivities = append(r.s.RelatedActivities, id)
		} else {
			r.s.Activity = id
		}
	case "Agent", "Group":
		return r.subject(v)
	case "StatementRef":
		id := r.reference(v)
		if !r.inner {
			r.s.Target, r.s.HasTarget = id, true
		}
	case "SubStatement":
		if r.inner {
			r.fail(v, "is a SubStatement within a SubStatement")
			return nil
		}
		r.inner = true
		r.statement(v)
		r.inner = false
	default:
		r.fail(v.Get("objectType"), "is not Activity, Agent, Group, StatementRef or SubStatement")
	}
	return nil
}

// reference checks a StatementRef.
func (r *reader) reference(v Value) (id UUID) {
	if !r.is(v, Object) {
		return id
	}
	there, typed := false, false
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "objectType":
			if typed = true; r.text(c) != "StatementRef" {
				r.fail(c, "is not StatementRef")
			}
		case "id":
			id, there = r.uuid(c), true
		default:
			r.unknown(c)
		}
	}
	r.lacks(v, typed, "objectType")
	r.lacks(v, there, "id")
	return id
}

func (r *reader) result(v Value) {
	if !r.is(v, Object) {
		return
	}
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "score":
			r.score(c)
		case "success", "completion":
			if c.Kind() != True && c.Kind() != False {
				r.fail(c, "is %s and has to be a boolean", c.Kind())
			}
		case "response":
			r.is(c, String)
		case "duration":
			if s := r.text(c); r.err == nil && !Duration(s) {
				r.fail(c, "is no duration of ISO 8601, such as PT1H30M")
			}
		case "extensions":
			r.extensions(c)
		default:
			r.unknown(c)
		}
	}
}

func (r *reader) score(v Value) {
	if !r.is(v, Object) {
		return
	}
	var raw, low, high Value
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "scaled":
			if r.is(c, Number) && (c.Float() < -1 || c.Float() > 1) {
				r.fail(c, "is not between -1 and 1")
			}
		case "raw":
			raw = c
		case "min":
			low = c
		case "max":
			high = c
		default:
			r.unknown(c)
		}
	}
	for _, c := range []Value{raw, low, high} {
		if c.OK() && !r.is(c, Number) {
			return
		}
	}
	switch {
	case r.err != nil:
	case low.OK() && high.OK() && low.Float() >= high.Float():
		r.fail(low, "is not less than max")
	case raw.OK() && low.OK() && raw.Float() < low.Float():
		r.fail(raw, "is less than min")
	case raw.OK() && high.OK() && raw.Float() > high.Float():
		r.fail(raw, "is more than max")
	}
}

func (r *reader) context(v, object Value) {
	if !r.is(v, Object) {
		return
	}
	ofActivity := true
	if t := object.Get("objectType"); t.OK() {
		ofActivity = t.Text() == "Activity"
	}
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch name := string(c.key()); name {
		case "registration":
			if u := r.uuid(c); !r.inner {
				r.s.Registration, r.s.HasRegistration = u, true
			}
		case "instructor":
			r.relate(r.party(c))
		case "team":
			if k := r.party(c); r.err == nil {
				if c.Get("objectType").OK() && c.Get("objectType").Text() == "Group" {
					r.relate(k)
				} else {
					r.fail(c, "is not a Group")
				}
			}
		case "contextActivities":
			r.contextActivities(c)
		case "revision", "platform":
			if r.is(c, String) && !ofActivity {
				r.fail(c, "may stand only where the object is an Activity")
			}
		case "language":
			if s := r.text(c); r.err == nil && !LanguageTag(s) {
				r.fail(c, "is no language tag of RFC 5646")
			}
		case "statement":
			r.reference(c)
		case "extensions":
			r.extensions(c)
		case "contextAgents", "contextGroups":
			if r.version == V1 {
				r.unknown(c)
				return
			}
			r.contextParties(c, strings.TrimSuffix(name, "s"))
		default:
			r.unknown(c)
		}
	}
}

func (r *reader) relate(keys []string) { r.s.Related = append(r.s.Related, keys...) }

func (r *reader) contextActivities(v Value) {
	if !r.is(v, Object) {
		return
	}
	one := func(c Value) {
		r.s.RelatedActivities = append(r.s.RelatedActivities, r.activity(c))
	}
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "parent", "grouping", "category", "other":
		default:
			r.unknown(c)
			return
		}
		switch {
		case c.Kind() == Array:
			for a := c.First(); a.OK() && r.err == nil; a = a.Next() {
				one(a)
			}
		default: // one activity stands for a list of one
			one(c)
		}
	}
}

// contextParties checks contextAgents or contextGroups, whose elements are of
// the type called kind.
func (r *reader) contextParties(v Value, kind string) {
	if !r.is(v, Array) {
		return
	}
	member := strings.ToLower(strings.TrimPrefix(kind, "context"))
	for e := v.First(); e.OK() && r.err == nil; e = e.Next() {
		if !r.is(e, Object) {
			return
		}
		typed, there := false, false
		for c := e.First(); c.OK() && r.err == nil; c = c.Next() {
			switch string(c.key()) {
			case "objectType":
				if typed = true; r.text(c) != kind {
					r.fail(c, "is not %s", kind)
				}
			case member:
				there = true
				keys, group := r.partyOf(c)
				if r.err == nil && group != (member == "group") {
					r.fail(c, "has to be of objectType %s", map[bool]string{true: "Group", false: "Agent"}[member == "group"])
				}
				r.relate(keys)
			case "relevantTypes":
				if r.is(c, Array) && c.Len() == 0 {
					r.fail(c, "is empty")
				}
				for t := c.First(); r.err == nil && t.OK(); t = t.Next() {
					r.iri(t)
				}
			default:
				r.unknown(c)
			}
		}
		r.lacks(e, typed, "objectType")
		r.lacks(e, there, member)
	}
}

func (r *reader) attachments(v Value) {
	if !r.is(v, Array) {
		return
	}
	for e := v.First(); e.OK() && r.err == nil; e = e.Next() {
		if !r.is(e, Object) {
			return
		}
		a := Attachment{at: e}
		display, length := false, false
		for c := e.First(); c.OK() && r.err == nil; c = c.Next() {
			switch string(c.key()) {
			case "usageType":
				a.UsageType = r.iri(c)
			case "display":
				r.languages(c)
				display = true
			case "description":
				r.languages(c)
			case "contentType":
				if a.ContentType = r.text(c); r.err == nil && !mediaType(a.ContentType) {
					r.fail(c, "is no media type")
				}
			case "length":
				length = true
				if r.is(c, Number) && (c.Float() < 0 || strings.ContainsAny(string(c.Raw()), ".eE")) {
					r.fail(c, "is no whole number of bytes")
				}
			case "sha2":
				if a.SHA2 = strings.ToLower(r.text(c)); r.err == nil && !sha2(a.SHA2) {
					r.fail(c, "is no SHA-2 hash in hexadecimal digits")
				}
			case "fileUrl":
				a.FileURL = r.iri(c)
			default:
				r.unknown(c)
			}
		}
		r.lacks(e, a.UsageType != "", "usageType")
		r.lacks(e, display, "display")
		r.lacks(e, a.ContentType != "", "contentType")
		r.lacks(e, length, "length")
		r.lacks(e, a.SHA2 != "", "sha2")
		r.s.Attachments = append(r.s.Attachments, a)
	}
}

// sha2 reports whether s is as long as the hash of SHA-224, 256, 384 or 512.
func sha2(s string) bool {
	switch len(s) {
	case 56, 64, 96, 128:
		return isHex(s)
	}
	return false
}
