// Package reportweb shows figures: each with its definition and its target, and,
// for those permitted, the people, sheets and letters behind it. A person who
// doubts a number can walk from it to the paper.
//
// Staff of the programme see the live figures, prepare a release and sign it.
// Observers and focal points see releases. What is withheld says so, and why.
package reportweb
