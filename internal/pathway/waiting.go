package pathway

import (
	"fmt"
	"strings"

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

// SeatsAwaiting lists whose seat's deadline passed in a cohort, by their ids, at
// most limit after one of them. It is for whoever may see the facts of the cohort.
func SeatsAwaiting(tx *db.Tx, c id.Cohort, after id.Person, limit int) ([]id.Person, error) {
	return db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
		`SELECT person FROM pathway_standings WHERE cohort = ?1 AND seat_state = ?2 AND person > ?3 AND seat_confirmed = 0
		ORDER BY person LIMIT ?4`, c, SeatAwaiting, after, limit)
}

// SeatsAwaitingOf tells for some people of a cohort whose seat's deadline passed.
func SeatsAwaitingOf(tx *db.Tx, c id.Cohort, who ...id.Person) (map[id.Person]bool, error) {
	out := map[id.Person]bool{}
	if len(who) == 0 {
		return out, nil
	}
	marks, args := make([]string, len(who)), []any{c, SeatAwaiting}
	for i, p := range who {
		args = append(args, p)
		marks[i] = fmt.Sprintf("?%d", len(args))
	}
	all, err := db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
		`SELECT person FROM pathway_standings WHERE cohort = ?1 AND seat_state = ?2 AND seat_confirmed = 0
		AND person IN (`+strings.Join(marks, ", ")+`)`, args...)
	for _, p := range all {
		out[p] = true
	}
	return out, err
}
