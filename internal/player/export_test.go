package player

import "cadre/internal/db"

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
