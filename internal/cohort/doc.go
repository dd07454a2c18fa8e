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
//
// # The service
//
// Every operation takes the operation id first and is done once. In the order of
// a programme:
//
//	Open            a cohort from a version; seats are made from its quotas
//	MakeCall        ask an agency to propose, with its inner deadline
//	Reserve         an agency keeps places before it names officers
//	Propose         an officer, known already or new, for a quota
//	ImportSheet, Sheet, TakeSheet   the same from XLSX or CSV, all or nothing
//	FileLetter      a letter with whom and which days it covers
//	Decide          Chosen (a seat is offered), InLine, NotChosen
//	Accept, Decline her own answer; entered for her with its basis, and its paper
//	AddNeed, Arrange, Arranged      what she needs, what is made of it
//	Reached         an attempt to reach her, and what came of it
//	Except          a signed waiver or extension
//	Confirm         the seat is hers; asks for her yes and what the blueprint asks
//	Release         given back, or forfeited after a missed deadline
//	Promote         the next in line to a free seat
//	Withdraw, Substitute            by the agency
//	ChangeQuota     signed, on its letter
//	Group, Ungroup  a group of the cohort named for officers, and taken back
//	TakeBack        one of these decisions, while nothing rests on it
//	Leave, Join     out of the programme, or in at a later stage
//	Shortlist, Sign, TakeBackSelection   a choice of some, from their results
//	Close           the cohort
//
// A seat remembers whether word ever came to whoever has it, from the attempts to
// reach her: the list of those in doubt is read in that order.
//
// Pages read through Overview, Ledger, Doubts, Nominations, Nomination, Mine,
// Call, Letters, Letter and AnswerPaper, which ask the policy and record what was read.
//
// # For other capabilities
//
// [ByID] is the cohort; [EnrolmentOf], [EnrolmentsOf], [Enrolled] and [Expected]
// say who takes part. An officer is enrolled from her own yes on, if she was
// chosen or is next in line, so that she can learn while her place is settled;
// ConfirmedAt tells that the seat is hers. They do not ask the policy: the caller
// does.
package cohort
