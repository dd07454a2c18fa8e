package policy_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs"
)

// What a request is about decides whose words may stand in the answer.
type subject int

const (
	nothing subject = iota
	ofStatements
	ofDocuments
	ofProfiles   // of activities: documents that all learners of a package share
	ofActivities // which are told as far as the statements that define them
)

// A request is one of an operation on what lies on a shelf.
type request struct {
	operation string // as xapi.txt calls it
	shelf     *shelf // nil for what lies on none
	subject   subject
	path      string // behind the reader's own address of the record store
	// body is what is sent, with the id of a new statement, which stands in path for
	// "{new}" as well.
	body func(statement string) any
	// its says that the request is for the shelf's thing alone: whoever it is not
	// for is kept out, not only told nothing.
	its bool
	// apart says that who is limited otherwise has a thing of her own under the same
	// name: she is let in, and the shelf stays as it is.
	apart bool
}

// requests are those of every resource, for each shelf.
func (r *records) requests() []request {
	out := []request{
		{operation: "GET about", path: "about"},
		{operation: "DELETE statements", path: "statements"},
		{operation: "GET the shared activity", subject: ofActivities, path: "activities?activityId=" + url.QueryEscape(shared)},
		{operation: "PUT an activity", path: "activities?activityId=" + url.QueryEscape(shared), body: func(string) any { return object{} }},
		{operation: "GET an agent", path: "agents?agent=" + url.QueryEscape(agentOf("whole"))},
		{operation: "POST an agent", path: "agents?agent=" + url.QueryEscape(agentOf("whole")), body: func(string) any { return object{} }},
		{operation: "POST a statement", path: "statements", body: r.anew},
		{operation: "PUT a statement", path: "statements?statementId={new}", body: r.anew},
	}
	for _, x := range r.shelves {
		add := func(operation string, s subject, its bool, path string, body func(string) any) {
			out = append(out, request{operation: operation, shelf: x, subject: s, path: path, body: body, its: its})
		}
		one := "statements?statementId=" + x.statement
		add("GET statements", ofStatements, false, "statements?verb="+url.QueryEscape("https://example.org/planted"), nil)
		add("GET statements, canonical", ofStatements, false, "statements?format=canonical&activity="+url.QueryEscape(x.activity), nil)
		add("GET statements, by agent", ofStatements, false, "statements?related_agents=true&related_activities=true&agent="+url.QueryEscape(x.beyond.Get("agent")), nil)
		add("GET the next page", ofStatements, false, x.more, nil)
		add("GET one statement", ofStatements, true, one, nil)
		add("HEAD one statement", ofStatements, true, one, nil)
		if x.launch == nil {
			add("GET a voided statement", ofStatements, true, "statements?voidedStatementId="+x.voided, nil)
		} else {
			add("POST what a unit says", nothing, false, "statements", func(s string) any { return r.unit(x, s, "https://example.org/again", "") })
			out[len(out)-1].apart = true
		}
		add("POST what voids it", nothing, true, "statements", func(string) any { return voids(x.statement) })
		add("PUT over a statement", nothing, true, one, func(string) any { return r.anew(x.statement) })
		add("GET an activity", ofActivities, false, "activities?activityId="+url.QueryEscape(x.activity), nil)
		for _, d := range x.docs() {
			text := func(string) any { return object{"text": "other", "languagePreference": "ur", "audioPreference": "off"} }
			document := func(method, what, path string, its bool, body func(string) any) {
				subject := ofDocuments
				if d.what == "an activity profile" {
					subject = ofProfiles
				}
				out = append(out, request{operation: method + " " + what, shelf: x, subject: subject, path: path, body: body, its: its, apart: !its})
			}
			document("GET", d.what, d.one, true, nil)
			document("GET", d.many, d.all, false, nil)
			document("PUT", d.what, d.one, false, text)
			document("POST", d.what, d.one, false, text)
			document("DELETE", d.what, d.one, false, nil)
			if d.what == "a state" {
				document("DELETE", d.many, d.all, false, nil)
			}
		}
	}
	return out
}

// anew is a statement of nobody in particular.
func (r *records) anew(statement string) any {
	return object{"id": statement, "actor": object{"mbox": "mailto:another@example.org"}, "verb": object{"id": "https://example.org/said"}, "object": object{"id": "https://example.org/anything"}}
}

// reaches says, by hand, whether what lies on a shelf is a reader's to read.
func reaches(expected allowed, c reader, x *shelf, s subject) bool {
	who := expected["statements of "+x.name]
	if s == ofDocuments || s == ofProfiles {
		who = expected["documents of "+x.name]
	}
	if shared := expected["activity profiles of "+x.name]; s == ofProfiles && shared != nil {
		who = shared
	}
	_, listed := who[c.limit]
	return listed
}

// cell sends a request as a reader, and judges what came of it.
func (r *records) cell(expected allowed, c reader, q request) {
	r.Helper()
	r.cells++
	method, _, _ := strings.Cut(q.operation, " ")
	var body any
	statement := id.New[string]()
	if q.body != nil {
		body = q.body(statement)
	}
	status, answer := r.sendAs(c, method, c.base+strings.ReplaceAll(q.path, "{new}", statement), body)
	_, listed := expected[q.operation][c.as]
	if _, anyone := expected[q.operation]["anyone"]; anyone {
		listed = true
	}
	// A launch is let in at its own things alone; a key at whatever is called so.
	own := q.shelf == nil || reaches(expected, c, q.shelf, q.subject)
	narrow := q.its || q.apart && c.as == "launch"
	where := fmt.Sprintf("%s, %s", c.name, q.operation)
	if q.shelf != nil {
		where += " of " + q.shelf.name
	}
	where = fmt.Sprintf("%s: %d %s", where, status, clip(behind(answer)))
	switch status {
	case http.StatusOK, http.StatusNoContent:
		if !listed || narrow && !own {
			r.fail("let in, listed %v, its own %v: %s", listed, own, where)
		} else {
			r.opened[q.operation] = true
		}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusConflict:
		if listed && (own || !narrow) {
			r.fail("kept out: %s", where)
		}
	default:
		r.fail("broken: %s\n%s", where, r.f.log.String())
		r.f.log.Reset()
	}
	r.read(expected, c, q, method, status, answer, where)
	if method == http.MethodGet || method == http.MethodHead {
		return
	}
	for _, name := range r.touched() {
		x := q.shelf
		if x == nil || x.name != name || !listed || !own {
			r.fail("touches what lies on the shelf of %s: %s", name, where)
		}
	}
}

