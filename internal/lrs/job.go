package lrs

import (
	"context"
	"time"

	"cadre/internal/db"
	"cadre/internal/job"
)

// MonthsJob makes the months ahead of statements and their index.
const MonthsJob = "lrs.months"

// monthsAhead is how many months after the present one have a partition.
const monthsAhead = 3

// Register plans the record store's recurring work.
func (s *Service) Register(pool *job.Pool) {
	pool.Every(MonthsJob, 24*time.Hour, func(ctx context.Context, j *job.Job) error {
		if err := s.MakeMonths(ctx); err != nil {
			return err
		}
		return s.DB.Update(ctx, db.Main, j.Complete)
	})
}

// MakeMonths makes a partition for the present month and for those that follow,
// where the engine has partitions. What was stored in the meantime moves into
// its month.
func (s *Service) MakeMonths(ctx context.Context) error {
	return s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		now := tx.Now().UTC()
		for n := range monthsAhead + 1 {
			from := time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
			for _, table := range []string{"lrs_statements", "lrs_index"} {
				if err := tx.Dialect().MakePartition(tx, table, from.Format("200601"), "stored",
					db.Micros(from), db.Micros(from.AddDate(0, 1, 0))); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
