// Package item is the question: its kinds, how one is read from a file, how an
// answer to it is marked, and how it is laid before a person without giving its
// answer away.
//
// The same question serves in a module of e-learning, where it is asked to
// teach, and in a pre- or post-test, where it is asked to know. Packages
// content, player and assess therefore share this one, which knows nothing of
// files, people, attempts or the database.
//
// # Words
//
// An item is one question. Its key is stable for ever: results of the same key
// are compared across languages, versions and years, so a key is never reused
// for another question.
//
// # Marking
//
// An answer is right or it is not; it earns all the item's points or none. There
// is no partial credit, because a mark that a person on paper, a trainer at a
// grid and a program give alike is worth more than a finer one.
//
// # Languages
//
// Texts are kept per language. What decides the mark (which options are
// correct, the right order, the pairs, the number, the points) is the same in
// every language: [Item.Join] refuses a translation that differs. Only the
// accepted words of a short answer add up over the languages.
package item
