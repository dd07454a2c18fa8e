package journal

import "cadre/internal/db"

// Tables declares the journal's tables.
func Tables() []db.Table {
	return []db.Table{
		{
			Name: "journal_heads", Owner: "journal", Key: "lane",
			Purpose: "The end of the chain and the incarnation of this database.", Keep: "as long as the database",
		},
		{
			Name: "journal_entries", Owner: "journal", Key: "sequence",
			Purpose: "The chain of what happened, by ids and hashes alone.", Keep: "as long as the database",
		},
		{
			Name: "journal_bodies", Owner: "journal", Key: "sequence",
			Purpose: "What each entry says, apart so that it can be redacted.", Keep: "as long as the database, or until redacted",
		},
		{
			Name: "journal_rows", Owner: "journal", Key: "sequence",
			Purpose: "Digests of the rows that entries vouch for.", Keep: "as long as the body beside it",
		},
		{
			Name: "journal_hashes", Owner: "journal", Key: "position",
			Purpose: "The transparency log over the entries.", Keep: "as long as the database",
		},
		{
			Name: "journal_operations", Owner: "journal", Person: "actor",
			Purpose: "The first answer to each operation, for forms that are sent again.", Keep: "90 days",
			Erase: db.EraseDelete, FreeText: []string{"outcome"},
		},
	}
}
