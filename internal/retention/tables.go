package retention

import "cadre/internal/db"

// Tables declares the package's table.
func Tables() []db.Table { return []db.Table{erasures} }

var erasures = db.Table{
	Name: "retention_erasures", Owner: "retention", Key: "person", Person: "person",
	Journalled: []string{"person", "at", "why", "authority"},
	Purpose:    "Which ids were erased, so that the register is replayed once.", Keep: "as long as the database",
	Erase: db.EraseKeep,
}
