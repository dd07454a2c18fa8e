package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sync"
	"sync/atomic"

	"cadre/internal/db"
	"cadre/internal/db/crashtest"
)

// database is the path of an instance's database in its folder.
const database = "data/cadre.db"

// memory is what Cadre told of the states that the cuts of one life have left. Many
// cuts leave the same state: what lies between two commits is recovered to either.
type memory struct {
	states *crashtest.States
	opened atomic.Int64

	mu   sync.Mutex
	told map[string]*opened
}

// opened is what Cadre tells of a state.
type opened struct {
	once sync.Once
	seen seen
	err  error
}

// recall judges what a cut has left. SQLite recovers the database, whatever it
// looks like. Where the result is not, byte for byte and file for file, one that
// Cadre has opened before, or if again is set, Cadre opens what the cut has left
// and verifies the whole; where it is, what Cadre told of it is true of this cut,
// too. All that was answered before this cut is looked for in any case.
func (b *bench) recall(m *memory, dir string, img crashtest.Image, all, then *diary, again bool) error {
	state, err := m.states.Of(img)
	if err != nil { // Cadre has its own say about it
		state = dir
	}
	m.mu.Lock()
	o := m.told[state]
	if o == nil {
		o = &opened{}
		m.told[state] = o
	}
	m.mu.Unlock()
	look := func() (seen, error) {
		m.opened.Add(1)
		return b.look(dir, img, all)
	}
	fresh := false
	o.once.Do(func() { fresh = true; o.seen, o.err = look() })
	if again && !fresh {
		if s, err := look(); !reflect.DeepEqual(s, o.seen) || (err == nil) != (o.err == nil) {
			return fmt.Errorf("one state is told as %v, %v, and then as %v, %v", o.seen, o.err, s, err)
		}
	}
	return errors.Join(o.err, then.judge(o.seen))
}

// look opens what a cut has left, as a machine that starts again does, verifies it
// and sees what is there of what the diary tells of.
func (b *bench) look(dir string, img crashtest.Image, d *diary, more ...func(tx *db.Tx) error) (s seen, err error) {
	if err := img.Write(dir); err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a, err := b.open(dir, nil)
	if err != nil {
		return s, fmt.Errorf("it does not open: %w", err)
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.FinishErasures(context.Background()); err != nil {
		return s, fmt.Errorf("an erasure cannot be made good: %w", err)
	}
	if err := a.Ready(context.Background()); err != nil {
		return s, fmt.Errorf("it is not ready: %w", err)
	}
	v, err := a.Verify(context.Background(), nil, "", nil)
	if err != nil {
		return s, err
	}
	if !v.OK() {
		err = fmt.Errorf("verify: %v %v", v.Journal.Findings, v.Files)
	}
	for _, f := range more {
		err = errors.Join(err, a.DB.View(context.Background(), f))
	}
	s, serr := d.see(a)
	return s, errors.Join(err, serr)
}

func (c tally) String() string {
	return fmt.Sprintf("%d cuts in %d lives, %d opened by Cadre: %d deeds, %d answered, %d sent again; %d cuts lost something, %d doubled something",
		c.cuts, c.lives, c.opened, c.deeds, c.acknowledged, c.resent, c.lost, c.doubled)
}
