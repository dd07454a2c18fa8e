package statement

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
)

const base = `{
  "id": "7ccd3322-e1a5-411a-a67d-6a735c76f119",
  "actor": {"objectType": "Agent", "name": "Officer 7", "account": {"homePage": "https://training.example.org", "name": "p-7"}},
  "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered", "ur": "جواب دیا"}},
  "object": {"objectType": "Activity", "id": "https://training.example.org/items/12", "definition": {
    "name": {"en": "Indicators"}, "description": {"en": "Which are indicators?"}, "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
    "moreInfo": "https://training.example.org/items/12/about", "interactionType": "choice", "correctResponsesPattern": ["a[,]b"],
    "choices": [{"id": "a", "description": {"en": "Debt"}}, {"id": "b", "description": {"en": "No papers"}}],
    "extensions": {"https://training.example.org/x": {"free": null}}}},
  "result": {"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "success": true, "completion": false, "response": "a[,]b",
    "duration": "PT1M30.25S", "extensions": {"urn:x:y": [1, null]}},
  "context": {"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
    "instructor": {"mbox": "mailto:trainer@example.org"},
    "team": {"objectType": "Group", "member": [{"openid": "https://id.example.org/1"}]},
    "contextActivities": {"parent": [{"id": "https://training.example.org/tests/1"}], "category": {"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}},
    "revision": "3", "platform": "Cadre", "language": "ps-AF",
    "statement": {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
    "extensions": {"urn:x:z": "y"}},
  "timestamp": "2020-11-03T10:00:00.123+05:00", "stored": "2020-11-03T05:00:01Z", "version": "1.0.0",
  "authority": {"mbox": "mailto:lrs@example.org"},
  "attachments": [{"usageType": "https://example.org/kinds/scan", "display": {"en": "Scan"}, "description": {"en": "Of the sheet"},
    "contentType": "image/png; x=1", "length": 4, "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a", "fileUrl": "https://example.org/1.png"}]
}`

// edit sets the value at a path of names and indexes, or takes it away where raw
// is empty.
func edit(t *testing.T, doc any, path, raw string) any {
	t.Helper()
	first, rest, more := strings.Cut(path, "/")
	var v any
	if raw != "" {
		if err := json.Unmarshal([]byte(raw), &v); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	}
	switch d := doc.(type) {
	case map[string]any:
		switch {
		case more:
			d[first] = edit(t, d[first], rest, raw)
		case raw == "":
			delete(d, first)
		default:
			d[first] = v
		}
		return d
	case []any:
		i, err := strconv.Atoi(first)
		if err != nil {
			t.Fatal(err)
		}
		if more {
			d[i] = edit(t, d[i], rest, raw)
		} else {
			d[i] = v
		}
		return d
	}
	t.Fatalf("nothing at %s", path)
	return nil
}

func edited(t *testing.T, edits ...string) []byte {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(base), &doc); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edits); i += 2 {
		doc = edit(t, doc, edits[i], edits[i+1])
	}
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(b []byte, v Version) (*Statement, error) {
	top, err := ParseJSON(b)
	if err != nil {
		return nil, err
	}
	return Read(top, v)
}

func mustRead(t testing.TB, text string) *Statement {
	t.Helper()
	st, err := read([]byte(text), V2)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return st
}

// A statement with everything that may be in one is taken in both versions.
func TestAStatementWithEverythingIsTaken(t *testing.T) {
	for _, v := range []Version{V1, V2} {
		if _, err := read([]byte(base), v); err != nil {
			t.Errorf("%s: %v", v, err)
		}
	}
}

