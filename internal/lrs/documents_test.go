package lrs_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// places are the three resources of documents, each with the address of one
// document and of their list.
func places() map[string][2]string {
	agent := url.QueryEscape(mbox("a"))
	return map[string][2]string{
		"state":            {"/xapi/activities/state?activityId=urn:a:1&agent=" + agent + "&stateId=s", "/xapi/activities/state?activityId=urn:a:1&agent=" + agent},
		"activity profile": {"/xapi/activities/profile?activityId=urn:a:1&profileId=s", "/xapi/activities/profile?activityId=urn:a:1"},
		"agent profile":    {"/xapi/agents/profile?agent=" + agent + "&profileId=s", "/xapi/agents/profile?agent=" + agent},
	}
}

// A document comes back with its bytes, its type and an ETag; it is listed,
// overwritten only by who knows it, and deleted.
func TestDocuments(t *testing.T) {
	each(t, func(w *world) {
		for what, at := range places() {
			doc, list := at[0], at[1]
			w.want(http.StatusNotFound, call{method: "GET", target: doc})
			w.want(http.StatusNoContent, call{method: "PUT", target: doc, body: "\x00\xff free", header: map[string]string{"Content-Type": "image/x", "If-None-Match": "*"}})
			rec := w.want(http.StatusOK, call{method: "GET", target: doc})
			etag := rec.Header().Get("ETag")
			if rec.Body.String() != "\x00\xff free" || rec.Header().Get("Content-Type") != "image/x" || !strings.HasPrefix(etag, `"`) || rec.Header().Get("Last-Modified") == "" {
				w.Errorf("%s: %q, %v", what, rec.Body, rec.Header())
			}
			head := w.want(http.StatusOK, call{method: "HEAD", target: doc})
			if head.Header().Get("ETag") != etag {
				w.Errorf("%s: HEAD says %v", what, head.Header())
			}
			w.want(http.StatusNotModified, call{method: "GET", target: doc, header: map[string]string{"If-None-Match": etag}})
			// Nobody overwrites it unawares.
			w.want(http.StatusConflict, call{method: "PUT", target: doc, body: `{}`})
			w.want(http.StatusPreconditionFailed, call{method: "PUT", target: doc, body: `{}`, header: map[string]string{"If-None-Match": "*"}})
			w.want(http.StatusPreconditionFailed, call{method: "PUT", target: doc, body: `{}`, header: map[string]string{"If-Match": `"other"`}})
			w.want(http.StatusPreconditionFailed, call{method: "POST", target: doc, body: `{}`, header: map[string]string{"If-Match": `"other"`}})
			w.want(http.StatusPreconditionFailed, call{method: "DELETE", target: doc, header: map[string]string{"If-Match": `"other"`}})
			if w.want(http.StatusOK, call{method: "GET", target: doc}).Body.String() != "\x00\xff free" {
				w.Errorf("%s: it was overwritten", what)
			}
			w.want(http.StatusNoContent, call{method: "PUT", target: doc, body: `{"a":1,"b":{"c":1}}`, header: map[string]string{"If-Match": etag}})
			// POST merges objects, at their top alone.
			w.want(http.StatusNoContent, call{method: "POST", target: doc, body: `{"b":{"d":2},"e":[3]}`})
			equal(w, what, w.want(http.StatusOK, call{method: "GET", target: doc}).Body.String(), `{"a":1,"b":{"d":2},"e":[3]}`)
			w.want(http.StatusBadRequest, call{method: "POST", target: doc, body: `[1]`})
			w.want(http.StatusBadRequest, call{method: "POST", target: doc, body: `{"a":1,"a":2}`})
			w.want(http.StatusBadRequest, call{method: "POST", target: doc, body: `x`, header: map[string]string{"Content-Type": "text/plain"}})
			// Lists, and what has changed since.
			w.later(time.Second)
			since := w.d.Clock().Now().Format(time.RFC3339Nano)
			w.later(time.Second)
			w.want(http.StatusNoContent, call{method: "POST", target: strings.Replace(doc, "Id=s", "Id=t", 1), body: `{}`})
			equal(w, what+" list", strings.TrimSpace(w.want(http.StatusOK, call{method: "GET", target: list}).Body.String()), `["s","t"]`)
			equal(w, what+" since", strings.TrimSpace(w.want(http.StatusOK, call{method: "GET", target: list + "&since=" + url.QueryEscape(since)}).Body.String()), `["t"]`)
			w.want(http.StatusBadRequest, call{method: "GET", target: list + "&since=yesterday"})
			w.want(http.StatusNoContent, call{method: "DELETE", target: doc})
			w.want(http.StatusNotFound, call{method: "GET", target: doc})
			w.want(http.StatusNoContent, call{method: "DELETE", target: doc})
			// A document that cannot be merged into stays as it is.
			w.want(http.StatusNoContent, call{method: "PUT", target: doc, body: `[1]`})
			w.want(http.StatusBadRequest, call{method: "POST", target: doc, body: `{}`})
			w.want(http.StatusBadRequest, call{method: "PUT", target: doc + "2", body: `{"a":`})
			for _, bad := range []string{doc + "&x=1", strings.Replace(doc, "Id=s", "Id=", 1), strings.Replace(doc, "urn:a:1", "x", 1), strings.Replace(doc, "agent=", "agent=%7B", 1)} {
				if bad == doc {
					continue
				}
				w.want(http.StatusBadRequest, call{method: "GET", target: bad})
				w.want(http.StatusBadRequest, call{method: "PUT", target: bad, body: `{}`})
				w.want(http.StatusBadRequest, call{method: "DELETE", target: bad})
			}
			w.want(http.StatusBadRequest, call{method: "PUT", target: list, body: `{}`})
			w.want(http.StatusBadRequest, call{method: "POST", target: list, body: `{}`})
		}
	})
}

