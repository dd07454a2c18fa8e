package workshop

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
)

// unknown turns an absent row into a fault that says what is not there.
func unknown(err error, key string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Wrap(fault.NotFound, key, err)
	}
	return err
}

func modesOf(s string) []Mode {
	var out []Mode
	for m := range strings.FieldsSeq(s) {
		out = append(out, Mode(m))
	}
	return out
}

func modesText(modes []Mode) string {
	words := make([]string, len(modes))
	for i, m := range modes {
		words[i] = string(m)
	}
	return strings.Join(words, " ")
}

const roomColumns = "id, room_key, title, mode, capacity, safe, link, revision"

func scanRoom(r *db.Rows) (Room, error) {
	var x Room
	var title string
	if err := r.Scan(&x.ID, &x.Key, &title, &x.Mode, &x.Capacity, &x.Safe, &x.Link, &x.Revision); err != nil {
		return x, err
	}
	var err error
	x.Title, err = i18n.DecodeText(title)
	return x, err
}

func insertRoom(tx *db.Tx, c id.Cohort, stage string, r Room) error {
	_, err := tx.Exec(`INSERT INTO workshop_rooms (id, cohort, stage, room_key, title, mode, capacity, safe, link, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`, r.ID, c, stage, r.Key, r.Title.Encode(), r.Mode, r.Capacity, r.Safe, r.Link, r.Revision)
	return err
}

const halfDayColumns = "id, cohort, stage, half_key, title, starts, ends, pin, closed_at, revision"

func scanHalfDay(r interface{ Scan(...any) error }) (HalfDay, error) {
	var h HalfDay
	var title, starts, ends string
	var closed int64
	if err := r.Scan(&h.ID, &h.Cohort, &h.Stage, &h.Key, &title, &starts, &ends, &h.PIN, &closed, &h.Revision); err != nil {
		return h, err
	}
	h.ClosedAt = db.Time(closed)
	var err error
	if h.Title, err = i18n.DecodeText(title); err != nil {
		return h, err
	}
	if h.Starts, err = civil.ParseDateTime(starts); err != nil {
		return h, err
	}
	h.Ends, err = civil.ParseDateTime(ends)
	return h, err
}

func insertHalfDay(tx *db.Tx, h HalfDay) error {
	starts, err := h.Starts.Instant()
	if err != nil {
		return err
	}
	ends, err := h.Ends.Instant()
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO workshop_half_days (id, cohort, stage, half_key, title, starts, ends, starts_at, ends_at, pin, closed_at, closed_by, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, '', 1)`,
		h.ID, h.Cohort, h.Stage, h.Key, h.Title.Encode(), h.Starts.String(), h.Ends.String(), db.Micros(starts), db.Micros(ends), h.PIN)
	return err
}

const sessionColumns = "id, half_day, session_key, title, starts, ends, room, modes, trainer, part, language, link, cancelled, revision"

func scanSession(r *db.Rows) (Session, error) {
	var s Session
	var title, starts, ends, modes string
	var cancelled int64
	if err := r.Scan(&s.ID, &s.HalfDay, &s.Key, &title, &starts, &ends, &s.Room, &modes, &s.Trainer, &s.Part, &s.Language, &s.Link, &cancelled, &s.Revision); err != nil {
		return s, err
	}
	s.Modes, s.Cancelled = modesOf(modes), cancelled != 0
	var err error
	if s.Title, err = i18n.DecodeText(title); err != nil {
		return s, err
	}
	if s.Starts, err = civil.ParseDateTime(starts); err != nil {
		return s, err
	}
	s.Ends, err = civil.ParseDateTime(ends)
	return s, err
}

func insertSession(tx *db.Tx, s Session) error {
	_, err := tx.Exec(`INSERT INTO workshop_sessions (`+sessionColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)`,
		s.ID, s.HalfDay, s.Key, s.Title.Encode(), s.Starts.String(), s.Ends.String(), s.Room, modesText(s.Modes), s.Trainer, s.Part, s.Language,
		s.Link, db.Flag(s.Cancelled), s.Revision)
	return err
}

