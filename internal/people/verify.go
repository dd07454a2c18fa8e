package people

import (
	"slices"

	"cadre/internal/db"
	"cadre/internal/id"
)

// StrayAgencies lists the agencies whose branch is not what follows from the
// tree: the policy asks branches who may see whom.
func StrayAgencies(tx *db.Tx) ([]id.Agency, error) {
	parents := map[id.Agency]id.Agency{}
	all, err := db.Collect(tx, func(r *db.Rows) (a [2]id.Agency, err error) { return a, r.Scan(&a[0], &a[1]) },
		`SELECT id, COALESCE(parent, '') FROM people_agencies ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		parents[a[0]] = a[1]
	}
	var out []id.Agency
	for _, a := range all {
		var want []id.Agency
		for x := a[0]; x != "" && len(want) <= len(all); x = parents[x] {
			want = append(want, x)
		}
		slices.Reverse(want)
		kept, err := Branch(tx, a[0])
		if err != nil {
			return nil, err
		}
		if !slices.Equal(kept, want) {
			out = append(out, a[0])
		}
	}
	return out, nil
}

// StrayPersons lists whose place by an affiliation is not where the affiliation
// is, or is missing, or has no affiliation behind it.
func StrayPersons(tx *db.Tx) ([]id.Person, error) {
	return db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
		`SELECT f.person FROM people_affiliations f JOIN people_agencies g ON g.id = f.agency
			WHERE f.until = '' AND NOT EXISTS (SELECT 1 FROM people_places l WHERE l.person = f.person AND l.source = ?1
				AND l.ref = f.id AND l.agency = f.agency AND l.country = g.country)
		UNION
		SELECT l.person FROM people_places l WHERE l.source = ?1
			AND NOT EXISTS (SELECT 1 FROM people_affiliations f WHERE f.id = l.ref AND f.person = l.person AND f.until = '')
		ORDER BY 1`, ByAffiliation)
}
