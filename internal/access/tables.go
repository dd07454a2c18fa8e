package access

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{
		accounts(), grants(), credentials(), tokens(),
		{
			Name: "access_sessions", Owner: "access", Person: "person",
			Purpose: "Who is signed in, by the hash of a token.", Keep: "until she signs out, or thirty days at most",
			Erase: db.EraseDelete,
		},
		{
			Name: "access_limits", Owner: "access", Key: "key",
			Purpose: "Failed attempts to sign in, by hashes that change daily.", Keep: "one day",
		},
		{
			Name: "access_days", Owner: "access", Key: "day",
			Purpose: "The secret of the day under which attempts are counted.", Keep: "two days",
		},
		{
			Name: "access_reads", Owner: "access", Key: "whom", Person: "whom",
			Purpose: "Who read whose data on which day, for her to see.", Keep: "as long as the data",
			Erase: db.EraseDelete,
		},
	}
}

func accounts() db.Table {
	return db.Table{
		Name: "access_accounts", Owner: "access", Key: "person", Person: "person", Journalled: []string{"name"},
		Purpose: "The name under which she signs in: two words that say nothing of her.", Keep: "until erased",
		Erase: db.EraseDelete,
	}
}

func grants() db.Table {
	return db.Table{
		Name: "access_grants", Owner: "access", Person: "person",
		Journalled: []string{"person", "role", "country", "agency", "programme", "cohort", "since", "until", "given_by", "given_at", "ended_by", "ended_at"},
		Purpose:    "Who may act in which role, where, from when until when, and by whose word.", Keep: "as long as the database",
		Erase: db.EraseKeep,
	}
}

func credentials() db.Table {
	return db.Table{
		Name: "access_credentials", Owner: "access", Person: "person",
		Journalled: []string{"person", "kind", "hash", "made_by", "made_at", "expires_at"},
		Purpose:    "Hashes of passphrases, codes and links; who made each, so that she sees it.", Keep: "until erased",
		Erase: db.EraseDelete,
	}
}
