package lrs

// Gathered counts the requests that wait to be written together.
func (s *Service) Gathered() int { return s.gathering.Waiting() }

// Busy reports whether a request is being written, or waits.
func (s *Service) Busy() bool { return s.gathering.Busy() }
