package coaching

import (
	"context"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// PairingState is where a pairing stands.
type PairingState string

// The states of a pairing.
const (
	Asked    PairingState = "asked"    // assigned; the coach has not declared yet and sees nothing
	Active   PairingState = "active"   // she declared and coaches
	Declined PairingState = "declined" // she may not, or does not want to
	Ended    PairingState = "ended"    // the participant changed, or an officer did
)

// Pairing is one coach for one participant.
type Pairing struct {
	ID         id.Pairing
	Of         Of
	Coach      id.Person
	State      PairingState
	AskedAt    time.Time
	DeclaredAt time.Time
	EndedAt    time.Time
	// EndedBy is who ended it. Why is not asked and not kept.
	EndedBy  id.Person
	Revision int
}

// pairingChanged is the body of the coaching.pairing-* entries, version 1.
type pairingChanged struct {
	Pairing  id.Pairing `json:"pairing"`
	Cohort   id.Cohort  `json:"cohort"`
	Stage    string     `json:"stage"`
	Person   id.Person  `json:"person"`
	Coach    id.Person  `json:"coach"`
	Revision int        `json:"revision"`
}

func recordPairing(tx *db.Tx, kind string, p Pairing) error {
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Scope: p.Of.scope(), Subject: string(p.ID),
		Body: pairingChanged{p.ID, p.Of.Cohort, p.Of.Stage, p.Of.Person, p.Coach, p.Revision},
		Rows: []journal.Row{journal.RowOf(pairingsTable(), p.ID)},
	})
}

// AssignInput gives a coach to participants.
type AssignInput struct {
	Cohort  id.Cohort
	Stage   string
	Coach   id.Person
	Persons []id.Person
}

// Assign asks a coach to coach these participants. She sees nothing of them until
// she has declared. Programme officers assign; whoever has a coach already is a
// fault.Conflict, and nobody is assigned then.
func (s *Service) Assign(ctx context.Context, op id.Operation, in AssignInput) ([]id.Pairing, error) {
	return do(ctx, s, op, "coaching.assign", func(tx *db.Tx, out *[]id.Pairing) error {
		if _, err := s.cohorts.Coaching(tx, in.Cohort, in.Stage); err != nil {
			return err
		}
		if in.Coach == "" || len(in.Persons) == 0 {
			return fault.Bad("coaching.assign-whom", fault.Field{Name: "persons", Key: "coaching.assign-whom"})
		}
		for _, p := range in.Persons {
			of := Of{in.Cohort, in.Stage, p}
			if err := s.allowed(tx, access.Assign, access.Coaching, of); err != nil {
				return err
			}
			if p == in.Coach {
				return conflict("coaching.not-herself")
			}
			if _, has, err := livePairing(tx, of); err != nil {
				return err
			} else if has {
				return conflict("coaching.has-coach")
			}
			pair := Pairing{ID: id.New[id.Pairing](), Of: of, Coach: in.Coach, State: Asked, AskedAt: tx.Now(), Revision: 1}
			if err := insertPairing(tx, pair); err != nil {
				return err
			}
			if err := recordPairing(tx, "coaching.pairing-asked", pair); err != nil {
				return err
			}
			*out = append(*out, pair.ID)
		}
		return nil
	})
}

// DeclareInput is a coach's declaration about one participant.
type DeclareInput struct {
	Of Of
	// NotSuperior: she is not the participant's superior. NotInCases: she does not
	// act in the participant's cases. Both have to be true.
	NotSuperior, NotInCases bool
}

// Declare is the coach's own word that nothing stands against her coaching this
// participant; with it coaching begins. It returns fault.Invalid if either part is
// missing: then she declines instead.
func (s *Service) Declare(ctx context.Context, op id.Operation, in DeclareInput) error {
	_, err := do(ctx, s, op, "coaching.declare", func(tx *db.Tx, _ *struct{}) error {
		p, err := s.askedOf(tx, access.Accept, in.Of)
		if err != nil {
			return err
		}
		if p.State == Active {
			return nil
		}
		var missing []fault.Field
		if !in.NotSuperior {
			missing = append(missing, fault.Field{Name: "not-superior", Key: "coaching.declare-superior"})
		}
		if !in.NotInCases {
			missing = append(missing, fault.Field{Name: "not-in-cases", Key: "coaching.declare-cases"})
		}
		if missing != nil {
			return fault.Bad("coaching.declare-both", missing...)
		}
		p.State, p.DeclaredAt = Active, tx.Now()
		if err := savePairing(tx, &p); err != nil {
			return err
		}
		return recordPairing(tx, "coaching.pairing-declared", p)
	})
	return err
}

