package lrs_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/lrs"
)

// Every resource but about needs a key that is right and in use.
func TestNobodyComesInWithoutAKey(t *testing.T) {
	each(t, func(w *world) {
		k, secret, err := w.s.CreateKey(operator(), lrs.NewKey{Title: "x"})
		if err != nil {
			w.Fatal(err)
		}
		basic := func(user, pass string) string {
			return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+pass))
		}
		good := basic(k.ID, secret)
		w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements", header: map[string]string{"Authorization": good}})
		for _, auth := range []string{"", "Basic x", "Bearer " + secret, basic(k.ID, secret[1:]), basic(k.ID, ""), basic("", secret), basic(k.ID+"0", secret), basic(strings.ToUpper(k.ID), secret)} {
			for _, target := range []string{"statements", "activities", "agents", "activities/state", "activities/profile", "agents/profile"} {
				for _, method := range []string{"GET", "PUT", "POST", "DELETE", "PATCH"} {
					rec := w.want(http.StatusUnauthorized, call{method: method, target: "/xapi/" + target, header: map[string]string{"Authorization": auth}})
					if rec.Header().Get("WWW-Authenticate") == "" || strings.Contains(rec.Body.String(), secret) {
						w.Errorf("%v %s", rec.Header(), rec.Body)
					}
				}
			}
		}
		for header, value := range map[string]string{"Origin": "null", "Sec-Fetch-Mode": "cors"} {
			rec := w.want(http.StatusUnauthorized, call{method: "GET", target: "/xapi/statements", header: map[string]string{"Authorization": "Basic x", header: value}})
			if c := rec.Header().Get("WWW-Authenticate"); c == "" || strings.HasPrefix(c, "Basic") {
				w.Errorf("a page's script is answered %q: a browser asks the learner for a password", c)
			}
		}
		w.want(http.StatusOK, call{method: "GET", target: "/xapi/about", header: map[string]string{"Authorization": "", "X-Experience-API-Version": ""}})
		if err := w.s.RevokeKey(operator(), k.ID); err != nil {
			w.Fatal(err)
		}
		w.want(http.StatusUnauthorized, call{method: "GET", target: "/xapi/statements", header: map[string]string{"Authorization": good}})
		if err := w.s.RevokeKey(operator(), k.ID); !fault.Is(err, fault.NotFound) {
			w.Errorf("revoked twice: %v", err)
		}
		keys, err := w.s.Keys(operator())
		if err != nil || len(keys) != 2 {
			w.Errorf("keys %v, %v", keys, err)
		}
	})
}

// A revoked key is refused by another instance on the same database soon after.
func TestARevokedKeyIsRefusedEverywhere(t *testing.T) {
	each(t, func(w *world) {
		k, secret, err := w.s.CreateKey(operator(), lrs.NewKey{})
		if err != nil {
			w.Fatal(err)
		}
		other := lrs.New(lrs.Deps{DB: w.d, Files: w.s.Files, Home: home})
		if _, err := other.Authenticate(context.Background(), k.ID, secret); err != nil {
			w.Fatal(err)
		}
		if err := w.s.RevokeKey(operator(), k.ID); err != nil {
			w.Fatal(err)
		}
		w.later(2 * time.Second)
		if _, err := other.Authenticate(context.Background(), k.ID, secret); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("after it was revoked: %v", err)
		}
	})
}

// Keys are made by whoever runs the machine, not by whoever is signed in.
func TestWhoMayMakeKeys(t *testing.T) {
	each(t, func(w *world) {
		ctx := actor.With(context.Background(), actor.Actor{Person: "01890a5d-ac96-774b-bcce-b302099a8057", Grant: actor.Grant{Role: actor.Trainer}})
		if _, _, err := w.s.CreateKey(ctx, lrs.NewKey{}); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("a trainer made a key: %v", err)
		}
		if _, err := w.s.Keys(ctx); err == nil {
			w.Error("a trainer listed the keys")
		}
		if _, _, err := w.s.CreateKey(operator(), lrs.NewKey{Scopes: []lrs.Scope{"everything"}}); !fault.Is(err, fault.Invalid) {
			w.Errorf("an unknown scope: %v", err)
		}
	})
}

