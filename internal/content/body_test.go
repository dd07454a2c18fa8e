package content

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "content.module-imported", 1, importedBody{Key: "tip-basics", Version: "v", Number: 2, Digest: "d"})
	journaltest.Golden(t, "content.module-published", 1, publishedBody{Key: "tip-basics", Version: "v", Before: "u"})
}
