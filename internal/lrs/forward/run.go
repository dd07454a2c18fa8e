package forward

import (
	"context"
	"sync"
	"time"

	"cadre/internal/db"
)

// poll is how often targets are looked at.
const poll = time.Second

// Run sends to every target whatever it does not have, until ctx ends; then it
// waits for the requests under way to break off, and returns nil.
func (f *Forwarder) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	var mu sync.Mutex
	busy := map[string]bool{}
	timer := time.NewTicker(poll)
	defer timer.Stop()
	for {
		due, err := f.due(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.WarnContext(ctx, "forward: targets could not be looked at", "error", err)
		}
		for _, target := range due {
			mu.Lock()
			taken := busy[target]
			busy[target] = true
			mu.Unlock()
			if taken {
				continue
			}
			wg.Go(func() {
				if _, err := f.Push(ctx, target); err != nil && ctx.Err() == nil {
					f.Log.WarnContext(ctx, "forward: a target did not take statements; it is tried again", "target", target, "error", err)
				}
				mu.Lock()
				defer mu.Unlock()
				delete(busy, target)
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
	}
}

// due returns the targets that may be sent to now and have not everything, and those
// that have not been looked at for long.
func (f *Forwarder) due(ctx context.Context) (out []string, err error) {
	var all []Target
	var now time.Time
	if err := f.DB.View(ctx, func(tx *db.Tx) error {
		now = tx.Now()
		all, err = targets(tx)
		return err
	}); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, nil
	}
	last, err := f.LRS.Last(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.Paused || t.NextAt.After(now) || t.Position >= last {
			continue
		}
		n := 1
		if last-t.Position < looked {
			if n, err = f.LRS.Waiting(ctx, t.Filter, t.Position, 1); err != nil {
				return out, err
			}
		}
		if n > 0 {
			out = append(out, t.ID)
		}
	}
	return out, nil
}
