// Package player is how material is taken: who is at which page of what, what
// she answered, how it ended.
//
// # The seam
//
// Package content owns the material; player owns attempts at it, whatever its
// kind: the pages of a Markdown module today, packages with a run time of their
// own later. Whatever the kind, what is learned about an attempt comes down to
// one [Outcome], and from outcomes alone facts are made, by one set of rules
// ([Attempt], [Service.Turn]). Staff, the pathway and reports know outcomes and
// nothing of kinds.
//
// # Words
//
// An attempt is one way of one person through one version of a module. A page is
// done when she has gone on from it, or skipped it after its content warning. An
// answer is given once in an attempt, and shows its feedback at once: it is
// asked in order to teach.
//
// # The rules
//
//   - She may leave at any time and comes back to the page where she was, on any
//     device.
//   - An attempt ends when every page is done and every question answered, or
//     when she says so ([Service.Finish]). She has passed if her points reach the
//     module's pass mark; a module that asks nothing is passed by reading it.
//   - What a page with a content warning asks counts only where she answered it:
//     skipping costs nothing.
//   - She may try as often as she likes. A further attempt keeps what was right
//     and the pages that need no second look; it asks the rest again. The best
//     result counts, so a further attempt never takes away what is passed.
//   - A passed module opens in review: everything to read, nothing to change.
//   - An attempt stays on the version of the module it began with.
//
// # Packages made elsewhere
//
// An attempt at a package has a run ([Service.Run]) and launches, one each time
// that it is opened ([Service.Open]). What the package reports arrives as a log of
// numbered entries ([Service.Accept]): kept as they came, once each and in order,
// by the launch's credential, which outlives the session. From them are derived
// what each unit remembers, element by element, and how far it has come; from the
// units one report of the whole, and from that the Outcome of all material. What
// was once reached stays. A launch that was replaced, by another tab or device,
// still counts for what it reached; she resumes from the other.
//
// A class commits all the time. Batches that come while others are written are
// written together, by as few statements as one; the journal is told of them once; and
// what they have left of an attempt is held until something else writes to it, so
// that the next need not read it (SQLite).
//
// Files are served by package courseware, away from the application, under a
// path that is stable per person and version. The learner has no name there.
//
// Staff try a package before it is out ([Service.Preview]). Nothing of that is written:
// the path's token says by itself what it opens, and a unit that speaks to the record
// store finds one in its place that is in memory and forgets.
//
// A unit of cmi5, or of a package with tincan.xml, speaks to the record store
// itself ([Service.OpenUnit], [Service.Visit]). Its registration is the attempt. What
// it says, what the LMS says of it, and what follows for her way are one
// transaction, which takes its turn in the lane of statements as well, done before
// the unit is answered. The rules of cmi5 are package cmi5's. Another program
// launches for its own people by [Service.LaunchFor]; they need no enrolment, and
// no fact follows where there is no cohort.
//
// # An outside certificate
//
// What she has learned elsewhere is shown ([Service.ShowOutside]: a file, or
// paper in somebody's hand) and decided by a named person: accepted, accepted
// until a moment, or refused with a reason that she reads. Accepted, it opens the
// gate as an equivalence, and is counted apart from modules taken here.
//
// # For those who play a programme
//
//	l, err := players.Start(ctx, op, player.Start{Cohort: c, Module: "tip-basics", Language: "ur"})
//	w, err := players.Where(ctx, l.Attempt)           // pages, items, what is left
//	_, err = players.Answer(ctx, op, player.Answer{Attempt: l.Attempt, Item: "elements-1", Response: r})
//	t, err := players.Turn(ctx, op, player.Turn{Attempt: l.Attempt, Page: "elements"})
//	// … until t.Finished; or players.Finish to end with questions left open.
//
// Each is called as the learner (her participant's grant), each with an
// operation id of its own.
package player
