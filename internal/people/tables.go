package people

import "cadre/internal/db"

// Tables declares the package's tables.
func Tables() []db.Table {
	return []db.Table{agencies, branches, units, sites, persons, names, words, contacts, affiliations, preferences, places, links, entered}
}

var (
	agencies = db.Table{
		Name: "people_agencies", Owner: "people", Journalled: []string{"parent", "code", "name", "country", "kind", "revision"},
		Purpose: "The tree of agencies that send officers.", Keep: "as long as the database",
	}
	branches = db.Table{
		Name: "people_branches", Owner: "people", Key: "agency",
		Purpose: "Which agency lies below which: derived from the tree.", Keep: "as long as the agencies",
	}
	units = db.Table{
		Name: "people_units", Owner: "people", Journalled: []string{"agency", "name", "station", "revision"},
		Purpose: "The units of agencies, for quotas by duty station and shares of eligible staff.", Keep: "as long as the database",
	}
	sites = db.Table{
		Name: "people_sites", Owner: "people", Journalled: []string{"name", "country", "zone", "revision"},
		Purpose: "Venues and centres.", Keep: "as long as the database",
	}
	persons = db.Table{
		Name: "people_persons", Owner: "people", Journalled: []string{"sex", "alias", "officer", "revision"}, Person: "id",
		Purpose: "That somebody exists, and what quotas count by.", Keep: "until erased; the id stays for the figures",
		Erase: db.EraseBlank, Blank: []string{"alias", "sort"}, FreeText: []string{"alias", "sort"},
	}
	names = db.Table{
		Name: "people_names", Owner: "people", Journalled: []string{"person", "form", "script", "written", "confirmed_at", "revision"}, Person: "person",
		Purpose: "Names, for letters, registers, certificates, and to find people by.", Keep: "until erased",
		Erase: db.EraseDelete, FreeText: []string{"written", "normal", "sound"},
	}
	words = db.Table{
		Name: "people_words", Owner: "people", Key: "name", Person: "person",
		Purpose: "The search index over names.", Keep: "as long as the name",
		Erase: db.EraseDelete, FreeText: []string{"word", "sound"},
	}
	contacts = db.Table{
		Name: "people_contacts", Owner: "people", Journalled: []string{"person", "kind", "value", "holder", "through", "safe", "revision"}, Person: "person",
		Purpose: "How she is reached, and when it is safe.", Keep: "until she or staff remove it, or until erased",
		Erase: db.EraseDelete, FreeText: []string{"value", "through", "safe"},
	}
	affiliations = db.Table{
		Name: "people_affiliations", Owner: "people", Journalled: []string{"person", "agency", "unit", "rank", "rank_group", "post", "station", "since", "until", "revision"}, Person: "person",
		Purpose: "Where she serves: for eligibility, quotas and figures.", Keep: "until erased",
		Erase: db.EraseDelete, FreeText: []string{"rank", "post", "station"},
	}
	preferences = db.Table{
		Name: "people_preferences", Owner: "people", Key: "person", Person: "person",
		Purpose: "Her language, calendar, time zone and digits.", Keep: "until erased",
		Erase: db.EraseDelete,
	}
	entered = db.Table{
		Name: "people_entered", Owner: "people", Journalled: []string{"person", "what", "ref", "revision", "basis", "actor", "at"}, Person: "person",
		Purpose: "Which names she confirmed, and how she wants to read, where staff entered it for her: on what basis, by whom.", Keep: "until erased",
		Erase: db.EraseDelete,
	}
	places = db.Table{
		Name: "people_places", Owner: "people", Key: "ref", Person: "person",
		Purpose: "Where a person belongs, for the policy and for search.", Keep: "as long as what it comes from",
		Erase: db.EraseDelete,
	}
)
