package courseware_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/pathway"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
)

const (
	home   = "https://training.example.org"
	cohort = id.Cohort("01900000-0000-7000-8000-00000000000c")
	// programme is the key of the cohort's.
	programme = "thb-som-2020"
)

// roll has everybody in the cohort, and keeps facts.
type roll struct{ facts []pathway.Fact }

func (*roll) Place(*db.Tx, id.Person, id.Cohort) (access.Place, error) {
	return access.Place{Country: "PK", Programme: "01900000-0000-7000-8000-00000000000a", Cohort: cohort, Since: time.Unix(0, 0)}, nil
}
func (r *roll) CohortPlace(*db.Tx, id.Cohort) (access.Place, error) { return r.Place(nil, "", "") }
func (r *roll) Record(_ *db.Tx, f pathway.Fact) error               { r.facts = append(r.facts, f); return nil }
func (*roll) ModuleOpen(*db.Tx, id.Person, id.Cohort, string) error { return nil }

// anybody is known.
type anybody struct{}

func (anybody) Known(*db.Tx, id.Person) error                      { return nil }
func (anybody) EnterAccount(_ *db.Tx, _ string) (id.Person, error) { return id.New[id.Person](), nil }

// lms is everything that a unit speaks to.
type lms struct {
	*testing.T
	d       *db.DB
	clock   *clock.Fake
	lrs     *lrs.Service
	players *player.Service
	roll    *roll
	shelf   *playertest.Shelf
	h       http.Handler
	worked  []id.Session // in which work arrived
}

const au = "https://publisher.example.com/course/"

// interviewing is a course with a unit for each moveOn, in blocks within a block.
func interviewing() (*player.Course, map[string]string) {
	mastery := 0.8
	unit := func(key, moveOn string) player.Unit {
		return player.Unit{ID: au + key, Key: key, Title: key, Href: key + ".html", Says: player.Says{MoveOn: moveOn}}
	}
	one := unit("one", "Passed")
	one.Href = "one.html?x=1#top"
	one.Says.Mastery, one.Says.Parameters, one.Says.Entitlement = &mastery, `{"level":2}`, "xyz-123"
	one.Says.Type, one.Says.OwnWindow = "http://adlnet.gov/expapi/activities/lesson", true
	return &player.Course{
		Module: "01900000-0000-7000-8000-0000000000d1", Key: "interviewing", Kind: player.Cmi5, Title: "Interviewing", Language: "en", Publisher: au + "course",
		Units: []player.Unit{
			one,
			{ID: au + "block", Key: "block", Title: "Block", Units: []player.Unit{
				unit("two", "Completed"),
				{ID: au + "inner", Key: "inner", Title: "Inner", Units: []player.Unit{unit("three", "NotApplicable")}},
				unit("four", "CompletedAndPassed"),
			}},
			unit("five", "CompletedOrPassed"),
		},
	}, map[string]string{"one.html": "<!doctype html>", "two.html": "<!doctype html>"}
}

func open(t *testing.T, d *db.DB, w courseware.Where) *lms {
	t.Helper()
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	run, err := courseware.LoadRuntime()
	if err != nil {
		t.Fatal(err)
	}
	m := &lms{T: t, d: d, clock: dbtest.Clock(d), lrs: lrs.New(lrs.Deps{DB: d, Files: files, Home: home}), roll: &roll{}, shelf: &playertest.Shelf{}}
	m.shelf.Put(interviewing())
	m.players = player.New(player.Deps{
		DB: d, Files: files, Content: content.New(content.Deps{DB: d, Files: files}), Cohorts: m.roll, Ledger: m.roll, Shelf: m.shelf,
		LRS: m.lrs, Addresses: w, Programme: func(*db.Tx, id.Cohort) (string, error) { return programme, nil }, Key: []byte("0123456789abcdef0123456789abcdef"),
		Persons: anybody{}, Active: func(_ context.Context, s id.Session) error { m.worked = append(m.worked, s); return nil },
	})
	m.h = courseware.New(courseware.Deps{
		Where: w, Files: m.players, Runtime: run, Sessions: m.players, Records: lrs.NewHandler(m.lrs, slog.New(slog.DiscardHandler)),
	})
	return m
}

// inCmi5 runs f on both engines.
func inCmi5(t *testing.T, f func(m *lms)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) { f(open(t, d, modes[courseware.SecondListener])) })
}

func learner(p id.Person) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{ID: "g", Role: actor.Participant, Scope: actor.Scope{Cohort: cohort}}})
}

func program(scopes string) context.Context {
	return actor.With(context.Background(), actor.Actor{Token: id.New[id.Token](), Scopes: scopes})
}

// registration is a learner enrolled in the course.
type registration struct {
	*lms
	person  id.Person
	attempt id.Attempt
}

