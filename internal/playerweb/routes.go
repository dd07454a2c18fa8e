package playerweb

import (
	"context"
	"net/http"

	"cadre/internal/access"
	"cadre/internal/content"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
)

// Shut is why a module cannot be begun.
type Shut struct {
	Word string
	Why  []string
}

// Deps are what the pages stand on.
type Deps struct {
	Player  *player.Service
	Content *content.Service
	// Modules lists the modules of a cohort's blueprint, by key, in its order.
	Modules func(ctx context.Context, c id.Cohort) ([]string, error)
	// Shut says of the modules that she who asks cannot begin now, by key, how they
	// stand and why, in her language: as her home page does.
	Shut func(ctx context.Context, c id.Cohort) (map[string]Shut, error)
	// Participants lists who takes part in a cohort, for staff who enter for them.
	Participants func(ctx context.Context, c id.Cohort) ([]id.Person, error)
	// Asked lists of whom in a cohort a module is asked, for its staff: by person,
	// at most limit after the person after.
	Asked func(ctx context.Context, c id.Cohort, module string, after id.Person, limit int) ([]id.Person, error)
	// Names says how people are called on screen, recording that they were seen.
	Names func(ctx context.Context, people []id.Person) (map[id.Person]string, error)
	// Where says where packages made elsewhere are played.
	Where courseware.Where
}

type handler struct{ Deps }

// scanLimit is the largest scan of a certificate that is taken, in bytes.
const scanLimit = 10 << 20

// Routes returns the pages' routes.
func Routes(d Deps) []web.Route {
	h := handler{d}
	need := func(v access.Verb, k access.Kind) web.Need { return web.Need{Verb: string(v), Kind: string(k)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/learn", Need: need(access.Create, access.Progress), Handler: h.modules},
		{Method: http.MethodGet, Pattern: "/learn/{module}", Need: need(access.Create, access.Progress), Handler: h.cover},
		{Method: http.MethodPost, Pattern: "/learn/{module}/start", Need: need(access.Create, access.Progress), Handler: h.start},
		{Method: http.MethodPost, Pattern: "/learn/{module}/ahead", Need: need(access.Create, access.Progress), Handler: h.ahead},
		{Method: http.MethodGet, Pattern: "/attempts/{attempt}", Need: need(access.Read, access.Progress), Handler: h.overview},
		{Method: http.MethodGet, Pattern: "/attempts/{attempt}/pages/{page}", Need: need(access.Read, access.Progress), Handler: h.page},
		{Method: http.MethodPost, Pattern: "/attempts/{attempt}/pages/{page}/turn", Need: need(access.Change, access.Progress), Handler: h.turn},
		{Method: http.MethodPost, Pattern: "/attempts/{attempt}/pages/{page}/answer/{item}", Need: need(access.Answer, access.Progress), Handler: h.answer},
		{Method: http.MethodPost, Pattern: "/attempts/{attempt}/finish", Need: need(access.Change, access.Progress), Handler: h.finish},
		{Method: http.MethodPost, Pattern: "/attempts/{attempt}/language", Need: need(access.Change, access.Progress), Handler: h.language},
		{Method: http.MethodGet, Pattern: "/attempts/{attempt}/play", Need: need(access.Change, access.Progress), Handler: h.play},
		{Method: http.MethodPost, Pattern: "/attempts/{attempt}/play/unlock", Need: need(access.Change, access.Progress), Handler: h.unlock},
		{Method: http.MethodPost, Pattern: "/attempts/{attempt}/play/open", Need: need(access.Change, access.Progress), Handler: h.open},
		// The one GET that changes something; see ticket.
		{Method: http.MethodGet, Pattern: "/launch/{ticket}", Need: web.Public, Handler: h.ticket},
		{Method: http.MethodGet, Pattern: courseware.LeftPath, Need: web.Public, Handler: h.left},
		{Method: http.MethodGet, Pattern: "/module-files/{file}", Need: need(access.Read, access.Module), Handler: h.picture},

		{Method: http.MethodGet, Pattern: "/learn/{module}/certificate", Need: need(access.Create, access.Outside), Handler: h.certificate},
		{Method: http.MethodPost, Pattern: "/learn/{module}/certificate", Need: need(access.Create, access.Outside), Handler: h.showCertificate, Upload: scanLimit},
		{Method: http.MethodPost, Pattern: "/certificates/{outside}/withdraw", Need: need(access.Withdraw, access.Outside), Handler: h.withdrawCertificate},
		{Method: http.MethodGet, Pattern: "/certificates/{outside}/scan", Need: need(access.Read, access.Outside), Handler: h.scan},

		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/certificates", Need: need(access.List, access.Outside), Handler: h.certificates},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/certificates/new", Need: need(access.List, access.Outside), Handler: h.behalf},
		{Method: http.MethodPost, Pattern: "/cohorts/{cohort}/certificates/new", Need: need(access.List, access.Outside), Handler: h.enterBehalf, Upload: scanLimit},
		{Method: http.MethodPost, Pattern: "/certificates/{outside}/decide", Need: need(access.Decide, access.Outside), Handler: h.decideCertificate},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/modules", Need: need(access.List, access.Progress), Handler: h.learning},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/modules/{module}", Need: need(access.List, access.Progress), Handler: h.whoIsWhere},
		{Method: http.MethodGet, Pattern: wayRoute, Need: need(access.Record, access.Progress), Handler: h.way},
		{Method: http.MethodPost, Pattern: wayRoute, Need: need(access.Record, access.Progress), Handler: h.rule},
		{Method: http.MethodPost, Pattern: "/rulings/{ruling}/back", Need: need(access.Record, access.Progress), Handler: h.takeBackRuling},
		{Method: http.MethodGet, Pattern: "/packages/{version}/preview", Need: need(access.List, access.Module), Handler: h.previewPackage},
		{Method: http.MethodGet, Pattern: "/modules/{version}/pages/{page}", Need: need(access.List, access.Module), Handler: h.preview},
	}
}
