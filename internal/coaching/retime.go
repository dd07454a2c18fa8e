package coaching

import (
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/id"
)

// Zones lists the zones in which sessions are planned.
func Zones(tx *db.Tx) ([]string, error) {
	planned, err := db.Collect(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) },
		`SELECT DISTINCT starts FROM coaching_sessions WHERE starts <> ''`)
	if err != nil {
		return nil, err
	}
	return civil.ZonesOf(planned)
}

// Retime derives the instants of sessions anew, after the zone data have changed:
// each stays at its hour on the wall clock. It returns how many moved.
func Retime(tx *db.Tx) (moved int64, err error) {
	type planned struct {
		id     id.CoachingSession
		starts string
	}
	all, err := db.Collect(tx, func(r *db.Rows) (p planned, err error) { return p, r.Scan(&p.id, &p.starts) },
		`SELECT id, starts FROM coaching_sessions WHERE starts <> ''`)
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		dt, err := civil.ParseDateTime(p.starts)
		if err != nil {
			return moved, err
		}
		at, err := dt.Instant()
		if err != nil {
			return moved, err
		}
		n, err := tx.Exec(`UPDATE coaching_sessions SET starts_at = ?2 WHERE id = ?1 AND starts_at <> ?2`, p.id, db.Micros(at))
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}
