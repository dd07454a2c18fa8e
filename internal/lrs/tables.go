package lrs

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{
		{
			Name: "lrs_heads", Owner: "lrs", Key: "lane",
			Purpose: "The end of the chain of statements, and the salt of their index.", Keep: "as long as the database",
		},
		{
			Name: "lrs_statements", Owner: "lrs", Key: "stored", Person: "person",
			Purpose: "Learning records as they came, in the order in which they were stored.",
			Keep:    "as long as the programme's records", Erase: db.EraseDelete, FreeText: []string{"body"},
		},
		{
			Name: "lrs_ids", Owner: "lrs",
			Purpose: "Which statements there are or were, the digest of each, so that none is stored twice or changed, and which erasure took it.",
			Keep:    "as long as the database",
		},
		{
			Name: "lrs_index", Owner: "lrs", Key: "key",
			Purpose: "Finds statements by salted hashes of what they are about.", Keep: "as long as the statements",
		},
		{
			Name: "lrs_targets", Owner: "lrs", Key: "target",
			Purpose: "Which statements refer to which others.", Keep: "as long as the statements",
		},
		{
			Name: "lrs_authorities", Owner: "lrs",
			Purpose: "Who vouches for statements: the keys by which they came.", Keep: "as long as the statements",
		},
		{
			Name: "lrs_attachments", Owner: "lrs", Person: "person",
			Purpose: "Finds the files that came with statements.", Keep: "as long as the statements", Erase: db.EraseDelete,
		},
		{
			Name: "lrs_activities", Owner: "lrs",
			Purpose: "What statements have said of activities: their names, types and answers.", Keep: "as long as the statements",
		},
		{
			Name: "lrs_documents", Owner: "lrs", Person: "person",
			Purpose: "States and profiles that e-learning keeps between visits.",
			Keep:    "as long as the programme's records", Erase: db.EraseDelete, FreeText: []string{"body"},
		},
		{
			Name: "lrs_forwards", Owner: "lrs",
			Purpose: "Which other record stores statements go on to, and how far each has them.", Keep: "until it is removed",
		},
		{
			Name: "lrs_refusals", Owner: "lrs", Key: "forward",
			Purpose: "Which statements another record store refused, and with which answer.", Keep: "as long as the forwarding",
		},
		{
			Name: "lrs_derivations", Owner: "lrs", Key: "lane",
			Purpose: "Up to which entry of the journal statements were derived.", Keep: "as long as the database",
		},
		{
			Name: "lrs_keys", Owner: "lrs",
			Purpose: "The keys of programs that write or read statements.", Keep: "as long as the statements written with them",
		},
		{
			Name: "lrs_accounts", Owner: "lrs", Key: "name", Person: "person",
			Purpose: "Which pseudonym stands for whom in statements.",
			Keep:    "as long as the person", Erase: db.EraseDelete,
		},
	}
}
