package player

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	_, err := tx.Exec(`UPDATE player_runs SET completion = ?2, success = ?3, scaled = ?4, raw = ?5, lowest = ?6, highest = ?7, seconds = ?8, suspended = ?9, launch = ?10
		WHERE attempt = ?1`, a, r.completion, r.success, r.scaled, r.raw, r.lowest, r.highest, r.seconds, db.Flag(r.suspended), launch)
	return err
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

// scanLaunch reads a launch, and further columns that stand behind it.
func scanLaunch(row *db.Row, more ...any) (l launchRow, err error) {
	var started, touched, ended, replaced int64
	err = row.Scan(append([]any{&l.ID, &l.Attempt, &l.Person, &l.Session, &l.Activity, &l.Mode, &l.credential, &started, &touched, &ended, &replaced, &l.Number, &l.Bytes}, more...)...)
	l.StartedAt, l.TouchedAt, l.EndedAt, l.ReplacedAt = db.Time(started), db.Time(touched), db.Time(ended), db.Time(replaced)
	return l, err
}

// openLaunch returns the launch of an attempt that is open; the zero row if none is.
func openLaunch(tx *db.Tx, a id.Attempt) (launchRow, error) {
	l, err := scanLaunch(tx.QueryRow(`SELECT `+launchColumns+` FROM player_launches
		WHERE attempt = ?1 AND mode = 'normal' AND ended_at = 0 AND replaced_at = 0 ORDER BY started_at DESC, id DESC LIMIT 1`, a))
	if errors.Is(err, sql.ErrNoRows) {
		return launchRow{}, nil
	}
	return l, err
}

// launchByCredential returns the launch whose credential has that hash, and its
// attempt.
func launchByCredential(tx *db.Tx, hash string) (l launchRow, a Attempt, err error) {
	a, err = scanAttempt(func(columns ...any) (err error) {
		l, err = scanLaunch(tx.QueryRow(`SELECT `+of("l", launchColumns)+`, `+of("a", attemptColumns)+`
			FROM player_launches l JOIN player_attempts a ON a.id = l.attempt WHERE l.credential = ?1`, hash), columns...)
		if errors.Is(err, sql.ErrNoRows) {
			err = fault.New(fault.Unauthenticated, "player.no-launch", nil)
		}
		return err
	})
	return l, a, err
}

// of names columns as those of a table.
func of(table, columns string) string {
	names := strings.Split(columns, ",")
	for i, n := range names {
		names[i] = table + "." + strings.TrimSpace(n)
	}
	return strings.Join(names, ", ")
}

