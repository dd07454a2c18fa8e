package people

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	for _, kind := range []string{
		"person-entered", "officer-proposed", "alias-set", "preferences-set",
		"name-entered", "name-changed", "name-confirmed",
		"contact-entered", "contact-changed", "contact-removed",
		"affiliation-entered", "affiliation-ended", "agency-entered", "unit-entered", "site-entered",
		"link-agreed", "link-ended",
	} {
		journaltest.Golden(t, "people."+kind, 1, change{ID: "row", Person: "p", Revision: 2})
	}
}
