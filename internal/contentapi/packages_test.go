package contentapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/api"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/contentapi"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/web/webtest"
)

const course = `<?xml version="1.0"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
 <course id="https://example.org/c"><title><langstring lang="en">Interviewing</langstring></title><description><langstring lang="en">d</langstring></description></course>
 <au id="https://example.org/c/one" moveOn="Passed" masteryScore="0.8"><title><langstring lang="en">One</langstring></title><description><langstring lang="en">d</langstring></description><url>one.html?x=1</url></au>
 <au id="https://example.org/c/two"><title><langstring lang="en">Two</langstring></title><description><langstring lang="en">d</langstring></description><url>two.html</url></au>
</courseStructure>`

type caller func(method, path string, form map[string][]byte) (int, map[string]any)

func start(t *testing.T, d *db.DB, a actor.Actor) caller {
	t.Helper()
	journal.Attach(d)
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	sessions := &webtest.Sessions{}
	programs := api.New(api.Deps{Sessions: sessions, Policy: access.Routing{}, Catalogues: i18n.Shipped(), Log: slog.New(slog.DiscardHandler)})
	contentapi.Add(programs, contentapi.Deps{
		DB: d, Content: content.New(content.Deps{DB: d, Files: files}), Arriving: filepath.Join(t.TempDir(), "arriving"),
	})
	if err := programs.Check(); err != nil {
		t.Fatal(err)
	}
	token := sessions.Add(a, i18n.Prefs{})
	return func(method, path string, form map[string][]byte) (int, map[string]any) {
		t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for name, value := range form {
			part, err := w.CreateFormFile(name, "x")
			if err == nil {
				_, err = part.Write(value)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(method, path, &body)
		r.Header.Set("Authorization", "Bearer "+token)
		if form != nil {
			r.Header.Set("Content-Type", w.FormDataContentType())
		}
		rec := httptest.NewRecorder()
		programs.ServeHTTP(rec, r)
		var out map[string]any
		if rec.Body.Len() > 0 {
			if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
				t.Fatalf("%d %s", rec.Code, rec.Body)
			}
		}
		return rec.Code, out
	}
}

func program(scopes string) actor.Actor {
	return actor.Actor{Token: id.New[id.Token](), Scopes: scopes}
}

func TestAProgramBringsAPackageIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		call := start(t, d, program(access.ScopePackages))
		good := bundletest.Zip("cmi5.xml", course, "one.html", "x", "two.html", "x")
		status, p := call("POST", "/api/v1/packages", map[string][]byte{"file": good})
		activities, _ := p["activities"].([]any)
		if status != http.StatusCreated || p["kind"] != "cmi5" || p["title"] != "Interviewing" || len(activities) != 2 || p["number"] != 1.0 || p["warnings"] == nil {
			t.Fatalf("%d %v", status, p)
		}
		first, _ := activities[0].(map[string]any)
		if first["id"] != "one" || first["title"] != "One" || first["publisher_id"] != "https://example.org/c/one" || first["mastery_score"] != 0.8 {
			t.Errorf("%v", first)
		}
		status, next := call("POST", "/api/v1/packages", map[string][]byte{"replaces": []byte(p["id"].(string)), "file": bundletest.Zip("cmi5.xml", course, "one.html", "y", "two.html", "x")})
		if status != http.StatusCreated || next["id"] != p["id"] || next["number"] != 2.0 {
			t.Errorf("%d %v", status, next)
		}
		bad := strings.NewReplacer("one.html", "none.html", `masteryScore="0.8"`, `masteryScore="2"`).Replace(course)
		status, problem := call("POST", "/api/v1/packages", map[string][]byte{"file": bundletest.Zip("cmi5.xml", bad, "two.html", "x")})
		errors, _ := problem["errors"].([]any)
		if status != http.StatusUnprocessableEntity || len(errors) != 2 || !strings.Contains(errors[0].(map[string]any)["field"].(string), "cmi5.xml:4") {
			t.Errorf("%d %v", status, problem)
		}
		if status, out := call("GET", "/api/v1/packages/"+p["id"].(string), nil); status != http.StatusOK || out["number"] != 2.0 {
			t.Errorf("%d %v", status, out)
		}
		officer := actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer}})
		if err := content.New(content.Deps{DB: d}).NoteLacks(officer, id.New[id.Operation](), content.NoteLacks{
			Package: id.Module(p["id"].(string)), Lacks: content.Lacks{Captions: true, Other: "small type"},
		}); err != nil {
			t.Fatal(err)
		}
		_, out := call("GET", "/api/v1/packages/"+p["id"].(string), nil)
		if got := fmt.Sprint(p["lacks"], out["lacks"]); got != "<nil> map[captions:true keyboard:false other:small type]" {
			t.Errorf("before and after an officer has looked it lacks %s", got)
		}
		for range 2 {
			if status, out := call("DELETE", "/api/v1/packages/"+p["id"].(string), nil); status != http.StatusNoContent {
				t.Errorf("%d %v", status, out)
			}
		}
		for name, form := range map[string]map[string][]byte{
			"no file": {"replaces": nil}, "an unknown field": {"file": good, "admin": []byte("1")}, "no id": {"file": good, "replaces": []byte("x")},
		} {
			if status, out := call("POST", "/api/v1/packages", form); status != http.StatusUnprocessableEntity || out["errors"] == nil {
				t.Errorf("%s: %d %v", name, status, out)
			}
		}
	})
}

func TestATokenOfAnotherScopeBringsNothingIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		call := start(t, d, program(access.ScopeAttempts))
		if status, out := call("POST", "/api/v1/packages", map[string][]byte{"file": bundletest.Zip("a", "b")}); status != http.StatusForbidden {
			t.Errorf("%d %v", status, out)
		}
	})
}
