package pathway

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cadre/internal/id"
	"cadre/internal/programme"
)

// ask answers a condition on a blueprint with every form of a gate.
func ask(t *testing.T, c programme.Condition, at time.Time, values ...any) bool {
	t.Helper()
	e := evaluation{plan: Compile(blueprint(t, "testdata/gates.yaml")), now: at, status: Unknown}
	var facts []Fact
	for i := 0; i < len(values); i += 2 {
		facts = append(facts, Fact{ID: id.Fact(fmt.Sprint("f", i)), Subject: values[i].(string), Value: values[i+1].(Value), OccurredAt: karachi(10, 5, 9).Add(time.Duration(i) * time.Minute)})
	}
	e.stages, e.modules, e.halves = make([]stageFacts, len(e.plan.stages)), make([]moduleFacts, e.plan.modules), make([]halfFacts, e.plan.halves)
	counting, _ := Effective(facts, at)
	for _, f := range counting {
		e.take(f)
	}
	e.standing()
	met, _ := e.met(&c)
	return met
}

func TestTruthOfEveryGate(t *testing.T) {
	now := karachi(12, 1, 9)
	done := ModuleCompleted{Passed: true}
	// Three plain questions, each answered by one fact.
	questions := []programme.Condition{{Module: "one"}, {Module: "two"}, {Module: "three"}}
	subjects := []string{"one", "two", "three"}
	for bits := range 8 {
		var facts []any
		n := 0
		for i, s := range subjects {
			if bits&(1<<i) != 0 {
				facts = append(facts, s, done)
				n++
			}
		}
		for _, c := range []struct {
			name string
			c    programme.Condition
			want bool
		}{
			{"all", programme.Condition{All: questions}, n == 3},
			{"any", programme.Condition{Any: questions}, n >= 1},
			{"at least 1", programme.Condition{AtLeast: 1, Of: questions}, n >= 1},
			{"at least 2", programme.Condition{AtLeast: 2, Of: questions}, n >= 2},
			{"at least 3", programme.Condition{AtLeast: 3, Of: questions}, n == 3},
			{"any of all and one", programme.Condition{Any: []programme.Condition{{All: questions[:2]}, questions[2]}}, bits&3 == 3 || bits&4 != 0},
			{"all of any and one", programme.Condition{All: []programme.Condition{{Any: questions[:2]}, questions[2]}}, bits&3 != 0 && bits&4 != 0},
			{"2 of nested", programme.Condition{AtLeast: 2, Of: []programme.Condition{{Any: questions}, {All: questions}, questions[0]}}, bits&1 != 0 || n == 3},
		} {
			if got := ask(t, c.c, now, facts...); got != c.want {
				t.Errorf("%s with facts %03b: %t", c.name, bits, got)
			}
		}
	}
}

