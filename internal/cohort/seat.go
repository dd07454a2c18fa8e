package cohort

import (
	"cmp"
	"slices"
	"time"

	"cadre/internal/id"
)

// State is where a seat stands now.
type State string

// The states of a seat.
const (
	// Free is nobody's yet, or nobody's any more.
	Free State = "free"
	// Reserved is kept by its agency, which has not named an officer yet.
	Reserved State = "reserved"
	// Offered waits for the officer's own yes.
	Offered State = "offered"
	// Held is kept for an officer who said yes, until she has done what the
	// programme asks for it.
	Held State = "held"
	// Confirmed is hers.
	Confirmed State = "confirmed"
	// Withdrawn is no place of the cohort any more, by a signed change of quota.
	Withdrawn State = "withdrawn"
)

// States lists the states in the order of a seat's life.
func States() []State { return []State{Free, Reserved, Offered, Held, Confirmed, Withdrawn} }

// Taken reports whether an officer is tied to the seat.
func (s State) Taken() bool { return s == Offered || s == Held || s == Confirmed }

// Act is what moves a seat.
type Act string

// The acts. Each is one movement in the seat ledger.
const (
	Added      Act = "added"       // the cohort was opened, or its quota grew
	Removed    Act = "removed"     // its quota shrank
	Keep       Act = "reserved"    // the agency keeps it before naming
	GiveUp     Act = "given-up"    // the agency no longer keeps it
	Offer      Act = "offered"     // chosen: it is offered to an officer
	Promote    Act = "promoted"    // the next in line is offered it
	Hold       Act = "held"        // she said yes
	Confirm    Act = "confirmed"   // it is hers
	Release    Act = "released"    // she or her agency gave it back
	Forfeit    Act = "forfeited"   // a person decided so after a missed deadline
	Substitute Act = "substituted" // her agency named another officer
	Back       Act = "taken-back"  // the movement before it was a mistake; see [Service.TakeBack]
)

// Acts lists the acts in the order in which counts of them are shown.
func Acts() []Act {
	return []Act{Added, Removed, Keep, GiveUp, Offer, Promote, Hold, Confirm, Release, Forfeit, Substitute, Back}
}

// Next returns the state that act leads to from s. It reports false where the
// act is not possible.
func (s State) Next(act Act) (State, bool) {
	switch act {
	case Added:
		return Free, s == ""
	case Removed:
		return Withdrawn, s == Free || s == Reserved
	case Keep:
		return Reserved, s == Free
	case GiveUp:
		return Free, s == Reserved
	case Offer, Promote:
		return Offered, s == Free || s == Reserved
	case Hold:
		return Held, s == Offered
	case Confirm:
		return Confirmed, s == Offered || s == Held
	case Release, Forfeit:
		return Free, s.Taken()
	case Substitute:
		return Reserved, s.Taken()
	}
	return s, false
}

// Lane is the part of a quota that a seat belongs to: empty fields ask nothing.
// The next in line for a seat comes from the same quota and fits its lane.
type Lane struct {
	Sex     string // female or male
	Station string // duty station, as normalised by [Fits]
}

// Fits reports whether an officer of that sex and duty station may have a seat
// of the lane.
func (l Lane) Fits(sex, station string) bool {
	return (l.Sex == "" || l.Sex == sex) && (l.Station == "" || l.Station == station)
}

// narrow counts what the lane asks for: seats set aside are given out first, so
// that the open ones stay for those who fit nowhere else.
func (l Lane) narrow() int {
	n := 0
	if l.Sex != "" {
		n++
	}
	if l.Station != "" {
		n += 2
	}
	return n
}

// Seat is one place of a cohort.
type Seat struct {
	ID         id.Seat
	Cohort     id.Cohort
	Quota      id.Quota
	Number     int // within its quota, from 1, never given twice
	Lane       Lane
	State      State
	Nomination id.Nomination // whose it is, if Taken
	ChangedAt  time.Time
	Revision   int
}

// Pick returns the seat that an officer of that sex and station would be given:
// one that fits, the narrowest lane first, a reserved one before a free one, then
// by number. It reports false if none is left. It is the rule that the store's
// query follows.
func Pick(seats []Seat, sex, station string) (Seat, bool) {
	fit := slices.DeleteFunc(slices.Clone(seats), func(s Seat) bool {
		return s.State != Free && s.State != Reserved || !s.Lane.Fits(sex, station)
	})
	if len(fit) == 0 {
		return Seat{}, false
	}
	return slices.MinFunc(fit, func(a, b Seat) int {
		return cmp.Or(
			-cmp.Compare(a.Lane.narrow(), b.Lane.narrow()),
			-cmp.Compare(a.State, b.State), // "reserved" before "free"
			cmp.Compare(a.Number, b.Number),
		)
	}), true
}

// Movement is one line of the seat ledger: what happened to a seat, by whom, when
// and why. Movements are never changed.
type Movement struct {
	ID         id.Movement
	Cohort     id.Cohort
	Seat       id.Seat
	Quota      id.Quota
	Act        Act
	From, To   State
	Nomination id.Nomination // the officer's whom it concerns, if any
	Cause      string        // a key of [Causes], or ""
	Letter     id.Letter
	Note       string // free text
	Actor      string // as [actor.Actor.ID]
	At         time.Time
}

// Cause is why a seat was released or forfeited, an exception agreed, or an
// officer left: a key of the catalogue, so that causes can be counted.
type Cause = string

// Causes lists the causes that a person can choose for an act.
func Causes(act Act) []Cause {
	switch act {
	case Release:
		return []Cause{"declined", "withdrawn-by-agency", "transfer", "leave", "no-release", "other"}
	case Forfeit:
		return []Cause{"deadline-missed", "not-reached", "other"}
	case Substitute:
		return []Cause{"transfer", "leave", "duty", "other"}
	case Removed, Added:
		return []Cause{"quota-changed"}
	}
	return nil
}

// Count is how many seats of a lane stand where.
type Count struct {
	Quota id.Quota
	Lane  Lane
	By    map[State]int
	Acts  map[Act]int // movements of these kinds so far
}

// Places is how many places the lane has.
func (c Count) Places() int {
	n := 0
	for s, k := range c.By {
		if s != Withdrawn {
			n += k
		}
	}
	return n
}

// Taken is how many of them an officer is tied to.
func (c Count) Taken() int { return c.By[Offered] + c.By[Held] + c.By[Confirmed] }

// Left is how many are still to be given.
func (c Count) Left() int { return c.By[Free] + c.By[Reserved] }
