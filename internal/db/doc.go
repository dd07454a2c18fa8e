// Package db gives Cadre one database over two engines: SQLite, embedded, and
// PostgreSQL, when several instances share one database.
//
// # Reading and writing
//
// [DB.View] runs a function in a read-only transaction over one snapshot.
// [DB.Update] runs it in a serial one: on either engine no two updates of a
// [Lane] ever overlap, so a function may read, decide and write without fear.
//
// # Group commit
//
// A durable commit costs a sync of the disk, whatever it holds. Callers of
// Update that wait for each other are therefore committed as one group: each
// runs in a savepoint of one transaction, so its error, panic or rollback
// undoes only its own work, and each is answered only after the durable commit.
// It follows that
//
//   - a function may run again after a failure of the engine, and touches
//     nothing but the transaction;
//   - a caller's context is honoured until its turn comes and never handed to
//     the driver inside the group, since SQLite answers a cancelled write by
//     rolling back the whole transaction;
//   - if the engine ended the transaction itself (a full disk, an I/O error, a
//     lost connection), every caller of the group gets a [fault.Unavailable]
//     error and may send its operation again.
//
// What comes often and alike is better written by few statements for all:
// [Gathering] collects such requests before they come to Update.
//
// SQLite has one writer anyway. On PostgreSQL the group's first statement takes
// the lane's transaction advisory lock, which makes several instances of Cadre
// take turns.
//
// # Values
//
// Identifiers are text, instants microseconds since 1970 in UTC as BIGINT,
// flags 0 or 1. What truly differs between the engines is in [Dialect], and
// nowhere else.
package db
