package app

import (
	"context"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
	"cadre/internal/reportweb"
)

// papers leads from a cohort's figures to the registers and letters that they
// rest on, as far as whoever acts may open them.
func (a *App) papers(ctx context.Context, c id.Cohort) (reportweb.Papers, error) {
	out := reportweb.Papers{HalfDays: map[programme.Key]string{}, Letters: map[string]string{}}
	var stages []programme.Key
	if err := a.DB.View(ctx, func(tx *db.Tx) error {
		b, err := blueprintOf(tx, c)
		if err != nil {
			return err
		}
		for i := range b.Stages {
			if st := &b.Stages[i]; st.Kind() == programme.KindWorkshop {
				stages = append(stages, st.Key)
			}
		}
		return nil
	}); err != nil {
		return out, err
	}
	for _, stage := range stages {
		plan, err := a.Workshop.Plan(ctx, c, string(stage))
		if fault.Is(err, fault.Denied) {
			continue
		}
		if err != nil {
			return out, err
		}
		for _, h := range plan.HalfDays {
			if plan.Staff {
				out.HalfDays[programme.Key(h.Key)] = "/registers/" + string(h.ID)
			}
		}
	}
	letters, err := a.Cohort.Letters(ctx, c)
	if err != nil && !fault.Is(err, fault.Denied) {
		return out, err
	}
	for _, l := range letters {
		out.Letters[l.Number] = "/letters/" + string(l.ID)
	}
	return out, nil
}
