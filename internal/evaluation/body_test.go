package evaluation

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "evaluation.form-imported", 1, formImported{Key: "workshop", Version: 2, SHA256: "00ff"})
	for _, kind := range []string{"evaluation.testimonial-given", "evaluation.testimonial-withdrawn"} {
		journaltest.Golden(t, kind, 1, testimonialBody{Person: "p", Scope: "donor", Named: true, Revision: 2})
	}
	for _, kind := range []string{"evaluation.follow-up-answered", "evaluation.use-confirmed"} {
		journaltest.Golden(t, kind, 1, followUpBody{Person: "p", Stage: "use-3-months"})
	}
}