func replaceLaunches(tx *db.Tx, a id.Attempt) error {
	_, err := tx.Exec(`UPDATE player_launches SET replaced_at = ?2 WHERE attempt = ?1 AND replaced_at = 0`, a, db.Micros(tx.Now()))
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

func touchLaunch(tx *db.Tx, l launchRow) error {
	_, err := tx.Exec(`UPDATE player_launches SET touched_at = ?2, ended_at = ?3, number = ?4, bytes = ?5 WHERE id = ?1`,
		l.ID, db.Micros(l.TouchedAt), db.Micros(l.EndedAt), l.Number, l.Bytes)
	return err
}

// entryRow is one entry of the log as it came.
type entryRow struct {
	ID         string
	Launch     id.Launch
	Number     int64
	Attempt    id.Attempt
	Person     id.Person
	OccurredAt time.Time
	Applied    bool
	Digest     string
	Body       json.RawMessage
}

func insertEntry(tx *db.Tx, e entryRow) error {
	_, err := tx.Exec(`INSERT INTO player_entries (id, launch, number, attempt, person, occurred_at, recorded_at, applied, digest, body)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`,
		e.ID, e.Launch, e.Number, e.Attempt, e.Person, db.Micros(e.OccurredAt), db.Micros(tx.Now()), db.Flag(e.Applied), e.Digest, string(e.Body))
	return err
}

// lastHeard returns the launch of which an entry of an attempt came last, and when that
// was written; zero if none came.
func lastHeard(tx *db.Tx, a id.Attempt) (l id.Launch, at time.Time, err error) {
	var occurred int64
	err = tx.QueryRow(`SELECT launch, occurred_at FROM player_entries WHERE attempt = ?1 ORDER BY occurred_at DESC, id DESC LIMIT 1`, a).Scan(&l, &occurred)
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

func setDatum(tx *db.Tx, a id.Attempt, p id.Person, d datum) error {
	_, err := tx.Exec(`INSERT INTO player_data (attempt, activity, element, person, value) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (attempt, activity, element) DO UPDATE SET value = excluded.value`, a, d.activity, d.element, p, string(d.value))
	return err
}

// setData is setDatum for several elements of a unit.
func setData(tx *db.Tx, a id.Attempt, p id.Person, activity string, set map[string]json.RawMessage) error {
	const columns, most = 5, 12 // as many values as a kept statement has
	for some := range slices.Chunk(slices.Sorted(maps.Keys(set)), most) {
		var values strings.Builder
		args := make([]any, 0, columns*most)
		for i, name := range some {
			if i > 0 {
				values.WriteString(", ")
			}
			n := len(args)
			fmt.Fprintf(&values, "(?%d, ?%d, ?%d, ?%d, ?%d)", n+1, n+2, n+3, n+4, n+5)
			args = append(args, a, activity, name, p, string(set[name]))
		}
		if _, err := tx.Exec(`INSERT INTO player_data (attempt, activity, element, person, value) VALUES `+values.String()+`
			ON CONFLICT (attempt, activity, element) DO UPDATE SET value = excluded.value`, args...); err != nil {
			return err
		}
	}
	return nil
}

func clearDatum(tx *db.Tx, a id.Attempt, activity, element string) error {
	_, err := tx.Exec(`DELETE FROM player_data WHERE attempt = ?1 AND activity = ?2 AND element = ?3`, a, activity, element)
	return err
}

func clearData(tx *db.Tx, a id.Attempt, activity string) error {
	_, err := tx.Exec(`DELETE FROM player_data WHERE attempt = ?1 AND activity = ?2`, a, activity)
	return err
}

func stateOf(tx *db.Tx, a id.Attempt) (json.RawMessage, error) {
	var v string
	err := tx.QueryRow(`SELECT value FROM player_data WHERE attempt = ?1 AND activity = '' AND element = ?2`, a, stateElement).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return json.RawMessage(v), err
}

func unitsOf(tx *db.Tx, a id.Attempt) (map[string]unitReport, error) {
	rows, err := db.Collect(tx, func(r *db.Rows) (u unitReport, err error) {
		var touched int64
		err = r.Scan(&u.activity, &u.completion, &u.success, &u.scaled, &u.raw, &u.lowest, &u.highest, &u.percent, &u.seconds, &u.leaving, &touched)
		u.touched = db.Time(touched)
		return u, err
	}, `SELECT activity, completion, success, scaled, raw, lowest, highest, percent, seconds, leaving, touched_at FROM player_units WHERE attempt = ?1`, a)
	out := make(map[string]unitReport, len(rows))
	for _, u := range rows {
		out[u.activity] = u
	}
	return out, err
}

func setUnit(tx *db.Tx, a id.Attempt, p id.Person, u unitReport) error {
	_, err := tx.Exec(`INSERT INTO player_units (attempt, activity, person, completion, success, scaled, raw, lowest, highest, percent, seconds, leaving, touched_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
		ON CONFLICT (attempt, activity) DO UPDATE SET completion = excluded.completion, success = excluded.success, scaled = excluded.scaled,
			raw = excluded.raw, lowest = excluded.lowest, highest = excluded.highest, percent = excluded.percent, seconds = excluded.seconds,
			leaving = excluded.leaving, touched_at = excluded.touched_at`,
		a, u.activity, p, u.completion, u.success, u.scaled, u.raw, u.lowest, u.highest, u.percent, u.seconds, u.leaving, db.Micros(u.touched))
	return err
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
