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

// MakeMonths makes a partition for each month from the first statement's to a few
// beyond the present, where the engine has partitions. What was stored in the meantime,
// or came from a backup, moves into its month.
func (s *Service) MakeMonths(ctx context.Context) error {
	var at, end time.Time
	if err := s.DB.View(ctx, func(tx *db.Tx) error {
		var first int64
		if err := tx.QueryRow(`SELECT COALESCE(MIN(stored), 0) FROM lrs_statements`).Scan(&first); err != nil {
			return err
		}
		at = month(tx.Now().UTC())
		end = at.AddDate(0, monthsAhead, 0)
		if first > 0 && instant(first).Before(at) {
			at = month(instant(first))
		}
		return nil
	}); err != nil {
		return err
	}
	for from := at; !from.After(end); from = from.AddDate(0, 1, 0) {
		for _, table := range []string{"lrs_statements", "lrs_index"} {
			if err := s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
				return tx.Dialect().MakePartition(tx, table, from.Format("200601"), "stored", db.Micros(from), db.Micros(from.AddDate(0, 1, 0)))
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

func month(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }
