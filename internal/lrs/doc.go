// Package lrs is the learning record store: xAPI 1.0.3 and IEEE 9274.1.1 (2.0.0)
// below /xapi/. It holds every learning event, whoever reports it.
//
// # Words
//
// A statement says that an actor did something with an object (package
// [statement]). A document is a state or a profile that e-learning keeps between
// visits. A key ([Key]) is what a program shows instead of a person's session: it
// has scopes, may be limited to a programme or an agency, and is named in each
// statement's authority, which nobody else can set. A limited key reads and is told of
// activities within its limits: a definition is kept for each limit. No key voids what it
// may not read. What a statement is found by are its facets, hashed into the keys of the
// index.
//
// # Storage
//
// lrs_statements holds each statement as the bytes that came, never in a JSON
// type of the database. Its primary key is stored: microseconds since 1970, and
// at the same time the order, since no two statements have the same. lrs_ids
// knows every id with the digest of its statement, so that none is stored twice
// or changed. lrs_index has a row for each facet of a statement and for the
// pairs that are asked for together (agent with verb, agent with activity,
// activity with verb, registration with verb): a filter is one walk along the
// primary key of the index, in order, as long as the page. Several facets are
// met by walking the rarest and asking for the others.
//
// On PostgreSQL statements and index are partitioned by month of stored; a job
// makes the months ahead, and what has no partition lies in the default one.
// lrs_ids is not partitioned: an id is unique for ever.
//
// # Order, and the head
//
// Statements and documents have a lane of their own ([db.XAPI]). The row of
// lrs_heads holds the last stored and a hash chained over (stored, id, digest)
// of every statement. It is advanced inside the transaction, so on either engine
// and with several instances a statement that becomes visible later has a later
// stored: a reader who asks for what is after the last one she saw, by since, by
// more or by the header X-Experience-API-Consistent-Through, misses none.
//
// # What survives what
//
// A batch is in one transaction: all of it is there, or nothing. Batches that come
// while another is written are then written together, until one of them cannot be:
// each is then written by itself, and its own caller told. Attachments are on disk
// before it begins and named by its rows. A request is answered after the
// durable commit. Sent again because the answer was lost, it meets its own ids:
// the same statement is passed over, another one under the same id is refused. So
// whoever repeats until she is answered has each statement once, whatever
// breaks down in between. The chain finds statements that were changed, taken
// away or slipped in behind Cadre's back ([Service.Verify]).
//
// # People
//
// Statements may name people, so the journal has nothing of them. The actors of
// Cadre's own statements are pseudonymous accounts (lrs_accounts); statements and
// documents whose actor, or whose object, is such an account carry the person's
// id, and go when she is erased. What other programs write of people under names
// of their own is found by its text alone.
package lrs
