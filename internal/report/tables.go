package report

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table { return []db.Table{releasesTable} }

var releasesTable = db.Table{
	Name: "report_releases", Owner: "report",
	Journalled: []string{"cohort", "programme", "country", "version", "number", "as_of", "digest", "signed_by", "signed_at"},
	Purpose:    "The figures of a cohort as they were signed for others: counts and shares, protected, of nobody.", Keep: "as long as the database",
}
