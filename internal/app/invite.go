package app

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Invitee is somebody to let in for the first time, with the role she is to have.
type Invitee struct {
	Name  string
	Email string // may be empty
	Role  actor.Role
	// Country, Agency (its code), Programme (its key) and Cohort bound the role;
	// what is empty does not.
	Country   string
	Agency    string
	Programme string
	Cohort    id.Cohort
	// ByLink makes a link to be sent; otherwise a code to be printed.
	ByLink bool
}

// Invitation is what to hand over. It is shown this once.
type Invitation struct {
	Person     id.Person `json:"person"`
	SignInName string    `json:"sign_in_name"`
	Code       string    `json:"code,omitempty"`
	Link       string    `json:"link,omitempty"`
	Expires    string    `json:"expires"` // RFC 3339
}

// Invite enters a person, gives her a role and invites her.
func (a *App) Invite(ctx context.Context, in Invitee) (Invitation, error) {
	scope := actor.Scope{Country: in.Country, Cohort: in.Cohort}
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		if in.Agency != "" {
			agency, err := people.AgencyByCode(tx, in.Agency)
			if err != nil {
				return err
			}
			scope.Agency = agency.ID
		}
		if in.Programme != "" {
			p, err := programme.FindKey(tx, programme.Key(in.Programme))
			if err != nil {
				return err
			}
			scope.Programme = p.ID
		}
		if in.Cohort != "" {
			c, err := cohort.ByID(tx, in.Cohort)
			if err != nil {
				return err
			}
			if scope.Programme != "" && scope.Programme != c.Programme {
				return fault.New(fault.NotFound, "cohort.unknown", nil)
			}
			scope.Programme = c.Programme // or its officer does not see the grant
		}
		return nil
	})
	if err != nil {
		return Invitation{}, err
	}
	t, err := a.Access.InviteNew(AsOperator(ctx), id.New[id.Operation](), access.Newcomer{
		Name: in.Name, Email: in.Email, Role: in.Role, Scope: scope, ByLink: in.ByLink,
	})
	if err != nil {
		return Invitation{}, err
	}
	out := Invitation{Person: t.Person, SignInName: t.SignInName, Code: t.Code, Expires: t.Expires.Format("2006-01-02T15:04:05Z07:00")}
	if t.Link != "" {
		out.Link = a.Config.URL + "/enter/" + t.Link
	}
	return out, nil
}
