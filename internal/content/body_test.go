package content

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "content.module-imported", 1, importedBody{Key: "tip-basics", Version: "v", Number: 2, Digest: "d"})
	journaltest.Golden(t, "content.module-published", 1, publishedBody{Key: "tip-basics", Version: "v", Before: "u"})
	journaltest.Golden(t, "content.package-imported", 1, packageImportedBody{Key: "spotting", Kind: "scorm12", Version: "v", Number: 2, Digest: "d"})
	journaltest.Golden(t, "content.package-allowed", 1, packageAllowedBody{Hosts: []string{"cdn.example.org"}, Popups: true})
	journaltest.Golden(t, "content.package-lacks", 1, packageLacksBody{Captions: true, Keyboard: true, Other: true})
	journaltest.Golden(t, "content.package-language", 1, packageLanguageBody{Module: "m", Language: "ur", Before: "en"})
	journaltest.Golden(t, "content.package-withdrawn", 1, packageWithdrawnBody{Before: "v"})
}
