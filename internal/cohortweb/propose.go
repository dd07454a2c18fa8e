package cohortweb

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

type proposeInput struct {
	Quota  id.Quota  `form:"quota"`
	Agency id.Agency `form:"agency,optional"`
	Letter id.Letter `form:"letter,optional"`
	Basis  string    `form:"basis,optional,max=20"`
	Need   string    `form:"need,optional,max=20"`
	Note   string    `form:"note,optional,max=1000"`
	Known  string    `form:"known,optional,max=40"` // who she is, of those called like her
	officerInput
}

func proposeForm(c id.Cohort) ui.Form {
	return ui.NewForm("propose", "/cohorts/"+string(c)+"/propose").With("sex", "f")
}

func (p pages) proposeSetting(r *http.Request) (cohort.Overview, []cohort.Letter, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return cohort.Overview{}, nil, err
	}
	o, err := p.Cohort.Overview(r.Context(), c)
	if err != nil {
		return o, nil, err
	}
	papers, err := p.Cohort.Letters(r.Context(), c)
	return o, papers, err
}

func (p pages) proposing(w http.ResponseWriter, r *http.Request) error {
	o, papers, err := p.proposeSetting(r)
	if err != nil {
		return err
	}
	f := proposeForm(o.Cohort.ID)
	if len(o.Quotas) == 1 {
		f = f.With("quota", string(o.Quotas[0].ID))
	}
	return web.Render(w, r, proposePage(o, papers, staff(r), nil, f))
}

func staff(r *http.Request) bool {
	return actor.From(r.Context()).Grant.Role == actor.ProgrammeOfficer
}

func (p pages) propose(w http.ResponseWriter, r *http.Request) error {
	o, papers, err := p.proposeSetting(r)
	if err != nil {
		return err
	}
	in, err := decodeProposal(r)
	var made cohort.Proposed
	if err == nil {
		prop := cohort.Proposal{Cohort: o.Cohort.ID, Quota: in.Quota, Agency: in.Agency, New: in.person(), Letter: in.Letter, Basis: in.Basis}
		prop.Ask = in.Known == ""
		if in.Known != "" && in.Known != somebodyElse {
			prop.New = nil
			prop.Person, err = id.Parse[id.Person](in.Known)
			if err != nil {
				return &fault.Error{Kind: fault.NotFound, Cause: err}
			}
		}
		switch {
		case !staff(r):
			prop.Basis = cohort.OwnAct
		case in.Basis != cohort.Paper && in.Basis != cohort.Telephone:
			err = fault.Bad("cohort.mend", fault.Field{Name: "basis", Key: "cohort.basis-missing"})
		}
		if in.Need != "" {
			prop.Needs = []cohort.NeedInput{{Kind: in.Need, Note: in.Note}}
		}
		if err == nil {
			made, err = p.Cohort.Propose(r.Context(), web.Operation(r), prop)
		}
	}
	if err != nil {
		likely, lerr := p.likely(r, in)
		if lerr != nil {
			return lerr
		}
		return web.Again(w, r, named(err), proposeForm(o.Cohort.ID), func(f ui.Form) templ.Component { return proposePage(o, papers, staff(r), likely, f) })
	}
	return web.Done(w, r, "/nominations/"+string(made.Nomination), "cohort.done.proposed")
}

// somebodyElse says that she is none of those who are called like her.
const somebodyElse = "new"

// likely returns who may be the officer that is proposed, for whoever proposes to
// say. Nobody is ever merged by machine.
func (p pages) likely(r *http.Request, in proposeInput) ([]people.Likeness, error) {
	var written []string
	for _, n := range []string{in.Name, in.NameUrdu} {
		if n != "" {
			written = append(written, n)
		}
	}
	return p.People.Likely(r.Context(), written...)
}

// knownOptions are those who are called like her, each with what tells her apart.
func knownOptions(ctx context.Context, all []people.Likeness) []ui.Option {
	out := make([]ui.Option, 0, len(all)+1)
	for _, x := range all {
		o := ui.Option{Value: string(x.ID), Label: x.Display.Text}
		if len(x.Affiliations) > 0 {
			a := x.Affiliations[0]
			for _, s := range []string{a.Rank, a.Station} {
				if s != "" {
					o.Label += " · " + s
				}
			}
		}
		out = append(out, o)
	}
	return append(out, ui.Option{Value: somebodyElse, Label: ui.T(ctx, "cohort.field.known-else")})
}

// decodeProposal reads both halves of the form; web.Decode reads flat structs.
func decodeProposal(r *http.Request) (proposeInput, error) {
	type flat struct {
		Quota     id.Quota  `form:"quota"`
		Agency    id.Agency `form:"agency,optional"`
		Letter    id.Letter `form:"letter,optional"`
		Basis     string    `form:"basis,optional,max=20"`
		Need      string    `form:"need,optional,max=20"`
		Note      string    `form:"note,optional,max=1000"`
		Known     string    `form:"known,optional,max=40"`
		Name      string    `form:"name,max=200"`
		NameUrdu  string    `form:"name_ur,optional,max=200"`
		Sex       string    `form:"sex"`
		Rank      string    `form:"rank,optional,max=80"`
		RankGroup string    `form:"rank_group,optional,max=20"`
		Post      string    `form:"post,optional,max=120"`
		Station   string    `form:"station,optional,max=120"`
		Phone     string    `form:"phone,optional,max=30"`
		Email     string    `form:"email,optional,max=254"`
	}
	x, err := web.Decode[flat](r)
	return proposeInput{Quota: x.Quota, Agency: x.Agency, Letter: x.Letter, Basis: x.Basis, Need: x.Need, Note: x.Note, Known: x.Known, officerInput: officerInput{
		x.Name, x.NameUrdu, x.Sex, x.Rank, x.RankGroup, x.Post, x.Station, x.Phone, x.Email,
	}}, err
}
