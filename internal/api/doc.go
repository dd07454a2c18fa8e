// Package api is Cadre's interface for other programs: JSON over HTTP below
// /api/v1, described by an OpenAPI document that it makes itself.
//
// # Words
//
// An operation ([Add]) binds a method and a path to a function from a typed
// input to a typed output, and declares what the policy must allow, as a route
// of package web does. A problem is a fault as RFC 9457 writes it, with one
// stable type for each kind of fault.
//
// # Invariants
//
//   - /api/v1 only grows. The document of every landed state is committed; a
//     test fails when anything in it has gone or become stricter.
//   - Who calls shows a bearer token, never the session's cookie, so another
//     site cannot make a browser call.
//   - What changes something carries an Idempotency-Key, a UUID: the operation's
//     id. Sent again, it gets the first answer.
//   - What can be edited has an ETag, its revision; an edit names the one it was
//     made on in If-Match.
package api
