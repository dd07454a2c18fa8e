package cohort

import (
	"cmp"
	"slices"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// proposers returns the agencies that may propose where a cohort's places are not
// divided among agencies: those that the programme names, with all that are below
// them, or, where it names none, every one of the cohort's country.
func proposers(tx *db.Tx, c Cohort, b *programme.Blueprint) ([]people.Agency, error) {
	all, err := people.Agencies(tx, "")
	if err != nil {
		return nil, err
	}
	above := make(map[id.Agency]people.Agency, len(all))
	for _, a := range all {
		above[a.ID] = a
	}
	may := func(a people.Agency) bool {
		if len(b.Agencies) == 0 {
			return a.Country == c.Country
		}
		for range all { // no way up is longer
			if slices.ContainsFunc(b.Agencies, func(named programme.Agency) bool { return string(named.Key) == a.Code }) {
				return true
			}
			if a.Parent == "" {
				return false
			}
			a = above[a.Parent]
		}
		return false
	}
	return slices.DeleteFunc(slices.Clone(all), func(a people.Agency) bool { return !may(a) }), nil
}

// ownProposers are the proposers that the actor may act for.
func ownProposers(tx *db.Tx, c Cohort, b *programme.Blueprint) ([]people.Agency, error) {
	all, err := proposers(tx, c, b)
	if err != nil {
		return nil, err
	}
	agencies, err := mine(tx)
	return slices.DeleteFunc(all, func(a people.Agency) bool { return !visible(agencies, a.ID) }), err
}

// proposing is the agency that proposes for a quota: the one that is named, the
// quota's own, or the one that the actor acts for; empty if none of them is there.
func proposing(tx *db.Tx, q Quota, named id.Agency) id.Agency {
	return cmp.Or(named, q.Agency, tx.Actor().Grant.Scope.Agency)
}

// mayPropose refuses a quota of another cohort or agency, and an agency that the
// programme does not call.
func mayPropose(tx *db.Tx, set setting, q Quota, agency id.Agency) error {
	switch {
	case q.Cohort != set.cohort.ID || q.Agency != "" && q.Agency != agency:
		return fault.Bad("cohort.mend", fault.Field{Name: "quota", Key: "cohort.quota-of-another"})
	case agency == "":
		return fault.Bad("cohort.mend", fault.Field{Name: "agency", Key: "cohort.agency-missing"})
	case q.Agency != "":
		return nil
	}
	all, err := proposers(tx, set.cohort, set.plan)
	if err == nil && !slices.ContainsFunc(all, func(a people.Agency) bool { return a.ID == agency }) {
		err = fault.Bad("cohort.mend", fault.Field{Name: "agency", Key: "cohort.agency-elsewhere"})
	}
	return err
}
