package policy_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
)

// A shelf is what was written within one limit, or in one launch: a statement, one
// that is voided, and a document of each kind, each with words of its own.
type shelf struct {
	name                 string // "agency fia"
	key                  lrs.NewKey
	word                 string // its canary
	language             string // in which it names the shared activity
	activity, agent      string
	statement, voided    string // ids
	registration         string
	more                 string // the rest of an address, behind /xapi/
	preferences          string // the name of the agent's profile
	launch               *launched
	state, shape, beyond url.Values // where its documents lie
}

// A launched unit knows its own address of the record store.
type launched struct {
	base    string
	auth    string
	context map[string]any // that its statements begin with
}

// A reader calls the record store.
type reader struct {
	name   string
	as     string // a scope, launch, or nobody
	limit  string // "whole", "programme-PK", "launch-fia"
	base   string // before the resource
	header []string
	cookie string
	launch *launched
}

// records is the record store of a site, with something on every shelf.
type records struct {
	*matrix
	f       *fixture
	s       *site
	units   string // the origin of packages
	shelves []*shelf
	readers []reader
	words   words

	documents map[string][]any // rows, as they were planted, by their id
	lines     map[string]*shelf
	dead      map[string]bool // statements that are voided
	restores  int
}

const shared = "https://example.org/shared"

func (r *records) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// openRecords plants a shelf for each limit and each launch, on a fresh site.
func openRecords(t *testing.T, f *fixture, planted bool) (*records, func()) {
	t.Helper()
	s := f.open()
	run, err := courseware.LoadRuntime()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelError}))
	units := httptest.NewServer(courseware.New(courseware.Deps{
		Where: courseware.Where{Mode: courseware.SecondListener, App: s.url, Content: "http://packages.example.org"}, Files: s.app.Player, Runtime: run,
		Sessions: s.app.Player, Records: lrs.NewHandler(s.app.LRS, log), Log: log,
	}))
	r := &records{
		matrix: &matrix{T: t, opened: map[string]bool{}, planted: planted}, f: f, s: s, units: units.URL,
		words: words{rand.New(rand.NewPCG(9274, 1))}, documents: map[string][]any{}, lines: map[string]*shelf{}, dead: map[string]bool{},
	}
	agencies := map[string]string{}
	f.rows(s.app, func(table string, row map[string]string) {
		if table == "people_agencies" {
			agencies[row["code"]] = row["id"]
		}
	})
	for _, x := range []struct {
		name string
		key  lrs.NewKey
	}{
		{"whole", lrs.NewKey{}},
		{"programme PK", lrs.NewKey{Programme: "pakistan-2020"}},
		{"programme IQ", lrs.NewKey{Programme: "iraq-2020"}},
		{"agency fia", lrs.NewKey{Agency: agencies["fia"]}},
		{"agency baghdad", lrs.NewKey{Agency: agencies["baghdad"]}},
	} {
		if x.name != "whole" && x.key.Programme+x.key.Agency == "" {
			t.Fatalf("there is no %s", x.name)
		}
		r.shelf(x.name, x.key)
	}
	r.launches()
	r.remember()
	r.everybody()
	return r, func() {
		units.Close()
		s.end()
	}
}

// auth makes a key and returns what shows it.
func (r *records) auth(n lrs.NewKey, scopes ...lrs.Scope) (key, auth string) {
	r.Helper()
	n.Title, n.Scopes, n.PerMinute = "A program", scopes, lrs.Unlimited
	k, secret, err := r.s.app.LRS.CreateKey(operator(), n)
	r.must(err)
	return k.ID, basic(k.ID, secret)
}

func basic(name, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+secret))
}

// put sends what has to be taken.
func (r *records) put(auth, method, address string, body any) string {
	r.Helper()
	status, answer := r.send(method, address, body, "Authorization", auth)
	if status/100 != 2 {
		r.Fatalf("%s %s: %d %s\n%s", method, address, status, answer, r.f.log.String())
	}
	return answer
}

// send sends a request, and returns the answer's status, and its headers and what
// follows them.
func (r *records) send(method, address string, body any, header ...string) (int, string) {
	r.Helper()
	return r.sendAs(reader{header: header}, method, address, body)
}

