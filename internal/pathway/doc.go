// Package pathway says where each participant stands, and why.
//
// # Words
//
// A [Fact] is something that happened to one person: a module completed, a
// register signed, a coaching session held, and also a decision: a seat
// confirmed, an exception signed, a certificate issued. Facts stand in one
// narrow ledger. They are never changed; what was wrong is corrected by another
// fact that names it (Corrects): either the same kind with the right value, or
// [Withdrawn].
//
// A [Standing] is what follows from the facts: per stage its state, the
// [Reason] for it, when it is due, what to do next. [Evaluate] derives it from a
// blueprint, the facts and a moment, and from nothing else. Screens, gates,
// reminders, certificates and reports all ask it.
//
// # For the packages that record facts
//
// In the transaction that writes your own detail, call
//
//	err := pathway.Record(tx, pathway.Fact{
//		Person: p, Cohort: c, Subject: "tip-basics",
//		Value: pathway.ModuleCompleted{Score: 9, Max: 10, Passed: true},
//		OccurredAt: when, Basis: pathway.OwnAct, Source: "attempt:" + string(id), Actor: actor.From(ctx).ID(),
//	})
//
// It fills in what is missing (ID, RecordedAt, Origin, Sequence), writes the
// ledger row and its journal entry, and refreshes the standing, all in tx.
// Subject is a key of the blueprint: which one, each [Kind] says. OccurredAt is
// when it happened, not when it was entered; the zero time means now. Source
// points to what proves it, as "kind:id" of a row of yours or "" if it is her
// word alone. Values hold keys, ids, numbers and dates: never a name, a reason in
// words, or a note.
//
//	kind                  subject            value
//	nominated             -                  Nominated       agency, quota
//	accepted, declined    -                  Accepted, Declined
//	selected              - or a selection   Selected        chosen, rank, group
//	release-letter        -                  ReleaseLetter   until
//	seat.confirmed        -                  SeatConfirmed   seat
//	seat.released         -                  SeatReleased    seat
//	seat.offered-on       -                  SeatOfferedOn   seat
//	joined                -                  Joined          stage, group, capacity, later
//	module.progress       module             ModuleProgress  percent
//	module.completed      module             ModuleCompleted score, max, passed, skipped
//	equivalence.accepted  module             EquivalenceAccepted  until (zero: for good)
//	equivalence.refused   module             EquivalenceRefused
//	assessment.submitted  assessment stage   AssessmentSubmitted  form, raw, max, by competency
//	attendance.verdict    half-day           AttendanceVerdict    verdict, minutes, mode
//	coaching.session      coaching stage     CoachingSession number, format, outcome, round, day, minutes
//	feedback.given        stage              FeedbackGiven
//	waiver.signed         stage or module    WaiverSigned    cause, until
//	extension.agreed      stage              ExtensionAgreed until
//	followup.answered     follow-up stage    FollowUpAnswered
//	left, returned        -                  Left, Returned
//	certificate.issued    certificate        CertificateIssued, CertificateRevoked
//	withdrawn             as the corrected   Withdrawn
//
// [Begin] tells the pathway which version of a blueprint a cohort follows; the
// package cohort calls it when it opens one.
//
// # Invariants
//
//   - Evaluate never panics and never fails, whatever the facts.
//   - The order in which facts arrive does not matter: they are ordered by when
//     they occurred; ties break by id.
//   - A fact that corrects nothing never locks a stage that was open. Where
//     uncorrected facts contradict each other, the more favourable one counts
//     and [Standing.Doubts] says that a person should look.
//   - Deadlines are judged by when a thing occurred. A thing cannot have occurred
//     after it was recorded: the earlier of the two moments counts.
//   - Decisions are facts. A late fact or a mended rule never undoes one: it opens
//     a [Review] for a person.
//   - Between now and [Standing.NextChangeAt] nothing changes without a new fact.
package pathway
