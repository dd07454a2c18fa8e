package pathway

import (
	"cadre/internal/db"
	"cadre/internal/id"
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
