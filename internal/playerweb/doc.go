// Package playerweb is where modules are read: the learner's pages, which need
// no scripts, the preview for staff, who is where, and certificates earned
// elsewhere.
//
// Each page shows what is left in minutes and kilobytes. Material stands in its
// own language and direction inside a page in the person's. A question is
// answered where it stands; its feedback appears in the same place.
package playerweb
