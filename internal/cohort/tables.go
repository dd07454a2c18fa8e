package cohort

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{
		cohortsTable, quotasTable, lettersTable, callsTable, nominationsTable, seatsTable, movementsTable, countsTable, coversTable,
		reasonsTable, needsTable, arrangementsTable, contactsTable, exceptionsTable, enrolmentsTable, importsTable, requestsTable,
		selectionsTable, rankedTable, timeAnswersTable, stepsTable, papersTable,
	}
}

var (
	cohortsTable = db.Table{
		Name: "cohort_cohorts", Owner: "cohort",
		Journalled: []string{"programme", "version", "title", "zone", "country", "begins", "ends", "state", "opened_at", "closed_at", "revision"},
		Purpose:    "One intake of a programme, and the version of its design that it keeps.", Keep: "as long as the database",
	}
	quotasTable = db.Table{
		Name: "cohort_quotas", Owner: "cohort",
		Journalled: []string{"cohort", "quota_key", "agency", "agency_key", "places", "revision"},
		Purpose:    "How many places an agency has.", Keep: "as long as the database",
	}
	lettersTable = db.Table{
		Name: "cohort_letters", Owner: "cohort",
		Journalled: []string{"cohort", "agency", "kind", "number", "dated", "file", "filed_at", "filed_by", "revision"},
		Purpose:    "The letters that calls, nominations, releases and changes of quota rest on.", Keep: "ten years after the programme, as its proof",
		FreeText: []string{"number", "signatory", "post"},
	}
	callsTable = db.Table{
		Name: "cohort_calls", Owner: "cohort",
		Journalled: []string{"cohort", "agency", "deadline", "letter", "made_at", "revision"},
		Purpose:    "By when each agency was asked to propose officers.", Keep: "as long as the database",
		FreeText: []string{"note"},
	}
	nominationsTable = db.Table{
		Name: "cohort_nominations", Owner: "cohort", Person: "person",
		Journalled: []string{
			"cohort", "quota", "agency", "person", "proposed_at", "proposed_by", "basis", "letter", "decision", "decided_at", "line",
			"answer", "answered_at", "answer_by", "answer_on", "released_at", "in_place_of", "seat", "ending", "ended_at", "cause", "revision",
		},
		Purpose: "Who was proposed by whom, what was decided, and what she said.", Keep: "until erased; the row stays for the figures",
		Erase: db.EraseBlank, Blank: []string{"station", "unit"}, FreeText: []string{"station", "unit"},
	}
	seatsTable = db.Table{
		Name: "cohort_seats", Owner: "cohort",
		Journalled: []string{"cohort", "quota", "number", "sex", "station", "state", "nomination", "changed_at", "revision"},
		Purpose:    "The places of a cohort and where each stands.", Keep: "as long as the database",
	}
	movementsTable = db.Table{
		Name: "cohort_movements", Owner: "cohort", Person: "person",
		Journalled: []string{"cohort", "seat", "quota", "position", "act", "from_state", "to_state", "nomination", "person", "cause", "letter", "actor", "at"},
		Purpose:    "What happened to each place, by whom, when and why.", Keep: "as long as the database",
		Erase: db.EraseBlank, Blank: []string{"note"}, FreeText: []string{"note"},
	}
	countsTable = db.Table{
		Name: "cohort_counts", Owner: "cohort",
		Purpose: "How many seats, movements and nominations there are of each sort: derived, so that pages need not count.", Keep: "as long as the database",
	}
	coversTable = db.Table{
		Name: "cohort_covers", Owner: "cohort", Person: "person",
		Journalled: []string{"letter", "nomination", "person", "from_day", "until_day"},
		Purpose:    "Which officers and days a letter covers.", Keep: "as long as the letter",
		Erase: db.EraseKeep,
	}
	reasonsTable = db.Table{
		Name: "cohort_reasons", Owner: "cohort", Person: "person",
		Purpose: "Why officers could not come, for the programme to mend what it can; no agency sees it.", Keep: "two years, then only counts",
		Erase: db.EraseDelete, FreeText: []string{"note"},
	}
	needsTable = db.Table{
		Name: "cohort_needs", Owner: "cohort", Person: "person",
		Journalled: []string{"nomination", "person", "author", "audience", "kind", "note", "at"},
		Purpose:    "What an officer needs in order to take part, by who said it and for whom.", Keep: "until 30 days after the cohort closes",
		Erase: db.EraseDelete, FreeText: []string{"note"},
	}
	arrangementsTable = db.Table{
		Name: "cohort_arrangements", Owner: "cohort", Person: "person",
		Purpose: "What her agency or the programme has to arrange.", Keep: "until 30 days after the cohort closes",
		Erase: db.EraseDelete,
	}
	contactsTable = db.Table{
		Name: "cohort_contacts", Owner: "cohort", Person: "person",
		Purpose: "When somebody tried to reach her, and whether word came to her: decisions about her place stand beside it.", Keep: "until a year after the cohort closes",
		Erase: db.EraseBlank, Blank: []string{"note"}, FreeText: []string{"note"},
	}
	exceptionsTable = db.Table{
		Name: "cohort_exceptions", Owner: "cohort", Person: "person",
		Journalled: []string{"nomination", "person", "kind", "subject", "cause", "until_at", "letter", "signed_by", "signed_at"},
		Purpose:    "Agreed exceptions and extensions, who signed them and why.", Keep: "as long as the database",
		Erase: db.EraseBlank, Blank: []string{"note"}, FreeText: []string{"note"},
	}
	requestsTable = db.Table{
		Name: "cohort_requests", Owner: "cohort", Person: "person", Journalled: []string{"cohort", "person", "stage", "asked_at"},
		Purpose: "Who asked for more time, in her words.", Keep: "until 30 days after the cohort closes",
		Erase: db.EraseDelete, FreeText: []string{"words"},
	}
	timeAnswersTable = db.Table{
		Name: "cohort_time_answers", Owner: "cohort", Person: "person",
		Journalled: []string{"request", "cohort", "person", "stage", "exception", "refused", "until_at", "answered_by", "answered_at"},
		Purpose:    "What was answered to a question for more time, by whom, and what she read beside it.", Keep: "until 30 days after the cohort closes",
		Erase: db.EraseDelete, FreeText: []string{"reply"},
	}
	papersTable = db.Table{
		Name: "cohort_papers", Owner: "cohort", Person: "person",
		Journalled: []string{"nomination", "person", "answer", "file", "filed_by", "filed_at"},
		Purpose:    "The scans of the papers on which officers' own answers came.", Keep: "ten years, as the proof of her yes or no; until erased",
		Erase: db.EraseDelete,
	}
	enrolmentsTable = db.Table{
		Name: "cohort_enrolments", Owner: "cohort", Person: "person",
		Journalled: []string{
			"cohort", "person", "nomination", "agency", "agency_key", "country", "sex", "rank_group", "capacity", "later",
			"joined_at", "confirmed_at", "left_at", "left_cause", "revision",
		},
		Purpose: "Who takes part, with what reports disaggregate by as it was then.", Keep: "until erased; the row stays for the figures",
		Erase: db.EraseBlank, Blank: []string{"station", "unit"}, FreeText: []string{"station", "unit"},
	}
	importsTable = db.Table{
		Name: "cohort_imports", Owner: "cohort",
		Purpose: "A sheet of nominations that was sent and is being looked at; nothing of it is taken before somebody says so.", Keep: "one day",
		FreeText: []string{"sheet"},
	}
	stepsTable = db.Table{
		Name: "cohort_steps", Owner: "cohort", Person: "person",
		Purpose: "How an officer's place stood before a decision, so that a mistaken one can be taken back.", Keep: "until a year after the cohort closes",
		Erase: db.EraseDelete,
	}
	selectionsTable = db.Table{
		Name: "cohort_selections", Owner: "cohort",
		Journalled: []string{"cohort", "stage", "places", "digest", "signed_by", "signed_at", "state", "ended_by", "ended_at", "revision"},
		Purpose:    "Who signed which choice from results, and why where it is more than the ranking.", Keep: "as long as the database",
		FreeText: []string{"reason"},
	}
	rankedTable = db.Table{
		Name: "cohort_ranked", Owner: "cohort", Person: "person",
		Journalled: []string{"selection", "person", "quota_key", "rank", "level", "chosen"},
		Purpose:    "The ranking as it was signed, with the results that it was made of.", Keep: "as long as the selection; the results until erased",
		Erase: db.EraseBlank, Blank: []string{"results"},
	}
)
