package lrs

import (
	"context"
	"database/sql"
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

// MakeMonths makes a partition for each month in which statements were stored, and from
// the present one to a few beyond, where the engine has partitions. What was stored in
// the meantime, or came from a backup, moves into its month.
func (s *Service) MakeMonths(ctx context.Context) error {
	var months []time.Time
	if err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		months, err = monthsOf(tx)
		return err
	}); err != nil {
		return err
	}
	for _, from := range months {
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

// monthsOf returns the months that are to have a partition. It goes from one with
// statements to the next: a clock that was wrong leaves decades without any.
func monthsOf(tx *db.Tx) ([]time.Time, error) {
	present := month(tx.Now().UTC())
	var out []time.Time
	for ahead := range monthsAhead + 1 {
		out = append(out, present.AddDate(0, ahead, 0))
	}
	for from := int64(0); ; {
		var first sql.NullInt64
		if err := tx.QueryRow(`SELECT MIN(stored) FROM lrs_statements WHERE stored >= ?1 AND stored < ?2`, from, db.Micros(present)).Scan(&first); err != nil || !first.Valid {
			return out, err
		}
		m := month(instant(first.Int64))
		out = append(out, m)
		from = db.Micros(m.AddDate(0, 1, 0))
	}
}

func month(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }
