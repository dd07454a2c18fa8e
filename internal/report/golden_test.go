package report

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "report.released", 1, releaseSigned{
		Release: "01900000-0000-7000-8000-000000000001", Cohort: "01900000-0000-7000-8000-000000000002", Version: "01900000-0000-7000-8000-000000000003",
		Number: 2, Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Differences: []string{"coached-3 total"},
	})
	journaltest.Golden(t, "report.staff-counted", 1, staffCounted{
		ID: "01900000-0000-7000-8000-000000000001", Cohort: "01900000-0000-7000-8000-000000000002", Agency: "fia", Revision: 2,
	})
}