func (r *records) sendAs(c reader, method, address string, body any) (int, string) {
	r.Helper()
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		r.must(err)
		content = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(r.Context(), method, address, content)
	r.must(err)
	req.Header.Set("X-Experience-API-Version", "1.0.3")
	req.Header.Set("Content-Type", "application/json")
	if method == http.MethodPut && !strings.Contains(address, "/statements") {
		req.Header.Set("If-None-Match", `"no such document"`) // over what is there, too
	}
	for i := 0; i+1 < len(c.header); i += 2 {
		req.Header.Set(c.header[i], c.header[i+1])
	}
	if c.cookie != "" {
		req.AddCookie(&http.Cookie{Name: web.Cookie, Value: c.cookie})
	}
	resp, err := http.DefaultClient.Do(req)
	r.must(err)
	defer func() { _ = resp.Body.Close() }() // it was only read
	answer, err := io.ReadAll(resp.Body)
	r.must(err)
	var head strings.Builder
	r.must(resp.Header.Write(&head))
	return resp.StatusCode, head.String() + "\r\n" + string(answer)
}

// behind is what stands behind the headers of an answer.
func behind(answer string) string {
	_, body, _ := strings.Cut(answer, "\r\n\r\n")
	return body
}

type object = map[string]any

// says is a statement of a shelf, under an id.
func (x *shelf) says(statement, verb string) object {
	st := object{
		"id": statement, "actor": object{"mbox": "mailto:" + x.agent + "@example.org", "name": "Somebody " + x.word}, "verb": object{"id": "https://example.org/" + verb},
		"object":  object{"id": x.activity, "definition": object{"name": object{"en": "Interviewing " + x.word}}},
		"result":  object{"response": x.word},
		"context": object{"contextActivities": object{"grouping": []object{{"id": shared, "definition": object{"description": object{x.language: x.word}}}}}},
	}
	return st
}

func agentOf(name string) string { return `{"mbox":"mailto:` + name + `@example.org"}` }

var languages = []string{"en", "fr", "ur", "ar", "ps"}

// shelf plants what programs write within a limit.
func (r *records) shelf(name string, key lrs.NewKey) {
	r.Helper()
	at := strings.ReplaceAll(name, " ", "-")
	x := &shelf{
		name: name, key: key, word: r.words.latin(), language: languages[len(r.shelves)], activity: "https://example.org/" + at, agent: strings.ToLower(at),
		statement: id.New[string](), voided: id.New[string](), preferences: "profile",
	}
	_, auth := r.auth(key, lrs.ScopeAll)
	all := r.s.url + lrs.Prefix + "/"
	r.put(auth, "POST", all+"statements", []object{x.says(id.New[string](), "planted"), x.says(x.statement, "planted"), x.says(x.voided, "planted")})
	r.put(auth, "POST", all+"statements", voids(x.voided))
	x.places(agentOf(x.agent), "")
	r.plant(x, auth, all)
}

func voids(statement string) object {
	return object{
		"actor": object{"mbox": "mailto:somebody@example.org"}, "verb": object{"id": lrs.VerbVoided},
		"object": object{"objectType": "StatementRef", "id": statement},
	}
}

func (x *shelf) places(agent, registration string) {
	x.registration = registration
	x.state = url.Values{"activityId": {x.activity}, "agent": {agent}}
	if registration != "" {
		x.state.Set("registration", registration)
	}
	x.shape = url.Values{"activityId": {x.activity}}
	x.beyond = url.Values{"agent": {agent}}
}

// plant puts the documents of a shelf, and finds the address of its second page.
func (r *records) plant(x *shelf, auth, base string) {
	r.Helper()
	for _, d := range x.docs() {
		r.put(auth, "PUT", base+d.one, object{"text": x.word, "languagePreference": "en", "audioPreference": "on"})
	}
	var page struct{ More string }
	answer := r.put(auth, "GET", base+"statements?limit=1", nil)
	r.must(json.Unmarshal([]byte(behind(answer)), &page))
	_, more, ok := strings.Cut(page.More, lrs.Prefix+"/")
	if !ok {
		r.Fatalf("%s: there is no second page: %s", x.name, answer)
	}
	x.more = more
	r.shelves = append(r.shelves, x)
	r.lines[x.word] = x
}

// A place of documents: one of them, and all.
type place struct{ what, many, one, all string }

func (x *shelf) docs() []place {
	in := func(resource, name, value string, at url.Values) place {
		q := url.Values{name: {value}}
		for k, v := range at {
			q[k] = v
		}
		return place{one: resource + "?" + q.Encode(), all: resource + "?" + at.Encode()}
	}
	state, shape, beyond := in("activities/state", "stateId", "kept", x.state), in("activities/profile", "profileId", "kept "+x.name, x.shape), in("agents/profile", "profileId", x.preferences, x.beyond)
	state.what, state.many = "a state", "the states"
	shape.what, shape.many = "an activity profile", "the activity profiles"
	beyond.what, beyond.many = "an agent profile", "the agent profiles"
	return []place{state, shape, beyond}
}

