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
	log     *tree         // as that left it
	at      Hash          // the hash of the entry that it ends with
}

// Attach makes d's updates write the journal. It is called once per open
// database, before its first Update. See [Journal.Guard] for the witness.
func Attach(d *db.DB) *Journal {
	j := &Journal{d: d, changed: make(chan struct{})}
	d.SetFlusher(j.flush)
	return j
}

// grown returns a copy of the log's edge of so many leaves, of which the last is for
// the entry with that hash, if this instance has written it: the hash follows from
// all entries before, so no other log ends like it. It is nil where the log has grown
// by another instance, or was put back.
func (j *Journal) grown(size int64, last Hash) *tree {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.log == nil || j.log.size != size || j.at != last {
		return nil
	}
	log := *j.log
	return &log
}

// committed tells followers and the witness that entries are durable, and keeps the
// log's edge for the next.
func (j *Journal) committed(h Head, log *tree, last Hash) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.log, j.at = log, last
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
