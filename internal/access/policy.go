package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Verb is what somebody wants to do.
type Verb string

// Kind is the kind of thing that somebody wants to do it to.
type Kind string

// The roles that are no grants. A rule may name them like any other role.
const (
	// Anyone is everybody, signed in or not.
	Anyone actor.Role = "anyone"
	// SignedIn is everybody who has signed in, whatever grant is acted in, and
	// also without one.
	SignedIn actor.Role = "signed-in"
	// Timer is a timer or a subscription of the program itself.
	Timer actor.Role = "timer"
	// Operator is a command that was started on the machine.
	Operator actor.Role = "operator"
	// PackagesToken, LaunchToken and AttemptsToken are programs that show a token of
	// that scope.
	PackagesToken actor.Role = "packages-token"
	LaunchToken   actor.Role = "launch-token"
	AttemptsToken actor.Role = "attempts-token"
)

// Object is the thing that somebody wants to do something to, as far as the
// policy has to know it. The service loads it from its own tables and fills in
// whatever applies; what is left empty helps nobody: it grants nothing.
//
// The embedded Place says where the thing lies. What lies in several places at
// once (a person who was proposed by two agencies, a cohort with places for
// several agencies) lists the others in Places.
type Object struct {
	Kind Kind
	// ID is empty when the question is about a kind ("may she open a cohort in
	// this programme?") or about a list.
	ID string
	// Subject is the person it is about.
	Subject id.Person
	// Author is who wrote it.
	Author id.Person
	Place
	// Places are further places in which it lies.
	Places []Place
	// State is one of the states that the kind declares; see [Kinds].
	State string
	// Coaches are the coaches assigned to Subject, now.
	Coaches []id.Person
	// Trainers hold the session or half-day in question.
	Trainers []id.Person
	// Supervisor is Subject's line manager. It is filled only while Subject has
	// agreed to the link.
	Supervisor id.Person
}

// Place is where a thing lies, and since when.
type Place struct {
	Country string // ISO 3166-1 alpha-2
	// Agency is the agency it belongs to: for a nomination and everything that
	// follows from it the one that nominated, for a person her present one.
	Agency id.Agency
	// Branch is the path of agencies from the root of the tree down to Agency,
	// Agency included. Without it only a grant over Agency itself matches.
	Branch    []id.Agency
	Programme id.Programme
	Cohort    id.Cohort
	// Since and Until bound the time in which it was alive: a nomination from the
	// proposal until its cohort closed. Until is zero while it is. Rules that are
	// bound to the grant's own period never match where Since is zero.
	Since, Until time.Time
}

// Relation is what stands between an actor and an object.
type Relation uint16

// The relations. An actor may stand in several to one object; foreign is none.
const (
	// Always holds for every object: for what has no owner, such as the
	// instance's own state.
	Always Relation = 1 << iota
	// Self: she is the person it is about.
	Self
	// Author: she wrote it.
	Author
	// CoachOf: she is an assigned coach of the person it is about.
	CoachOf
	// TrainerOf: she holds the session.
	TrainerOf
	// SupervisorOf: she is the line manager, linked with the subject's agreement.
	SupervisorOf
	// InScope: every bound of the grant acted in holds for one of the object's
	// places. A focal point's grant without an agency has nothing in scope.
	InScope
	// InPeriod: as InScope, in a place that was alive at some time of the grant's
	// own period.
	InPeriod
	// SameCohort, SameAgency, SameCountry, SameProgramme: the grant names one, and
	// the object lies there.
	SameCohort
	SameAgency
	SameCountry
	SameProgramme
)

var relationNames = [...]string{
	"always", "self", "author", "coach-of", "trainer-of", "supervisor-of", "in-scope",
	"in-period", "same-cohort", "same-agency", "same-country", "same-programme",
}

// Names lists the relations of the set, in a stable order; "foreign" for none.
func (r Relation) Names() []string {
	var out []string
	for i, n := range relationNames {
		if r&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return []string{"foreign"}
	}
	return out
}

// Relations computes the relations of a to o. It is pure.
func Relations(a actor.Actor, o Object) Relation {
	r := Always
	if p := a.Person; p != "" {
		if o.Subject == p {
			r |= Self
		}
		if o.Author == p {
			r |= Author
		}
		if slices.Contains(o.Coaches, p) {
			r |= CoachOf
		}
		if slices.Contains(o.Trainers, p) {
			r |= TrainerOf
		}
		if o.Supervisor == p {
			r |= SupervisorOf
		}
	}
	if a.Grant.Role == "" {
		return r
	}
	r |= placed(a.Grant, o.Place)
	for _, p := range o.Places {
		r |= placed(a.Grant, p)
	}
	return r
}

func placed(g actor.Grant, p Place) Relation {
	s := g.Scope
	country := s.Country != "" && s.Country == p.Country
	agency := s.Agency != "" && (s.Agency == p.Agency || slices.Contains(p.Branch, s.Agency))
	programme := s.Programme != "" && s.Programme == p.Programme
	cohort := s.Cohort != "" && s.Cohort == p.Cohort

	var r Relation
	if country {
		r |= SameCountry
	}
	if agency {
		r |= SameAgency
	}
	if programme {
		r |= SameProgramme
	}
	if cohort {
		r |= SameCohort
	}
	in := (country || s.Country == "") && (agency || s.Agency == "") &&
		(programme || s.Programme == "") && (cohort || s.Cohort == "")
	if g.Role == actor.FocalPoint && s.Agency == "" {
		in = false
	}
	if !in {
		return r
	}
	r |= InScope
	began := g.From.IsZero() || p.Until.IsZero() || p.Until.After(g.From)
	ended := g.Until.IsZero() || p.Since.Before(g.Until)
	if !p.Since.IsZero() && began && ended {
		r |= InPeriod
	}
	return r
}

