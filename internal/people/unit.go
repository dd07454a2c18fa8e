package people

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// AddUnit enters a unit of an agency that the actor may see.
func (s *Service) AddUnit(ctx context.Context, op id.Operation, in Unit) (id.Unit, error) {
	var out id.Unit
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, "people.add-unit", &out, func() error {
			at, err := PlaceOf(tx, in.Agency)
			if err != nil {
				return err
			}
			o := access.Here(tx.Actor(), access.Agency)
			at.Programme, at.Cohort = o.Programme, o.Cohort
			o.Place = at
			if err := access.Allow(tx.Actor(), access.Create, o); err != nil {
				return err
			}
			out, err = EnterUnit(tx, in)
			return err
		})
		return err
	})
	return out, err
}

// Agency returns an agency that the actor may see, and its units.
func (s *Service) Agency(ctx context.Context, agency id.Agency) (a Agency, units []Unit, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		at, err := PlaceOf(tx, agency)
		if err != nil {
			return err
		}
		o := access.Here(tx.Actor(), access.Agency)
		at.Programme, at.Cohort = o.Programme, o.Cohort
		o.Place = at
		if err := access.Allow(tx.Actor(), access.Read, o); err != nil {
			return err
		}
		if a, err = AgencyByID(tx, agency); err != nil {
			return err
		}
		units, err = Units(tx, agency)
		return err
	})
	return a, units, err
}
