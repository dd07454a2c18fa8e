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

// NominationsFrom is a sheet of nominations for one quota of a cohort.
type NominationsFrom struct {
	Cohort id.Cohort
	// Quota is a key of the blueprint; it may be left out where there is one.
	Quota string
	// Agency is a code; it is needed where the places are not divided among agencies.
	Agency    string
	File      string
	OnlyCheck bool // list what is wrong, and take nothing
	// Progress, if not nil, is told how far it is.
	Progress func(stage string, done, total int64)
}

// ImportNominations checks the sheet of nominations in a file, and takes it, all or
// nothing, unless a row has a problem or it is only to be checked.
func (a *App) ImportNominations(ctx context.Context, in NominationsFrom) (cohort.Imported, error) {
	data, err := os.ReadFile(in.File)
	if err != nil {
		return cohort.Imported{}, err
	}
	ctx = AsOperator(ctx)
	var chosen id.Quota
	var whose id.Agency
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		all, err := cohort.Quotas(tx, in.Cohort)
		if err != nil {
			return err
		}
		for _, q := range all {
			if q.Key == in.Quota || in.Quota == "" && len(all) == 1 {
				chosen = q.ID
			}
		}
		if chosen == "" {
			return fault.New(fault.NotFound, "cohort.quota-unknown", nil)
		}
		if in.Agency == "" {
			return nil
		}
		a, err := people.AgencyByCode(tx, in.Agency)
		whose = a.ID
		return err
	})
	if err != nil {
		return cohort.Imported{}, err
	}
	return a.Cohort.ImportNominations(ctx, cohort.Importing{Cohort: in.Cohort, Quota: chosen, Agency: whose, Data: data, Progress: in.Progress}, in.OnlyCheck)
}
