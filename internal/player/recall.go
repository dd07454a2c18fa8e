package player

import (
	"sync"

	"cadre/internal/db"
	"cadre/internal/id"
)

// Limits of what is recalled.
const (
	recalledMax  = 512 // attempts
	recalledUnit = 32  // units of one
)

// recall holds what batches have left of attempts, so that those that follow need not
// read it: a class that is in its packages commits all the time, and little else
// changes what a batch meets. It holds nothing any more as soon as anything else has
// written to one of these tables; see [db.Tx.Mark].
type recall struct {
	mu   sync.Mutex
	mark db.Mark
	by   map[string]*launched     // by the credential's hash
	of   map[id.Attempt]*launched // the same; no attempt is held for two launches
}

// met are the tables that [launchesByCredential] and [unitsIn] read.
func met(tx *db.Tx) (db.Mark, bool, error) {
	return tx.Mark("player_launches", "player_attempts", "player_runs", "player_units")
}

// take takes out what is held of the launches that batches name, for a transaction to
// change it. Where that fails it is not put back.
func (r *recall) take(tx *db.Tx, group []*arrival) (out map[string]*launched, mark db.Mark, err error) {
	mark, known, err := met(tx)
	if err != nil || !known {
		return nil, db.Mark{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.mark != mark {
		r.mark, r.by, r.of = mark, map[string]*launched{}, map[id.Attempt]*launched{}
	}
	out = make(map[string]*launched, len(group))
	for _, x := range group {
		if l := r.by[x.batch.credential]; l != nil {
			out[x.batch.credential] = l
			r.drop(l)
		}
	}
	return out, mark, nil
}

func (r *recall) drop(l *launched) {
	delete(r.by, l.launch.credential)
	delete(r.of, l.attempt.ID)
}

// put holds what batches have left, in their order, once the transaction is durable.
// before is the mark with which the launches were taken.
func (r *recall) put(tx *db.Tx, before db.Mark, all []*heard) error {
	after, known, err := met(tx)
	if err != nil || !known {
		return err
	}
	tx.AfterCommit(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.mark != before {
			return // others have come in between
		}
		r.mark = after
		for _, h := range all {
			if l := r.of[h.attempt.ID]; l != nil {
				r.drop(l)
			}
			if !h.steady || len(h.units) > recalledUnit {
				continue
			}
			if len(r.by) >= recalledMax {
				r.by, r.of = map[string]*launched{}, map[id.Attempt]*launched{}
			}
			r.by[h.launch.credential], r.of[h.attempt.ID] = h.launched, h.launched
		}
	})
	return nil
}
