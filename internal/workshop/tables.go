package workshop

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{
		roomsTable, halfDaysTable, sessionsTable, changesTable, seenTable, evidenceTable, attendanceTable,
		sheetsTable, admissionsTable, declarationsTable, contactsTable, triesTable,
		contestsTable,
	}
}

var (
	roomsTable = db.Table{
		Name: "workshop_rooms", Owner: "workshop",
		Journalled: []string{"cohort", "stage", "room_key", "mode", "capacity", "safe", "revision", "link"},
		Purpose:    "Where a workshop takes place, and how many people each room holds.", Keep: "as long as the database",
	}
	halfDaysTable = db.Table{
		Name: "workshop_half_days", Owner: "workshop",
		Journalled: []string{"cohort", "stage", "half_key", "starts", "ends", "closed_at", "closed_by", "revision"},
		Purpose:    "The half-days of a workshop, each with its register.", Keep: "as long as the database",
	}
	sessionsTable = db.Table{
		Name: "workshop_sessions", Owner: "workshop",
		Journalled: []string{"half_day", "session_key", "starts", "ends", "room", "modes", "trainer", "cancelled", "revision"},
		Purpose:    "The timetable: what is taught when, where, by whom.", Keep: "as long as the database",
	}
	changesTable = db.Table{
		Name: "workshop_changes", Owner: "workshop",
		Journalled: []string{"session", "cohort", "stage", "was", "became", "actor", "at"},
		Purpose:    "What was changed in a timetable after people had seen it.", Keep: "as long as the database",
	}
	seenTable = db.Table{
		Name: "workshop_seen", Owner: "workshop", Person: "person",
		Purpose: "Who has seen an announced change, so that the others can be rung.", Keep: "until 30 days after the cohort closes",
		Erase: db.EraseDelete,
	}
	evidenceTable = db.Table{
		Name: "workshop_evidence", Owner: "workshop", Person: "person",
		Journalled: []string{"register", "person", "source", "says", "minutes", "mode", "at", "recorded_at", "actor", "sheet", "cause"},
		Purpose:    "The signs on which each verdict of attendance rests.", Keep: "ten years after the programme, as its proof",
		Erase: db.EraseKeep,
	}
	attendanceTable = db.Table{
		Name: "workshop_attendance", Owner: "workshop", Person: "person",
		Journalled: []string{"register", "person", "verdict", "minutes", "mode", "decided_by", "conflicts", "fact", "revision"},
		Purpose:    "What the evidence of a person's half-day comes to.", Keep: "as long as the evidence",
		Erase: db.EraseKeep,
	}
	sheetsTable = db.Table{
		Name: "workshop_sheets", Owner: "workshop",
		Journalled: []string{"register", "file", "signed", "actor", "at"},
		Purpose:    "The scans of signed sheets that belong to a register.", Keep: "ten years after the programme, as its proof",
	}
	admissionsTable = db.Table{
		Name: "workshop_admissions", Owner: "workshop", Person: "person",
		Journalled: []string{"register", "person", "capacity", "mode", "in_place_of", "until_at", "admitted_at", "actor", "settled_at", "revision"},
		Purpose:    "Who was let in at the door, and in which capacity.",
		Keep:       "the name until it is settled, or as long as the contact list; the rest as long as the register",
		Erase:      db.EraseBlank, Blank: []string{"name"}, FreeText: []string{"name"},
	}
	contestsTable = db.Table{
		Name: "workshop_contests", Owner: "workshop", Person: "person",
		Journalled: []string{"register", "person", "says", "minutes", "mode", "at", "answer", "answered_by", "answered_at"},
		Purpose:    "Where a participant says that her attendance is recorded wrongly, and what was answered.", Keep: "as long as the evidence",
		Erase: db.EraseBlank, Blank: []string{"words", "reply"}, FreeText: []string{"words", "reply"},
	}
	declarationsTable = db.Table{
		Name: "workshop_declarations", Owner: "workshop", Person: "person",
		Purpose: "Whether somebody takes part in the room or online on one day.", Keep: "until that day is over",
		Erase: db.EraseDelete,
	}
	contactsTable = db.Table{
		Name: "workshop_contacts", Owner: "workshop", Person: "person",
		Purpose: "Who was in which room, so that the others can be told if somebody falls ill.", Keep: "14 days",
		Erase: db.EraseDelete,
	}
	triesTable = db.Table{
		Name: "workshop_tries", Owner: "workshop", Person: "person",
		Purpose: "How often a wrong PIN was typed, so that it cannot be guessed.", Keep: "14 days",
		Erase: db.EraseDelete,
	}
)
