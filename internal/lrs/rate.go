package lrs

import (
	"slices"
	"sync"
	"time"

	"cadre/internal/clock"
)

// Unlimited is the [Key.PerMinute] of a key whose requests nobody counts.
const Unlimited = -1

// PerMinute is how many requests a minute a key may send for which nobody said
// otherwise: more than an honest program needs, and less than it takes to keep
// everybody else waiting. A key that may do all is its operator's own, and not
// limited.
const PerMinute = 60_000

// limit is how many requests a minute the key may send; 0 is no bound.
func (k Key) limit() int {
	switch {
	case k.PerMinute > 0:
		return k.PerMinute
	case k.PerMinute == 0 && !slices.Contains(k.Scopes, ScopeAll):
		return PerMinute
	}
	return 0
}

// rates counts the requests of each key at this instance. What is left of a
// minute's requests grows with time, up to a minute's.
type rates struct {
	clock clock.Clock
	mu    sync.Mutex
	left  map[string]allowance
}

type allowance struct {
	requests float64
	at       time.Time
}

const ratesMax = 10_000

func newRates(c clock.Clock) *rates { return &rates{clock: c, left: map[string]allowance{}} }

// take counts a request. It returns how long to wait where there may be none now.
func (r *rates) take(k Key) time.Duration {
	limit := float64(k.limit())
	if limit == 0 {
		return 0
	}
	now := r.clock.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.left[k.ID]
	if !ok {
		if len(r.left) >= ratesMax {
			r.left = map[string]allowance{}
		}
		a = allowance{limit, now}
	}
	if passed := now.Sub(a.at); passed > 0 { // a clock that was set back gives nothing
		a.requests = min(limit, a.requests+limit*passed.Minutes())
	}
	a.at = now
	var wait time.Duration
	if a.requests < 1 {
		wait = time.Duration((1 - a.requests) / limit * float64(time.Minute))
	} else {
		a.requests--
	}
	r.left[k.ID] = a
	return wait
}
