// Package cmi5 is what the cmi5 specification (quartz, 1st edition) asks of an LMS
// about statements: which ones of an assignable unit (AU) it takes, and how the
// ones are written that it makes itself. It keeps nothing and asks nobody: what
// was said before is a parameter, and the rules are the specification's, named by
// its sections.
//
// # Words
//
// A statement is defined if cmi5's category is among its contextActivities, else
// allowed; both carry what the LMS gave the AU in the context template. A session
// is one launch of an AU, a registration one enrolment in the course. What an AU
// has to reach is its moveOn; a block is satisfied when all in it have reached
// theirs, and so is the course.
package cmi5
