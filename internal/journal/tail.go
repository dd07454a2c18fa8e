package journal

import (
	"context"
	"time"

	"cadre/internal/db"
)

// tailPage is how many entries a follower reads at once.
const tailPage = 500

const recordColumns = `e.sequence, e.origin, e.incarnation, e.at, e.actor, e.kind, e.version,
	e.country, e.agency, e.programme, e.cohort, e.subject, e.previous, e.body_hash, e.hash, b.body`

func scanRecord(rows *db.Rows) (Record, error) {
	var r Record
	var at int64
	var previous, bodyHash, hash []byte
	r.Lane = db.Main.String()
	err := rows.Scan(&r.Sequence, &r.Origin, &r.Incarnation, &at, &r.Actor, &r.Kind, &r.Version,
		&r.Scope.Country, &r.Scope.Agency, &r.Scope.Programme, &r.Scope.Cohort, &r.Subject,
		&previous, &bodyHash, &hash, &r.Body)
	if err != nil {
		return r, err
	}
	r.At = db.Time(at)
	r.Previous, r.BodyHash, r.Hash = stored(previous), stored(bodyHash), stored(hash)
	return r, nil
}

// Tail returns up to limit entries after the sequence after, in order. The
// sequences of committed entries have no gap, so whoever goes on from the last
// one misses none.
func Tail(tx *db.Tx, after int64, limit int) ([]Record, error) {
	return db.Collect(tx, scanRecord, `SELECT `+recordColumns+` FROM journal_entries e
		LEFT JOIN journal_bodies b ON b.lane = e.lane AND b.sequence = e.sequence
		WHERE e.lane = ?1 AND e.sequence > ?2 ORDER BY e.sequence LIMIT ?3`, db.Main.String(), after, limit)
}

// About returns up to limit entries with the given subject, newest first, before
// the sequence before (0: from the newest). Those about nothing in particular are not
// found by an empty one: the index leaves them out.
func About(tx *db.Tx, subject string, before int64, limit int) ([]Record, error) {
	if before == 0 {
		before = 1 << 62
	}
	return db.Collect(tx, scanRecord, `SELECT `+recordColumns+` FROM journal_entries e
		LEFT JOIN journal_bodies b ON b.lane = e.lane AND b.sequence = e.sequence
		WHERE e.lane = ?1 AND e.subject = ?2 AND e.subject <> '' AND e.sequence < ?3 ORDER BY e.sequence DESC LIMIT ?4`,
		db.Main.String(), subject, before, limit)
}

// Follow calls f with each entry after the sequence after, in order, until ctx
// ends or f fails, and returns why. New entries of this instance wake it; those
// of other instances on the same database are found every poll.
//
// If f fails or the process dies, the follower goes on from the last sequence
// that it has stored, and so may see an entry twice; it never misses one.
func (j *Journal) Follow(ctx context.Context, after int64, poll time.Duration, f func(Record) error) error {
	timer := time.NewTimer(poll)
	defer timer.Stop()
	for {
		_, changed := j.watch()
		var page []Record
		err := j.d.View(ctx, func(tx *db.Tx) (err error) {
			page, err = Tail(tx, after, tailPage)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := f(r); err != nil {
				return err
			}
			after = r.Sequence
		}
		if len(page) == tailPage {
			continue
		}
		timer.Reset(poll)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
