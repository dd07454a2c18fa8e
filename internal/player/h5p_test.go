package player_test

import (
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/pathway"
	"cadre/internal/player"
)

// H5P is judged by the rules for all packages: what is left half done is
// suspended and given back; a failure is not yet a pass, a later pass is one, and
// a worse try takes nothing away.
func TestH5PIsJudgedAsAllPackagesAre(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		const state = `{"at":1}`
		first := k.open("first-contact", player.OpenRun{})
		if first.Seed.Kind != player.H5P || first.Seed.Learner.Name != "Learner" || len(first.Seed.Units) != 1 {
			t.Errorf("it begins with %+v", first.Seed)
		}
		got := k.accept(first, set(1, "content", "cmi.completion_status", "incomplete", "cmi.progress_measure", "0.29", "user_data.0.state", state),
			entry(2, `{"activity":"content","at":1,"set":{"cmi.exit":"suspend","cmi.total_time":"PT90S"},"end":true}`))
		if got.State != player.Open || got.Percent != 29 {
			t.Errorf("begun it is %+v", got)
		}
		second := k.open("first-contact", player.OpenRun{TakeOver: true})
		if raw := string(second.Seed.Data["content"]["user_data.0.state"]); raw != `"{\"at\":1}"` || second.Seed.Left["content"] != "suspend" {
			t.Errorf("she goes on from %s, left %v", raw, second.Seed.Left)
		}
		score := func(n int64, raw, success string) player.Numbered {
			return set(n, "content", "cmi.completion_status", "completed", "cmi.success_status", success, "cmi.score.min", "0", "cmi.score.max", "3", "cmi.score.raw", raw)
		}
		if got = k.accept(second, score(1, "1", "failed")); got.State != player.NotYet {
			t.Errorf("failed it is %+v", got)
		}
		if got = k.accept(second, score(2, "3", "passed")); got.State != player.Passed || got.Units["content"].Success != "passed" {
			t.Errorf("passed it is %+v", got)
		}
		if got = k.accept(second, score(3, "0", "failed")); got.State != player.Passed {
			t.Errorf("after a worse try it is %+v", got)
		}
		var done []pathway.ModuleCompleted
		for _, f := range k.ledger.facts {
			if c, ok := f.Value.(pathway.ModuleCompleted); ok {
				done = append(done, c)
			}
		}
		want := []pathway.ModuleCompleted{{Score: 1, Max: 3, SelfReported: true}, {Score: 3, Max: 3, Passed: true, SelfReported: true}}
		if len(done) != 2 || done[0] != want[0] || done[1] != want[1] {
			t.Errorf("the facts are %+v", done)
		}
	})
}
