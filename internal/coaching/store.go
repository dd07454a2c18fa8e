package coaching

import (
	"database/sql"
	"errors"

	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

type scanner interface{ Scan(...any) error }

const pairingColumns = `id, cohort, stage, person, coach, state, asked_at, declared_at, ended_at, ended_by, revision`

func scanPairing(r scanner) (Pairing, error) {
	var p Pairing
	var asked, declared, ended int64
	err := r.Scan(&p.ID, &p.Of.Cohort, &p.Of.Stage, &p.Of.Person, &p.Coach, &p.State, &asked, &declared, &ended, &p.EndedBy, &p.Revision)
	p.AskedAt, p.DeclaredAt, p.EndedAt = db.Time(asked), db.Time(declared), db.Time(ended)
	return p, err
}

func rowPairing(r *db.Rows) (Pairing, error) { return scanPairing(r) }

func insertPairing(tx *db.Tx, p Pairing) error {
	_, err := tx.Exec(`INSERT INTO coaching_pairings (`+pairingColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, '', 1)`,
		p.ID, p.Of.Cohort, p.Of.Stage, p.Of.Person, p.Coach, p.State, db.Micros(p.AskedAt))
	return err
}

// savePairing writes a pairing's state and takes its revision one further.
func savePairing(tx *db.Tx, p *Pairing) error {
	p.Revision++
	_, err := tx.Exec(`UPDATE coaching_pairings SET state = ?2, declared_at = ?3, ended_at = ?4, ended_by = ?5, revision = ?6 WHERE id = ?1`,
		p.ID, p.State, db.Micros(p.DeclaredAt), db.Micros(p.EndedAt), p.EndedBy, p.Revision)
	return err
}

// livePairing returns the pairing of a participant that is asked or active.
func livePairing(tx *db.Tx, o Of) (Pairing, bool, error) {
	p, err := scanPairing(tx.QueryRow(`SELECT `+pairingColumns+` FROM coaching_pairings
		WHERE cohort = ?1 AND stage = ?2 AND person = ?3 AND state IN ('asked', 'active')`, o.Cohort, o.Stage, o.Person))
	if errors.Is(err, sql.ErrNoRows) {
		return Pairing{}, false, nil
	}
	return p, err == nil, err
}

func pairingsOfCoach(tx *db.Tx, coach id.Person) ([]Pairing, error) {
	return db.Collect(tx, rowPairing, `SELECT `+pairingColumns+` FROM coaching_pairings
		WHERE coach = ?1 AND state IN ('asked', 'active') ORDER BY state DESC, asked_at, id LIMIT 500`, coach)
}

func coachedIn(tx *db.Tx, cohort id.Cohort, stage string) (map[id.Person]bool, error) {
	ps, err := db.Collect(tx, func(r *db.Rows) (id.Person, error) {
		var p id.Person
		return p, r.Scan(&p)
	}, `SELECT person FROM coaching_pairings WHERE cohort = ?1 AND stage = ?2 AND state IN ('asked', 'active')`, cohort, stage)
	out := map[id.Person]bool{}
	for _, p := range ps {
		out[p] = true
	}
	return out, err
}

const sessionColumns = `id, cohort, stage, person, coach, format, round, starts, day, minutes, state, proposed_by, proposed_at, agreed_at,
	outcome, held_minutes, closed_by, closed_at, fact, contested, contested_by, settled_at, revision, proposed_on, entered_by,
	agreed_by, agreed_on`

func scanSession(r scanner) (Session, error) {
	var s Session
	var starts, day string
	var proposed, agreed, closed, settled int64
	err := r.Scan(&s.ID, &s.Cohort, &s.Stage, &s.Person, &s.Coach, &s.Format, &s.Round, &starts, &day, &s.Minutes, &s.State,
		&s.ProposedBy, &proposed, &agreed, &s.Outcome, &s.HeldMinutes, &s.ClosedBy, &closed, &s.Fact,
		&s.Contested, &s.ContestedBy, &settled, &s.Revision, &s.ProposedOn, &s.EnteredBy, &s.AgreedBy, &s.AgreedOn)
	if err != nil {
		return s, err
	}
	s.ProposedAt, s.AgreedAt, s.ClosedAt, s.SettledAt = db.Time(proposed), db.Time(agreed), db.Time(closed), db.Time(settled)
	if err := s.Starts.UnmarshalText([]byte(starts)); err != nil {
		return s, err
	}
	s.Day, err = civil.ParseDate(day)
	return s, err
}

func rowSession(r *db.Rows) (Session, error) { return scanSession(r) }

// sessionByID returns a session, or NotFound.
func sessionByID(tx *db.Tx, session id.CoachingSession) (Session, error) {
	s, err := scanSession(tx.QueryRow(`SELECT `+sessionColumns+` FROM coaching_sessions WHERE id = ?1`, session))
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.New(fault.NotFound, "coaching.session-unknown", nil)
	}
	return s, err
}

// sessionsOf lists a participant's sessions in the order of their days.
func sessionsOf(tx *db.Tx, o Of) ([]Session, error) {
	return db.Collect(tx, rowSession, `SELECT `+sessionColumns+` FROM coaching_sessions
		WHERE person = ?1 AND cohort = ?2 AND stage = ?3 ORDER BY day, starts_at, proposed_at, id`, o.Person, o.Cohort, o.Stage)
}

// openOfCoach lists a coach's sessions that are proposed or agreed.
func openOfCoach(tx *db.Tx, coach id.Person) ([]Session, error) {
	return db.Collect(tx, rowSession, `SELECT `+sessionColumns+` FROM coaching_sessions
		WHERE coach = ?1 AND state IN ('proposed', 'agreed') ORDER BY starts_at, id LIMIT 500`, coach)
}

// closedIn lists the closed sessions of a cohort's stage.
func closedIn(tx *db.Tx, cohort id.Cohort, stage string) ([]Session, error) {
	return db.Collect(tx, rowSession, `SELECT `+sessionColumns+` FROM coaching_sessions
		WHERE cohort = ?1 AND stage = ?2 AND state IN ('agreed', 'closed') ORDER BY person, day, id`, cohort, stage)
}

func insertSession(tx *db.Tx, s Session) error {
	at, err := s.instant()
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO coaching_sessions (`+sessionColumns+`, starts_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, '', '', 0, 1, ?20, ?21, '', '', ?22)`,
		s.ID, s.Cohort, s.Stage, s.Person, s.Coach, s.Format, s.Round, s.Starts.String(), s.Day.String(), s.Minutes, s.State,
		s.ProposedBy, db.Micros(s.ProposedAt), db.Micros(s.AgreedAt), s.Outcome, s.HeldMinutes, s.ClosedBy, db.Micros(s.ClosedAt),
		s.Fact, s.ProposedOn, s.EnteredBy, at)
	return err
}

// saveSession writes what can change and takes the revision one further.
func saveSession(tx *db.Tx, s *Session) error {
	s.Revision++
	_, err := tx.Exec(`UPDATE coaching_sessions SET state = ?2, agreed_at = ?3, outcome = ?4, held_minutes = ?5, closed_by = ?6,
		closed_at = ?7, fact = ?8, contested = ?9, contested_by = ?10, settled_at = ?11, revision = ?12, agreed_by = ?13, agreed_on = ?14 WHERE id = ?1`,
		s.ID, s.State, db.Micros(s.AgreedAt), s.Outcome, s.HeldMinutes, s.ClosedBy, db.Micros(s.ClosedAt), s.Fact,
		s.Contested, s.ContestedBy, db.Micros(s.SettledAt), s.Revision, s.AgreedBy, s.AgreedOn)
	return err
}
