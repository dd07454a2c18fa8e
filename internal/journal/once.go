package journal

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// OutcomesKept is how long the outcome of an operation is remembered: a resend
// after that is a new act, and is refused by whatever state the first one left.
const OutcomesKept = 90 * 24 * time.Hour

// Once does the operation op, whose kind is kind ("area.verb"), at most once.
//
// The first time it runs f, which sets *out, and stores *out as JSON in the
// same transaction. If op comes again, because the form was sent twice or the
// first answer was lost, f does not run: *out is what the first run stored, and
// replayed is true. An operation that failed stored nothing and may come again.
//
// op belongs to one person (or timer) and one kind: anyone else's, and any
// other kind's, resend is a [fault.Conflict] that tells nothing of the outcome.
func Once[T any](tx *db.Tx, op id.Operation, kind string, out *T, f func() error) (replayed bool, err error) {
	if !id.Valid(string(op)) {
		return false, fault.New(fault.Invalid, "journal.operation-missing", nil)
	}
	var who, what string
	var outcome []byte
	err = tx.QueryRow(`SELECT actor, kind, outcome FROM journal_operations WHERE id = ?1`, op).Scan(&who, &what, &outcome)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, err
	case who != tx.Actor().ID() || what != kind:
		return false, fault.New(fault.Conflict, "journal.operation-taken", nil)
	default:
		if err := json.Unmarshal(outcome, out); err != nil {
			return false, fmt.Errorf("journal: outcome of %s: %w", kind, err)
		}
		return true, nil
	}
	if err := f(); err != nil {
		return false, err
	}
	if outcome, err = json.Marshal(out); err != nil {
		return false, fmt.Errorf("journal: outcome of %s: %w", kind, err)
	}
	_, err = tx.Exec(`INSERT INTO journal_operations (id, actor, kind, outcome, at) VALUES (?1, ?2, ?3, ?4, ?5)`,
		op, tx.Actor().ID(), kind, outcome, db.Micros(tx.Now()))
	return false, err
}

// ForgetOutcomesWith deletes the outcomes that hold one of the texts, whoever
// acted, and returns their number. A resend of such an operation is then a new
// act; the erasure of a person is worth that.
func ForgetOutcomesWith(tx *db.Tx, texts [][]byte) (int64, error) {
	var gone int64
	for after := ""; ; {
		type row struct {
			id      string
			outcome []byte
		}
		page, err := db.Collect(tx, func(r *db.Rows) (o row, err error) { return o, r.Scan(&o.id, &o.outcome) },
			`SELECT id, outcome FROM journal_operations WHERE id > ?1 ORDER BY id LIMIT ?2`, after, tailPage)
		if err != nil {
			return gone, err
		}
		for _, o := range page {
			after = o.id
			if slices.ContainsFunc(texts, func(t []byte) bool { return len(t) > 0 && bytes.Contains(o.outcome, t) }) {
				if _, err := tx.Exec(`DELETE FROM journal_operations WHERE id = ?1`, o.id); err != nil {
					return gone, err
				}
				gone++
			}
		}
		if len(page) < tailPage {
			return gone, nil
		}
	}
}

// ForgetOutcomes deletes outcomes that are older than [OutcomesKept] and
// returns their number.
func ForgetOutcomes(tx *db.Tx) (int64, error) {
	return tx.Exec(`DELETE FROM journal_operations WHERE at < ?1`, db.Micros(tx.Now().Add(-OutcomesKept)))
}
