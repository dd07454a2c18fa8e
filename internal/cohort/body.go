package cohort

import "cadre/internal/id"

// The bodies of this package's journal entries. Each is kept for ever in
// testdata/journal; a new form is a new version. None of them names anybody or
// says why an officer said no.

// opened is the body of cohort.opened.
type opened struct {
	Version id.Version `json:"version"`
	Places  int        `json:"places"`
}

// quotaSet is the body of cohort.quota-set.
type quotaSet struct {
	Before int       `json:"before"`
	After  int       `json:"after"`
	Letter id.Letter `json:"letter,omitempty"`
}

// seatMoved is the body of cohort.seat-moved.
type seatMoved struct {
	Movement   id.Movement   `json:"movement"`
	Act        Act           `json:"act"`
	From       State         `json:"from"`
	To         State         `json:"to"`
	Nomination id.Nomination `json:"nomination,omitempty"`
	Cause      string        `json:"cause,omitempty"`
	Letter     id.Letter     `json:"letter,omitempty"`
}

// told is the body of the entries that say what happened to a nomination:
// cohort.proposed, .accepted, .declined, .decided, .confirmed, .released,
// .withdrawn, .substituted, .left-programme, .letter-covers, .taken-back.
type told struct {
	Nomination id.Nomination `json:"nomination"`
	Revision   int           `json:"revision"`
	Letter     id.Letter     `json:"letter,omitempty"`
	Cause      string        `json:"cause,omitempty"`
}

// needSaid is the body of cohort.need-said.
type needSaid struct {
	Audience Audience `json:"audience"`
}

// letterFiled is the body of cohort.letter-filed.
type letterFiled struct {
	Kind   LetterKind `json:"kind"`
	Covers int        `json:"covers"`
}

// called is the body of cohort.called.
type called struct {
	Deadline string `json:"deadline"`
}

// enrolment is the body of cohort.enrolled, .enrolment-confirmed, .enrolment-back
// and .left.
type enrolment struct {
	What string `json:"what,omitempty"`
}

// reached is the body of cohort.reached.
type reached struct {
	Reach   id.Reach `json:"reach"`
	Channel string   `json:"channel"`
	Outcome Outcome  `json:"outcome"`
}

// excepted is the body of cohort.excepted.
type excepted struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject"`
	Cause   string `json:"cause"`
}

// sheetTaken is the body of cohort.sheet-taken.
type sheetTaken struct {
	Proposed int `json:"proposed"`
}
