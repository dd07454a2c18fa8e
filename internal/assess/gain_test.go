package assess

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"cadre/internal/id"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-3 }

// The example of paired differences: gains 10, 20, 30, 40 have mean 25,
// deviation 12.910, and with t = 3.1824 for 3 degrees of freedom the interval
// 25 ± 20.543.
func TestTheIntervalIsStudents(t *testing.T) {
	g := gainOf([]Pair{{Pre: 40, Post: 50}, {Pre: 40, Post: 60}, {Pre: 40, Post: 70}, {Pre: 40, Post: 80}})
	if !near(g.Mean, 25) || !near(g.Deviation, 12.90994) || !near(g.Low, 4.45740) || !near(g.High, 45.54260) || !g.Interval {
		t.Errorf("%+v", g)
	}
	if !near(g.Normalised, 25.0/60) || g.Improved != 4 || !g.Few {
		t.Errorf("%+v", g)
	}
}

func TestFewPairsSayWhatTheyCannot(t *testing.T) {
	if g := gainOf(nil); g.Pairs != 0 || g.Interval || math.IsNaN(g.Mean) {
		t.Errorf("nobody: %+v", g)
	}
	if g := gainOf([]Pair{{Pre: 50, Post: 60}}); g.Interval || g.Mean != 10 {
		t.Errorf("one pair has no interval: %+v", g)
	}
	if g := gainOf([]Pair{{Pre: 50, Post: 60}, {Pre: 50, Post: 70}}); !g.Interval || !near(g.High-g.Mean, 12.7062*5) {
		t.Errorf("two pairs: %+v", g)
	}
	if g := gainOf([]Pair{{Pre: 100, Post: 100}, {Pre: 100, Post: 90}}); g.Room != 0 || g.Normalised != 0 || g.Same != 1 || g.Lower != 1 {
		t.Errorf("nobody had room: %+v", g)
	}
}

func TestGainsHoldTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score := rapid.Float64Range(0, 100)
		pairs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Pair {
			return Pair{Person: id.Person(rapid.String().Draw(t, "person")), Pre: score.Draw(t, "pre"), Post: score.Draw(t, "post")}
		}), 0, 40).Draw(t, "pairs")
		g := gainOf(pairs)
		if g.Improved+g.Same+g.Lower != g.Pairs || g.Pairs != len(pairs) {
			t.Fatalf("people are lost: %+v", g)
		}
		if math.Abs(g.Post-g.Pre-g.Mean) > 1e-6 {
			t.Fatalf("the mean gain is the gain of the means: %+v", g)
		}
		if g.Interval && (g.Low > g.Mean || g.Mean > g.High || math.IsNaN(g.Low)) {
			t.Fatalf("the mean lies outside its interval: %+v", g)
		}
	})
}
