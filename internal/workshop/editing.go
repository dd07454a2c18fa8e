package workshop

import (
	"context"
	"slices"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Editing is a session before whoever may change it, with what it could be
// changed to.
type Editing struct {
	Session
	Half  HalfDay
	Rooms []Room
	// Trainers are those who may be named to hold it, and who holds it now.
	Trainers []id.Person
	// Languages are those of the programme, and the one in which it is held.
	Languages []string
	Names     Names
}

// OneSession returns a session for whoever may change it.
func (s *Service) OneSession(ctx context.Context, session id.WorkshopSession) (Editing, error) {
	var out Editing
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if out.Half, err = halfDayOf(tx, session); err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Change, access.Session, out.Half, ""); err != nil {
			return err
		}
		t, err := timetable(tx, out.Half.Cohort, out.Half.Stage)
		if err != nil {
			return err
		}
		out.Session, _, _ = t.Session(session)
		out.Rooms = t.Rooms
		if out.Trainers, err = s.cohorts.Trainers(tx, out.Half.Cohort); err != nil {
			return err
		}
		if out.Trainer != "" && !slices.Contains(out.Trainers, out.Trainer) {
			out.Trainers = append(out.Trainers, out.Trainer)
		}
		b, err := s.cohorts.Blueprint(tx, out.Half.Cohort)
		if err != nil {
			return err
		}
		out.Languages = languages(b, out.Language)
		out.Names, err = names(ctx, tx, out.Trainers...)
		return err
	})
	if err == nil {
		err = s.shown(ctx, out.Names)
	}
	if err != nil {
		return Editing{}, err
	}
	return out, nil
}

// languages are those of a programme, and the one in which a session is held
// although the programme is not written in it.
func languages(b *programme.Blueprint, held string) []string {
	var out []string
	for _, l := range b.Languages {
		out = append(out, string(l))
	}
	if held != "" && !slices.Contains(out, held) {
		out = append(out, held)
	}
	return out
}
