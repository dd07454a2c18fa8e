package lrs

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"cadre/internal/fault"
	"cadre/internal/lrs/statement"
)

// place reads which documents are meant, and the name of one, empty for all.
func (e *exchange) place() (p Place, name string, err error) {
	id := "profileId"
	allowed := []string{"since"}
	switch e.name {
	case "activities/state":
		p.Kind, id = "state", "stateId"
		allowed = append(allowed, "activityId", "agent", "registration")
	case "activities/profile":
		p.Kind = "activity"
		allowed = append(allowed, "activityId")
	default:
		p.Kind = "agent"
		allowed = append(allowed, "agent")
	}
	if err := e.params(append(allowed, id)...); err != nil {
		return p, "", err
	}
	if p.Kind != "agent" {
		if p.Activity, err = e.iriParam("activityId", true); err != nil {
			return p, "", err
		}
	}
	if p.Kind != "activity" {
		if p.Agent, err = e.agentParam(true); err != nil {
			return p, "", err
		}
	}
	if p.Registration, err = e.uuidParam("registration"); err != nil {
		return p, "", err
	}
	name = e.query.Get(id)
	if name == "" && e.query.Has(id) {
		return p, "", refuse(fault.Invalid, "the parameter "+id+" is empty")
	}
	return p, name, nil
}

// named is place for methods that need one document.
func (e *exchange) named() (Place, string, error) {
	p, name, err := e.place()
	if err == nil && name == "" {
		err = refuse(fault.Invalid, "the parameter that names the document is missing")
	}
	if err == nil && e.query.Has("since") {
		err = refuse(fault.Invalid, "the parameter since is for lists")
	}
	return p, name, err
}

func getDocument(e *exchange) error {
	p, name, err := e.place()
	if err != nil {
		return err
	}
	since, err := e.instantParam("since")
	if err != nil {
		return err
	}
	if err := e.admit(&p, name, nil); err != nil {
		return err
	}
	h := e.w.Header()
	if name == "" {
		names, last, err := e.documents().Documents(e.ctx(), e.key, p, since)
		if err != nil {
			return err
		}
		if !last.IsZero() {
			h.Set("Last-Modified", last.Format(http.TimeFormat))
		}
		b, err := json.Marshal(names)
		if err != nil {
			return err
		}
		return e.json(b)
	}
	d, err := e.documents().Document(e.ctx(), e.key, p, name)
	if err != nil {
		return err
	}
	if d.Person != "" {
		if err := e.noted(d.Person); err != nil {
			return err
		}
	}
	h.Set("ETag", d.ETag)
	h.Set("Last-Modified", d.Updated.Format(http.TimeFormat))
	if c := e.r.Header.Get("If-None-Match"); c != "" && matches(c, d.ETag) {
		e.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", d.ContentType)
	h.Set("Content-Length", strconv.Itoa(len(d.Body)))
	_, _ = e.w.Write(d.Body) // the caller has gone, if this fails
	return nil
}

func (e *exchange) precondition() Precondition {
	return Precondition{Match: e.r.Header.Get("If-Match"), NoneMatch: e.r.Header.Get("If-None-Match")}
}

func putDocument(e *exchange) error { return e.putDocument(false) }

func postDocument(e *exchange) error { return e.putDocument(true) }

func (e *exchange) putDocument(merge bool) error {
	p, name, err := e.named()
	if err != nil {
		return err
	}
	b, err := readAll(e.body, DocumentMax)
	if err != nil {
		return err
	}
	kind := e.r.Header.Get("Content-Type")
	if kind == "" {
		kind = "application/octet-stream"
	}
	if err := e.admit(&p, name, &Write{ContentType: kind, Body: b, Merge: merge}); err != nil {
		return err
	}
	if _, _, err := mediaType(kind); err != nil {
		return err
	}
	c := e.precondition()
	// 1.0.3 leaves states out of the rule that nothing is overwritten unawares.
	c.Required = !merge && (p.Kind != "state" || e.version == statement.V2)
	c.Demanded = !merge && p.Kind != "state" && e.version == statement.V1
	if err := e.documents().Put(e.ctx(), e.key, p, name, Write{ContentType: kind, Body: b, Merge: merge, If: c}); err != nil {
		return err
	}
	e.kept()
	e.w.WriteHeader(http.StatusNoContent)
	return nil
}

func deleteDocument(e *exchange) error {
	p, name, err := e.place()
	if err != nil {
		return err
	}
	if e.query.Has("since") {
		return refuse(fault.Invalid, "the parameter since is for lists")
	}
	if err := e.admit(&p, name, &Write{}); err != nil {
		return err
	}
	switch {
	case name != "":
		err = e.documents().Delete(e.ctx(), e.key, p, name, e.precondition())
	case p.Kind == "state":
		err = e.documents().DeleteAll(e.ctx(), e.key, p)
	default:
		err = refuse(fault.Invalid, "the parameter profileId is missing")
	}
	if err != nil {
		return err
	}
	e.kept()
	e.w.WriteHeader(http.StatusNoContent)
	return nil
}

func getActivity(e *exchange) error {
	if err := e.params("activityId"); err != nil {
		return err
	}
	id, err := e.iriParam("activityId", true)
	if err != nil {
		return err
	}
	if e.visit != nil && !e.visit.Knows(id) {
		return e.json(statement.AppendActivity(nil, id, nil))
	}
	b, err := e.s.Activity(e.ctx(), e.key, id)
	if err != nil {
		return err
	}
	return e.json(b)
}

// getAgent answers with the Person of an agent. It is what was asked for and
// nothing more: who else somebody is, is not gathered here.
func getAgent(e *exchange) error {
	if err := e.params("agent"); err != nil {
		return err
	}
	a, err := e.agentParam(true)
	if err != nil {
		return err
	}
	type account struct {
		HomePage string `json:"homePage"`
		Name     string `json:"name"`
	}
	p := struct {
		ObjectType string    `json:"objectType"`
		Name       []string  `json:"name,omitempty"`
		Mbox       []string  `json:"mbox,omitempty"`
		Sum        []string  `json:"mbox_sha1sum,omitempty"`
		OpenID     []string  `json:"openid,omitempty"`
		Account    []account `json:"account,omitempty"`
	}{ObjectType: "Person"}
	if a.Name != "" {
		p.Name = []string{a.Name}
	}
	switch a.Kind {
	case "mbox":
		p.Mbox = []string{a.Value}
	case "mbox_sha1sum":
		p.Sum = []string{a.Value}
	case "openid":
		p.OpenID = []string{a.Value}
	case "account":
		p.Account = []account{{a.HomePage, a.Value}}
	}
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return e.json(b)
}

func getAbout(e *exchange) error {
	e.w.Header().Set("Last-Modified", aboutSince().Format(http.TimeFormat))
	return e.json([]byte(`{"version":["2.0.0","1.0.3","1.0.2","1.0.1","1.0.0"],"extensions":{}}`))
}

// aboutSince is when what about says last changed.
func aboutSince() time.Time { return time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC) }
