package cohort_test

import (
	"fmt"
	"slices"
	"testing"

	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// sat records both tests of an officer, in points of twenty.
func (w *world) sat(p id.Person, pre, post float64) {
	w.t.Helper()
	w.update(func(tx *db.Tx) error {
		for stage, raw := range map[string]float64{"entry": pre, "exit": post} {
			form := map[string]string{"entry": "pre", "exit": "post"}[stage]
			if raw < 0 {
				continue
			}
			if err := pathway.Record(tx, pathway.Fact{
				Person: p, Cohort: w.cohort, Subject: stage, Basis: pathway.ByTrainer, Value: pathway.AssessmentSubmitted{Form: form, Raw: raw, Max: 20},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// tested is a cohort of six with seats and results: three of each agency.
func tested(t *testing.T, d *db.DB) (*world, []id.Person) {
	w := setup(t, d, grouped)
	var out []id.Person
	for i, x := range []struct {
		quota     string
		pre, post float64
	}{
		{"fia", 5, 19}, {"fia", 6, 18}, {"fia", 8, 16}, // gains 70, 60, 40
		{"punjab-police", 4, 14}, {"punjab-police", 4, 14}, {"punjab-police", 4, -1}, // 50, 50, none
	} {
		p := w.chosen(x.quota, fmt.Sprintf("Officer %c", 'A'+i))
		_, err := w.Confirm(w.officer, op(), p.Nomination)
		w.must(err)
		w.sat(p.Person, x.pre, x.post)
		out = append(out, p.Person)
	}
	return w, out
}

func (w *world) shortlist() cohort.Shortlist {
	w.t.Helper()
	l, err := w.Shortlist(w.officer, w.cohort, "choice", "en")
	w.must(err)
	return l
}

func TestASelectionIsRankedSignedAndOpensCoaching(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, who := tested(t, d)
		l := w.shortlist()
		var got []string
		for _, c := range l.Candidates {
			got = append(got, fmt.Sprintf("%d %c %s", c.Rank, 'A'+slices.Index(who, c.Person), c.Suggested))
		}
		slices.Sort(got)
		want := []string{"1 A take", "2 B take", "3 D tie", "3 E tie", "5 C quota-full"}
		if want[4] = "5 C no-place"; !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		if len(l.Waiting) != 1 || l.Waiting[0].Person != who[5] || l.Left != 3 {
			t.Errorf("waiting %v, left %d", l.Waiting, l.Left)
		}

		in := cohort.Signing{Cohort: w.cohort, Stage: "choice", Digest: l.Digest, Chosen: []id.Person{who[0], who[1], who[3]}, Agreed: true, Reason: "The lot fell on her, before two witnesses."}
		for name, wrong := range map[string]func(*cohort.Signing){
			"unsigned":        func(x *cohort.Signing) { x.Agreed = false },
			"tie unexplained": func(x *cohort.Signing) { x.Reason = " " },
			"nobody":          func(x *cohort.Signing) { x.Chosen = nil },
			"too many":        func(x *cohort.Signing) { x.Chosen = []id.Person{who[0], who[1], who[3], who[4]} },
			"over its quota":  func(x *cohort.Signing) { x.Chosen = []id.Person{who[0], who[1], who[2]} },
		} {
			bad := in
			wrong(&bad)
			if _, err := w.Sign(w.officer, op(), bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Sign(w.focal, op(), in); err == nil {
			t.Error("a focal point signed")
		}
		strange := in
		strange.Chosen = []id.Person{who[5]} // she has no result yet
		if _, err := w.Sign(w.officer, op(), strange); !fault.Is(err, fault.Stale) {
			t.Errorf("who cannot be chosen yet: %v", err)
		}
		made, err := w.Sign(w.officer, op(), in)
		w.must(err)
		for i, state := range []pathway.State{pathway.Open, pathway.Open, pathway.Closed, pathway.Open, pathway.Closed, pathway.Locked} {
			if got := w.state(who[i], "coaching"); got != state {
				t.Errorf("coaching of %c: %s, want %s", 'A'+i, got, state)
			}
		}
		x, _, err := w.Selection(w.officer, made, "en")
		w.must(err)
		if x.Digest != l.Digest || len(x.Lines) != 5 || !x.Lines[0].Chosen || x.Lines[0].Results[0].Value != 70 || x.Reason == "" {
			t.Errorf("as signed: %+v", x)
		}
		w.view(func(tx *db.Tx) error {
			fs, err := pathway.FactsOfKind(tx, w.cohort, pathway.KindSelected, "choice")
			for _, f := range fs {
				if f.Source != "selection:"+string(made) {
					t.Errorf("a fact rests on %q", f.Source)
				}
				g, err := pathway.GroundsOf(tx, f.ID)
				if err != nil || g.Digest == "" {
					t.Errorf("no grounds: %v", err)
				}
			}
			if len(fs) != 6 {
				t.Errorf("%d facts", len(fs))
			}
			for _, f := range fs {
				if v := f.Value.(pathway.Selected); v.Waited != (f.Person == who[5]) {
					t.Errorf("of %c: %+v", 'A'+slices.Index(who, f.Person), v)
				}
			}
			return err
		})
		if got := w.reasons(who[5], "choice"); !slices.Contains(got, "chosen-before") {
			t.Errorf("the choice, to whom it passed by: %v", got)
		}

		// Nothing is left: the next one can only be taken once somebody's place is.
		l = w.shortlist()
		if l.Left != 0 || len(l.Candidates) != 2 || !l.Candidates[0].Before || l.Candidates[0].Suggested != cohort.NoPlace {
			t.Errorf("afterwards: %d left, %+v", l.Left, l.Candidates)
		}
		// Whom it passed by can be chosen like anybody else once her result is there.
		w.sat(who[5], -1, 12)
		l = w.shortlist()
		if i := slices.IndexFunc(l.Candidates, func(c cohort.Candidate) bool { return c.Person == who[5] }); i < 0 || l.Candidates[i].Before || len(l.Waiting) != 0 {
			t.Errorf("after her result came: %+v, waiting %v", l.Candidates, l.Waiting)
		}
		_, err = w.TakeBackSelection(w.officer, op(), made)
		w.must(err)
		if l = w.shortlist(); l.Left != 3 || len(l.Candidates) != 6 || !l.Signed[0].Back {
			t.Errorf("taken back: %d left, %d candidates", l.Left, len(l.Candidates))
		}
		if got := w.state(who[0], "coaching"); got != pathway.Locked {
			t.Errorf("coaching after the choice was taken back: %s", got)
		}
		if got := w.reasons(who[5], "choice"); slices.Contains(got, "chosen-before") {
			t.Errorf("the choice was taken back, and to whom it passed by: %v", got)
		}
		if _, err := w.TakeBackSelection(w.officer, op(), made); !fault.Is(err, fault.Closed) {
			t.Errorf("taken back twice: %v", err)
		}
	})
}

func TestASignatureIsForTheRankingThatWasSeen(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, who := tested(t, d)
		l := w.shortlist()
		w.sat(who[5], -1, 20) // a late paper: a gain of eighty
		in := cohort.Signing{Cohort: w.cohort, Stage: "choice", Digest: l.Digest, Chosen: []id.Person{who[0]}, Agreed: true, Reason: "x"}
		if _, err := w.Sign(w.officer, op(), in); !fault.Is(err, fault.Stale) {
			t.Errorf("signed what nobody saw: %v", err)
		}
		if l = w.shortlist(); l.Candidates[0].Person != who[5] {
			t.Error("the late result is not first")
		}
		// Following the ranking where nobody is level at the end needs no reason.
		in.Digest, in.Reason, in.Chosen = l.Digest, "", []id.Person{who[5], who[0], who[1]}
		if _, err := w.Sign(w.officer, op(), in); err != nil {
			t.Error(err)
		}
	})
}

func TestResultsOfEveryMeasure(t *testing.T) {
	b, err := programme.Read("t.yaml", []byte(grouped))
	if err != nil {
		t.Fatal(err)
	}
	plan := pathway.Compile(b)
	by := []programme.RankBy{{By: programme.ByScore, Stage: "exit"}, {By: programme.ByGain, Stage: "exit"}, {By: programme.ByHalfDays, Stage: "north-week"}}
	facts := []pathway.Fact{
		{ID: "1", Subject: "entry", Value: pathway.AssessmentSubmitted{Form: "pre", Raw: 4, Max: 20}},
		{ID: "2", Subject: "exit", Value: pathway.AssessmentSubmitted{Form: "post", Raw: 8, Max: 20}},
		{ID: "3", Subject: "exit", Value: pathway.AssessmentSubmitted{Form: "post", Raw: 15, Max: 20}, Corrects: "2"},
		{ID: "4", Subject: "n-am", Value: pathway.AttendanceVerdict{Verdict: pathway.Present}},
	}
	got := plan.Results(facts, b.Instant("2020-12-01T00:00"), by)
	if got[0].Value != 75 || got[1].Value != 55 || got[2].Value != 1 || !got[0].Known {
		t.Errorf("%+v", got)
	}
	if got := plan.Results(facts[:1], b.Instant("2020-12-01T00:00"), by); got[0].Known || got[1].Known {
		t.Errorf("without a test at the end: %+v", got)
	}
}
