package pathway

import (
	"time"

	"cadre/internal/id"
	"cadre/internal/programme"
)

// Evaluator is the version of the rules in this package. It rises with every
// change that can alter an answer; decisions keep the one they were taken under.
const Evaluator = 3

// Standing is where a person stands, at one moment.
type Standing struct {
	// Participation is how she stands to the cohort.
	Participation Participation `json:"participation"`
	// JoinedAt is the stage at which she joined; empty for the beginning.
	JoinedAt programme.Key `json:"joined_at,omitempty"`
	// Later is true if she was not among those the seats were first given to.
	Later bool `json:"later,omitempty"`
	// Groups are the groups that were named for her; more than one is a doubt.
	Groups []programme.Key `json:"groups,omitempty"`
	// Stages has one entry for each stage of the blueprint, in its order.
	Stages []StageStanding `json:"stages"`
	// Next is what she can do now, or what she waits for; nil at the end.
	Next *Action `json:"next,omitempty"`
	// Due is the earliest deadline that is ahead of her; zero if none is.
	Due time.Time `json:"due,omitzero"`
	// NextChangeAt is the first moment at which any of this changes without a new
	// fact; zero if none does.
	NextChangeAt time.Time `json:"next_change_at,omitzero"`
	// Seat says whether she did what keeps her seat.
	Seat SeatStanding `json:"seat"`
	// Certificate says whether it is earned, issued or revoked.
	Certificate CertificateStanding `json:"certificate"`
	// Complete is true once every stage that is asked of her, and is not optional,
	// is passed.
	Complete bool `json:"complete"`
	// Doubts are things that a person should look at.
	Doubts []Doubt `json:"doubts,omitempty"`
}

// Participation is how a person stands to a cohort.
type Participation string

// The participations, in the order in which they usually follow.
const (
	Unknown    Participation = "unknown" // nothing ties her to the cohort
	Proposed   Participation = "proposed"
	SaidYes    Participation = "accepted"
	SaidNo     Participation = "declined"
	Chosen     Participation = "selected"
	NotChosen  Participation = "not-chosen"
	Confirmed  Participation = "confirmed"
	Released   Participation = "released"
	OfferedOn  Participation = "offered-on"
	TakingPart Participation = "taking-part"
	HasLeft    Participation = "left"
)

// Participations lists them.
func Participations() []Participation {
	return []Participation{Unknown, Proposed, SaidYes, SaidNo, Chosen, NotChosen, Confirmed, Released, OfferedOn, TakingPart, HasLeft}
}

// State is how a person stands to a stage.
type State string

// The states of a stage.
const (
	// NotAsked: the stage is for others, or lies before the one she joined at.
	NotAsked State = "not-asked"
	// Locked: its gate is not met, or its time has not come.
	Locked State = "locked"
	// Open: she can begin.
	Open State = "open"
	// UnderWay: she has begun. A workshop stays under way until it is over.
	UnderWay State = "under-way"
	// Done: passed by what she did.
	Done State = "done"
	// Excepted: passed by an agreed exception.
	Excepted State = "excepted"
	// Equivalent: passed by outside certificates alone.
	Equivalent State = "equivalent"
	// AwaitingDecision: a deadline was missed, and a person decides what follows.
	AwaitingDecision State = "awaiting-decision"
	// Closed: over, and not passed.
	Closed State = "closed"
)

// States lists them.
func States() []State {
	return []State{NotAsked, Locked, Open, UnderWay, Done, Excepted, Equivalent, AwaitingDecision, Closed}
}

// StageStanding is how she stands to one stage.
type StageStanding struct {
	Key    programme.Key  `json:"key"`
	Kind   programme.Kind `json:"kind"`
	State  State          `json:"state"`
	Passed bool           `json:"passed"`
	// PassedAt is when what was asked was there.
	PassedAt time.Time `json:"passed_at,omitzero"`
	// Late is true if it was passed after its deadline, or has not been by then.
	Late bool `json:"late,omitempty"`
	// Have of Need: modules, half-days, sessions; 1 for one test or answer.
	Have int `json:"have"`
	Need int `json:"need"`
	// Unrecorded counts half-days that are over and have no verdict.
	Unrecorded int `json:"unrecorded,omitempty"`
	// Percent is how far she is, from 0 to 100.
	Percent int `json:"percent"`
	// Best is the best result of an assessment in per cent; -1 if there is none.
	Best int `json:"best"`
	// Due is the deadline, extension included.
	Due time.Time `json:"due,omitzero"`
	// Until is when an exception or a provisional acceptance ends.
	Until time.Time `json:"until,omitzero"`
	// Reasons say why it is locked, closed, excepted, or what is still missing.
	Reasons []Reason         `json:"reasons,omitempty"`
	Modules []ModuleStanding `json:"modules,omitempty"`
}

