// Package demo plays an example programme, as the files of its folder tell it,
// through the same services that the screens call.
//
// A script is two files: who takes part ([Cast], people.yaml) and what happens
// when (the events of timeline.yaml). A [Play] sets the clock to the moment of
// each event, runs whatever is due by then, and does the event as the person
// whose task it was: it has no rights of its own. So what the demo shows is what
// the program does, and a step that the policy forbids stops the play.
//
// Nothing here is reachable under serve.
package demo
