package cohort

import (
	"cmp"
	"slices"
	"time"

	"cadre/internal/id"
)

// Decision is what the programme decided about a nomination.
type Decision string

// The decisions. There is none until somebody decides.
const (
	Undecided Decision = ""
	Chosen    Decision = "chosen"
	InLine    Decision = "in-line" // next in line within the same quota
	NotChosen Decision = "not-chosen"
)

// Answer is what the officer herself said.
type Answer string

// The answers. Nothing is settled until she says yes.
const (
	NoAnswer Answer = ""
	Yes      Answer = "yes"
	No       Answer = "no"
)

// Ending is how a nomination came to its end before the programme did.
type Ending string

// The endings.
const (
	Open           Ending = ""
	EndWithdrawn   Ending = "withdrawn"   // by the agency
	EndSubstituted Ending = "substituted" // another officer was named
	EndDeclined    Ending = "declined"    // she said no
	EndReleased    Ending = "released"    // a person decided to give her place on
	EndLeft        Ending = "left"        // she left the programme
)

// Nomination is one officer's, proposed by one agency for one quota of a cohort.
// The proposal, the agency's release and the officer's own acceptance are three
// facts, kept apart.
type Nomination struct {
	ID       id.Nomination
	Cohort   id.Cohort
	Quota    id.Quota
	Agency   id.Agency
	Person   id.Person
	Station  string // duty station at the time of the proposal
	Sex      string
	Rank     string // rank group at the time of the proposal
	Unit     string
	Proposed time.Time
	By       string // the actor who entered it
	Basis    string // on what: a form, a sheet, paper
	Letter   id.Letter

	Decision  Decision
	DecidedAt time.Time
	Line      int // place in line within the quota, 0 if not in line; never shown to her

	Answer     Answer
	AnsweredAt time.Time // when she said so
	AnswerBy   string    // who entered it
	AnswerOn   string    // basis: own-act, paper, telephone

	Released  time.Time // when a release letter that covers her was filed; zero: none yet
	InPlaceOf id.Nomination
	Seat      id.Seat // hers now, if any
	SeatState State
	Ending    Ending
	EndedAt   time.Time
	Cause     string // why it ended: the agency's cause, never hers
	Revision  int
}

// Status is where a nomination stands, in one word for a list.
type Status string

// The statuses, in the order of the way.
const (
	StatusProposed  Status = "proposed"   // nobody decided, she has not answered
	StatusSaidYes   Status = "said-yes"   // nobody decided, she said yes
	StatusOffered   Status = "offered"    // chosen, her yes is awaited
	StatusHeld      Status = "held"       // chosen, she said yes
	StatusConfirmed Status = "confirmed"  // the place is hers
	StatusInLine    Status = "in-line"    // next in line
	StatusNotChosen Status = "not-chosen" //
	StatusDeclined  Status = "declined"   // she said no
	StatusWithdrawn Status = "withdrawn"  // the agency took the proposal back
	StatusReplaced  Status = "replaced"   // the agency named another officer
	StatusReleased  Status = "released"   // her place was given on
	StatusLeft      Status = "left"
)

// Statuses lists the statuses.
func Statuses() []Status {
	return []Status{
		StatusProposed, StatusSaidYes, StatusOffered, StatusHeld, StatusConfirmed, StatusInLine,
		StatusNotChosen, StatusDeclined, StatusWithdrawn, StatusReplaced, StatusReleased, StatusLeft,
	}
}

// Status tells where the nomination stands.
func (n Nomination) Status() Status {
	switch n.Ending {
	case EndWithdrawn:
		return StatusWithdrawn
	case EndSubstituted:
		return StatusReplaced
	case EndDeclined:
		return StatusDeclined
	case EndReleased:
		return StatusReleased
	case EndLeft:
		return StatusLeft
	}
	switch {
	case n.SeatState == Confirmed:
		return StatusConfirmed
	case n.SeatState == Held:
		return StatusHeld
	case n.SeatState == Offered:
		return StatusOffered
	case n.Decision == InLine:
		return StatusInLine
	case n.Decision == NotChosen:
		return StatusNotChosen
	case n.Answer == Yes:
		return StatusSaidYes
	}
	return StatusProposed
}

// Basis is on whose word something about an officer was entered.
type Basis = string

// The bases of her answer. What staff enter for her is never her own act.
const (
	OwnAct    Basis = "own-act"
	Paper     Basis = "paper"
	Telephone Basis = "telephone"
)

// NextInLine orders those who may be offered a seat of the lane: in line, in the
// same quota, fitting, not having said no; by their place in line, then by when
// they were proposed. It is the rule that the store's query follows.
func NextInLine(all []Nomination, quota id.Quota, lane Lane) []Nomination {
	fit := slices.DeleteFunc(slices.Clone(all), func(n Nomination) bool {
		return n.Quota != quota || n.Decision != InLine || n.Ending != Open || n.Answer == No ||
			n.Seat != "" || !lane.Fits(n.Sex, n.Station)
	})
	slices.SortFunc(fit, func(a, b Nomination) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), a.Proposed.Compare(b.Proposed), cmp.Compare(a.ID, b.ID))
	})
	return fit
}

// DeclineReasons lists what she may choose from when she says no. Her agency
// never sees it; the programme counts it, and can mend some of it.
func DeclineReasons() []string {
	return []string{"childcare", "family", "health", "distance", "lodging", "escort", "duty", "timing", "language", "not-for-me", "rather-not-say", "other"}
}

// NeedKinds lists what may have to be arranged for her.
func NeedKinds() []string {
	return []string{"childcare", "escort", "lodging", "transport", "prayer-space", "nursing-space", "access", "interpreter", "device", "other"}
}

// Audience is who may read a support need besides its author.
type Audience string

// The audiences.
const (
	ForProgramme Audience = "programme" // the programme office alone
	ForAgency    Audience = "agency"    // her agency too: it wrote it, or has to arrange it
)

// Outcome is what came of trying to reach her.
type Outcome string

// The outcomes. Unknown is the honest one: nothing is decided on it alone.
const (
	SpokenTo   Outcome = "spoken-to"
	Seen       Outcome = "seen" // a message was read, or she was met
	LeftWord   Outcome = "left-word"
	NotReached Outcome = "not-reached"
	Unknown    Outcome = "unknown"
)

// Outcomes lists the outcomes.
func Outcomes() []Outcome { return []Outcome{SpokenTo, Seen, LeftWord, NotReached, Unknown} }

// Reached reports whether the outcome shows that word came to her.
func (o Outcome) Reached() bool { return o == SpokenTo || o == Seen }

// outcomesReached are those that [Outcome.Reached] reports, as SQL lists them.
const outcomesReached = `('spoken-to', 'seen')`

// Channels lists the ways of reaching her.
func Channels() []string {
	return []string{"telephone", "message", "mail", "in-person", "through-someone"}
}

// LetterKind is what a letter is for.
type LetterKind string

// The kinds of letters.
const (
	CallLetter       LetterKind = "call"
	NominationLetter LetterKind = "nomination"
	ReleaseLetter    LetterKind = "release"
	QuotaLetter      LetterKind = "quota-change"
	ExceptionLetter  LetterKind = "exception"
	WithdrawalLetter LetterKind = "withdrawal" // an agency takes proposals back
)

// LetterKinds lists them.
func LetterKinds() []LetterKind {
	return []LetterKind{CallLetter, NominationLetter, ReleaseLetter, QuotaLetter, ExceptionLetter, WithdrawalLetter}
}
