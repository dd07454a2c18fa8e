package pathway

import (
	"strings"
	"testing"
	"time"

	"cadre/internal/i18n"
	"cadre/internal/programme"
)

// Every reason, action and state that Evaluate can give has its sentence, in
// every language, with nothing left open in it.
func TestEverythingCanBeSaid(t *testing.T) {
	b := blueprint(t, "../../examples/pakistan-2020/programme.yaml")
	at := time.Date(2020, 10, 28, 18, 59, 0, 0, time.UTC)
	needs := []string{
		"needs-module", "needs-module-begun", "needs-module-again", "needs-modules", "needs-half-days", "needs-score", "needs-test",
		"needs-sessions", "needs-selection", "needs-follow-up", "needs-stage", "needs-seat", "needs-date",
	}
	reasons := []string{
		"equivalence", "late", "exception", "other-group", "before-joining", "not-chosen", "exception-ended", "not-recorded",
		"deadline-closed", "deadline-missed", "deadline-noted", "group-not-named", "opens-on",
	}
	for _, p := range Participations() {
		if p.Out() {
			reasons = append(reasons, "out-"+string(p))
		}
	}
	for _, k := range []programme.Kind{programme.KindELearning, programme.KindWorkshop, programme.KindAssessment, programme.KindCoaching, programme.KindSelection, programme.KindFollowUp} {
		reasons = append(reasons, "over-"+string(k))
	}
	for _, lang := range i18n.Shipped().Languages() {
		s := Speak(i18n.For(i18n.Prefs{Lang: lang.Tag}), b)
		said := func(what, text string) {
			if text == "" || strings.Contains(text, "pathway.") || strings.ContainsAny(text, "{}") {
				t.Errorf("%s: %s is said as %q", lang.Tag, what, text)
			}
		}
		full := func(key string) Reason {
			return Reason{Key: key, Stage: b.Stages[0].Key, Module: "m", Have: 1, Need: 3, Percent: 60, At: at}
		}
		for _, key := range needs {
			said(key, s.Reason(full(key)))
			said(key, s.Reasons(StageStanding{State: Locked, Reasons: []Reason{full(key)}})[0])
			said(key, s.Missing([]Reason{full(key)}))
		}
		for _, key := range reasons {
			said(key, s.Reason(full(key)))
		}
		said("exception for good", s.Reason(Reason{Key: "exception", Stage: b.Stages[0].Key}))
		for _, key := range []string{"any-of", "at-least-of"} {
			r := Reason{Key: key, Need: 1, Of: []Reason{full("needs-seat"), {Key: "all-of", Of: []Reason{full("needs-test"), full("needs-date")}}}}
			said(key, s.Reason(r))
			said(key, s.Reasons(StageStanding{State: Locked, Reasons: []Reason{r}})[0])
		}
		for _, key := range []string{"answer", "module", "workshop", "test", "coaching", "follow-up", "wait", "seat-awaited", "selection-awaited", "selection-ahead", "group-awaited"} {
			said(key, s.Next(Action{Key: key, Stage: b.Stages[0].Key, Module: "m", At: at}))
		}
		for _, st := range States() {
			said(string(st), s.State(StageStanding{State: st}))
		}
		said("progress", s.State(StageStanding{State: UnderWay, Have: 3, Need: 5}))
		for _, p := range Participations() {
			said(string(p), s.Participation(p))
		}
		for _, st := range SeatStates() {
			if st != SeatNotAsked {
				said(string(st), s.Seat(SeatStanding{State: st, Due: at}))
			}
		}
		for _, k := range Kinds() {
			said(string(k), s.Kind(k))
		}
		for _, b := range Bases() {
			said(string(b), s.Basis(b))
		}
		for _, key := range []string{"clock", "subject", "kind", "verdicts", "groups"} {
			said(key, s.Doubt(Doubt{Key: key, Subject: "x"}))
		}
	}
}

func TestAReasonIsSaidAsPeopleSpeak(t *testing.T) {
	s := Speak(i18n.For(i18n.Prefs{Lang: "en"}), blueprint(t, "../../examples/pakistan-2020/programme.yaml"))
	locked := StageStanding{State: Locked, Reasons: []Reason{{Key: "needs-modules", Stage: "foundation", Have: 3, Need: 5}}}
	if got := s.Reasons(locked)[0]; got != "Opens when you finish 2 more modules." {
		t.Errorf("said %q", got)
	}
	// A deadline at a minute before midnight in Karachi is that day's, not the
	// next, wherever it is read.
	due := time.Date(2020, 10, 28, 18, 59, 0, 0, time.UTC)
	if got := s.Seat(SeatStanding{State: SeatNotYet, Due: due}); got != "Your place is kept until Wednesday 28 October." {
		t.Errorf("said %q", got)
	}
}