func updateSession(tx *db.Tx, s Session) error {
	_, err := tx.Exec(`UPDATE workshop_sessions SET starts = ?2, ends = ?3, room = ?4, modes = ?5, trainer = ?6, link = ?7, cancelled = ?8, revision = ?9, language = ?10 WHERE id = ?1`,
		s.ID, s.Starts.String(), s.Ends.String(), s.Room, modesText(s.Modes), s.Trainer, s.Link, db.Flag(s.Cancelled), s.Revision, s.Language)
	return err
}

// timetable reads a workshop stage of a cohort. One that was never laid has no
// half-days.
func timetable(tx *db.Tx, c id.Cohort, stage string) (Timetable, error) {
	t := Timetable{Cohort: c, Stage: stage}
	var err error
	if t.Rooms, err = db.Collect(tx, scanRoom, `SELECT `+roomColumns+` FROM workshop_rooms WHERE cohort = ?1 AND stage = ?2 ORDER BY room_key`, c, stage); err != nil {
		return t, err
	}
	if t.HalfDays, err = db.Collect(tx, func(r *db.Rows) (HalfDay, error) { return scanHalfDay(r) },
		`SELECT `+halfDayColumns+` FROM workshop_half_days WHERE cohort = ?1 AND stage = ?2 ORDER BY starts_at, half_key`, c, stage); err != nil {
		return t, err
	}
	all, err := db.Collect(tx, scanSession, `SELECT s.id, s.half_day, s.session_key, s.title, s.starts, s.ends, s.room, s.modes, s.trainer, s.part, s.language, s.link, s.cancelled, s.revision
		FROM workshop_sessions s JOIN workshop_half_days h ON h.id = s.half_day WHERE h.cohort = ?1 AND h.stage = ?2 ORDER BY s.starts, s.session_key`, c, stage)
	if err != nil {
		return t, err
	}
	for i := range t.HalfDays {
		for _, s := range all {
			if s.HalfDay == t.HalfDays[i].ID {
				t.HalfDays[i].Sessions = append(t.HalfDays[i].Sessions, s)
			}
		}
	}
	return t, nil
}

// halfDay reads one half-day with its sessions.
func halfDay(tx *db.Tx, r id.Register) (HalfDay, error) {
	h, err := scanHalfDay(tx.QueryRow(`SELECT `+halfDayColumns+` FROM workshop_half_days WHERE id = ?1`, r))
	if err != nil {
		return h, unknown(err, "workshop.register-unknown")
	}
	h.Sessions, err = db.Collect(tx, scanSession, `SELECT `+sessionColumns+` FROM workshop_sessions WHERE half_day = ?1 ORDER BY starts, session_key`, r)
	return h, err
}

// halfDayOf reads the half-day that a session belongs to.
func halfDayOf(tx *db.Tx, s id.WorkshopSession) (HalfDay, error) {
	var r id.Register
	if err := tx.QueryRow(`SELECT half_day FROM workshop_sessions WHERE id = ?1`, s).Scan(&r); err != nil {
		return HalfDay{}, unknown(err, "workshop.session-unknown")
	}
	return halfDay(tx, r)
}

func room(tx *db.Tx, r id.Room) (Room, id.Cohort, string, error) {
	var x Room
	var c id.Cohort
	var stage, title string
	err := tx.QueryRow(`SELECT `+roomColumns+`, cohort, stage FROM workshop_rooms WHERE id = ?1`, r).
		Scan(&x.ID, &x.Key, &title, &x.Mode, &x.Capacity, &x.Safe, &x.Link, &x.Revision, &c, &stage)
	if err != nil {
		return x, c, stage, unknown(err, "workshop.room-unknown")
	}
	x.Title, err = i18n.DecodeText(title)
	return x, c, stage, err
}

const evidenceColumns = "id, register, person, source, says, minutes, mode, at, recorded_at, actor, sheet, cause"

