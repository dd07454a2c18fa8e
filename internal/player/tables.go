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

func rulingsTable() db.Table {
	return db.Table{
		Name: "player_rulings", Owner: "player", Person: "person",
		Journalled: []string{"person", "cohort", "module", "attempt", "step", "fact", "ruled_by", "ruled_at", "back_by", "back_at"},
		Purpose:    "Keeps what staff decided about somebody's way through a module, and why.",
		Keep:       "as long as the cohort's records", Erase: db.EraseBlank, Blank: []string{"reason"}, FreeText: []string{"reason"},
	}
}

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{
		attemptsTable(), answersTable(), outsideTable(), rulingsTable(),
		{
			Name: "player_pages", Owner: "player", Key: "attempt", Person: "person",
			Purpose: "Remembers which pages are done, so that an attempt can be taken up where it was left.",
			Keep:    "as long as the attempt", Erase: db.EraseDelete,
		},
		{
			Name: "player_paths", Owner: "player", Person: "person",
			Purpose: "Opens the files of a package to whoever holds a person's path to them.",
			Keep:    "as long as the package", Erase: db.EraseDelete,
		},
		{
			Name: "player_runs", Owner: "player", Key: "attempt", Person: "person",
			Purpose: "Says how far an attempt at a package has come, by what the package reports, and keeps the key of the log on her devices.",
			Keep:    "as long as the attempt", Erase: db.EraseDelete,
		},
		launchesTable(), entriesTable(),
		{
			Name: "player_data", Owner: "player", Key: "attempt", Person: "person",
			Purpose: "Keeps what a package asked to remember, so that it resumes on any device.",
			Keep:    "as long as the attempt", Erase: db.EraseDelete, FreeText: []string{"value"},
		},
		{
			Name: "player_units", Owner: "player", Key: "attempt", Person: "person",
			Purpose: "Says how far each unit of a package has come.",
			Keep:    "as long as the attempt", Erase: db.EraseDelete,
		},
		{
			Name: "player_sessions", Owner: "player", Person: "person",
			Purpose: "Says what a unit that speaks xAPI has said in a session, so that the next statement can be judged.",
			Keep:    "as long as the attempt", Erase: db.EraseDelete,
		},
		{
			Name: "player_marks", Owner: "player", Key: "attempt", Person: "person",
			Purpose: "Says what was completed, passed, waived and satisfied of a package that speaks xAPI.",
			Keep:    "as long as the attempt", Erase: db.EraseDelete, FreeText: []string{"reason"},
		},
		{
			Name: "player_tickets", Owner: "player", Key: "launch", Person: "person",
			Purpose: "Lets a launch that another program asked for be opened, once.",
			Keep:    "as long as the launch", Erase: db.EraseDelete,
		},
		{
			Name: "player_accounts", Owner: "player", Person: "person",
			Purpose: "Says who is meant by an account of another program that launches packages.",
			Keep:    "as long as the person", Erase: db.EraseDelete, FreeText: []string{"home_page", "name"},
		},
		{
			Name: "player_objectives", Owner: "player", Key: "person", Person: "person",
			Purpose: "Keeps the objectives that packages share, as SCORM 2004 has them.",
			Keep:    "as long as her records", Erase: db.EraseDelete,
		},
	}
}

func launchesTable() db.Table {
	return db.Table{
		Name: "player_launches", Owner: "player", Person: "person",
		Journalled: []string{"attempt", "person", "session", "activity", "mode", "started_at"},
		Purpose:    "Says when a package was opened, and by which credential its work may arrive.",
		Keep:       "as long as the cohort's records", Erase: db.EraseKeep,
	}
}

func entriesTable() db.Table {
	return db.Table{
		Name: "player_entries", Owner: "player", Person: "person", Through: db.Through{Column: "launch", Table: "player_launches", Person: "person"},
		Journalled: []string{"launch", "number", "attempt", "person", "occurred_at", "recorded_at", "digest"},
		Purpose:    "Keeps what a package reported, entry by entry, as it came.",
		Keep:       "as long as the cohort's records", Erase: db.EraseBlank, Blank: []string{"body"}, FreeText: []string{"body"},
	}
}
