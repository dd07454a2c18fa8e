package cohort

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
)

// Capacity is as what somebody takes part. Participants alone count in figures.
type Capacity string

// The capacities.
const (
	Participant Capacity = "participant"
	Observer    Capacity = "observer"
	Interpreter Capacity = "interpreter"
	Staff       Capacity = "staff"
	Guest       Capacity = "guest"
)

// Capacities lists them.
func Capacities() []Capacity { return []Capacity{Participant, Observer, Interpreter, Staff, Guest} }

// Enrolment is that a person takes part in a cohort. What reports disaggregate
// by stands as it was when she joined.
type Enrolment struct {
	ID          id.Enrolment
	Cohort      id.Cohort
	Person      id.Person
	Nomination  id.Nomination // empty for whoever joined without one
	Agency      id.Agency
	AgencyKey   string // its code
	Country     string
	Sex         string
	RankGroup   string
	Station     string
	Unit        string
	Capacity    Capacity
	Later       bool      // not among those whom the seats were first given to
	JoinedAt    time.Time // when she may begin to learn
	ConfirmedAt time.Time // when a seat became hers; zero: none yet
	LeftAt      time.Time // zero while she takes part
	LeftCause   string
	Revision    int
}

const enrolmentColumns = `id, cohort, person, nomination, agency, agency_key, country, sex, rank_group, station, unit, capacity, later,
	joined_at, confirmed_at, left_at, left_cause, revision`

func scanEnrolment(r scanner) (Enrolment, error) {
	var e Enrolment
	var later, joined, confirmed, left int64
	err := r.Scan(&e.ID, &e.Cohort, &e.Person, &e.Nomination, &e.Agency, &e.AgencyKey, &e.Country, &e.Sex, &e.RankGroup, &e.Station,
		&e.Unit, &e.Capacity, &later, &joined, &confirmed, &left, &e.LeftCause, &e.Revision)
	e.Later, e.JoinedAt, e.ConfirmedAt, e.LeftAt = later != 0, db.Time(joined), db.Time(confirmed), db.Time(left)
	return e, err
}

func rowEnrolment(r *db.Rows) (Enrolment, error) { return scanEnrolment(r) }

// EnrolmentOf returns a person's enrolment in a cohort, also an ended one, or
// NotFound. The caller has asked the policy.
func EnrolmentOf(tx *db.Tx, cohort id.Cohort, person id.Person) (Enrolment, error) {
	e, err := scanEnrolment(tx.QueryRow(`SELECT `+enrolmentColumns+` FROM cohort_enrolments WHERE cohort = ?1 AND person = ?2`, cohort, person))
	return e, missing(err, "cohort.not-enrolled")
}

// EnrolmentsOf lists a person's enrolments, the latest first.
func EnrolmentsOf(tx *db.Tx, person id.Person) ([]Enrolment, error) {
	return db.Collect(tx, rowEnrolment, `SELECT `+enrolmentColumns+` FROM cohort_enrolments WHERE person = ?1 ORDER BY joined_at DESC, id LIMIT 50`, person)
}

// Enrolled lists who takes part in a cohort now, whether or not a seat is theirs
// already, by id, at most limit after the enrolment given. The caller has asked
// the policy.
func Enrolled(tx *db.Tx, cohort id.Cohort, after id.Enrolment, limit int) ([]Enrolment, error) {
	return db.Collect(tx, rowEnrolment, `SELECT `+enrolmentColumns+` FROM cohort_enrolments
		WHERE cohort = ?1 AND left_at = 0 AND id > ?2 ORDER BY id LIMIT ?3`, cohort, after, limit)
}

// Participating lists who takes part as a participant now, whether or not a seat is
// hers already, by person, at most limit after the person given. The caller has asked
// the policy.
func Participating(tx *db.Tx, cohort id.Cohort, after id.Person, limit int) ([]id.Person, error) {
	return db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) }, `SELECT person FROM cohort_enrolments
		WHERE cohort = ?1 AND left_at = 0 AND capacity = ?2 AND person > ?3 ORDER BY person LIMIT ?4`, cohort, Participant, after, limit)
}

