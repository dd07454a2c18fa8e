package lrs

import (
	"database/sql"
	"errors"
	"slices"

	"cadre/internal/db"
	"cadre/internal/lrs/statement"
)

// chainMax bounds how far statements that refer to statements are followed.
const chainMax = 16

// follow does what statements that refer to others ask for, whichever comes
// first: a filter that finds the target finds the one that refers to it, and a
// voiding statement voids.
func (w *writer) follow() error {
	var extra []posting
	for _, n := range w.fresh {
		if !n.HasTarget {
			continue
		}
		keys, err := w.beyond(n.Target, []statement.UUID{n.id})
		if err != nil {
			return err
		}
		for _, k := range keys {
			extra = append(extra, posting{k, n.stored})
		}
		if n.Voids {
			if err := w.void(n.Target); err != nil {
				return err
			}
		}
	}
	late, err := w.awaited()
	if err != nil {
		return err
	}
	return w.post(append(extra, late...))
}

// find returns the statement of an id, from this batch or from the store; nil if
// there is none.
func (w *writer) find(id statement.UUID) (*statement.Statement, error) {
	for _, n := range w.fresh {
		if n.id == id {
			return n.Statement, nil
		}
	}
	r, err := byID(w.tx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.read()
}

// beyond returns the keys of the statement id and of what it refers to in turn.
func (w *writer) beyond(id statement.UUID, way []statement.UUID) ([]int64, error) {
	if len(way) > chainMax || slices.Contains(way, id) {
		return nil, nil
	}
	st, err := w.find(id)
	if err != nil || st == nil {
		return nil, err
	}
	keys := contentKeys(w.salt, st)
	if st.HasTarget {
		more, err := w.beyond(st.Target, append(way, id))
		if err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	return keys, nil
}

// void marks a statement as voided, unless it voids one itself.
func (w *writer) void(id statement.UUID) error {
	st, err := w.find(id)
	if err != nil || st == nil || st.Voids {
		return err // one that is not there yet is voided when it comes
	}
	_, err = w.tx.Exec(`UPDATE lrs_statements SET voided = 1 WHERE stored = (SELECT stored FROM lrs_ids WHERE id = ?1)`, id[:])
	return err
}

// awaited finds earlier statements that refer to those that have come only now:
// they are found by what these are found by, and void them.
func (w *writer) awaited() ([]posting, error) {
	byID := make(map[statement.UUID]*incoming, len(w.fresh))
	ids := make([]any, 0, len(w.fresh))
	for _, n := range w.fresh {
		if n.HasID { // one of ours nobody can have known
			byID[n.id] = n
			ids = append(ids, n.id[:])
		}
	}
	targets, err := db.QueryIn(w.tx, func(r *db.Rows) (t []byte, err error) { return t, r.Scan(&t) },
		`SELECT DISTINCT target FROM lrs_targets WHERE target IN `, ids)
	if err != nil {
		return nil, err
	}
	var out []posting
	for _, t := range targets {
		more, err := w.awaitedBy(byID[statement.UUID(t)])
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func (w *writer) awaitedBy(n *incoming) (out []posting, err error) {
	err = w.referrers(n.id, func(stored int64, from *statement.Statement, id statement.UUID) error {
		if stored == n.stored {
			return nil
		}
		if from.Voids && from.Target == n.id && !n.Voids {
			if err := w.void(n.id); err != nil {
				return err
			}
		}
		keys, err := w.beyond(n.id, []statement.UUID{id})
		for _, k := range keys {
			out = append(out, posting{k, stored})
		}
		return err
	}, nil)
	return out, err
}

// referrers calls f for each statement that refers to id, and for those that
// refer to them in turn.
func (w *writer) referrers(id statement.UUID, f func(stored int64, from *statement.Statement, id statement.UUID) error, way []statement.UUID) error {
	if len(way) > chainMax || slices.Contains(way, id) {
		return nil
	}
	found, err := db.Collect(w.tx, func(r *db.Rows) (int64, error) {
		var stored int64
		return stored, r.Scan(&stored)
	}, `SELECT stored FROM lrs_targets WHERE target = ?1`, id[:])
	if err != nil {
		return err
	}
	for _, stored := range found {
		r, err := one(w.tx, stored)
		if errors.Is(err, sql.ErrNoRows) {
			continue // erased
		}
		if err != nil {
			return err
		}
		st, err := r.read()
		if err != nil {
			return err
		}
		if err := f(stored, st, r.id); err != nil {
			return err
		}
		if err := w.referrers(r.id, f, append(way, id)); err != nil {
			return err
		}
	}
	return nil
}
