// Package manifest holds what a package made by another tool says of itself, in
// one form for every standard: what can be launched, in which order and under
// which conditions.
//
// # Words
//
// A [Manifest] is what was read from one archive. Its [Unit]s are what a learner
// can open: a SCO or an asset of SCORM, an assignable unit (AU) of cmi5, an
// activity of an xAPI package, the content of an H5P package. The [Activity]
// tree of SCORM 2004 is written with the very names that the run time in the
// browser takes (scorm-again's sequencing settings), so it is handed on as JSON
// and nobody translates it twice.
//
// # What is whose word
//
// Every field is a fact of the manifest, as its maker wrote it, unless its
// comment says otherwise: that it was derived, repaired or guessed. A repair is
// always told by a [Problem] of level Warning that states it.
package manifest
