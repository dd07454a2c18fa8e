package playerapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/api"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/pathway"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/playerapi"
	"cadre/internal/web/webtest"
)

const (
	known    = "01900000-0000-7000-8000-0000000000a1"
	course   = "01900000-0000-7000-8000-0000000000d1"
	scorm    = "01900000-0000-7000-8000-0000000000d2"
	nowhere  = "01900000-0000-7000-8000-0000000000ff"
	everyone = "packages launch:any attempts"
)

// nobody is enrolled anywhere.
type nobody struct{}

func (nobody) Place(*db.Tx, id.Person, id.Cohort) (access.Place, error) {
	return access.Place{}, fault.New(fault.NotFound, "access.not-found", nil)
}
func (n nobody) CohortPlace(*db.Tx, id.Cohort) (access.Place, error) { return n.Place(nil, "", "") }
func (nobody) Record(*db.Tx, pathway.Fact) error                     { panic("a fact of no cohort") }
func (nobody) ModuleOpen(*db.Tx, id.Person, id.Cohort, string) error { return player.ErrNotOpen }
func (nobody) EnterAccount(_ *db.Tx, _ string) (id.Person, error)    { return id.New[id.Person](), nil }

func (nobody) Known(_ *db.Tx, p id.Person) error {
	if p != known {
		return fault.Bad("fault.invalid", fault.Field{Name: "person", Key: "access.not-found"})
	}
	return nil
}

type desk struct {
	*testing.T
	clock   *clock.Fake
	api     http.Handler
	files   http.Handler
	players *player.Service
	token   string
	of      func(scopes string) string
	shelf   *playertest.Shelf
}

func open(t *testing.T, d *db.DB) *desk {
	t.Helper()
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	k := &desk{T: t, clock: dbtest.Clock(d), shelf: &playertest.Shelf{}}
	unit := func(key string) player.Unit {
		return player.Unit{ID: "https://example.org/" + key, Key: key, Title: key, Href: key + ".html", Says: player.Says{MoveOn: "Completed"}}
	}
	k.shelf.Put(&player.Course{
		Module: course, Key: "cmi5", Kind: player.Cmi5, Title: "C", Language: "en", Publisher: "https://example.org/c", Units: []player.Unit{unit("one"), unit("two")},
	}, map[string]string{"one.html": "<!doctype html>"})
	c, pages := playertest.Scorm12("scorm")
	c.Module = scorm
	k.shelf.Put(c, pages)
	where := courseware.Where{Mode: courseware.SecondListener, App: "https://training.example.org", Content: "https://training.example.org:8081"}
	records := lrs.New(lrs.Deps{DB: d, Files: files, Home: where.App})
	k.players = player.New(player.Deps{
		DB: d, Files: files, Content: content.New(content.Deps{DB: d, Files: files}), Cohorts: nobody{}, Ledger: nobody{}, Shelf: k.shelf, Persons: nobody{},
		LRS: records, Addresses: where, ReturnTo: []string{"https://portal.example.org"}, Key: []byte("0123456789abcdef0123456789abcdef"),
	})
	sessions := &webtest.Sessions{}
	programs := api.New(api.Deps{Sessions: sessions, Policy: access.Routing{}, Catalogues: i18n.Shipped(), Log: slog.New(slog.DiscardHandler)})
	playerapi.Add(programs, playerapi.Deps{Player: k.players, Where: where})
	if err := programs.Check(); err != nil {
		t.Fatal(err)
	}
	run, err := courseware.LoadRuntime()
	if err != nil {
		t.Fatal(err)
	}
	k.api = programs
	k.files = courseware.New(courseware.Deps{Where: where, Files: k.players, Runtime: run, Sessions: k.players, Records: lrs.NewHandler(records, slog.New(slog.DiscardHandler)), Launches: k.players})
	k.of = func(scopes string) string {
		return sessions.Add(actor.Actor{Token: id.New[id.Token](), Scopes: scopes}, i18n.Prefs{})
	}
	k.token = k.of(everyone)
	return k
}

type object = map[string]any

// ends ends what is open of a package, as taking it out of use does.
func (k *desk) ends(d *db.DB, p id.Module) {
	k.Helper()
	token := actor.With(context.Background(), actor.Actor{Token: id.New[id.Token](), Scopes: access.ScopePackages})
	if err := k.players.Ready(token); err != nil {
		k.Fatal(err)
	}
	if err := d.Update(token, db.Main, func(tx *db.Tx) error { return k.players.EndOf(tx, p) }); err != nil {
		k.Fatal(err)
	}
}

