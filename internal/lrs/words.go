package lrs

import (
	"time"

	"cadre/internal/fault"
	"cadre/internal/lrs/statement"
)

// What others need who judge statements or write their own.
type (
	// Statement is a statement that keeps every rule of xAPI.
	Statement = statement.Statement
	// Value is a JSON value of a statement.
	Value = statement.Value
	// UUID is the id of a statement or a registration.
	UUID = statement.UUID
	// Version is a version of xAPI.
	Version = statement.Version
	// Account is an account of somebody on some system.
	Account = statement.Account
	// Agent is who a document is about.
	Agent = statement.Agent
)

// The kinds of a [Value].
const (
	Null   = statement.Null
	False  = statement.False
	True   = statement.True
	Number = statement.Number
	Text   = statement.String
	Array  = statement.Array
	Object = statement.Object
)

// XAPI103 is xAPI 1.0.3, which profiles such as cmi5 are written for.
const XAPI103 = statement.V1

// VerbVoided is the verb of a statement that voids another.
const VerbVoided = statement.VerbVoided

// ReadStatement reads one statement from JSON.
func ReadStatement(b []byte, v Version) (*Statement, error) {
	top, err := statement.ParseJSON(b)
	if err != nil {
		return nil, invalid(err)
	}
	s, err := statement.Read(top, v)
	if err != nil {
		return nil, invalid(err)
	}
	return s, nil
}

// ReadJSON reads a JSON text strictly.
func ReadJSON(b []byte) (Value, error) {
	v, err := statement.ParseJSON(b)
	if err != nil {
		return v, invalid(err)
	}
	return v, nil
}

// ParseUUID reads a UUID.
func ParseUUID(s string) (UUID, bool) { return statement.ParseUUID(s) }

// FormatTime writes an instant as statements have it.
func FormatTime(t time.Time) string { return statement.FormatTime(t) }

// LanguageTag reports whether s is a language tag by RFC 5646.
func LanguageTag(s string) bool { return statement.LanguageTag(s) }

// Refuse makes a fault whose sentence the makers of programs read in the answer.
func Refuse(k fault.Kind, sentence string) error { return refuse(k, sentence) }