func (m *lms) register(module string) *registration {
	m.Helper()
	r := &registration{lms: m, person: id.New[id.Person]()}
	l, err := m.players.Start(learner(r.person), id.New[id.Operation](), player.Start{Cohort: cohort, Module: module})
	if err != nil {
		m.Fatal(err)
	}
	r.attempt = l.Attempt
	return r
}

// statements are those of the registration, the oldest first.
func (r *registration) statements() []map[string]any {
	r.Helper()
	u, _ := lrs.ParseUUID(string(r.attempt))
	k := r.lrs.Local("test", "", lrs.ScopeAll)
	p, err := r.lrs.Find(context.Background(), k, lrs.Query{Registration: &u, Ascending: true})
	if err != nil {
		r.Fatal(err)
	}
	out := make([]map[string]any, len(p.Statements))
	for i, b := range p.Statements {
		if err := json.Unmarshal(b, &out[i]); err != nil {
			r.Fatal(err)
		}
	}
	return out
}

// verbs are the last words of the verbs of the statements.
func (r *registration) verbs() []string {
	r.Helper()
	var out []string
	for _, s := range r.statements() {
		out = append(out, said(s))
	}
	return out
}

func said(s map[string]any) string {
	v := dig(s, "verb", "id").(string)
	return v[strings.LastIndex(v, "/")+1:]
}

// dig follows names and numbers into JSON; nil if the way ends.
func dig(v any, way ...any) any {
	for _, w := range way {
		switch w := w.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[w]
		case int:
			l, _ := v.([]any)
			if w >= len(l) {
				return nil
			}
			v = l[w]
		}
	}
	return v
}

// of returns the statements of a verb.
func (r *registration) of(verb string) []map[string]any {
	r.Helper()
	return slices.DeleteFunc(r.statements(), func(s map[string]any) bool { return said(s) != verb })
}

// unit is a launched unit: what a browser would run.
type unit struct {
	*registration
	player.Spoken
	query url.Values
	auth  string
	data  map[string]any // LMS.LaunchData
	tick  int
}

// launch launches a unit and does what units do first: fetches the credential, and
// reads the launch data and her preferences.
func (r *registration) launch(key string) *unit {
	r.Helper()
	o, err := r.players.OpenUnit(learner(r.person), id.New[id.Operation](), player.OpenUnit{Attempt: r.attempt, Unit: key, TakeOver: true})
	if err != nil {
		r.Fatal(err)
	}
	return r.run(o)
}

// run begins a unit by its launch URL alone.
func (r *registration) run(o player.Spoken) *unit {
	r.Helper()
	u := &unit{registration: r, Spoken: o}
	at, err := url.Parse(o.URL)
	if err != nil {
		r.Fatal(err)
	}
	if u.query, err = url.ParseQuery(at.RawQuery); err != nil {
		r.Fatal(err)
	}
	u.auth = "Basic " + u.fetch()["auth-token"]
	if rec := u.get("activities/state", "stateId", "LMS.LaunchData"); rec.Code == http.StatusOK {
		if err := json.Unmarshal(rec.Body.Bytes(), &u.data); err != nil {
			r.Fatal(err)
		}
		u.get("agents/profile", "profileId", "cmi5LearnerPreferences")
	}
	return u
}

func (m *lms) call(method, target, body string, header map[string]string) *httptest.ResponseRecorder {
	m.Helper()
	at, err := url.Parse(target)
	if err != nil {
		m.Fatal(err)
	}
	r := httptest.NewRequest(method, at.RequestURI(), strings.NewReader(body))
	for k, v := range header {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	m.h.ServeHTTP(rec, r)
	return rec
}

func (u *unit) fetch() map[string]string {
	u.Helper()
	rec := u.call("POST", u.query.Get("fetch"), "", nil)
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/json" {
		u.Fatalf("the fetch URL answered %d %s", rec.Code, rec.Body)
	}
	var out map[string]string
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		u.Fatal(err)
	}
	return out
}