// call calls the API; body nil is none.
func (k *desk) call(method, path string, body any, header ...string) (int, object) {
	k.Helper()
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			k.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	r := httptest.NewRequest(method, "/api/v1"+path, in)
	r.Header.Set("Authorization", "Bearer "+k.token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	k.api.ServeHTTP(rec, r)
	var out object
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			k.Fatalf("%s %s answered %d %s", method, path, rec.Code, rec.Body)
		}
	}
	return rec.Code, out
}

func (k *desk) must(want int, method, path string, body any, header ...string) object {
	k.Helper()
	got, out := k.call(method, path, body, header...)
	if got != want {
		k.Fatalf("%s %s %v answered %d %v, want %d", method, path, body, got, out, want)
	}
	return out
}

func account(name string) object {
	return object{"account": object{"homePage": "https://portal.example.org", "name": name}}
}

// unit runs a unit by its own launch address, and says verbs.
func (k *desk) unit(launch string, verbs ...string) (status int) {
	k.Helper()
	status, _ = k.play(launch, verbs...)
	return status
}

// launchData is what a cmi5 unit begins with.
func (k *desk) launchData(launch string) object {
	k.Helper()
	status, data := k.play(launch)
	if status != http.StatusOK {
		k.Fatalf("the unit is answered %d", status)
	}
	return data
}

func (k *desk) play(launch string, verbs ...string) (status int, begins object) {
	k.Helper()
	at, err := url.Parse(launch)
	if err != nil {
		k.Fatal(err)
	}
	q := at.Query()
	send := func(method, target, body, auth string) *httptest.ResponseRecorder {
		to, err := url.Parse(target)
		if err != nil {
			k.Fatal(err)
		}
		r := httptest.NewRequest(method, to.RequestURI(), strings.NewReader(body))
		r.Header.Set("Authorization", auth)
		r.Header.Set("X-Experience-API-Version", "1.0.3")
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		k.files.ServeHTTP(rec, r)
		return rec
	}
	var got map[string]string
	if err := json.Unmarshal(send("POST", q.Get("fetch"), "", "").Body.Bytes(), &got); err != nil {
		k.Fatal(err)
	}
	auth := "Basic " + got["auth-token"]
	place := url.Values{"stateId": {"LMS.LaunchData"}, "agent": {q.Get("actor")}, "activityId": {q.Get("activityId")}, "registration": {q.Get("registration")}}
	var data struct{ ContextTemplate object }
	if rec := send("GET", q.Get("endpoint")+"activities/state?"+place.Encode(), "", auth); rec.Code != http.StatusOK {
		return rec.Code, nil
	} else if err := errors.Join(json.Unmarshal(rec.Body.Bytes(), &data), json.Unmarshal(rec.Body.Bytes(), &begins)); err != nil {
		k.Fatal(err)
	}
	hers := url.Values{"profileId": {"cmi5LearnerPreferences"}, "agent": {q.Get("actor")}}
	if rec := send("GET", q.Get("endpoint")+"agents/profile?"+hers.Encode(), "", auth); rec.Code != http.StatusOK {
		return rec.Code, nil
	}
	for i, verb := range verbs {
		data.ContextTemplate["registration"] = q.Get("registration")
		activities := data.ContextTemplate["contextActivities"].(object)
		categories := []any{object{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}}
		s := object{
			"id": id.New[string](), "actor": json.RawMessage(q.Get("actor")), "verb": object{"id": "http://adlnet.gov/expapi/verbs/" + verb},
			"object": object{"id": q.Get("activityId")}, "context": data.ContextTemplate,
			"timestamp": k.clock.Now().Add(time.Duration(i) * time.Second).Format(time.RFC3339),
		}
		switch verb {
		case "completed":
			s["result"] = object{"completion": true, "duration": "PT2M"}
			categories = append(categories, object{"id": "https://w3id.org/xapi/cmi5/context/categories/moveon"})
		case "passed", "failed":
			s["result"] = object{"success": verb == "passed", "duration": "PT2M"}
			categories = append(categories, object{"id": "https://w3id.org/xapi/cmi5/context/categories/moveon"})
		case "terminated":
			s["result"] = object{"duration": "PT2M"}
		}
		activities["category"] = categories
		b, err := json.Marshal(s)
		if err != nil {
			k.Fatal(err)
		}
		if rec := send("POST", q.Get("endpoint")+"statements", string(b), auth); rec.Code != http.StatusOK {
			return rec.Code, nil
		}
	}
	return http.StatusOK, begins
}

