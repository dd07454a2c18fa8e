package pathway

import (
	"testing"
	"time"

	"cadre/internal/id"
)

// completed is what the first programme's ledger holds of one participant who
// did everything: about 45 facts.
func completed(t testing.TB) []Fact {
	at := time.Date(2020, 10, 1, 6, 0, 0, 0, time.UTC)
	var out []Fact
	add := func(subject string, v Value) {
		at = at.Add(7 * time.Hour)
		out = append(out, Fact{ID: id.New[id.Fact](), Person: "p", Cohort: "c", Subject: subject, Value: v, OccurredAt: at, RecordedAt: at})
	}
	add("", Nominated{Agency: "fia"})
	add("", Accepted{})
	add("", Selected{Chosen: true})
	add("", SeatConfirmed{})
	for _, m := range []string{"tip-basics", "som-basics", "victim-centred-interviewing", "special-techniques", "gender"} {
		add(m, ModuleProgress{Percent: 30})
		add(m, ModuleProgress{Percent: 70})
		add(m, ModuleCompleted{Score: 8, Max: 10, Passed: true})
	}
	add("pre-test", AssessmentSubmitted{Form: "pre", Raw: 9, Max: 20})
	add("", Joined{})
	at = time.Date(2020, 11, 2, 0, 0, 0, 0, time.UTC)
	for _, h := range []string{"mon-am", "mon-pm", "tue-am", "tue-pm", "wed-am", "wed-pm", "thu-am", "thu-pm", "fri-am", "fri-pm"} {
		add(h, AttendanceVerdict{Verdict: Present, Mode: "in-person"})
	}
	at = time.Date(2020, 11, 6, 3, 0, 0, 0, time.UTC)
	add("post-test", AssessmentSubmitted{Form: "post", Raw: 15, Max: 20})
	add("week", FeedbackGiven{})
	add("completion", CertificateIssued{})
	at = time.Date(2021, 3, 25, 0, 0, 0, 0, time.UTC)
	add("coaching", CoachingSession{Format: "group", Outcome: Held, Round: "round-1", Day: "2021-03-25"})
	at = time.Date(2021, 10, 5, 0, 0, 0, 0, time.UTC)
	add("coaching", CoachingSession{Format: "individual", Number: 2, Outcome: Held, Round: "round-2"})
	return out
}

func BenchmarkEvaluate(b *testing.B) {
	p := Compile(blueprint(b, "../../examples/pakistan-2020/programme.yaml"))
	facts := completed(b)
	now := time.Date(2021, 12, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		p.Evaluate(facts, now)
	}
}