// Each rule of xAPI 1.0.3, part 2 (Data), broken once, names the place; what is
// allowed beside it stays allowed. The number is the section of the
// specification.
func TestEveryRuleOfAStatement(t *testing.T) {
	const (
		agent = `{"objectType":"Agent","mbox":"mailto:a@example.org"}`
		sub   = `{"objectType":"SubStatement","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`
	)
	for _, c := range []struct {
		section string
		path    string // where it is set
		raw     string
		fault   string // the path that the fault names; empty if it is allowed
	}{
		// 2.2 formatting
		{"2.2", "actor", ``, "$"},
		{"2.2", "verb", ``, "$"},
		{"2.2", "object", ``, "$"},
		{"2.2", "object/definition/name", `null`, "$.object.definition.name"},
		{"2.2", "result/response", `null`, "$.result.response"},
		{"2.2", "object/definition/extensions/urn:n:1", `null`, ""},
		{"2.2", "surprise", `1`, "$.surprise"},
		{"2.2", "Actor", `{}`, "$.Actor"},
		{"2.2", "actor/surprise", `1`, "$.actor.surprise"},
		{"2.2", "verb/surprise", `1`, "$.verb.surprise"},
		{"2.2", "object/surprise", `1`, "$.object.surprise"},
		{"2.2", "object/definition/surprise", `1`, "$.object.definition.surprise"},
		{"2.2", "result/surprise", `1`, "$.result.surprise"},
		{"2.2", "result/score/surprise", `1`, "$.result.score.surprise"},
		{"2.2", "context/surprise", `1`, "$.context.surprise"},
		{"2.2", "context/contextActivities/surprise", `[]`, "$.context.contextActivities.surprise"},
		{"2.2", "attachments/0/surprise", `1`, "$.attachments[0].surprise"},
		{"2.2", "objectType", `"SubStatement"`, "$.objectType"},
		// 2.4.1 id
		{"2.4.1", "id", `"7ccd3322"`, "$.id"},
		{"2.4.1", "id", `"7CCD3322-E1A5-411A-A67D-6A735C76F119"`, ""},
		{"2.4.1", "id", `"7ccd3322-e1a5-411a-c67d-6a735c76f119"`, "$.id"},
		{"2.4.1", "id", `7`, "$.id"},
		// 2.4.2 actor
		{"2.4.2", "actor", `"Officer"`, "$.actor"},
		{"2.4.2", "actor/objectType", `"agent"`, "$.actor.objectType"},
		{"2.4.2", "actor/objectType", `"Activity"`, "$.actor.objectType"},
		{"2.4.2", "actor/name", `7`, "$.actor.name"},
		{"2.4.2", "actor/account", ``, "$.actor"},
		{"2.4.2", "actor/mbox", `"mailto:a@example.org"`, "$.actor"},
		{"2.4.2", "actor/member", `[]`, "$.actor.member"},
		{"2.4.2.2", "actor", `{"objectType":"Group"}`, "$.actor"},
		{"2.4.2.2", "actor", `{"objectType":"Group","member":[]}`, "$.actor.member"},
		{"2.4.2.2", "actor", `{"objectType":"Group","member":{}}`, "$.actor.member"},
		{"2.4.2.2", "actor", `{"objectType":"Group","member":[{"objectType":"Group","mbox":"mailto:g@example.org"}]}`, "$.actor.member[0]"},
		{"2.4.2.2", "actor", `{"objectType":"Group","member":[{"name":"x"}]}`, "$.actor.member[0]"},
		{"2.4.2.2", "actor", `{"objectType":"Group","mbox":"mailto:g@example.org"}`, ""},
		{"2.4.2.2", "actor", `{"objectType":"Group","mbox":"mailto:g@example.org","openid":"urn:x:y"}`, "$.actor"},
		{"2.4.2.2", "actor", `{"objectType":"Group","name":"G","member":[` + agent + `]}`, ""},
		{"2.4.2.3", "actor", `{"mbox":"a@example.org"}`, "$.actor.mbox"},
		{"2.4.2.3", "actor", `{"mbox":"mailto:example.org"}`, "$.actor.mbox"},
		{"2.4.2.3", "actor", `{"mbox":7}`, "$.actor.mbox"},
		{"2.4.2.3", "actor", `{"mbox_sha1sum":"ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}`, ""},
		{"2.4.2.3", "actor", `{"mbox_sha1sum":"ebd31e95"}`, "$.actor.mbox_sha1sum"},
		{"2.4.2.3", "actor", `{"openid":"not an iri"}`, "$.actor.openid"},
		{"2.4.2.4", "actor/account/homePage", `"training"`, "$.actor.account.homePage"},
		{"2.4.2.4", "actor/account/homePage", ``, "$.actor.account"},
		{"2.4.2.4", "actor/account/name", ``, "$.actor.account"},
		{"2.4.2.4", "actor/account/name", `7`, "$.actor.account.name"},
		{"2.4.2.4", "actor/account/more", `7`, "$.actor.account.more"},
		// 2.4.3 verb
		{"2.4.3", "verb", `"did"`, "$.verb"},
		{"2.4.3", "verb/id", ``, "$.verb"},
		{"2.4.3", "verb/id", `"did"`, "$.verb.id"},
		{"2.4.3", "verb/display", `"did"`, "$.verb.display"},
		{"2.4.3", "verb/display", `{"en":7}`, "$.verb.display.en"},
		{"2.4.3", "verb/display", `{"a12345":"x"}`, "$.verb.display.a12345"},
		{"2.4.3", "verb/display", ``, ""},
		// 2.4.4 object
		{"2.4.4", "object/objectType", `"Thing"`, "$.object.objectType"},
		{"2.4.4", "object/objectType", ``, ""},
		{"2.4.4.1", "object/id", ``, "$.object"},
		{"2.4.4.1", "object/id", `"items/12"`, "$.object.id"},
		{"2.4.4.1", "object/definition", `[]`, "$.object.definition"},
		{"2.4.4.1", "object/definition", `{}`, ""},
		{"2.4.4.1", "object/definition/type", `"x"`, "$.object.definition.type"},
		{"2.4.4.1", "object/definition/moreInfo", `"x"`, "$.object.definition.moreInfo"},
		{"2.4.4.1", "object/definition/description", `{"en":[]}`, "$.object.definition.description.en"},
		{"2.4.4.1", "object/definition/extensions", `{"x":1}`, "$.object.definition.extensions.x"},
		{"2.4.4.1", "object/definition/interactionType", `"guess"`, "$.object.definition.interactionType"},
		{"2.4.4.1", "object/definition/interactionType", ``, "$.object.definition"},
		{"2.4.4.1", "object/definition/interactionType", `"likert"`, "$.object.definition.choices"},
		{"2.4.4.1", "object/definition/correctResponsesPattern", `"a"`, "$.object.definition.correctResponsesPattern"},
		{"2.4.4.1", "object/definition/correctResponsesPattern", `[1]`, "$.object.definition.correctResponsesPattern[0]"},
		{"2.4.4.1", "object/definition/choices", `{}`, "$.object.definition.choices"},
		{"2.4.4.1", "object/definition/choices/1/id", `"a"`, "$.object.definition.choices[1].id"},
		{"2.4.4.1", "object/definition/choices/1/id", `""`, "$.object.definition.choices[1].id"},
		{"2.4.4.1", "object/definition/choices/1/id", `7`, "$.object.definition.choices[1].id"},
		{"2.4.4.1", "object/definition/choices/1/id", ``, "$.object.definition.choices[1]"},
		{"2.4.4.1", "object/definition/choices/1/more", `1`, "$.object.definition.choices[1].more"},
		{"2.4.4.1", "object/definition/choices/1/description", `"x"`, "$.object.definition.choices[1].description"},
		{"2.4.4.2", "object", `{"objectType":"Agent"}`, "$.object"},
		{"2.4.4.3", "object", `{"objectType":"StatementRef","id":"urn:x:y"}`, "$.object.id"},
		{"2.4.4.3", "object", `{"objectType":"StatementRef"}`, "$.object"},
		{"2.4.4.3", "object", `{"objectType":"StatementRef","id":"7ccd3322-e1a5-411a-a67d-6a735c76f119","definition":{}}`, "$.object.definition"},
		{"2.4.4.3", "object", `{"objectType":"SubStatement","actor":` + agent + `,"verb":{"id":"urn:v:1"},"object":` + sub + `}`, "$.object.object"},
		{"2.4.4.3", "object", `{"objectType":"SubStatement","id":"7ccd3322-e1a5-411a-a67d-6a735c76f119","actor":` + agent + `,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`, "$.object.id"},
		{"2.4.4.3", "object", `{"objectType":"SubStatement","stored":"2020-11-03T05:00:01Z","actor":` + agent + `,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`, "$.object.stored"},
		{"2.4.4.3", "object", `{"objectType":"SubStatement","version":"1.0.0","actor":` + agent + `,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`, "$.object.version"},
		{"2.4.4.3", "object", `{"objectType":"SubStatement","authority":` + agent + `,"actor":` + agent + `,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`, "$.object.authority"},
		{"2.4.4.3", "object", `{"objectType":"SubStatement","verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`, "$.object"},
		// 2.4.5 result
		{"2.4.5", "result/success", `"yes"`, "$.result.success"},
		{"2.4.5", "result/completion", `1`, "$.result.completion"},
		{"2.4.5", "result/response", `7`, "$.result.response"},
		{"2.4.5", "result/duration", `"90 s"`, "$.result.duration"},
		{"2.4.5", "result/extensions", `{"x":1}`, "$.result.extensions.x"},
		{"2.4.5", "result/score", `5`, "$.result.score"},
		{"2.4.5.1", "result/score/scaled", `1.01`, "$.result.score.scaled"},
		{"2.4.5.1", "result/score/scaled", `-1`, ""},
		{"2.4.5.1", "result/score/scaled", `"1"`, "$.result.score.scaled"},
		{"2.4.5.1", "result/score/raw", `11`, "$.result.score.raw"},
		{"2.4.5.1", "result/score/raw", `-1`, "$.result.score.raw"},
		{"2.4.5.1", "result/score/min", `10`, "$.result.score.min"},
		{"2.4.5.1", "result/score/max", `"10"`, "$.result.score.max"},
		// 2.4.6 context
		{"2.4.6", "context/registration", `"x"`, "$.context.registration"},
		{"2.4.6", "context/instructor", `{}`, "$.context.instructor"},
		{"2.4.6", "context/team", agent, "$.context.team"},
		{"2.4.6", "context/team", `{"mbox":"mailto:a@example.org"}`, "$.context.team"},
		{"2.4.6", "context/revision", `3`, "$.context.revision"},
		{"2.4.6", "context/platform", `3`, "$.context.platform"},
		{"2.4.6", "context/language", `"a12345"`, "$.context.language"},
		{"2.4.6", "context/statement", `{"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}`, "$.context.statement"},
		{"2.4.6", "context/statement", `{"objectType":"Activity","id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}`, "$.context.statement.objectType"},
		{"2.4.6", "context/extensions", `{"x":1}`, "$.context.extensions.x"},
		{"2.4.6.2", "context/contextActivities/other", `"urn:x:y"`, "$.context.contextActivities.other"},
		{"2.4.6.2", "context/contextActivities/parent/0/id", `"x"`, "$.context.contextActivities.parent[0].id"},
		{"2.4.6.2", "context/contextActivities/parent/0/objectType", `"Agent"`, "$.context.contextActivities.parent[0].objectType"},
		// 2.4.7 to 2.4.10
		{"2.4.7", "timestamp", `"yesterday"`, "$.timestamp"},
		{"2.4.7", "timestamp", `"2020-11-03T10:00:00-00:00"`, "$.timestamp"},
		{"2.4.7", "timestamp", `"2020-02-30T10:00:00Z"`, "$.timestamp"},
		{"2.4.7", "timestamp", `1604379600`, "$.timestamp"},
		{"2.4.8", "stored", `"yesterday"`, "$.stored"},
		{"2.4.9", "authority", `{}`, "$.authority"},
		{"2.4.9", "authority", `{"objectType":"Group","member":[` + agent + `,{"mbox":"mailto:b@example.org"}]}`, ""},
		{"2.4.9", "authority", `{"objectType":"Group","member":[` + agent + `]}`, "$.authority"},
		{"2.4.9", "authority", `{"objectType":"Group","mbox":"mailto:g@example.org","member":[` + agent + `,{"mbox":"mailto:b@example.org"}]}`, "$.authority"},
		{"2.4.10", "version", `"1.0"`, ""},
		{"2.4.10", "version", `"1.0.9"`, ""},
		{"2.4.10", "version", `"0.9.9"`, "$.version"},
		{"2.4.10", "version", `"1.1.0"`, "$.version"},
		{"2.4.10", "version", `"1.0.x"`, "$.version"},
		// 2.4.11 attachments
		{"2.4.11", "attachments", `{}`, "$.attachments"},
		{"2.4.11", "attachments/0/usageType", ``, "$.attachments[0]"},
		{"2.4.11", "attachments/0/usageType", `"scan"`, "$.attachments[0].usageType"},
		{"2.4.11", "attachments/0/display", ``, "$.attachments[0]"},
		{"2.4.11", "attachments/0/display", `"x"`, "$.attachments[0].display"},
		{"2.4.11", "attachments/0/description", `"x"`, "$.attachments[0].description"},
		{"2.4.11", "attachments/0/contentType", `"png"`, "$.attachments[0].contentType"},
		{"2.4.11", "attachments/0/contentType", ``, "$.attachments[0]"},
		{"2.4.11", "attachments/0/length", ``, "$.attachments[0]"},
		{"2.4.11", "attachments/0/length", `4.5`, "$.attachments[0].length"},
		{"2.4.11", "attachments/0/length", `"4"`, "$.attachments[0].length"},
		{"2.4.11", "attachments/0/sha2", ``, "$.attachments[0]"},
		{"2.4.11", "attachments/0/sha2", `"abc"`, "$.attachments[0].sha2"},
		{"2.4.11", "attachments/0/fileUrl", `"1.png"`, "$.attachments[0].fileUrl"},
		// 2.3.2 voiding
		{"2.3.2", "verb/id", `"` + VerbVoided + `"`, "$.object"},
	} {
		for _, v := range []Version{V1, V2} {
			_, err := read(edited(t, c.path, c.raw), v)
			var e *Error
			errors.As(err, &e)
			switch {
			case c.fault == "" && err != nil:
				t.Errorf("%s (%s): %s = %s: refused: %v", c.section, v, c.path, c.raw, err)
			case c.fault != "" && e == nil:
				t.Errorf("%s (%s): %s = %s: taken", c.section, v, c.path, c.raw)
			case c.fault != "" && e.Path != c.fault && !strings.HasPrefix(e.Path, c.fault+"."):
				t.Errorf("%s (%s): %s = %s: the fault is said to be at %s, not at %s", c.section, v, c.path, c.raw, e, c.fault)
			}
		}
	}
}

