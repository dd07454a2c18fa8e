// Package evaluation asks what people thought of a training, whether they use
// it at work, and what they are willing to say in public.
//
// # Three acts that stay apart
//
// A reaction survey ([Survey], Kirkpatrick's level 1) is answered without a
// name. Beginning it gives a one-use token; sending the answer uses the token
// up, and that she answered is all that is recorded about her. The answer itself
// carries no person, no actor, no address, no time and no identifier that grows
// with time.
//
// Both are written in one commit, and the database's log keeps commits in their
// order. So what is written then is sealed, under the instance's key, which lies
// outside the database and its backups, and filled up to one length. Within an
// hour of the survey's close a job unseals all answers at once and writes them
// down in an order that chance picks. Only then do the ledger and the journal
// learn who answered, of all of them together, at the moment of closing. No
// outcome of the operation is kept, as it would name the actor and the moment.
// Results are shown once the survey is closed, and from five answers.
//
// What this does not hide: whoever operates the machine holds the key as well,
// and with a copy of the database or of its log from the days in which it was
// answered can open the boxes in the order in which they came, beside the turns
// that were used up. So can one who watches the running program. That somebody
// has answered can be seen at once by herself, and in the database, without a
// time. If a survey closes with one answer, or all answer alike, who answered
// says what was answered, to those who may see either: results are withheld then.
// If the key is lost before the close, so are the answers.
//
// A [Testimonial] is a separate act with a consent of its own: her words, how
// far they may travel, with or without her name, until when. She, or staff on
// the telephone with her, withdraws it at any time, and it is gone from every
// list at once.
//
// A follow-up (levels 3 and 4) is asked by the blueprint's follow-up stages some
// months later: whether she could use it, how often, what stood in the way.
// Never about a case. Her supervisor, linked with her agreement, confirms how
// often; the two do not see each other's answers.
package evaluation
