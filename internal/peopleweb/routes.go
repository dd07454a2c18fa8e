package peopleweb

import (
	"context"
	"net/http"

	"cadre/internal/access"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Deps are what the pages need of others.
type Deps struct {
	People *people.Service
	// Supervisors lists whom the participant who acts may link: those of her own
	// agency whom staff gave that role.
	Supervisors func(ctx context.Context) ([]ui.Option, error)
}

type pages struct{ Deps }

// Routes returns the package's routes.
func Routes(d Deps) []web.Route {
	p := pages{d}
	need := func(v access.Verb, k access.Kind) web.Need { return web.Need{Verb: string(v), Kind: string(k)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/people", Need: need(access.List, access.Person), Handler: p.list},
		{Method: http.MethodGet, Pattern: "/people/{person}", Need: need(access.Read, access.Person), Handler: p.show},
		{Method: http.MethodPost, Pattern: "/people/{person}/names", Need: need(access.Create, access.Names), Handler: p.addName},
		{Method: http.MethodPost, Pattern: "/people/{person}/names/{name}", Need: need(access.Change, access.Names), Handler: p.changeName},
		{Method: http.MethodPost, Pattern: "/people/{person}/names/{name}/confirm", Need: need(access.Confirm, access.Names), Handler: p.confirmName},
		{Method: http.MethodPost, Pattern: "/people/{person}/alias", Need: need(access.Change, access.Names), Handler: p.setAlias},
		{Method: http.MethodPost, Pattern: "/people/{person}/contacts", Need: need(access.Create, access.Contacts), Handler: p.addContact},
		{Method: http.MethodPost, Pattern: "/people/{person}/contacts/{contact}", Need: need(access.Change, access.Contacts), Handler: p.changeContact},
		{Method: http.MethodPost, Pattern: "/people/{person}/contacts/{contact}/remove", Need: need(access.Delete, access.Contacts), Handler: p.removeContact},
		{Method: http.MethodPost, Pattern: "/people/{person}/transfer", Need: need(access.Create, access.Affiliation), Handler: p.transfer},
		{Method: http.MethodGet, Pattern: "/my-names", Need: web.SignedIn, Handler: p.mine},
		{Method: http.MethodGet, Pattern: supervisorPath, Need: need(access.Create, access.Link), Handler: p.supervisor},
		{Method: http.MethodPost, Pattern: supervisorPath, Need: need(access.Create, access.Link), Handler: p.agreeLink},
		{Method: http.MethodPost, Pattern: supervisorPath + "/end", Need: need(access.Delete, access.Link), Handler: p.endLink},
		{Method: http.MethodPost, Pattern: "/people/{person}/supervisor/end", Need: need(access.Delete, access.Link), Handler: p.endHerLink},
		{Method: http.MethodGet, Pattern: "/agencies", Need: need(access.List, access.Agency), Handler: p.agencies},
		{Method: http.MethodPost, Pattern: "/agencies", Need: need(access.Create, access.Agency), Handler: p.addAgency},
		{Method: http.MethodGet, Pattern: "/agencies/{agency}", Need: need(access.List, access.Agency), Handler: p.agency},
		{Method: http.MethodPost, Pattern: "/agencies/{agency}/units", Need: need(access.Create, access.Agency), Handler: p.addUnit},
	}
}
