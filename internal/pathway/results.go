package pathway

import (
	"cmp"
	"time"

	"cadre/internal/programme"
)

// Result is what one person brings to one measure of a ranking: more is better.
type Result struct {
	// Known is false where there is nothing to measure: no test handed in, no
	// pair of tests. It comes after everything that is known.
	Known bool `json:"known"`
	// Value is points of a hundred, or half-days.
	Value float64 `json:"value"`
	// At is when she finished, for the measure that asks who finished first.
	At time.Time `json:"at,omitzero"`
}

// Compare puts the better result first.
func (r Result) Compare(o Result) int {
	switch {
	case r.Known != o.Known && r.Known:
		return -1
	case r.Known != o.Known:
		return 1
	case !r.At.Equal(o.At):
		return r.At.Compare(o.At)
	}
	return cmp.Compare(o.Value, r.Value)
}

// Results says how a person stands in each measure of a ranking, by the facts
// that count now. Of several results of one test the best counts, as it does for
// passing; a gain is between the best of each test of the pair.
func (p *Plan) Results(facts []Fact, now time.Time, by []programme.RankBy) []Result {
	counting, _ := Effective(facts, now)
	s := p.Evaluate(facts, now)
	best := map[programme.Key]float64{}
	for _, f := range counting {
		if v, ok := f.Value.(AssessmentSubmitted); ok {
			k := programme.Key(f.Subject)
			if x, there := best[k]; !there || v.Percent() > x {
				best[k] = v.Percent()
			}
		}
	}
	out := make([]Result, len(by))
	for i, m := range by {
		score, sat := best[m.Stage]
		st := s.Stage(m.Stage)
		switch m.By {
		case programme.ByScore:
			out[i] = Result{Known: sat, Value: score}
		case programme.ByGain:
			pre, had := best[p.preOf(m.Stage)]
			if had && sat {
				out[i] = Result{Known: true, Value: score - pre}
			}
		case programme.ByHalfDays:
			if st != nil {
				out[i] = Result{Known: true, Value: float64(st.Have)}
			}
		case programme.ByFinishedFirst:
			if st != nil && st.Passed {
				out[i] = Result{Known: true, At: st.PassedAt}
			}
		}
	}
	return out
}

// preOf is the stage with the pre-test that pairs with a later test; empty if
// there is none.
func (p *Plan) preOf(later programme.Key) programme.Key {
	st, ok := p.blueprint.Stage(later)
	if !ok || st.Assessment == nil {
		return ""
	}
	for i := range p.blueprint.Stages {
		o := &p.blueprint.Stages[i]
		if o.Assessment != nil && o.Assessment.Form == programme.Pre && o.Assessment.Test == st.Assessment.Test {
			return o.Key
		}
	}
	return ""
}
