package credential

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestBodiesAreReadForEver(t *testing.T) {
	journaltest.Golden(t, "credential.issued", 1, issued{"c", "PAKISTAN-2020/0001", "by-mistake"})
	journaltest.Golden(t, "credential.revoked", 1, issued{"c", "PAKISTAN-2020/0001", "by-mistake"})
}
