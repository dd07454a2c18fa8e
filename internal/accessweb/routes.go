package accessweb

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Scopes names what grants are bounded by; the capabilities that own programmes
// and cohorts know. Each list holds only what the actor may see.
type Scopes interface {
	// Programmes and Cohorts are the choices of a form: id and title.
	Programmes(ctx context.Context) ([]ui.Option, error)
	Cohorts(ctx context.Context) ([]ui.Option, error)
}

// Instance tells how the installation is.
type Instance interface {
	State(ctx context.Context) (State, error)
}

// State is what the administrator's page shows. A zero time means never, or not
// known.
type State struct {
	Version string
	// Engine is "SQLite" or "PostgreSQL".
	Engine      string
	LastBackup  time.Time
	LastRestore time.Time // tested, not needed
	DiskFree    int64     // bytes
	DiskTotal   int64
	Failed      []Failed
	// Certificate is when the TLS certificate expires; zero without one.
	Certificate time.Time
	// Chain is the sequence number and time of the journal's last entry.
	Sequence   int64
	LastEntry  time.Time
	Checkpoint time.Time
	// ReadOnly tells why the database refuses to be changed; empty if it does not.
	ReadOnly string
}

// Failed counts jobs or messages of a kind that are waiting for a person.
type Failed struct {
	Kind  string
	Count int
	Since time.Time
}

// Deps are what the pages need of others.
type Deps struct {
	Access *access.Service
	People *people.Service
	// Scopes may be nil: then grants are bounded by country and agency alone.
	Scopes Scopes
	// Instance may be nil where there is nobody to ask: the page says so.
	Instance Instance
	// Proxy tells that a declared proxy stands in front, whose word on where a
	// request comes from is taken.
	Proxy bool
}

type pages struct{ Deps }

func need(v access.Verb, k access.Kind) web.Need { return web.Need{Verb: string(v), Kind: string(k)} }

// Routes returns the package's routes.
func Routes(d Deps) []web.Route {
	p := pages{d}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/sign-in", Need: web.Public, Handler: p.signIn},
		{Method: http.MethodPost, Pattern: "/sign-in", Need: web.Public, Handler: p.signInByPassphrase},
		{Method: http.MethodPost, Pattern: "/sign-in/code", Need: web.Public, Handler: p.signInByCode},
		{Method: http.MethodGet, Pattern: "/enter/{link}", Need: web.Public, Handler: p.enter},
		{Method: http.MethodPost, Pattern: "/enter/{link}", Need: web.Public, Handler: p.enterByLink},
		{Method: http.MethodPost, Pattern: "/sign-out", Need: web.Public, Handler: p.signOut},

		{Method: http.MethodGet, Pattern: "/welcome", Need: web.SignedIn, Handler: p.welcome},
		{Method: http.MethodPost, Pattern: "/welcome", Need: web.SignedIn, Handler: p.choose},
		{Method: http.MethodPost, Pattern: "/role", Need: web.SignedIn, Handler: p.role},
		{Method: http.MethodGet, Pattern: "/account", Need: web.SignedIn, Handler: p.account},
		{Method: http.MethodGet, Pattern: "/account/passphrase", Need: web.SignedIn, Handler: p.passphrase},
		{Method: http.MethodPost, Pattern: "/account/passphrase", Need: web.SignedIn, Handler: p.changePassphrase},
		{Method: http.MethodPost, Pattern: "/account/everywhere", Need: web.SignedIn, Handler: p.everywhere},
		{Method: http.MethodPost, Pattern: "/account/sessions/{session}/end", Need: web.SignedIn, Handler: p.endStay},
		{Method: http.MethodPost, Pattern: "/account/seen", Need: web.SignedIn, Handler: p.seen},

		{Method: http.MethodGet, Pattern: "/codes", Need: need(access.Replace, access.Credential), Handler: p.codes},
		{Method: http.MethodPost, Pattern: "/codes/{person}", Need: need(access.Replace, access.Credential), Handler: p.replace},
		{Method: http.MethodGet, Pattern: "/invitations", Need: need(access.Create, access.Invitation), Handler: p.invitations},
		{Method: http.MethodPost, Pattern: "/invitations", Need: need(access.Print, access.Invitation), Handler: p.sheet},
		{Method: http.MethodPost, Pattern: "/invitations/{person}/link", Need: need(access.Create, access.Invitation), Handler: p.link},
		{Method: http.MethodGet, Pattern: "/invitations/new", Need: need(access.Create, access.Invitation), Handler: p.newcomer},
		{Method: http.MethodPost, Pattern: "/invitations/new", Need: need(access.Create, access.Invitation), Handler: p.inviteNewcomer},
		{Method: http.MethodPost, Pattern: "/people/{person}/sign-out", Need: need(access.Delete, access.SignIn), Handler: p.signHerOut},

		{Method: http.MethodGet, Pattern: "/grants", Need: need(access.Create, access.Grant), Handler: p.grants},
		{Method: http.MethodGet, Pattern: "/people/{person}/grants", Need: need(access.Create, access.Grant), Handler: p.grantsOf},
		{Method: http.MethodPost, Pattern: "/people/{person}/grants", Need: need(access.Create, access.Grant), Handler: p.give},
		{Method: http.MethodPost, Pattern: "/grants/{grant}/end", Need: need(access.Delete, access.Grant), Handler: p.end},

		{Method: http.MethodGet, Pattern: "/instance", Need: need(access.Read, access.Instance), Handler: p.instance},
	}
}

// Sessions finds sessions for package web.
type Sessions struct{ *access.Service }

// Lookup returns the session of a token.
func (s Sessions) Lookup(ctx context.Context, token string) (web.Session, bool, error) {
	v, ok, err := s.Visit(ctx, token)
	if err != nil || !ok {
		return web.Session{}, false, err
	}
	return web.Session{Actor: v.Actor, Grants: v.Grants, Prefs: v.Prefs, Secret: v.Secret, Own: v.Own}, true, nil
}

// from is the address that a request comes from, as far as it can be trusted.
func (p pages) from(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if p.Proxy {
		// The last one was added by the proxy itself; those before it say what the
		// visitor likes.
		said := r.Header.Values("X-Forwarded-For")
		if len(said) > 0 {
			all := strings.Split(said[len(said)-1], ",")
			host = strings.TrimSpace(all[len(all)-1])
		}
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return a
}
