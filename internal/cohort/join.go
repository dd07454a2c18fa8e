package cohort

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Joining of somebody whom no seat was given to first: at the door, in a later
// stage, or in another capacity than participant.
type Joining struct {
	Cohort id.Cohort
	// Person is who joins, if Cadre knows her; else New.
	Person id.Person
	New    *people.NewPerson
	// Agency is the one that she joins from: hers today, if empty.
	Agency   id.Agency
	Capacity Capacity
	Stage    string // the blueprint's stage at which she joins; empty: the beginning
	// Basis is on whose word it was entered, Letter the letter that says so, if
	// one does.
	Basis  pathway.Basis
	Letter id.Letter
}

// JoinBases lists on whose word staff may enter that somebody joins.
func JoinBases() []pathway.Basis {
	return []pathway.Basis{pathway.Paper, pathway.Telephone, pathway.ByStaff}
}

// Join enrols somebody later than the others, or in another capacity. She takes
// no seat, and reports show her apart.
func (s *Service) Join(ctx context.Context, op id.Operation, in Joining) (id.Enrolment, error) {
	return once(ctx, s, op, "cohort.join", func(tx *db.Tx) (id.Enrolment, error) {
		set, err := open(tx, in.Cohort)
		if err != nil {
			return "", err
		}
		if err := in.check(tx, set); err != nil {
			return "", err
		}
		if err := in.who(tx, set); err != nil {
			return "", err
		}
		if err := allow(tx, access.Create, access.Enrolment, set.cohort, in.Agency, in.Person, ""); err != nil {
			return "", err
		}
		if err := set.stillOpen(); err != nil {
			return "", err
		}
		e, err := EnrolmentOf(tx, in.Cohort, in.Person)
		switch {
		case err == nil && e.LeftAt.IsZero() && !e.ConfirmedAt.IsZero():
			return "", fault.New(fault.Conflict, "cohort.takes-part-already", nil)
		case err != nil && !fault.Is(err, fault.NotFound):
			return "", err
		}
		if in.Capacity == Participant {
			if err := s.letIn(tx, set.cohort, in.Person); err != nil {
				return "", err
			}
		}
		return joinIn(tx, set, in)
	})
}

// check refuses a stage or a basis that cannot be, and a letter of another cohort.
func (in *Joining) check(tx *db.Tx, set setting) error {
	var fields []fault.Field
	if _, ok := set.plan.Stage(programme.Key(in.Stage)); in.Stage != "" && !ok {
		fields = append(fields, fault.Field{Name: "stage", Key: "fault.choose"})
	}
	if in.Basis == "" {
		in.Basis = pathway.ByStaff
	}
	if !known(JoinBases(), in.Basis) {
		fields = append(fields, fault.Field{Name: "basis", Key: "fault.choose"})
	}
	if (in.Person == "") == (in.New == nil) {
		fields = append(fields, fault.Field{Name: "name", Key: "cohort.joins-who"})
	}
	if in.Letter != "" {
		l, err := letterByID(tx, in.Letter)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err != nil || l.Cohort != in.Cohort {
			fields = append(fields, fault.Field{Name: "letter", Key: "cohort.letter-unknown"})
		}
	}
	if fields != nil {
		return fault.Bad("cohort.mend", fields...)
	}
	return nil
}

// who finds out who joins: somebody known, whom the actor may see, or somebody
// new, who is entered. Where no agency was named, it is hers today.
func (in *Joining) who(tx *db.Tx, set setting) error {
	today, err := dayIn(tx.Now(), set.cohort.Zone)
	if err != nil {
		return err
	}
	if in.New != nil {
		if err := allow(tx, access.Create, access.Enrolment, set.cohort, in.Agency, "", ""); err != nil {
			return err
		}
		n := *in.New
		n.Officer = true
		aff := people.Affiliation{}
		if n.Affiliation != nil {
			aff = *n.Affiliation
		}
		aff.Agency, aff.Since = in.Agency, today
		if n.Affiliation = &aff; in.Agency == "" {
			n.Affiliation = nil // from no agency
		}
		in.Person, err = people.Enter(tx, n)
		return err
	}
	her, err := people.Object(tx, access.Person, in.Person)
	if err != nil {
		return err
	}
	if err := access.Allow(tx.Actor(), access.Read, her); err != nil {
		return err // joining somebody must not be a way to see a stranger
	}
	if in.Agency == "" {
		aff, err := people.AffiliationOn(tx, in.Person, today)
		if err != nil {
			return err
		}
		in.Agency = aff.Agency
	}
	return nil
}

// TakeBackJoin undoes a joining that was entered by mistake, while nothing
// followed from it: the fact is withdrawn and the enrolment ended.
func (s *Service) TakeBackJoin(ctx context.Context, op id.Operation, enrolment id.Enrolment) error {
	_, err := once(ctx, s, op, "cohort.join-back", func(tx *db.Tx) (struct{}, error) {
		e, err := enrolmentByID(tx, enrolment)
		if err != nil {
			return struct{}{}, err
		}
		c, err := ByID(tx, e.Cohort)
		if err != nil {
			return struct{}{}, err
		}
		if err := allow(tx, access.Change, access.Enrolment, c, e.Agency, e.Person, string(e.ID)); err != nil {
			return struct{}{}, err
		}
		facts, err := pathway.FactsOf(tx, e.Person, e.Cohort)
		if err != nil {
			return struct{}{}, err
		}
		counting, _ := pathway.Effective(facts, tx.Now())
		var joined *pathway.Fact
		for _, f := range counting {
			if _, ok := f.Value.(pathway.Joined); ok {
				joined = f
			}
		}
		if joined == nil || !e.LeftAt.IsZero() {
			return struct{}{}, fault.New(fault.Closed, "cohort.join-gone", nil)
		}
		for _, f := range counting {
			if f.Cohort == e.Cohort && f.Origin == joined.Origin && f.Sequence > joined.Sequence {
				return struct{}{}, fault.New(fault.Conflict, "cohort.join-used", nil)
			}
		}
		if _, err := tx.Exec(`UPDATE cohort_enrolments SET left_at = ?2, left_cause = 'by-mistake', revision = revision + 1 WHERE id = ?1`,
			e.ID, db.Micros(tx.Now())); err != nil {
			return struct{}{}, err
		}
		if err := enrolmentTold(tx, "cohort.left", e.Cohort, e.ID, "by-mistake"); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, pathway.Record(tx, pathway.Fact{
			Person: e.Person, Cohort: e.Cohort, Value: pathway.Withdrawn{Cause: "by-mistake"}, Corrects: joined.ID, Basis: pathway.ByStaff,
		})
	})
	return err
}

func enrolmentByID(tx *db.Tx, e id.Enrolment) (Enrolment, error) {
	out, err := scanEnrolment(tx.QueryRow(`SELECT `+enrolmentColumns+` FROM cohort_enrolments WHERE id = ?1`, e))
	return out, missing(err, "cohort.not-enrolled")
}
