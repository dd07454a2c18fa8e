// Package pathwayweb shows a participant her way: what to do next, what is open,
// what is not and why, until when her place is kept. It also holds the pages
// that everyone has: the one to land on after signing in, her own data, how she
// wants to read, and what this site keeps and how it can be used.
//
// Nothing here decides anything: what a page says comes from the standing that
// package pathway derived, in the words of [pathway.Speaker].
package pathwayweb
