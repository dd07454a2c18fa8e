// Package retention keeps the promise of how long data stay: it knows, from the
// declarations of all tables, whose data lie where, and erases a person.
//
// # Words
//
// A declaration ([db.Table]) says whose data a table holds, why, how long, and
// what erasing her does to her rows: they are deleted, emptied in some columns,
// or kept because they hold ids and dates alone. [Check] compares the
// declarations with the database; a table that nobody declared fails a test.
//
// The register of erased persons ([Register]) is a file of ids outside the
// database and outside every backup. A restore replays it, so that a backup does
// not bring anybody back; an instance whose register is not replayed does not
// serve ([Service.Ready]).
//
// # What erasing does
//
// In one transaction: her uploads lose their keys; her rows are deleted or
// emptied; journal entries that are about her or mention her lose their bodies,
// which a redaction says, and which vouches anew for the rows that stay;
// remembered answers that hold her names are forgotten. The id goes into the
// register before that, so that a crash between the two is made good at the next
// start. After the commit, spooled mail to her is removed and the database's
// files are rewritten without what was deleted.
//
// What stays is her id, in facts and in figures, which leads to nobody any more.
// Released aggregates stay. Texts in which others may have named her are listed
// for a person to look at: a machine cannot tell one Ayesha from another.
//
// This package is the one that writes other packages' tables, and only along
// their declarations.
package retention
