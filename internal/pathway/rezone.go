package pathway

import (
	"slices"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Zones lists the zones of the blueprints that cohorts follow.
func Zones(tx *db.Tx) ([]string, error) {
	versions, err := db.Collect(tx, func(r *db.Rows) (v id.Version, err error) { return v, r.Scan(&v) }, `SELECT DISTINCT version FROM pathway_cohorts`)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range versions {
		zones, err := db.Memo(tx, "pathway.zones:"+string(v), func() ([]string, error) {
			b, err := programme.Load(tx, v)
			if err != nil {
				return nil, err
			}
			return zonesOf(b), nil
		})
		if err != nil {
			return nil, err
		}
		out = append(out, zones...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// zonesOf are the programme's zone and those that its stages have of their own.
func zonesOf(b *programme.Blueprint) []string {
	out := []string{string(b.Zone)}
	if b.Seat != nil && b.Seat.Deadline.Zone != "" {
		out = append(out, string(b.Seat.Deadline.Zone))
	}
	for _, s := range b.Stages {
		if s.Deadline != nil && s.Deadline.Zone != "" {
			out = append(out, string(s.Deadline.Zone))
		}
		if s.Workshop != nil && s.Workshop.Zone != "" {
			out = append(out, string(s.Workshop.Zone))
		}
	}
	return out
}

// AllDue makes every standing due to be derived anew by [Service.RefreshDue]: the
// zone data have changed, and with them the instants of deadlines. Until it is, it
// counts as one of other rules ([VerifySample]), also after a start that was cut off.
func AllDue(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE pathway_standings SET next_change_at = ?1, evaluator = 0`, db.Micros(tx.Now()))
	return err
}
