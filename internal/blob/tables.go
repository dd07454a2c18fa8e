package blob

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{
		{
			Name: "blob_files", Owner: "blob",
			Purpose: "Names the files on disk, with the key of each upload.",
			Keep:    "until nothing has referred to the file for a day",
		},
		{
			Name: "blob_references", Owner: "blob", Person: "person",
			Purpose: "Says who needs a file, for what and until when.",
			Keep:    "until the owner releases it or its time is over",
			Erase:   db.EraseDelete,
		},
	}
}
