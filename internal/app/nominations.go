package app

import (
	"context"
	"os"

	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// ImportNominations checks the sheet of nominations in a file for one quota of a
// cohort, and takes it, all or nothing, unless a row has a problem or onlyCheck is
// set. Quota is a key of the blueprint; it may be left out where there is one.
func (a *App) ImportNominations(ctx context.Context, in id.Cohort, quota, file string, onlyCheck bool) (cohort.Imported, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return cohort.Imported{}, err
	}
	ctx = AsOperator(ctx)
	var chosen id.Quota
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
		return nil
	})
	if err != nil {
		return cohort.Imported{}, err
	}
	return a.Cohort.ImportNominations(ctx, cohort.Importing{Cohort: in, Quota: chosen, Data: data}, onlyCheck)
}