func scanEvidence(r *db.Rows) (Evidence, error) {
	var e Evidence
	var at, recorded int64
	err := r.Scan(&e.ID, &e.Register, &e.Person, &e.Source, &e.Says, &e.Minutes, &e.Mode, &at, &recorded, &e.Actor, &e.Sheet, &e.Cause)
	e.At, e.RecordedAt = db.Time(at), db.Time(recorded)
	return e, err
}

func insertEvidence(tx *db.Tx, e Evidence) error {
	_, err := tx.Exec(`INSERT INTO workshop_evidence (`+evidenceColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)`,
		e.ID, e.Register, e.Person, e.Source, e.Says, e.Minutes, e.Mode, db.Micros(e.At), db.Micros(e.RecordedAt), e.Actor, e.Sheet, e.Cause)
	return err
}

// evidence reads what is known of a half-day, by person.
func evidence(tx *db.Tx, r id.Register) (map[id.Person][]Evidence, error) {
	all, err := db.Collect(tx, scanEvidence, `SELECT `+evidenceColumns+` FROM workshop_evidence WHERE register = ?1 ORDER BY recorded_at, id`, r)
	out := map[id.Person][]Evidence{}
	for _, e := range all {
		out[e.Person] = append(out[e.Person], e)
	}
	return out, err
}

func evidenceOf(tx *db.Tx, r id.Register, p id.Person) ([]Evidence, error) {
	return db.Collect(tx, scanEvidence, `SELECT `+evidenceColumns+` FROM workshop_evidence WHERE register = ?1 AND person = ?2 ORDER BY recorded_at, id`, r, p)
}

// attendance is the row that keeps what was last derived and recorded.
type attendance struct {
	ID        string
	Register  id.Register
	Person    id.Person
	Verdict   Verdict
	Minutes   int
	Mode      Mode
	By        Source
	Conflicts int
	Fact      id.Fact // the fact that says so; empty while nothing is recorded
	Revision  int
}

const attendanceColumns = "id, register, person, verdict, minutes, mode, decided_by, conflicts, fact, revision"

func scanAttendance(r interface{ Scan(...any) error }) (attendance, error) {
	var a attendance
	err := r.Scan(&a.ID, &a.Register, &a.Person, &a.Verdict, &a.Minutes, &a.Mode, &a.By, &a.Conflicts, &a.Fact, &a.Revision)
	return a, err
}

// attendanceOf reads the row of one person's half-day; a new one, with no
// revision, if there is none.
func attendanceOf(tx *db.Tx, r id.Register, p id.Person) (attendance, error) {
	a, err := scanAttendance(tx.QueryRow(`SELECT `+attendanceColumns+` FROM workshop_attendance WHERE register = ?1 AND person = ?2`, r, p))
	if errors.Is(err, sql.ErrNoRows) {
		return attendance{ID: string(id.New[id.Evidence]()), Register: r, Person: p}, nil
	}
	return a, err
}

func putAttendance(tx *db.Tx, a attendance) error {
	_, err := tx.Exec(`INSERT INTO workshop_attendance (`+attendanceColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
		ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, minutes = excluded.minutes, mode = excluded.mode,
		decided_by = excluded.decided_by, conflicts = excluded.conflicts, fact = excluded.fact, revision = excluded.revision`,
		a.ID, a.Register, a.Person, a.Verdict, a.Minutes, a.Mode, a.By, a.Conflicts, a.Fact, a.Revision)
	return err
}

const admissionColumns = "id, register, person, name, capacity, mode, in_place_of, until_at, admitted_at, actor, settled_at, revision"

func scanAdmission(r interface{ Scan(...any) error }) (Admission, error) {
	var a Admission
	var until, admitted, settled int64
	err := r.Scan(&a.ID, &a.Register, &a.Person, &a.Name, &a.Capacity, &a.Mode, &a.InPlaceOf, &until, &admitted, &a.Actor, &settled, &a.Revision)
	a.Until, a.AdmittedAt, a.SettledAt = db.Time(until), db.Time(admitted), db.Time(settled)
	return a, err
}

