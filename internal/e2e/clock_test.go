package e2e_test

import (
	"testing"
	"time"

	"cadre/internal/clock"
	"cadre/internal/cohort"
)

// The server's clock stands still, is set back, and jumps by ten years, either way:
// nothing that people do is refused for it, lost or doubled, and verification finds
// nothing.
func TestDoubtfulClocksLoseNothing(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		a := newInstance(t, database).openAt(t, monday)
		w := newWorld(t, a, 1)
		c := a.Clock.(*clock.Fake)
		d := &diary{w: w}
		do := func(x deed) got {
			t.Helper()
			x.Op = op()
			l := d.begin(x, 0)
			g, err := w.do(a, x)
			if err != nil {
				t.Fatalf("%s at %s: %v", x.Do, c.Now(), err)
			}
			l.got, l.answered = g, true
			// Sent again, when the clock says something else.
			c.Set(c.Now().Add(-time.Minute))
			if again, err := w.do(a, x); err != nil || again != g {
				t.Errorf("%s, sent again: %+v, %v", x.Do, again, err)
			}
			return g
		}
		var people []cohort.Proposed
		for _, jump := range []time.Duration{0, 0, -time.Hour, 10 * 365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour, 10 * 365 * 24 * time.Hour, 0} {
			c.Set(c.Now().Add(jump))
			for _, p := range people { // who was proposed at another time
				do(deed{Do: "accept", Of: p})
				do(deed{Do: "confirm", Of: p})
			}
			people = []cohort.Proposed{do(deed{Do: "propose"}).Proposed}
			do(deed{Do: "letter", Of: people[0]})
		}
		if err := d.check(a); err != nil {
			t.Error(err)
		}
		verified(t, a)
		closed(t, a)
	})
}
