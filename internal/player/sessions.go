package player

import (
	"database/sql"
	"errors"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// sessionRow is one session of a unit that speaks xAPI. What the unit's clock says
// and what ours does are kept apart: the order of statements goes by the former.
type sessionRow struct {
	ID       string
	Launch   id.Launch
	Attempt  id.Attempt
	Person   id.Person
	Activity string
	Mode     Mode

	LaunchedAt time.Time
	ExpiresAt  time.Time // for the credential to be fetched
	FetchedAt  time.Time // zero while it was not
	// PreferredAt is when the unit first asked for her preferences; zero before.
	PreferredAt time.Time
	// By the unit's clock.
	InitializedAt, TerminatedAt, LastAt time.Time
	Completed, Judged                   bool
	// By ours: when it was last heard of, ended by itself, or was abandoned.
	TouchedAt, EndedAt, AbandonedAt time.Time
	// HeardAt is when the record store last took something of it; zero before.
	HeardAt time.Time
	// OpenedIn is the session in which she opened it; empty if she was not signed in.
	OpenedIn id.Session
}

// active reports whether a session has not ended, in whichever way.
func (s sessionRow) active() bool { return s.EndedAt.IsZero() && s.AbandonedAt.IsZero() }

const sessionColumns = `id, launch, attempt, person, activity, mode, launched_at, expires_at, fetched_at, preferred_at, initialized_at, terminated_at,
	last_at, completed, judged, touched_at, ended_at, abandoned_at, heard_at, opened_in`

func scanSession(scan func(...any) error) (s sessionRow, err error) {
	var launched, expires, fetched, preferred, initialized, terminated, last, completed, judged, touched, ended, abandoned, heard int64
	err = scan(&s.ID, &s.Launch, &s.Attempt, &s.Person, &s.Activity, &s.Mode, &launched, &expires, &fetched, &preferred, &initialized, &terminated,
		&last, &completed, &judged, &touched, &ended, &abandoned, &heard, &s.OpenedIn)
	s.LaunchedAt, s.ExpiresAt, s.FetchedAt = db.Time(launched), db.Time(expires), db.Time(fetched)
	s.PreferredAt = db.Time(preferred)
	s.InitializedAt, s.TerminatedAt, s.LastAt = db.Time(initialized), db.Time(terminated), db.Time(last)
	s.Completed, s.Judged = completed == 1, judged == 1
	s.TouchedAt, s.EndedAt, s.AbandonedAt = db.Time(touched), db.Time(ended), db.Time(abandoned)
	s.HeardAt = db.Time(heard)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "player.no-session", nil)
	}
	return s, err
}

func sessionByID(tx *db.Tx, session string) (sessionRow, error) {
	return scanSession(tx.QueryRow(`SELECT `+sessionColumns+` FROM player_sessions WHERE id = ?1`, session).Scan)
}

func sessionByLaunch(tx *db.Tx, l id.Launch) (sessionRow, error) {
	return scanSession(tx.QueryRow(`SELECT `+sessionColumns+` FROM player_sessions WHERE launch = ?1`, l).Scan)
}

// activeSessions returns the sessions of a registration that have not ended, the
// oldest first.
func activeSessions(tx *db.Tx, a id.Attempt) ([]sessionRow, error) {
	return db.Collect(tx, func(r *db.Rows) (sessionRow, error) { return scanSession(r.Scan) },
		`SELECT `+sessionColumns+` FROM player_sessions WHERE attempt = ?1 AND ended_at = 0 AND abandoned_at = 0 ORDER BY launched_at, id`, a)
}

func insertSession(tx *db.Tx, s sessionRow) error {
	_, err := tx.Exec(`INSERT INTO player_sessions (`+sessionColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0, 0, 0, 0, 0, ?9, 0, 0, 0, ?10)`,
		s.ID, s.Launch, s.Attempt, s.Person, s.Activity, string(s.Mode), db.Micros(s.LaunchedAt), db.Micros(s.ExpiresAt), db.Micros(s.TouchedAt), s.OpenedIn)
	return err
}

func updateSession(tx *db.Tx, s sessionRow) error {
	_, err := tx.Exec(`UPDATE player_sessions SET fetched_at = ?2, initialized_at = ?3, terminated_at = ?4, last_at = ?5, completed = ?6, judged = ?7,
		touched_at = ?8, ended_at = ?9, abandoned_at = ?10, heard_at = ?11 WHERE id = ?1`,
		s.ID, db.Micros(s.FetchedAt), db.Micros(s.InitializedAt), db.Micros(s.TerminatedAt), db.Micros(s.LastAt), db.Flag(s.Completed), db.Flag(s.Judged),
		db.Micros(s.TouchedAt), db.Micros(s.EndedAt), db.Micros(s.AbandonedAt), db.Micros(s.HeardAt))
	return err
}

// endLaunch notes that a launch is over.
func endLaunch(tx *db.Tx, l id.Launch) error {
	_, err := tx.Exec(`UPDATE player_launches SET ended_at = ?2 WHERE id = ?1 AND ended_at = 0`, l, db.Micros(tx.Now()))
	return err
}

// mark is something that holds of a unit, a block or the course from then on.
type mark string

const (
	markCompleted mark = "completed"
	markPassed    mark = "passed"
	markFailed    mark = "failed"
	markWaived    mark = "waived"
	markSatisfied mark = "satisfied"
)

// marks are what holds in a registration, by node and mark: when it came to hold.
type marks map[string]map[mark]time.Time

func (m marks) has(node string, k mark) bool { _, ok := m[node][k]; return ok }

func (m marks) set(node string, k mark, at time.Time) {
	if m[node] == nil {
		m[node] = map[mark]time.Time{}
	}
	m[node][k] = at
}

func marksOf(tx *db.Tx, a id.Attempt) (marks, error) {
	out := marks{}
	_, err := db.Collect(tx, func(r *db.Rows) (struct{}, error) {
		var node string
		var k mark
		var at int64
		err := r.Scan(&node, &k, &at)
		out.set(node, k, db.Time(at))
		return struct{}{}, err
	}, `SELECT node, mark, at FROM player_marks WHERE attempt = ?1`, a)
	return out, err
}

// insertMark keeps a mark; one that is there stays as it is.
func insertMark(tx *db.Tx, a Attempt, node string, k mark, session, reason string, at time.Time) error {
	_, err := tx.Exec(`INSERT INTO player_marks (attempt, node, mark, person, session, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT DO NOTHING`, a.ID, node, string(k), a.Person, session, reason, db.Micros(at))
	return err
}