// Revision and platform are of activities alone (2.4.6).
func TestRevisionAndPlatformAreOfActivities(t *testing.T) {
	for _, object := range []string{
		`{"objectType":"Agent","mbox":"mailto:a@example.org"}`,
		`{"objectType":"Group","mbox":"mailto:a@example.org"}`,
		`{"objectType":"StatementRef","id":"7ccd3322-e1a5-411a-a67d-6a735c76f119"}`,
		`{"objectType":"SubStatement","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`,
	} {
		for keep, gone := range map[string]string{"revision": "platform", "platform": "revision"} {
			_, err := read(edited(t, "object", object, "context/"+gone, ""), V1)
			var e *Error
			if !errors.As(err, &e) || e.Path != "$.context."+keep {
				t.Errorf("%s beside %s: %v", keep, object, err)
			}
		}
	}
}

// contextAgents and contextGroups are of 2.0.0 (IEEE 9274.1.1, 4.2.2.5).
func TestContextAgentsAndGroups(t *testing.T) {
	const agents, groups = "context/contextAgents", "context/contextGroups"
	for _, c := range []struct{ path, raw, fault string }{
		{agents, `[{"objectType":"contextAgent","agent":{"mbox":"mailto:a@example.org"},"relevantTypes":["urn:t:1"]}]`, ""},
		{agents, `[{"objectType":"contextAgent","agent":{"mbox":"mailto:a@example.org"}}]`, ""},
		{agents, `{}`, "$.context.contextAgents"},
		{agents, `[{"objectType":"Agent","agent":{"mbox":"mailto:a@example.org"}}]`, "$.context.contextAgents[0].objectType"},
		{agents, `[{"agent":{"mbox":"mailto:a@example.org"}}]`, "$.context.contextAgents[0]"},
		{agents, `[{"objectType":"contextAgent"}]`, "$.context.contextAgents[0]"},
		{agents, `[{"objectType":"contextAgent","agent":{"name":"x"}}]`, "$.context.contextAgents[0].agent"},
		{agents, `[{"objectType":"contextAgent","agent":{"objectType":"Group","mbox":"mailto:a@example.org"}}]`, "$.context.contextAgents[0].agent"},
		{agents, `[{"objectType":"contextAgent","agent":{"mbox":"mailto:a@example.org"},"relevantTypes":[]}]`, "$.context.contextAgents[0].relevantTypes"},
		{agents, `[{"objectType":"contextAgent","agent":{"mbox":"mailto:a@example.org"},"relevantTypes":["x"]}]`, "$.context.contextAgents[0].relevantTypes[0]"},
		{agents, `[{"objectType":"contextAgent","agent":{"mbox":"mailto:a@example.org"},"more":1}]`, "$.context.contextAgents[0].more"},
		{groups, `[{"objectType":"contextGroup","group":{"objectType":"Group","mbox":"mailto:g@example.org"}}]`, ""},
		{groups, `[{"objectType":"contextGroup","group":{"mbox":"mailto:g@example.org"}}]`, "$.context.contextGroups[0].group"},
		{groups, `[{"objectType":"contextAgent","group":{"objectType":"Group","mbox":"mailto:g@example.org"}}]`, "$.context.contextGroups[0].objectType"},
	} {
		_, err := read(edited(t, c.path, c.raw), V2)
		var e *Error
		errors.As(err, &e)
		if c.fault == "" && err != nil || c.fault != "" && (e == nil || e.Path != c.fault) {
			t.Errorf("%s = %s: %v, want a fault at %q", c.path, c.raw, err, c.fault)
		}
		if _, err := read(edited(t, c.path, c.raw), V1); err == nil {
			t.Errorf("%s is taken in 1.0.3, which does not know it", c.path)
		}
	}
	if _, err := read(edited(t, "version", `"2.0.0"`), V1); err == nil {
		t.Error("a statement of version 2.0.0 is taken under 1.0.3")
	}
	if _, err := read(edited(t, "version", `"2.0.0"`), V2); err != nil {
		t.Error(err)
	}
}

