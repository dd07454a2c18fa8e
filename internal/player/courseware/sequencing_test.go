package courseware_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"cadre/internal/web/webtest"
)

// walks are ways through small trees. What stands in the tree is scorm-again's
// activityTree, as content/scorm makes it; the steps are testdata/walk.ts's.
var walks = []struct {
	name, walk string
}{
	{"a group that only leads forward is left behind by whom it holds nothing for", `{id: "whole", ...flow, children: [
		{id: "one"},
		{id: "group", sequencingControls: {flow: true, forwardOnly: true}, children: [{id: "two", ...pre("skip", "attempted", "!completed")}, {id: "three", ...pre("skip", "attempted", "!completed")}]},
		{id: "four"},
	]}, [{at: "one", ask: "continue"}, {at: "two", set: [["cmi.completion_status", "incomplete"]], ask: "continue"},
		{at: "three", set: [["cmi.completion_status", "incomplete"]], ask: "continue"}, {at: "four", ask: "previous"}, {at: "one"}]`},
	{"flow goes on behind a group that is chosen and passed over", `{id: "whole", sequencingControls: {choice: true, flow: true}, children: [
		{id: "one"}, {id: "group", ...flow, children: [{id: "two", ...pre("skip", "always")}]}, {id: "three"},
	]}, [{at: "one", may: ["group"], go: "group"}, {at: "three"}]`},
	{"a group that holds nothing cannot be chosen at the end, and the end is past the last unit", `{id: "whole", sequencingControls: {choice: true, flow: true}, children: [
		{id: "one"}, {id: "group", ...flow, children: [{id: "two", ...pre("skip", "always")}]},
	]}, [{at: "one", mayNot: ["group"], ask: "{target=group}choice", go: "continue", over: true}]`},
	{"a unit's own rule leads, wherever she wants to go from what has ended", `{id: "whole", sequencingControls: {choice: true, flow: true}, children: [
		{id: "one"}, {id: "two", ...post("previous", "always")}, {id: "three"},
	]}, [{at: "one", go: "continue"}, {at: "two", ask: "", go: "continue"}, {at: "one", go: "two"}, {at: "two", ask: "", go: "three"}, {at: "one"}]`},
	{"what content leaves open is not completed for it", `{id: "whole", ...flow, children: [
		{id: "one", ...post("retry", "activityProgressKnown")}, {id: "two", ...post("retry", "activityProgressKnown")},
	]}, [{at: "one", set: [["cmi.completion_status", "unknown"]], ask: "continue"}, {at: "two", ask: "continue"}, {at: "two"}]`},
	{"a unit's own word stands above its primary objective's", `{id: "whole", ...flow, children: [
		{id: "one", primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g", writeCompletionStatus: true}]}},
		{id: "two", primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g"}]}, ...pre("skip", "!activityProgressKnown")},
		{id: "three"},
	]}, [{at: "one", set: [["cmi.completion_status", "unknown"], ["cmi.objectives.0.completion_status", "completed"]], ask: "continue"}, {at: "three"}]`},
	{"what is completed by measure is not completed by word", `{id: "whole", ...flow, children: [
		{id: "one", completionThreshold: {completedByMeasure: true, minProgressMeasure: 0}, primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g", writeCompletionStatus: true}]}},
		{id: "two", primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g"}]}, ...pre("skip", "!activityProgressKnown")},
		{id: "three"},
	]}, [{at: "one", set: [["cmi.completion_status", "completed"]], ask: "continue"}, {at: "three"}]`},
	{"whoever reads a measure does not write what it makes of it", `{id: "whole", ...flow, children: [
		{id: "one", completionThreshold: {completedByMeasure: true, minProgressMeasure: 0.4}, primaryObjective: progress},
		{id: "two", completionThreshold: {completedByMeasure: true, minProgressMeasure: 0.1}, primaryObjective: progress},
		{id: "three", primaryObjective: progress},
	]}, [{at: "one", set: [["cmi.objectives.0.progress_measure", "0.2"], ["cmi.exit", "suspend"]], ask: "continue"},
		{at: "two", get: {"cmi.objectives.0.progress_measure": "0.2", "cmi.objectives.0.completion_status": "incomplete"}, set: [["cmi.objectives.0.progress_measure", "0.3"], ["cmi.exit", "suspend"]], ask: "continue"},
		{at: "three", get: {"cmi.objectives.0.progress_measure": "0.3", "cmi.objectives.0.completion_status": "completed"}, ask: "previous"},
		{at: "two", set: [["cmi.progress_measure", "0.39"]], ask: "continue"}, {at: "three", get: {"cmi.objectives.0.progress_measure": "0.39"}}]`},
	{"nothing is known of what is not tracked", `{id: "whole", ...flow, children: [
		{id: "one", primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g", writeCompletionStatus: true}]}},
		{id: "group", sequencingControls: {flow: true}, deliveryControls: {tracked: false},
			primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g"}]},
			sequencingRules: {preConditionRules: [rule("skip", "activityProgressKnown"), rule("skip", "!attempted")], postConditionRules: [rule("previous", "completed")]},
			rollupRules: {rules: [{action: "completed", consideration: "all", conditions: [{condition: "satisfied"}]}]},
			children: [{id: "two"}]},
		{id: "three"},
	]}, [{at: "one", set: [["cmi.completion_status", "completed"]], ask: "continue"}, {at: "two", set: [["cmi.success_status", "passed"]], ask: "continue"}, {at: "three"}]`},
	{"a group that its measure does not judge while it is open is judged as it ends", `{id: "whole", ...flow, children: [
		{id: "one"},
		{id: "group", ...flow, rollupConsiderations: {measureSatisfactionIfActive: false}, primaryObjective: {objectiveID: "_primary", isPrimary: true, satisfiedByMeasure: true, minNormalizedMeasure: 0.6},
			sequencingRules: {preConditionRules: [rule("skip", "satisfied")], exitConditionRules: [rule("exit", "satisfied")]}, children: [{id: "two"}, {id: "three"}]},
		{id: "four"},
	]}, [{at: "one", ask: "continue"}, {at: "two", set: [["cmi.score.scaled", "1"]], ask: "continue"}, {at: "three", set: [["cmi.score.scaled", "0.8"]], ask: "continue"},
		{at: "four", ask: "previous"}, {at: "one"}]`},
	{"objectives of an attempt end with it, and not before", `{id: "whole", ...flow, ...post("retry", "!satisfied"), primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g"}]}, children: [
		{id: "one", primaryObjective: {objectiveID: "_primary", isPrimary: true}, objectives: [{objectiveID: "o", mapInfo: [{targetObjectiveID: "g", writeSatisfiedStatus: true}]}],
			sequencingRules: {preConditionRules: [rule("skip", "attempted", "!objectiveStatusKnown:o")], postConditionRules: [rule("exitParent", "objectiveStatusKnown:o")]}},
		{id: "two"},
	]}, [{at: "one", set: [["cmi.objectives.0.success_status", "failed"]], ask: "continue"}, {at: "two"}], false`},
	{"no objective of an attempt comes back with the next unit's document", `{id: "whole", ...flow, children: [
		{id: "one"},
		{id: "two", primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g", writeSatisfiedStatus: true}]}, ...pre("skip", "satisfied")},
		{id: "three", primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "h", writeSatisfiedStatus: true}]}, ...post("retryAll", "!satisfied")},
	]}, [{at: "one", ask: "continue"}, {at: "two", set: [["cmi.success_status", "passed"]], ask: "continue"}, {at: "three", set: [["cmi.success_status", "failed"]], ask: "continue"},
		{at: "one", ask: "continue"}, {at: "two"}], false`},
	{"what has ended is not begun again by the way out of it", `{id: "whole", ...flow, children: [{id: "one"}, {id: "two"}]}, [
		{at: "one", ask: "continue"}, {at: "two", set: [["cmi.suspend_data", "kept"]], ask: "", go: "continue", over: true, leave: true}, {at: "one"}]`},
	{"a unit that ends and has said nothing of its completion is completed", `{id: "whole", ...flow, children: [{id: "one"}, {id: "two"}, {id: "three"}, {id: "four", sequencingControls: {completionSetByContent: true}}, {id: "five"}]}, [
		{at: "one", ask: "", done: true, go: "continue"}, {at: "two", set: [["cmi.exit", "suspend"]], ask: "continue", done: false},
		{at: "three", set: [["cmi.completion_status", "incomplete"]], ask: "continue", done: false}, {at: "four", ask: "continue", done: false},
		{at: "five", unload: true, leave: true, done: true}]`},
	{"what content has ended by going on begins anew once it is opened again", `{id: "whole", ...flow, children: [{id: "one"}, {id: "two"}]}, [
		{at: "one", ask: "continue"}, {at: "two", ask: "continue", over: true}, {at: "one", ask: "continue"}, {at: "two", set: [["cmi.suspend_data", "kept"]], ask: "suspendAll", over: true},
		{at: "two", get: {"cmi.entry": "resume", "cmi.suspend_data": "kept"}}]`},
	{"what a rule ends as its unit is left begins anew once it is opened again", `{id: "whole", ...flow, children: [{id: "one"}, {id: "two", ...post("exitAll", "always")}]}, [
		{at: "one", ask: "continue"}, {at: "two", ask: "", leave: true}, {at: "one"}]`},
	{"what has ended begins anew once it is opened again", `{id: "whole", sequencingControls: {choice: true, flow: true}, children: [{id: "one"}, {id: "two"}]}, [
		{at: "one", ask: "continue"}, {at: "two", ask: "exitAll", over: true}, {at: "one", ask: "continue"}, {at: "two", ask: "", go: "continue", over: true, leave: true}, {at: "one"}]`},
	{"what suspends itself is suspended, whatever ends the whole", `{id: "whole", ...flow, children: [
		{id: "one", primaryObjective: {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "g", writeSatisfiedStatus: true}]}, ...pre("skip", "satisfied")}, {id: "two"}, {id: "three"},
	]}, [{at: "one", set: [["cmi.success_status", "passed"]], ask: "continue"}, {at: "two", set: [["cmi.suspend_data", "kept"], ["cmi.exit", "suspend"]], ask: "exitAll", over: true},
		{at: "two", get: {"cmi.entry": "resume", "cmi.suspend_data": "kept"}}], false`},
	{"a constraint on choosing is a group's", `{id: "whole", sequencingControls: {choice: true, flow: true}, children: [
		{id: "group", sequencingControls: {flow: true, constrainChoice: true}, children: [{id: "one", sequencingControls: {constrainChoice: true}}, {id: "two"}, {id: "three"}]},
		{id: "four"}, {id: "five"},
	]}, [{at: "one", may: ["two", "three", "four"], mayNot: ["five"], go: "three"}, {at: "three"}]`},
	{"a unit that suspends itself and chooses itself goes on", `{id: "whole", children: [{id: "one"}, {id: "two"}]}, [
		{at: "one", get: {"cmi.entry": "ab-initio"}, set: [["cmi.suspend_data", "kept"], ["cmi.session_time", "PT1M"], ["cmi.exit", "suspend"]], ask: "{target=one}choice"},
		{at: "one", get: {"cmi.entry": "resume", "cmi.suspend_data": "kept", "cmi.total_time": "PT1M"}, set: [["cmi.exit", "normal"]], ask: "{target=one}choice"},
		{at: "one", get: {"cmi.entry": "ab-initio", "cmi.suspend_data": "!403", "cmi.total_time": "PT0S"}}]`},
	{"who suspends the whole suspends the unit, whatever it says of its end", `{id: "whole", ...flow, children: [{id: "one"}]}, [
		{at: "one", set: [["cmi.suspend_data", "kept"]], ask: "suspendAll", over: true}, {at: "one", get: {"cmi.entry": "resume", "cmi.suspend_data": "kept"}, set: [["cmi.suspend_data", "more"]], ask: "", leave: true},
		{at: "one", get: {"cmi.entry": "ab-initio"}}]`},
	{"what is given to one unit is not another's", `{id: "whole", ...flow, children: [
		{id: "one", given: {"cmi.scaled_passing_score": "0.5", "cmi.completion_threshold": "0.4", "cmi.max_time_allowed": "PT1H", "cmi.time_limit_action": "exit,message"}}, {id: "two"},
	]}, [{at: "one", get: {"cmi.scaled_passing_score": "0.5", "cmi.completion_threshold": "0.4", "cmi.max_time_allowed": "PT1H", "cmi.time_limit_action": "exit,message"},
		set: [["cmi.learner_preference.audio_level", "0.5"], ["cmi.learner_preference.delivery_speed", "2"], ["cmi.learner_preference.audio_captioning", "1"], ["cmi.learner_preference.language", "ur"]], ask: "continue"},
		{at: "two", get: {"cmi.scaled_passing_score": "!403", "cmi.completion_threshold": "!403", "cmi.max_time_allowed": "!403", "cmi.time_limit_action": "continue,no message",
			"cmi.learner_preference.audio_level": "1", "cmi.learner_preference.delivery_speed": "1", "cmi.learner_preference.audio_captioning": "0", "cmi.learner_preference.language": "en"}}]`},
	{"who maps a shared store may write to it", `{id: "whole", ...flow, children: [
		{id: "one", sharedDataMaps: [{targetID: "open"}, {targetID: "shut", writeSharedData: false}]}, {id: "two", sharedDataMaps: [{targetID: "open", readSharedData: false}, {targetID: "shut"}]},
	]}, [{at: "one", set: [["adl.data.0.store", "kept"], ["adl.data.1.store", "kept", "404"]], then: {"adl.data.0.store": "kept"}, ask: "continue"},
		{at: "two", get: {"adl.data.0.store": "!405", "adl.data.1.store": "!403"}, set: [["adl.data.1.store", ""]], then: {"adl.data.1.store": "!403"}}]`},
	{"what is got leaves no error of before", `{id: "whole", children: [{id: "one"}]}, [{at: "one",
		get: {"cmi.location": "!403", "cmi.completion_status": "unknown", "cmi.exit": "!405", "cmi.success_status": "unknown", "cmi.session_time": "!405", "adl.nav.request_valid.choice.{target=one}": "true",
			"adl.nav.request": "!405", "adl.nav.request_valid.jump.{target=one}": "true", "cmi.suspend_data": "!403", "adl.nav.request_valid.continue": "false", "cmi.scaled_passing_score": "!403", "cmi.mode": "normal"}}]`},
	{"it is said of an id of any form whether it can be gone to", `{id: "whole", sequencingControls: {choice: true, flow: true}, children: [{id: "A.1"}, {id: "B.2-x"}, {id: "_c.", ...pre("disabled", "always")}, {id: "سبق"}]}, [{at: "A.1",
		get: {"adl.nav.request_valid.choice.{target=B.2-x}": "true", "adl.nav.request_valid.jump.{target=B.2-x}": "true", "adl.nav.request_valid.choice.{target=_c.}": "false", "adl.nav.request_valid.jump.{target=سبق}": "true",
			"adl.nav.request_valid.choice.{target=سبق}": "true", "adl.nav.request_valid.choice.{target=C.3}": "false", "adl.nav.request_valid.jump.{target=C.3}": "false"}, ask: "{target=B.2-x}choice"}, {at: "B.2-x"}]`},
	{"the data model refuses what it does not hold", `{id: "whole", children: [{id: "one"}]}, [{at: "one",
		get: {"cmi": "!401", "cmi.objectives": "!401", "cmi.objectives.0.id": "!301", "cmi.interactions.0.type": "!301", "cmi.location": "!403"},
		set: [
			["cmi.objectives", "x", "401"], ["cmi.interactions", "x", "401"], ["adl.data", "x", "401"], ["adl.data.0.store", "x", "351"], ["cmi.location", ""],
			["cmi.objectives.0.id", "", "406"], ["cmi.objectives.0.id", "urn:", "406"], ["cmi.objectives.0.id", "urn:a b", "406"],
			["cmi.session_time", "P1D4H", "406"], ["cmi.session_time", "PT", "406"], ["cmi.session_time", "P1DT4H5.25S"],
			["cmi.interactions.0.result", "correct", "408"], ["cmi.interactions.1.type", "choice", "351"],
			["cmi.interactions.0.id", "q1"], ["cmi.interactions.0.type", "choice"], ["cmi.interactions.0.id", "q2"], ["cmi.interactions.1.id", "q2"],
			["cmi.interactions.0.correct_responses.0.pattern", "a[,]b"], ["cmi.interactions.0.correct_responses.1.pattern", "b[,]a", "351"],
			["cmi.interactions.0.correct_responses.1.pattern", "a[,]a", "406"], ["cmi.interactions.0.correct_responses.1.pattern", ""],
			["cmi.interactions.1.type", "sequencing"], ["cmi.interactions.1.correct_responses.0.pattern", "a[,]b[,]a"], ["cmi.interactions.1.correct_responses.0.pattern", "[,]a", "406"],
			["cmi.interactions.2.id", "q3"], ["cmi.interactions.2.correct_responses.0.pattern", "x", "408"], ["cmi.interactions.2.type", "long-fill-in"],
			["cmi.interactions.2.correct_responses.0.pattern", "{case_matters=false}{lang=ur}جواب"], ["cmi.interactions.2.correct_responses.1.pattern", "{case_matters=perhaps}x", "406"],
			["cmi.interactions.3.id", "q4"], ["cmi.interactions.3.type", "fill-in"], ["cmi.interactions.3.correct_responses.0.pattern", "{order_matters=true}a[,]{lang=en-GB}b[,]{case_matters=no}c"],
			["cmi.interactions.3.correct_responses.0.pattern", "a[,]{lang=?}b", "406"], ["cmi.interactions.3.correct_responses.2.pattern", "a", "351"],
			["cmi.interactions.4.id", "q5"], ["cmi.interactions.4.type", "matching"], ["cmi.interactions.4.correct_responses.0.pattern", "a[.]1[,]a[.]2[,]b[.]1"], ["cmi.interactions.4.correct_responses.0.pattern", "a[,]1", "406"],
			["cmi.interactions.5.id", "q6"], ["cmi.interactions.5.type", "performance"], ["cmi.interactions.5.correct_responses.0.pattern", "{order_matters=false}step[.]1[:]2[,][.]done[,]step[.]"],
			["cmi.interactions.5.correct_responses.0.pattern", "[.]", "406"],
			["cmi.interactions.6.id", "q7"], ["cmi.interactions.6.type", "numeric"], ["cmi.interactions.6.correct_responses.0.pattern", "-1.5[:]"], ["cmi.interactions.6.correct_responses.0.pattern", "2[:]1", "406"],
			["cmi.interactions.6.correct_responses.1.pattern", "1[:]2", "351"],
			["cmi.comments_from_learner.0.comment", "c"], ["cmi.comments_from_learner.0.location", ""],
			["cmi.objectives.0.id", "urn:example:o"],
		],
		then: {"cmi.objectives._count": "1", "cmi.objectives.0.id": "urn:example:o", "cmi.objectives.0.score.raw": "!403", "cmi.interactions._count": "7", "cmi.interactions.0.objectives.0.id": "!301", "cmi.interactions.2.correct_responses._count": "1"},
		leave: true, ask: "suspendAll"}, {at: "one", get: {"cmi.interactions.2.correct_responses.0.pattern": "{case_matters=false}{lang=ur}جواب", "cmi.interactions.1.correct_responses.0.pattern": "a[,]b[,]a"}}]`},
}

