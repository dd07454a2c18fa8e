// Package accessweb is the pages on which people come in, see what they may do,
// and let others in: sign-in, the first passphrase, sessions, codes and
// invitations, grants, and the administrator's page.
//
// # Invariants
//
//   - No page that somebody can see without signing in shows a name, or tells
//     whether somebody has an account.
//   - A code or link is drawn in the answer to the form that made it and nowhere
//     else: it is never part of an address that is kept.
//   - Printed sheets are neutral: no programme, no agency, no subject.
package accessweb
