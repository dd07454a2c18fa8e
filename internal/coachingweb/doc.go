// Package coachingweb shows coaching: the one page by which participant and
// coach prepare and remember, the form that closes a session in three minutes,
// the coach's own list, and what a programme officer sees of it, which is never
// what was said.
package coachingweb