// Rule allows some roles some verbs on one kind of thing. Rules only ever allow:
// what none of them says is denied.
type Rule struct {
	Area  string
	Kind  Kind
	Verbs []Verb
	Roles []actor.Role
	// Relations is the set of which one must hold.
	Relations Relation
	// States lists the states in which the rule applies; empty for every state.
	States []string
	// Why says in a sentence why this is right: it is printed in the manual.
	Why string
}

func (r Rule) matches(a actor.Actor, o Object, rel Relation) bool {
	if r.Relations&rel == 0 {
		return false
	}
	if len(r.States) > 0 && !slices.Contains(r.States, o.State) {
		return false
	}
	return slices.ContainsFunc(r.Roles, func(role actor.Role) bool { return is(a, role) })
}

func is(a actor.Actor, role actor.Role) bool {
	switch role {
	case Anyone:
		return true
	case SignedIn:
		return a.Person != ""
	case Timer:
		return a.Person == "" && a.Timer != ""
	case Operator:
		return a.Person == "" && a.Operator
	case PackagesToken:
		return holds(a, ScopePackages)
	case LaunchToken:
		return holds(a, ScopeLaunch)
	case AttemptsToken:
		return holds(a, ScopeAttempts)
	}
	return a.Person != "" && a.Grant.Role == role
}

// holds reports whether a program acts by a token of that scope.
func holds(a actor.Actor, scope string) bool {
	return a.Person == "" && a.Token != "" && slices.Contains(strings.Fields(a.Scopes), scope)
}

// Policy decides by a list of rules. It is safe for use by several goroutines.
type Policy struct {
	rules  []Rule
	lookup map[Kind]map[Verb][]Rule
}

// NewPolicy returns a policy over rules. Cadre itself decides by [Allow]; tests
// make policies of their own.
func NewPolicy(rules []Rule) *Policy {
	p := &Policy{rules: rules, lookup: map[Kind]map[Verb][]Rule{}}
	for _, r := range rules {
		for _, v := range r.Verbs {
			if p.lookup[r.Kind] == nil {
				p.lookup[r.Kind] = map[Verb][]Rule{}
			}
			p.lookup[r.Kind][v] = append(p.lookup[r.Kind][v], r)
		}
	}
	return p
}

// Allows reports whether a rule allows a to do v to o.
func (p *Policy) Allows(a actor.Actor, v Verb, o Object) bool {
	rules := p.lookup[o.Kind][v]
	if len(rules) == 0 {
		return false
	}
	rel := Relations(a, o)
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.matches(a, o, rel) })
}

// Allow is [Allow] by the rules of p.
func (p *Policy) Allow(a actor.Actor, v Verb, o Object) error {
	if p.Allows(a, v, o) {
		return nil
	}
	cause := fmt.Errorf("access: %s (%s) may not %s %s %s in state %q, being %v",
		a.ID(), a.Grant.Role, v, o.Kind, o.ID, o.State, Relations(a, o).Names())
	switch {
	case a.Nobody():
		return fault.Wrap(fault.Unauthenticated, "access.sign-in-first", cause)
	case o.ID != "" && v != Read && !p.Allows(a, Read, o), o.ID != "" && v == Read:
		return fault.Wrap(fault.NotFound, "access.not-found", cause)
	}
	return fault.Wrap(fault.Denied, "access.denied", cause)
}

// Could reports whether some rule lets a's role do v to some thing of the kind:
// enough to decide whether a link is shown, never enough to do it.
func (p *Policy) Could(a actor.Actor, v Verb, k Kind) bool {
	return slices.ContainsFunc(p.lookup[k][v], func(r Rule) bool {
		return slices.ContainsFunc(r.Roles, func(role actor.Role) bool { return is(a, role) })
	})
}

// Known reports whether any rule speaks of the verb on the kind.
func (p *Policy) Known(v Verb, k Kind) bool { return len(p.lookup[k][v]) > 0 }

// policy is built once from the written rules and never changed.
var policy = NewPolicy(Rules())

// Allow decides whether a may do v to o. It returns nil or a fault: nobody is
// signed in (Unauthenticated); the thing exists but a may not even see it
// (NotFound, so that its existence is not given away); or Denied.
func Allow(a actor.Actor, v Verb, o Object) error { return policy.Allow(a, v, o) }

// Allows is [Allow] for a page that shows or hides a button.
func Allows(a actor.Actor, v Verb, o Object) bool { return policy.Allows(a, v, o) }

// Could reports whether a's role may do v to some thing of kind k: enough to
// show a link, never enough to do it.
func Could(a actor.Actor, v Verb, k Kind) bool { return policy.Could(a, v, k) }

// Known reports whether any rule speaks of v on k. A route that declares an
// unknown pair stops the program at start.
func Known(v Verb, k Kind) bool { return policy.Known(v, k) }

// Here returns an object of kind k that lies in the scope that a acts in, for
// questions about lists: the query that follows is bounded by the same scope.
func Here(a actor.Actor, k Kind) Object {
	s, since := a.Grant.Scope, a.Grant.From
	if since.IsZero() {
		since = time.Unix(0, 0).UTC()
	}
	return Object{Kind: k, Place: Place{
		Country: s.Country, Agency: s.Agency, Programme: s.Programme, Cohort: s.Cohort, Since: since,
	}}
}
