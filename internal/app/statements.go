package app

import (
	"cadre/internal/assess"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs/derive"
	"cadre/internal/player"
)

// What statements are derived from, in the words of package derive.

func moduleWork(tx *db.Tx, attempt id.Attempt) (derive.Work, bool, error) {
	w, found, err := player.WorkOf(tx, attempt)
	out := derive.Work{Person: w.Person, Cohort: w.Cohort, Of: w.Module}
	for _, p := range w.Pages {
		out.Pages = append(out.Pages, derive.Page{Key: p.Key, At: p.At})
	}
	for _, a := range w.Answers {
		out.Answers = append(out.Answers, derive.Answer{Item: a.Item, Right: a.Right, Points: a.Points, At: a.At})
	}
	return out, found, err
}

func testWork(tx *db.Tx, sitting id.Attempt) (derive.Work, bool, error) {
	w, found, err := assess.WorkOf(tx, sitting)
	out := derive.Work{Person: w.Person, Cohort: w.Cohort, Of: w.Stage}
	for _, a := range w.Answers {
		out.Answers = append(out.Answers, derive.Answer{Item: a.Item, Right: a.Right, Points: a.Points, At: a.At})
	}
	return out, found, err
}
