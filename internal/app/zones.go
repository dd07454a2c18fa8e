package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/db"
	"cadre/internal/pathway"
	"cadre/internal/workshop"
)

// zonesMark remembers the rules of the zones in use by which instants were derived.
const zonesMark = "zones"

// retime derives the instants of all that is planned anew if the zone data are
// others than when it was last done: a country has moved its clocks, and the machine
// or the program knows. What is planned stays at its hour on the wall clock.
func (a *App) retime(ctx context.Context) error {
	var had, have string
	if err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		had, have, err = zoneRules(tx)
		return err
	}); err != nil || had == have {
		return err
	}
	moved := int64(0)
	if err := a.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		halves, err := workshop.Retime(tx)
		if err != nil {
			return err
		}
		sessions, err := coaching.Retime(tx)
		if err != nil {
			return err
		}
		moved = halves + sessions
		if err := pathway.AllDue(tx); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO app_marks (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, zonesMark, have)
		return err
	}); err != nil {
		return fmt.Errorf("app: what is planned, by new zone data: %w", err)
	}
	if moved > 0 {
		a.Log.Info("app: the zone data have changed; what is planned keeps its hour", "moved", moved)
	}
	return a.Pathway.RefreshDue(actor.With(ctx, pathway.Timer()), nil)
}

// zoneRules returns the rules by which instants were last derived, and those by which
// they would be now.
func zoneRules(tx *db.Tx) (had, have string, err error) {
	var zones []string
	for _, of := range []func(*db.Tx) ([]string, error){workshop.Zones, coaching.Zones, pathway.Zones} {
		some, err := of(tx)
		if err != nil {
			return "", "", err
		}
		zones = append(zones, some...)
	}
	slices.Sort(zones)
	var rules []string
	for _, z := range slices.Compact(zones) {
		r, err := civil.Rules(z)
		if err != nil {
			return "", "", err
		}
		rules = append(rules, z+" "+r)
	}
	err = tx.QueryRow(`SELECT value FROM app_marks WHERE name = ?1`, zonesMark).Scan(&had)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return had, strings.Join(rules, "\n"), err
}
