// Package workshop runs the days that participants spend with others: who
// teaches what where, who was there, and on what evidence.
//
// # Words
//
// A timetable belongs to one workshop stage of one cohort. It is laid from the
// blueprint when the cohort has its dates, and is the cohort's own from then on:
// half-days, each with its register, and sessions, each with modes (in person,
// online), room, trainer and language. A change of a session is announced: what
// was, what is now, and who has seen it.
//
// Evidence is one sign that somebody attended a half-day, or did not: the
// trainer's register, the half-day's PIN typed by the participant, a signature
// on a printed sheet, a name taken at the door, her click on the online link.
// The verdict is what all of it comes to by one rule, [Judge]: present, part,
// excused, absent. Where nothing decides there is no verdict: it was not
// recorded, which is never absence.
//
// The door admits whoever arrives, in a capacity: participant, observer,
// interpreter, staff, guest. All of them count for the room and for the contact
// list; participants alone count for figures.
//
// A declaration says where somebody takes part on one day, in the room or
// online, and never why. Declarations go when the day is over, contact lists
// after [ContactsKept].
//
// # Invariants
//
//   - Evidence is never changed; a later statement from the same source replaces
//     an earlier one, and both stay.
//   - A verdict that changes is a new fact that corrects the one before.
//   - The mode belongs to the half-day: she may be in the room on Monday and
//     online on Tuesday.
//   - No room is filled beyond its capacity, or beyond the lower one that a
//     safety rule sets.
//   - Times are planned on the wall clock of the workshop's place.
package workshop
