package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"cadre/internal/actor"
)

// Handler answers a request, or returns why it cannot. What it returns is turned
// into an answer in one place; it never writes an error itself.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Need is what the policy must allow for a route: the verb, and the kind of
// object that it is done to. The zero Need is a route that nobody thought about,
// which stops the program at start.
type Need struct {
	Verb, Kind string
	public     bool
}

// Public is the need of a route that is open to everyone, signed in or not.
var Public = Need{public: true}

// SignedIn is the need of a route that is open to whoever is signed in, in any
// role or none, and that concerns nobody but herself.
var SignedIn = Need{Verb: "open", Kind: "own-account"}

// IsPublic reports whether the route is open to everyone.
func (n Need) IsPublic() bool { return n.public }

// String returns "verb kind" or "public".
func (n Need) String() string {
	if n.public {
		return "public"
	}
	return n.Verb + " " + n.Kind
}

// Route is one address of the program.
type Route struct {
	// Method is GET (which answers HEAD too) or a method that changes something.
	Method string
	// Pattern is a path as net/http's ServeMux has them: /cohorts/{cohort}.
	Pattern string
	// Need is what the policy must allow.
	Need Need
	// Handler answers.
	Handler Handler
	// Upload is the largest body accepted, in bytes, for routes that take files;
	// 0 is the ordinary limit of [FormLimit].
	Upload int64
	// Stored allows the answer to be kept by the browser: only for what is the
	// same for everyone.
	Stored bool
}

// FormLimit is the largest body of a form without files, in bytes.
const FormLimit = 1 << 20

// Policy is what web asks of the policy.
type Policy interface {
	// Known reports whether any rule speaks of verb done to kind.
	Known(verb, kind string) bool
	// Could reports whether a might be allowed verb on some object of kind, as far
	// as the role acted in tells. The service decides about the very object.
	Could(a actor.Actor, verb, kind string) bool
}

func (rt Route) check(p Policy) error {
	where := rt.Method + " " + rt.Pattern
	switch {
	case rt.Handler == nil:
		return fmt.Errorf("web: route %s has no handler", where)
	case rt.Method != http.MethodGet && rt.Method != http.MethodPost &&
		rt.Method != http.MethodPut && rt.Method != http.MethodPatch && rt.Method != http.MethodDelete:
		return fmt.Errorf("web: route %s: its method is not GET, POST, PUT, PATCH or DELETE", where)
	case !strings.HasPrefix(rt.Pattern, "/"):
		return fmt.Errorf("web: route %s: its pattern does not begin with /", where)
	case rt.Need == Need{}:
		return fmt.Errorf("web: route %s declares no policy", where)
	case rt.Need.public, rt.Need == SignedIn:
		return nil
	case !p.Known(rt.Need.Verb, rt.Need.Kind):
		return fmt.Errorf("web: route %s needs %q, of which the policy knows nothing", where, rt.Need)
	}
	return nil
}

// Finder returns a function that reports whether routes answer a GET of a path:
// for pages that lead to others which a program may or may not have.
func Finder(routes []Route) func(path string) bool {
	match := Matcher(routes)
	return func(path string) bool { return match(http.MethodGet, path) != "" }
}

// Matcher returns a function that names the route which answers a request, as
// "GET /cohorts/{cohort}"; empty if none does.
func Matcher(routes []Route) func(method, path string) string {
	mux := http.NewServeMux()
	for _, rt := range routes {
		pattern := rt.Pattern
		if pattern == "/" {
			pattern = "/{$}"
		}
		mux.Handle(rt.Method+" "+pattern, http.NotFoundHandler())
	}
	return func(method, path string) string {
		_, pattern := mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: path}})
		if strings.HasSuffix(pattern, " /{$}") {
			return strings.TrimSuffix(pattern, "{$}")
		}
		return pattern
	}
}
