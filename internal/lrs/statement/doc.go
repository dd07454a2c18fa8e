// Package statement knows what an xAPI statement is: it reads one from bytes,
// says exactly where it breaks a rule, and writes it again in the three formats.
// It touches no database and no network.
//
// # Reading
//
// [ParseJSON] is stricter than encoding/json: a member named twice, bytes that
// are not UTF-8, a half surrogate or a thing nested too deeply is refused. The
// result is a flat tree of byte offsets into the text, so a statement is never
// copied into a form of the program's own, and what is stored is what came.
// [Read] checks a tree against the rules of xAPI 1.0.3 or of IEEE 9274.1.1
// (2.0.0) and gathers what it can be found by. What is wrong is an [Error]: the
// path to the fault, and what would be right.
//
// # Writing
//
// The members that the record store owns (id, stored, timestamp, authority,
// version) are spliced into the text ([Statement.Exact]); formats "ids" and
// "canonical" cut and replace spans of it in the same way. Nothing is decoded
// and encoded again, so key order, number forms and escapes survive.
//
// # Sameness
//
// [Statement.Digest] is equal for two texts that xAPI calls the same statement:
// order of members, forms of numbers and instants, activity definitions and
// displays of verbs do not count.
package statement
