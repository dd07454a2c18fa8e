package assess

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"cadre/internal/id"
)

// FewPairs is the number of matched pairs below which a result says that it
// rests on few: the interval is right, and wide, and one person moves it.
const FewPairs = 10

// Confidence is that of every interval: 95 in 100.
const Confidence = 0.95

// Pair is one person's two results, in points of a hundred.
type Pair struct {
	Person    id.Person
	Pre, Post float64
}

// Gain is what a group learned between two sittings, over its matched pairs, in
// points of a hundred.
type Gain struct {
	Pairs int
	// Pre and Post are the means of the pairs' results.
	Pre, Post float64
	// Mean is the mean gain; Low and High are the ends of its interval at
	// [Confidence] (Student's t for paired differences). Interval is false where
	// there is none: with fewer than two pairs nothing can be said of the spread.
	Mean, Low, High float64
	Interval        bool
	// Deviation is the standard deviation of the gains.
	Deviation float64
	// Normalised is the mean over those who had room to gain of
	// (post - pre) / (100 - pre), as a share; Room counts them.
	Normalised float64
	Room       int
	// Improved, Same and Lower count people by the sign of their gain.
	Improved, Same, Lower int
	// Few is set below [FewPairs].
	Few bool
	// Missing people: with a pre-test alone, with a post-test alone, with neither,
	// of those expected.
	PreOnly, PostOnly, Neither int
}

// gainOf computes a gain from matched pairs.
func gainOf(pairs []Pair) Gain {
	g := Gain{Pairs: len(pairs), Few: len(pairs) < FewPairs}
	if g.Pairs == 0 {
		return g
	}
	pre, post, d := make([]float64, len(pairs)), make([]float64, len(pairs)), make([]float64, len(pairs))
	normalised := []float64{}
	for i, p := range pairs {
		pre[i], post[i], d[i] = p.Pre, p.Post, p.Post-p.Pre
		switch {
		case d[i] > 0:
			g.Improved++
		case d[i] < 0:
			g.Lower++
		default:
			g.Same++
		}
		if p.Pre < 100 {
			normalised = append(normalised, d[i]/(100-p.Pre))
		}
	}
	g.Pre, g.Post, g.Mean = stat.Mean(pre, nil), stat.Mean(post, nil), stat.Mean(d, nil)
	if g.Room = len(normalised); g.Room > 0 {
		g.Normalised = stat.Mean(normalised, nil)
	}
	if g.Pairs < 2 {
		return g
	}
	n := float64(g.Pairs)
	g.Deviation = stat.StdDev(d, nil)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(1 - (1-Confidence)/2)
	half := t * g.Deviation / math.Sqrt(n)
	g.Interval, g.Low, g.High = true, g.Mean-half, g.Mean+half
	return g
}
