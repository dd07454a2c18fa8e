package assess

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "assess.test-imported", 1, importedBody{Key: "foundation", Version: "v", Number: 2, Digest: "d"})
	for _, kind := range []string{"assess.sitting-begun", "assess.handed-in"} {
		journaltest.Golden(t, kind, 1, sittingBody{Stage: "pre-test", Form: "pre", Version: "v", Medium: OnPaper, Points: 14, Max: 20})
	}
	journaltest.Golden(t, "assess.answers-saved", 1, savedBody{Items: []string{"f01", "f02"}})
}
