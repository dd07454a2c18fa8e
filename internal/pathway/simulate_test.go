package pathway

import (
	"fmt"
	"testing"
	"time"

	"cadre/internal/id"
)

func karachi(month time.Month, day, hour int) time.Time {
	return time.Date(2020, month, day, hour-5, 0, 0, 0, time.UTC)
}

// learner confirms her seat on 1 October and finishes one module every step days
// from the 10th on; the last one she finishes is stop.
func learner(name string, step, stop int) []Fact {
	out := []Fact{{ID: id.Fact(name + "-seat"), Value: SeatConfirmed{}, OccurredAt: karachi(10, 1, 9), RecordedAt: karachi(10, 1, 9)}}
	for i, m := range []string{"tip-basics", "som-basics", "victim-centred-interviewing", "special-techniques", "gender"} {
		if i >= stop {
			break
		}
		at := karachi(10, 10, 20).Add(time.Duration(i*step) * 24 * time.Hour)
		out = append(out, Fact{ID: id.Fact(fmt.Sprintf("%s-%d", name, i)), Subject: m, Value: ModuleCompleted{Passed: true}, OccurredAt: at, RecordedAt: at})
	}
	return out
}

// The forecast of 20 October is held against what had happened by 2 November.
func TestForecastAgainstWhatCame(t *testing.T) {
	p := Compile(blueprint(t, "../../examples/pakistan-2020/programme.yaml"))
	now, day := karachi(10, 20, 21), karachi(11, 2, 9)
	for _, c := range []struct {
		name                string
		facts               []Fact
		ready, pace, really bool
	}{
		{"done by then", learner("a", 2, 5), true, true, true},
		{"steady", learner("b", 4, 5), false, true, true},
		{"stopped after one", learner("c", 4, 1), false, false, false},
		{"slow", learner("d", 10, 5), false, false, false},
		{"quick, then stopped", learner("f", 3, 4)[:5], false, true, false},
		{"not begun", learner("e", 1, 0), false, false, false},
	} {
		known := KnownBy(c.facts, now)
		f := p.Simulate(known, now, day, "week")
		if f.Ready != c.ready || f.AtPace != c.pace {
			t.Errorf("%s: ready %t, at her own pace %t (%.1f minutes a day, done %s), want %t and %t", c.name, f.Ready, f.AtPace, f.MinutesADay, f.Done, c.ready, c.pace)
		}
		s := p.Evaluate(c.facts, day)
		if really := s.Stage("week").State == Open; really != c.really {
			t.Errorf("%s: what came is %t, want %t", c.name, really, c.really)
		}
		// (a) is a replay: nothing after now is used, so it equals the facts cut off.
		if cut := p.Evaluate(known, day); (cut.Stage("week").State == Open) != f.Ready {
			t.Errorf("%s: (a) is not what the facts known by then say", c.name)
		}
		if !f.Ready && len(f.Reasons) == 0 {
			t.Errorf("%s: not ready, and no reason given", c.name)
		}
	}
}

// A module that staff let count is done by their decision, and not by her; what she
// passed herself before is hers.
func TestByWhatAModuleIsDone(t *testing.T) {
	p := Compile(blueprint(t, "../../examples/pakistan-2020/programme.yaml"))
	pass := func(name string, day int, b Basis) Fact {
		return Fact{ID: id.Fact(name), Subject: "gender", Value: ModuleCompleted{Passed: true}, Basis: b, OccurredAt: karachi(10, day, 20), RecordedAt: karachi(10, day, 20)}
	}
	for name, c := range map[string]struct {
		facts []Fact
		by    By
	}{
		"by staff":               {[]Fact{pass("staff", 10, ByStaff)}, ByDecision},
		"by staff, then herself": {[]Fact{pass("staff", 10, ByStaff), pass("own", 12, OwnAct)}, ByDecision},
		"herself, then by staff": {[]Fact{pass("own", 10, OwnAct), pass("staff", 12, ByStaff)}, ByHerself},
	} {
		s := p.Evaluate(append(learner(name, 1, 0), c.facts...), karachi(10, 20, 9))
		found := false
		for _, st := range s.Stages {
			for _, m := range st.Modules {
				if m.Key != "gender" {
					continue
				}
				found = true
				if !m.Done || m.By != c.by || !m.DoneAt.Equal(karachi(10, 10, 20)) {
					t.Errorf("%s: %+v", name, m)
				}
			}
		}
		if !found {
			t.Errorf("%s: no such module", name)
		}
	}
}
