package pathway

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cadre/internal/id"
	"cadre/internal/programme"
)

func blueprint(t testing.TB, name string) *programme.Blueprint {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := programme.Read(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// subjects lists the keys of a blueprint that facts can be about, and two that
// nobody knows.
func subjects(b *programme.Blueprint) []string {
	out := []string{"", "nobody-knows"}
	for i := range b.Stages {
		s := &b.Stages[i]
		out = append(out, string(s.Key))
		if s.ELearning != nil {
			for _, m := range s.ELearning.Modules {
				out = append(out, string(m.Key))
			}
		}
		if s.Workshop != nil {
			for _, h := range s.Workshop.HalfDays() {
				out = append(out, string(h.Key))
			}
		}
	}
	return out
}

// moments around which things happen in the blueprints of the tests.
func moment(t *rapid.T, label string) time.Time {
	day := rapid.IntRange(0, 700).Draw(t, label)
	minute := rapid.IntRange(0, 1439).Draw(t, label+" minute")
	return time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(day)*24*time.Hour + time.Duration(minute)*time.Minute)
}

func drawValue(t *rapid.T, b *programme.Blueprint) Value {
	until := func() time.Time {
		if rapid.Bool().Draw(t, "for good") {
			return time.Time{}
		}
		return moment(t, "until")
	}
	groups := []string{""}
	for _, g := range b.Groups {
		groups = append(groups, string(g.Key))
	}
	group := rapid.SampledFrom(groups)
	switch rapid.SampledFrom(Kinds()).Draw(t, "kind") {
	case KindNominated:
		return Nominated{}
	case KindAccepted:
		return Accepted{}
	case KindDeclined:
		return Declined{}
	case KindSelected:
		return Selected{Chosen: rapid.Bool().Draw(t, "chosen"), Group: group.Draw(t, "group"), Waited: rapid.Bool().Draw(t, "waited")}
	case KindReleaseLetter:
		return ReleaseLetter{}
	case KindSeatConfirmed:
		return SeatConfirmed{}
	case KindSeatReleased:
		return SeatReleased{}
	case KindSeatOfferedOn:
		return SeatOfferedOn{}
	case KindJoined:
		return Joined{Stage: rapid.SampledFrom(subjects(b)).Draw(t, "joined at"), Group: group.Draw(t, "group"), Capacity: rapid.SampledFrom([]string{"", "participant", "guest"}).Draw(t, "capacity")}
	case KindModuleProgress:
		return ModuleProgress{Percent: rapid.IntRange(-10, 120).Draw(t, "percent")}
	case KindModuleCompleted:
		return ModuleCompleted{Passed: rapid.Bool().Draw(t, "passed"), Score: 5, Max: 10}
	case KindEquivalenceAccepted:
		return EquivalenceAccepted{Until: until()}
	case KindEquivalenceRefused:
		return EquivalenceRefused{}
	case KindAssessmentSubmitted:
		return AssessmentSubmitted{Form: "pre", Raw: rapid.Float64().Draw(t, "raw"), Max: rapid.Float64().Draw(t, "max")}
	case KindAttendanceVerdict:
		return AttendanceVerdict{Verdict: rapid.SampledFrom([]Verdict{Present, Present, Part, Excused, Absent, "odd"}).Draw(t, "verdict"), Minutes: rapid.IntRange(-5, 300).Draw(t, "minutes")}
	case KindCoachingSession:
		return CoachingSession{
			Number: rapid.IntRange(-1, 4).Draw(t, "number"), Format: rapid.SampledFrom([]string{"individual", "group", ""}).Draw(t, "format"),
			Outcome: rapid.SampledFrom([]Outcome{Held, Held, HeldInPart, LineFailed, Moved}).Draw(t, "outcome"),
			Round:   rapid.SampledFrom([]string{"", "round-1", "round-3"}).Draw(t, "round"), Day: rapid.SampledFrom([]string{"", "2021-03-25", "2021-03-26"}).Draw(t, "day"),
		}
	case KindFeedbackGiven:
		return FeedbackGiven{}
	case KindWaiverSigned:
		return WaiverSigned{Cause: "power", Until: until()}
	case KindExtensionAgreed:
		return ExtensionAgreed{Until: moment(t, "extended to")}
	case KindFollowUpAnswered:
		return FollowUpAnswered{}
	case KindLeft:
		return Left{}
	case KindReturned:
		return Returned{}
	case KindCertificateIssued:
		return CertificateIssued{}
	case KindCertificateRevoked:
		return CertificateRevoked{}
	case KindWithdrawn:
		return Withdrawn{}
	}
	return nil
}

func drawFact(t *rapid.T, b *programme.Blueprint, n int, corrections bool) Fact {
	f := Fact{
		ID: id.Fact(fmt.Sprintf("fact-%04d", n)), Person: "p", Cohort: "c",
		Value: drawValue(t, b), Subject: rapid.SampledFrom(subjects(b)).Draw(t, "subject"), OccurredAt: moment(t, "at"),
	}
	// Most facts are about what their kind is about, or little would ever happen.
	if rapid.IntRange(0, 4).Draw(t, "fitting") > 0 {
		var fit []string
		for _, s := range subjects(b) {
			if p := Compile(b); p.fits(f.Kind(), s) {
				fit = append(fit, s)
			}
		}
		if len(fit) > 0 {
			f.Subject = rapid.SampledFrom(fit).Draw(t, "fitting subject")
		}
	}
	f.RecordedAt = f.OccurredAt.Add(time.Duration(rapid.IntRange(-48, 480).Draw(t, "recorded after")) * time.Hour)
	if corrections && n > 0 && rapid.IntRange(0, 3).Draw(t, "corrects") == 0 {
		f.Corrects = id.Fact(fmt.Sprintf("fact-%04d", rapid.IntRange(0, n+2).Draw(t, "which")))
	}
	return f
}

func drawFacts(t *rapid.T, b *programme.Blueprint, corrections bool) []Fact {
	n := rapid.IntRange(0, 40).Draw(t, "how many")
	out := make([]Fact, n)
	for i := range out {
		out[i] = drawFact(t, b, i, corrections)
	}
	return out
}

func blueprints(t testing.TB) []*programme.Blueprint {
	return []*programme.Blueprint{
		blueprint(t, "../../examples/pakistan-2020/programme.yaml"),
		blueprint(t, "testdata/gates.yaml"),
	}
}

// Whatever the facts, there is an answer, and it is the same whatever order they
// arrived in, and the same again.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	for _, b := range blueprints(t) {
		p := Compile(b)
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, b, true)
			now := moment(t, "now")
			if len(facts) > 0 && rapid.Bool().Draw(t, "all at once") { // ties break by id
				at := facts[0].OccurredAt
				for i := range facts {
					facts[i].OccurredAt, facts[i].RecordedAt = at, at
				}
			}
			want := p.Evaluate(facts, now)
			if d := cmp.Diff(want, p.Evaluate(facts, now)); d != "" {
				t.Fatalf("the same facts gave another answer: %s", d)
			}
			seed := rapid.Uint64().Draw(t, "shuffle")
			other := slices.Clone(facts)
			rand.New(rand.NewPCG(seed, 1)).Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
			if d := cmp.Diff(want, p.Evaluate(other, now)); d != "" {
				t.Fatalf("another order gave another answer: %s", d)
			}
			if len(facts) > 0 {
				twice := append(slices.Clone(other), facts[0])
				if d := cmp.Diff(want, p.Evaluate(twice, now)); d != "" {
					t.Fatalf("a fact that came twice gave another answer: %s", d)
				}
			}
		})
	}
}

