package lrs

// Gathered counts the requests that wait to be written together.
func (s *Service) Gathered() int { return s.gathering.Waiting() }
