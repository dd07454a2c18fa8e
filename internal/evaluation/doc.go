// Package evaluation asks what people thought of a training, whether they use
// it at work, and what they are willing to say in public.
//
// # Three acts that stay apart
//
// A reaction survey ([Survey], Kirkpatrick's level 1) is answered without a
// name. Beginning it gives a one-use token; sending the answer uses the token
// up and records that she answered, and that is all that is recorded about her.
// The answer itself carries no person, no actor, no address, no time and no
// identifier that grows with time. So that its place in the database says
// nothing either, each new answer rewrites the survey's answers in a new order.
// Results are shown once the survey is closed, and from five answers: while it
// is open a reader could subtract yesterday's figures from today's.
//
// What this does not hide: whoever operates the machine and copies the database
// after every single answer can tell which one is new.
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
