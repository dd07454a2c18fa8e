package retention

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, KindErased, 1, personErased{
		Why: "asked", Authority: "01900000-0000-7000-8000-000000000009", Rows: 12, Files: 1, Entries: 7,
	})
}
