package api

import (
	"context"
	"net/http"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/web"
)

// Health is how the program is.
type Health struct {
	Body struct {
		// Status is "ok"; a program that is not well answers with a problem.
		Status  string `json:"status" enum:"ok"`
		Version string `json:"version"`
	}
}

func (a *API) addHealth() {
	Add(a, Operation{
		ID: "health", Method: http.MethodGet, Path: "/health", Need: web.Public,
		Summary: "Say whether the program can answer from its database.",
	}, func(ctx context.Context, _ *struct{}) (*Health, error) {
		if a.deps.Ready != nil {
			if err := a.deps.Ready(ctx); err != nil {
				return nil, fault.Wrap(fault.Unavailable, "fault.unavailable", err)
			}
		}
		h := &Health{}
		h.Body.Status, h.Body.Version = "ok", a.deps.Version
		return h, nil
	})
}

// Me is who is calling.
type Me struct {
	Body struct {
		Person string `json:"person" doc:"The id of the person."`
		Role   string `json:"role,omitempty" doc:"The role acted in."`
		Grant  string `json:"grant,omitempty" doc:"The id of the grant acted under."`
		Scope  Scope  `json:"scope"`
	}
}

// Scope bounds the grant; what is not set does not.
type Scope struct {
	Country   string `json:"country,omitempty" doc:"ISO 3166-1 alpha-2."`
	Agency    string `json:"agency,omitempty"`
	Programme string `json:"programme,omitempty"`
	Cohort    string `json:"cohort,omitempty"`
}

func (a *API) addMe() {
	Add(a, Operation{
		ID: "me", Method: http.MethodGet, Path: "/me", Need: web.SignedIn,
		Summary: "Say who is calling, and in which role.",
	}, func(ctx context.Context, _ *struct{}) (*Me, error) {
		who := actor.From(ctx)
		m := &Me{}
		m.Body.Person, m.Body.Role, m.Body.Grant = string(who.Person), string(who.Grant.Role), string(who.Grant.ID)
		s := who.Grant.Scope
		m.Body.Scope = Scope{s.Country, string(s.Agency), string(s.Programme), string(s.Cohort)}
		return m, nil
	})
}