// Expected lists whose the seats of a cohort are: enrolled and confirmed, in any
// capacity, by id. It is what registers are printed from.
func Expected(tx *db.Tx, cohort id.Cohort) ([]Enrolment, error) {
	return db.Collect(tx, rowEnrolment, `SELECT `+enrolmentColumns+` FROM cohort_enrolments
		WHERE cohort = ?1 AND left_at = 0 AND confirmed_at > 0 ORDER BY id`, cohort)
}

// enrolIfDue enrols an officer who said yes and was chosen or is next in line, so
// that she can learn while her place is settled.
func enrolIfDue(tx *db.Tx, set setting, n Nomination) error {
	if n.Ending != Open || n.Answer != Yes || n.Decision != Chosen && n.Decision != InLine {
		return nil
	}
	return enrol(tx, set.cohort, n, Participant, false)
}

// enrol enrols a person, or brings back an enrolment that ended.
func enrol(tx *db.Tx, c Cohort, n Nomination, as Capacity, later bool) error {
	e, err := scanEnrolment(tx.QueryRow(`SELECT `+enrolmentColumns+` FROM cohort_enrolments WHERE cohort = ?1 AND person = ?2`, n.Cohort, n.Person))
	switch {
	case err == nil && e.LeftAt.IsZero():
		return nil
	case err == nil:
		if _, err := tx.Exec(`UPDATE cohort_enrolments SET left_at = 0, left_cause = '', nomination = ?2, confirmed_at = 0, revision = revision + 1 WHERE id = ?1`,
			e.ID, n.ID); err != nil {
			return err
		}
	case errors.Is(err, sql.ErrNoRows):
		a := people.Agency{Country: c.Country} // of no agency
		if n.Agency != "" {
			if a, err = people.AgencyByID(tx, n.Agency); err != nil {
				return err
			}
		}
		e.ID = id.New[id.Enrolment]()
		if _, err := tx.Exec(`INSERT INTO cohort_enrolments (`+enrolmentColumns+`)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, 0, '', 1)`,
			e.ID, n.Cohort, n.Person, n.ID, n.Agency, a.Code, a.Country, n.Sex, n.Rank, n.Station, n.Unit, as, db.Flag(later),
			db.Micros(tx.Now())); err != nil {
			return err
		}
	default:
		return err
	}
	return enrolmentTold(tx, "cohort.enrolled", c.ID, e.ID, string(as))
}

func enrolmentTold(tx *db.Tx, kind string, c id.Cohort, e id.Enrolment, what string) error {
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Scope: scope(c), Subject: string(e),
		Body: enrolment{what},
		Rows: []journal.Row{journal.RowOf(enrolmentsTable, e)},
	})
}

func confirmEnrolment(tx *db.Tx, n Nomination) error {
	e, err := EnrolmentOf(tx, n.Cohort, n.Person)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE cohort_enrolments SET confirmed_at = ?2, revision = revision + 1 WHERE id = ?1`, e.ID, db.Micros(tx.Now())); err != nil {
		return err
	}
	return enrolmentTold(tx, "cohort.enrolment-confirmed", n.Cohort, e.ID, "")
}

// leaveEnrolment ends the enrolment that came from a nomination, if there is one.
func leaveEnrolment(tx *db.Tx, n Nomination, cause string) error {
	e, err := EnrolmentOf(tx, n.Cohort, n.Person)
	if fault.Is(err, fault.NotFound) || err == nil && (!e.LeftAt.IsZero() || e.Nomination != n.ID) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE cohort_enrolments SET left_at = ?2, left_cause = ?3, revision = revision + 1 WHERE id = ?1`,
		e.ID, db.Micros(tx.Now()), cause); err != nil {
		return err
	}
	return enrolmentTold(tx, "cohort.left", n.Cohort, e.ID, cause)
}

// LeaveCauses lists why somebody left a programme that she was part of.
func LeaveCauses() []string {
	return []string{"transfer", "leave", "health", "duty", "not-known", "other"}
}

