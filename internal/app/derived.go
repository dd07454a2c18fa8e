package app

import (
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/retention"
)

// derived derives anew what is kept for speed and decides what people see, and
// names what does not follow: standings from facts, branches from the tree of
// agencies, places from affiliations, counts from seats. It returns how many
// standings were compared.
func derived(tx *db.Tx) (found []journal.Finding, standings int, err error) {
	damage := func(key string, args fault.Args) {
		found = append(found, journal.Finding{Severity: journal.Damage, Key: key, Args: args})
	}
	differ, standings, err := pathway.VerifySample(tx, 1, 0)
	if err != nil {
		return nil, standings, err
	}
	for _, d := range differ {
		key := "app.standing-differs"
		if d.What == "missing" {
			erased, err := retention.Erased(tx, d.Person)
			if err != nil {
				return nil, standings, err
			}
			if erased { // her standing went with her
				continue
			}
			key = "app.standing-missing"
		}
		damage(key, fault.Args{"person": string(d.Person), "cohort": string(d.Cohort)})
	}
	agencies, err := people.StrayAgencies(tx)
	if err != nil {
		return nil, standings, err
	}
	for _, a := range agencies {
		damage("app.branch-differs", fault.Args{"agency": string(a)})
	}
	persons, err := people.StrayPersons(tx)
	if err != nil {
		return nil, standings, err
	}
	for _, p := range persons {
		damage("app.place-differs", fault.Args{"person": string(p)})
	}
	cohorts, err := cohort.MiscountedCohorts(tx)
	for _, c := range cohorts {
		damage("app.counts-differ", fault.Args{"cohort": string(c)})
	}
	return found, standings, err
}
