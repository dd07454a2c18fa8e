package report

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table { return []db.Table{releasesTable, staffTable} }

var releasesTable = db.Table{
	Name: "report_releases", Owner: "report",
	Journalled: []string{"cohort", "programme", "country", "version", "number", "as_of", "digest", "signed_by", "signed_at"},
	Purpose:    "The figures of a cohort as they were signed for others: counts and shares, protected, of nobody.", Keep: "as long as the database",
}

var staffTable = db.Table{
	Name: "report_eligible_staff", Owner: "report",
	Journalled: []string{"cohort", "agency_key", "women", "everyone", "counted_on", "entered_by", "entered_at", "revision"},
	Purpose:    "How many women and how many in all the units of an agency have that could be proposed: counts, of nobody.", Keep: "as long as the database",
	FreeText: []string{"source"},
}
