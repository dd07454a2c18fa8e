// Package job runs durable background work: what is to be done is enqueued in
// the transaction that decides it, and done after the commit, by whichever
// instance gets to it, however often it takes.
//
// # Words
//
// A job has a kind, which names its [Handler], a payload (JSON of ids, never
// names or free text) and a due time in domain time, the clock of the database.
// A worker claims it with a lease, in machine time, and renews the lease while
// the handler runs. When a worker dies, its lease runs out and another worker
// takes the job. A handler that fails is tried again after a pause that grows
// ([Backoff]); after [MaxAttempts], or when it says so with [Discard], the job
// is dead: it stays where an administrator sees it, and can be sent again.
//
// # Once
//
// A handler runs at least once. What it writes happens exactly once if it calls
// [Job.Complete] in the transaction that writes: completion needs the lease, so
// of two workers that believe in the same job only one can commit. Effects
// outside the database need a name that makes a second one recognisable.
//
// # Invariants
//
// Of the jobs of one kind with the same unique key at most one is unfinished.
package job
