package access

import (
	"slices"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/id"
)

// HoldersIn lists who holds, now, a grant of role r that covers a place: those
// who may be asked to coach in a cohort, for instance. The caller has asked the
// policy.
func HoldersIn(tx *db.Tx, r actor.Role, at Place) ([]id.Person, error) {
	all, err := db.Collect(tx, rowHeld, `SELECT `+grantColumns+` FROM access_grants WHERE role = ?1 AND ended_at = 0 ORDER BY person`, r)
	if err != nil {
		return nil, err
	}
	out := []id.Person{}
	for _, h := range all {
		if h.Now(tx.Now()) && placed(h.Grant, at)&InScope != 0 && !slices.Contains(out, h.Person) {
			out = append(out, h.Person)
		}
	}
	return out, nil
}