func TestAProgramLaunchesForItsPeople(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		launches := "/packages/" + course + "/launches"
		key := string(id.New[id.Operation]())
		ask := object{"person": account("7"), "activity": "one", "own_window": true, "return_url": "https://portal.example.org/back?x=1"}
		first := k.must(http.StatusCreated, "POST", launches, ask, "Idempotency-Key", key)
		again := k.must(http.StatusCreated, "POST", launches, ask, "Idempotency-Key", key)
		if first["launch_url"] != again["launch_url"] || first["session"] != again["session"] {
			t.Errorf("a resend is answered %v, the first was %v", again, first)
		}
		if !strings.HasPrefix(first["launch_url"].(string), "https://training.example.org:8081/p/") {
			t.Errorf("the unit's own address is %s", first["launch_url"])
		}
		// Never refused, in the same registration; what was open is abandoned.
		second := k.must(http.StatusCreated, "POST", launches, ask)
		if second["registration"] != first["registration"] || second["session"] == first["session"] {
			t.Errorf("launched again: %v after %v", second, first)
		}
		if got := k.unit(first["launch_url"].(string), "initialized"); got == http.StatusOK {
			t.Error("the session before goes on")
		}
		if got := k.unit(second["launch_url"].(string), "initialized", "completed", "terminated"); got != http.StatusOK {
			t.Errorf("the unit is answered %d", got)
		}

		list := func(who string) []any {
			return k.must(http.StatusOK, "GET", "/packages/"+course+"/attempts?person="+url.QueryEscape(who), nil)["attempts"].([]any)
		}
		who, err := json.Marshal(account("7"))
		if err != nil {
			t.Fatal(err)
		}
		all := list(string(who))
		if len(all) != 1 {
			t.Fatalf("attempts: %v", all)
		}
		a := all[0].(object)
		units := a["activities"].([]any)
		one, two := units[0].(object), units[1].(object)
		if a["registration"] != first["registration"] || a["completion"] != "incomplete" || a["state"] != "open" || one["id"] != "one" || one["completion"] != "completed" ||
			one["time_seconds"] != 120.0 || one["satisfied"] != true || two["state"] != "not-begun" || two["satisfied"] != false {
			t.Errorf("the attempt is %v", a)
		}
		if byID := list(a["person"].(string)); len(byID) != 1 {
			t.Errorf("by her id: %v", byID)
		}
		if other := list(known); len(other) != 0 {
			t.Errorf("somebody else's: %v", other)
		}

		// Waived, once, and the course is satisfied; a further launch has a new registration.
		waive := "/registrations/" + a["registration"].(string) + "/activities/two/waive"
		k.must(http.StatusUnprocessableEntity, "POST", waive, object{"reason": ""})
		k.must(http.StatusNoContent, "POST", waive, object{"reason": "Tested Out"})
		k.must(http.StatusConflict, "POST", waive, object{"reason": "Tested Out"})
		a = list(string(who))[0].(object)
		if a["state"] != "passed" || a["completion"] != "completed" || a["satisfied"] != true || a["activities"].([]any)[1].(object)["waived"] != true {
			t.Errorf("after the waiver: %v", a)
		}
		third := k.must(http.StatusCreated, "POST", launches, object{"person": account("7"), "activity": "one", "mode": "Browse"})
		if third["registration"] == first["registration"] || !strings.HasPrefix(third["launch_url"].(string), "https://training.example.org/launch/") {
			t.Errorf("after the end: %v", third)
		}
		k.must(http.StatusCreated, "POST", launches, object{"person": account("7"), "activity": "one", "registration": first["registration"], "mode": "Review"})

		// Abandoned, also twice; what has ended cannot be.
		k.must(http.StatusNoContent, "POST", "/sessions/"+third["session"].(string)+"/abandon", nil)
		k.must(http.StatusNoContent, "POST", "/sessions/"+third["session"].(string)+"/abandon", nil)
		k.must(http.StatusConflict, "POST", "/sessions/"+second["session"].(string)+"/abandon", nil)
		k.must(http.StatusNotFound, "POST", "/sessions/"+nowhere+"/abandon", nil)

		// What is not so.
		for _, x := range []struct {
			status int
			body   object
		}{
			{http.StatusUnprocessableEntity, object{"person": nowhere, "activity": "one"}},
			{http.StatusUnprocessableEntity, object{"person": "me", "activity": "one"}},
			{http.StatusUnprocessableEntity, object{"person": account(""), "activity": "one"}},
			{http.StatusUnprocessableEntity, object{"activity": "one"}},
			{http.StatusUnprocessableEntity, object{"person": known, "activity": "three"}},
			{http.StatusUnprocessableEntity, object{"person": known, "activity": "one", "mode": "Exam"}},
			{http.StatusUnprocessableEntity, object{"person": known, "activity": "one", "registration": first["registration"]}},
			{http.StatusUnprocessableEntity, object{"person": known, "activity": "one", "return_url": "https://evil.example.org/"}},
			{http.StatusUnprocessableEntity, object{"person": known, "activity": "one", "return_url": "javascript:alert(1)"}},
			{http.StatusCreated, object{"person": known, "activity": "one"}},
		} {
			k.must(x.status, "POST", launches, x.body)
		}
		k.must(http.StatusNotFound, "POST", "/packages/"+nowhere+"/launches", object{"person": known, "activity": "one"})

		// Each scope opens its own.
		k.token = k.of(access.ScopeAttempts)
		k.must(http.StatusForbidden, "POST", launches, object{"person": known, "activity": "one"})
		k.must(http.StatusOK, "GET", "/packages/"+course+"/attempts", nil)
		k.token = k.of(access.ScopeLaunch)
		k.must(http.StatusForbidden, "GET", "/packages/"+course+"/attempts", nil)
		k.must(http.StatusForbidden, "POST", waive, object{"reason": "x"})
		k.token = k.of(access.ScopePackages)
		k.must(http.StatusForbidden, "POST", launches, object{"person": known, "activity": "one"})
	})
}

