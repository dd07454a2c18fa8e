// Package seal closes texts so that whoever has the database, or a backup of
// it, and not the instance's key cannot read or change them.
//
// # Words
//
// A payload is sealed under one of the instance's keys and is kept with that
// key's id. It is bound to where it belongs ([Binding]: purpose, row, version,
// author): moved to another row, set back to an older version or put under
// another name it no longer opens.
//
// The keys stand in one file outside the database and outside backups. The last
// one in it seals; the others still open what they sealed. Losing the file loses
// what was sealed, for ever: that is its use, so keep a copy of it, apart.
//
// # What this does not protect
//
// The server's operator has both the file and the database. Whatever has to be
// secret from the operator as well needs keys that the people hold themselves.
package seal
