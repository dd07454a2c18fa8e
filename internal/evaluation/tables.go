package evaluation

import "cadre/internal/db"

var (
	surveysTable = db.Table{
		Name: "evaluation_surveys", Owner: "evaluation",
		Journalled: []string{"id", "programme", "cohort", "stage", "form", "opened_at", "closes_at", "sheets"},
		Purpose:    "Which survey was asked in which cohort, and until when.",
		Keep:       "As long as the programme's reports.",
	}
	testimonialsTable = db.Table{
		Name: "evaluation_testimonials", Owner: "evaluation",
		Journalled: []string{"id", "person", "cohort", "scope", "named", "until_at", "state", "revision", "given_at"},
		Person:     "person",
		Purpose:    "What a participant allows to be quoted, and how far.",
		Keep:       "Until she withdraws it or it ends; then the words are emptied at once.",
		Erase:      db.EraseDelete,
		FreeText:   []string{"words"},
	}
	followUpsTable = db.Table{
		Name: "evaluation_followups", Owner: "evaluation",
		Journalled: []string{"id", "cohort", "person", "stage", "used", "in_post", "answered_at", "confirmed", "confirmed_at", "revision"},
		Person:     "person",
		Purpose:    "Whether what was learnt is used at work, for the programme's figures.",
		Keep:       "Five years after the cohort ends.",
		Erase:      db.EraseDelete,
		FreeText:   []string{"words"},
	}
)

// Tables declares the tables of this package.
func Tables() []db.Table {
	return []db.Table{
		{
			Name: "evaluation_forms", Owner: "evaluation",
			Purpose: "The questions of surveys.", Keep: "As long as the programme's reports.",
		},
		surveysTable,
		{
			Name: "evaluation_turns", Owner: "evaluation", Person: "person",
			Purpose: "Whether a person has answered, so that nobody answers twice and nobody is reminded in vain.",
			Keep:    "A year after the survey closes.", Erase: db.EraseDelete,
		},
		{
			Name: "evaluation_boxes", Owner: "evaluation", Key: "nonce",
			Purpose: "What was answered, sealed, by nobody in particular.", Keep: "Until the survey is closed.",
			FreeText: []string{"box"},
		},
		{
			Name: "evaluation_answers", Owner: "evaluation", Key: "nonce",
			Purpose: "What was answered, by nobody in particular.", Keep: "As long as the programme's reports.",
			FreeText: []string{"answers"},
		},
		testimonialsTable,
		followUpsTable,
	}
}
