package forward

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	for _, kind := range []string{KindAdded, KindPaused, KindResumed, KindRemoved} {
		journaltest.Golden(t, kind, 1, changed{})
	}
}