// A launch of SCORM is ended by its session as one of cmi5 is, and one that only looks
// ends none.
func TestALaunchOfScormIsEndedAsOneOfCmi5(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		ctx := context.Background() // nobody is signed in
		launch := func(mode string) (session string, o *player.Opened) {
			t.Helper()
			l := k.must(http.StatusCreated, "POST", "/packages/"+scorm+"/launches", object{"person": known, "activity": "INTRO", "mode": mode})
			got, err := k.players.OpenTicket(ctx, strings.TrimPrefix(l["launch_url"].(string), "https://training.example.org/launch/"))
			if err == nil {
				got.Opened.Seed, err = k.players.TakeUp(ctx, got.Opened.Credential)
			}
			if err != nil {
				t.Fatal(err)
			}
			return l["session"].(string), got.Opened
		}
		says := func(o *player.Opened, number int64, place string, end bool) player.Kept {
			t.Helper()
			kept, err := k.players.Accept(ctx, player.Batch{Credential: o.Credential, Now: number, End: end, Entries: []player.Numbered{
				{Number: number, Entry: json.RawMessage(`{"activity":"INTRO","at":1,"set":{"cmi.core.lesson_location":"` + place + `","cmi.core.score.raw":"` + fmt.Sprint(number) + `"}}`)},
			}})
			if err != nil || kept.Number != number {
				t.Fatalf("%+v, %v", kept, err)
			}
			return kept
		}
		abandon := func(status int, session string) {
			t.Helper()
			k.must(status, "POST", "/sessions/"+session+"/abandon", nil)
		}
		remembers := func(place string, score float64) {
			t.Helper()
			a := k.must(http.StatusOK, "GET", "/packages/"+scorm+"/attempts?person="+known, nil)["attempts"].([]any)[0].(object)
			data := k.must(http.StatusOK, "GET", "/registrations/"+a["registration"].(string)+"/activities/INTRO/data", nil)
			if raw := a["activities"].([]any)[0].(object)["score"].(object)["raw"]; data["cmi.core.lesson_location"] != place || raw != score {
				t.Errorf("at %v with %v points, want %s with %v", data["cmi.core.lesson_location"], raw, place, score)
			}
		}

		first, here := launch("Normal")
		says(here, 1, "page 1", false)
		if a := k.must(http.StatusOK, "GET", "/packages/"+scorm+"/attempts?person="+known, nil)["attempts"].([]any)[0].(object); a["suspended"] != true || a["activities"].([]any)[0].(object)["suspended"] != true {
			t.Errorf("what was begun and not ended is not gone on with: %v", a)
		}
		for _, mode := range []string{"Review", "Browse"} {
			k.clock.Advance(time.Minute)
			if _, looks := launch(mode); looks.Seed.Mode != player.Mode(strings.ToLower(mode)) {
				t.Errorf("%s opens as %s", mode, looks.Seed.Mode)
			}
		}
		if kept := says(here, 2, "page 2", false); kept.Replaced {
			t.Error("who only looks puts her out of what she does")
		}
		remembers("page 2", 2)

		// Ended from outside: what comes late counts, and is not what she resumes from.
		abandon(http.StatusNoContent, first)
		abandon(http.StatusNoContent, first)
		if kept := says(here, 3, "page 3", true); !kept.Replaced {
			t.Error("her frame is not told that its launch was ended")
		}
		abandon(http.StatusNoContent, first)
		remembers("page 2", 3)

		// What another launch has followed is over as well; what ended by itself is not abandoned.
		k.clock.Advance(time.Minute)
		second, _ := launch("Normal")
		k.clock.Advance(time.Minute)
		third, there := launch("Normal")
		abandon(http.StatusNoContent, second)
		says(there, 1, "page 4", true)
		abandon(http.StatusConflict, third)
		k.clock.Advance(time.Minute)
		launch("Normal")
		abandon(http.StatusConflict, third)

		// One that was ended before it was opened does not open.
		l := k.must(http.StatusCreated, "POST", "/packages/"+scorm+"/launches", object{"person": known, "activity": "INTRO"})
		abandon(http.StatusNoContent, l["session"].(string))
		if _, err := k.players.OpenTicket(ctx, strings.TrimPrefix(l["launch_url"].(string), "https://training.example.org/launch/")); !fault.Is(err, fault.Closed) {
			t.Errorf("it opens all the same: %v", err)
		}
		k.token = k.of(access.ScopeLaunch)
		abandon(http.StatusForbidden, first)
	})
}