// launches launches a package for a participant of each agency, and has its unit
// speak.
func (r *records) launches() {
	r.Helper()
	for _, x := range []struct{ country, key, agency string }{{"PK", "fia-01", "fia"}, {"PK", "pp-01", "punjab-police"}, {"IQ", "fia-01", "baghdad"}} {
		b := r.f.brought[x.country]
		person := r.f.keyed[x.country+" "+x.key]
		program := actor.With(r.Context(), actor.Actor{Token: id.New[id.Token](), Scopes: access.ScopeLaunch})
		got, err := r.s.app.Player.LaunchFor(program, newOp(), player.LaunchFor{Package: b.pack, Person: person, Unit: b.activity, Mode: player.Normal, OwnWindow: true})
		r.must(err)
		at, err := url.Parse(got.URL)
		r.must(err)
		q := at.Query()
		fetch := q.Get("fetch")
		_, token, _ := strings.Cut(q.Get("endpoint"), "/x/")
		token, _, _ = strings.Cut(token, "/")
		credential := r.s.app.Player.Fetch(r.Context(), token, fetch[strings.LastIndex(fetch, "/")+1:])
		if credential.Code != "" {
			r.Fatalf("%s: %+v", x.agency, credential)
		}
		l := &launched{base: r.units + "/x/" + token + lrs.Prefix + "/", auth: "Basic " + credential.Credential}
		sh := &shelf{
			name: "launch " + x.agency, word: r.words.latin(), language: "en", activity: q.Get("activityId"), statement: id.New[string](), voided: id.New[string](),
			preferences: "cmi5LearnerPreferences", launch: l,
		}
		sh.places(q.Get("actor"), q.Get("registration"))
		var data struct {
			ContextTemplate object `json:"contextTemplate"`
		}
		state := url.Values{"stateId": {"LMS.LaunchData"}}
		for k, v := range sh.state {
			state[k] = v
		}
		answer := r.put(l.auth, "GET", l.base+"activities/state?"+state.Encode(), nil)
		r.must(json.Unmarshal([]byte(behind(answer)), &data))
		// A unit asks for her preferences before it says anything; she has none yet.
		if status, answer := r.sendAs(reader{header: []string{"Authorization", l.auth}}, "GET", l.base+sh.docs()[2].one, nil); status != http.StatusOK && status != http.StatusNotFound {
			r.Fatalf("%s: her preferences: %d %s", x.agency, status, answer)
		}
		l.context = data.ContextTemplate
		l.context["registration"] = sh.registration
		r.put(l.auth, "POST", l.base+"statements", r.unit(sh, id.New[string](), "http://adlnet.gov/expapi/verbs/initialized", "https://w3id.org/xapi/cmi5/context/categories/cmi5"))
		r.put(l.auth, "POST", l.base+"statements", r.unit(sh, sh.statement, "https://example.org/planted", ""))
		r.plant(sh, l.auth, l.base)
	}
}

// unit is a statement of a unit; one of cmi5's own has its category.
func (r *records) unit(x *shelf, statement, verb, category string) object {
	about := object{}
	for k, v := range x.launch.context {
		about[k] = v
	}
	st := object{
		"id": statement, "timestamp": r.s.app.Clock.Now().UTC().Format(time.RFC3339Nano), "actor": json.RawMessage(x.state.Get("agent")), "verb": object{"id": verb},
		"object": object{"id": x.activity}, "context": about,
	}
	if category != "" {
		activities := object{"category": []object{{"id": category}}}
		for k, v := range x.launch.context["contextActivities"].(object) {
			activities[k] = v
		}
		about["contextActivities"] = activities
	}
	if statement == x.statement {
		st["result"] = object{"response": x.word}
	}
	return st
}