// Leaving of a programme that has begun for her.
type Leaving struct {
	Nomination id.Nomination
	Cause      string // a key of LeaveCauses
	Note       string
}

// Leave records that an officer left the programme. Her seat, if she has one
// still, is free again.
func (s *Service) Leave(ctx context.Context, op id.Operation, in Leaving) (Status, error) {
	return reversibly(ctx, s, op, "cohort.leave", func(tx *db.Tx, w *scribe) (Status, error) {
		n, err := NominationByID(tx, in.Nomination)
		if err == nil {
			err = w.of(tx, n)
		}
		if err != nil {
			return "", err
		}
		c, err := ByID(tx, n.Cohort)
		if err != nil {
			return "", err
		}
		verb := access.Change
		if tx.Actor().Person == n.Person {
			verb = access.Withdraw
		}
		if err := allow(tx, verb, access.Enrolment, c, n.Agency, n.Person, string(n.ID)); err != nil {
			return "", err
		}
		if !known(LeaveCauses(), in.Cause) {
			return "", fault.Bad("cohort.mend", fault.Field{Name: "cause", Key: "fault.choose"})
		}
		if n.Ending != Open {
			return "", fault.New(fault.Closed, "cohort.nomination-ended", nil)
		}
		n.Ending, n.EndedAt, n.Cause = EndLeft, tx.Now(), in.Cause
		if err := vacate(tx, &n, Release, Movement{Cause: "other", Note: cut(in.Note)}); err != nil {
			return "", err
		}
		if err := saveNomination(tx, &n); err != nil {
			return "", err
		}
		if err := tell(tx, "cohort.left-programme", n); err != nil {
			return "", err
		}
		if err := record(tx, n, pathway.Left{Cause: in.Cause}, pathway.ByStaff, "nomination:"+string(n.ID)); err != nil {
			return "", err
		}
		return n.Status(), leaveEnrolment(tx, n, in.Cause)
	})
}

// Arrive is [Service.Join] for somebody who stands at a workshop's door, in the
// transaction that lets her in. The caller has asked the policy.
func Arrive(tx *db.Tx, in Joining) (id.Enrolment, error) {
	set, err := open(tx, in.Cohort)
	if err != nil {
		return "", err
	}
	return joinIn(tx, set, in)
}

func joinIn(tx *db.Tx, set setting, in Joining) (id.Enrolment, error) {
	if !slices.Contains(Capacities(), in.Capacity) {
		return "", fault.Bad("cohort.mend", fault.Field{Name: "capacity", Key: "fault.choose"})
	}
	who, err := people.Get(tx, in.Person)
	if err != nil {
		return "", err
	}
	today, err := dayIn(tx.Now(), set.cohort.Zone)
	if err != nil {
		return "", err
	}
	aff, err := people.AffiliationOn(tx, in.Person, today)
	if err != nil {
		return "", err
	}
	n := Nomination{
		Cohort: in.Cohort, Agency: in.Agency, Person: in.Person, Sex: string(who.Sex), Rank: aff.RankGroup,
		Station: people.Normal(aff.Station), Unit: string(aff.Unit),
	}
	if err := enrol(tx, set.cohort, n, in.Capacity, true); err != nil {
		return "", err
	}
	e, err := EnrolmentOf(tx, in.Cohort, in.Person)
	if err != nil {
		return "", err
	}
	if e.ConfirmedAt.IsZero() {
		if err := confirmEnrolment(tx, n); err != nil {
			return "", err
		}
	}
	if err := people.Locate(tx, in.Person, people.ByEntry, string(e.ID), place(set.cohort, nil)); err != nil {
		return "", err
	}
	basis, source := in.Basis, "enrolment:"+string(e.ID)
	if basis == "" {
		basis = pathway.ByStaff
	}
	if in.Letter != "" {
		source = "letter:" + string(in.Letter)
	}
	return e.ID, record(tx, n, pathway.Joined{Stage: in.Stage, Capacity: string(in.Capacity), Later: true}, basis, source)
}
