package workshop

import (
	"testing"

	"cadre/internal/id"
	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	t.Parallel()
	const p = id.Person("01900000-0000-7000-8000-0000000000a1")
	journaltest.Golden(t, "workshop.timetable-laid", 1, timetableLaid{"week", 10, 24})
	journaltest.Golden(t, "workshop.session-changed", 1, sessionChanged{2, true})
	journaltest.Golden(t, "workshop.room-changed", 1, roomChanged{2, 25})
	journaltest.Golden(t, "workshop.changes-seen", 1, changesSeen{"week", []id.Change{"01900000-0000-7000-8000-0000000000c1"}})
	journaltest.Golden(t, "workshop.register-marked", 1, registerMarked{"tue-am", 1, p, Part})
	journaltest.Golden(t, "workshop.attendance-corrected", 1, attendanceCorrected{"tue-am", p, Excused, "letter"})
	journaltest.Golden(t, "workshop.attendance-contested", 1, attendanceContested{"tue-am", p, Present})
	journaltest.Golden(t, "workshop.contest-decided", 1, contestDecided{"tue-am", p, Corrected, Part})
	journaltest.Golden(t, "workshop.pin-typed", 1, signGiven{"tue-am", p})
	journaltest.Golden(t, "workshop.link-opened", 1, signGiven{"tue-am", p})
	journaltest.Golden(t, "workshop.sheet-filed", 1, sheetFiled{"tue-am", 25})
	journaltest.Golden(t, "workshop.register-closed", 1, registerClosed{"tue-am"})
	journaltest.Golden(t, "workshop.admitted", 1, admitted{"tue-am", p, Participant, InPerson, true})
	journaltest.Golden(t, "workshop.admission-settled", 1, admissionSettled{p})
}
