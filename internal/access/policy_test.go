package access_test

import (
	"slices"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/id"
)

func TestDenialsSayNoMoreThanTheyMust(t *testing.T) {
	fia, punjab := id.Agency("fia"), id.Agency("punjab")
	place := access.Place{Country: "PK", Agency: fia, Branch: []id.Agency{"interior", fia}, Programme: "p", Cohort: "c", Since: time.Unix(1, 0)}
	nomination := access.Object{Kind: access.Nomination, ID: "n", Subject: "saima", Place: place}
	focal := func(a id.Agency) actor.Actor {
		return actor.Actor{Person: "focal", Grant: actor.Grant{Role: actor.FocalPoint, Scope: actor.Scope{Agency: a}}}
	}
	for _, c := range []struct {
		name string
		a    actor.Actor
		v    access.Verb
		want fault.Kind
	}{
		{"nobody is asked to sign in", actor.Actor{}, access.Read, fault.Unauthenticated},
		{"another agency does not learn that she exists", focal(punjab), access.Read, fault.NotFound},
		{"nor by trying to change her", focal(punjab), access.Change, fault.NotFound},
		{"who sees her is told that this is not hers to do", focal(fia), access.Accept, fault.Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := access.Allow(c.a, c.v, nomination); !fault.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	for _, a := range []id.Agency{fia, "interior"} {
		if err := access.Allow(focal(a), access.Read, nomination); err != nil {
			t.Errorf("the focal point of %s, above her: %v", a, err)
		}
	}
	if err := access.Allow(focal(""), access.Read, nomination); err == nil {
		t.Error("a focal point without an agency saw a nomination")
	}
}

// After her time a focal point sees what was alive in it, and nothing later;
// what does not say since when it is there she does not see at all.
func TestOwnPeriod(t *testing.T) {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	a := actor.Actor{Person: "f", Grant: actor.Grant{Role: actor.FocalPoint, Scope: actor.Scope{Agency: "fia"}, From: year(2020), Until: year(2021)}}
	for _, c := range []struct {
		name         string
		since, until time.Time
		want         bool
	}{
		{"alive in it", year(2020).AddDate(0, 3, 0), time.Time{}, true},
		{"begun before, still alive", year(2019), time.Time{}, true},
		{"over before it began", year(2018), year(2019), false},
		{"ended as it began", year(2018), year(2020), false},
		{"begun after its end", year(2021), time.Time{}, false},
		{"since when is not said", time.Time{}, time.Time{}, false},
	} {
		o := access.Object{Kind: access.Nomination, Place: access.Place{Agency: "fia", Since: c.since, Until: c.until}}
		if got := access.Allows(a, access.Read, o); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

func TestEveryRuleIsWellFormed(t *testing.T) {
	kinds := map[access.Kind]access.KindInfo{}
	for _, k := range access.Kinds() {
		if _, twice := kinds[k.Kind]; twice {
			t.Errorf("%s is listed twice", k.Kind)
		}
		kinds[k.Kind] = k
	}
	ruled := map[access.Kind]bool{}
	for _, r := range access.Rules() {
		k, ok := kinds[r.Kind]
		if !ok || k.Area != r.Area {
			t.Errorf("%s rule on %s: kind unknown, or of area %q", r.Area, r.Kind, k.Area)
		}
		ruled[r.Kind] = true
		if r.Relations == 0 || len(r.Roles) == 0 || len(r.Verbs) == 0 || r.Why == "" {
			t.Errorf("%s %v: a rule needs verbs, roles, relations and a reason", r.Kind, r.Verbs)
		}
		for _, s := range r.States {
			if !slices.Contains(k.States, s) {
				t.Errorf("%s: state %q is not declared", r.Kind, s)
			}
		}
		for _, v := range r.Verbs {
			if !slices.Contains(access.Verbs(), v) || !access.Known(v, r.Kind) {
				t.Errorf("%s: verb %q is not declared", r.Kind, v)
			}
		}
		if r.Relations&access.Always != 0 && slices.ContainsFunc(r.Roles, func(role actor.Role) bool { return slices.Contains(actor.Roles(), role) }) {
			t.Errorf("%s %v: a grant's role may not hold everywhere", r.Kind, r.Verbs)
		}
	}
	for k := range kinds {
		if !ruled[k] {
			t.Errorf("no rule speaks of %s", k)
		}
	}
}
