package coaching

import "cadre/internal/db"

func pairingsTable() db.Table {
	return db.Table{
		Name: "coaching_pairings", Owner: "coaching", Person: "person",
		Journalled: []string{"cohort", "stage", "person", "coach", "state", "declared_at", "ended_at", "revision", "ended_by"},
		Purpose:    "Says who coaches whom, and that the coach declared to be free to.",
		Keep:       "two years after the cohort closed", Erase: db.EraseDelete,
	}
}

func sessionsTable() db.Table {
	return db.Table{
		Name: "coaching_sessions", Owner: "coaching", Person: "person",
		Journalled: []string{
			"cohort", "stage", "person", "coach", "format", "round", "starts", "day", "state", "outcome", "held_minutes",
			"contested", "revision", "contested_by", "settled_at", "closed_by", "closed_at",
			"proposed_by", "proposed_on", "entered_by", "agreed_by", "agreed_on",
		},
		Purpose: "Keeps when participant and coach meet, and how it went, so that no session of the account is lost.",
		Keep:    "two years after the cohort closed", Erase: db.EraseDelete,
	}
}

func goalsTable() db.Table {
	return db.Table{
		Name: "coaching_goals", Owner: "coaching", Person: "person",
		Journalled: []string{"cohort", "stage", "person", "author", "due", "state", "written_at", "closed_at", "revision", "words"},
		Purpose:    "Keeps what she will do, by when, and what will show it, sealed.",
		Keep:       "one year after the cohort closed", Erase: db.EraseDelete, FreeText: []string{"box"},
	}
}

// Tables declares the tables of this package. What is sealed is not vouched for
// by the journal: its box says itself whether it was changed, and it goes when
// its author takes it back.
func Tables() []db.Table {
	return []db.Table{
		pairingsTable(),
		{
			Name: "coaching_notes", Owner: "coaching", Person: "person",
			Purpose: "Keeps what participant and coach want to remember, sealed; nobody else reads it.",
			Keep:    "one year after the cohort closed", Erase: db.EraseDelete, FreeText: []string{"box"},
		},
		goalsTable(),
		sessionsTable(),
	}
}
