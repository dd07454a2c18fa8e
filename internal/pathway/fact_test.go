package pathway

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// samples holds one full value of every kind. Their JSON is committed: it must
// stay readable for ever.
func samples() []Value {
	until := time.Date(2020, 11, 15, 18, 59, 0, 0, time.UTC)
	return []Value{
		Nominated{Agency: "fia", Quota: "fia"},
		Accepted{},
		Declined{},
		Selected{Chosen: true, Rank: 3, Group: "north"},
		ReleaseLetter{Until: until},
		SeatConfirmed{Seat: "0192f0c1-0000-7000-8000-000000000001"},
		SeatReleased{Seat: "0192f0c1-0000-7000-8000-000000000001", Cause: "childcare"},
		SeatOfferedOn{Seat: "0192f0c1-0000-7000-8000-000000000001"},
		Joined{Stage: "week", Group: "north", Capacity: "participant", Later: true},
		ModuleProgress{Percent: 60},
		ModuleCompleted{Score: 8, Max: 10, Passed: true, Skipped: 1},
		EquivalenceAccepted{Until: until},
		EquivalenceRefused{Cause: "not-same-subject"},
		AssessmentSubmitted{Form: "post", Raw: 14, Max: 20, ByCompetency: map[string]Score{"interview": {3, 4}, "use-sit": {2, 4}}},
		AttendanceVerdict{Verdict: Part, Minutes: 130, Mode: "online"},
		CoachingSession{Number: 2, Format: "individual", Outcome: Held, Round: "round-2", Day: "2021-10-05", Minutes: 60},
		FeedbackGiven{},
		WaiverSigned{Cause: "no-electricity", Until: until},
		ExtensionAgreed{Until: until},
		FollowUpAnswered{},
		Left{Cause: "transfer"},
		Returned{},
		CertificateIssued{Number: "PK-2020-007"},
		CertificateRevoked{Cause: "issued-in-error"},
		Withdrawn{Cause: "entered-for-another"},
	}
}

func TestGoldenValues(t *testing.T) {
	seen := map[Kind]bool{}
	for _, v := range samples() {
		k, version := v.form()
		seen[k] = true
		got, err := EncodeValue(v)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", "values", string(k)+"."+string(rune('0'+version))+".json")
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got+"\n" != string(want) {
			t.Errorf("%s: the form changed: %s, committed %s", k, got, want)
		}
		back, err := DecodeValue(k, version, string(want))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(v, back); d != "" {
			t.Errorf("%s does not come back: %s", k, d)
		}
	}
	for _, k := range Kinds() {
		if !seen[k] {
			t.Errorf("kind %s has no golden value", k)
		}
	}
}

func TestUnknownKindIsNotMisread(t *testing.T) {
	for _, c := range []struct {
		k Kind
		v int
	}{{"module.completed", 2}, {"nothing", 1}, {"", 0}} {
		if v, err := DecodeValue(c.k, c.v, "{}"); err == nil {
			t.Errorf("%s %d was read as %v", c.k, c.v, v)
		}
	}
	if _, err := DecodeValue(KindModuleCompleted, 1, `{"score":"ten"}`); err == nil {
		t.Error("a broken value was read")
	}
}
