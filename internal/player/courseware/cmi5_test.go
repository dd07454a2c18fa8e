package courseware_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
)

// What the cmi5 specification (quartz) puts on the LMS, by its sections.

// TestCmi5Launch holds sections 8 and 10: what a unit is launched with.
func TestCmi5Launch(t *testing.T) {
	inCmi5(t, func(m *lms) {
		r := m.register("interviewing")
		u := r.launch("one")
		t := m.T

		// 8.1: a query appended to the unit's own, each value URL-encoded; 14: the
		// unit's own query and fragment are kept.
		at, err := url.Parse(u.URL)
		if err != nil {
			t.Fatal(err)
		}
		if at.Fragment != "top" || u.query.Get("x") != "1" || !strings.HasSuffix(at.Path, "/one.html") || strings.ContainsAny(at.RawQuery, "{}\" +") {
			t.Errorf("8.1: launched by %s", u.URL)
		}
		for _, name := range []string{"endpoint", "fetch", "actor", "registration", "activityId"} {
			if len(u.query[name]) != 1 || u.query.Get(name) == "" {
				t.Errorf("8.1: %s is %q", name, u.query[name])
			}
		}
		// 8.1: a unit that wants a window of its own is launched in one.
		if !u.OwnWindow || r.launch("two").OwnWindow {
			t.Error("8.1: launchMethod is not kept")
		}
		u = r.launch("one")

		// 8.1.3, 9.2: the actor is an agent with an account, and has no name.
		var actor map[string]any
		if err := json.Unmarshal([]byte(u.query.Get("actor")), &actor); err != nil {
			t.Fatal(err)
		}
		if dig(actor, "objectType") != "Agent" || dig(actor, "account", "homePage") != home || dig(actor, "account", "name") == "" || actor["name"] != nil || actor["mbox"] != nil {
			t.Errorf("9.2: the actor is %v", actor)
		}
		if strings.Contains(u.query.Get("actor"), string(r.person)) {
			t.Error("8.1.3: the actor tells who she is")
		}
		// 8.1.4: the registration is her enrolment in the course, a UUID.
		equal(t, "8.1.4: the registration", u.query.Get("registration"), r.attempt)
		// 8.1.5: the activity id is the LMS's, not the publisher's; the same in every
		// launch and registration.
		if u.query.Get("activityId") == au+"one" || !strings.HasPrefix(u.query.Get("activityId"), "https://") {
			t.Errorf("8.1.5: the activity id is %s", u.query.Get("activityId"))
		}
		equal(t, "8.1.5: the activity id of a further launch", r.launch("one").query.Get("activityId"), u.query.Get("activityId"))
		equal(t, "8.1.5: the activity id of another registration", m.register("interviewing").launch("one").query.Get("activityId"), u.query.Get("activityId"))
		if r.launch("two").query.Get("activityId") == u.query.Get("activityId") {
			t.Error("8.1.5: two units have one activity id")
		}

		// 10: the launch data.
		u = r.launch("one")
		equal(t, "10.2.2: launchMode", u.data["launchMode"], "Normal")
		equal(t, "10.2.3: launchParameters", u.data["launchParameters"], `{"level":2}`)
		equal(t, "10.2.4: masteryScore", u.data["masteryScore"], 0.8)
		equal(t, "10.2.5: moveOn", u.data["moveOn"], "Passed")
		equal(t, "10.2.7.1: entitlementKey", dig(u.data, "entitlementKey", "courseStructure"), "xyz-123")
		if back, ok := u.data["returnURL"].(string); !ok || !strings.HasPrefix(back, "https://") {
			t.Errorf("10.2.6: returnURL is %v", u.data["returnURL"])
		}
		equal(t, "10.2.1, 9.6.3.1: the session id", dig(u.data, "contextTemplate", "extensions", extension+"sessionid"), u.Session)
		equal(t, "10.2.1, 9.6.2.3: the publisher's id", ids(dig(u.data, "contextTemplate", "contextActivities", "grouping")), []string{au + "one"})
		before := u.Session
		if next := r.launch("one"); next.Session == before || dig(next.data, "contextTemplate", "extensions", extension+"sessionid") != next.Session {
			t.Error("9.6.3.1: two launches have one session")
		}
		// What the course structure does not state is left out.
		two := r.launch("two")
		for _, name := range []string{"launchParameters", "masteryScore", "entitlementKey"} {
			if _, there := two.data[name]; there {
				t.Errorf("10.2: %s is %v, and the course structure states none", name, two.data[name])
			}
		}
		equal(t, "13.1.4: the default of moveOn", r.launch("three").data["moveOn"], "NotApplicable")
	})
}

