package coaching

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/seal"
)

// Cohorts is what this package asks about cohorts, their participants and the
// blueprint that they follow.
type Cohorts interface {
	// Coaching returns what the cohort's blueprint says of a coaching stage. It
	// returns fault.NotFound if there is no coaching stage of that key.
	Coaching(tx *db.Tx, c id.Cohort, stage string) (Terms, error)
	// Participant returns where the things of a participant of the cohort lie,
	// and fault.NotFound if she takes no part in it, or no longer.
	Participant(tx *db.Tx, c id.Cohort, p id.Person) (access.Place, error)
	// Cohort returns where the cohort lies.
	Cohort(tx *db.Tx, c id.Cohort) (access.Place, error)
}

// Reads records who read whose data; access keeps the record.
type Reads interface {
	// RecordRead notes that the actor of ctx read kind of these people. What
	// cannot be recorded is not shown: on an error the data is withheld.
	RecordRead(ctx context.Context, kind access.Kind, ps ...id.Person) error
}

// Deps are what the service needs of others.
type Deps struct {
	DB      *db.DB
	Cohorts Cohorts
	Reads   Reads
	Keys    *seal.Keys
	// Record writes a fact: pathway.Record.
	Record func(tx *db.Tx, f pathway.Fact) error
}

// Service is the operations of this package as people carry them out.
type Service struct {
	db      *db.DB
	cohorts Cohorts
	reads   Reads
	keys    *seal.Keys
	record  func(*db.Tx, pathway.Fact) error
}

// New returns a service.
func New(d Deps) *Service {
	return &Service{db: d.DB, cohorts: d.Cohorts, reads: d.Reads, keys: d.Keys, record: d.Record}
}

// Of names one participant's coaching: a stage of a cohort.
type Of struct {
	Cohort id.Cohort
	Stage  string
	Person id.Person
}

func (o Of) scope() actor.Scope { return actor.Scope{Cohort: o.Cohort} }

// object is what the policy is asked about: a thing of kind about the
// participant, with her coaches of now. asked says whether a coach who has not
// declared yet counts as one: only for her declaration.
func (s *Service) object(tx *db.Tx, kind access.Kind, o Of, asked bool) (access.Object, error) {
	place, err := s.cohorts.Participant(tx, o.Cohort, o.Person)
	if err != nil {
		return access.Object{}, err
	}
	out := access.Object{Kind: kind, ID: string(o.Person), Subject: o.Person, Place: place}
	p, ok, err := livePairing(tx, o)
	if err != nil {
		return out, err
	}
	if ok && (asked || p.State == Active) {
		out.Coaches = []id.Person{p.Coach}
	}
	return out, nil
}

// allowed checks the policy for a verb on a thing about the participant.
func (s *Service) allowed(tx *db.Tx, v access.Verb, kind access.Kind, o Of) error {
	obj, err := s.object(tx, kind, o, false)
	if err != nil {
		return err
	}
	return access.Allow(tx.Actor(), v, obj)
}

// do runs one operation once, in one transaction.
func do[T any](ctx context.Context, s *Service, op id.Operation, kind string, f func(*db.Tx, *T) error) (T, error) {
	var out T
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = *new(T) // the closure may run again
		_, err := journal.Once(tx, op, kind, &out, func() error { return f(tx, &out) })
		return err
	})
	return out, err
}

// by is on whose word the actor's closing of a session stands.
func by(tx *db.Tx, person id.Person) pathway.Basis {
	switch a := tx.Actor(); {
	case a.Person == person:
		return pathway.OwnAct
	case a.Grant.Role == actor.Coach:
		return pathway.ByCoach
	default:
		return pathway.ByStaff
	}
}

func conflict(key string) error { return fault.New(fault.Conflict, key, nil) }
