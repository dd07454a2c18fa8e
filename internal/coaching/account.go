package coaching

import (
	"slices"
	"time"

	"cadre/internal/civil"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// Format is between whom a session is.
type Format string

// The formats.
const (
	Individual Format = "individual"
	Group      Format = "group"
)

// State is where a session stands.
type State string

// The states. A session is proposed, agreed, and closed or withdrawn; a day of a
// group event is closed as soon as its register is.
const (
	Proposed  State = "proposed"
	Agreed    State = "agreed"
	Withdrawn State = "withdrawn" // the proposal was taken back or refused
	Closed    State = "closed"
)

// Session is one session with a coach, or one person's day of a group event.
type Session struct {
	ID     id.CoachingSession
	Cohort id.Cohort
	Stage  string // key of the coaching stage
	Person id.Person
	Coach  id.Person // empty for a day of a group event
	Format Format
	Round  string // key of the round; empty outside rounds
	// Starts is the planned time on the wall clock of its own zone; a day of a
	// group event has a date alone.
	Starts  civil.DateTime
	Day     civil.Date
	Minutes int // planned

	State State
	// ProposedBy is whose proposal it is: hers, also where staff entered it for her.
	ProposedBy id.Person
	ProposedAt time.Time
	// ProposedOn and EnteredBy say on what word staff entered her proposal, and who;
	// empty for an own act.
	ProposedOn pathway.Basis
	EnteredBy  id.Person
	AgreedAt   time.Time
	AgreedBy   id.Person     // who entered the other's yes
	AgreedOn   pathway.Basis // on what word, where staff entered it for her

	Outcome     pathway.Outcome
	HeldMinutes int
	ClosedBy    id.Person
	ClosedAt    time.Time
	Fact        id.Fact

	// Contested is what somebody says the outcome really was; empty if nobody does.
	Contested   pathway.Outcome
	ContestedBy id.Person
	SettledAt   time.Time
	Revision    int
}

// Terms is what the blueprint says of a coaching stage.
type Terms struct {
	Stage *programme.Stage
	Zone  string // the programme's
}

func (t Terms) rules() *programme.Coaching { return t.Stage.Coaching }

// round returns the round of a key.
func (t Terms) round(key string) (programme.Round, bool) {
	for _, r := range t.rules().Rounds {
		if string(r.Key) == key {
			return r, true
		}
	}
	return programme.Round{}, false
}

// Account is what a participant is entitled to and what became of it.
type Account struct {
	Cohort      id.Cohort
	Stage       string
	Person      id.Person
	Entitlement int
	Needed      int // how many have to be held for the stage to be passed
	Held        int // sessions that count as held, at most the entitlement
	Planned     int // agreed and to come
	Sessions    []Session
}

// Left is how many sessions she still has, those planned taken off.
func (a Account) Left() int { return max(0, a.Entitlement-a.Held-a.Planned) }

// Count makes an account by the blueprint's rules; package pathway counts the
// facts by the same. An individual session counts if it was held, and if it was
// held in part where the blueprint says so. Days of a group event count by round:
// whoever was there on enough of them has held the number of sessions that the
// event stands for. A contested outcome counts as it was closed until it is
// settled.
func Count(c *programme.Coaching, sessions []Session) Account {
	a := Account{Entitlement: c.Entitlement, Needed: c.Needed(), Sessions: sessions}
	needs, counts := 1, 1
	if c.GroupDays != nil {
		needs, counts = c.GroupDays.Days, c.GroupDays.Counts
	}
	days := map[string][]civil.Date{}
	for _, s := range sessions {
		switch {
		case s.State == Agreed:
			a.Planned++
		case s.State != Closed:
		case s.Outcome != pathway.Held && (s.Outcome != pathway.HeldInPart || !c.PartCounts):
		case s.Format == Group:
			if !slices.Contains(days[s.Round], s.Day) {
				days[s.Round] = append(days[s.Round], s.Day)
			}
		default:
			a.Held++
		}
	}
	for _, d := range days {
		if len(d) >= needs {
			a.Held += counts
		}
	}
	a.Held = min(a.Held, a.Entitlement)
	return a
}

// Outcomes lists how a session can be closed, in the order of the form.
func Outcomes() []pathway.Outcome {
	return []pathway.Outcome{
		pathway.Held, pathway.HeldInPart, pathway.LineFailed, pathway.SheCouldNot, pathway.CoachCouldNot, pathway.Moved,
	}
}
