// Package web is how Cadre meets a browser: routes that declare their policy,
// handlers that return errors, sessions, forms that cannot be sent by strangers
// or twice, and the server itself.
//
// # Words
//
// A [Route] binds a method and a pattern to a [Handler] and says what the policy
// must allow ([Need]). [New] takes every route of the program and refuses a
// route that says nothing, or asks for something that the policy has never heard
// of. An operation is one act of one person, however often it is sent
// ([Operation]); a listing is a page of a list with its place in the address
// ([Listing]).
//
// # Invariants
//
//   - Nothing changes on GET. Whatever changes something comes from the same
//     origin and, from someone signed in, carries her session's form token.
//   - The policy is asked twice: here, whether a person in this role may do such
//     a thing at all; and by the service, about the very object.
//   - A page is written whole or not at all: an error while it is drawn becomes
//     an error page.
//   - A fault's key is shown in the person's language, its cause only logged. An
//     unexpected error gets an incident id on the page and in the log. The log
//     holds no names, no addresses and no query strings.
//   - Pages about people are never stored by the browser or on the way.
package web
