package pathway

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{cohortsTable, factsTable, decisionsTable, reviewsTable, standingsTable, stagesTable}
}

var (
	cohortsTable = db.Table{
		Name: "pathway_cohorts", Owner: "pathway", Journalled: []string{"programme", "version", "country", "revision"},
		Purpose: "Which version of its blueprint each cohort follows.", Keep: "as long as the database",
	}
	factsTable = db.Table{
		Name: "pathway_facts", Owner: "pathway", Person: "person",
		Journalled: []string{"person", "cohort", "kind", "version", "subject", "value", "occurred_at", "recorded_at", "basis", "source", "actor", "corrects"},
		Purpose:    "The ledger: what happened, on whose word, by keys, ids, numbers and dates alone.", Keep: "ten years after the programme, for its figures",
		Erase: db.EraseKeep,
	}
	decisionsTable = db.Table{
		Name: "pathway_decisions", Owner: "pathway", Key: "fact", Person: "person",
		Journalled: []string{"person", "cohort", "blueprint", "evaluator", "facts", "digest", "explanation"},
		Purpose:    "What each decision rested on when it was taken.", Keep: "as long as the fact",
		Erase: db.EraseKeep,
	}
	reviewsTable = db.Table{
		Name: "pathway_reviews", Owner: "pathway", Person: "person", Journalled: []string{"cohort", "person", "cause", "decision", "opened_at", "settled_at", "settled_by", "outcome"},
		Purpose: "Decisions that a later fact puts in doubt, for a person to look at.", Keep: "as long as the fact",
		Erase: db.EraseKeep,
	}
	standingsTable = db.Table{
		Name: "pathway_standings", Owner: "pathway", Key: "cohort", Person: "person",
		Purpose: "Where each person stands, derived from the facts, for lists.", Keep: "as long as the facts; it can be derived anew",
		Erase: db.EraseDelete,
	}
	stagesTable = db.Table{
		Name: "pathway_stages", Owner: "pathway", Key: "cohort", Person: "person",
		Purpose: "Where each person stands in each stage, derived from the facts, for lists.", Keep: "as long as the facts; it can be derived anew",
		Erase: db.EraseDelete,
	}
)