// read looks for the words of every shelf in an answer.
func (r *records) read(expected allowed, c reader, q request, method string, status int, answer, where string) {
	r.Helper()
	found := wordForm.FindAllString(answer, -1)
	for _, word := range found {
		if _, ok := r.f.canaries[word]; ok && c.limit != "whole" {
			k := r.f.canaries[word]
			if !strings.HasSuffix(c.limit, "-"+k.country) && c.as != "launch" {
				r.heard++
				r.fail("reads a %s of %s: %s", k.kind, k.country, where)
			}
		}
		x := r.lines[word]
		if x == nil {
			continue
		}
		mine := c.as == string(lrs.ScopeReadMine) && q.subject == ofStatements
		if c.as == "nobody" || q.subject == nothing || mine || !reaches(expected, c, x, q.subject) {
			r.heard++
			r.fail("reads what lies on the shelf of %s: %s", x.name, where)
		}
	}
	// What is hers to read has to be there.
	if q.shelf == nil || method != http.MethodGet || status != http.StatusOK || q.operation == "GET the next page" || strings.HasPrefix(q.operation, "GET the ") ||
		c.as == string(lrs.ScopeReadMine) && q.subject == ofStatements || q.subject == ofActivities && q.shelf.launch != nil {
		return
	}
	if reaches(expected, c, q.shelf, q.subject) && !slices.Contains(found, q.shelf.word) {
		r.fail("does not read what lies on the shelf of %s: %s", q.shelf.name, where)
	}
}

// remembers tries the record store, as everybody, and looks whether a key that says
// more than it should is noticed.
func remembers(t *testing.T, f *fixture) {
	t.Helper()
	expected := readTable(t, "testdata/xapi.txt")
	r, end := openRecords(t, f, false)
	defer end()
	requests := r.requests()
	tried := map[string]bool{}
	for _, q := range requests {
		tried[q.operation] = true
		for _, c := range r.readers {
			r.cell(expected, c, q)
		}
	}
	for op, who := range expected {
		reach := strings.HasPrefix(op, "statements of ") || strings.HasPrefix(op, "documents of ") || strings.HasPrefix(op, "activity profiles of ")
		_, noOne := who["-"]
		switch {
		case reach && !slices.ContainsFunc(r.shelves, func(x *shelf) bool { return strings.HasSuffix(op, "s of "+x.name) }):
			t.Errorf("xapi.txt speaks of the %s, which are none", op)
		case !reach && !tried[op]:
			t.Errorf("nobody does %s: say in xapi_cells_test.go how", op)
		case !reach && !noOne && !r.opened[op]:
			t.Errorf("%s lets nobody in", op)
		}
	}
	for op := range tried {
		if expected[op] == nil {
			t.Errorf("xapi.txt says nothing about %s", op)
		}
	}
	for _, p := range []struct{ who, sql string }{
		{"all of programme PK", `UPDATE lrs_keys SET programme = '' WHERE id = ?1`},
		{"all of programme PK", `UPDATE lrs_keys SET programme = 'iraq-2020' WHERE id = ?1`},
		{"state of whole", `UPDATE lrs_keys SET scopes = 'all' WHERE id = ?1`},
		{"statements/read/mine of agency fia", `UPDATE lrs_keys SET scopes = 'statements/read' WHERE id = ?1`},
		{"a revoked key of whole", `UPDATE lrs_keys SET revoked_at = 0 WHERE id = ?1`},
	} {
		if wrong, cells := planted(t, f, expected, p.who, p.sql); wrong < 3 {
			t.Errorf("%s: after %s, of %d answers only %d are found wrong", p.who, p.sql, cells, wrong)
		}
	}
	t.Logf("the record store: %d cells, %d operations, %d readers, %d shelves, laid as they were %d times", r.cells, len(tried), len(r.readers), len(r.shelves), r.restores)
}

// planted counts what is found wrong when somebody's key says more than it should.
func planted(t *testing.T, f *fixture, expected allowed, who, sql string) (wrong, cells int) {
	t.Helper()
	r, end := openRecords(t, f, true)
	defer end()
	i := slices.IndexFunc(r.readers, func(c reader) bool { return c.name == who })
	if i < 0 {
		t.Fatalf("there is no %s", who)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.s.url, nil)
	r.must(err)
	request.Header.Set("Authorization", r.readers[i].header[1])
	key, _, _ := request.BasicAuth()
	r.must(r.s.app.DB.Update(t.Context(), db.Main, func(tx *db.Tx) error {
		n, err := tx.Exec(sql, key)
		if err == nil && n != 1 {
			err = fmt.Errorf("%d keys", n)
		}
		return err
	}))
	for _, q := range r.requests() {
		r.cell(expected, r.readers[i], q)
	}
	return r.wrong, r.cells
}
