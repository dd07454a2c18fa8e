package cohort

import (
	"database/sql"
	"errors"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
)

// PlaceOf returns where a cohort itself lies, for the policy. NotFound if there
// is none.
func PlaceOf(tx *db.Tx, cohort id.Cohort) (access.Place, error) {
	c, err := ByID(tx, cohort)
	return place(c, nil), err
}

// PlaceIn returns where a person's part in a cohort lies, for the policy: with
// the agency that nominated her, from the nomination on, or, for someone who
// came without one, with the agency that she joined from. NotFound if she has no
// part in it.
func PlaceIn(tx *db.Tx, cohort id.Cohort, person id.Person) (access.Place, error) {
	c, err := ByID(tx, cohort)
	if err != nil {
		return access.Place{}, err
	}
	var agency id.Agency
	var since int64
	err = tx.QueryRow(`SELECT agency, proposed_at FROM cohort_nominations WHERE cohort = ?1 AND person = ?2
		ORDER BY proposed_at DESC, id DESC LIMIT 1`, cohort, person).Scan(&agency, &since)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.QueryRow(`SELECT agency, joined_at FROM cohort_enrolments WHERE cohort = ?1 AND person = ?2`, cohort, person).Scan(&agency, &since)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return access.Place{}, fault.New(fault.NotFound, "cohort.not-enrolled", nil)
	}
	if err != nil {
		return access.Place{}, err
	}
	var branch []id.Agency
	if agency != "" {
		if branch, err = people.Branch(tx, agency); err != nil {
			return access.Place{}, err
		}
	}
	p := place(c, branch)
	p.Since = db.Time(since)
	return p, nil
}
