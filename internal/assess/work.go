package assess

import (
	"database/sql"
	"errors"
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
)

// Work is which questions were answered in a sitting that was handed in, and how
// well, without what was answered.
type Work struct {
	Person  id.Person
	Cohort  id.Cohort
	Stage   string
	Answers []WorkAnswer
}

// WorkAnswer is that a question was answered, and how well.
type WorkAnswer struct {
	Item   string
	Right  bool
	Points int
	At     time.Time
}

// WorkOf returns what was done in a sitting; false if there is no such sitting,
// or if it is still open.
func WorkOf(tx *db.Tx, sitting id.Attempt) (w Work, found bool, err error) {
	a, err := attemptByID(tx, sitting)
	if errors.Is(err, sql.ErrNoRows) {
		return w, false, nil
	}
	if err != nil || a.State != Submitted {
		return w, false, err
	}
	w = Work{Person: a.Person, Cohort: a.Cohort, Stage: a.Stage}
	w.Answers, err = db.Collect(tx, func(r *db.Rows) (x WorkAnswer, err error) {
		var right, at int64
		err = r.Scan(&x.Item, &right, &x.Points, &at)
		x.Right, x.At = right == 1, db.Time(at)
		return x, err
	}, `SELECT item, is_right, points, at FROM assess_answers WHERE attempt = ?1 ORDER BY at, item`, sitting)
	return w, err == nil, err
}
