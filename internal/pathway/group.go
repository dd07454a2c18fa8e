package pathway

import (
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// GroupOf says for which group of a cohort a person was named last, and the fact
// that says so; both are empty if nobody named one for her.
func GroupOf(tx *db.Tx, p id.Person, c id.Cohort) (string, id.Fact, error) {
	facts, err := FactsOf(tx, p, c)
	if err != nil {
		return "", "", err
	}
	var group string
	var by id.Fact
	counting, _ := Effective(facts, tx.Now())
	for _, f := range counting {
		switch v := f.Value.(type) {
		case Selected:
			if v.Group != "" {
				group, by = v.Group, f.ID
			}
		case Joined:
			if v.Group != "" {
				group, by = v.Group, f.ID
			}
		}
	}
	return group, by, nil
}

// NotAskedOf returns of whom in a cohort a stage is not asked: it is for another
// group, or lies before the stage she joined at.
func NotAskedOf(tx *db.Tx, c id.Cohort, stage programme.Key) (map[id.Person]bool, error) {
	all, err := db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
		`SELECT person FROM pathway_stages WHERE cohort = ?1 AND stage = ?2 AND state = ?3`, c, stage, NotAsked)
	out := make(map[id.Person]bool, len(all))
	for _, p := range all {
		out[p] = true
	}
	return out, err
}