// TestCmi5Fetch holds section 8.2: the credential is handed out once.
func TestCmi5Fetch(t *testing.T) {
	inCmi5(t, func(m *lms) {
		t := m.T
		r := m.register("interviewing")
		launch := func(key string) *unit {
			o, err := m.players.OpenUnit(learner(r.person), id.New[id.Operation](), player.OpenUnit{Attempt: r.attempt, Unit: key, TakeOver: true})
			if err != nil {
				t.Fatal(err)
			}
			at, err := url.Parse(o.URL)
			if err != nil {
				t.Fatal(err)
			}
			return &unit{registration: r, Spoken: o, query: at.Query()}
		}
		u := launch("one")
		if rec := m.call("GET", u.query.Get("fetch"), "", nil); rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("8.2.1: GET is answered %d", rec.Code)
		}
		first := u.fetch()
		if first["auth-token"] == "" || first["error-code"] != "" {
			t.Errorf("8.2.1: the first answer is %v", first)
		}
		second := u.fetch()
		if second["error-code"] != "1" || second["error-text"] == "" || second["auth-token"] != "" {
			t.Errorf("8.2.3.1: the second answer is %v", second)
		}
		u.auth = "Basic " + first["auth-token"]
		rec := u.get("activities/state", "stateId", "LMS.LaunchData")
		if err := json.Unmarshal(rec.Body.Bytes(), &u.data); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("8.2.2: the credential is answered %d %s", rec.Code, rec.Body)
		}
		// 11.0: a unit asks for her preferences before it says that it has begun.
		u.refuses("11.0", u.say("initialized"))
		if rec := u.get("agents/profile", "profileId", "cmi5LearnerPreferences"); rec.Code != http.StatusOK {
			t.Errorf("11.0: her preferences are answered %d %s", rec.Code, rec.Body)
		}
		u.does("initialized")
		// 8.2.3.2: 2 is for every other matter of security.
		for _, wrong := range []string{
			strings.TrimSuffix(u.query.Get("fetch"), u.query.Get("fetch")[len(u.query.Get("fetch"))-3:]) + "aaa",
			u.query.Get("fetch") + "a",
			u.query.Get("fetch")[:strings.LastIndex(u.query.Get("fetch"), "/")+1] + "nothing",
		} {
			x := *u
			x.query = url.Values{"fetch": {wrong}}
			if got := x.fetch(); got["error-code"] != "2" || got["auth-token"] != "" {
				t.Errorf("8.2.3.2: %s is answered %v", wrong, got)
			}
		}
		// 8.2.3.2: 1 is for a session that has ended or expired, too.
		late := launch("two")
		m.clock.Advance(player.FetchFor + time.Second)
		if got := late.fetch(); got["error-code"] != "1" {
			t.Errorf("8.2.3.2: fetched too late: %v", got)
		}
		gone := launch("two")
		launch("two")
		if got := gone.fetch(); got["error-code"] != "1" {
			t.Errorf("8.2.3.2: fetched after another launch: %v", got)
		}
		// 8.2.1: the credential is limited to the session.
		if rec := u.get("activities/state", "stateId", "LMS.LaunchData"); rec.Code != http.StatusForbidden {
			t.Errorf("8.2.1: the credential of an abandoned session is answered %d", rec.Code)
		}
		for _, auth := range []string{"", "Basic ", "Basic bm9ib2R5", "Bearer x", u.auth[:len(u.auth)-6] + "AAAAA="} {
			u.auth = auth
			if rec := u.get("activities/state", "stateId", "LMS.LaunchData"); rec.Code != http.StatusUnauthorized {
				t.Errorf("8.2.2: %q is answered %d", auth, rec.Code)
			}
		}
	})
}

