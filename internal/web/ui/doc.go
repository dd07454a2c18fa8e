// Package ui holds the parts that Cadre's pages are made of: the page itself,
// forms and their fields, tables, statuses, notices, and the few drawings.
//
// A page is written as templ components. It begins with [Page], and everything
// on it that another page might want too is here, so that the same thing looks,
// reads and behaves the same everywhere.
//
// # Words
//
// A frame is what every page of one request shares: who is signed in, in which
// role, the token its forms carry, what happened just before ([Frame]). Package
// web puts it into the context; a page never builds one. A form ([Form]) is one
// operation offered to a person: what she typed and what is wrong with it stay
// with it when it is shown again.
//
// # Invariants
//
//   - No sentence is written here: labels, hints and errors arrive translated,
//     and the few words of the parts themselves come from the catalogue "ui".
//   - Nothing is styled inline and no script is inline: the content policy
//     forbids both. Drawings use presentation attributes only.
//   - A status is always a word beside a shape, never a colour alone.
//   - Every part works without scripts, at 360 px and in both directions.
package ui