// A fact that corrects nothing never locks what was open, and takes away nothing
// that was passed.
func TestWhatCorrectsNothingNeverLocks(t *testing.T) {
	for _, b := range blueprints(t) {
		p := Compile(b)
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, b, false)
			now := moment(t, "now")
			extra := drawFact(t, b, len(facts), false)
			if extra.Kind() == KindWithdrawn {
				return
			}
			before := p.Evaluate(facts, now)
			after := p.Evaluate(append(slices.Clone(facts), extra), now)
			for i := range before.Stages {
				was, is := before.Stages[i], after.Stages[i]
				if was.State != Locked && was.State != NotAsked && was.State != Closed && is.State == Locked {
					t.Fatalf("%s was %s and is locked after %v on %s: %v", was.Key, was.State, extra.Value, extra.Subject, is.Reasons)
				}
				if was.Passed && !is.Passed && is.State != NotAsked {
					t.Fatalf("%s was passed and is not after %v on %s", was.Key, extra.Value, extra.Subject)
				}
			}
		})
	}
}

// Between now and next_change_at nothing changes.
func TestNothingChangesBeforeItIsSaid(t *testing.T) {
	for _, b := range blueprints(t) {
		p := Compile(b)
		rapid.Check(t, func(t *rapid.T) {
			facts := drawFacts(t, b, true)
			now := moment(t, "now")
			s := p.Evaluate(facts, now)
			if !s.NextChangeAt.IsZero() && !s.NextChangeAt.After(now) {
				t.Fatalf("the next change, %s, is not ahead of %s", s.NextChangeAt, now)
			}
			until := s.NextChangeAt
			if until.IsZero() {
				until = now.AddDate(3, 0, 0)
			}
			share := rapid.Float64Range(0, 1).Draw(t, "share of the way")
			last := until.Add(-time.Microsecond)
			some := now.Add(time.Duration(share * float64(until.Sub(now)))).Truncate(time.Microsecond)
			if some.After(last) {
				some = last
			}
			for _, later := range []time.Time{some, last} {
				if d := cmp.Diff(s, p.Evaluate(facts, later)); d != "" {
					t.Fatalf("something changed by %s, before %s: %s", later, s.NextChangeAt, d)
				}
			}
		})
	}
}

// What is withdrawn, and whatever replaced and withdrew a correction, leaves no
// trace; withdrawing a correction brings back what it corrected.
func TestWithdrawalIsUndo(t *testing.T) {
	b := blueprints(t)[0]
	p := Compile(b)
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t, b, true)
		now := moment(t, "now")
		extra := drawFact(t, b, len(facts), true)
		if extra.Kind() == KindWithdrawn || extra.Value == nil {
			return
		}
		// Facts drawn before may name it: a correction that waited for its target.
		if slices.ContainsFunc(facts, func(f Fact) bool { return f.Corrects == extra.ID }) {
			return
		}
		undo := Fact{ID: "undo", Value: Withdrawn{}, Corrects: extra.ID, OccurredAt: extra.OccurredAt, RecordedAt: extra.RecordedAt}
		want := p.Evaluate(facts, now)
		got := p.Evaluate(append(slices.Clone(facts), extra, undo), now)
		want.NextChangeAt, got.NextChangeAt = time.Time{}, time.Time{} // its own moment may lie ahead
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("undone, and yet: %s", d)
		}
	})
}
