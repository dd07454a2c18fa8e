package lrs

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"cadre/internal/db"
)

// rows reads the rows of a page, and reports whether there are more.
func (q Query) rows(tx *db.Tx, conditions []condition) ([]row, bool, error) {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.Since.IsZero() {
		low = q.Since.UnixMicro()
	}
	if q.Until != nil {
		high = q.Until.UnixMicro()
	}
	if q.After != 0 {
		if q.Ascending {
			low = max(low, q.After)
		} else {
			high = min(high, q.After-1)
		}
	}
	limit := q.Limit
	if limit <= 0 || limit > PageMax {
		limit = PageMax
	}
	var rows []row
	var err error
	switch len(conditions) {
	case 0:
		rows, err = collect(tx, limit+1, `SELECT `+rowColumns+` FROM lrs_statements s
			WHERE s.stored > ?1 AND s.stored <= ?2`+q.live()+` ORDER BY s.stored `+q.order()+` LIMIT ?3`, low, high, limit+1)
	case 1:
		rows, err = q.span(tx, conditions[0], nil, low, high, limit+1)
	default:
		rows, err = q.meeting(tx, conditions, low, high, limit+1)
	}
	if err != nil {
		return nil, false, err
	}
	page := cutPage(rows, limit)
	return page, len(page) < len(rows), nil
}

// live leaves out what is voided.
func (q Query) live() string {
	if q.voided {
		return ""
	}
	return " AND s.voided = 0"
}

func (q Query) order() string {
	if q.Ascending {
		return "ASC"
	}
	return "DESC"
}

// meeting reads what meets several conditions, and costs no more than some times what
// fewest statements meet. How many meet each is counted, and where many do, they are
// looked for among the nearest of them before it is counted further: then they may meet
// often, and a page is full soon.
func (q Query) meeting(tx *db.Tx, conditions []condition, low, high int64, room int) ([]row, error) {
	var all []row
	size := 0
	for most := cmp.Or(q.most, int64(countMin)); ; most *= 10 {
		best, n, err := rarest(tx, conditions, low, high, most)
		if err != nil {
			return nil, err
		}
		driver, rest := conditions[best], slices.Concat(conditions[:best], conditions[best+1:])
		from, to := low, high
		if n == most {
			if from, to, err = q.near(tx, driver, low, high, most); err != nil {
				return nil, err
			}
		}
		rows, err := q.span(tx, driver, rest, from, to, room-len(all))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			size += len(r.body)
		}
		all = append(all, rows...)
		if from == low && to == high || len(all) >= room || size > pageBytes {
			return all, nil
		}
		if q.Ascending {
			low = to
		} else {
			high = from
		}
	}
}

// near returns the part of a span in which a page begins and that holds as many
// postings of a condition as most, or a few more.
func (q Query) near(tx *db.Tx, c condition, low, high, most int64) (from, to int64, err error) {
	last, end := "MIN", low
	if q.Ascending {
		last, end = "MAX", high
	}
	for _, key := range c {
		var n, at int64
		if err := tx.QueryRow(`SELECT COUNT(*), COALESCE(`+last+`(stored), 0) FROM (SELECT stored FROM lrs_index
			WHERE key = ?1 AND stored > ?2 AND stored <= ?3 ORDER BY stored `+q.order()+` LIMIT ?4) AS nearest`, key, low, high, most).Scan(&n, &at); err != nil {
			return 0, 0, err
		}
		switch {
		case n < most: // all that this key has is near
		case q.Ascending:
			end = min(end, at)
		default:
			end = max(end, at-1)
		}
	}
	if q.Ascending {
		return low, end, nil
	}
	return end, high, nil
}

// span reads what meets all conditions and was stored after low, until high: as many
// rows as there is room for, in the order of the page. The first condition leads.
func (q Query) span(tx *db.Tx, driver condition, rest []condition, low, high int64, room int) ([]row, error) {
	var all []row
	for _, key := range driver {
		args := []any{key, low, high, room}
		where := ""
		for i, c := range rest {
			where += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM lrs_index x%d WHERE x%d.stored = i.stored AND x%d.key IN (%s))",
				i, i, i, places(len(args)+1, len(c)))
			for _, k := range c {
				args = append(args, k)
			}
		}
		rows, err := collect(tx, room, `SELECT `+rowColumns+` FROM lrs_index i JOIN lrs_statements s ON s.stored = i.stored
			WHERE i.key = ?1 AND i.stored > ?2 AND i.stored <= ?3`+q.live()+where+` ORDER BY i.stored `+q.order()+` LIMIT ?4`, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	if len(driver) > 1 {
		slices.SortFunc(all, func(a, b row) int {
			if q.Ascending {
				return cmp.Compare(a.stored, b.stored)
			}
			return cmp.Compare(b.stored, a.stored)
		})
		all = slices.CompactFunc(all, func(a, b row) bool { return a.stored == b.stored })
	}
	return all[:min(len(all), room)], nil
}

// cutPage takes a page from rows of which one more than a page was asked for, or
// so many that they would be too large.
func cutPage(rows []row, limit int) []row {
	size := 0
	for i := range rows {
		size += len(rows[i].body)
		if i == limit || i > 0 && size > pageBytes {
			return rows[:i]
		}
	}
	return rows
}

// collect reads rows, and stops once there is more than a page can hold.
func collect(tx *db.Tx, room int, query string, args ...any) ([]row, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]row, 0, min(room, 64))
	// One more than fits says that there are more.
	for size := 0; (size <= pageBytes || len(out) < 2) && rows.Next(); {
		r, err := scanRow(rows)
		if err != nil {
			return nil, err
		}
		size += len(r.body)
		out = append(out, r)
	}
	return out, rows.Err()
}

// countMin is how far the index is counted at first to find out what is rare.
const countMin = 2000

// rarest returns the condition that fewest statements of a span meet, and how many, both
// counted as far as most.
func rarest(tx *db.Tx, all []condition, low, high, most int64) (best int, least int64, err error) {
	least = most
	for i, c := range all {
		n, err := count(tx, c, low, high, least)
		if err != nil {
			return 0, 0, err
		}
		if n < least {
			best, least = i, n
		}
	}
	return best, least, nil
}

// count counts the postings of a condition, as far as most.
func count(tx *db.Tx, c condition, low, high, most int64) (total int64, err error) {
	for _, key := range c {
		var n int64
		if err := tx.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM lrs_index WHERE key = ?1 AND stored > ?2 AND stored <= ?3 LIMIT ?4) AS few`,
			key, low, high, most-total).Scan(&n); err != nil {
			return 0, err
		}
		if total += n; total >= most {
			break
		}
	}
	return total, nil
}
