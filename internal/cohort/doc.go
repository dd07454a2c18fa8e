// Package cohort runs one intake of a programme: which agency has how many
// places, who is proposed, chosen, next in line, who said yes, whose a place is,
// and who is still in doubt.
//
// # Words
//
//   - [Cohort] is one intake. It keeps the version of the blueprint that it was
//     opened with until a person moves it.
//   - [Quota] is the places of one agency; a [Lane] is a part of it that is set
//     aside by sex or duty station.
//   - [Seat] is one place: free, reserved, offered, held, confirmed. A [Movement]
//     is a line of the seat ledger: who moved which seat, when, why, on which
//     letter. Release and forfeit are movements; the seat is free again after
//     them.
//   - [Nomination] is one officer proposed by one agency. The proposal, the
//     agency's release and her own yes are three facts; no seat is confirmed
//     without hers.
//   - Next in line: nominations that wait for a seat of the same quota.
//   - Enrolment: that she takes part, with what reports disaggregate by as it was
//     when she joined.
//   - Exception: a waiver or an extension, signed, with its cause.
//
// # Invariants
//
//   - A quota never has more officers than places: seats are rows, an officer
//     holds at most one, a seat at most one officer, and updates are serial.
//   - Every change of a seat is a movement and a journal entry.
//   - Quotas change only by a person's signed act that names its letter.
//   - The next in line for a seat comes from the same quota and fits its lane.
//   - Nothing is released by a timer. Who decides after a missed deadline sees
//     whether word reached the officer, and says so if it did not.
//   - Why an officer said no, and what she told the programme she needs, is never
//     shown to her agency and is in no journal entry.
package cohort