// Each scope allows what it says and nothing else.
func TestScopes(t *testing.T) {
	state, profile := places()["state"][0], places()["agent profile"][0]
	each(t, func(w *world) {
		w.post(simple(1, "a", "1", "1"))
		w.want(http.StatusNoContent, call{method: "PUT", target: state, body: `{}`})
		w.want(http.StatusNoContent, call{method: "PUT", target: profile, body: `{}`})
		for scope, may := range map[lrs.Scope]string{ // write, read one of another, list, state, change state, profile, change profile
			lrs.ScopeWrite:    "w......",
			lrs.ScopeReadMine: "..l....",
			lrs.ScopeRead:     ".rl....",
			lrs.ScopeState:    "...sS..",
			lrs.ScopeProfile:  ".....pP",
			lrs.ScopeAllRead:  ".rls.p.",
			lrs.ScopeAll:      "wrlsSpP",
		} {
			auth := map[string]string{"Authorization": w.key(lrs.NewKey{Scopes: []lrs.Scope{scope}})}
			for i, c := range []call{
				{method: "POST", target: "/xapi/statements", body: `{"actor":` + mbox("x") + `,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`},
				{method: "GET", target: "/xapi/statements?statementId=" + sid(1)},
				{method: "GET", target: "/xapi/statements"},
				{method: "GET", target: state},
				{method: "POST", target: state, body: `{}`},
				{method: "GET", target: profile},
				{method: "POST", target: profile, body: `{}`},
			} {
				c.header = auth
				ok := w.do(c).Code/100 == 2
				if ok != (may[i] != '.') {
					w.Errorf("%s: %s %s: %v", scope, c.method, c.target, ok)
				}
			}
		}
	})
}

// Who may read her own reads nothing else, by no filter.
func TestReadingOnesOwn(t *testing.T) {
	each(t, func(w *world) {
		w.post(simple(1, "a", "1", "1"))
		mine := map[string]string{"Authorization": w.key(lrs.NewKey{})}
		w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: simple(2, "a", "1", "1"), header: mine})
		for _, q := range []string{"", query("agent", mbox("a")), query("agent", mbox("a"), "related_agents", "true"), query("verb", "urn:v:1", "activity", "urn:a:1"), "ascending=true&limit=1"} {
			var r result
			w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?" + q, header: mine}).Body.Bytes(), &r)
			if r.ids() != "02" {
				w.Errorf("%s: %q", q, r.ids())
			}
		}
		w.want(http.StatusNotFound, call{method: "GET", target: "/xapi/statements?statementId=" + sid(1), header: mine})
		w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?statementId=" + sid(2), header: mine})
		// Whose it is can be asked for as well.
		var r result
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?statementId=" + sid(2)}).Body.Bytes(), &map[string]any{})
		var st struct{ Authority map[string]any }
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?statementId=" + sid(2)}).Body.Bytes(), &st)
		account := st.Authority["account"].(map[string]any)
		r = w.find("agent", `{"account":{"homePage":"`+account["homePage"].(string)+`","name":"`+account["name"].(string)+`"}}`, "related_agents", "true")
		equal(w, "by authority", r.ids(), "02")
	})
}

// A key that is limited to a programme or an agency sees and keeps what is within
// it; one of the whole instance sees all.
func TestLimits(t *testing.T) {
	each(t, func(w *world) {
		one := map[string]string{"Authorization": w.key(lrs.NewKey{Scopes: []lrs.Scope{lrs.ScopeAll}, Programme: "one"})}
		two := map[string]string{"Authorization": w.key(lrs.NewKey{Scopes: []lrs.Scope{lrs.ScopeAll}, Programme: "two"})}
		both := map[string]string{"Authorization": w.key(lrs.NewKey{Scopes: []lrs.Scope{lrs.ScopeAllRead}, Programme: "one"})}
		fia := map[string]string{"Authorization": w.key(lrs.NewKey{Scopes: []lrs.Scope{lrs.ScopeAll}, Agency: "fia"})}
		for i, h := range []map[string]string{one, two, fia, nil} {
			w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: simple(i+1, "a", "1", "1"), header: h})
		}
		for i, c := range []struct {
			h    map[string]string
			want string
		}{{one, "01"}, {two, "02"}, {both, "01"}, {fia, "03"}, {nil, "04 03 02 01"}} {
			for _, q := range []string{"", "?" + query("agent", mbox("a"), "verb", "urn:v:1")} {
				var r result
				w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements" + q, header: c.h}).Body.Bytes(), &r)
				if r.ids() != c.want {
					w.Errorf("key %d sees %q, want %q", i, r.ids(), c.want)
				}
			}
		}
		w.want(http.StatusNotFound, call{method: "GET", target: "/xapi/statements?statementId=" + sid(2), header: one})
		state := places()["state"][0]
		w.want(http.StatusNoContent, call{method: "PUT", target: state, body: `{"n":1}`, header: one})
		w.want(http.StatusNotFound, call{method: "GET", target: state, header: two})
		w.want(http.StatusOK, call{method: "GET", target: state, header: both})
	})
}

