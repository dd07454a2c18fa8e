package player

// Gathered counts the batches that wait to be written together.
func (s *Service) Gathered() int { return s.arrivals.Waiting() }

// Busy reports whether a batch is being written, or waits.
func (s *Service) Busy() bool { return s.arrivals.Busy() }