// TestWaysThroughScorm2004 holds the run time to the standard, where the library that
// it stands on does not (src/corrected.ts and what it calls).
func TestWaysThroughScorm2004(t *testing.T) {
	tab := walking(t)
	for _, w := range walks {
		t.Run(w.name, func(t *testing.T) { walk(t, tab, w.walk) })
	}
}

// A unit that says nothing of its completion is completed as its attempt ends, and not
// where that is suspended or abandoned: otherwise to put it down would be to have done it,
// and her place would be lost (SN UP.4, TB.2.3). What ends the whole does so whatever else
// is asked for (RTE 4.2.8).
func TestHowASilentUnitOfScorm2004IsLeft(t *testing.T) {
	tab := walking(t)
	leave := func(exit, step, left string, done bool) {
		t.Helper()
		t.Run(exit+", "+step, func(t *testing.T) {
			set := `["cmi.location", "page 3"], ["cmi.suspend_data", "kept"]`
			if exit != "" {
				set += `, ["cmi.exit", "` + exit + `"]`
			}
			for _, children := range []string{`{id: "one"}`, `{id: "one"}, {id: "two"}`} {
				walk(t, tab, fmt.Sprintf(`{id: "whole", ...flow, children: [%s]}, [{at: "one", set: [%s], %s, left: "%s", done: %t}]`, children, set, step, left, done))
			}
		})
	}
	for _, exit := range []string{"", "normal", "suspend", "logout", "time-out"} {
		left, ends := cmp.Or(exit, "normal"), exit == "logout" || exit == "time-out"
		for _, request := range []string{"", "continue", "exit", "exitAll"} {
			leave(exit, `ask: "`+request+`"`, left, exit != "suspend")
		}
		for _, request := range []string{"abandon", "abandonAll"} {
			tree := map[bool]string{true: "completed", false: "not attempted"}[ends]
			leave(exit, `ask: "`+request+`", tree: "`+tree+`"`, left, ends)
		}
		if ends {
			leave(exit, `ask: "suspendAll", over: true, tree: "completed"`, left, true)
			leave(exit, `unload: true, leave: true`, left, true)
		} else {
			leave(exit, `ask: "suspendAll", over: true, tree: "not attempted"`, "suspend", false)
			leave(exit, `unload: true, leave: true, tree: "not attempted"`, "suspend", false)
		}
		leave(exit, `leave: true, tree: "not attempted"`, "open", false) // it is gone without its end
		leave(exit, `then: {"cmi.location": "page 3"}`, "open", false)
	}
	// What has only begun has nothing to go on from: to leave it is to end it. What it asks
	// for itself stands.
	for step, done := range map[string]bool{`unload: true, leave: true`: true, `leave: true`: false, `ask: "suspendAll"`: false, `ask: "abandon"`: false, `ask: "abandonAll"`: false} {
		walk(t, tab, fmt.Sprintf(`{id: "whole", ...flow, children: [{id: "one"}]}, [{at: "one", %s, done: %t}]`, step, done))
	}
	// She finds her place again.
	for _, step := range []string{`ask: "suspendAll", over: true`, `unload: true, leave: true`} {
		walk(t, tab, fmt.Sprintf(`{id: "whole", ...flow, children: [{id: "one"}]}, [
			{at: "one", set: [["cmi.location", "page 3"]], %s, done: false}, {at: "one", get: {"cmi.entry": "resume", "cmi.location": "page 3"}}]`, step))
	}
}