// everybody are a program for each scope within each limit, each launch, and those
// who have nothing to show that holds.
func (r *records) everybody() {
	r.Helper()
	all := r.s.url + lrs.Prefix + "/"
	add := func(name, as, limit, base, auth string) {
		r.readers = append(r.readers, reader{name: name, as: as, limit: strings.ReplaceAll(limit, " ", "-"), base: base, header: []string{"Authorization", auth}})
	}
	var whole string
	for _, x := range r.shelves {
		if l := x.launch; l != nil {
			add("the "+x.name, "launch", x.name, l.base, l.auth)
			r.readers[len(r.readers)-1].launch = l
			add("the "+x.name+" where programs call", "nobody", x.name, all, l.auth)
			continue
		}
		for _, scope := range lrs.Scopes() {
			_, auth := r.auth(x.key, scope)
			add(string(scope)+" of "+x.name, string(scope), x.name, all, auth)
			if x.name == "whole" && scope == lrs.ScopeAll {
				whole = auth
			}
		}
		key, auth := r.auth(x.key, lrs.ScopeAll)
		r.must(r.s.app.LRS.RevokeKey(operator(), key))
		add("a revoked key of "+x.name, "nobody", x.name, all, auth)
	}
	one, two := r.shelves[len(r.shelves)-3], r.shelves[len(r.shelves)-2]
	add("a launch at the address of another", "nobody", one.name, two.launch.base, one.launch.auth)
	add("a key at the address of a launch", "nobody", one.name, one.launch.base, whole)
	add("a key that was never made", "nobody", "whole", all, basic(id.New[string](), id.Secret(40)))
	made, err := r.s.app.Access.CreateToken(operator(), newOp(), access.NewToken{Name: "every scope", Scopes: access.Scopes()})
	r.must(err)
	add("a token of /api/v1", "nobody", "whole", all, "Bearer "+made.Token)
	r.readers = append(r.readers, reader{name: "nobody", as: "nobody", limit: "whole", base: all})
	for _, v := range r.f.visitors {
		if v.role == "officer" || v.role == "admin" {
			add(v.name, "nobody", "whole", all, "Bearer "+v.token)
			r.readers = append(r.readers, reader{name: "the cookie of " + v.name, as: "nobody", limit: "whole", base: all, cookie: v.token})
		}
	}
}

const documentColumns = "id, owner, registration, name, content_type, etag, person, updated_at, body"

// lies reads every document, and which statements are voided.
func (r *records) lies() (documents map[string][]any, dead map[string]bool) {
	r.Helper()
	documents, dead = map[string][]any{}, map[string]bool{}
	r.must(r.s.app.DB.View(r.Context(), func(tx *db.Tx) error {
		rows, err := db.Collect(tx, func(in *db.Rows) ([]any, error) {
			var at, owner, registration, name, kind, etag, person string
			var updated int64
			var body []byte
			err := in.Scan(&at, &owner, &registration, &name, &kind, &etag, &person, &updated, &body)
			return []any{at, owner, registration, name, kind, etag, person, updated, body}, err
		}, `SELECT `+documentColumns+` FROM lrs_documents`)
		for _, row := range rows {
			documents[row[0].(string)] = row
		}
		if err != nil {
			return err
		}
		ids, err := db.Collect(tx, func(in *db.Rows) (b []byte, err error) { return b, in.Scan(&b) }, `SELECT id FROM lrs_statements WHERE voided = 1`)
		for _, b := range ids {
			dead[fmt.Sprintf("%x", b)] = true
		}
		return err
	}))
	return documents, dead
}

func (r *records) remember() { r.documents, r.dead = r.lies() }

// touched returns the shelves that differ from what was planted, and lays them as
// they were. What cannot be told whose it is counts as nobody's.
func (r *records) touched() (out []string) {
	r.Helper()
	documents, dead := r.lies()
	note := func(x *shelf) {
		name := "nobody"
		if x != nil {
			name = x.name
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	more := len(documents) != len(r.documents)
	for at, row := range r.documents {
		if now, ok := documents[at]; ok && now[5] == row[5] {
			continue
		}
		more = true
		x := r.lines[wordForm.FindString(string(row[8].([]byte)))]
		if i := slices.IndexFunc(r.shelves, func(x *shelf) bool { return x.registration != "" && x.registration == row[2] }); i >= 0 {
			x = r.shelves[i] // what the unit was launched with, too
		}
		note(x)
	}
	for at := range dead {
		if r.dead[at] {
			continue
		}
		more = true
		i := slices.IndexFunc(r.shelves, func(x *shelf) bool { return strings.ReplaceAll(x.statement, "-", "") == at })
		if i < 0 {
			note(nil)
		} else {
			note(r.shelves[i])
		}
	}
	if !more {
		return nil
	}
	r.restores++
	r.must(r.s.app.DB.Update(r.Context(), db.XAPI, func(tx *db.Tx) error {
		for at := range documents {
			if _, err := tx.Exec(`DELETE FROM lrs_documents WHERE id = ?1`, at); err != nil {
				return err
			}
		}
		for _, row := range r.documents {
			if _, err := tx.Exec(`INSERT INTO lrs_documents (`+documentColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`, row...); err != nil {
				return err
			}
		}
		for _, x := range r.shelves {
			u, ok := lrs.ParseUUID(x.statement)
			if !ok {
				return fmt.Errorf("%s is no UUID", x.statement)
			}
			if _, err := tx.Exec(`UPDATE lrs_statements SET voided = 0 WHERE id = ?1`, u[:]); err != nil {
				return err
			}
		}
		return nil
	}))
	return out
}
