// Package coaching runs the sessions that each participant is entitled to after
// the week: who coaches whom, when they meet, how a session went, what was
// agreed.
//
// # Words
//
// The account is the number of sessions that the blueprint gives a participant,
// and what became of each. Days of a group event are counted by the blueprint's
// rule, so that a two-day event may be one session.
//
// A pairing is one coach for one participant. A programme officer assigns her;
// the coach declares to be neither the participant's superior nor acting in her
// cases, and only then sees anything. The participant changes her coach without
// giving a reason; who was coach until then sees nothing any more.
//
// A session's time is proposed by one and accepted by the other, on the wall
// clock of a zone; the participant's half may be entered by a programme officer, on
// her word on paper or by telephone, and says so. It is closed in one step: held, in
// part, the line failed, she could not, the coach could not, moved. Either may
// contest how it was closed; a programme officer settles it, by a fact that corrects
// the first.
//
// The guide is the fixed part of a semi-structured session and comes with the
// blueprint. Notes answer its questions and have a free part. Needs say what she
// wants to work on; goals what she will do, by when, and what will show it.
//
// # Invariants
//
//   - What people write (notes, needs, goals) is sealed (package seal) under a
//     key that is in neither the database nor its backups, bound to row, version
//     and author. Journal entries and facts hold none of it.
//   - Notes are shared: coach and participant read the same. Nobody else does: no
//     officer, no focal point, no administrator. The server's operator, who has
//     the key file, could; private notes need keys of the people's own.
//   - A session that is closed has one fact in the ledger; its correction is
//     another. A session that is contested says so until it is settled.
//   - No case is named. The pages say so where one writes.
package coaching
