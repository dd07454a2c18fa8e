// Package derive says in xAPI what happens in Cadre: statements that follow from
// facts, by one mapping.
//
// # How they come about
//
// A [Follower] reads the journal in order, in the lane of statements, and keeps
// in the same transaction how far it has read: whatever is killed, each entry
// has its statements once. What was recorded before the follower began is
// derived as well, from the journal's first entry on. Several instances may
// follow; each entry is taken by one of them.
//
// Of an entry only ids are used. What happened is read from the ledger of facts
// and from the attempt, as they stand now; docs/connect-an-lrs.md has the whole
// mapping as a table, and a test compares it with [Mapped].
//
// # Ids, corrections
//
// A statement's id follows from the id of its fact, or of its attempt and the
// page or item, and from a generation, from 0. If a fact no longer counts since
// it was corrected or withdrawn, or if its statement would be another now, the
// statement is voided. If a fact counts again, the next generation is stored: a
// voided statement stays void.
//
// # What statements never hold
//
// No name, no answer in words, no reason or cause, no need, note or goal, no
// agency, no registration. Actors are pseudonymous accounts ([lrs.Service.Account]).
// What did not happen (absence, a coaching session that somebody could not come
// to, a page skipped after a content warning) is not told at all.
//
// # Erasure
//
// The journal's bodies about somebody who was erased are gone, and an entry
// without a body is passed over. Whether she was erased is asked in the
// transaction that tells, and erasing is serial with it ([lrs.Forget]).
package derive
