// Package peopleweb is the pages about people: the list and its search, one
// person with what the reader may see of her, one's own names and contacts, and
// the tree of agencies.
//
// # Invariants
//
//   - A page asks for each part of a person by itself (her names, how she is
//     reached, where she serves) and leaves out what the policy does not give.
//   - What is shown of anybody else was recorded before it is drawn.
package peopleweb
