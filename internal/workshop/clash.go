package workshop

import (
	"slices"
	"time"

	"cadre/internal/id"
)

// ClashKind says what two sessions, or a session and a rule, cannot both have.
type ClashKind string

// The kinds of clashes.
const (
	RoomTwice      ClashKind = "room-twice"       // two sessions in one room
	TrainerTwice   ClashKind = "trainer-twice"    // one trainer in two sessions
	OutsideHalfDay ClashKind = "outside-half-day" // before its half-day starts or after it ends
	NoRoom         ClashKind = "no-room"          // in person, and nobody knows where
	NoLink         ClashKind = "no-link"          // online, and nobody knows where
	TooSmall       ClashKind = "too-small"        // more people than the room may hold
	FridayMidday   ClashKind = "friday-midday"    // the hours of the Friday prayer
)

// Clash is one thing that a timetable should not have.
type Clash struct {
	Kind    ClashKind
	Session id.WorkshopSession
	Other   id.WorkshopSession // for RoomTwice and TrainerTwice
	Room    id.Room            // for RoomTwice and TooSmall
	People  int                // for TooSmall: how many are expected in the room
	Holds   int                // for TooSmall: how many it may hold
}

// The hours of a Friday that stay free, on the wall clock.
const (
	fridayFrom  = 12*60 + 30
	fridayUntil = 14 * 60
)

// Clashes lists what is wrong with a timetable, in the order of its sessions.
// inRoom says how many people are expected in person in a half-day. Cancelled
// sessions clash with nothing.
func Clashes(t Timetable, inRoom func(id.Register) int) []Clash {
	var out []Clash
	var before []Session
	for _, h := range t.HalfDays {
		for _, s := range h.Sessions {
			if s.Cancelled {
				continue
			}
			for _, o := range before {
				if !overlap(s, o) {
					continue
				}
				if s.Room != "" && s.Room == o.Room {
					out = append(out, Clash{Kind: RoomTwice, Session: s.ID, Other: o.ID, Room: s.Room})
				}
				if s.Trainer != "" && s.Trainer == o.Trainer {
					out = append(out, Clash{Kind: TrainerTwice, Session: s.ID, Other: o.ID})
				}
			}
			before = append(before, s)
			if minutesBetween(h.Starts, s.Starts) < 0 || minutesBetween(s.Ends, h.Ends) < 0 || minutesBetween(s.Starts, s.Ends) <= 0 {
				out = append(out, Clash{Kind: OutsideHalfDay, Session: s.ID})
			}
			if slices.Contains(s.Modes, InPerson) {
				room, ok := t.Room(s.Room)
				if !ok {
					out = append(out, Clash{Kind: NoRoom, Session: s.ID})
				} else if n := inRoom(h.ID); room.Holds() > 0 && n > room.Holds() {
					out = append(out, Clash{Kind: TooSmall, Session: s.ID, Room: room.ID, People: n, Holds: room.Holds()})
				}
			}
			if slices.Contains(s.Modes, Online) && t.LinkOf(s) == "" {
				out = append(out, Clash{Kind: NoLink, Session: s.ID})
			}
			if s.Starts.Date.Weekday() == time.Friday &&
				s.Starts.Hour*60+s.Starts.Minute < fridayUntil && s.Ends.Hour*60+s.Ends.Minute > fridayFrom {
				out = append(out, Clash{Kind: FridayMidday, Session: s.ID})
			}
		}
	}
	return out
}

// overlap reports whether two sessions share a minute.
func overlap(a, b Session) bool {
	return minutesBetween(a.Starts, b.Ends) > 0 && minutesBetween(b.Starts, a.Ends) > 0
}
