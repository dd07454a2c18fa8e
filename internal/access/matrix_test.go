package access_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/id"
)

// An expectation is one line of testdata/expectations.txt.
type expectation struct {
	role, relation, state string
	used                  bool
}

type expectations map[access.Kind]map[access.Verb][]*expectation

func readExpectations(t *testing.T) expectations {
	t.Helper()
	f, err := os.Open("testdata/expectations.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := expectations{}
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		line := strings.TrimSpace(in.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		head, verbs, ok := strings.Cut(line, ":")
		parts := strings.Fields(head)
		if !ok || len(parts) != 3 {
			t.Fatalf("expectations.txt:%d: %q", n, line)
		}
		kind, state, _ := strings.Cut(strings.TrimSuffix(parts[2], "]"), "[")
		k := access.Kind(kind)
		if out[k] == nil {
			out[k] = map[access.Verb][]*expectation{}
		}
		for v := range strings.FieldsSeq(verbs) {
			out[k][access.Verb(v)] = append(out[k][access.Verb(v)], &expectation{role: parts[0], relation: parts[1], state: state})
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// A situation is an actor and an object, with what is true of them in the words
// of the expectations: written down by hand, not computed by the policy.
type situation struct {
	name   string
	a      actor.Actor
	o      access.Object
	roles  []string
	truths []string
}

// situations is every role (and nobody, no role, a timer, a command) in every
// place (here and now, here but long ago, a sister cohort, a sister programme, the same country,
// another country) and in every personal relation.
func situations() []situation {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	const me, other = id.Person("me"), id.Person("other")
	here := access.Place{
		Country: "PK", Agency: "fia-lahore", Branch: []id.Agency{"interior", "fia", "fia-lahore"},
		Programme: "p", Cohort: "c", Since: year(2020),
	}
	ago := here
	ago.Since, ago.Until = year(2015), year(2016)
	places := []struct {
		name  string
		place access.Place
	}{
		{"here", here},
		{"here long ago", ago},
		{"sister cohort", access.Place{Country: "PK", Agency: "fia-lahore", Branch: []id.Agency{"interior", "fia", "fia-lahore"}, Programme: "p", Cohort: "d", Since: year(2020)}},
		{"another agency of the cohort", access.Place{Country: "PK", Agency: "punjab", Branch: []id.Agency{"punjab"}, Programme: "p", Cohort: "c", Since: year(2020)}},
		{"another programme of the agency", access.Place{Country: "PK", Agency: "fia", Branch: []id.Agency{"interior", "fia"}, Programme: "q", Cohort: "e", Since: year(2020)}},
		{"the same country", access.Place{Country: "PK", Agency: "punjab", Branch: []id.Agency{"punjab"}, Programme: "q", Cohort: "e", Since: year(2020)}},
		{"another country", access.Place{Country: "IQ", Agency: "baghdad", Branch: []id.Agency{"baghdad"}, Programme: "r", Cohort: "f", Since: year(2020)}},
		{"nowhere", access.Place{}},
	}
	// What each role's grant covers, by place: in the order of places above.
	grants := []struct {
		role  actor.Role
		word  string
		scope actor.Scope
		here  []string
	}{
		{actor.ProgrammeOfficer, "officer", actor.Scope{Programme: "p"}, []string{"here", "here long ago", "sister cohort", "another agency of the cohort"}},
		{actor.FocalPoint, "focal", actor.Scope{Agency: "fia"}, []string{"here", "here long ago", "sister cohort", "another programme of the agency"}},
		{actor.Participant, "participant", actor.Scope{Programme: "p", Cohort: "c"}, []string{"here", "here long ago", "another agency of the cohort"}},
		{actor.Trainer, "trainer", actor.Scope{Programme: "p", Cohort: "c"}, []string{"here", "here long ago", "another agency of the cohort"}},
		{actor.Coach, "coach", actor.Scope{Programme: "p"}, []string{"here", "here long ago", "sister cohort", "another agency of the cohort"}},
		{actor.Supervisor, "supervisor", actor.Scope{Country: "PK"}, []string{"here", "here long ago", "sister cohort", "another agency of the cohort", "another programme of the agency", "the same country"}},
		{actor.Observer, "observer", actor.Scope{Programme: "p"}, []string{"here", "here long ago", "sister cohort", "another agency of the cohort"}},
		{actor.Administrator, "admin", actor.Scope{}, []string{"here", "here long ago", "sister cohort", "another agency of the cohort", "another programme of the agency", "the same country", "another country", "nowhere"}},
		// An administrator of one country.
		{actor.Administrator, "admin", actor.Scope{Country: "IQ"}, []string{"another country"}},
		// A focal point whose grant forgot the agency has nothing.
		{actor.FocalPoint, "focal", actor.Scope{}, nil},
		// An officer of one country within a programme of several.
		{actor.ProgrammeOfficer, "officer", actor.Scope{Country: "IQ", Programme: "r"}, []string{"another country"}},
	}
	personal := []struct {
		name   string
		apply  func(*access.Object)
		truths []string
	}{
		{"a stranger", func(*access.Object) {}, nil},
		{"herself", func(o *access.Object) { o.Subject = me }, []string{"self"}},
		{"its author", func(o *access.Object) { o.Author = me }, []string{"wrote"}},
		{"her coach", func(o *access.Object) { o.Coaches = []id.Person{"coach", me} }, []string{"coaches"}},
		{"its trainer", func(o *access.Object) { o.Trainers = []id.Person{"trainer", me} }, []string{"holds"}},
		{"her supervisor", func(o *access.Object) { o.Supervisor = me }, []string{"manages"}},
	}
	var out []situation
	for _, pl := range places {
		object := func() access.Object {
			return access.Object{ID: "x", Subject: other, Author: other, Place: pl.place}
		}
		for _, g := range grants {
			for _, pe := range personal {
				s := situation{
					name: fmt.Sprintf("%s of %v, %s, %s", g.word, g.scope, pl.name, pe.name),
					a: actor.Actor{Person: me, Grant: actor.Grant{
						ID: "g", Role: g.role, Scope: g.scope,
						From: year(2019), Until: year(2022),
					}},
					o: object(), roles: []string{g.word, "signed", "anyone"}, truths: append([]string{"any"}, pe.truths...),
				}
				pe.apply(&s.o)
				if slices.Contains(g.here, pl.name) {
					s.truths = append(s.truths, "here")
					if pl.name != "here long ago" && pl.name != "nowhere" {
						s.truths = append(s.truths, "period")
					}
				}
				if g.scope.Cohort != "" && slices.Contains(g.here, pl.name) {
					s.truths = append(s.truths, "cohort")
				}
				if g.scope.Programme == "p" && pl.place.Programme == "p" || g.scope.Programme == "r" && pl.place.Programme == "r" {
					s.truths = append(s.truths, "programme")
				}
				out = append(out, s)
			}
		}
		for _, pe := range personal {
			s := situation{
				name: "no role, " + pl.name + ", " + pe.name, a: actor.Actor{Person: me}, o: object(),
				roles: []string{"signed", "anyone"}, truths: append([]string{"any"}, pe.truths...),
			}
			pe.apply(&s.o)
			out = append(out, s)
		}
		for word, a := range map[string]actor.Actor{
			"anyone": {}, "timer": {Timer: "t"}, "operator": {Operator: true},
			"packages-token": {Token: "t", Scopes: access.ScopePackages}, "launch-token": {Token: "t", Scopes: access.ScopeLaunch},
			"attempts-token": {Token: "t", Scopes: access.ScopeAttempts},
		} {
			out = append(out, situation{name: word + ", " + pl.name, a: a, o: object(), roles: []string{word, "anyone"}, truths: []string{"any"}})
		}
	}
	return out
}

// expected is what the hand-written lines say of a situation.
func (x expectations) expected(s situation, v access.Verb, k access.Kind, state string) bool {
	found := false
	for _, e := range x[k][v] {
		if (e.state == "" || e.state == state) && slices.Contains(s.roles, e.role) && slices.Contains(s.truths, e.relation) {
			e.used, found = true, true
		}
	}
	return found
}

func statesOf(k access.KindInfo) []string {
	return append([]string{"", "a state nobody knows"}, k.States...)
}

// The full product: every situation, kind, state and verb.
func TestPolicyMatrix(t *testing.T) {
	x := readExpectations(t)
	known := map[access.Kind]bool{}
	cells, allowed, wrong := 0, 0, 0
	all := situations()
	for _, k := range access.Kinds() {
		known[k.Kind] = true
		for v := range x[k.Kind] {
			if !slices.Contains(access.Verbs(), v) {
				t.Errorf("expectations.txt: %s: unknown verb %q", k.Kind, v)
			}
		}
		for _, s := range all {
			for _, state := range statesOf(k) {
				o := s.o
				o.Kind, o.State = k.Kind, state
				for _, v := range access.Verbs() {
					cells++
					want := x.expected(s, v, k.Kind, state)
					if want {
						allowed++
					}
					if got := access.Allows(s.a, v, o); got != want {
						if wrong++; wrong <= 25 {
							t.Errorf("%s: %s %s in state %q: allowed %v, should be %v", s.name, v, k.Kind, state, got, want)
						}
					}
				}
			}
		}
	}
	for k := range x {
		if !known[k] {
			t.Errorf("expectations.txt: unknown kind %q", k)
		}
		for v, es := range x[k] {
			for _, e := range es {
				if !e.used {
					t.Errorf("expectations.txt: %s %s %s: %s is true of no situation", e.role, e.relation, k, v)
				}
			}
		}
	}
	t.Logf("policy matrix: %d cells (%d situations × %d kinds with their states × %d verbs), %d allowed, %d wrong",
		cells, len(all), len(known), len(access.Verbs()), allowed, wrong)
}

// Every way to plant an over-permission in one rule is noticed by the matrix:
// another role, a weaker relation, a forgotten state, one verb more.
func TestPlantedOverPermissionsAreCaught(t *testing.T) {
	x := readExpectations(t)
	all := situations()
	caught := func(rules []access.Rule, k access.KindInfo) bool {
		p := access.NewPolicy(rules)
		for _, s := range all {
			for _, state := range statesOf(k) {
				o := s.o
				o.Kind, o.State = k.Kind, state
				for _, v := range access.Verbs() {
					if p.Allows(s.a, v, o) != x.expected(s, v, k.Kind, state) {
						return true
					}
				}
			}
		}
		return false
	}
	kinds := map[access.Kind]access.KindInfo{}
	byKind := map[access.Kind][]access.Rule{}
	for _, k := range access.Kinds() {
		kinds[k.Kind] = k
	}
	for _, r := range access.Rules() {
		byKind[r.Kind] = append(byKind[r.Kind], r)
	}
	planted, missed := 0, 0
	for kind, rules := range byKind {
		for i, r := range rules {
			try := func(what string, change func(*access.Rule)) {
				bad := slices.Clone(rules)
				bad[i].Verbs, bad[i].Roles = slices.Clone(r.Verbs), slices.Clone(r.Roles)
				change(&bad[i])
				planted++
				if !caught(bad, kinds[kind]) {
					missed++
					t.Errorf("not noticed: %s %v by %v: %s", kind, r.Verbs, r.Roles, what)
				}
			}
			if !slices.Contains(r.Roles, access.Anyone) {
				try("open to anyone, everywhere", func(r *access.Rule) { r.Roles, r.Relations = []actor.Role{access.Anyone}, access.Always })
			}
			if r.Relations&access.Always == 0 {
				try("everywhere", func(r *access.Rule) { r.Relations |= access.Always })
			}
			if len(r.States) > 0 {
				try("in every state", func(r *access.Rule) { r.States = nil })
			}
			if r.Relations == access.InPeriod {
				try("for all time", func(r *access.Rule) { r.Relations = access.InScope })
			}
			if !slices.Contains(r.Verbs, access.Erase) {
				try("may erase", func(r *access.Rule) { r.Verbs = append(r.Verbs, access.Erase) })
			}
		}
	}
	t.Logf("%d over-permissions planted, %d not noticed", planted, missed)
}
