package assess

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

// testRow is a row of assess_tests.
type testRow struct {
	id        string
	programme id.Programme
	key       string
	current   id.TestVersion
}

func testByKey(tx *db.Tx, key string) (t testRow, err error) {
	err = tx.QueryRow(`SELECT id, programme, key, current FROM assess_tests WHERE key = ?1`, key).
		Scan(&t.id, &t.programme, &t.key, &t.current)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "assess.no-test", nil)
	}
	return t, err
}

func allTests(tx *db.Tx) ([]testRow, error) {
	return db.Collect(tx, func(r *db.Rows) (t testRow, err error) {
		return t, r.Scan(&t.id, &t.programme, &t.key, &t.current)
	}, `SELECT id, programme, key, current FROM assess_tests ORDER BY key`)
}

func versionByDigest(tx *db.Tx, test, digest string) (v id.TestVersion, number int, err error) {
	err = tx.QueryRow(`SELECT id, number FROM assess_versions WHERE test = ?1 AND digest = ?2`, test, digest).Scan(&v, &number)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return v, number, err
}

func latestNumber(tx *db.Tx, test string) (n int, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MAX(number), 0) FROM assess_versions WHERE test = ?1`, test).Scan(&n)
	return n, err
}

func compiled(tx *db.Tx, v id.TestVersion) (*Test, error) {
	var b []byte
	err := tx.QueryRow(`SELECT compiled FROM assess_versions WHERE id = ?1`, v).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "assess.no-test", nil)
	}
	if err != nil {
		return nil, err
	}
	t := new(Test)
	if err := json.Unmarshal(b, t); err != nil {
		return nil, fmt.Errorf("assess: version %s: %w", v, err)
	}
	return t, nil
}

// State is where a sitting stands.
type State string

// The states of a sitting.
const (
	Open      State = "open"
	Submitted State = "submitted"
)

// Medium is on what a test was taken.
type Medium string

// The media.
const (
	OnScreen Medium = "screen"
	OnPaper  Medium = "paper"
)

// Attempt is one person's sitting of one stage.
type Attempt struct {
	ID      id.Attempt
	Person  id.Person
	Cohort  id.Cohort
	Stage   string
	Form    string // pre, post, delayed
	Version id.TestVersion
	Medium  Medium
	State   State
	// Language is the one it is shown in; empty on paper.
	Language string
	// ByItem is set where results by item are known, and not the total alone.
	ByItem      bool
	Points, Max int
	EnteredBy   string // as actor.Actor.ID names them
	StartedAt   time.Time
	DueAt       time.Time // zero where there is no limit
	SubmittedAt time.Time // when it was handed in, or taken on paper; zero while open

	fact      id.Fact
	enteredAt time.Time
}

// Percent is the result in points of a hundred.
func (a Attempt) Percent() float64 {
	if a.Max == 0 {
		return 0
	}
	return 100 * float64(a.Points) / float64(a.Max)
}

const attemptColumns = `id, person, cohort, stage, form, version, medium, state, language, by_item, points, max_points, fact, entered_by,
	started_at, due_at, submitted_at, entered_at`

func scanAttempt(scan func(...any) error) (a Attempt, err error) {
	var byItem, started, due, submitted, entered int64
	err = scan(&a.ID, &a.Person, &a.Cohort, &a.Stage, &a.Form, &a.Version, &a.Medium, &a.State, &a.Language, &byItem, &a.Points, &a.Max,
		&a.fact, &a.EnteredBy, &started, &due, &submitted, &entered)
	a.ByItem = byItem == 1
	a.StartedAt, a.DueAt, a.SubmittedAt, a.enteredAt = db.Time(started), db.Time(due), db.Time(submitted), db.Time(entered)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "assess.no-attempt", nil)
	}
	return a, err
}

func attemptByID(tx *db.Tx, a id.Attempt) (Attempt, error) {
	return scanAttempt(tx.QueryRow(`SELECT `+attemptColumns+` FROM assess_attempts WHERE id = ?1`, a).Scan)
}

// attemptAt returns a person's sitting of a stage, and whether there is one.
func attemptAt(tx *db.Tx, p id.Person, c id.Cohort, stage string) (Attempt, bool, error) {
	a, err := scanAttempt(tx.QueryRow(`SELECT `+attemptColumns+` FROM assess_attempts WHERE person = ?1 AND cohort = ?2 AND stage = ?3`,
		p, c, stage).Scan)
	if fault.Is(err, fault.NotFound) {
		return a, false, nil
	}
	return a, err == nil, err
}

func attemptsWhere(tx *db.Tx, where string, args ...any) ([]Attempt, error) {
	return db.Collect(tx, func(r *db.Rows) (Attempt, error) { return scanAttempt(r.Scan) },
		`SELECT `+attemptColumns+` FROM assess_attempts WHERE `+where, args...)
}

func writeAttempt(tx *db.Tx, a Attempt) error {
	_, err := tx.Exec(`INSERT INTO assess_attempts (`+attemptColumns+`)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, language = excluded.language, by_item = excluded.by_item,
		points = excluded.points, max_points = excluded.max_points, fact = excluded.fact, entered_by = excluded.entered_by,
		submitted_at = excluded.submitted_at, entered_at = excluded.entered_at`,
		a.ID, a.Person, a.Cohort, a.Stage, a.Form, a.Version, string(a.Medium), string(a.State), a.Language, db.Flag(a.ByItem), a.Points, a.Max,
		a.fact, a.EnteredBy, db.Micros(a.StartedAt), db.Micros(a.DueAt), db.Micros(a.SubmittedAt), db.Micros(a.enteredAt))
	return err
}

// given is an answer as marked.
type given struct {
	row      string
	response item.Response
	right    bool
	points   int
}

func answersOf(tx *db.Tx, a id.Attempt) (map[string]given, error) {
	type row struct {
		item string
		given
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (x row, err error) {
		var response string
		var right int64
		if err := r.Scan(&x.row, &x.item, &response, &right, &x.points); err != nil {
			return x, err
		}
		x.right = right == 1
		if response == "" { // entered as points, or blanked when she was erased
			return x, nil
		}
		if err := json.Unmarshal([]byte(response), &x.response); err != nil {
			return x, fmt.Errorf("assess: answer to %s: %w", x.item, err)
		}
		return x, nil
	}, `SELECT id, item, response, is_right, points FROM assess_answers WHERE attempt = ?1`, a)
	out := make(map[string]given, len(rows))
	for _, x := range rows {
		out[x.item] = x.given
	}
	return out, err
}

// putAnswer keeps an answer, in the place of an earlier one to the same item.
func putAnswer(tx *db.Tx, a Attempt, key string, g given) (row string, err error) {
	response := ""
	if !g.response.Empty() {
		b, err := json.Marshal(g.response)
		if err != nil {
			return "", fmt.Errorf("assess: answer to %s: %w", key, err)
		}
		response = string(b)
	}
	row = g.row
	if row == "" {
		row = id.New[string]()
	}
	_, err = tx.Exec(`INSERT INTO assess_answers (id, attempt, person, item, response, is_right, points, at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
		ON CONFLICT (attempt, item) DO UPDATE SET response = excluded.response, is_right = excluded.is_right,
		points = excluded.points, at = excluded.at`,
		row, a.ID, a.Person, key, response, db.Flag(g.right), g.points, db.Micros(tx.Now()))
	return row, err
}
