package player

import (
	"strconv"
	"time"

	"cadre/internal/db"
	"cadre/internal/lrs"
)

// Gathered counts the batches that wait to be written together.
func (s *Service) Gathered() int { return s.arrivals.Waiting() }

// Busy reports whether a batch is being written, or waits.
func (s *Service) Busy() bool { return s.arrivals.Busy() }

// Forget drops what batches have left, so that the next reads everything.
func (s *Service) Forget() { s.recall.mark = db.Mark{} }

// Recalled counts the attempts of which it is held.
func (s *Service) Recalled() int {
	s.recall.mu.Lock()
	defer s.recall.mu.Unlock()
	return len(s.recall.by)
}

// Rehearsals are what an instance holds of previews.
type Rehearsals struct{ of rehearsals }

// Take uses one, and counts those that are begun.
func (r *Rehearsals) Take(session int, now time.Time, begun *int) {
	_ = r.of.take(strconv.Itoa(session), now, func(*rehearsal) {}, func() (*lrs.Scratch, error) { *begun++; return nil, nil }) // none fails to begin
}

// Len counts them.
func (r *Rehearsals) Len() int { return len(r.of.all) }
