package cohort

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

// step is what one decision changed: how everything stood before, and which
// revision it had after. It is kept so that the decision can be taken back while
// nothing has happened since.
type step struct {
	Nominations []stepNomination `json:"nominations"`
	Seat        *stepSeat        `json:"seat,omitempty"`
	Enrolment   *stepEnrolment   `json:"enrolment,omitempty"`
	Facts       []id.Fact        `json:"facts,omitempty"`
}

// stepNomination is a nomination as it was before; Made if it was not yet.
type stepNomination struct {
	ID         id.Nomination `json:"id"`
	Made       bool          `json:"made,omitempty"`
	Decision   Decision      `json:"decision,omitempty"`
	DecidedAt  int64         `json:"decided_at,omitempty"`
	Line       int           `json:"line,omitempty"`
	Ending     Ending        `json:"ending,omitempty"`
	EndedAt    int64         `json:"ended_at,omitempty"`
	Cause      string        `json:"cause,omitempty"`
	RevisionIs int           `json:"revision"`
}

type stepSeat struct {
	ID         id.Seat `json:"id"`
	State      State   `json:"state"`
	RevisionIs int     `json:"revision"`
}

// stepEnrolment is an enrolment as it was before; Made if there was none.
type stepEnrolment struct {
	ID          id.Enrolment  `json:"id"`
	Made        bool          `json:"made,omitempty"`
	Nomination  id.Nomination `json:"nomination,omitempty"`
	ConfirmedAt int64         `json:"confirmed_at,omitempty"`
	LeftAt      int64         `json:"left_at,omitempty"`
	LeftCause   string        `json:"left_cause,omitempty"`
	RevisionIs  int           `json:"revision"`
}

// scribe notes how things stand while a decision is taken.
type scribe struct {
	main      Nomination
	made      id.Nomination
	enrolment *Enrolment
	position  int64 // of the last movement before
	before    map[id.Person]map[id.Fact]bool
}

