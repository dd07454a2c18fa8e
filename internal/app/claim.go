package app

import (
	"context"
	"database/sql"
	"errors"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/journal"
)

// marksTable holds what an instance remembers about itself as a whole.
var marksTable = db.Table{
	Name: "app_marks", Owner: "app", Key: "name",
	Purpose: "What the instance remembers about itself as a whole: whether it is the demo's, and by which rules of time zones planned hours were placed.",
	Keep:    "As long as the database.",
}

// demoMark is set in a database that the demo made.
const demoMark = "demo"

// claim refuses the demo a database that it did not make, and everybody else
// one that it did, unless either will do.
func (a *App) claim(ctx context.Context, opt Options) error {
	if opt.Either {
		return nil
	}
	demo := opt.Demo
	return a.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		var set string
		err := tx.QueryRow(`SELECT value FROM app_marks WHERE name = ?1`, demoMark).Scan(&set)
		marked := err == nil
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if marked && !demo {
			return fault.New(fault.Denied, "app.demo-data", nil)
		}
		if marked || !demo {
			return nil
		}
		head, err := journal.HeadOf(tx)
		if err != nil {
			return err
		}
		if head.Sequence > 0 {
			return fault.New(fault.Denied, "app.real-data", nil)
		}
		_, err = tx.Exec(`INSERT INTO app_marks (name, value) VALUES (?1, '1')`, demoMark)
		return err
	})
}
