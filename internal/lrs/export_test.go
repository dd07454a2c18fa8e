package lrs

import (
	"math"

	"cadre/internal/db"
)

// CountFirst has the index counted only so far at first, so that little is much.
func (q *Query) CountFirst(most int64) { q.most = most }

// Rarest returns the first key of the rarest of several filters, which are counted as far
// as most.
func Rarest(tx *db.Tx, all [][]int64, most int64) (int64, error) {
	conditions := make([]condition, len(all))
	for i, c := range all {
		conditions[i] = c
	}
	best, _, err := rarest(tx, conditions, math.MinInt64, math.MaxInt64, most)
	return all[best][0], err
}

// Gathered counts the requests that wait to be written together.
func (s *Service) Gathered() int { return s.gathering.Waiting() }

// Busy reports whether a request is being written, or waits.
func (s *Service) Busy() bool { return s.gathering.Busy() }
