package pathwayweb

import (
	"context"
	"net/http"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/player"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Standings say where a person stands; pathway.Service is one.
type Standings interface {
	Standing(ctx context.Context, p id.Person, c id.Cohort) (pathway.Standing, *programme.Blueprint, error)
	Entries(ctx context.Context, in pathway.EntriesInput) ([]pathway.Entry, *programme.Blueprint, error)
}

// Lefts say what lies before a person in modules; player.Service is one.
type Lefts interface {
	LeftOf(ctx context.Context, p id.Person, c id.Cohort, lang string, modules []string) ([]player.Left, error)
}

// Persons keep what is known of a person; people.Service is one.
type Persons interface {
	See(ctx context.Context, p id.Person) (people.Record, error)
	Names(ctx context.Context, p id.Person) ([]people.Name, error)
	Contacts(ctx context.Context, p id.Person) ([]people.Contact, error)
	Preferences(ctx context.Context, p id.Person) (people.Preferences, error)
	Prefer(ctx context.Context, op id.Operation, p id.Person, in people.Preferences) error
	PreferFor(ctx context.Context, op id.Operation, p id.Person, basis people.Basis, in people.Preferences) error
	EnteredFor(ctx context.Context, p id.Person) ([]people.Behalf, error)
}

// Readings say who read a person's data; access.Service is one.
type Readings interface {
	ReadsOf(ctx context.Context, p id.Person) ([]access.Reading, error)
}

// Kept is how many rows one package keeps about a person.
type Kept struct {
	// Area is the package that keeps them.
	Area string
	Rows int
}

// Deps are what the pages stand on.
type Deps struct {
	Standings Standings
	Lefts     Lefts
	Persons   Persons
	Readings  Readings
	// Kept counts what is kept about a person, by package.
	Kept func(ctx context.Context, p id.Person) ([]Kept, error)
	// Names says how people are shown to whoever reads; nil shows staff by their role.
	Names func(ctx context.Context, ps []id.Person) (map[id.Person]string, error)
	// Known says how those are called of people whom the actor may know by name; the
	// others are shown by their role. Nil shows all by their role.
	Known func(ctx context.Context, ps []id.Person) (map[id.Person]string, error)
	// Waiting lists what waits for the actor's decision, most urgent first; may be nil.
	Waiting func(ctx context.Context) ([]ui.Link, error)
	// Has reports whether the program has a page at a path: links to pages that
	// this build does not have are left out.
	Has func(path string) bool
}

type pages struct{ Deps }

// Routes returns the routes of these pages.
func Routes(d Deps) []web.Route {
	p := pages{d}
	need := func(v access.Verb, k access.Kind) web.Need { return web.Need{Verb: string(v), Kind: string(k)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/", Need: web.SignedIn, Handler: p.home},
		{Method: http.MethodGet, Pattern: "/preferences", Need: need(access.Read, access.Preferences), Handler: p.preferences},
		{Method: http.MethodPost, Pattern: "/preferences", Need: need(access.Change, access.Preferences), Handler: p.prefer},
		{Method: http.MethodGet, Pattern: "/people/{person}/preferences", Need: need(access.Read, access.Preferences), Handler: p.herPreferences},
		{Method: http.MethodPost, Pattern: "/people/{person}/preferences", Need: need(access.Change, access.Preferences), Handler: p.preferFor},
		{Method: http.MethodGet, Pattern: "/my-data", Need: need(access.Read, access.OwnData), Handler: p.ownData},
		{Method: http.MethodGet, Pattern: enteredPath, Need: need(access.Read, access.OwnData), Handler: p.entries},
		{Method: http.MethodGet, Pattern: "/privacy", Need: web.Public, Handler: p.privacy},
		{Method: http.MethodGet, Pattern: "/accessibility", Need: web.Public, Handler: p.accessibility},
	}
}

// home is where everyone lands: a participant on her way, others on their tasks.
func (p pages) home(w http.ResponseWriter, r *http.Request) error {
	a := actor.From(r.Context())
	if a.Grant.Role != actor.Participant {
		var waiting []ui.Link
		if p.Waiting != nil {
			var err error
			if waiting, err = p.Waiting(r.Context()); err != nil {
				return err
			}
		}
		return web.Render(w, r, tasksPage(waiting, p.tasks(r.Context(), a)))
	}
	if a.Grant.Scope.Cohort == "" {
		return web.Render(w, r, nothingYet())
	}
	v, err := p.way(r.Context(), a)
	if err != nil {
		return err
	}
	return web.Render(w, r, wayPage(v))
}

func (p pages) tasks(ctx context.Context, a actor.Actor) []ui.Card {
	l := i18n.From(ctx)
	var out []ui.Card
	for _, t := range tasksOf(a.Grant.Role) {
		if p.has(t.href) {
			out = append(out, ui.Card{Title: l.T(t.title), Text: l.T(t.text), Href: t.href})
		}
	}
	return out
}
