package coaching

import (
	"testing"

	"cadre/internal/journal/journaltest"
	"cadre/internal/pathway"
)

func TestBodiesAreReadForEver(t *testing.T) {
	for _, kind := range []string{"asked", "declared", "declined", "ended"} {
		journaltest.Golden(t, "coaching.pairing-"+kind, 1, pairingChanged{"r", "c", "coaching", "p", "q", 2})
	}
	for _, kind := range []string{"proposed", "agreed", "withdrawn", "closed", "contested", "settled"} {
		journaltest.Golden(t, "coaching.session-"+kind, 1, sessionChanged{"s", "c", "coaching", "p", Closed, pathway.Held, "f", 3})
	}
	for _, kind := range []string{"written", "changed", "taken-back"} {
		journaltest.Golden(t, "coaching.note-"+kind, 1, noteWritten{"n", "c", "coaching", "p", KindNeed, 1})
	}
	for _, kind := range []string{"set", "changed", "closed"} {
		journaltest.Golden(t, "coaching.goal-"+kind, 1, goalChanged{"g", "c", "coaching", "p", GoalMet, 2})
	}
}