// What a statement is found by is gathered from every place that filters ask
// about, and once.
func TestWhatAStatementIsFoundBy(t *testing.T) {
	st := mustRead(t, string(edited(t,
		"object", `{"objectType":"SubStatement","actor":{"mbox":"mailto:inner@example.org"},"verb":{"id":"urn:v:2"},"object":{"id":"urn:a:inner"},
			"context":{"instructor":{"mbox":"mailto:deep@example.org"},"contextActivities":{"grouping":[{"id":"urn:a:deep"}]}}}`,
		"actor", `{"objectType":"Group","mbox":"mailto:group@example.org","member":[{"mbox":"mailto:member@example.org"}]}`,
		"context/revision", "", "context/platform", "",
	)))
	has := func(list []string, want string) {
		t.Helper()
		for _, s := range list {
			if s == want {
				return
			}
		}
		t.Errorf("%q is not in %q", want, list)
	}
	has(st.Agents, "mbox\x00mailto:group@example.org")
	has(st.Agents, "mbox\x00mailto:member@example.org")
	has(st.Related, "mbox\x00mailto:inner@example.org")
	has(st.Related, "mbox\x00mailto:deep@example.org")
	has(st.Related, "mbox\x00mailto:trainer@example.org")
	has(st.Related, "openid\x00https://id.example.org/1")
	has(st.RelatedActivities, "urn:a:inner")
	has(st.RelatedActivities, "urn:a:deep")
	has(st.RelatedActivities, "https://training.example.org/tests/1")
	has(st.RelatedActivities, "https://w3id.org/xapi/cmi5/context/categories/cmi5")
	if st.Activity != "" {
		t.Errorf("the inner activity %s counts as the statement's own", st.Activity)
	}
	if st.Registration.String() != "ec531277-b57b-4c15-8d91-d292c5b2b8f7" || st.Verb != "http://adlnet.gov/expapi/verbs/answered" {
		t.Errorf("registration %s, verb %s", st.Registration, st.Verb)
	}
}
