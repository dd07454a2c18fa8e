package programme

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "programme.version-imported", 1, versionImported{
		Programme: "01900000-0000-7000-8000-000000000001", Version: "01900000-0000-7000-8000-000000000002", Number: 3,
		Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Format: 1,
	})
}
