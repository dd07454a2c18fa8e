package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/api"
	"cadre/internal/api/apitest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

func start(t *testing.T, add func(*api.API)) (func(method, path, body string, header ...string) (int, http.Header, map[string]any), *webtest.Sessions, *webtest.Log) {
	t.Helper()
	sessions, log := &webtest.Sessions{}, &webtest.Log{}
	a := api.New(api.Deps{
		Sessions: sessions, Policy: webtest.Open{}, Catalogues: i18n.Shipped(),
		Log: slog.New(slog.NewTextHandler(log, nil)), Version: "test",
	})
	if add != nil {
		add(a)
	}
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	site := webtest.Start(t, func(d *web.Deps) { d.API = a })
	return func(method, path, body string, header ...string) (int, http.Header, map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, site.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var out map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
			t.Fatalf("%s %s answered %d without JSON: %v", method, path, resp.StatusCode, err)
		}
		return resp.StatusCode, resp.Header, out
	}, sessions, log
}

func TestHealthAndMe(t *testing.T) {
	call, sessions, _ := start(t, nil)
	if status, _, out := call("GET", "/api/v1/health", ""); status != 200 || out["status"] != "ok" {
		t.Errorf("health answered %d %v", status, out)
	}
	status, h, out := call("GET", "/api/v1/me", "", "Accept-Language", "ur")
	if status != 401 || out["type"] != "urn:cadre:problem:unauthenticated" || !strings.HasPrefix(h.Get("Content-Type"), "application/problem+json") {
		t.Errorf("nobody is answered %d %s %v", status, h.Get("Content-Type"), out)
	}
	if !strings.Contains(out["detail"].(string), "سائن") {
		t.Errorf("the detail is not in her language: %v", out["detail"])
	}
	coach := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.Coach}}
	token := sessions.Add(coach, i18n.Prefs{})
	if status, _, out := call("GET", "/api/v1/me", "", "Authorization", "Bearer "+token); status != 200 || out["person"] != string(coach.Person) || out["role"] != "coach" {
		t.Errorf("me answered %d %v", status, out)
	}
	if status, _, _ := call("GET", "/api/v1/me", "", "Cookie", web.Cookie+"="+token); status != 401 {
		t.Errorf("the session's cookie was accepted: %d", status)
	}
	if status, _, out := call("GET", "/api/v1/nothing", ""); status != 404 || out["type"] != "urn:cadre:problem:not-found" {
		t.Errorf("an unknown path answered %d %v", status, out)
	}
}

type note struct {
	Body struct {
		Text string `json:"text" maxLength:"10"`
	}
}

func TestFaultsBecomeProblems(t *testing.T) {
	var got []id.Operation
	var fails error
	call, _, log := start(t, func(a *api.API) {
		api.Add(a, api.Operation{ID: "write", Method: "POST", Path: "/notes", Summary: "Write a note.", Need: web.Public},
			func(ctx context.Context, _ *note) (*struct{ Body struct{} }, error) {
				if fails != nil {
					return nil, fails
				}
				got = append(got, api.OperationOf(ctx))
				return &struct{ Body struct{} }{}, nil
			})
	})
	if status, _, out := call("POST", "/api/v1/notes", `{"text":"x"}`); status != 422 {
		t.Errorf("without an Idempotency-Key: %d %v", status, out)
	}
	op := string(id.New[id.Operation]())
	if status, _, out := call("POST", "/api/v1/notes", `{"text":"x"}`, "Idempotency-Key", op); status/100 != 2 || len(got) != 1 || string(got[0]) != op {
		t.Errorf("answered %d %v, the service got %v", status, out, got)
	}
	for body, field := range map[string]string{`{"text":"much too long"}`: "body.text", `{"text":"x","admin":true}`: "body.admin"} {
		status, _, out := call("POST", "/api/v1/notes", body, "Idempotency-Key", op)
		if status != 422 || out["type"] != "urn:cadre:problem:invalid" || !strings.Contains(asJSON(t, out["errors"]), field) {
			t.Errorf("%s is answered %d %v", body, status, out)
		}
	}
	fails = fault.New(fault.Closed, "fault.closed", nil)
	if status, _, out := call("POST", "/api/v1/notes", `{"text":"x"}`, "Idempotency-Key", op); status != 410 || out["key"] != "fault.closed" {
		t.Errorf("closed is answered %d %v", status, out)
	}
	fails = errors.New("disk of Nargis is full")
	status, _, out := call("POST", "/api/v1/notes", `{"text":"x"}`, "Idempotency-Key", op)
	if status != 500 || strings.Contains(asJSON(t, out), "Nargis") || !strings.Contains(log.String(), out["incident"].(string)) {
		t.Errorf("an unexpected error is answered %d %v, logged %s", status, out, log)
	}
}