func (u *unit) headers() map[string]string {
	return map[string]string{"Authorization": u.auth, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
}

// place are the parameters of a document of hers.
func (u *unit) place(resource string, more ...string) string {
	q := url.Values{}
	if resource != "activities/profile" {
		q.Set("agent", u.query.Get("actor"))
	}
	if resource != "agents/profile" {
		q.Set("activityId", u.query.Get("activityId"))
	}
	if resource == "activities/state" {
		q.Set("registration", u.query.Get("registration"))
	}
	for i := 0; i < len(more); i += 2 {
		if q.Set(more[i], more[i+1]); more[i+1] == "" {
			q.Del(more[i])
		}
	}
	return u.query.Get("endpoint") + resource + "?" + q.Encode()
}

func (u *unit) get(resource string, more ...string) *httptest.ResponseRecorder {
	u.Helper()
	return u.call("GET", u.place(resource, more...), "", u.headers())
}

func (u *unit) put(resource, body string, more ...string) int {
	u.Helper()
	h := u.headers()
	if resource == "agents/profile" {
		h["If-Match"] = "*"
	}
	if resource == "activities/profile" {
		h["If-None-Match"] = "*"
	}
	return u.call("PUT", u.place(resource, more...), body, h).Code
}

// change alters a statement that would be taken.
type change func(s map[string]any)

func set(v any, way ...string) change {
	return func(s map[string]any) {
		for _, w := range way[:len(way)-1] {
			next, ok := s[w].(map[string]any)
			if !ok {
				next = map[string]any{}
				s[w] = next
			}
			s = next
		}
		last := way[len(way)-1]
		if v == nil {
			delete(s, last)
			return
		}
		s[last] = v
	}
}

const (
	extension   = "https://w3id.org/xapi/cmi5/context/extensions/"
	categoryOf5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
	moveOn      = "https://w3id.org/xapi/cmi5/context/categories/moveon"
)

// verbs are full ids by their last word.
func verbID(word string) string {
	if slices.Contains([]string{"abandoned", "waived", "satisfied"}, word) {
		return "https://w3id.org/xapi/adl/verbs/" + word
	}
	return "http://adlnet.gov/expapi/verbs/" + word
}

// say makes a defined statement as a unit that keeps every rule makes it.
func (u *unit) say(verb string, changes ...change) map[string]any {
	u.Helper()
	u.tick++
	var actor any
	if err := json.Unmarshal([]byte(u.query.Get("actor")), &actor); err != nil {
		u.Fatal(err)
	}
	var context map[string]any
	b, err := json.Marshal(u.data["contextTemplate"])
	if err == nil {
		err = json.Unmarshal(b, &context)
	}
	if err != nil {
		u.Fatal(err)
	}
	context["registration"] = u.query.Get("registration")
	categories := []any{map[string]any{"id": categoryOf5}}
	s := map[string]any{
		"id": id.New[string](), "actor": actor, "verb": map[string]any{"id": verbID(verb)},
		"object": map[string]any{"objectType": "Activity", "id": u.query.Get("activityId")}, "context": context,
		"timestamp": u.clock.Now().Add(time.Duration(u.tick) * time.Second).Format(time.RFC3339),
	}
	result := map[string]any{}
	switch verb {
	case "completed":
		result = map[string]any{"completion": true, "duration": "PT10M"}
	case "passed":
		result = map[string]any{"success": true, "duration": "PT10M"}
	case "failed":
		result = map[string]any{"success": false, "duration": "PT10M"}
	case "terminated":
		result = map[string]any{"duration": "PT1H"}
	}
	if len(result) > 1 {
		categories = append(categories, map[string]any{"id": moveOn})
	}
	if len(result) > 0 {
		s["result"] = result
	}
	context["contextActivities"].(map[string]any)["category"] = categories
	for _, c := range changes {
		c(s)
	}
	return s
}

// allowed takes the category away: the statement is cmi5 allowed.
func allowed(s map[string]any) {
	delete(dig(s, "context", "contextActivities").(map[string]any), "category")
	delete(s, "result")
}

func scored(pairs ...any) change {
	score := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		score[pairs[i].(string)] = pairs[i+1]
	}
	return set(score, "result", "score")
}

func (u *unit) post(all ...map[string]any) *httptest.ResponseRecorder {
	u.Helper()
	b, err := json.Marshal(all)
	if err != nil {
		u.Fatal(err)
	}
	return u.call("POST", u.query.Get("endpoint")+"statements", string(b), u.headers())
}

// takes posts statements that have to be taken.
func (u *unit) takes(all ...map[string]any) {
	u.Helper()
	for _, s := range all {
		if rec := u.post(s); rec.Code != http.StatusOK {
			u.Fatalf("%s was refused: %d %s", said(s), rec.Code, rec.Body)
		}
	}
}

// does says verbs, one after the other.
func (u *unit) does(verbs ...string) *unit {
	u.Helper()
	for _, v := range verbs {
		u.takes(u.say(v))
	}
	return u
}

// refuses posts a statement that has to be refused for a rule of a section, and
// sees that nothing of it was kept.
func (u *unit) refuses(section string, s map[string]any) {
	u.Helper()
	before := len(u.statements())
	rec := u.post(s)
	if rec.Code != http.StatusForbidden && rec.Code != http.StatusBadRequest || !bytes.Contains(rec.Body.Bytes(), []byte("cmi5 "+section+":")) {
		u.Errorf("%s: answered %d %s", section, rec.Code, rec.Body)
	}
	if after := len(u.statements()); after != before {
		u.Errorf("%s: a refused statement was kept", section)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// sorted are the ids of a list of activities.
func ids(v any) []string {
	out := map[string]bool{}
	l, _ := v.([]any)
	for _, a := range l {
		s, _ := dig(a, "id").(string)
		out[s] = true
	}
	return slices.Sorted(maps.Keys(out))
}
