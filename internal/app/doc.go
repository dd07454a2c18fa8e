// Package app puts Cadre together: it opens the database, the journal and the
// files, makes every service, connects those that need one another, and offers
// what commands call.
//
// It is the one place that knows every package. Where a capability has declared
// a small interface for what it needs of another, the few lines that fulfil it
// are here, in the file named after the one that needs it.
package app
