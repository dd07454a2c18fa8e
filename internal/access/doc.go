// Package access decides who may do what, and knows who is there: grants,
// sign-in, sessions, invitations, and the record of who read whose data.
//
// # The policy
//
// [Allow] answers one question: may this actor do this to that object? It reads
// hand-written rules, one file per area (policy_*.go). A rule names a kind of
// thing, verbs, roles, the relations of which one must hold, and sometimes
// states. Rules only allow; what none says is denied. Everything it needs is in
// its arguments: it reads no database and no clock.
//
// A role is held by a grant (role, scope, from–until, by whom). Only the grant
// acted in counts. Fields that fewer people may see than the thing they belong
// to are kinds of their own: names, contacts, reasons for declining, scores.
//
// # Invariants
//
//   - Every service method that reads or changes something calls Allow with the
//     object it loaded, in the transaction in which it acts.
//   - A focal point's grant always names an agency; a participant's a cohort.
//   - An administrator sees neither people whom agencies proposed nor anything
//     about them; a donor's observer sees released figures and nothing else.
//   - Secrets (tokens, codes, passphrases) are kept as hashes only and are in no
//     log, journal entry or error.
package access
