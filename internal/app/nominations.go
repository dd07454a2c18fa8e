package app

import (
	"context"
	"os"

	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
)

// ImportNominations checks the sheet of nominations in a file for one quota of a
// cohort, and takes it, all or nothing, unless a row has a problem or onlyCheck is
// set. Quota is a key of the blueprint; it may be left out where there is one. Agency
// is a code; it is needed where the places are not divided among agencies.
func (a *App) ImportNominations(ctx context.Context, in id.Cohort, quota, agency, file string, onlyCheck bool) (cohort.Imported, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return cohort.Imported{}, err
	}
	ctx = AsOperator(ctx)
	var chosen id.Quota
	var whose id.Agency
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		all, err := cohort.Quotas(tx, in)
		if err != nil {
			return err
		}
		for _, q := range all {
			if q.Key == quota || quota == "" && len(all) == 1 {
				chosen = q.ID
			}
		}
		if chosen == "" {
			return fault.New(fault.NotFound, "cohort.quota-unknown", nil)
		}
		if agency == "" {
			return nil
		}
		a, err := people.AgencyByCode(tx, agency)
		whose = a.ID
		return err
	})
	if err != nil {
		return cohort.Imported{}, err
	}
	return a.Cohort.ImportNominations(ctx, cohort.Importing{Cohort: in, Quota: chosen, Agency: whose, Data: data}, onlyCheck)
}