// walk fails the test where a walk goes another way, in a document of its own or not.
func walk(t *testing.T, tab *webtest.Tab, walk string) {
	t.Helper()
	for _, strict := range []string{"false", "true"} {
		for _, wrong := range webtest.Ask[[]string](tab, "walks.walk("+strict+", "+walk+")") {
			t.Errorf("strict %s: %s", strict, wrong)
		}
	}
}

// walking opens a tab that walks.
func walking(t *testing.T) *webtest.Tab {
	t.Helper()
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	r := api.Build(api.BuildOptions{
		AbsWorkingDir: dir, EntryPoints: []string{"walk.ts"}, NodePaths: []string{filepath.Join(dir, "..", "..", "..", "..", "web", "node_modules")},
		Bundle: true, Format: api.FormatIIFE, GlobalName: "walks", LogLevel: api.LogLevelSilent,
	})
	if len(r.Errors) > 0 {
		t.Fatalf("%s\n(run make setup)", strings.Join(api.FormatMessages(r.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/walk.js" {
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write(r.OutputFiles[0].Contents)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><title>Walks</title><script src="/walk.js"></script><script>
const rule = (action, ...all) => ({action, conditionCombination: "all", conditions: all.map(c => {
  const [condition, referencedObjective] = c.replace("!", "").split(":");
  return {condition, ...(referencedObjective ? {referencedObjective} : {}), ...(c[0] === "!" ? {operator: "not"} : {})};
})});
const pre = (...r) => ({sequencingRules: {preConditionRules: [rule(...r)]}}), post = (...r) => ({sequencingRules: {postConditionRules: [rule(...r)]}});
const flow = {sequencingControls: {choice: false, flow: true}};
const progress = {objectiveID: "own", isPrimary: true, mapInfo: [{targetObjectiveID: "p", readSatisfiedStatus: false, readNormalizedMeasure: false, writeCompletionStatus: true, writeProgressMeasure: true}]};
</script>`))
	}))
	t.Cleanup(server.Close)
	return webtest.Launch(t).Tab(t, server.URL, webtest.Look{}).Open("/")
}