func TestEveryPlainQuestion(t *testing.T) {
	now := karachi(12, 20, 9)
	score := func(n int) programme.Condition {
		return programme.Condition{Score: &programme.ScoreIs{Stage: "entry", AtLeast: n}}
	}
	halves := func(n int) programme.Condition {
		return programme.Condition{HalfDays: &programme.HalfDaysAre{Stage: "north-week", AtLeast: n}}
	}
	sessions := func(n int) programme.Condition {
		return programme.Condition{Sessions: &programme.SessionsAre{Stage: "coaching", AtLeast: n}}
	}
	present, north := AttendanceVerdict{Verdict: Present}, Joined{Group: "north"}
	for _, c := range []struct {
		name  string
		c     programme.Condition
		want  bool
		facts []any
	}{
		{"a stage that is passed", programme.Condition{Stage: "basics"}, true, []any{"one", ModuleCompleted{Passed: true}, "two", ModuleCompleted{Passed: true}}},
		{"a stage with enough missing", programme.Condition{Stage: "basics"}, false, []any{"one", ModuleCompleted{Passed: true}}},
		{"a module tried and not passed", programme.Condition{Module: "one"}, false, []any{"one", ModuleCompleted{}}},
		{"a module accepted from elsewhere", programme.Condition{Module: "one"}, true, []any{"one", EquivalenceAccepted{}}},
		{"the same until a moment that is past", programme.Condition{Module: "one"}, false, []any{"one", EquivalenceAccepted{Until: karachi(11, 1, 9)}}},
		{"a module excepted", programme.Condition{Module: "one"}, true, []any{"one", WaiverSigned{Cause: "power"}}},
		{"a module of a stage excepted", programme.Condition{Module: "one"}, true, []any{"basics", WaiverSigned{Cause: "power"}}},
		{"a score just reached", score(60), true, []any{"entry", AssessmentSubmitted{Raw: 6, Max: 10}}},
		{"a score just missed", score(60), false, []any{"entry", AssessmentSubmitted{Raw: 5.9, Max: 10}}},
		{"the better of two scores", score(60), true, []any{"entry", AssessmentSubmitted{Raw: 8, Max: 10}, "entry", AssessmentSubmitted{Raw: 2, Max: 10}}},
		{"half-days attended", halves(2), true, []any{"", north, "n-am", present, "n-pm", present}},
		{"one half-day of two", halves(2), false, []any{"", north, "n-am", present}},
		{"excused is not attended", halves(1), false, []any{"", north, "n-am", AttendanceVerdict{Verdict: Excused}}},
		{"part from half of the minutes", halves(1), true, []any{"", north, "n-am", AttendanceVerdict{Verdict: Part, Minutes: 90}}},
		{"part below it", halves(1), false, []any{"", north, "n-am", AttendanceVerdict{Verdict: Part, Minutes: 89}}},
		{"half-days of another group are not asked", halves(2), true, []any{"", Joined{Group: "south"}}},
		{"one individual session", sessions(1), true, []any{"coaching", CoachingSession{Number: 1, Format: "individual", Outcome: Held}}},
		{"a session that failed", sessions(1), false, []any{"coaching", CoachingSession{Number: 1, Format: "individual", Outcome: LineFailed}}},
		{"the same session twice", sessions(2), false, []any{"coaching", CoachingSession{Number: 1, Format: "individual", Outcome: Held}, "coaching", CoachingSession{Number: 1, Format: "individual", Outcome: Held}}},
		{"one day of a group event of two", sessions(1), false, []any{"coaching", CoachingSession{Format: "group", Round: "r", Day: "2020-12-01", Outcome: Held}}},
		{"both days of it", sessions(1), true, []any{"coaching", CoachingSession{Format: "group", Round: "r", Day: "2020-12-01", Outcome: Held}, "coaching", CoachingSession{Format: "group", Round: "r", Day: "2020-12-02", Outcome: Held}}},
		{"both days are one session", sessions(2), false, []any{"coaching", CoachingSession{Format: "group", Round: "r", Day: "2020-12-01", Outcome: Held}, "coaching", CoachingSession{Format: "group", Round: "r", Day: "2020-12-02", Outcome: Held}}},
		{"chosen", programme.Condition{Selected: "pick"}, true, []any{"pick", Selected{Chosen: true}}},
		{"not chosen", programme.Condition{Selected: "pick"}, false, []any{"pick", Selected{}}},
		{"a confirmed seat", programme.Condition{Seat: "confirmed"}, true, []any{"", SeatConfirmed{}}},
		{"a seat given back", programme.Condition{Seat: "confirmed"}, false, []any{"", SeatConfirmed{}, "", SeatReleased{}}},
		{"at the door", programme.Condition{Seat: "confirmed"}, true, []any{"", Joined{}}},
		{"a date that has come", programme.Condition{From: "2020-12-20T09:00"}, true, nil},
		{"a date that has not", programme.Condition{From: "2020-12-20T09:01"}, false, nil},
		{"what lies before the stage she joined at", programme.Condition{Stage: "basics"}, true, []any{"", Joined{Stage: "exit"}}},
	} {
		if got := ask(t, c.c, now, c.facts...); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// The reasons of a gate name what is missing, and nothing that is there.
func TestReasonsNameWhatIsMissing(t *testing.T) {
	p := Compile(blueprint(t, "testdata/gates.yaml"))
	keys := func(rs []Reason) []string {
		var out []string
		for _, r := range rs {
			out = append(out, r.Key)
			for _, o := range r.Of {
				out = append(out, r.Key+">"+o.Key)
			}
		}
		return out
	}
	facts := []Fact{
		{ID: "1", Value: Joined{Group: "north"}, OccurredAt: karachi(10, 1, 9)},
		{ID: "2", Subject: "three", Value: ModuleCompleted{Passed: true}, OccurredAt: karachi(10, 2, 9)},
	}
	s := p.Evaluate(facts, karachi(10, 5, 9))
	if got := keys(s.Stage("north-week").Reasons); !slices.Equal(got, []string{"needs-modules"}) {
		t.Errorf("the week: %v", got)
	}
	// Two of four are needed for coaching; the third module is there already.
	if got := keys(s.Stage("coaching").Reasons); !slices.Equal(got, []string{"at-least-of", "at-least-of>needs-selection", "at-least-of>needs-half-days", "at-least-of>needs-date"}) {
		t.Errorf("coaching: %v", got)
	}
	if r := s.Stage("coaching").Reasons[0]; r.Need != 1 {
		t.Errorf("one more is needed, not %d", r.Need)
	}
}
