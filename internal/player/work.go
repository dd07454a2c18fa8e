package player

import (
	"database/sql"
	"errors"
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
)

// Work is what was done in an attempt at a module, without what was answered.
type Work struct {
	Person id.Person
	Cohort id.Cohort // empty for an attempt outside any
	Module string
	// Pages are those that were read to their end, in no order, and Answers those given
	// in this attempt: not what was carried over from the one before it.
	Pages   []WorkPage
	Answers []WorkAnswer
}

// WorkPage is a page that was read.
type WorkPage struct {
	Key string
	At  time.Time
}

// WorkAnswer is that a question was answered, and how well.
type WorkAnswer struct {
	Page, Item string
	Right      bool
	Points     int
	At         time.Time
}

// WorkOf returns what was done in an attempt; false if there is no such attempt.
func WorkOf(tx *db.Tx, attempt id.Attempt) (w Work, found bool, err error) {
	a, err := attemptByID(tx, attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return w, false, nil
	}
	if err != nil {
		return w, false, err
	}
	w = Work{Person: a.Person, Cohort: a.Cohort, Module: a.Module}
	if w.Pages, err = db.Collect(tx, func(r *db.Rows) (p WorkPage, err error) {
		var at int64
		err = r.Scan(&p.Key, &at)
		p.At = db.Time(at)
		return p, err
	}, `SELECT page, at FROM player_pages WHERE attempt = ?1 AND state = ?2 AND at >= ?3 ORDER BY at, page`, attempt, string(pageRead), db.Micros(a.StartedAt)); err != nil {
		return w, false, err
	}
	w.Answers, err = db.Collect(tx, func(r *db.Rows) (x WorkAnswer, err error) {
		var right, at int64
		err = r.Scan(&x.Page, &x.Item, &right, &x.Points, &at)
		x.Right, x.At = right == 1, db.Time(at)
		return x, err
	}, `SELECT page, item, is_right, points, at FROM player_answers WHERE attempt = ?1 AND carried = 0 ORDER BY at, item`, attempt)
	return w, err == nil, err
}