// Whoever comes from another program may have no session here: a unit in a window of its
// own leads her back there, or to a page that says she has left.
func TestAUnitInItsOwnWindowLeadsOut(t *testing.T) {
	k := open(t, dbtest.SQLite(t))
	unit := player.Unit{ID: "https://example.org/alone", Key: "alone", Title: "Alone", Href: "alone.html", Says: player.Says{MoveOn: "Completed", OwnWindow: true}}
	alone := id.New[id.Module]()
	k.shelf.Put(&player.Course{
		Module: alone, Key: "alone", Kind: player.Cmi5, Title: "Alone", Language: "en", Publisher: "https://example.org/alone", Units: []player.Unit{unit},
	}, map[string]string{"alone.html": "<!doctype html>"})
	const left, back = "https://training.example.org/launch/left", "https://portal.example.org/back"
	for _, x := range []struct {
		name string
		pkg  id.Module
		ask  object
		want string
	}{
		{"asked for", course, object{"activity": "one", "own_window": true}, left},
		{"asked for, with an address", course, object{"activity": "one", "own_window": true, "return_url": back}, back},
		{"by the unit's wish", alone, object{"activity": "alone"}, left},
		{"by the unit's wish, with an address", alone, object{"activity": "alone", "return_url": back}, back},
		{"in the frame", course, object{"activity": "one"}, "https://training.example.org:8081/x/"},
	} {
		x.ask["person"] = account(x.name)
		l := k.must(http.StatusCreated, "POST", "/packages/"+string(x.pkg)+"/launches", x.ask)
		at := l["launch_url"].(string)
		if ticket, ok := strings.CutPrefix(at, "https://training.example.org/launch/"); ok {
			got, err := k.players.OpenTicket(context.Background(), ticket)
			if err != nil {
				t.Fatal(err)
			}
			at = got.Spoken.URL
		}
		if got := k.launchData(at)["returnURL"]; got != x.want && !(strings.HasSuffix(x.want, "/x/") && strings.HasPrefix(fmt.Sprint(got), x.want)) {
			t.Errorf("%s: the unit leads to %v, want %s", x.name, got, x.want)
		}
	}
}

