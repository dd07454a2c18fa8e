package report

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// meanOf is a mean with the ends of its interval at 95% confidence, by Student's
// t. Of one value there is no interval.
func meanOf(xs []float64) Number {
	m, sd := stat.MeanStdDev(xs, nil)
	x := Number{Known: true, Value: m, N: len(xs)}
	if len(xs) > 1 {
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(xs) - 1)}.Quantile(0.975)
		d := t * sd / math.Sqrt(float64(len(xs)))
		x.Low, x.High, x.Interval = m-d, m+d, true
	}
	return x
}
