package player

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
)

// State is where an attempt stands.
type State string

// The states of an attempt.
const (
	Open   State = "open"
	Passed State = "passed"
	NotYet State = "not-yet" // over, and the pass mark is not reached
)

// Attempt is one way of one person through one version of a module.
type Attempt struct {
	ID         id.Attempt
	Person     id.Person
	Cohort     id.Cohort
	Module     string // the module's key
	Version    id.ModuleVersion
	Number     int // from 1, per person, cohort and module
	Language   string
	Page       string // where she is
	State      State
	Percent    int
	Points     int
	Max        int
	StartedAt  time.Time
	TouchedAt  time.Time
	FinishedAt time.Time // zero while it is open
}

// attemptColumns are those of an attempt a. What is written to the log of a package
// touches its launch alone.
const attemptColumns = `a.id, a.person, a.cohort, a.module, a.version, a.number, a.language, a.page, a.state, a.percent, a.points, a.max_points,
	a.started_at, a.touched_at, a.finished_at,
	COALESCE((SELECT MAX(l.touched_at) FROM player_launches l WHERE l.attempt = a.id AND l.mode = 'normal'), 0)`

func scanAttempt(scan func(...any) error) (a Attempt, err error) {
	var started, touched, finished, heard int64
	err = scan(&a.ID, &a.Person, &a.Cohort, &a.Module, &a.Version, &a.Number, &a.Language, &a.Page, &a.State, &a.Percent,
		&a.Points, &a.Max, &started, &touched, &finished, &heard)
	a.StartedAt, a.TouchedAt, a.FinishedAt = db.Time(started), db.Time(max(touched, heard)), db.Time(finished)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "player.no-attempt", nil)
	}
	return a, err
}

func attemptByID(tx *db.Tx, a id.Attempt) (Attempt, error) {
	return scanAttempt(tx.QueryRow(`SELECT `+attemptColumns+` FROM player_attempts a WHERE id = ?1`, a).Scan)
}

// attemptsOf returns a person's attempts at a module in a cohort, the last chosen
// first: that is the latest, unless she went back to one in another language.
func attemptsOf(tx *db.Tx, p id.Person, c id.Cohort, module string) ([]Attempt, error) {
	return db.Collect(tx, func(r *db.Rows) (Attempt, error) { return scanAttempt(r.Scan) },
		`SELECT `+attemptColumns+` FROM player_attempts a WHERE person = ?1 AND cohort = ?2 AND module = ?3
		ORDER BY chosen_at DESC, number DESC`,
		p, c, module)
}

func attemptsOfPerson(tx *db.Tx, p id.Person, c id.Cohort) ([]Attempt, error) {
	return db.Collect(tx, func(r *db.Rows) (Attempt, error) { return scanAttempt(r.Scan) },
		`SELECT `+attemptColumns+` FROM player_attempts a WHERE person = ?1 AND cohort = ?2
		ORDER BY module, chosen_at DESC, number DESC`, p, c)
}

// latestOf returns the attempt of each person at a module that she chose last, by
// person, after the person after.
func latestOf(tx *db.Tx, c id.Cohort, module string, after id.Person, limit int) ([]Attempt, error) {
	return db.Collect(tx, func(r *db.Rows) (Attempt, error) { return scanAttempt(r.Scan) },
		`SELECT `+attemptColumns+` FROM player_attempts a WHERE cohort = ?1 AND module = ?2 AND person > ?3
		AND NOT EXISTS (SELECT 1 FROM player_attempts b WHERE b.cohort = a.cohort AND b.module = a.module
			AND b.person = a.person AND (b.chosen_at > a.chosen_at OR b.chosen_at = a.chosen_at AND b.number > a.number))
		ORDER BY person LIMIT ?4`, c, module, after, limit)
}

func insertAttempt(tx *db.Tx, a Attempt) error {
	_, err := tx.Exec(`INSERT INTO player_attempts (person, cohort, module, started_at, id, version, number, language, page, state, percent, points,
			max_points, touched_at, finished_at, chosen_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, `+chosenNext+`)`,
		a.Person, a.Cohort, a.Module, db.Micros(a.StartedAt), a.ID, a.Version, a.Number, a.Language, a.Page, string(a.State), a.Percent, a.Points, a.Max,
		db.Micros(a.TouchedAt), db.Micros(a.FinishedAt))
	return err
}

func updateAttempt(tx *db.Tx, a Attempt) error {
	return tx.Later(`UPDATE player_attempts SET language = ?2, page = ?3, state = ?4, percent = ?5, points = ?6, max_points = ?7,
		touched_at = ?8, finished_at = ?9 WHERE id = ?1`,
		a.ID, a.Language, a.Page, string(a.State), a.Percent, a.Points, a.Max, db.Micros(a.TouchedAt), db.Micros(a.FinishedAt))
}

// advanceAttempt keeps how far an open attempt has come.
func advanceAttempt(tx *db.Tx, a Attempt) error {
	return tx.Later(`UPDATE player_attempts SET percent = ?2, points = ?3, max_points = ?4, touched_at = ?5 WHERE id = ?1`,
		a.ID, a.Percent, a.Points, a.Max, db.Micros(a.TouchedAt))
}

func pagesOf(tx *db.Tx, a id.Attempt) (map[string]pageState, error) {
	type row struct {
		key   string
		state pageState
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (x row, err error) { return x, r.Scan(&x.key, &x.state) },
		`SELECT page, state FROM player_pages WHERE attempt = ?1`, a)
	out := make(map[string]pageState, len(rows))
	for _, x := range rows {
		out[x.key] = x.state
	}
	return out, err
}

// carryPage takes a page over from another attempt, as of when it was done there.
func carryPage(tx *db.Tx, a Attempt, page string, from id.Attempt) error {
	_, err := tx.Exec(`INSERT INTO player_pages (attempt, page, person, state, at)
		SELECT ?1, page, ?2, state, at FROM player_pages WHERE attempt = ?3 AND page = ?4`, a.ID, a.Person, from, page)
	return err
}

func setPage(tx *db.Tx, a Attempt, page string, s pageState) error {
	_, err := tx.Exec(`INSERT INTO player_pages (attempt, page, person, state, at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (attempt, page) DO UPDATE SET state = excluded.state, at = excluded.at`,
		a.ID, page, a.Person, string(s), db.Micros(tx.Now()))
	return err
}

func answersOf(tx *db.Tx, a id.Attempt) (map[string]given, error) {
	type row struct {
		item string
		given
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (x row, err error) {
		var response string
		var right int64
		if err := r.Scan(&x.item, &response, &right, &x.points); err != nil {
			return x, err
		}
		x.right = right == 1
		if response == "" { // blanked when she was erased
			return x, nil
		}
		if err := json.Unmarshal([]byte(response), &x.response); err != nil {
			return x, fmt.Errorf("player: answer to %s: %w", x.item, err)
		}
		return x, nil
	}, `SELECT item, response, is_right, points FROM player_answers WHERE attempt = ?1`, a)
	out := make(map[string]given, len(rows))
	for _, x := range rows {
		out[x.item] = x.given
	}
	return out, err
}

// insertAnswer keeps an answer and returns the row's id.
func insertAnswer(tx *db.Tx, a Attempt, page, key string, r item.Response, right bool, points int, carried bool) (string, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("player: answer to %s: %w", key, err)
	}
	row := id.New[string]()
	_, err = tx.Exec(`INSERT INTO player_answers (id, attempt, person, page, item, response, is_right, points, carried, at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`,
		row, a.ID, a.Person, page, key, string(b), db.Flag(right), points, db.Flag(carried), db.Micros(tx.Now()))
	return row, err
}
