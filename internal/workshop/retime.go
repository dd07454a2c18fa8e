package workshop

import (
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/id"
)

// Zones lists the zones in which half-days are planned.
func Zones(tx *db.Tx) ([]string, error) {
	planned, err := db.Collect(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT DISTINCT starts FROM workshop_half_days`)
	if err != nil {
		return nil, err
	}
	return civil.ZonesOf(planned)
}

// Retime derives the instants of half-days anew, after the zone data have changed:
// each stays at its hour on the wall clock. It returns how many moved.
func Retime(tx *db.Tx) (moved int64, err error) {
	type planned struct {
		id           id.Register
		starts, ends string
	}
	all, err := db.Collect(tx, func(r *db.Rows) (p planned, err error) { return p, r.Scan(&p.id, &p.starts, &p.ends) },
		`SELECT id, starts, ends FROM workshop_half_days`)
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		at := [2]int64{}
		for i, text := range []string{p.starts, p.ends} {
			dt, err := civil.ParseDateTime(text)
			if err != nil {
				return moved, err
			}
			t, err := dt.Instant()
			if err != nil {
				return moved, err
			}
			at[i] = db.Micros(t)
		}
		n, err := tx.Exec(`UPDATE workshop_half_days SET starts_at = ?2, ends_at = ?3 WHERE id = ?1 AND (starts_at <> ?2 OR ends_at <> ?3)`, p.id, at[0], at[1])
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}