// DeclineCoaching is the coach's no. She gives no reason either.
func (s *Service) DeclineCoaching(ctx context.Context, op id.Operation, of Of) error {
	_, err := do(ctx, s, op, "coaching.decline", func(tx *db.Tx, _ *struct{}) error {
		p, err := s.askedOf(tx, access.Decline, of)
		if err != nil {
			return err
		}
		p.State, p.EndedAt, p.EndedBy = Declined, tx.Now(), tx.Actor().Person
		if err := savePairing(tx, &p); err != nil {
			return err
		}
		return recordPairing(tx, "coaching.pairing-declined", p)
	})
	return err
}

// askedOf returns the live pairing of a participant if the actor is its coach.
func (s *Service) askedOf(tx *db.Tx, v access.Verb, of Of) (Pairing, error) {
	obj, err := s.object(tx, access.Coaching, of, true)
	if err != nil {
		return Pairing{}, err
	}
	if err := access.Allow(tx.Actor(), v, obj); err != nil {
		return Pairing{}, err
	}
	p, ok, err := livePairing(tx, of)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "coaching.no-coach", nil)
	}
	return p, err
}

// ChangeCoach ends a pairing: the participant asks for another coach, without
// giving a reason, or a programme officer ends it. From this moment the coach sees
// nothing of her any more; times proposed and agreed are withdrawn. It returns
// fault.NotFound if she has no coach.
func (s *Service) ChangeCoach(ctx context.Context, op id.Operation, of Of) error {
	_, err := do(ctx, s, op, "coaching.change-coach", func(tx *db.Tx, _ *struct{}) error {
		if err := s.allowed(tx, access.Change, access.Coaching, of); err != nil {
			return err
		}
		p, ok, err := livePairing(tx, of)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "coaching.no-coach", nil)
		}
		p.State, p.EndedAt, p.EndedBy = Ended, tx.Now(), tx.Actor().Person
		if err := savePairing(tx, &p); err != nil {
			return err
		}
		if err := recordPairing(tx, "coaching.pairing-ended", p); err != nil {
			return err
		}
		open, err := sessionsOf(tx, of)
		if err != nil {
			return err
		}
		for _, ses := range open {
			if ses.Coach == p.Coach && (ses.State == Proposed || ses.State == Agreed) {
				ses.State = Withdrawn
				if err := s.saved(tx, "coaching.session-withdrawn", &ses); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return err
}

// CoachOf returns the coach of a participant and where the pairing stands: the
// zero Pairing if she has none. The participant, her coach and programme officers
// may ask.
func (s *Service) CoachOf(ctx context.Context, of Of) (Pairing, error) {
	var out Pairing
	err := s.db.View(ctx, func(tx *db.Tx) error {
		obj, err := s.object(tx, access.Coaching, of, true)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, obj); err != nil {
			return err
		}
		out, _, err = livePairing(tx, of)
		return err
	})
	return out, err
}

// Mine lists the live pairings of the coach who asks, those that wait for her
// declaration first.
func (s *Service) Mine(ctx context.Context) ([]Pairing, error) {
	var out []Pairing
	err := s.db.View(ctx, func(tx *db.Tx) error {
		me := tx.Actor().Person
		obj := access.Here(tx.Actor(), access.Coaching)
		obj.Coaches = []id.Person{me}
		if err := access.Allow(tx.Actor(), access.List, obj); err != nil {
			return err
		}
		var err error
		out, err = pairingsOfCoach(tx, me)
		return err
	})
	return out, err
}

// Without lists the participants among these who have no coach now, in the order
// given: what a programme officer has to do next.
func (s *Service) Without(ctx context.Context, cohort id.Cohort, stage string, ps []id.Person) ([]id.Person, error) {
	var out []id.Person
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.Cohort(tx, cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Coaching, Place: place}); err != nil {
			return err
		}
		coached, err := coachedIn(tx, cohort, stage)
		if err != nil {
			return err
		}
		out = nil
		for _, p := range ps {
			if !coached[p] {
				out = append(out, p)
			}
		}
		return nil
	})
	return out, err
}