func TestAnOperationWithoutPolicyIsFound(t *testing.T) {
	a := api.New(api.Deps{Sessions: &webtest.Sessions{}, Policy: webtest.Open{}, Catalogues: i18n.Shipped(), Log: slog.Default()})
	api.Add(a, api.Operation{ID: "x", Method: "GET", Path: "/x"}, func(context.Context, *struct{}) (*struct{ Body struct{} }, error) { return nil, nil })
	if err := a.Check(); err == nil || !strings.Contains(err.Error(), "declares no policy") {
		t.Errorf("got %v", err)
	}
}

func TestRevisions(t *testing.T) {
	for _, n := range []int{0, 7} {
		if got, err := api.Revision(api.ETag(n)); err != nil || got != n {
			t.Errorf("%d is read as %d, %v", n, got, err)
		}
	}
	for _, s := range []string{"", "*", "7", `"7`, `7"`, `"x"`, `W/"7"`, `"-1"`} {
		if _, err := api.Revision(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q is accepted: %v", s, err)
		}
	}
}

// TestTheInterfaceOnlyGrows compares the document with the committed one.
func TestTheInterfaceOnlyGrows(t *testing.T) {
	apitest.OnlyGrows(t, api.New(api.Deps{Sessions: &webtest.Sessions{}, Policy: webtest.Open{}, Catalogues: i18n.Shipped(), Log: slog.Default()}), "openapi.json")
}

func TestWhatBreaksCallersIsFound(t *testing.T) {
	const old = `{"paths":{"/a":{"get":{"parameters":[{"name":"x","in":"query","required":false}]}},"/b":{}},
		"schemas":{"T":{"type":"object","required":["p"],"properties":{"p":{"type":"string"},"title":{"type":"string"}}}}}`
	for want, now := range map[string]string{
		"":                              old,
		"/paths//b has gone":            strings.Replace(old, `,"/b":{}`, "", 1),
		"/required":                     strings.Replace(old, `"required":false`, `"required":true`, 1),
		"newly holds q":                 strings.Replace(old, `["p"]`, `["p","q"]`, 1),
		"/p/type was string and is int": strings.Replace(old, `{"type":"string"},"title"`, `{"type":"int"},"title"`, 1),
		"/title has gone":               strings.Replace(old, `,"title":{"type":"string"}`, "", 1),
		"newly needs y":                 strings.Replace(old, `"required":false}`, `"required":false},{"name":"y","in":"query","required":true}`, 1),
	} {
		gone, err := apitest.Broken([]byte(old), []byte(now))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(gone, "; "); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: found %q", want, got)
		}
	}
}

func TestTheDocumentIsServed(t *testing.T) {
	w := httptest.NewRecorder()
	a := api.New(api.Deps{Sessions: &webtest.Sessions{}, Policy: webtest.Open{}, Catalogues: i18n.Shipped(), Log: slog.Default()})
	a.ServeHTTP(w, httptest.NewRequest("GET", api.Prefix+"/openapi.json", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"openapi":"3.1.0"`) {
		t.Errorf("%d %.200s", w.Code, w.Body)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
