package pathway

import (
	"fmt"
	"testing"
	"time"

	"cadre/internal/id"
)

// What she is told of coaching that others choose her for is what is the case: she
// is in the running and nobody has decided, she is not in the running, others were
// chosen, or the coaching is another group's.
func TestWhatIsSaidOfAChoice(t *testing.T) {
	p := Compile(blueprint(t, "testdata/chosen.yaml"))
	before, after := karachi(10, 10, 9), karachi(11, 10, 9)
	north, south, none := Joined{Group: "north"}, Joined{Group: "south"}, Joined{}
	done := AssessmentSubmitted{Raw: 8, Max: 10}
	yes, no, waited := Selected{Chosen: true}, Selected{}, Selected{Waited: true}
	for _, c := range []struct {
		name     string
		at       time.Time
		facts    []any // subject, value
		next     string
		coaching State
		because  string
	}{
		{"the test lies before her", before, []any{"", north}, "test exit", Locked, "needs-selection"},
		{"she missed the test", after, []any{"", north}, "selection-ahead choice", Locked, "needs-selection"},
		{"nobody has decided", before, []any{"", north, "exit", done}, "selection-awaited choice", Locked, "needs-selection"},
		{"others were chosen", before, []any{"", north, "exit", done, "choice", no}, "", Closed, "not-chosen"},
		{"others were chosen, and she has no group", before, []any{"", none, "exit", done, "choice", no}, "", Closed, "not-chosen"},
		{"she was chosen", before, []any{"", north, "exit", done, "choice", yes}, "coaching coaching", Open, ""},
		{"she was chosen, and has no group", before, []any{"", none, "exit", done, "choice", yes}, "group-awaited", Locked, "group-not-named"},
		{"it was decided before she was in the running", after, []any{"", north, "choice", waited}, "", Locked, "needs-selection"},
		{"it was decided, and her result came after", before, []any{"", north, "choice", waited, "exit", done}, "", Locked, "needs-selection"},
		{"it was decided before, and she was chosen after all", before, []any{"", north, "choice", waited, "exit", done, "choice", yes}, "coaching coaching", Open, ""},
		{"it was decided before, and then again without her", before, []any{"", north, "choice", waited, "exit", done, "choice", no}, "", Closed, "not-chosen"},
		{"it was decided while the test lay before her", before, []any{"", north, "choice", waited}, "test exit", Locked, "needs-selection"},
		{"it is another group's, undecided", before, []any{"", south, "exit", done}, "", NotAsked, "other-group"},
		{"it is another group's, others were chosen", before, []any{"", south, "exit", done, "choice", no}, "", NotAsked, "other-group"},
	} {
		var facts []Fact
		for i := 0; i < len(c.facts); i += 2 {
			facts = append(facts, Fact{ID: id.Fact(fmt.Sprint("f", i)), Subject: c.facts[i].(string), Value: c.facts[i+1].(Value), OccurredAt: karachi(10, 1, 9).Add(time.Duration(i) * time.Minute)})
		}
		s := p.Evaluate(facts, c.at)
		next := ""
		if s.Next != nil {
			next = s.Next.Key
			if s.Next.Stage != "" {
				next += " " + string(s.Next.Stage)
			}
		}
		because := ""
		o := s.Stage("coaching")
		if len(o.Reasons) > 0 {
			because = o.Reasons[0].Key
		}
		if next != c.next || o.State != c.coaching || because != c.because {
			t.Errorf("%s: next %q, want %q; coaching is %s because of %q, want %s, %q", c.name, next, c.next, o.State, because, c.coaching, c.because)
		}
	}
}
