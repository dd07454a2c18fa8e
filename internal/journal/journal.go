package journal

import (
	"sync"

	"cadre/internal/db"
)

// Journal is the journal of one open database. It is safe for use by several
// goroutines.
type Journal struct {
	d *db.DB

	mu      sync.Mutex
	head    Head          // the last that this instance committed
	changed chan struct{} // closed, and made anew, at each commit
	end     end           // as that left it
	alone   bool          // nobody else had written before it
}

// Attach makes d's updates write the journal. It is called once per open
// database, before its first Update. See [Journal.Guard] for the witness.
func Attach(d *db.DB) *Journal {
	j := &Journal{d: d, changed: make(chan struct{})}
	d.SetFlusher(j.flush)
	return j
}

// left returns the end as this instance has left it; not known where another has
// written in between, as far as was seen last, so that it will have done so again.
func (j *Journal) left() (e end, known bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.end.log == nil || !j.alone {
		return e, false
	}
	e = j.end
	log := *e.log
	e.log = &log
	return e, true
}

// committed tells followers and the witness that entries are durable, and keeps the
// end for the next.
func (j *Journal) committed(e end) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.alone = j.end.log == nil || e.before.hash == j.end.head.Hash
	j.end = e
	h := Head{Origin: e.head.Origin, Incarnation: e.head.Incarnation, Sequence: e.head.Sequence, Hash: e.head.Hash.String()}
	if h.Sequence > j.head.Sequence || h.Incarnation != j.head.Incarnation {
		j.head = h
	}
	close(j.changed)
	j.changed = make(chan struct{})
}

// watch returns the last head committed by this instance, and a channel that is
// closed when there is a newer one.
func (j *Journal) watch() (Head, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.head, j.changed
}
