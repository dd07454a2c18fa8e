package player

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

func insertRun(tx *db.Tx, a Attempt, k Kind, key []byte) error {
	_, err := tx.Exec(`INSERT INTO player_runs (attempt, person, kind, log_key, completion, success, scaled, raw, lowest, highest, seconds, suspended, launch)
		VALUES (?1, ?2, ?3, ?4, '', '', '', '', '', '', 0, 0, '')`, a.ID, a.Person, string(k), key)
	return err
}

func updateRun(tx *db.Tx, a id.Attempt, launch id.Launch, r report) error {
	return tx.Later(`UPDATE player_runs SET completion = ?2, success = ?3, scaled = ?4, raw = ?5, lowest = ?6, highest = ?7, seconds = ?8, suspended = ?9, launch = ?10
		WHERE attempt = ?1`, a, r.completion, r.success, r.scaled, r.raw, r.lowest, r.highest, r.seconds, db.Flag(r.suspended), launch)
}

func logKey(tx *db.Tx, a id.Attempt) (key []byte, err error) {
	err = tx.QueryRow(`SELECT log_key FROM player_runs WHERE attempt = ?1`, a).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "player.no-attempt", nil)
	}
	return key, err
}

// launchRow is one opening of a package.
type launchRow struct {
	ID         id.Launch
	Attempt    id.Attempt
	Person     id.Person
	Session    string // of cmi5: what its statements carry
	Activity   string
	Mode       Mode
	credential string // its hash
	StartedAt  time.Time
	TouchedAt  time.Time
	EndedAt    time.Time // zero while it is open
	ReplacedAt time.Time // zero while no other launch has taken over
	Number     int64     // of the last entry that arrived
	Bytes      int64
}

const launchColumns = `id, attempt, person, session, activity, mode, credential, started_at, touched_at, ended_at, replaced_at, number, bytes`

func scanLaunch(scan func(...any) error) (l launchRow, err error) {
	var started, touched, ended, replaced int64
	err = scan(&l.ID, &l.Attempt, &l.Person, &l.Session, &l.Activity, &l.Mode, &l.credential, &started, &touched, &ended, &replaced, &l.Number, &l.Bytes)
	l.StartedAt, l.TouchedAt, l.EndedAt, l.ReplacedAt = db.Time(started), db.Time(touched), db.Time(ended), db.Time(replaced)
	return l, err
}

// openLaunch returns the launch of an attempt that is open; the zero row if none is.
func openLaunch(tx *db.Tx, a id.Attempt) (launchRow, error) {
	l, err := scanLaunch(tx.QueryRow(`SELECT `+launchColumns+` FROM player_launches
		WHERE attempt = ?1 AND mode = 'normal' AND ended_at = 0 AND replaced_at = 0
			AND NOT EXISTS (SELECT 1 FROM player_tickets t WHERE t.launch = player_launches.id AND t.opened_at = 0)
		ORDER BY started_at DESC, id DESC LIMIT 1`, a).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return launchRow{}, nil
	}
	return l, err
}

// launchBySession returns the launch that a session is the one of.
func launchBySession(tx *db.Tx, session string) (launchRow, error) {
	l, err := scanLaunch(tx.QueryRow(`SELECT `+launchColumns+` FROM player_launches WHERE session = ?1`, session).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "player.no-session", nil)
	}
	return l, err
}

// launchesByCredential returns what a batch meets of the launches that are named, by
// the credential's hash. Those that are held are not read.
func launchesByCredential(tx *db.Tx, group []*arrival, held map[string]*launched) (map[string]*launched, error) {
	out := make(map[string]*launched, len(group))
	var hashes []any
	for _, x := range group {
		if l := held[x.batch.credential]; l != nil {
			out[x.batch.credential] = l
		} else {
			hashes = append(hashes, x.batch.credential)
		}
	}
	_, err := db.QueryIn(tx, func(rows *db.Rows) (none struct{}, err error) {
		var x launched
		l, a, r := &x.launch, &x.attempt, &x.run
		var started, touched, ended, replaced, suspended int64
		err = rows.Scan(&l.ID, &l.Mode, &l.credential, &started, &touched, &ended, &replaced, &l.Number, &l.Bytes,
			&a.ID, &a.Person, &a.Cohort, &a.Version, &a.State, &a.Percent, &a.Points, &a.Max,
			&r.completion, &r.success, &r.scaled, &r.raw, &r.lowest, &r.highest, &r.seconds, &suspended, &x.from)
		l.StartedAt, l.TouchedAt, l.EndedAt, l.ReplacedAt = db.Time(started), db.Time(touched), db.Time(ended), db.Time(replaced)
		r.suspended = suspended != 0
		out[l.credential] = &x
		return none, err
	}, byCredential, hashes)
	return out, err
}

