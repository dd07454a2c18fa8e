package workshop

import (
	"slices"
	"time"

	"cadre/internal/civil"
	"cadre/internal/i18n"
	"cadre/internal/id"
)

// Mode is how somebody takes part in a half-day.
type Mode string

// The modes; the empty one is not known.
const (
	InPerson Mode = "in-person"
	Online   Mode = "online"
)

// Room is a place of one timetable, in a house or on the net.
type Room struct {
	ID       id.Room
	Key      string // the blueprint's
	Title    i18n.Text
	Mode     Mode
	Capacity int // as built; 0 is no bound
	// Safe is the lower capacity that a safety rule sets; 0 if none does.
	Safe int
	// Link is where a room on the net is entered: an https address.
	Link     string
	Revision int
}

// Holds returns how many people may be in the room; 0 is no bound.
func (r Room) Holds() int {
	if r.Safe > 0 && (r.Capacity == 0 || r.Safe < r.Capacity) {
		return r.Safe
	}
	return r.Capacity
}

// HalfDay is what one register covers.
type HalfDay struct {
	ID     id.Register
	Cohort id.Cohort
	Stage  string // key of the blueprint's stage
	Key    string // key of the blueprint's half-day: the subject of facts
	Title  i18n.Text
	Starts civil.DateTime
	Ends   civil.DateTime
	// PIN is shown in the room, and typed by whoever is in it.
	PIN string
	// ClosedAt is when the register was closed; zero while it is open.
	ClosedAt time.Time
	Revision int
	Sessions []Session // in the order of their start
}

// Half says which half of its day the half-day is: what starts before noon is
// the morning.
func (h HalfDay) Half() civil.HalfDay {
	half := civil.Afternoon
	if h.Starts.Hour < 12 {
		half = civil.Morning
	}
	return civil.HalfDay{Date: h.Starts.Date, Half: half}
}

// Minutes is the half-day's length.
func (h HalfDay) Minutes() int { return minutesBetween(h.Starts, h.Ends) }

// Span is when the half-day's sessions begin and end. It reports false if it has
// sessions and none of them takes place.
func (h HalfDay) Span() (starts, ends civil.DateTime, takesPlace bool) {
	for _, s := range h.Sessions {
		if s.Cancelled {
			continue
		}
		if !takesPlace || minutesBetween(s.Starts, starts) > 0 {
			starts = s.Starts
		}
		if !takesPlace || minutesBetween(ends, s.Ends) > 0 {
			ends = s.Ends
		}
		takesPlace = true
	}
	if len(h.Sessions) == 0 {
		return h.Starts, h.Ends, true
	}
	return starts, ends, takesPlace
}

// Edits counts the changes of the half-day and its sessions so far.
func (h HalfDay) Edits() int {
	n := h.Revision
	for _, s := range h.Sessions {
		n += s.Revision
	}
	return n
}

// Trainers lists who holds a session of the half-day, each once.
func (h HalfDay) Trainers() []id.Person {
	var out []id.Person
	for _, s := range h.Sessions {
		if s.Trainer != "" && !s.Cancelled && !slices.Contains(out, s.Trainer) {
			out = append(out, s.Trainer)
		}
	}
	return out
}

// Modes lists the modes that the half-day's sessions are held in.
func (h HalfDay) Modes() []Mode {
	var out []Mode
	for _, m := range []Mode{InPerson, Online} {
		if slices.ContainsFunc(h.Sessions, func(s Session) bool { return !s.Cancelled && slices.Contains(s.Modes, m) }) {
			out = append(out, m)
		}
	}
	return out
}

// Session is one item of the timetable.
type Session struct {
	ID       id.WorkshopSession
	HalfDay  id.Register
	Key      string // the blueprint's
	Title    i18n.Text
	Starts   civil.DateTime
	Ends     civil.DateTime
	Room     id.Room // empty for what is online only
	Modes    []Mode
	Trainer  id.Person // empty until somebody is named
	Part     string    // the part that the trainer plays, as the blueprint says it
	Language string    // BCP 47
	// Link is where the session is joined online, if not in the timetable's room
	// on the net.
	Link      string
	Cancelled bool
	Revision  int
}

// Timetable is a workshop stage of one cohort, laid out.
type Timetable struct {
	Cohort   id.Cohort
	Stage    string
	Rooms    []Room
	HalfDays []HalfDay // in order
}

// Room returns a room of the timetable.
func (t Timetable) Room(r id.Room) (Room, bool) {
	i := slices.IndexFunc(t.Rooms, func(x Room) bool { return x.ID == r })
	if i < 0 {
		return Room{}, false
	}
	return t.Rooms[i], true
}

// Session returns a session of the timetable and its half-day.
func (t Timetable) Session(s id.WorkshopSession) (Session, HalfDay, bool) {
	for _, h := range t.HalfDays {
		for _, x := range h.Sessions {
			if x.ID == s {
				return x, h, true
			}
		}
	}
	return Session{}, HalfDay{}, false
}

// LinkOf is where a session is joined online: its own link, else that of the
// timetable's room on the net; empty if it is not held online, or nobody knows.
func (t Timetable) LinkOf(s Session) string {
	if s.Cancelled || !slices.Contains(s.Modes, Online) {
		return ""
	}
	if s.Link != "" {
		return s.Link
	}
	for _, r := range t.Rooms {
		if r.Mode == Online && r.Link != "" {
			return r.Link
		}
	}
	return ""
}

// minutesBetween counts by the wall clock, as a timetable does; the days' dates
// may differ.
func minutesBetween(a, b civil.DateTime) int {
	return b.Date.Sub(a.Date)*24*60 + (b.Hour-a.Hour)*60 + b.Minute - a.Minute
}