// TestCmi5Statements holds sections 6.3, 7.1.3 and 9: which statements of a unit are
// taken, and which are refused.
func TestCmi5Statements(t *testing.T) {
	type refusal struct {
		section, verb string
		change        change
	}
	inCmi5(t, func(m *lms) {
		r := m.register("interviewing")
		u := r.launch("one")
		u.refuses("7.1.1", u.say("experienced", allowed))
		u.refuses("7.1.1", u.say("completed"))
		u.refuses("7.1.1", u.say("initialized", allowed))
		begun := u.say("initialized")
		u.takes(begun)
		u.takes(begun) // the same again is the same
		for _, x := range []refusal{
			{"9.3.2", "initialized", func(map[string]any) {}},
			{"9.1", "completed", set(nil, "id")},
			{"9.2", "completed", set("somebody", "actor", "account", "name")},
			{"9.2", "completed", set("https://elsewhere.example.org", "actor", "account", "homePage")},
			{"9.2", "completed", set(map[string]any{"mbox": "mailto:a@example.org"}, "actor")},
			{"9.2", "experienced", func(s map[string]any) { allowed(s); set("somebody", "actor", "account", "name")(s) }},
			{"9.4", "completed", set(au+"one", "object", "id")},
			{"9.4", "completed", set(map[string]any{"objectType": "StatementRef", "id": id.New[string]()}, "object")},
			{"9.6.1", "completed", set(id.New[string](), "context", "registration")},
			{"9.6.1", "completed", set(nil, "context", "registration")},
			{"9.6.1", "experienced", func(s map[string]any) { allowed(s); set(nil, "context", "registration")(s) }},
			{"9.6.3.1", "completed", set("another", "context", "extensions", extension+"sessionid")},
			{"9.6.3.1", "experienced", func(s map[string]any) { allowed(s); set(nil, "context", "extensions")(s) }},
			{"10.2.1", "completed", set([]any{map[string]any{"id": au + "two"}}, "context", "contextActivities", "grouping")},
			{"9.7", "completed", set(nil, "timestamp")},
			{"9.7", "completed", set(m.clock.Now().Add(time.Hour).Format("2006-01-02T15:04:05")+"+05:00", "timestamp")},
			{"9.3", "completed", set(m.clock.Now().Add(-time.Hour).Format(time.RFC3339), "timestamp")},
			{"6.3", "voided", func(s map[string]any) {
				allowed(s)
				set(map[string]any{"objectType": "StatementRef", "id": begun["id"]}, "object")(s)
			}},
			{"7.1.3", "experienced", func(map[string]any) {}},
			{"9.3", "launched", func(map[string]any) {}},
			{"9.3", "abandoned", func(map[string]any) {}},
			{"9.3", "waived", func(map[string]any) {}},
			{"9.3", "satisfied", func(map[string]any) {}},
			{"9.5.1", "completed", scored("scaled", 0.9)},
			{"9.5.1", "passed", scored("scaled", -0.5)},
			{"9.5.1", "passed", scored("scaled", 0.9, "raw", 9)},
			{"9.5.1", "passed", scored("raw", 9.5, "min", 0, "max", 10)},
			{"9.5.2", "passed", set(nil, "result", "success")},
			{"9.5.2", "passed", set(false, "result", "success")},
			{"9.5.2", "failed", set(true, "result", "success")},
			{"9.5.2", "completed", set(true, "result", "success")},
			{"9.5.2", "terminated", set(true, "result", "success")},
			{"9.5.3", "completed", set(nil, "result", "completion")},
			{"9.5.3", "completed", set(false, "result", "completion")},
			{"9.5.3", "passed", set(true, "result", "completion")},
			{"9.5.4.1", "completed", set(nil, "result", "duration")},
			{"9.5.4.1", "passed", set(nil, "result", "duration")},
			{"9.5.4.1", "failed", set(nil, "result", "duration")},
			{"9.5.4.1", "terminated", set(nil, "result", "duration")},
			{"9.5.5.1", "completed", set(map[string]any{"https://w3id.org/xapi/cmi5/result/extensions/progress": 101}, "result", "extensions")},
			{"9.6.2.2", "completed", set([]any{map[string]any{"id": categoryOf5}}, "context", "contextActivities", "category")},
			{"9.6.2.2", "terminated", set([]any{map[string]any{"id": categoryOf5}, map[string]any{"id": moveOn}}, "context", "contextActivities", "category")},
			{"9.6.2.2", "experienced", set([]any{map[string]any{"id": moveOn}}, "context", "contextActivities", "category")},
			{"9.3.4", "passed", mastered(0.79, 0.8)},
			{"9.3.5", "failed", mastered(0.8, 0.8)},
			{"9.6.3.2", "passed", mastered(0.9, 0.7)},
			{"9.6.3.2", "passed", scored("scaled", 0.9)},
		} {
			u.refuses(x.section, u.say(x.verb, x.change))
		}
		// 7.1.3, 9.3: any verb without the category is allowed, as many times as one likes.
		u.takes(u.say("experienced", allowed), u.say("experienced", allowed), u.say("completed", allowed), u.say("completed", allowed), u.say("passed", allowed))
		if len(r.of("satisfied")) != 1 { // the inner block's, of the registration
			m.Errorf("7.1.3: allowed statements satisfied something: %v", r.verbs())
		}
		// A batch is all or nothing.
		good, bad := u.say("completed"), u.say("passed", mastered(0.1, 0.8))
		if rec := u.post(good, bad); rec.Code != http.StatusForbidden || len(r.of("completed")) != 2 {
			m.Errorf("half a batch was kept: %d %v", rec.Code, r.verbs())
		}
		u.takes(good)
		u.refuses("9.3.3", u.say("completed"))
		u.takes(u.say("passed", mastered(0.8, 0.8)))
		u.refuses("9.3", u.say("passed", mastered(0.9, 0.8)))
		u.refuses("9.3", u.say("failed", mastered(0.1, 0.8)))
		early := u.say("experienced", allowed)
		end := u.say("terminated")
		u.takes(end)
		u.refuses("9.3.8", u.say("terminated"))
		u.refuses("9.3.8", u.say("experienced", allowed))
		u.takes(early) // made before the end, come after it
		u.takes(end)   // its answer was lost
		for what, rec := range map[string]*httptest.ResponseRecorder{
			"what was taken, again": u.post(early), "a document": u.get("activities/state", "stateId", "x"), "the launch data": u.get("activities/state", "stateId", "LMS.LaunchData"),
			"statements": u.call("GET", u.query.Get("endpoint")+"statements", "", u.headers()),
		} {
			if rec.Code != http.StatusForbidden {
				m.Errorf("8.1.2, 9.3.8: after terminated, %s: %d %s", what, rec.Code, rec.Body)
			}
		}
		m.clock.Advance(player.Grace + time.Second)
		if rec := u.post(u.say("experienced", allowed, set(early["timestamp"], "timestamp"))); rec.Code != http.StatusForbidden {
			m.Errorf("9.3.8: after the time that is waited: %d %s", rec.Code, rec.Body)
		}
		if rec := u.get("activities/state", "stateId", "x"); rec.Code != http.StatusForbidden {
			m.Errorf("8.2.1: the credential outlives the session: %d", rec.Code)
		}

		// In another session of the registration.
		u = r.launch("one")
		if u.Mode != player.Review {
			m.Errorf("10.2.2: what was passed opens in mode %s", u.Mode)
		}
		two := r.launch("two").does("initialized", "failed", "terminated")
		if two.Mode != player.Normal {
			m.Errorf("10.2.2: opened in mode %s", two.Mode)
		}
		r.launch("two").does("initialized", "passed", "terminated")
		two = r.launch("two").does("initialized")
		two.refuses("9.3", two.say("failed"))
		two.refuses("9.3.4", two.say("passed"))
		two.takes(two.say("completed"))
	})
}