// byCredential finds launches with their attempts, and what their runs report.
const byCredential = `SELECT l.id, l.mode, l.credential, l.started_at, l.touched_at, l.ended_at, l.replaced_at, l.number, l.bytes,
		a.id, a.person, a.cohort, a.version, a.state, a.percent, a.points, a.max_points,
		COALESCE(r.completion, ''), COALESCE(r.success, ''), COALESCE(r.scaled, ''), COALESCE(r.raw, ''), COALESCE(r.lowest, ''),
		COALESCE(r.highest, ''), COALESCE(r.seconds, 0), COALESCE(r.suspended, 0), COALESCE(r.launch, '')
	FROM player_launches l JOIN player_attempts a ON a.id = l.attempt LEFT JOIN player_runs r ON r.attempt = a.id
	WHERE l.credential IN `

func replaceLaunches(tx *db.Tx, a id.Attempt) error {
	_, err := tx.Exec(`UPDATE player_launches SET replaced_at = ?2 WHERE attempt = ?1 AND replaced_at = 0`, a, db.Micros(tx.Now()))
	return err
}

// replaceOthers replaces all launches of an attempt but one.
func replaceOthers(tx *db.Tx, a id.Attempt, but id.Launch) error {
	_, err := tx.Exec(`UPDATE player_launches SET replaced_at = ?3 WHERE attempt = ?1 AND id <> ?2 AND replaced_at = 0`, a, but, db.Micros(tx.Now()))
	return err
}

