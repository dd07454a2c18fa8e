// Package journal keeps the tamper-evident record of what happened: one entry
// for each fact, written in the transaction that changes the state.
//
// # Words
//
// An entry says who did what kind of thing, when, in which scope and to which
// subject. Its body (JSON: ids, revisions and hashes, never names, contacts or
// free text) lies in a table apart, with a random salt; the entry holds only
// the salted hash. So a body can be destroyed, and what it said can no longer
// be guessed from the hash, while the chain stays whole.
//
// A database is an origin. Its head row holds the sequence, which [Append]'s
// flusher advances inside the transaction, so that the order of sequences is the
// order of commits and a reader that follows them never misses one. The head
// also names the incarnation: a random id that begins with the database, and
// anew after each restore, announced by an entry of kind [KindIncarnation].
//
// An entry may vouch for rows of state tables ([RowOf]): for each it keeps a
// digest, salted with the body's salt, of the columns that the table's
// declaration journals. [Verify] compares every such row with its latest entry.
//
// # What protects what
//
//   - Each entry's hash covers its fields, the hash of its body and the hash of
//     the entry before it; any change breaks the chain there.
//   - Entry hashes, in order, are the leaves of a transparency log (RFC 6962,
//     golang.org/x/mod/sumdb/tlog), whose nodes are kept in journal_hashes.
//   - A checkpoint is the log's size and root, signed (see [Checkpoint]). Kept
//     outside the database, it convicts even a history that was rewritten from
//     the first entry on.
//   - The witness is a small file outside the database with the last head that
//     was seen ([Witness]). A database that is behind it, or disagrees with it,
//     is read-only until a person accepts it.
//   - [Redact] destroys bodies and salts and is itself an entry. A body that is
//     missing without one is damage.
//
// None of this stops whoever holds the machine, its signing key and every
// checkpoint. It makes sure that a checkpoint held by somebody else is enough.
//
// # Invariants
//
// Sequences start at 1 and have no gap. Entries are never changed or deleted.
// Bodies of one kind and version stay readable for ever: each has a committed
// golden file (package journaltest).
package journal