// Versions, addresses and methods are answered as each specification has them.
func TestVersionsAddressesMethods(t *testing.T) {
	each(t, func(w *world) {
		for sent, want := range map[string]struct {
			status int
			says   string
		}{
			"2.0.0": {200, "2.0.0"}, "2.0.7": {200, "2.0.0"}, "1.0.3": {200, "1.0.3"}, "1.0.0": {200, "1.0.3"}, "1.0": {200, "1.0.3"},
			"": {400, "2.0.0"}, "0.9": {400, "2.0.0"}, "1.1.0": {400, "2.0.0"}, "3.0.0": {400, "2.0.0"}, "2.1.0": {400, "2.0.0"}, "x": {400, "2.0.0"},
		} {
			rec := w.want(want.status, call{method: "GET", target: "/xapi/statements", header: map[string]string{"X-Experience-API-Version": sent}})
			if got := rec.Header().Get("X-Experience-API-Version"); got != want.says {
				w.Errorf("to %q the answer is of version %q, want %q", sent, got, want.says)
			}
		}
		for _, path := range []string{"/xapi/statements", "/xapi/statements/", "/xapi//statements", "//xapi/statements"} {
			if path == "//xapi/statements" {
				continue // an authority, where a request has no host before it
			}
			w.want(http.StatusOK, call{method: "GET", target: path})
		}
		for _, path := range []string{"/xapi", "/xapi/", "/xapi/statement", "/xapi/Statements", "/xapi/statements/more", "/xapi/agents/state", "/xapi/../x"} {
			w.want(http.StatusNotFound, call{method: "GET", target: path})
		}
		for target, methods := range map[string]string{"statements": "DELETE PATCH", "activities": "PUT POST DELETE", "agents": "PUT POST DELETE", "about": "PUT POST DELETE", "activities/state": "PATCH"} {
			for m := range strings.FieldsSeq(methods) {
				rec := w.want(http.StatusMethodNotAllowed, call{method: m, target: "/xapi/" + target})
				if rec.Header().Get("Allow") == "" {
					w.Errorf("%s %s: no Allow", m, target)
				}
			}
		}
		var about struct{ Version []string }
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/about"}).Body.Bytes(), &about)
		if v := strings.Join(about.Version, " "); !strings.Contains(v, "1.0.3") || !strings.Contains(v, "2.0.0") {
			w.Errorf("about says %s", v)
		}
		rec := w.want(http.StatusNoContent, call{method: "OPTIONS", target: "/xapi/statements", header: map[string]string{"Authorization": ""}})
		if rec.Header().Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(rec.Header().Get("Access-Control-Allow-Headers"), "X-Experience-API-Version") {
			w.Errorf("%v", rec.Header())
		}
		if rec := w.want(http.StatusOK, call{method: "HEAD", target: "/xapi/statements"}); rec.Header().Get("X-Experience-API-Consistent-Through") == "" {
			w.Errorf("HEAD: %v", rec.Header())
		}
		w.want(http.StatusRequestEntityTooLarge, call{method: "PUT", target: places()["state"][0], body: strings.Repeat("x", lrs.DocumentMax+1), header: map[string]string{"Content-Type": "text/plain"}})
	})
}

// The alternate request syntax of 1.0.3: method in the query, everything else in
// a form (part 3, 1.3).
func TestAlternateRequestSyntax(t *testing.T) {
	each(t, func(w *world) {
		send := func(status int, query string, form url.Values) string {
			w.Helper()
			return w.want(status, call{method: "POST", target: "/xapi/statements?" + query, body: form.Encode(), header: map[string]string{
				"Content-Type": "application/x-www-form-urlencoded", "Authorization": "", "X-Experience-API-Version": "",
			}}).Body.String()
		}
		form := func(pairs ...string) url.Values {
			f := url.Values{"Authorization": {w.auth}, "X-Experience-API-Version": {"1.0.3"}}
			for i := 0; i < len(pairs); i += 2 {
				f.Set(pairs[i], pairs[i+1])
			}
			return f
		}
		send(http.StatusNoContent, "method=PUT", form("statementId", sid(1), "content", simple(1, "a", "1", "1"), "Content-Type", "application/json"))
		if got := send(http.StatusOK, "method=GET", form("statementId", sid(1))); !strings.Contains(got, sid(1)) {
			w.Error(got)
		}
		send(http.StatusOK, "method=POST", form("content", simple(2, "a", "1", "1")))
		send(http.StatusBadRequest, "method=PUT", form("statementId", sid(3)))
		send(http.StatusBadRequest, "method=PUT&statementId="+sid(3), form("content", simple(3, "a", "1", "1")))
		send(http.StatusBadRequest, "method=BREW", form())
		send(http.StatusBadRequest, "method=GET", form("X-Experience-API-Version", "2.0.0"))
		send(http.StatusUnauthorized, "method=GET", form("Authorization", "x"))
		w.want(http.StatusBadRequest, call{method: "PUT", target: "/xapi/statements?method=POST", body: "content=x"})
		equal(w, "kept", w.find("ascending", "true").ids(), "01 02")
	})
}
