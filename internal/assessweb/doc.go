// Package assessweb is where tests are taken, entered from paper and read.
//
// A test is shown a few questions at a time and saved at each step; it works
// without scripts. Paper is entered in one table, a row for each person, that
// can be filled in with the keyboard alone: points or letters in the cells, or
// a total at the end of the row. Results say how many people they rest on and
// who is missing before they say anything else.
package assessweb
