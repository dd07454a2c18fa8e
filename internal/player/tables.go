package player

import "cadre/internal/db"

func attemptsTable() db.Table {
	return db.Table{
		Name: "player_attempts", Owner: "player", Person: "person",
		Journalled: []string{"person", "cohort", "module", "version", "number", "state", "points", "max_points", "started_at", "finished_at"},
		Purpose:    "Says who is at which page of which module, and how each attempt ended.",
		Keep:       "as long as the cohort's records", Erase: db.EraseKeep,
	}
}

func answersTable() db.Table {
	return db.Table{
		Name: "player_answers", Owner: "player", Person: "person",
		Journalled: []string{"attempt", "page", "item", "is_right", "points", "carried", "at"},
		Purpose:    "Keeps what was answered in a module, so that feedback and results can be shown again.",
		Keep:       "as long as the cohort's records", Erase: db.EraseBlank, Blank: []string{"response"}, FreeText: []string{"response"},
	}
}

func outsideTable() db.Table {
	return db.Table{
		Name: "player_outside", Owner: "player", Person: "person",
		Journalled: []string{"person", "cohort", "module", "paper", "file", "state", "until", "cause", "fact", "shown_by", "shown_at", "decided_by", "decided_at"},
		Purpose:    "Keeps certificates earned elsewhere and what was decided about them.",
		Keep:       "as long as the cohort's records", Erase: db.EraseBlank, Blank: []string{"issuer", "reason"}, FreeText: []string{"issuer", "reason"},
	}
}

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{
		attemptsTable(), answersTable(), outsideTable(),
		{
			Name: "player_pages", Owner: "player", Key: "attempt", Person: "person",
			Purpose: "Remembers which pages are done, so that an attempt can be taken up where it was left.",
			Keep:    "as long as the attempt", Erase: db.EraseDelete,
		},
	}
}