func mastered(scaled, mastery float64) change {
	return func(s map[string]any) {
		scored("scaled", scaled)(s)
		set(mastery, "context", "extensions", extension+"masteryscore")(s)
	}
}

// TestCmi5Modes holds 10.2.2: nothing is judged in Browse and Review.
func TestCmi5Modes(t *testing.T) {
	inCmi5(t, func(m *lms) {
		r := m.register("interviewing")
		r.launch("two").does("initialized", "completed", "terminated")
		u := r.launch("two")
		equal(m.T, "10.2.2: launchMode of what is completed", u.data["launchMode"], "Review")
		u.does("initialized")
		for _, verb := range []string{"passed", "failed"} {
			u.refuses("10.2.2", u.say(verb))
		}
		u.takes(u.say("experienced", allowed), u.say("terminated"))
		launched := r.of("launched")
		equal(m.T, "9.6.3.3: launchmode", dig(launched[len(launched)-1], "context", "extensions", extension+"launchmode"), "Review")
	})
}

// Where staff have her begin anew, the session that is open is abandoned, and the
// registration before launches no more.
func TestARulingAbandonsWhatIsOpen(t *testing.T) {
	inCmi5(t, func(m *lms) {
		r := m.register("interviewing")
		u := r.launch("two").does("initialized")
		staff := actor.With(context.Background(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{
			ID: "h", Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: "01900000-0000-7000-8000-00000000000a"},
		}})
		if _, err := m.players.Rule(staff, id.New[id.Operation](), player.Rule{
			Person: r.person, Cohort: cohort, Module: "interviewing", Step: player.Restart, Reason: "Her tablet broke.",
		}); err != nil {
			m.Fatal(err)
		}
		if abandoned := r.of("abandoned"); len(abandoned) != 1 || dig(abandoned[0], "context", "extensions", extension+"sessionid") != u.Session {
			m.Errorf("9.3.6: %v", r.verbs())
		}
		if rec := u.post(u.say("completed")); rec.Code != http.StatusForbidden {
			m.Errorf("9.3.6: an abandoned session is answered %d", rec.Code)
		}
		if _, err := m.players.OpenUnit(learner(r.person), id.New[id.Operation](), player.OpenUnit{Attempt: r.attempt, TakeOver: true}); !fault.Is(err, fault.Closed) {
			m.Errorf("the registration before is launched: %v", err)
		}
	})
}

