package job

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// MaxAttempts is how often a job is tried before it is dead.
const MaxAttempts = 12

// KeptDone and KeptDead are how long finished and dead jobs stay to be seen.
const (
	KeptDone = 7 * 24 * time.Hour
	KeptDead = 90 * 24 * time.Hour
)

// Backoff is the pause after the n-th failed attempt, n from 1: five seconds,
// tripled each time, at most an hour.
func Backoff(n int) time.Duration {
	d := 5 * time.Second
	for ; n > 1 && d < time.Hour; n-- {
		d *= 3
	}
	return min(d, time.Hour)
}

// Spec says what to do.
type Spec struct {
	// Kind names the handler, "area.verb".
	Kind string
	// Payload is marshalled as JSON. It holds ids, never names or free text.
	Payload any
	// RunAt is when the job is due, in domain time; the zero Time is at once.
	RunAt time.Time
	// Key makes the job unique: while one of the same kind and key is
	// unfinished, another is not enqueued. Empty for no such bound.
	Key string
}

// Enqueue adds a job to the transaction and returns its id: that of the
// unfinished one with the same kind and key, if there is one.
func Enqueue(tx *db.Tx, s Spec) (id.Job, error) {
	if s.Kind == "" {
		return "", errors.New("job: a job without a kind")
	}
	var key *string
	if s.Key != "" {
		key = &s.Key
		var existing id.Job
		err := tx.QueryRow(`SELECT id FROM job_queue WHERE kind = ?1 AND unique_key = ?2 AND state IN ('ready', 'leased')`,
			s.Kind, s.Key).Scan(&existing)
		if !errors.Is(err, sql.ErrNoRows) {
			return existing, err
		}
	}
	payload, err := json.Marshal(s.Payload)
	if err != nil {
		return "", fmt.Errorf("job: payload of %s: %w", s.Kind, err)
	}
	at := s.RunAt
	if at.IsZero() {
		at = tx.Now()
	}
	jid := id.New[id.Job]()
	_, err = tx.Exec(`INSERT INTO job_queue (id, kind, unique_key, payload, state, run_at, attempts, lease, lease_until, last_error, created_at, ended_at)
		VALUES (?1, ?2, ?3, ?4, 'ready', ?5, 0, NULL, 0, '', ?6, 0)`,
		jid, s.Kind, key, payload, db.Micros(at), db.Micros(tx.Now()))
	return jid, err
}

// Cancel removes the unfinished job of that kind and key. It reports whether
// there was one. A handler that is running at that moment cannot complete.
func Cancel(tx *db.Tx, kind, key string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM job_queue WHERE kind = ?1 AND unique_key = ?2 AND state IN ('ready', 'leased')`, kind, key)
	return n > 0, err
}

// Dead is a job that was given up.
type Dead struct {
	ID       id.Job
	Kind     string
	Attempts int
	EndedAt  time.Time
	// Error is the last failure, as the log has it. It is for administrators.
	Error string
}

// DeadLetters returns up to limit dead jobs, the latest first.
func DeadLetters(tx *db.Tx, limit int) ([]Dead, error) {
	return db.Collect(tx, func(r *db.Rows) (d Dead, err error) {
		var ended int64
		err = r.Scan(&d.ID, &d.Kind, &d.Attempts, &ended, &d.Error)
		d.EndedAt = db.Time(ended)
		return d, err
	}, `SELECT id, kind, attempts, ended_at, last_error FROM job_queue WHERE state = 'dead' ORDER BY ended_at DESC, id LIMIT ?1`, limit)
}

// CountDead returns the number of jobs that were given up.
func CountDead(tx *db.Tx) (n int64, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM job_queue WHERE state = 'dead'`).Scan(&n)
	return n, err
}

// Revive makes a dead job due now, with all its attempts before it.
func Revive(tx *db.Tx, jid id.Job) error {
	n, err := tx.Exec(`UPDATE job_queue SET state = 'ready', run_at = ?2, attempts = 0, ended_at = 0
		WHERE id = ?1 AND state = 'dead' AND NOT EXISTS (
			SELECT 1 FROM job_queue o WHERE o.kind = job_queue.kind AND o.unique_key = job_queue.unique_key AND o.state IN ('ready', 'leased'))`,
		jid, db.Micros(tx.Now()))
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "job.not-dead", nil)
	}
	return err
}

// Sweep deletes jobs that ended long enough ago and returns their number.
func Sweep(tx *db.Tx) (int64, error) {
	done, err := tx.Exec(`DELETE FROM job_queue WHERE state = 'done' AND ended_at < ?1`, db.Micros(tx.Now().Add(-KeptDone)))
	if err != nil {
		return 0, err
	}
	dead, err := tx.Exec(`DELETE FROM job_queue WHERE state = 'dead' AND ended_at < ?1`, db.Micros(tx.Now().Add(-KeptDead)))
	return done + dead, err
}

// Tables declares the package's table.
func Tables() []db.Table {
	return []db.Table{{
		Name: "job_queue", Owner: "job",
		Purpose:  "Work to be done after the commit that decided it, and what became of it.",
		Keep:     "7 days after it was done, 90 days after it was given up",
		FreeText: []string{"last_error"},
	}}
}
