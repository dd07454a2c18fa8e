package assess

import "cadre/internal/db"

func testsTable() db.Table {
	return db.Table{
		Name: "assess_tests", Owner: "assess", Journalled: []string{"programme", "key", "current", "created_at"},
		Purpose: "Names the tests and the version of each that is asked.", Keep: "as long as a sitting of one is kept",
	}
}

func versionsTable() db.Table {
	return db.Table{
		Name: "assess_versions", Owner: "assess",
		Journalled: []string{"test", "number", "digest", "compiled", "imported_by", "imported_at"},
		Purpose:    "Holds every version of a test's items; sittings stay on theirs.", Keep: "as long as a sitting of it is kept",
	}
}

func attemptsTable() db.Table {
	return db.Table{
		Name: "assess_attempts", Owner: "assess", Person: "person",
		Journalled: []string{
			"person", "cohort", "stage", "form", "version", "medium", "state", "by_item", "points", "max_points", "fact",
			"entered_by", "started_at", "due_at", "submitted_at",
		},
		Purpose: "Says who sat which test when, and with what result.", Keep: "as long as the cohort's records", Erase: db.EraseKeep,
	}
}

func answersTable() db.Table {
	return db.Table{
		Name: "assess_answers", Owner: "assess", Person: "person",
		Journalled: []string{"attempt", "item", "is_right", "points", "at"},
		Purpose:    "Keeps the answers of a sitting, so that results can be shown by item and by competency.",
		Keep:       "as long as the cohort's records", Erase: db.EraseBlank, Blank: []string{"response"}, FreeText: []string{"response"},
	}
}

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{testsTable(), versionsTable(), attemptsTable(), answersTable()}
}