func insertAdmission(tx *db.Tx, a Admission) error {
	_, err := tx.Exec(`INSERT INTO workshop_admissions (`+admissionColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)`,
		a.ID, a.Register, a.Person, a.Name, a.Capacity, a.Mode, a.InPlaceOf, db.Micros(a.Until), db.Micros(a.AdmittedAt), a.Actor, db.Micros(a.SettledAt), a.Revision)
	return err
}

func admissions(tx *db.Tx, r id.Register) ([]Admission, error) {
	return db.Collect(tx, func(r *db.Rows) (Admission, error) { return scanAdmission(r) },
		`SELECT `+admissionColumns+` FROM workshop_admissions WHERE register = ?1 ORDER BY admitted_at, id`, r)
}

// declared reads who said where she takes part on a day.
func declared(tx *db.Tx, c id.Cohort, day civil.Date) (map[id.Person]Mode, error) {
	type said struct {
		who  id.Person
		mode Mode
	}
	all, err := db.Collect(tx, func(r *db.Rows) (said, error) {
		var s said
		return s, r.Scan(&s.who, &s.mode)
	}, `SELECT person, mode FROM workshop_declarations WHERE cohort = ?1 AND day = ?2`, c, day.String())
	out := map[id.Person]Mode{}
	for _, s := range all {
		out[s.who] = s.mode
	}
	return out, err
}

func putDeclaration(tx *db.Tx, c id.Cohort, p id.Person, day civil.Date, m Mode, zone string) error {
	loc, err := civil.Zone(zone)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO workshop_declarations (id, cohort, person, day, mode, at, actor, erase_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
		ON CONFLICT (cohort, person, day) DO UPDATE SET mode = excluded.mode, at = excluded.at, actor = excluded.actor`,
		id.New[id.Evidence](), c, p, day.String(), m, db.Micros(tx.Now()), tx.Actor().ID(), db.Micros(day.End(loc)))
	return err
}

// putContact notes that somebody was in a room, for as long as the contact list
// is kept; in says whether she was at all.
func putContact(tx *db.Tx, h HalfDay, p id.Person, a id.Admission, in bool) error {
	if !in {
		_, err := tx.Exec(`DELETE FROM workshop_contacts WHERE register = ?1 AND person = ?2 AND admission = ?3`, h.ID, p, a)
		return err
	}
	ends, err := h.Ends.Instant()
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO workshop_contacts (id, register, person, admission, room, at, erase_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (register, person, admission) DO UPDATE SET room = excluded.room`,
		id.New[id.Evidence](), h.ID, p, a, h.roomInPerson(), db.Micros(tx.Now()), db.Micros(ends.Add(ContactsKept)))
	return err
}

// roomInPerson is the room of the half-day's first session in person.
func (h HalfDay) roomInPerson() id.Room {
	for _, s := range h.Sessions {
		if !s.Cancelled && s.Room != "" && slices.Contains(s.Modes, InPerson) {
			return s.Room
		}
	}
	return ""
}

const changeColumns = "id, session, cohort, stage, was, became, actor, at"

func scanChange(r *db.Rows) (Change, error) {
	var c Change
	var was, became string
	var at int64
	if err := r.Scan(&c.ID, &c.Session, &c.Cohort, &c.Stage, &was, &became, &c.Actor, &at); err != nil {
		return c, err
	}
	c.At = db.Time(at)
	if err := json.Unmarshal([]byte(was), &c.Was); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(became), &c.Became)
}

func insertChange(tx *db.Tx, c Change) error {
	was, err := json.Marshal(c.Was)
	if err != nil {
		return err
	}
	became, err := json.Marshal(c.Became)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO workshop_changes (`+changeColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		c.ID, c.Session, c.Cohort, c.Stage, string(was), string(became), c.Actor, db.Micros(c.At))
	return err
}
