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
}

// Attach makes d's updates write the journal. It is called once per open
// database, before its first Update. See [Journal.Guard] for the witness.
func Attach(d *db.DB) *Journal {
	j := &Journal{d: d, changed: make(chan struct{})}
	d.SetFlusher(j.flush)
	return j
}

// committed tells followers and the witness that entries are durable.
func (j *Journal) committed(h Head) {
	j.mu.Lock()
	defer j.mu.Unlock()
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
