package lrs

import (
	"database/sql"
	"errors"
	"slices"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/lrs/statement"
)

// chainMax bounds how far statements that refer to statements are followed.
const chainMax = 16

// follow does what statements that refer to others ask for, whichever comes
// first: a filter that finds the target finds the one that refers to it, and a
// voiding statement voids. What a limited key wrote reaches no further than the key
// does: it voids nothing beyond, and says nothing of what stands there.
func (w *writer) follow() error {
	var extra []posting
	for _, n := range w.fresh {
		if !n.HasTarget {
			continue
		}
		within := n.from.within
		if w.own {
			within = nil
		}
		keys, err := w.beyond(within, n.Target, []statement.UUID{n.id})
		if err != nil {
			return err
		}
		for _, k := range keys {
			extra = append(extra, posting{k, n.stored})
		}
		if n.Voids {
			voids := n.from.voids
			if w.own {
				voids = nil
			}
			reached, err := w.reaches(voids, n.Target)
			if err != nil {
				return err
			}
			if !reached {
				return refuse(fault.Denied, "this key may not void statements that it may not read")
			}
			if err := w.void(n.Target); err != nil {
				return err
			}
		}
	}
	late, err := w.awaited()
	if err != nil {
		return err
	}
	return w.post(append(extra, late...), " ON CONFLICT DO NOTHING")
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

// reaches reports whether somebody whose key is limited by the keys of within may
// touch the statement id. One that is not there yet may be spoken of; when it comes
// it is asked about again.
func (w *writer) reaches(within []int64, id statement.UUID) (bool, error) {
	if len(within) == 0 {
		return true, nil
	}
	for _, n := range w.fresh {
		if n.id == id {
			return !slices.ContainsFunc(within, func(k int64) bool { return !slices.Contains(n.from.keys, k) }), nil
		}
	}
	r, err := byID(w.tx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	for _, k := range within {
		var there int64
		if err := w.tx.QueryRow(`SELECT COUNT(*) FROM lrs_index WHERE key = ?1 AND stored = ?2`, k, r.stored).Scan(&there); err != nil || there == 0 {
			return false, err
		}
	}
	return true, nil
}

// foundBy returns the keys of its content by which a stored statement is found: not by
// somebody who was erased, although it names her.
func (w *writer) foundBy(id statement.UUID, st *statement.Statement) ([]int64, error) {
	if slices.ContainsFunc(w.fresh, func(n *incoming) bool { return n.id == id }) {
		return contentKeys(w.salt, st), nil
	}
	var stored int64
	if err := w.tx.QueryRow(`SELECT stored FROM lrs_ids WHERE id = ?1`, id[:]).Scan(&stored); err != nil {
		return nil, err
	}
	named := *st
	named.Agents, named.Related = nil, nil
	for _, list := range []struct {
		facet    byte
		from, to *[]string
	}{{facetAgent, &st.Agents, &named.Agents}, {facetRelatedAgent, &st.Related, &named.Related}} {
		for _, agent := range distinct(*list.from) {
			var there int64
			if err := w.tx.QueryRow(`SELECT COUNT(*) FROM lrs_index WHERE key = ?1 AND stored = ?2`, indexKey(w.salt, list.facet, agent), stored).Scan(&there); err != nil {
				return nil, err
			}
			if there > 0 {
				*list.to = append(*list.to, agent)
			}
		}
	}
	return contentKeys(w.salt, &named), nil
}

// beyond returns the keys of the statement id and of what it refers to in turn, as
// far as within reaches.
func (w *writer) beyond(within []int64, id statement.UUID, way []statement.UUID) ([]int64, error) {
	if len(way) > chainMax || slices.Contains(way, id) {
		return nil, nil
	}
	if reached, err := w.reaches(within, id); err != nil || !reached {
		return nil, err
	}
	st, err := w.find(id)
	if err != nil || st == nil {
		return nil, err
	}
	keys, err := w.foundBy(id, st)
	if err != nil {
		return nil, err
	}
	if st.HasTarget {
		more, err := w.beyond(within, st.Target, append(way, id))
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
	err = w.referrers(n.id, func(r row, from *statement.Statement) error {
		if r.stored == n.stored {
			return nil
		}
		of, err := w.belongs(r.authority)
		if err != nil {
			return err
		}
		if from.Voids && from.Target == n.id && !n.Voids {
			reached, err := w.reaches(of.voids, n.id)
			if err != nil {
				return err
			}
			if reached {
				err = w.void(n.id)
			}
			if err != nil {
				return err
			}
		}
		keys, err := w.beyond(of.within, n.id, []statement.UUID{r.id})
		for _, k := range keys {
			out = append(out, posting{k, r.stored})
		}
		return err
	}, nil)
	return out, err
}

// referrers calls f for each statement that refers to id, and for those that
// refer to them in turn.
func (w *writer) referrers(id statement.UUID, f func(r row, from *statement.Statement) error, way []statement.UUID) error {
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
		if err := f(r, st); err != nil {
			return err
		}
		if err := w.referrers(r.id, f, append(way, id)); err != nil {
			return err
		}
	}
	return nil
}
