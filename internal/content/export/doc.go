// Package export turns Markdown modules into packages that other systems play:
// SCORM 1.2, SCORM 2004 (4th edition) and cmi5.
//
// # What is in a package
//
// One unit with all languages of the module: its pages, pictures and questions
// with their answers (module.js), the player in src (play.js, play.css), the Urdu
// font where one is given, and the manifest. It works from a folder of files,
// loads nothing from elsewhere and evaluates nothing.
//
// The rules are those of package player: a question is answered once and shows why,
// a page with a content warning may be skipped without penalty, a further try keeps
// what was right, the pass mark decides. Who can open the files can find the
// answers: a score from such a package is self-reported, wherever it is played.
//
// # Invariants
//
// The same material gives the same bytes: order, times and compression are fixed.
// Ids in manifests come from the module and stay over its versions, so a learning
// platform sees a new version of the same unit.
package export