func TestALaunchOpensOnceAndExpires(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		ticket := func(pkg, unit string) string {
			l := k.must(http.StatusCreated, "POST", "/packages/"+pkg+"/launches", object{"person": known, "activity": unit})
			return strings.TrimPrefix(l["launch_url"].(string), "https://training.example.org/launch/")
		}
		ctx := context.Background() // nobody is signed in
		x := ticket(scorm, "INTRO")
		got, err := k.players.OpenTicket(ctx, x)
		if err != nil || got.Opened == nil {
			t.Fatalf("%+v, %v", got, err)
		}
		if seed, err := k.players.TakeUp(ctx, got.Opened.Credential); err != nil || seed.Activity != "INTRO" || seed.Mode != player.Normal {
			t.Fatalf("%+v, %v", seed, err)
		}
		if _, err := k.players.Accept(ctx, player.Batch{Credential: got.Opened.Credential, Now: 1, Entries: []player.Numbered{
			{Number: 1, Entry: json.RawMessage(`{"activity":"INTRO","at":1,"set":{"cmi.core.lesson_status":"completed","cmi.suspend_data":"page 3"},"end":true}`)},
		}}); err != nil {
			t.Fatal(err)
		}
		if _, err := k.players.OpenTicket(ctx, x); !fault.Is(err, fault.Closed) {
			t.Errorf("opened twice: %v", err)
		}
		a := k.must(http.StatusOK, "GET", "/packages/"+scorm+"/attempts?person="+known, nil)["attempts"].([]any)[0].(object)
		data := k.must(http.StatusOK, "GET", "/registrations/"+a["registration"].(string)+"/activities/INTRO/data", nil)
		if data["cmi.suspend_data"] != "page 3" || data["cmi.core.lesson_status"] != "completed" {
			t.Errorf("it remembers %v", data)
		}
		x = ticket(course, "one")
		if got, err = k.players.OpenTicket(ctx, x); err != nil || got.Spoken == nil || k.unit(got.Spoken.URL, "initialized") != http.StatusOK {
			t.Errorf("%+v, %v", got, err)
		}
		x = ticket(scorm, "EXAM")
		k.clock.Advance(player.FetchFor + time.Second)
		if _, err := k.players.OpenTicket(ctx, x); !fault.Is(err, fault.Closed) {
			t.Errorf("opened too late: %v", err)
		}
		if _, err := k.players.OpenTicket(ctx, x[:len(x)-1]+"a"); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Closed) {
			t.Errorf("a forged ticket: %v", err)
		}

		// Taken out of use: what is open ends, and nothing begins.
		l := k.must(http.StatusCreated, "POST", "/packages/"+course+"/launches", object{"person": known, "activity": "two", "own_window": true})
		k.ends(d, course)
		if got := k.unit(l["launch_url"].(string)); got == http.StatusOK {
			t.Error("a session of a withdrawn package goes on")
		}
		if left := k.must(http.StatusOK, "GET", "/packages/"+course+"/attempts?person="+known, nil)["attempts"].([]any); len(left) != 1 {
			t.Errorf("attempts are gone: %v", left)
		}
	})
}