// 1.0.3 lets a state be replaced without a word, and wants one of the two
// headers with every profile.
func TestDocumentsOf103(t *testing.T) {
	each(t, func(w *world) {
		v1 := func(more ...string) map[string]string {
			h := map[string]string{"X-Experience-API-Version": "1.0.3"}
			for i := 0; i < len(more); i += 2 {
				h[more[i]] = more[i+1]
			}
			return h
		}
		for what, at := range places() {
			if what == "state" {
				w.want(http.StatusNoContent, call{method: "PUT", target: at[0], body: `{"n":1}`, header: v1()})
				w.want(http.StatusNoContent, call{method: "PUT", target: at[0], body: `{"n":2}`, header: v1()})
				continue
			}
			w.want(http.StatusBadRequest, call{method: "PUT", target: at[0], body: `{"n":1}`, header: v1()})
			w.want(http.StatusNoContent, call{method: "PUT", target: at[0], body: `{"n":1}`, header: v1("If-None-Match", "*")})
			w.want(http.StatusConflict, call{method: "PUT", target: at[0], body: `{"n":2}`, header: v1()})
		}
	})
}

// States are apart by registration; a list or a deletion without one means all.
func TestStatesByRegistration(t *testing.T) {
	each(t, func(w *world) {
		at := places()["state"]
		const one, two = "&registration=ec531277-b57b-4c15-8d91-d292c5b2b8f7", "&registration=ec531277-b57b-4c15-8d91-d292c5b2b8f8"
		w.want(http.StatusNoContent, call{method: "PUT", target: at[0] + one, body: `{"n":1}`})
		w.want(http.StatusNoContent, call{method: "PUT", target: at[0] + two, body: `{"n":2}`})
		w.want(http.StatusNotFound, call{method: "GET", target: at[0]})
		equal(w, "one", w.want(http.StatusOK, call{method: "GET", target: at[0] + one}).Body.String(), `{"n":1}`)
		equal(w, "all", strings.TrimSpace(w.want(http.StatusOK, call{method: "GET", target: at[1]}).Body.String()), `["s"]`)
		w.want(http.StatusNoContent, call{method: "DELETE", target: at[1] + one})
		w.want(http.StatusNotFound, call{method: "GET", target: at[0] + one})
		w.want(http.StatusOK, call{method: "GET", target: at[0] + two})
		w.want(http.StatusNoContent, call{method: "DELETE", target: at[1]})
		w.want(http.StatusNotFound, call{method: "GET", target: at[0] + two})
		w.want(http.StatusBadRequest, call{method: "DELETE", target: places()["agent profile"][1]})
		w.want(http.StatusBadRequest, call{method: "GET", target: at[0] + "&registration=x"})
	})
}

// A Person is what was asked for, and nothing that somebody else has said.
func TestAgents(t *testing.T) {
	each(t, func(w *world) {
		w.post(simple(1, "a", "1", "1"))
		got := w.want(http.StatusOK, call{method: "GET", target: "/xapi/agents?" + query("agent", `{"name":"Asked","account":{"homePage":"https://x.example.org","name":"7"}}`)})
		equal(w, "person", got.Body.String(), `{"objectType":"Person","name":["Asked"],"account":[{"homePage":"https://x.example.org","name":"7"}]}`)
		w.want(http.StatusBadRequest, call{method: "GET", target: "/xapi/agents"})
		w.want(http.StatusBadRequest, call{method: "GET", target: "/xapi/agents?agent=x"})
	})
}
