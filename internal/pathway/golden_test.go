package pathway

import (
	"encoding/json"
	"testing"
	"time"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "pathway.cohort-begun", 1, following{
		Cohort: "01900000-0000-7000-8000-000000000001", Version: "01900000-0000-7000-8000-000000000002", Revision: 1,
	})
	journaltest.Golden(t, "pathway.cohort-moved", 1, following{
		Cohort: "01900000-0000-7000-8000-000000000001", Version: "01900000-0000-7000-8000-000000000003", Revision: 2,
	})
	journaltest.Golden(t, "pathway.fact-recorded", 1, factRecorded{
		ID: "01900000-0000-7000-8000-000000000001", Person: "01900000-0000-7000-8000-000000000002", Cohort: "01900000-0000-7000-8000-000000000003",
		Kind: KindModuleCompleted, Version: 1, Subject: "tip-basics", Value: json.RawMessage(`{"score":8,"max":10,"passed":true}`),
		OccurredAt: time.Date(2020, 10, 20, 15, 0, 0, 0, time.UTC), Basis: OwnAct, Source: "attempt:01900000-0000-7000-8000-000000000004",
		Corrects: "01900000-0000-7000-8000-000000000005",
	})
	for _, kind := range []string{"pathway.review-opened", "pathway.review-settled"} {
		journaltest.Golden(t, kind, 1, reviewed{
			Review: "01900000-0000-7000-8000-000000000001", Cause: "01900000-0000-7000-8000-000000000002", Decision: "01900000-0000-7000-8000-000000000003",
			Outcome: "stands",
		})
	}
}
