package programme

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table { return []db.Table{programmes, versions} }

var (
	programmes = db.Table{
		Name: "programme_programmes", Owner: "programme", Journalled: []string{"key", "country", "latest", "revision"},
		Purpose: "The programmes, each under the key of its blueprint.", Keep: "as long as the database",
	}
	versions = db.Table{
		Name: "programme_versions", Owner: "programme", Journalled: []string{"programme", "number", "digest", "format"},
		Purpose: "Every version of each blueprint, as it was imported; cohorts keep the one they started with.", Keep: "as long as the database",
	}
)
