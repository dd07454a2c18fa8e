package lrs

// Gathered counts the requests that wait to be written together.
func (s *Service) Gathered() int {
	s.gathering.mu.Lock()
	defer s.gathering.mu.Unlock()
	return len(s.gathering.waiting)
}
