// Package people knows who there is: persons and their names, how they are
// reached, the agencies they belong to, and how they want to read.
//
// # Words
//
// A person is an id, a sex, and little else: no address, no date of birth, no
// picture. Her names are rows ([Name]): as in the letter, as called, as printed,
// or another, each in a script and exactly as written. A name is found by its
// normalised form and by its sound ([Normal], [Sound]), which fold letter
// variants and transliteration; likely duplicates are shown, never merged.
//
// Agencies form a tree; an affiliation says where she serves, and since when.
// A contact route is a telephone number or an address, whose it is, and when it
// is safe to use. A place says where a person belongs, for the policy: in her
// agency while she is affiliated, in a cohort to which she was proposed, in the
// scope of a grant that she holds.
//
// # Invariants
//
//   - Names, contacts and posts are in no journal entry, log or error: entries
//     carry ids and revisions.
//   - One name is enough.
//   - After a transfer the old agency sees a person only where it nominated her.
//   - What can be edited has a revision; an edit of an older one is refused with
//     both versions ([Stale]).
package people
