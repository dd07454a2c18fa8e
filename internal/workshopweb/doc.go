// Package workshopweb holds the pages of package workshop: the timetable as each
// role needs it, the calendar file, the register on a trainer's phone, the door,
// the printed sheet, and the half-day grid.
//
// A calendar lies open on a phone, so its entries name neither the subject of
// the training nor an agency.
package workshopweb
