package cohort

import (
	"database/sql"
	"errors"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

// Cohort is one intake of a programme.
type Cohort struct {
	ID        id.Cohort
	Programme id.Programme
	Version   id.Version // of the blueprint: the one it was opened with, until a person moves it
	Title     i18n.Text
	Zone      string
	Country   string
	Days      civil.Range // from the first to the last day of the workshop
	Closed    bool
	OpenedAt  time.Time
	ClosedAt  time.Time
	Revision  int
}

// Quota is the places of one agency in a cohort.
type Quota struct {
	ID        id.Quota
	Cohort    id.Cohort
	Key       string // of the blueprint
	Agency    id.Agency
	AgencyKey string // of the blueprint
	Places    int
	Revision  int
}

func missing(err error, key string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, key, nil)
	}
	return err
}

type scanner interface{ Scan(...any) error }

const cohortColumns = `id, programme, version, title, zone, country, begins, ends, state, opened_at, closed_at, revision`

func scanCohort(r scanner) (Cohort, error) {
	var c Cohort
	var title, state, begins, ends string
	var opened, closed int64
	err := r.Scan(&c.ID, &c.Programme, &c.Version, &title, &c.Zone, &c.Country, &begins, &ends, &state, &opened, &closed, &c.Revision)
	if err != nil {
		return c, err
	}
	c.Closed, c.OpenedAt, c.ClosedAt = state == "closed", db.Time(opened), db.Time(closed)
	if c.Title, err = i18n.DecodeText(title); err != nil {
		return c, err
	}
	if err := c.Days.From.UnmarshalText([]byte(begins)); err != nil {
		return c, err
	}
	return c, c.Days.To.UnmarshalText([]byte(ends))
}

// ByID returns a cohort, or NotFound.
func ByID(tx *db.Tx, cohort id.Cohort) (Cohort, error) {
	c, err := scanCohort(tx.QueryRow(`SELECT `+cohortColumns+` FROM cohort_cohorts WHERE id = ?1`, cohort))
	if err != nil {
		return c, missing(err, "cohort.unknown")
	}
	// Which version it follows by now is for package pathway to say.
	following, err := pathway.FollowingOf(tx, cohort)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return c, err
	}
	if err == nil {
		c.Version = following.Version
	}
	return c, nil
}

// OfProgramme lists the cohorts of a programme, the latest first; of every
// programme if it is empty.
func OfProgramme(tx *db.Tx, programme id.Programme) ([]Cohort, error) {
	return db.Collect(tx, func(r *db.Rows) (Cohort, error) { return scanCohort(r) },
		`SELECT `+cohortColumns+` FROM cohort_cohorts WHERE programme = ?1 OR ?1 = '' ORDER BY begins DESC, id LIMIT 200`, programme)
}

func insertCohort(tx *db.Tx, c Cohort) error {
	_, err := tx.Exec(`INSERT INTO cohort_cohorts (`+cohortColumns+`)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'open', ?9, 0, 1)`,
		c.ID, c.Programme, c.Version, c.Title.Encode(), c.Zone, c.Country, c.Days.From.String(), c.Days.To.String(), db.Micros(tx.Now()))
	return err
}

const quotaColumns = `id, cohort, quota_key, agency, agency_key, places, revision`

func scanQuota(r scanner) (Quota, error) {
	var q Quota
	return q, r.Scan(&q.ID, &q.Cohort, &q.Key, &q.Agency, &q.AgencyKey, &q.Places, &q.Revision)
}

// Quotas lists the quotas of a cohort by their keys.
func Quotas(tx *db.Tx, cohort id.Cohort) ([]Quota, error) {
	return db.Collect(tx, func(r *db.Rows) (Quota, error) { return scanQuota(r) },
		`SELECT `+quotaColumns+` FROM cohort_quotas WHERE cohort = ?1 ORDER BY quota_key`, cohort)
}

func quotaByID(tx *db.Tx, quota id.Quota) (Quota, error) {
	q, err := scanQuota(tx.QueryRow(`SELECT `+quotaColumns+` FROM cohort_quotas WHERE id = ?1`, quota))
	return q, missing(err, "cohort.quota-unknown")
}

