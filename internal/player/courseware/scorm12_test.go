package courseware_test

import (
	"testing"

	"cadre/internal/web/webtest"
)

// What content of SCORM 1.2 says, and what it is answered: a call and the error's code
// behind it where there is one.
var talks = []struct {
	name, more, says, want string
}{
	{
		"before it has begun nothing is taken", ``, `get("cmi.core.lesson_status"), set("cmi.core.lesson_location", "9"), call("LMSCommit"), call("LMSFinish"), call("LMSInitialize"), set("cmi.core.lesson_location", "9")`,
		`!301 false!301 false!301 false!301 true true`,
	},
	{
		"after it has ended nothing is taken", ``,
		`call("LMSInitialize"), call("LMSInitialize"), set("cmi.core.lesson_location", "1"), call("LMSFinish"), set("cmi.core.lesson_location", "9"), get("cmi.core.lesson_location"), call("LMSCommit"), call("LMSFinish"), call("LMSInitialize"), set("cmi.core.lesson_location", "9"), t.seed.data.one["cmi.core.lesson_location"]`,
		`true false!101 true true false!301 !301 false!301 false!301 false!101 false!301 1`,
	},
	{
		"what nobody has set is empty, and she has spent no time", ``,
		`call("LMSInitialize"), get("cmi.core.total_time"), get("cmi.core.score.raw") + get("cmi.core.score.max"), set("cmi.objectives.0.id", "o"), get("cmi.objectives.0.score.max"), call("LMSCommit"), String(t.seed.data.one["cmi.objectives.0.score.max"] ?? ""), String(t.seed.data.one["cmi.core.score.max"] ?? "")`,
		`true 0000:00:00.00  true  true  `,
	},
	{
		"what content sets is kept, a hundred too", ``,
		`call("LMSInitialize"), set("cmi.core.score.max", "100"), set("cmi.objectives.0.id", "o"), set("cmi.objectives.0.score.max", "100"), set("cmi.core.session_time", "00:10:00"), set("cmi.core.exit", "suspend"), call("LMSFinish"), t.seed.data.one["cmi.core.score.max"], t.seed.data.one["cmi.objectives.0.score.max"],
		(t = walks.talk(units, t.seed), call("LMSInitialize")), get("cmi.core.score.max"), get("cmi.objectives.0.score.max"), get("cmi.core.total_time")`,
		`true true true true true true true 100 100 true 100 100 00:10:00`,
	},
	{"a unit that asks for others is not begun with before those are done", `activity: "two"`, `t.shown`, `one`},
	{"nor for a chapter", `activity: "three"`, `t.shown`, `one`},
	{"once they are it is", `activity: "two", data: {one: {"cmi.core.lesson_status": "passed"}}`, `t.shown`, `two`},
	{"and the chapter's", `activity: "three", data: {one: {"cmi.core.lesson_status": "passed"}, two: {"cmi.core.lesson_status": "completed"}}`, `t.shown`, `three`},
	{"what she is in the middle of goes on", `activity: "two", left: {two: "suspend"}`, `t.shown`, `two`},
	{"whoever looks at it opens anything", `mode: "browse", activity: "three"`, `t.shown`, `three`},
	{"and who reads it again", `mode: "review", activity: "three"`, `t.shown`, `three`},
}

func TestWhatScorm12IsAnswered(t *testing.T) {
	tab := walking(t)
	for _, x := range talks {
		t.Run(x.name, func(t *testing.T) {
			got := webtest.Ask[string](tab, `(() => {
				const units = [{id: "chapter", title: "Chapter", units: [{id: "one", title: "One", href: "one"}, {id: "two", title: "Two", href: "two", prerequisites: "one"}]}, {id: "three", title: "Three", href: "three", prerequisites: "chapter"}];
				let t = walks.talk(units, {`+x.more+`});
				const said = v => { const code = t.api.LMSGetLastError(); return code === "0" ? v : v + "!" + code; };
				const call = name => said(t.api[name](""));
				const get = e => said(t.api.LMSGetValue(e)), set = (e, v) => said(t.api.LMSSetValue(e, v));
				return [`+x.says+`].join(" ");
			})()`)
			if got != x.want {
				t.Errorf("it is answered\n%s, not\n%s", got, x.want)
			}
		})
	}
}
