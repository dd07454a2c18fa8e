package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/web"
)

// Problem is a fault as RFC 9457 writes it.
type Problem struct {
	// Type is stable: urn:cadre:problem: and the fault's kind.
	Type string `json:"type" doc:"Stable: urn:cadre:problem: and the kind of fault." example:"urn:cadre:problem:conflict"`
	// Title is the same for every problem of this type, in English.
	Title string `json:"title"`
	// Status is the HTTP status.
	Status int `json:"status"`
	// Detail is a sentence for a person, in the caller's language.
	Detail string `json:"detail,omitempty"`
	// Key is the name of that sentence, for programs.
	Key string `json:"key,omitempty"`
	// Incident is how the log calls an unexpected error.
	Incident string `json:"incident,omitempty"`
	// Errors say what is wrong with single fields.
	Errors []FieldProblem `json:"errors,omitempty"`
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Field  string `json:"field"`
	Key    string `json:"key,omitempty"`
	Detail string `json:"detail"`
}

// Error returns the type and the key.
func (p *Problem) Error() string { return p.Type + ": " + p.Key }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

const problemType = "urn:cadre:problem:"

// problemOf turns an error into a problem, and logs it if nobody expected it.
func (a *API) problemOf(ctx context.Context, operation string, err error) *Problem {
	kind := fault.KindOf(err)
	say := i18n.From(ctx)
	p := &Problem{
		Type: problemType + kind.String(), Title: http.StatusText(web.Status(kind)), Status: web.Status(kind), Detail: say.Error(err),
	}
	var f *fault.Error
	switch {
	case kind == fault.Internal:
		p.Detail = say.T("fault.internal")
		p.Incident = web.Incident(ctx, a.deps.Log, operation, err)
	case errors.As(err, &f):
		p.Key = f.Key
		for _, x := range f.Fields {
			p.Errors = append(p.Errors, FieldProblem{Field: x.Name, Key: x.Key, Detail: say.T(x.Key, x.Args)})
		}
	}
	return p
}

// problem turns what huma itself finds wrong with a request into a problem of
// ours.
func (a *API) problem(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	say := i18n.From(ctx.Context())
	kind := fault.Invalid
	switch m.Status {
	case http.StatusNotFound:
		kind = fault.NotFound
	case http.StatusInternalServerError:
		kind = fault.Internal
	}
	p := &Problem{Type: problemType + kind.String(), Title: m.Title, Status: m.Status, Detail: say.T("fault." + kind.String())}
	for _, e := range m.Errors {
		p.Errors = append(p.Errors, FieldProblem{Field: e.Location, Detail: e.Message})
	}
	return p, nil
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller has gone, if this fails
}
