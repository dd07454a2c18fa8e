package content

import "cadre/internal/db"

func modulesTable() db.Table {
	return db.Table{
		Name: "content_modules", Owner: "content", Journalled: []string{"programme", "key", "published", "created_at"},
		Purpose: "Names the modules and the version of each that is out.", Keep: "as long as an attempt at one is kept",
	}
}

func versionsTable() db.Table {
	return db.Table{
		Name: "content_versions", Owner: "content",
		Journalled: []string{"module", "number", "digest", "compiled", "imported_by", "imported_at"},
		Purpose:    "Holds every version of a module as compiled; attempts stay on theirs.", Keep: "as long as an attempt at it is kept",
	}
}

func packagesTable() db.Table {
	return db.Table{
		Name: "content_packages", Owner: "content", Key: "module",
		Journalled: []string{"kind", "title", "hosts", "popups", "withdrawn_at", "created_at", "revision", "lacks_captions", "lacks_keyboard", "lacks_revision"},
		Purpose:    "Says which modules are packages made by other tools, what an officer allows each, and what each lacks.", Keep: "as long as the module",
		FreeText: []string{"lacks_other"},
	}
}

func languagesTable() db.Table {
	return db.Table{
		Name: "content_languages", Owner: "content", Key: "package", Journalled: []string{"module", "language", "ended_at"},
		Purpose: "Says which package is which module in which language.", Keep: "as long as the package",
	}
}

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{
		modulesTable(), versionsTable(),
		{
			Name: "content_files", Owner: "content",
			Purpose: "Names the files of a version: its texts as written and its pictures.", Keep: "as long as the version",
		},
		packagesTable(), languagesTable(),
		{
			Name: "content_package_files", Owner: "content", Key: "version",
			Purpose: "Names the files of a package's version.", Keep: "as long as the version",
		},
		{
			Name: "content_uploads", Owner: "content", Person: "person",
			Purpose: "Says which packages are on their way in, and how much of each has come.", Keep: "a day after its last part, a week at most",
			Erase: db.EraseDelete, FreeText: []string{"name"},
		},
		{
			Name: "content_upload_parts", Owner: "content", Key: "upload", Person: "person",
			Purpose: "Names the parts of a package that have come.", Keep: "as long as the upload", Erase: db.EraseDelete,
		},
	}
}
