// Package archtest holds the house to its rules. Its tests read the source tree
// and the go tool's list of packages, and fail on a breach; each rule is also
// tried on a planted breach, so that a rule that has stopped looking is found.
//
// The rules, by number; why there are such rules is in docs/decisions/0008:
//
//  1. Packages depend downwards: cmd, app, the web and API faces, capabilities,
//     platform, kernel.
//  2. A capability imports another only where [the list of pairs] names the two
//     and why.
//  3. No capability's SQL names another's tables; report reads views.
//  4. HTTP and templates stay at the edge; database drivers stay in db.
//  6. No package without a subject of its own (util, common …), no init
//     functions, no package-level state that changes.
//
// and beyond them: time is a parameter, every package and every exported name
// is documented, a file is one thing and therefore not long.
//
// A breach that is right after all is excepted in exceptions_test.go, with its
// reason; an exception that nothing needs any more fails as well.
//
// [the list of pairs]: pairs_test.go
package archtest
