package workshop

import "cadre/internal/id"

// The bodies of this package's journal entries, each named after its kind.
// Their forms are kept for ever: see testdata/journal.

type timetableLaid struct {
	Stage    string `json:"stage"`
	HalfDays int    `json:"half_days"`
	Sessions int    `json:"sessions"`
}

type sessionChanged struct {
	Revision  int  `json:"revision"`
	Announced bool `json:"announced"`
}

type roomChanged struct {
	Revision int `json:"revision"`
	Safe     int `json:"safe"`
}

type changesSeen struct {
	Stage   string      `json:"stage"`
	Changes []id.Change `json:"changes"`
}

// registerMarked: everyone who was left, or one person's line.
type registerMarked struct {
	HalfDay string    `json:"half_day"`
	Marked  int       `json:"marked"`
	Person  id.Person `json:"person,omitempty"` // empty for everyone
	Verdict Verdict   `json:"verdict,omitempty"`
}

type attendanceCorrected struct {
	HalfDay string    `json:"half_day"`
	Person  id.Person `json:"person"`
	Verdict Verdict   `json:"verdict,omitempty"`
	Cause   string    `json:"cause"`
}

// signGiven: she typed the PIN, or opened the link.
type signGiven struct {
	HalfDay string    `json:"half_day"`
	Person  id.Person `json:"person"`
}

type sheetFiled struct {
	HalfDay string `json:"half_day"`
	Signed  int    `json:"signed"`
}

type registerClosed struct {
	HalfDay string `json:"half_day"`
}

type admitted struct {
	HalfDay     string    `json:"half_day"`
	Person      id.Person `json:"person,omitempty"` // empty while only her name is known
	Capacity    Capacity  `json:"capacity"`
	Mode        Mode      `json:"mode"`
	Conditional bool      `json:"conditional"`
}

type admissionSettled struct {
	Person id.Person `json:"person"`
}

// attendanceContested is the body of workshop.attendance-contested, version 1.
type attendanceContested struct {
	Half   string    `json:"half"`
	Person id.Person `json:"person"`
	Says   Verdict   `json:"says"`
}

// contestDecided is the body of workshop.contest-decided, version 1.
type contestDecided struct {
	Half    string    `json:"half"`
	Person  id.Person `json:"person"`
	Answer  Answer    `json:"answer"`
	Verdict Verdict   `json:"verdict"`
}
