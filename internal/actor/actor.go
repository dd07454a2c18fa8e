// Package actor says who acts: which person, under which grant, at which site.
//
// The actor travels in the context from the edge (a request, a command, a job)
// to the service that checks the policy and writes the journal.
package actor

import (
	"context"
	"time"

	"cadre/internal/id"
)

// Role is what a grant lets a person be.
type Role string

// The roles of a programme. Nominee and participant are one role: what she may
// do depends on her nomination and her enrolment.
const (
	ProgrammeOfficer Role = "programme-officer"
	FocalPoint       Role = "focal-point"
	Participant      Role = "participant"
	Trainer          Role = "trainer"
	Coach            Role = "coach"
	Supervisor       Role = "supervisor"
	Observer         Role = "observer" // the donor's
	Administrator    Role = "administrator"
)

// Roles lists every role, in the order in which screens show them.
func Roles() []Role {
	return []Role{ProgrammeOfficer, FocalPoint, Participant, Trainer, Coach, Supervisor, Observer, Administrator}
}

// Scope bounds a grant. An empty field does not restrict; the zero Scope is the
// whole instance. Every field that is set must hold.
type Scope struct {
	Country   string // ISO 3166-1 alpha-2
	Agency    id.Agency
	Programme id.Programme
	Cohort    id.Cohort
}

// Grant is one role in one scope, as acted under.
type Grant struct {
	ID    id.Grant
	Role  Role
	Scope Scope
	// From and Until bound the grant's own period; zero is unbounded. Whoever puts
	// the grant into the context has made sure that it is valid now; some rules of
	// the policy show a holder only what was alive in her own period.
	From, Until time.Time
}

// Actor is who acts. The zero Actor is nobody: someone who has not signed in.
type Actor struct {
	// Person is the person acting; empty for nobody and for timers.
	Person id.Person
	// Grant is the one she acts under; its Role is empty for someone who is
	// signed in without any.
	Grant Grant
	// Session is the sign-in session; empty for commands and timers.
	Session id.Session
	// Timer names the timer or subscription that acts, where no person does.
	Timer string
	// Token is the token that a program showed, and Scopes what it may do, parted by
	// spaces. No person acts then.
	Token  id.Token
	Scopes string
	// Operator marks a command run on the machine itself, by whoever runs it.
	Operator bool
}

// Nobody reports whether no one acts.
func (a Actor) Nobody() bool { return a.Person == "" && a.Timer == "" && !a.Operator && a.Token == "" }

// ID is how the journal names the actor: a person's id, "timer:NAME",
// "token:ID", "operator" or "nobody".
func (a Actor) ID() string {
	switch {
	case a.Person != "":
		return string(a.Person)
	case a.Timer != "":
		return "timer:" + a.Timer
	case a.Token != "":
		return "token:" + string(a.Token)
	case a.Operator:
		return "operator"
	}
	return "nobody"
}

type key struct{}

// With returns a context in which a acts.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From returns who acts in ctx: the zero Actor if nobody was set.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(key{}).(Actor)
	return a
}

type routeKey struct{}

// WithRoute returns a context that remembers by which route, command or job the
// actor came: "GET /people/{person}". It is recorded when people are read.
func WithRoute(ctx context.Context, route string) context.Context {
	return context.WithValue(ctx, routeKey{}, route)
}

// Route returns the route, command or job of ctx; empty if nobody said.
func Route(ctx context.Context) string {
	s, _ := ctx.Value(routeKey{}).(string)
	return s
}
