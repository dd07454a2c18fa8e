package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
)

// Prefix is the path below which version 1 answers.
const Prefix = "/api/v1"

// Limit is the largest body accepted, in bytes.
const Limit = 1 << 20

// Deps are what the API needs of others.
type Deps struct {
	// Sessions finds who holds a bearer token.
	Sessions web.Sessions
	// Policy judges operations.
	Policy web.Policy
	// Catalogues say a problem's detail in the caller's language.
	Catalogues *i18n.Bundle
	// Log receives what operators need to know.
	Log *slog.Logger
	// Ready returns nil while the program can answer from its database.
	Ready func(context.Context) error
	// Version is the program's.
	Version string
}

// API answers below [Prefix]. It is an http.Handler.
type API struct {
	deps  Deps
	huma  huma.API
	mux   *http.ServeMux
	needs map[string]web.Need
	large map[string]int64 // method and path of what takes larger bodies
	wrong []error
}

// New returns an API that answers how the program is and who is calling. Add
// more with [Add], then ask [API.Check].
func New(d Deps) *API {
	a := &API{deps: d, mux: http.NewServeMux(), needs: map[string]web.Need{}, large: map[string]int64{}}
	a.huma = humago.New(a.mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Cadre", Version: "1",
				Description: "Programmes, cohorts and people's ways through them. Everything here only grows: fields and operations are added, never taken away.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer"},
				},
			},
		},
		OpenAPIPath:   Prefix + "/openapi",
		Formats:       huma.DefaultFormats,
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{a.problem},
	})
	a.addHealth()
	a.addMe()
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, a.problemOf(a.enter(r), "", fault.New(fault.NotFound, "fault.not-found", nil)))
	})
	return a
}

// Check returns what is wrong with the operations added: one that declares no
// policy, or asks for something that the policy does not know.
func (a *API) Check() error { return errors.Join(a.wrong...) }

// Document returns the OpenAPI document.
func (a *API) Document() *huma.OpenAPI { return a.huma.OpenAPI() }

// Needs returns what each operation, by its id, needs of the policy.
func (a *API) Needs() map[string]web.Need { return a.needs }

// ServeHTTP answers.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	limit := int64(Limit)
	if more, ok := a.large[r.Method+" "+r.URL.Path]; ok {
		limit = more
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			writeProblem(w, a.problemOf(r.Context(), r.Method+" "+Prefix, fmt.Errorf("panic: %v", p)))
		}
	}()
	a.mux.ServeHTTP(w, r.WithContext(a.enter(r)))
}

// Operation describes one operation.
type Operation struct {
	// ID is its stable name: listCohorts.
	ID string
	// Method and Path, below [Prefix]: GET /cohorts/{cohort}.
	Method, Path string
	// Summary says in one English sentence what it does.
	Summary string
	// Need is what the policy must allow.
	Need web.Need
	// KeyOptional lets the caller leave Idempotency-Key out: each call is then an
	// act of its own.
	KeyOptional bool
	// Status is that of the answer, where it is not huma's own choice.
	Status int
}

// Add adds an operation. In and Out follow huma's rules: fields tagged path,
// query and header, and a field Body. h returns faults; they become problems.
// An operation that changes something gets its id by [OperationOf].
func Add[In, Out any](a *API, op Operation, h func(context.Context, *In) (*Out, error)) {
	if !a.declare(op) {
		return
	}
	o := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: Prefix + op.Path, Summary: op.Summary, MaxBodyBytes: Limit,
		DefaultStatus:                op.Status,
		RejectUnknownQueryParameters: true,
	}
	if !op.Need.IsPublic() {
		o.Security = []map[string][]string{{"bearer": {}}}
	}
	mutates := op.Method != http.MethodGet
	if mutates {
		o.Parameters = append(o.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Required: !op.KeyOptional,
			Description: "A UUID for this act. Sent again, it gets the first answer.",
			Schema:      &huma.Schema{Type: "string", Format: "uuid"},
		})
	}
	huma.Register(a.huma, o, func(ctx context.Context, in *In) (*Out, error) {
		out, err := func() (*Out, error) {
			if err := a.admit(ctx, op.Need); err != nil {
				return nil, err
			}
			if mutates && op.KeyOptional {
				ctx = WithOperation(ctx)
			}
			if mutates && OperationOf(ctx) == "" {
				return nil, fault.Bad("fault.invalid", fault.Field{Name: "Idempotency-Key", Key: "fault.required"})
			}
			return h(ctx, in)
		}()
		if err != nil {
			return nil, a.problemOf(ctx, op.ID, err)
		}
		return out, nil
	})
}

// declare notes an operation and what is wrong with it. It reports false if it
// cannot be added.
func (a *API) declare(op Operation) bool {
	switch {
	case op.Need == web.Need{}:
		a.wrong = append(a.wrong, fmt.Errorf("api: operation %s declares no policy", op.ID))
	case !op.Need.IsPublic() && op.Need != web.SignedIn && !a.deps.Policy.Known(op.Need.Verb, op.Need.Kind):
		a.wrong = append(a.wrong, fmt.Errorf("api: operation %s needs %q, of which the policy knows nothing", op.ID, op.Need))
	}
	if _, twice := a.needs[op.ID]; twice {
		a.wrong = append(a.wrong, fmt.Errorf("api: two operations are called %s", op.ID))
		return false
	}
	a.needs[op.ID] = op.Need
	return true
}

func (a *API) admit(ctx context.Context, n web.Need) error {
	who := actor.From(ctx)
	switch {
	case n.IsPublic():
		return nil
	case who.Nobody():
		return fault.New(fault.Unauthenticated, "fault.unauthenticated", nil)
	case n == web.SignedIn || a.deps.Policy.Could(who, n.Verb, n.Kind):
		return nil
	}
	return fault.New(fault.Denied, "fault.denied", nil)
}

type operationKey struct{}

// OperationOf returns the operation's id: what the caller sent as
// Idempotency-Key. It is empty in an operation that changes nothing.
func OperationOf(ctx context.Context) id.Operation {
	op, _ := ctx.Value(operationKey{}).(id.Operation)
	return op
}

// enter finds who calls and in which language she reads.
func (a *API) enter(r *http.Request) context.Context {
	ctx := r.Context()
	var prefs i18n.Prefs
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		s, found, err := a.deps.Sessions.Lookup(ctx, strings.TrimSpace(token))
		switch {
		case err != nil:
			a.deps.Log.ErrorContext(ctx, "bearer token not looked up", "error", err.Error())
		case found:
			ctx = actor.With(ctx, s.Actor)
			prefs = s.Prefs
		}
	}
	if wish := r.Header.Get("Accept-Language"); wish != "" {
		prefs.Lang = a.deps.Catalogues.Match(wish)
	}
	ctx = i18n.With(ctx, a.deps.Catalogues.For(prefs))
	if op, err := id.Parse[id.Operation](r.Header.Get("Idempotency-Key")); err == nil {
		ctx = context.WithValue(ctx, operationKey{}, op)
	}
	return ctx
}

// ETag writes a revision as an entity tag.
func ETag(revision int) string { return `"` + strconv.Itoa(revision) + `"` }

// Revision reads the revision from If-Match. What is not one of ours, and "*",
// is Invalid: an edit must say what it was made on.
func Revision(ifMatch string) (int, error) {
	s, opens := strings.CutPrefix(strings.TrimSpace(ifMatch), `"`)
	s, closes := strings.CutSuffix(s, `"`)
	if opens && closes {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 {
			return n, nil
		}
	}
	return 0, fault.Bad("fault.invalid", fault.Field{Name: "If-Match", Key: "fault.required"})
}
