package content

import (
	"sync/atomic"
	"time"

	"cadre/internal/id"
)

// working is how far the import of an upload is.
type working struct {
	done, all atomic.Int64 // files
	percent   atomic.Int64 // of the next one
}

func (w *working) files(done, all int, _ int64) {
	w.percent.Store(0)
	w.done.Store(int64(done))
	w.all.Store(int64(all))
}

func (w *working) playing(_ string, done, all time.Duration) {
	if all > 0 {
		w.percent.Store(int64(min(100, 100*done/all)))
	}
}

// Working returns how much of an upload that is being brought in was worked on, in
// per cent of its files; false if it is not being brought in, or by another instance.
func (s *Service) Working(u id.Upload) (percent int, ok bool) {
	v, ok := s.working.Load(u)
	if !ok {
		return 0, false
	}
	w := v.(*working)
	all := w.all.Load()
	if all == 0 {
		return 0, true
	}
	return int((100*w.done.Load() + w.percent.Load()) / all), true
}
