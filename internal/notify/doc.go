// Package notify reminds people of what they still have to do, in time, once,
// in their own language and without saying what it is about.
//
// # How a reminder comes about
//
// A blueprint's deadline says how many days before it people are reminded
// (warn-days). The job [KindSweep] looks at the standings that fall due within
// that time. For each it decides, in one transaction: is a reminder of this
// deadline, so many days before, already noted? If not, it notes it and queues
// the mail. So a reminder is decided once, whatever is killed in between, and
// goes out as package mail promises.
//
// The mail has a neutral subject and says that something is due, by when, and
// where to look. It names no programme, no agency and no subject: phones are
// shared. Somebody without a mail address of her own is noted as
// [NoRoute], which the programme officer sees among those to ring; a shared
// address or one that passes through somebody is never used by a machine.
//
// Nothing here decides about a seat: a missed deadline waits for a person, who
// sees whether a warning reached her.
package notify
