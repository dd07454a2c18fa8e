package player

import (
	"testing"
	"time"

	"cadre/internal/id"
	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "player.attempt-started", 1, startedBody{Module: "tip-basics", Version: "v", Number: 2})
	journaltest.Golden(t, "player.answered", 1, answeredBody{Module: "tip-basics", Item: "elements-1", Right: true, Points: 2})
	journaltest.Golden(t, "player.attempt-finished", 1, finishedBody{Module: "tip-basics", State: Passed, Points: 8, Max: 10, Skipped: 1})
	journaltest.Golden(t, "player.launched", 1, openedBody{Attempt: "a", Activity: "INTRO", Mode: Normal})
	journaltest.Golden(t, "player.session-heard", 1, heardBody{Session: "s"})
	journaltest.Golden(t, "player.session-abandoned", 1, abandonedBody{Attempt: "a", Session: "s"})
	journaltest.Golden(t, "player.waived", 1, waivedBody{Attempt: "a", Activity: "https://example.org/au", Session: "s"})
	journaltest.Golden(t, "player.run-carried", 1, carriedBody{From: "a"})
	type loggedBefore struct {
		Launch id.Launch `json:"launch"`
		From   int64     `json:"from"`
		To     int64     `json:"to"`
	}
	journaltest.Golden(t, "player.logged", 1, loggedBefore{Launch: "l", From: 3, To: 7})
	journaltest.Golden(t, "player.logged", 2, loggedBody{Logs: []loggedPart{{Attempt: "a", Launch: "l", From: 3, To: 7}}})
	for _, kind := range []string{"player.ruled", "player.ruling-taken-back"} {
		journaltest.Golden(t, kind, 1, ruledBody{Module: "tip-basics", Step: Move})
	}
	for _, kind := range []string{"player.outside-shown", "player.outside-decided", "player.outside-withdrawn"} {
		journaltest.Golden(t, kind, 1, outsideBody{
			Module: "tip-basics", State: Accepted, Until: time.Date(2020, 12, 31, 19, 0, 0, 0, time.UTC), Cause: "too-old",
		})
	}
}
