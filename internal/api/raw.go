package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"cadre/internal/id"
)

// Raw is an operation that reads its request itself, as it streams in: an
// upload. It answers JSON, or faults that become problems.
type Raw struct {
	Operation
	// Limit is the largest body accepted, in bytes.
	Limit int64
	// Body and Answer describe both for the document, by a value of their types.
	Body   *huma.RequestBody
	Answer any
	// Status is answered when it is done.
	Status int
}

// AddRaw adds an operation that reads its request itself. Its path holds no
// parameters. Idempotency-Key may be left out: each call is then an act of its own.
func AddRaw(a *API, op Raw, h func(context.Context, *http.Request) (any, error)) {
	a.declare(op.Operation)
	path := Prefix + op.Path
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(op.Answer), true, op.ID+"Answer")
	a.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: path, Summary: op.Summary, RequestBody: op.Body,
		Security: []map[string][]string{{"bearer": {}}},
		Parameters: []*huma.Param{{
			Name: "Idempotency-Key", In: "header",
			Description: "A UUID for this act. Sent again, it gets the first answer.",
			Schema:      &huma.Schema{Type: "string", Format: "uuid"},
		}},
		Responses: map[string]*huma.Response{
			fmt.Sprint(op.Status): {Description: http.StatusText(op.Status), Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
			"default":             {Description: "Problem", Content: map[string]*huma.MediaType{"application/problem+json": {}}},
		},
	})
	a.large[op.Method+" "+path] = op.Limit
	a.mux.HandleFunc(op.Method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		ctx := WithOperation(r.Context())
		out, err := func() (any, error) {
			if err := a.admit(ctx, op.Need); err != nil {
				return nil, err
			}
			return h(ctx, r)
		}()
		if err != nil {
			writeProblem(w, a.problemOf(ctx, op.ID, err))
			return
		}
		body, err := json.Marshal(out)
		if err != nil {
			writeProblem(w, a.problemOf(ctx, op.ID, err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(op.Status)
		_, _ = w.Write(body) // the caller has gone, if this fails
	})
}

// WithOperation returns a context with an operation's id: the caller's, or a new
// one.
func WithOperation(ctx context.Context) context.Context {
	if OperationOf(ctx) != "" {
		return ctx
	}
	return context.WithValue(ctx, operationKey{}, id.New[id.Operation]())
}
