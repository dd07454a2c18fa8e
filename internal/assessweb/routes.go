package assessweb

import (
	"context"
	"net/http"

	"cadre/internal/access"
	"cadre/internal/assess"
	"cadre/internal/id"
	"cadre/internal/web"
)

// CohortLink is a cohort as a link needs it.
type CohortLink struct {
	ID    id.Cohort
	Title string
}

// Deps are what the pages stand on.
type Deps struct {
	Tests *assess.Service
	// Names says how people are called on screen, recording that they were seen.
	Names func(ctx context.Context, people []id.Person) (map[id.Person]string, error)
	// Competencies says what the competencies of a cohort's blueprint are called,
	// by key, in the language of ctx.
	Competencies func(ctx context.Context, c id.Cohort) (map[string]string, error)
	// Cohorts lists the cohorts in the scope that the actor acts in.
	Cohorts func(ctx context.Context) ([]CohortLink, error)
}

type handler struct{ Deps }

// sheetLimit is the largest grid that is taken, in bytes: a few hundred people
// by a few hundred items.
const sheetLimit = 4 << 20

// Routes returns the pages' routes.
func Routes(d Deps) []web.Route {
	h := handler{d}
	need := func(v access.Verb, k access.Kind) web.Need { return web.Need{Verb: string(v), Kind: string(k)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/tests", Need: need(access.Read, access.Attempt), Handler: h.tests},
		{Method: http.MethodGet, Pattern: "/tests/{stage}", Need: need(access.Answer, access.Attempt), Handler: h.cover},
		{Method: http.MethodPost, Pattern: "/tests/{stage}/sit", Need: need(access.Answer, access.Attempt), Handler: h.sit},
		{Method: http.MethodGet, Pattern: "/sittings/{attempt}", Need: need(access.Answer, access.Attempt), Handler: h.sitting},
		{Method: http.MethodGet, Pattern: "/sittings/{attempt}/{part}", Need: need(access.Answer, access.Attempt), Handler: h.part},
		{Method: http.MethodPost, Pattern: "/sittings/{attempt}/{part}", Need: need(access.Answer, access.Attempt), Handler: h.save},
		{Method: http.MethodPost, Pattern: "/sittings/{attempt}/hand-in", Need: need(access.Close, access.Attempt), Handler: h.handIn},
		{Method: http.MethodGet, Pattern: filesPath, Need: need(access.Import, access.Test), Handler: h.files},
		{Method: http.MethodPost, Pattern: filesPath, Need: need(access.Import, access.Test), Handler: h.bringIn, Upload: fileLimit + 4096},

		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/tests", Need: need(access.List, access.Test), Handler: h.stages},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/tests/{stage}", Need: need(access.List, access.Scores), Handler: h.grid},
		{Method: http.MethodPost, Pattern: "/cohorts/{cohort}/tests/{stage}", Need: need(access.Record, access.Attempt), Handler: h.enter, Upload: sheetLimit},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/tests/{stage}/paper", Need: need(access.Print, access.Test), Handler: h.paper},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/tests/{stage}/items", Need: need(access.Read, access.Items), Handler: h.items},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/gain/{pre}/{post}", Need: need(access.List, access.Scores), Handler: h.gain},
	}
}