func insertLaunch(tx *db.Tx, l launchRow) error {
	_, err := tx.Exec(`INSERT INTO player_launches (`+launchColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, 0, 0)`,
		l.ID, l.Attempt, l.Person, l.Session, l.Activity, string(l.Mode), l.credential, db.Micros(l.StartedAt), db.Micros(l.TouchedAt))
	return err
}

func renewCredential(tx *db.Tx, l id.Launch, credential string) error {
	_, err := tx.Exec(`UPDATE player_launches SET credential = ?2 WHERE id = ?1`, l, hashed(credential))
	return err
}

// openLater lets a launch begin that was made earlier, also where another has been
// opened in between.
func openLater(tx *db.Tx, l id.Launch, credential string) error {
	_, err := tx.Exec(`UPDATE player_launches SET credential = ?2, replaced_at = 0 WHERE id = ?1`, l, hashed(credential))
	return err
}

func touchLaunch(tx *db.Tx, l launchRow) error {
	return tx.Later(`UPDATE player_launches SET touched_at = ?2, ended_at = ?3, number = ?4, bytes = ?5 WHERE id = ?1`,
		l.ID, db.Micros(l.TouchedAt), db.Micros(l.EndedAt), l.Number, l.Bytes)
}

// entryRow is one entry of the log as it came.
type entryRow struct {
	ID         string
	Launch     id.Launch
	Number     int64
	Attempt    id.Attempt
	Person     id.Person
	OccurredAt time.Time
	RecordedAt time.Time
	Applied    bool
	Digest     string
	Body       json.RawMessage
}

func insertEntries(tx *db.Tx, rows []entryRow) error {
	values := make([]any, 0, 10*len(rows))
	for _, e := range rows {
		values = append(values, e.ID, string(e.Launch), e.Number, string(e.Attempt), string(e.Person), db.Micros(e.OccurredAt), db.Micros(e.RecordedAt),
			db.Flag(e.Applied), e.Digest, string(e.Body))
	}
	return tx.ExecRows(`INSERT INTO player_entries (id, launch, number, attempt, person, occurred_at, recorded_at, applied, digest, body)`, 10, values, "")
}

// lastHeard returns the launch of which an entry of an attempt came last, and when that
// was written; zero if none came.
func lastHeard(tx *db.Tx, a id.Attempt) (l id.Launch, at time.Time, err error) {
	var occurred int64
	err = tx.QueryRow(`SELECT e.launch, e.occurred_at FROM player_launches l JOIN player_entries e ON e.launch = l.id
		WHERE l.attempt = ?1 ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1`, a).Scan(&l, &occurred)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, nil
	}
	return l, db.Time(occurred), err
}

// datum is one element that a unit remembers. The value is a JSON text as it
// came: what packages keep is not always good Unicode, and it comes back as it was.
type datum struct {
	activity, element string
	value             json.RawMessage
}

// stateElement is the element, of no unit, that holds the sequencing's state.
const stateElement = "state"

func dataOf(tx *db.Tx, a id.Attempt) ([]datum, error) {
	return db.Collect(tx, func(r *db.Rows) (d datum, err error) {
		var v string
		err = r.Scan(&d.activity, &d.element, &v)
		d.value = json.RawMessage(v)
		return d, err
	}, `SELECT activity, element, value FROM player_data WHERE attempt = ?1 ORDER BY activity, element`, a)
}

// unitElement is where a unit remembers something.
type unitElement struct{ activity, element string }

// datumRow is a datum of an attempt.
type datumRow struct {
	attempt id.Attempt
	person  id.Person
	datum
}

func setDatum(tx *db.Tx, a id.Attempt, p id.Person, d datum) error {
	return setData(tx, []datumRow{{a, p, d}})
}

// setData keeps what units remember, by each name once.
func setData(tx *db.Tx, rows []datumRow) error {
	values := make([]any, 0, 5*len(rows))
	for _, r := range rows {
		values = append(values, string(r.attempt), r.activity, r.element, string(r.person), string(r.value))
	}
	return tx.ExecRows(`INSERT INTO player_data (attempt, activity, element, person, value)`, 5, values,
		` ON CONFLICT (attempt, activity, element) DO UPDATE SET value = excluded.value`)
}

func clearDatum(tx *db.Tx, a id.Attempt, activity, element string) error {
	return tx.Later(`DELETE FROM player_data WHERE attempt = ?1 AND activity = ?2 AND element = ?3`, a, activity, element)
}

func clearData(tx *db.Tx, a id.Attempt, activity string) error {
	return tx.Later(`DELETE FROM player_data WHERE attempt = ?1 AND activity = ?2`, a, activity)
}

func stateOf(tx *db.Tx, a id.Attempt) (json.RawMessage, error) {
	var v string
	err := tx.QueryRow(`SELECT value FROM player_data WHERE attempt = ?1 AND activity = '' AND element = ?2`, a, stateElement).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return json.RawMessage(v), err
}

// unitRow is how far a unit has come in an attempt.
type unitRow struct {
	attempt id.Attempt
	person  id.Person
	unitReport
}

func unitsOf(tx *db.Tx, a id.Attempt) (map[string]unitReport, error) {
	all, err := unitsIn(tx, []any{string(a)})
	if all[a] == nil {
		return map[string]unitReport{}, err
	}
	return all[a], err
}

// unitsIn returns how far units have come, by attempt; those without any are missing.
func unitsIn(tx *db.Tx, attempts []any) (map[id.Attempt]map[string]unitReport, error) {
	out := make(map[id.Attempt]map[string]unitReport, len(attempts))
	_, err := db.QueryIn(tx, func(r *db.Rows) (none struct{}, err error) {
		var a id.Attempt
		var u unitReport
		var touched int64
		err = r.Scan(&a, &u.activity, &u.completion, &u.success, &u.scaled, &u.raw, &u.lowest, &u.highest, &u.percent, &u.seconds, &u.leaving, &touched)
		u.touched = db.Time(touched)
		if out[a] == nil {
			out[a] = map[string]unitReport{}
		}
		out[a][u.activity] = u
		return none, err
	}, `SELECT attempt, activity, completion, success, scaled, raw, lowest, highest, percent, seconds, leaving, touched_at FROM player_units WHERE attempt IN `, attempts)
	return out, err
}

func setUnit(tx *db.Tx, a id.Attempt, p id.Person, u unitReport) error {
	return setUnits(tx, []unitRow{{a, p, u}})
}

// setUnits keeps how far units have come, each once.
func setUnits(tx *db.Tx, rows []unitRow) error {
	values := make([]any, 0, 13*len(rows))
	for _, u := range rows {
		values = append(values, string(u.attempt), u.activity, string(u.person), u.completion, u.success, u.scaled, u.raw, u.lowest, u.highest,
			int64(u.percent), u.seconds, u.leaving, db.Micros(u.touched))
	}
	return tx.ExecRows(`INSERT INTO player_units (attempt, activity, person, completion, success, scaled, raw, lowest, highest, percent, seconds, leaving, touched_at)`, 13, values,
		` ON CONFLICT (attempt, activity) DO UPDATE SET completion = excluded.completion, success = excluded.success, scaled = excluded.scaled,
			raw = excluded.raw, lowest = excluded.lowest, highest = excluded.highest, percent = excluded.percent, seconds = excluded.seconds,
			leaving = excluded.leaving, touched_at = excluded.touched_at`)
}

func objectivesOf(tx *db.Tx, p id.Person) (map[string]json.RawMessage, error) {
	type row struct{ objective, value string }
	rows, err := db.Collect(tx, func(r *db.Rows) (x row, err error) { return x, r.Scan(&x.objective, &x.value) },
		`SELECT objective, value FROM player_objectives WHERE person = ?1 ORDER BY objective`, p)
	out := make(map[string]json.RawMessage, len(rows))
	for _, x := range rows {
		out[x.objective] = json.RawMessage(x.value)
	}
	return out, err
}

func setObjective(tx *db.Tx, p id.Person, objective string, value json.RawMessage) error {
	_, err := tx.Exec(`INSERT INTO player_objectives (person, objective, value, touched_at) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (person, objective) DO UPDATE SET value = excluded.value, touched_at = excluded.touched_at`,
		p, objective, string(value), db.Micros(tx.Now()))
	return err
}
