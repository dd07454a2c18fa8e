// Package fault is the one way errors travel through Cadre.
//
// A [Error] keeps apart what three readers need: the program reads its [Kind],
// the person reads the sentence that its Key names in the catalogues of the
// person's language, and the operator reads its Cause in the log. The Cause is
// never shown to a person and the Key is never logged without it.
//
// An error is returned or logged, never both; package web alone turns a Kind
// into an HTTP status.
package fault

import (
	"errors"
	"fmt"
	"slices"
)

// Kind says what went wrong in terms that a caller can act on.
type Kind uint8

// The kinds. Their zero value is Internal, so an error nobody thought about is
// never mistaken for a harmless one.
const (
	// Internal is a mistake of ours or of the machine's; the person sees an incident id.
	Internal Kind = iota
	// Invalid is input that can be corrected; Fields say where and how.
	Invalid
	// Unauthenticated means that nobody is signed in, or no longer.
	Unauthenticated
	// Denied is refused by the policy.
	Denied
	// NotFound is absent, or present but not for this person's eyes.
	NotFound
	// Conflict collides with something that is already there.
	Conflict
	// Stale is an edit of a row that somebody else has changed since it was read.
	Stale
	// Closed came after the moment at which it was still possible.
	Closed
	// Limited came too often; it may be tried again later.
	Limited
	// Unavailable failed for reasons outside the request: the same request, with
	// the same operation id, may be sent again and will not be done twice.
	Unavailable
)

var kindNames = [...]string{
	"internal", "invalid", "unauthenticated", "denied", "not-found",
	"conflict", "stale", "closed", "limited", "unavailable",
}

// String returns the kind's stable name, as used in problem types of the API.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Args fill the placeholders of a catalogue entry.
type Args map[string]any

// Field is a fault of one input field.
type Field struct {
	// Name is the form's or the document's name of the field.
	Name string
	// Key names the sentence that says what would be right.
	Key string
	// Args fill its placeholders.
	Args Args
}

// Error is a fault: see the package comment for who reads which part.
type Error struct {
	Kind   Kind
	Key    string // catalogue key of the sentence for the person
	Args   Args
	Fields []Field // for Invalid: what to mend, in the order of the form
	Cause  error   // for the log only; may be nil
}

// Error returns kind and key, and the cause after them: it is written for logs.
func (e *Error) Error() string {
	s := e.Kind.String() + ": " + e.Key
	for _, f := range e.Fields {
		s += "; " + f.Name + ": " + f.Key
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the hidden cause.
func (e *Error) Unwrap() error { return e.Cause }

// New returns a fault of the given kind. args may be nil.
func New(k Kind, key string, args Args) *Error { return &Error{Kind: k, Key: key, Args: args} }

// Wrap returns a fault that hides cause. It returns nil when cause is nil, so
// that it can stand in a return statement.
func Wrap(k Kind, key string, cause error) error {
	if cause == nil {
		return nil
	}
	return &Error{Kind: k, Key: key, Cause: cause}
}

// Bad returns an Invalid fault that lists fields.
func Bad(key string, fields ...Field) *Error {
	return &Error{Kind: Invalid, Key: key, Fields: fields}
}

// Renamed returns err with its fields named as name says: a form may call a field
// otherwise than the package that refused it. An err without a fault is returned
// as it is, a fault in its chain alone.
func Renamed(err error, name func(Field) string) error {
	var x *Error
	if !errors.As(err, &x) {
		return err
	}
	y := *x
	y.Fields = slices.Clone(x.Fields)
	for i, f := range y.Fields {
		y.Fields[i].Name = name(f)
	}
	return &y
}

// KindOf returns the kind of the first fault in err's chain: Internal for any
// other error. It must not be called with nil.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is, or wraps, a fault of kind k. It is false for nil.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }
