package journal_test

import (
	"testing"

	"cadre/internal/journal"
	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, journal.KindIncarnation, 1, journal.Begun{Cause: "restored", Before: "01900000-0000-7000-8000-000000000001"})
	journaltest.Golden(t, journal.KindRedaction, 1, journal.Redacted{Entries: []int64{3, 4}, Why: "person-erased", Authority: "01900000-0000-7000-8000-000000000002"})
}