// TestCmi5OwnStatements holds section 9: what the LMS says itself.
func TestCmi5OwnStatements(t *testing.T) {
	inCmi5(t, func(m *lms) {
		t := m.T
		r := m.register("interviewing")

		// 9.6.1: what is NotApplicable is evaluated when the registration is created,
		// before anything is launched; 9.3.9: under a session of its own.
		if got := r.verbs(); !slices.Equal(got, []string{"satisfied"}) {
			t.Fatalf("9.6.1: a fresh registration has %v", got)
		}
		inner := r.of("satisfied")[0]
		equal(t, "9.4: the object of satisfied", dig(inner, "object", "definition", "type"), "https://w3id.org/xapi/cmi5/activitytype/block")
		equal(t, "9.6.2.3: the publisher's id of the block", ids(dig(inner, "context", "contextActivities", "grouping")), []string{au + "inner"})
		if dig(inner, "object", "id") == au+"inner" {
			t.Error("9.4: the block has the publisher's id")
		}
		if s, ok := dig(inner, "context", "extensions", extension+"sessionid").(string); !ok || s == "" {
			t.Error("9.3.9: satisfied outside of a session has no session id")
		}

		// 9.3.1: launched is there before the unit is.
		u := r.launch("one")
		launched := r.of("launched")
		if len(launched) != 1 {
			t.Fatalf("9.3.1: %v", r.verbs())
		}
		l := launched[0]
		equal(t, "9.3.1: the object", dig(l, "object", "id"), u.query.Get("activityId"))
		equal(t, "9.6.3.1: sessionid", dig(l, "context", "extensions", extension+"sessionid"), u.Session)
		equal(t, "9.6.3.2: masteryscore", dig(l, "context", "extensions", extension+"masteryscore"), 0.8)
		equal(t, "9.6.3.3: launchmode", dig(l, "context", "extensions", extension+"launchmode"), "Normal")
		equal(t, "9.6.3.6: moveon", dig(l, "context", "extensions", extension+"moveon"), "Passed")
		equal(t, "9.6.3.7: launchparameters", dig(l, "context", "extensions", extension+"launchparameters"), `{"level":2}`)
		at, _ := dig(l, "context", "extensions", extension+"launchurl").(string)
		if parsed, err := url.Parse(at); err != nil || !parsed.IsAbs() || parsed.RawQuery != "x=1" || !strings.HasPrefix(u.URL, strings.TrimSuffix(at, "#top")) {
			t.Errorf("9.6.3.4: launchurl is %s", at)
		}
		equal(t, "9.6.1: the registration", dig(l, "context", "registration"), r.attempt)
		equal(t, "9.6.2.1: the category", ids(dig(l, "context", "contextActivities", "category")), []string{categoryOf5})
		equal(t, "9.6.2.3: the publisher's id", ids(dig(l, "context", "contextActivities", "grouping")), []string{au + "one"})
		if stamp, ok := l["timestamp"].(string); !ok || !strings.HasSuffix(stamp, "Z") {
			t.Errorf("9.7: the timestamp is %v", l["timestamp"])
		}
		two := r.launch("two")
		for _, name := range []string{"masteryscore", "launchparameters"} {
			if got := dig(r.of("launched")[1], "context", "extensions", extension+name); got != nil {
				t.Errorf("9.6.3: %s is %v, and the launch data has none", name, got)
			}
		}

		// 9.3.6: what was active in the registration is abandoned.
		abandoned := r.of("abandoned")
		if len(abandoned) != 1 {
			t.Fatalf("9.3.6: %v", r.verbs())
		}
		equal(t, "9.3.6: the session", dig(abandoned[0], "context", "extensions", extension+"sessionid"), u.Session)
		equal(t, "9.5.4.2: the duration", dig(abandoned[0], "result", "duration"), "PT0S")
		if rec := u.post(u.say("initialized")); rec.Code != http.StatusForbidden {
			t.Errorf("9.3.6: an abandoned session is answered %d", rec.Code)
		}
		order := r.verbs()
		if slices.Index(order, "abandoned") > len(order)-1-slices.Index(reversed(order), "launched") {
			t.Errorf("9.3.6: abandoned comes after the next launch: %v", order)
		}
		two.does("initialized")
		two.takes(two.say("experienced", allowed, set(m.clock.Now().Add(90*time.Second).Format(time.RFC3339), "timestamp")))
		r.launch("two")
		equal(t, "9.5.4.2: the duration from launched to the last statement", dig(r.of("abandoned")[1], "result", "duration"), "PT90S")
		if err := m.players.Abandon(program("attempts"), id.New[id.Operation](), two.Session); err != nil || len(r.of("abandoned")) != 2 {
			t.Errorf("9.3: a session is abandoned twice: %v, %v", err, r.verbs())
		}

		// 9.3.9: satisfied for a block, then the course, of the session that did it,
		// before its statement is answered; never for a unit.
		r = m.register("interviewing")
		r.launch("one").does("initialized", "passed", "terminated")
		r.launch("five").does("initialized", "passed", "terminated")
		r.launch("two").does("initialized", "completed", "terminated")
		four := r.launch("four").does("initialized", "completed")
		if len(r.of("satisfied")) != 1 {
			t.Errorf("13.1.4: CompletedAndPassed is satisfied by completed alone: %v", r.verbs())
		}
		four.does("passed")
		all := r.of("satisfied")
		if len(all) != 3 {
			t.Fatalf("9.3.9: %v", r.verbs())
		}
		equal(t, "9.4: the type of the block", dig(all[1], "object", "definition", "type"), "https://w3id.org/xapi/cmi5/activitytype/block")
		equal(t, "9.4: the type of the course", dig(all[2], "object", "definition", "type"), "https://w3id.org/xapi/cmi5/activitytype/course")
		equal(t, "9.6.2.3: the publisher's id of the course", ids(dig(all[2], "context", "contextActivities", "grouping")), []string{au + "course"})
		if dig(all[2], "object", "id") == au+"course" {
			t.Error("9.4: the course has the publisher's id")
		}
		for _, s := range all[1:] {
			equal(t, "9.3.9: the session of satisfied", dig(s, "context", "extensions", extension+"sessionid"), four.Session)
			equal(t, "9.6.2.1: the category of satisfied", ids(dig(s, "context", "contextActivities", "category")), []string{categoryOf5})
		}
		equal(t, "9.4: the block of another registration", dig(m.register("interviewing").of("satisfied")[0], "object", "id"), dig(inner, "object", "id"))
		equal(t, "9.3.9: the last statements", r.verbs()[len(r.verbs())-3:], []string{"passed", "satisfied", "satisfied"})
		four.does("terminated")
		if len(r.of("satisfied")) != 3 {
			t.Error("9.3: satisfied is said twice of one object in a registration")
		}
		facts := m.roll.facts
		if done, ok := facts[len(facts)-1].Value.(pathway.ModuleCompleted); !ok || !done.Passed || !done.SelfReported || facts[len(facts)-1].Person != r.person {
			t.Errorf("the course is satisfied, and the last fact is %+v", facts[len(facts)-1])
		}
	})
}