// ModuleStanding is how she stands to one module.
type ModuleStanding struct {
	Key     programme.Key `json:"key"`
	Done    bool          `json:"done"`
	DoneAt  time.Time     `json:"done_at,omitzero"`
	By      By            `json:"by,omitempty"`
	Percent int           `json:"percent"`
	// Tried is true if she reached the end without passing.
	Tried   bool      `json:"tried,omitempty"`
	Skipped int       `json:"skipped,omitempty"`
	Until   time.Time `json:"until,omitzero"`
}

// By says by what a module is done.
type By string

// By what.
const (
	ByHerself     By = "herself"
	ByEquivalence By = "equivalence"
	ByException   By = "exception"
	// ByDecision: staff let it count as passed.
	ByDecision By = "decision"
)

// SeatState says whether she did what keeps her seat.
type SeatState string

// Seat states.
const (
	SeatNotAsked SeatState = "not-asked"
	SeatEarned   SeatState = "earned"
	SeatNotYet   SeatState = "not-yet"
	// SeatAwaiting: the deadline passed; a person decides. Nothing is released by
	// a machine.
	SeatAwaiting SeatState = "awaiting-decision"
	SeatGone     SeatState = "gone"
)

// SeatStates lists them.
func SeatStates() []SeatState {
	return []SeatState{SeatNotAsked, SeatEarned, SeatNotYet, SeatAwaiting, SeatGone}
}

// SeatStanding says whether she did what keeps her seat.
type SeatStanding struct {
	State     SeatState `json:"state"`
	Confirmed bool      `json:"confirmed,omitempty"`
	// Late is true if it was done after the deadline.
	Late    bool      `json:"late,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Due     time.Time `json:"due,omitzero"`
	Reasons []Reason  `json:"reasons,omitempty"`
}

// CertificateStanding says how the certificate stands.
type CertificateStanding struct {
	Earned   bool      `json:"earned"`
	EarnedAt time.Time `json:"earned_at,omitzero"`
	Issued   bool      `json:"issued,omitempty"`
	Revoked  bool      `json:"revoked,omitempty"`
	Reasons  []Reason  `json:"reasons,omitempty"`
}

// Reason is one "because", in structured form. Its Key names a sentence of the
// catalogue area pathway; see [Speaker]. The other fields fill it.
type Reason struct {
	Key     string        `json:"key"`
	Stage   programme.Key `json:"stage,omitempty"`
	Module  programme.Key `json:"module,omitempty"`
	Have    int           `json:"have,omitempty"`
	Need    int           `json:"need,omitempty"`
	Percent int           `json:"percent,omitempty"`
	At      time.Time     `json:"at,omitzero"`
	Cause   string        `json:"cause,omitempty"`
	Of      []Reason      `json:"of,omitempty"`
}

// Action is what she does next.
type Action struct {
	// Key names a sentence: "pathway.next." + Key.
	Key    string        `json:"key"`
	Stage  programme.Key `json:"stage,omitempty"`
	Module programme.Key `json:"module,omitempty"`
	// Minutes is about how long it takes; 0 if that is not known.
	Minutes int `json:"minutes,omitempty"`
	// At is by when, or, where she waits or it begins by itself, from when.
	At time.Time `json:"at,omitzero"`
	// Begun is true where what begins by itself has begun: it is on now.
	Begun bool `json:"begun,omitempty"`
}

// Doubt is something that a person should look at. Its Key names a sentence:
// "pathway.doubt." + Key.
type Doubt struct {
	Key     string    `json:"key"`
	Subject string    `json:"subject,omitempty"`
	Facts   []id.Fact `json:"facts,omitempty"`
}

// Stage returns her standing in one stage; nil for a key that is not one.
func (s *Standing) Stage(k programme.Key) *StageStanding {
	for i := range s.Stages {
		if s.Stages[i].Key == k {
			return &s.Stages[i]
		}
	}
	return nil
}

// Module returns her standing in one module; nil for a key that is not one.
func (s *Standing) Module(k programme.Key) *ModuleStanding {
	for i := range s.Stages {
		for j := range s.Stages[i].Modules {
			if s.Stages[i].Modules[j].Key == k {
				return &s.Stages[i].Modules[j]
			}
		}
	}
	return nil
}

// Out reports whether the person is no longer, or not at all, part of the cohort.
func (p Participation) Out() bool {
	switch p {
	case SaidNo, NotChosen, Released, OfferedOn, HasLeft:
		return true
	}
	return false
}
