package player

// Gathered counts the batches that wait to be written together.
func (s *Service) Gathered() int { return s.arrivals.Waiting() }