func insertQuota(tx *db.Tx, q Quota) error {
	_, err := tx.Exec(`INSERT INTO cohort_quotas (`+quotaColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)`,
		q.ID, q.Cohort, q.Key, q.Agency, q.AgencyKey, q.Places)
	return err
}

const seatColumns = `id, cohort, quota, number, sex, station, state, COALESCE(nomination, ''), changed_at, revision`

func scanSeat(r scanner) (Seat, error) {
	var s Seat
	var at int64
	err := r.Scan(&s.ID, &s.Cohort, &s.Quota, &s.Number, &s.Lane.Sex, &s.Lane.Station, &s.State, &s.Nomination, &at, &s.Revision)
	s.ChangedAt = db.Time(at)
	return s, err
}

func rowSeat(r *db.Rows) (Seat, error) { return scanSeat(r) }

// seats lists the seats of a quota by number, the withdrawn ones too.
func seats(tx *db.Tx, quota id.Quota) ([]Seat, error) {
	return db.Collect(tx, rowSeat, `SELECT `+seatColumns+` FROM cohort_seats WHERE quota = ?1 ORDER BY number`, quota)
}

func seatByID(tx *db.Tx, seat id.Seat) (Seat, error) {
	s, err := scanSeat(tx.QueryRow(`SELECT `+seatColumns+` FROM cohort_seats WHERE id = ?1`, seat))
	return s, missing(err, "cohort.seat-unknown")
}

// pick is [Pick] as queries, one for each lane and state in the order of the rule,
// so that a large cohort is not read for one seat.
func pick(tx *db.Tx, quota id.Quota, sex, station string) (Seat, error) {
	for _, lane := range []Lane{{sex, station}, {"", station}, {sex, ""}, {}} {
		for _, state := range []State{Reserved, Free} {
			s, err := scanSeat(tx.QueryRow(`SELECT `+seatColumns+` FROM cohort_seats
				WHERE quota = ?1 AND state = ?2 AND sex = ?3 AND station = ?4 ORDER BY number LIMIT 1`, quota, state, lane.Sex, lane.Station))
			if err == nil || !errors.Is(err, sql.ErrNoRows) {
				return s, err
			}
		}
	}
	return Seat{}, fault.New(fault.Conflict, "cohort.no-seat-left", nil)
}

// nextInLine is [NextInLine] as a query: the first few.
func nextInLine(tx *db.Tx, quota id.Quota, lane Lane, limit int) ([]Nomination, error) {
	return db.Collect(tx, rowNomination, `SELECT `+nominationColumns+` FROM cohort_nominations n
		LEFT JOIN cohort_seats s ON s.id = n.seat
		WHERE n.quota = ?1 AND n.decision = 'in-line' AND n.ending = '' AND n.answer <> 'no' AND n.seat = ''
			AND (?2 = '' OR n.sex = ?2) AND (?3 = '' OR n.station = ?3)
		ORDER BY n.line, n.proposed_at, n.id LIMIT ?4`, quota, lane.Sex, lane.Station, limit)
}

// move changes a seat's state by act, writes its line in the ledger, and ties or
// unties the nomination. With [shift] it is the only writer of seats that exist.
func move(tx *db.Tx, s Seat, act Act, n *Nomination, m Movement) (Seat, error) {
	to, ok := s.State.Next(act)
	if !ok {
		return s, fault.New(fault.Conflict, "cohort.seat-moved", fault.Args{"state": i18n.Key("cohort.state." + string(s.State))})
	}
	return shift(tx, s, act, to, n, m)
}

// shift is [move] to a state that is known.
func shift(tx *db.Tx, s Seat, act Act, to State, n *Nomination, m Movement) (Seat, error) {
	from := s.State
	s.State, s.ChangedAt = to, tx.Now()
	s.Revision++
	m.Nomination = s.Nomination
	if n != nil {
		m.Nomination = n.ID
	}
	var holder any
	s.Nomination = ""
	if to.Taken() {
		s.Nomination = n.ID
		holder = n.ID
	}
	if _, err := tx.Exec(`UPDATE cohort_seats SET state = ?2, nomination = ?3, changed_at = ?4, revision = ?5,
		reached = CASE WHEN EXISTS (SELECT 1 FROM cohort_contacts c WHERE c.nomination = ?3 AND c.outcome IN `+outcomesReached+`) THEN 1 ELSE 0 END
		WHERE id = ?1`,
		s.ID, s.State, holder, db.Micros(s.ChangedAt), s.Revision); err != nil {
		return s, err
	}
	if n != nil {
		n.Seat, n.SeatState = "", ""
		if to.Taken() {
			n.Seat, n.SeatState = s.ID, to
		}
	}
	m.Cohort, m.Seat, m.Quota, m.Act, m.From, m.To = s.Cohort, s.ID, s.Quota, act, from, to
	person := id.Person("")
	if n != nil {
		person = n.Person
	}
	mid, err := insertMovement(tx, m, person)
	if err != nil {
		return s, err
	}
	for what, delta := range map[string]int{countState + string(from): -1, countState + string(to): 1, countAct + string(act): 1} {
		if err := bump(tx, s.Cohort, s.Quota, s.Lane, what, delta); err != nil {
			return s, err
		}
	}
	return s, journal.Append(tx, journal.Entry{
		Kind: "cohort.seat-moved", Version: 1, Scope: scope(s.Cohort), Subject: string(s.ID),
		Body: seatMoved{Movement: mid, Act: act, From: from, To: to, Nomination: m.Nomination, Cause: m.Cause, Letter: m.Letter},
		Rows: []journal.Row{journal.RowOf(seatsTable, s.ID), journal.RowOf(movementsTable, mid)},
	})
}

func insertMovement(tx *db.Tx, m Movement, person id.Person) (id.Movement, error) {
	m.ID = id.New[id.Movement]()
	_, err := tx.Exec(`INSERT INTO cohort_movements
		(id, cohort, seat, quota, position, act, from_state, to_state, nomination, person, cause, letter, note, actor, at)
		SELECT ?1, ?2, ?3, ?4, COALESCE(MAX(position), 0) + 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
		FROM cohort_movements WHERE cohort = ?2`,
		m.ID, m.Cohort, m.Seat, m.Quota, m.Act, m.From, m.To, m.Nomination, person, m.Cause, m.Letter, m.Note,
		tx.Actor().ID(), db.Micros(tx.Now()))
	return m.ID, err
}

// addSeats makes seats of one lane, each with its first line in the ledger.
func addSeats(tx *db.Tx, q Quota, first, n int, lane Lane, m Movement) error {
	for i := range n {
		if err := addSeat(tx, q, first+i, lane, m); err != nil {
			return err
		}
	}
	if err := bump(tx, q.Cohort, q.ID, lane, countState+string(Free), n); err != nil {
		return err
	}
	return bump(tx, q.Cohort, q.ID, lane, countAct+string(Added), n)
}

func addSeat(tx *db.Tx, q Quota, number int, lane Lane, m Movement) error {
	s := Seat{ID: id.New[id.Seat](), Cohort: q.Cohort, Quota: q.ID, Number: number, Lane: lane, State: Free}
	if _, err := tx.Exec(`INSERT INTO cohort_seats (id, cohort, quota, number, sex, station, state, nomination, changed_at, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'free', NULL, ?7, 1)`,
		s.ID, s.Cohort, s.Quota, s.Number, lane.Sex, lane.Station, db.Micros(tx.Now())); err != nil {
		return err
	}
	m.Cohort, m.Seat, m.Quota, m.Act, m.From, m.To = s.Cohort, s.ID, s.Quota, Added, "", Free
	mid, err := insertMovement(tx, m, "")
	if err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "cohort.seat-moved", Version: 1, Scope: scope(s.Cohort), Subject: string(s.ID),
		Body: seatMoved{Movement: mid, Act: Added, To: Free, Cause: m.Cause, Letter: m.Letter},
		Rows: []journal.Row{journal.RowOf(seatsTable, s.ID), journal.RowOf(movementsTable, mid)},
	})
}

// Movements returns the seat ledger of a cohort, the latest movement first, at
// most limit lines before position (0: from the end), and the position to go on
// from (0: no more). Quota narrows it if not empty.
func Movements(tx *db.Tx, cohort id.Cohort, quota id.Quota, before int64, limit int) ([]Movement, int64, error) {
	var last int64
	ms, err := db.Collect(tx, func(r *db.Rows) (Movement, error) {
		var m Movement
		var at int64
		err := r.Scan(&m.ID, &m.Cohort, &m.Seat, &m.Quota, &last, &m.Act, &m.From, &m.To, &m.Nomination, &m.Cause, &m.Letter, &m.Note, &m.Actor, &at)
		m.At = db.Time(at)
		return m, err
	}, `SELECT id, cohort, seat, quota, position, act, from_state, to_state, nomination, cause, letter, note, actor, at
		FROM cohort_movements WHERE cohort = ?1 AND (?2 = '' OR quota = ?2) AND (?3 = 0 OR position < ?3)
		ORDER BY position DESC LIMIT ?4`, cohort, quota, before, limit)
	if err != nil || len(ms) < limit {
		last = 0
	}
	return ms, last, err
}

const nominationColumns = `n.id, n.cohort, n.quota, n.agency, n.person, n.station, n.sex, n.rank_group, n.unit, n.proposed_at, n.proposed_by,
	n.basis, n.letter, n.decision, n.decided_at, n.line, n.answer, n.answered_at, n.answer_by, n.answer_on, n.released_at,
	n.in_place_of, n.seat, COALESCE(s.state, ''), n.ending, n.ended_at, n.cause, n.revision`

const nominationFrom = ` FROM cohort_nominations n LEFT JOIN cohort_seats s ON s.id = n.seat`

func scanNomination(r scanner) (Nomination, error) {
	var n Nomination
	var proposed, decided, answered, released, ended int64
	err := r.Scan(&n.ID, &n.Cohort, &n.Quota, &n.Agency, &n.Person, &n.Station, &n.Sex, &n.Rank, &n.Unit, &proposed, &n.By,
		&n.Basis, &n.Letter, &n.Decision, &decided, &n.Line, &n.Answer, &answered, &n.AnswerBy, &n.AnswerOn, &released,
		&n.InPlaceOf, &n.Seat, &n.SeatState, &n.Ending, &ended, &n.Cause, &n.Revision)
	n.Proposed, n.DecidedAt, n.AnsweredAt = db.Time(proposed), db.Time(decided), db.Time(answered)
	n.Released, n.EndedAt = db.Time(released), db.Time(ended)
	return n, err
}

func rowNomination(r *db.Rows) (Nomination, error) { return scanNomination(r) }

// NominationByID returns a nomination, or NotFound.
func NominationByID(tx *db.Tx, nomination id.Nomination) (Nomination, error) {
	n, err := scanNomination(tx.QueryRow(`SELECT `+nominationColumns+nominationFrom+` WHERE n.id = ?1`, nomination))
	return n, missing(err, "cohort.nomination-unknown")
}

// NominationsOf lists a person's nominations, the latest first.
func NominationsOf(tx *db.Tx, person id.Person) ([]Nomination, error) {
	return db.Collect(tx, rowNomination, `SELECT `+nominationColumns+nominationFrom+
		` WHERE n.person = ?1 ORDER BY n.proposed_at DESC, n.id LIMIT 50`, person)
}

func insertNomination(tx *db.Tx, n Nomination) error {
	_, err := tx.Exec(`INSERT INTO cohort_nominations (id, cohort, quota, agency, person, station, sex, rank_group, unit, proposed_at,
		proposed_by, basis, letter, decision, decided_at, line, answer, answered_at, answer_by, answer_on, released_at, in_place_of,
		seat, ending, ended_at, cause, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '', 0, 0, '', 0, '', '', 0, ?14, '', '', 0, '', 1)`,
		n.ID, n.Cohort, n.Quota, n.Agency, n.Person, n.Station, n.Sex, n.Rank, n.Unit, db.Micros(n.Proposed),
		n.By, n.Basis, n.Letter, n.InPlaceOf)
	switch {
	case err == nil:
		return bump(tx, n.Cohort, n.Quota, Lane{}, waiting(n.Decision, n.Ending, n.Seat), 1)
	case tx.Dialect().IsUnique(err):
		return fault.New(fault.Conflict, "cohort.already-proposed", nil)
	}
	return err
}

// saveNomination writes what can change, if nobody else changed it since.
func saveNomination(tx *db.Tx, n *Nomination) error {
	if err := recountNomination(tx, n); err != nil {
		return err
	}
	k, err := tx.Exec(`UPDATE cohort_nominations SET decision = ?3, decided_at = ?4, line = ?5, answer = ?6, answered_at = ?7,
		answer_by = ?8, answer_on = ?9, released_at = ?10, seat = ?11, ending = ?12, ended_at = ?13, cause = ?14, letter = ?15,
		revision = revision + 1 WHERE id = ?1 AND revision = ?2`,
		n.ID, n.Revision, n.Decision, db.Micros(n.DecidedAt), n.Line, n.Answer, db.Micros(n.AnsweredAt), n.AnswerBy, n.AnswerOn,
		db.Micros(n.Released), n.Seat, n.Ending, db.Micros(n.EndedAt), n.Cause, n.Letter)
	if err != nil {
		return err
	}
	if k == 0 {
		return fault.New(fault.Stale, "fault.stale", nil)
	}
	n.Revision++
	return nil
}

// lastInLine returns the highest place in line of a quota.
func lastInLine(tx *db.Tx, quota id.Quota) (line int, err error) {
	return line, tx.QueryRow(`SELECT COALESCE(MAX(line), 0) FROM cohort_nominations WHERE quota = ?1 AND decision = 'in-line'`, quota).Scan(&line)
}

func scope(c id.Cohort) actor.Scope { return actor.Scope{Cohort: c} }

// place is where things of a cohort lie, for the policy.
func place(c Cohort, branch []id.Agency) access.Place {
	p := access.Place{Country: c.Country, Programme: c.Programme, Cohort: c.ID, Branch: branch, Since: c.OpenedAt, Until: c.ClosedAt}
	if len(branch) > 0 {
		p.Agency = branch[len(branch)-1]
	}
	return p
}