// of notes how an officer's nomination, enrolment and facts stand, before they are
// changed. The first one is the one that the decision is about; of others only the
// facts are noted.
func (w *scribe) of(tx *db.Tx, n Nomination) error {
	known, err := factsOf(tx, n.Person, n.Cohort)
	if err != nil {
		return err
	}
	if w.before == nil {
		w.before = map[id.Person]map[id.Fact]bool{}
	}
	w.before[n.Person] = known
	if w.main.ID != "" {
		return nil
	}
	w.main = n
	if err := tx.QueryRow(`SELECT COALESCE(MAX(position), 0) FROM cohort_movements WHERE cohort = ?1`, n.Cohort).Scan(&w.position); err != nil {
		return err
	}
	e, err := EnrolmentOf(tx, n.Cohort, n.Person)
	if err == nil {
		w.enrolment = &e
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	return nil
}

// factsOf are the ids of a person's facts; none of nobody's.
func factsOf(tx *db.Tx, p id.Person, c id.Cohort) (map[id.Fact]bool, error) {
	known := map[id.Fact]bool{}
	if p == "" {
		return known, nil
	}
	facts, err := pathway.FactsOf(tx, p, c)
	for _, f := range facts {
		known[f.ID] = true
	}
	return known, err
}

// making notes that a nomination is made by the decision; of its officer all facts
// since are its own.
func (w *scribe) making(p Proposed, before map[id.Fact]bool) {
	w.made, w.before[p.Person] = p.Nomination, before
}

// reversibly is [once] for a decision that can be taken back by its operation id.
func reversibly[T any](ctx context.Context, s *Service, op id.Operation, kind string, f func(tx *db.Tx, w *scribe) (T, error)) (T, error) {
	return once(ctx, s, op, kind, func(tx *db.Tx) (T, error) {
		w := &scribe{}
		out, err := f(tx, w)
		if err != nil || w.main.ID == "" {
			return out, err
		}
		return out, w.keep(tx, op, kind)
	})
}

// keep writes down what the decision changed.
func (w *scribe) keep(tx *db.Tx, op id.Operation, kind string) error {
	is, err := NominationByID(tx, w.main.ID)
	if err != nil {
		return err
	}
	var out step
	was := w.main
	out.Nominations = []stepNomination{{
		ID: was.ID, Decision: was.Decision, DecidedAt: db.Micros(was.DecidedAt), Line: was.Line, Ending: was.Ending,
		EndedAt: db.Micros(was.EndedAt), Cause: was.Cause, RevisionIs: is.Revision,
	}}
	if w.made != "" {
		made, err := NominationByID(tx, w.made)
		if err != nil {
			return err
		}
		out.Nominations = append(out.Nominations, stepNomination{ID: made.ID, Made: true, RevisionIs: made.Revision})
	}
	if out.Seat, err = w.seat(tx, is); err != nil {
		return err
	}
	if out.Enrolment, err = w.enrolled(tx); err != nil {
		return err
	}
	for p, known := range w.before {
		facts, err := pathway.FactsOf(tx, p, was.Cohort)
		if err != nil {
			return err
		}
		for _, f := range facts {
			if !known[f.ID] && f.Cohort == was.Cohort {
				out.Facts = append(out.Facts, f.ID)
			}
		}
	}
	slices.Sort(out.Facts)
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO cohort_steps (id, cohort, nomination, person, kind, stood, made_by, made_at, taken_back_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)`,
		op, was.Cohort, was.ID, was.Person, kind, string(text), tx.Actor().ID(), db.Micros(tx.Now()))
	return err
}

// seat finds the seat that the decision moved, and where it stood before.
func (w *scribe) seat(tx *db.Tx, is Nomination) (*stepSeat, error) {
	moved, err := db.Collect(tx, func(r *db.Rows) (stepSeat, error) {
		var x stepSeat
		return x, r.Scan(&x.ID, &x.State)
	}, `SELECT seat, from_state FROM cohort_movements WHERE cohort = ?1 AND position > ?2 AND nomination = ?3 ORDER BY position LIMIT 1`,
		is.Cohort, w.position, is.ID)
	if err != nil || len(moved) == 0 {
		return nil, err
	}
	now, err := seatByID(tx, moved[0].ID)
	moved[0].RevisionIs = now.Revision
	return &moved[0], err
}

// enrolled tells how her enrolment stood before, if the decision changed it.
func (w *scribe) enrolled(tx *db.Tx) (*stepEnrolment, error) {
	e, err := EnrolmentOf(tx, w.main.Cohort, w.main.Person)
	if fault.Is(err, fault.NotFound) || err == nil && w.enrolment != nil && e.Revision == w.enrolment.Revision {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &stepEnrolment{ID: e.ID, Made: w.enrolment == nil, RevisionIs: e.Revision}
	if was := w.enrolment; was != nil {
		out.Nomination, out.ConfirmedAt = was.Nomination, db.Micros(was.ConfirmedAt)
		out.LeftAt, out.LeftCause = db.Micros(was.LeftAt), was.LeftCause
	}
	return out, nil
}

// backNeed is what the policy must allow of whoever takes a decision back: what
// it asked of whoever took it.
func backNeed(kind string) (access.Verb, access.Kind) {
	switch kind {
	case "cohort.confirm":
		return access.Confirm, access.Seat
	case "cohort.release":
		return access.Decide, access.Seat
	case "cohort.promote":
		return access.Promote, access.Seat
	case "cohort.withdraw":
		return access.Withdraw, access.Nomination
	case "cohort.substitute":
		return access.Substitute, access.Nomination
	case "cohort.leave":
		return access.Change, access.Enrolment
	}
	return access.Decide, access.Nomination
}

// TakeBack undoes one decision about an officer and her place, by the operation
// that took it: Decide, Confirm, Release, Promote, Withdraw, Substitute or Leave.
// Everything stands again as it stood before, in the ledger as a movement of its
// own; the facts are withdrawn. It returns fault.Conflict if something has
// happened since to what the decision changed: then it is corrected, not undone.
// It returns the nomination.
func (s *Service) TakeBack(ctx context.Context, op id.Operation, nomination id.Nomination, done id.Operation) (id.Nomination, error) {
	return once(ctx, s, op, "cohort.take-back", func(tx *db.Tx) (id.Nomination, error) {
		var kind, text string
		var person id.Person
		var before int64
		err := tx.QueryRow(`SELECT kind, person, stood, taken_back_at FROM cohort_steps WHERE id = ?1 AND nomination = ?2`, done, nomination).
			Scan(&kind, &person, &text, &before)
		if err != nil {
			return "", missing(err, "cohort.nothing-to-take-back")
		}
		verb, of := backNeed(kind)
		n, set, err := load(tx, verb, of, nomination)
		if err != nil {
			return "", err
		}
		if err := set.stillOpen(); err != nil {
			return "", err
		}
		var x step
		if err := json.Unmarshal([]byte(text), &x); err != nil {
			return "", err
		}
		if before != 0 {
			return "", movedOn()
		}
		if err := x.untouched(tx); err != nil {
			return "", err
		}
		if err := x.back(tx, n); err != nil {
			return "", err
		}
		_, err = tx.Exec(`UPDATE cohort_steps SET taken_back_at = ?2 WHERE id = ?1`, done, db.Micros(tx.Now()))
		return n.ID, err
	})
}

func movedOn() error { return fault.New(fault.Conflict, "cohort.moved-on", nil) }

// untouched asks whether everything that the decision changed is as it left it.
func (x step) untouched(tx *db.Tx) error {
	for _, was := range x.Nominations {
		n, err := NominationByID(tx, was.ID)
		if err != nil {
			return err
		}
		if n.Revision != was.RevisionIs {
			return movedOn()
		}
	}
	if x.Seat != nil {
		seat, err := seatByID(tx, x.Seat.ID)
		if err != nil {
			return err
		}
		if seat.Revision != x.Seat.RevisionIs {
			return movedOn()
		}
	}
	if x.Enrolment != nil {
		e, err := enrolmentByID(tx, x.Enrolment.ID)
		if err != nil {
			return err
		}
		if e.Revision != x.Enrolment.RevisionIs {
			return movedOn()
		}
	}
	return nil
}

// back puts everything back to where it stood.
func (x step) back(tx *db.Tx, n Nomination) error {
	if err := x.facts(tx); err != nil {
		return err
	}
	for _, was := range x.Nominations[1:] {
		made, err := NominationByID(tx, was.ID)
		if err != nil {
			return err
		}
		made.Ending, made.EndedAt, made.Cause = EndWithdrawn, tx.Now(), "by-mistake"
		if err := saveNomination(tx, &made); err != nil {
			return err
		}
		if err := tell(tx, "cohort.taken-back", made); err != nil {
			return err
		}
	}
	if x.Seat != nil {
		seat, err := seatByID(tx, x.Seat.ID)
		if err != nil {
			return err
		}
		if _, err := shift(tx, seat, Back, x.Seat.State, &n, Movement{}); err != nil {
			return err
		}
	}
	was := x.Nominations[0]
	n.Decision, n.DecidedAt, n.Line = was.Decision, db.Time(was.DecidedAt), was.Line
	n.Ending, n.EndedAt, n.Cause = was.Ending, db.Time(was.EndedAt), was.Cause
	if err := saveNomination(tx, &n); err != nil {
		return err
	}
	if err := tell(tx, "cohort.taken-back", n); err != nil || x.Enrolment == nil {
		return err
	}
	e := *x.Enrolment
	if e.Made {
		e.Nomination, e.LeftAt, e.LeftCause = n.ID, db.Micros(tx.Now()), "by-mistake"
	}
	if _, err := tx.Exec(`UPDATE cohort_enrolments SET nomination = ?2, confirmed_at = ?3, left_at = ?4, left_cause = ?5, revision = revision + 1 WHERE id = ?1`,
		e.ID, e.Nomination, e.ConfirmedAt, e.LeftAt, e.LeftCause); err != nil {
		return err
	}
	return enrolmentTold(tx, "cohort.enrolment-back", n.Cohort, e.ID, e.LeftCause)
}

// facts withdraws what the decision recorded, unless something else corrected it.
func (x step) facts(tx *db.Tx) error {
	var out []pathway.Fact
	for _, f := range x.Facts {
		was, err := pathway.FactOf(tx, f)
		if err != nil {
			return err
		}
		all, err := pathway.FactsOf(tx, was.Person, was.Cohort)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(o pathway.Fact) bool { return o.Corrects == f }) {
			return movedOn()
		}
		out = append(out, pathway.Fact{
			Person: was.Person, Cohort: was.Cohort, Subject: was.Subject, Value: pathway.Withdrawn{Cause: "by-mistake"}, Corrects: f,
			OccurredAt: latest(tx.Now(), was.OccurredAt), Basis: pathway.ByStaff, Source: "nomination:" + string(x.Nominations[0].ID), Actor: tx.Actor().ID(),
		})
	}
	_, err := pathway.RecordAll(tx, out)
	return err
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
