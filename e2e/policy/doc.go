// Package policy tries the policy over HTTP: every route, for every role, agency
// and country, on the first programme as it stood one day, with another
// country's programme beside it. It holds tests alone.
//
// Requests are gathered by walking every link and form that any role is shown,
// and from the ids in the database for routes that no page leads to. Each is
// then sent by everybody. Who should get in is written by hand, per route, in
// testdata/routes.txt; whose a thing is is read off the tables' own columns, not
// asked of the policy. After each change the fixture is restored. No answer may
// hold a word of somebody whom the reader may not know.
package policy