// A launch that a program asks for takes the place of those before it once the frame
// has begun it, and not when it is asked for: what they still hand in until then is what
// it goes on from.
func TestALaunchTakesUpWhatWasLeft(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		ctx := context.Background()
		ticketFor := func(mode string) string {
			l := k.must(http.StatusCreated, "POST", "/packages/"+scorm+"/launches", object{"person": known, "activity": "INTRO", "mode": mode})
			return strings.TrimPrefix(l["launch_url"].(string), "https://training.example.org/launch/")
		}
		ticket := func() string { return ticketFor("Normal") }
		opened := func(ticket string) string {
			t.Helper()
			got, err := k.players.OpenTicket(ctx, ticket)
			if err != nil {
				t.Fatal(err)
			}
			return got.Opened.Credential
		}
		remembers := func(credential, want string) {
			t.Helper()
			seed, err := k.players.TakeUp(ctx, credential)
			if got := string(seed.Data["INTRO"]["cmi.suspend_data"]); err != nil || got != want {
				t.Errorf("it goes on from %s, want %s: %v", got, want, err)
			}
		}
		number := map[string]int64{}
		says := func(credential, data string) player.Kept {
			t.Helper()
			number[credential]++
			kept, err := k.players.Accept(ctx, player.Batch{Credential: credential, Now: 1, Entries: []player.Numbered{
				{Number: number[credential], Entry: json.RawMessage(`{"activity":"INTRO","at":1,"set":{"cmi.core.exit":"suspend","cmi.suspend_data":"` + data + `"}}`)},
			}})
			if err != nil {
				t.Fatal(err)
			}
			return kept
		}
		first := opened(ticket())
		remembers(first, "")
		if says(first, "one").Replaced {
			t.Error("the only launch is replaced")
		}
		asked := ticket()
		if says(first, "asked for").Replaced {
			t.Error("a launch is replaced by one that was only asked for")
		}
		second := opened(asked)
		if says(first, "left").Replaced {
			t.Error("a launch is replaced by one that has not begun")
		}
		remembers(second, `"left"`)
		remembers(second, `"left"`) // the answer was lost
		if !says(first, "too late").Replaced || says(second, "two").Replaced {
			t.Error("the second has not taken over")
		}
		// Opened after another that was asked for later.
		early, late := ticket(), ticket()
		third := opened(late)
		remembers(third, `"two"`)
		fourth := opened(early)
		remembers(fourth, `"two"`)
		if !says(third, "too late").Replaced || says(fourth, "four").Replaced {
			t.Error("what was opened last has not taken over")
		}
		// What only looks puts nobody out of what she does.
		for _, mode := range []string{"Browse", "Review"} {
			remembers(opened(ticketFor(mode)), `"four"`)
			if says(fourth, "four").Replaced {
				t.Errorf("a launch to %s has taken over", mode)
			}
		}
		if _, err := k.players.TakeUp(ctx, third); !fault.Is(err, fault.Closed) {
			t.Errorf("a launch that was replaced takes up again: %v", err)
		}
		if _, err := k.players.TakeUp(ctx, "guess"); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a guess takes up: %v", err)
		}
	})
}

// A page that a ticket has opened may be reloaded, by its pass: in the same registration,
// unit and mode, with the same way back, and once for each time it is asked. Where
// somebody else has ended it, or it was opened elsewhere, it may not.
func TestALaunchIsOpenedOnceMoreAsItsPageIsReloaded(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		ctx := context.Background() // nobody is signed in
		type page struct{ pass, session, registration string }
		launch := func(pkg, unit string, more object) page {
			t.Helper()
			body := object{"person": known, "activity": unit}
			maps.Copy(body, more)
			l := k.must(http.StatusCreated, "POST", "/packages/"+pkg+"/launches", body)
			got, err := k.players.OpenTicket(ctx, strings.TrimPrefix(l["launch_url"].(string), "https://training.example.org/launch/"))
			if err == nil && got.Opened != nil {
				_, err = k.players.TakeUp(ctx, got.Opened.Credential)
			}
			if err != nil {
				t.Fatal(err)
			}
			return page{got.Again, l["session"].(string), l["registration"].(string)}
		}
		again := func(p page) (*player.Ticketed, string) {
			t.Helper()
			op := id.New[id.Operation]()
			ticket, err := k.players.Again(ctx, op, p.pass)
			if err != nil {
				t.Fatal(err)
			}
			if twice, err := k.players.Again(ctx, op, p.pass); err != nil || twice != ticket {
				t.Errorf("asked twice it is another: %v", err)
			}
			got, err := k.players.OpenTicket(ctx, ticket)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.players.OpenTicket(ctx, ticket); !fault.Is(err, fault.Closed) {
				t.Errorf("its ticket opens it twice: %v", err)
			}
			return got, got.Again
		}
		over := func(when string, p page) {
			t.Helper()
			if _, err := k.players.Again(ctx, id.New[id.Operation](), p.pass); !fault.Is(err, fault.Closed) {
				t.Errorf("%s it is opened once more: %v", when, err)
			}
		}
		back := object{"return_url": "https://portal.example.org/back"}
		for _, x := range []struct{ pkg, unit string }{{scorm, "INTRO"}, {course, "two"}} {
			t.Run(x.unit, func(t *testing.T) {
				first := launch(x.pkg, x.unit, back)
				got, pass := again(first)
				if string(got.Run.Attempt.ID) != first.registration || got.Unit != x.unit && got.Spoken == nil || got.Back != back["return_url"] || got.Run.Review {
					t.Errorf("it is opened as %+v", got)
				}
				if got.Opened != nil {
					if _, err := k.players.TakeUp(ctx, got.Opened.Credential); err != nil {
						t.Error(err)
					}
				}
				over("after it was opened once more", first)
				again(page{pass: pass})
				looked := launch(x.pkg, x.unit, object{"mode": "Browse"})
				if got, _ := again(looked); !got.Run.Review || got.Back != "" {
					t.Errorf("what only looks is opened as %+v", got)
				}

				ended := launch(x.pkg, x.unit, nil)
				k.must(http.StatusNoContent, "POST", "/sessions/"+ended.session+"/abandon", nil)
				over("ended by a program", ended)
				before := launch(x.pkg, x.unit, nil)
				launch(x.pkg, x.unit, nil)
				over("opened elsewhere", before)
				old := launch(x.pkg, x.unit, nil)
				k.clock.Advance(player.AgainFor + time.Second)
				over("on another day", old)
			})
		}
		for _, guess := range []string{"", "guess", nowhere + ".guess"} {
			if _, err := k.players.Again(ctx, id.New[id.Operation](), guess); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("a guess opens it: %v", err)
			}
		}
		left := launch(scorm, "INTRO", nil)
		k.shelf.Withdraw("scorm", "en")
		over("out of use", left)
	})
}

