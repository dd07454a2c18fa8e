package evaluation

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

// Sheets is how far the sheets of a survey that was answered on paper are entered.
type Sheets struct {
	Survey *Survey
	// Closed tells that no more answers are taken.
	Closed bool
	// Open lists the participants of whom no answer is known, on paper or otherwise.
	Open []id.Person
	// Waiting is how many sheets were handed in and are not entered yet.
	Waiting int
	// Answered is how many answers there are in all.
	Answered int
}

// Sheets returns how far a survey's sheets are entered, for those who may enter
// them.
func (s *Service) Sheets(ctx context.Context, sid id.Survey) (out Sheets, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if out.Survey, _, err = s.paper(tx, sid); err != nil {
			return err
		}
		out.Closed = !out.Survey.Open(tx.Now())
		all, err := s.roll.Participants(tx, out.Survey.Cohort)
		if err != nil {
			return err
		}
		done, err := db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
			`SELECT person FROM evaluation_turns WHERE survey = ?1 AND answered = 1`, sid)
		if err != nil {
			return err
		}
		has := make(map[id.Person]bool, len(done))
		for _, p := range done {
			has[p] = true
		}
		for _, p := range all {
			if !has[p] {
				out.Open = append(out.Open, p)
			}
		}
		return tx.QueryRow(`SELECT s.sheets, (SELECT COUNT(*) FROM evaluation_answers a WHERE a.survey = s.id) + (SELECT COUNT(*) FROM evaluation_boxes b WHERE b.survey = s.id) FROM evaluation_surveys s WHERE s.id = ?1`,
			sid).Scan(&out.Waiting, &out.Answered)
	})
	return out, err
}

// paper returns a survey that the actor may enter sheets of, and its place.
func (s *Service) paper(tx *db.Tx, sid id.Survey) (*Survey, access.Place, error) {
	sv, err := survey(tx, sid)
	if err != nil {
		return nil, access.Place{}, err
	}
	place, err := s.roll.Cohort(tx, sv.Cohort)
	if err != nil {
		return nil, place, err
	}
	return sv, place, access.Allow(tx.Actor(), access.Record, access.Object{Kind: access.Response, Place: place})
}

// HandIn keeps that these participants gave in a sheet each, in one go: who did is
// known, and what stands on whose sheet is not. Each counts as having answered. It
// is a Conflict if one of them has answered already, and Closed when no more
// answers are taken; nothing is kept then.
func (s *Service) HandIn(ctx context.Context, op id.Operation, sid id.Survey, people []id.Person) error {
	return s.sheets(ctx, op, "evaluation.hand-in", sid, func(tx *db.Tx, sv *Survey, place access.Place) (int, error) {
		if len(people) == 0 {
			return 0, fault.Bad("evaluation.answers-invalid", fault.Field{Name: "people", Key: "evaluation.field-who"})
		}
		for _, p := range people {
			if _, err := s.roll.Place(tx, sv.Cohort, p); err != nil {
				return 0, err
			}
			n, err := tx.Exec(`INSERT INTO evaluation_turns (id, survey, person, token, answered) VALUES (?1, ?2, ?3, '', 1)
				ON CONFLICT (survey, person) DO UPDATE SET token = '', answered = 1 WHERE evaluation_turns.answered = 0`, id.Secret(26), sid, p)
			if err != nil {
				return 0, err
			}
			if n == 0 {
				return 0, fault.New(fault.Conflict, "evaluation.handed-in-already", nil)
			}
			if err := s.record(tx, pathway.Fact{
				Person: p, Cohort: sv.Cohort, Subject: sv.Stage, Value: pathway.FeedbackGiven{}, Basis: pathway.Paper,
			}); err != nil {
				return 0, err
			}
		}
		return len(people), nil
	})
}

// EnterSheet keeps what stands on one of the sheets that were handed in: nobody's
// in particular. It is a Conflict if as many are entered as were handed in.
func (s *Service) EnterSheet(ctx context.Context, op id.Operation, sid id.Survey, in Answers) error {
	return s.sheets(ctx, op, "evaluation.enter-sheet", sid, func(tx *db.Tx, sv *Survey, _ access.Place) (int, error) {
		if err := in.check(sv.Form); err != nil {
			return 0, err
		}
		// An empty sheet is a sheet: it was handed in, and says nothing.
		var waiting int
		if err := tx.QueryRow(`SELECT sheets FROM evaluation_surveys WHERE id = ?1`, sid).Scan(&waiting); err != nil {
			return 0, err
		}
		if waiting == 0 {
			return 0, fault.New(fault.Conflict, "evaluation.no-sheet-left", nil)
		}
		if in.blank() {
			return -1, nil
		}
		return -1, putAway(tx, s.keys, sid, in)
	})
}

// sheets does something with the sheets of a survey that is open, once, and adds
// to the count of those that wait.
func (s *Service) sheets(ctx context.Context, op id.Operation, kind string, sid id.Survey, f func(*db.Tx, *Survey, access.Place) (int, error)) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		sv, place, err := s.paper(tx, sid)
		if err != nil {
			return err
		}
		var done bool
		_, err = journal.Once(tx, op, kind, &done, func() error {
			if !sv.Open(tx.Now()) {
				return fault.New(fault.Closed, "evaluation.closed", nil)
			}
			n, err := f(tx, sv, place)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE evaluation_surveys SET sheets = sheets + ?2 WHERE id = ?1`, sid, n); err != nil {
				return err
			}
			done = true
			return journal.Append(tx, journal.Entry{
				Kind: kind, Version: 1, Subject: string(sid),
				Scope: actor.Scope{Programme: place.Programme, Cohort: sv.Cohort},
				Rows:  []journal.Row{journal.RowOf(surveysTable, sid)},
			})
		})
		return err
	})
}
