package pathway

import (
	"cadre/internal/db"
	"cadre/internal/id"
)

// Awaiting counts what waits for a person in a cohort: reviews that are open, and
// seats whose deadline passed. It is for whoever checked that the reader may see
// the facts of the cohort.
func Awaiting(tx *db.Tx, c id.Cohort) (reviews, seats int, err error) {
	err = tx.QueryRow(`SELECT
		(SELECT COUNT(*) FROM pathway_reviews WHERE cohort = ?1 AND settled_at = 0),
		(SELECT COUNT(*) FROM pathway_standings WHERE cohort = ?1 AND seat_state = ?2 AND seat_confirmed = 0)`,
		c, SeatAwaiting).Scan(&reviews, &seats)
	return reviews, seats, err
}