// A unit of cmi5 has passed once it has reached what its moveOn asks for, whatever else it
// has said; what it has completed is done whole; and a launch that only looks adds nothing.
func TestAUnitOfCmi5IsAsFarAsItsMoveOnSays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		said := []struct {
			moveOn, verbs, state string
			progress             float64
			satisfied            bool
		}{
			{"Completed", "completed", "passed", 100, true},
			{"Completed", "passed", "open", 0, false},
			{"Completed", "failed completed", "passed", 100, true},
			{"Passed", "passed", "passed", 100, true},
			{"Passed", "completed", "open", 100, false},
			{"Passed", "completed failed", "not-yet", 100, false},
			{"CompletedOrPassed", "passed", "passed", 100, true},
			{"CompletedAndPassed", "completed", "open", 100, false},
			{"CompletedAndPassed", "passed", "open", 0, false},
			{"CompletedAndPassed", "completed passed", "passed", 100, true},
			{"NotApplicable", "", "passed", 0, true},
		}
		course := &player.Course{Module: id.New[id.Module](), Key: "ways", Kind: player.Cmi5, Title: "W", Language: "en", Publisher: "https://example.org/ways"}
		pages := map[string]string{}
		for i, x := range said {
			key := fmt.Sprintf("u%d", i)
			course.Units = append(course.Units, player.Unit{ID: "https://example.org/" + key, Key: key, Title: key, Href: key + ".html", Says: player.Says{MoveOn: x.moveOn}})
			pages[key+".html"] = "<!doctype html>"
		}
		k.shelf.Put(course, pages)
		at := "/packages/" + string(course.Module)
		launch := func(i int, mode string, verbs ...string) {
			t.Helper()
			l := k.must(http.StatusCreated, "POST", at+"/launches", object{"person": known, "activity": fmt.Sprintf("u%d", i), "own_window": true, "mode": mode})
			if got := k.unit(l["launch_url"].(string), verbs...); got != http.StatusOK {
				t.Fatalf("%v of %s: answered %d", verbs, said[i].moveOn, got)
			}
			k.clock.Advance(time.Minute)
		}
		for i, x := range said {
			launch(i, "Normal", append(append([]string{"initialized"}, strings.Fields(x.verbs)...), "terminated")...)
		}
		launch(0, "Browse", "initialized", "terminated")
		launch(0, "Review", "initialized", "terminated")
		a := k.must(http.StatusOK, "GET", at+"/attempts?person="+known, nil)["attempts"].([]any)[0].(object)
		for i, x := range said {
			u := a["activities"].([]any)[i].(object)
			if u["state"] != x.state || u["progress"] != x.progress || u["satisfied"] != x.satisfied || u["time_seconds"] != float64(120) {
				t.Errorf("%s after %q: %v", x.moveOn, x.verbs, u)
			}
		}
		if a["suspended"] != false {
			t.Errorf("what has ended is suspended: %v", a["suspended"])
		}
	})
}
