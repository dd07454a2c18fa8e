// Package mail sends messages: neutral texts, queued in the transaction that
// decides them, delivered by a job over SMTP or into a spool folder.
//
// A subject line names neither trafficking nor coaching nor an agency: phones
// are shared and screens light up. Who composes a message takes it from the
// catalogues, in the recipient's language; nothing here writes sentences.
//
// # Once
//
// A message is marked "sending" before it is handed over and "sent" in the
// transaction that completes its job. Killed before the hand-over, Cadre sends
// it after the restart; killed after "sent", never again. Between the mail
// server's acceptance and that commit nothing can be known (SMTP has no word
// for it: RFC 5321, section 4.2.4.3 and RFC 1047): the message is sent again
// with the same Message-ID, and servers and mail programs that compare
// Message-IDs show it once. A spool folder has no such gap: the file's name is
// the message's id.
//
// # What is kept
//
// Address and text are personal; they are emptied [Kept] after the end, or when
// the person is erased, which also stops what is queued.
package mail