func reversed(in []string) []string {
	out := slices.Clone(in)
	slices.Reverse(out)
	return out
}

// TestCmi5Progress holds 9.5.5.1: how far she is is heard from whatever a unit says, the
// statements that it may send besides its own with it, and does not go back.
func TestCmi5Progress(t *testing.T) {
	inCmi5(t, func(m *lms) {
		u := m.register("interviewing").launch("two").does("initialized")
		for _, step := range []struct{ said, want int64 }{{40, 40}, {20, 40}, {75, 75}} {
			u.takes(u.say("experienced", allowed, set(step.said, "result", "extensions", "https://w3id.org/xapi/cmi5/result/extensions/progress")))
			var got int64
			if err := m.d.View(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT percent FROM player_units`).Scan(&got) }); err != nil {
				m.Fatal(err)
			}
			equal(m.T, "9.5.5.1: progress", got, step.want)
		}
	})
}

// TestCmi5MoveOn holds 13.1.4: what each moveOn takes.
func TestCmi5MoveOn(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.SQLite(t), modes[courseware.SecondListener])
	for key, want := range map[string]map[string]bool{
		"one":  {"passed": true, "completed": false},
		"two":  {"passed": false, "completed": true},
		"four": {"passed": false, "completed": false},
		"five": {"passed": true, "completed": true},
	} {
		for verb, met := range want {
			r := m.register("interviewing")
			for _, other := range []string{"one", "two", "four", "five"} {
				if other != key {
					r.launch(other).does("initialized", "passed", "completed", "terminated")
				}
			}
			r.launch(key).does("initialized", verb)
			got := slices.ContainsFunc(r.of("satisfied"), func(s map[string]any) bool {
				return dig(s, "object", "definition", "type") == "https://w3id.org/xapi/cmi5/activitytype/course"
			})
			if got != met {
				m.Errorf("13.1.4: %s of %s satisfies the course: %v", verb, key, got)
			}
		}
	}
}

// TestCmi5Waived holds 9.3.7.
func TestCmi5Waived(t *testing.T) {
	inCmi5(t, func(m *lms) {
		t := m.T
		r := m.register("interviewing")
		waive := func(key string) error {
			return m.players.Waive(program("attempts"), id.New[id.Operation](), player.Waive{Registration: r.attempt, Unit: key, Reason: "Administrative"})
		}
		for _, key := range []string{"one", "two", "four"} {
			if err := waive(key); err != nil {
				t.Fatal(err)
			}
		}
		if err := waive("one"); err == nil {
			t.Error("9.3: a unit is waived twice in a registration")
		}
		u := r.launch("five").does("initialized", "completed")
		all := r.of("waived")
		if len(all) != 3 {
			t.Fatalf("9.3.7: %v", r.verbs())
		}
		seen := map[string]bool{u.Session: true}
		for i, key := range []string{"one", "two", "four"} {
			s := all[i]
			equal(t, "9.5.2: success", dig(s, "result", "success"), true)
			equal(t, "9.5.3: completion", dig(s, "result", "completion"), true)
			equal(t, "9.5.5.2: the reason", dig(s, "result", "extensions", "https://w3id.org/xapi/cmi5/result/extensions/reason"), "Administrative")
			equal(t, "9.6.2.2: the categories", ids(dig(s, "context", "contextActivities", "category")), []string{categoryOf5, moveOn})
			equal(t, "9.6.2.3: the publisher's id", ids(dig(s, "context", "contextActivities", "grouping")), []string{au + key})
			session, _ := dig(s, "context", "extensions", extension+"sessionid").(string)
			if session == "" || seen[session] {
				t.Errorf("9.3.7: the session id is %q", session)
			}
			seen[session] = true
		}
		// 9.3.9: what was waived has met its moveOn.
		satisfied := r.of("satisfied")
		if len(satisfied) != 3 {
			t.Fatalf("9.3.9: %v", r.verbs())
		}
		equal(t, "9.3.9: the session of what a waiver satisfied", dig(satisfied[1], "context", "extensions", extension+"sessionid"),
			dig(all[2], "context", "extensions", extension+"sessionid"))
		equal(t, "9.3.9: the session of what a launch satisfied", dig(satisfied[2], "context", "extensions", extension+"sessionid"), u.Session)
		if err := m.players.Waive(learner(r.person), id.New[id.Operation](), player.Waive{Registration: r.attempt, Unit: "five", Reason: "x"}); err == nil {
			t.Error("a learner waives what she has to do")
		}
	})
}

// TestCmi5Documents holds sections 10, 11 and 12: which documents a unit reaches.
func TestCmi5Documents(t *testing.T) {
	inCmi5(t, func(m *lms) {
		t := m.T
		r, other := m.register("interviewing"), m.register("interviewing")
		u := r.launch("one")
		status := func(want int, section string, got int) {
			t.Helper()
			if got != want {
				t.Errorf("%s: answered %d, want %d", section, got, want)
			}
		}
		// 10.2.1: the launch data is the LMS's.
		status(http.StatusForbidden, "10.2.1", u.put("activities/state", `{}`, "stateId", "LMS.LaunchData"))
		status(http.StatusForbidden, "10.2.1", u.call("POST", u.place("activities/state", "stateId", "LMS.LaunchData"), `{}`, u.headers()).Code)
		status(http.StatusForbidden, "10.2.1", u.call("DELETE", u.place("activities/state", "stateId", "LMS.LaunchData"), "", u.headers()).Code)
		status(http.StatusNoContent, "10.1", u.put("activities/state", `{"page":3}`, "stateId", "bookmark"))
		status(http.StatusNoContent, "10.1", u.call("DELETE", u.place("activities/state"), "", u.headers()).Code)
		status(http.StatusOK, "10.2.1", u.get("activities/state", "stateId", "LMS.LaunchData").Code)
		status(http.StatusNotFound, "10.1", u.get("activities/state", "stateId", "bookmark").Code)
		// Hers in this registration and activity, and nobody else's.
		hers := other.launch("one")
		status(http.StatusForbidden, "8.1.3", u.get("activities/state", "stateId", "LMS.LaunchData", "agent", hers.query.Get("actor")).Code)
		status(http.StatusForbidden, "8.1.4", u.get("activities/state", "stateId", "LMS.LaunchData", "registration", hers.query.Get("registration")).Code)
		status(http.StatusForbidden, "8.1.5", u.get("activities/state", "stateId", "LMS.LaunchData", "activityId", au+"one").Code)
		status(http.StatusNoContent, "10.1", u.put("activities/state", `1`, "stateId", "x", "registration", ""))

		// 11: her preferences.
		rec := u.get("agents/profile", "profileId", "cmi5LearnerPreferences")
		var prefs map[string]string
		if err := json.Unmarshal(rec.Body.Bytes(), &prefs); err != nil || rec.Code != http.StatusOK || prefs["languagePreference"] != "en" || prefs["audioPreference"] != "on" {
			t.Errorf("11.0: her preferences are %d %s", rec.Code, rec.Body)
		}
		status(http.StatusNoContent, "11.0", u.put("agents/profile", `{"languagePreference":"ur,en-GB","audioPreference":"off"}`, "profileId", "cmi5LearnerPreferences"))
		for _, wrong := range []string{
			`[]`, `{}`, `some text`, `{"languagePreference":"ur"}`, `{"audioPreference":"on"}`, `{"languagePreference":"ur","audioPreference":"loud"}`,
			`{"languagePreference":5,"audioPreference":"on"}`, `{"languagePreference":"no tag at all","audioPreference":"on"}`, `{"languagePreference":"","audioPreference":"on"}`,
		} {
			status(http.StatusForbidden, "11: "+wrong, u.put("agents/profile", wrong, "profileId", "cmi5LearnerPreferences"))
		}
		text := u.headers()
		text["Content-Type"] = "text/plain"
		status(http.StatusForbidden, "11.0: as text", u.call("PUT", u.place("agents/profile", "profileId", "cmi5LearnerPreferences"), `{"languagePreference":"ur","audioPreference":"on"}`, text).Code)
		status(http.StatusForbidden, "11.0", u.put("agents/profile", `{}`, "profileId", "another"))
		status(http.StatusForbidden, "11.0", u.get("agents/profile", "profileId", "cmi5LearnerPreferences", "agent", hers.query.Get("actor")).Code)
		u = r.launch("one")
		if rec := u.get("agents/profile", "profileId", "cmi5LearnerPreferences"); !strings.Contains(rec.Body.String(), "ur,en-GB") {
			t.Errorf("11.0: a further launch has overwritten her preferences: %s", rec.Body)
		}

		// 12: the profile of its activity.
		status(http.StatusNoContent, "12.0", u.put("activities/profile", `{"a":1}`, "profileId", "p"))
		status(http.StatusForbidden, "12.0", u.put("activities/profile", `{"a":1}`, "profileId", "p", "activityId", au+"one"))

		// 4.2: an account that reads everything, over sessions and people.
		u.does("initialized")
		hers.does("initialized")
		if rec := u.call("GET", u.query.Get("endpoint")+"statements?verb="+url.QueryEscape(verbID("initialized")), "", u.headers()); strings.Count(rec.Body.String(), `"verb"`) != 1 {
			t.Errorf("a unit reads %s", rec.Body)
		}
		if len(r.of("initialized"))+len(other.of("initialized")) != 2 {
			t.Error("4.2: not everything is read")
		}
	})
}
