package peopleweb

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// agencyView is one agency, as far as the reader may see its tree.
type agencyView struct {
	Agency people.Agency
	Above  *people.Agency
	Below  []people.Agency
	Units  []people.Unit
	May    bool
	// Own is the reader's own grant, if she speaks for a branch that the agency
	// belongs to.
	Own *actor.Grant
}

func (p pages) agencyView(r *http.Request) (agencyView, error) {
	a, err := parse[id.Agency](r, "agency")
	if err != nil {
		return agencyView{}, err
	}
	var v agencyView
	if v.Agency, v.Units, err = p.People.Agency(r.Context(), a); err != nil {
		return v, err
	}
	all, err := p.People.Agencies(r.Context())
	if err != nil {
		return v, err
	}
	for i, x := range all {
		if x.ID == v.Agency.Parent {
			v.Above = &all[i]
		}
		if x.Parent == a {
			v.Below = append(v.Below, x)
		}
	}
	who := actor.From(r.Context())
	v.May = access.Could(who, access.Create, access.Agency)
	if who.Grant.Role == actor.FocalPoint {
		v.Own = &who.Grant
	}
	return v, nil
}

func (v agencyView) facts(ctx context.Context) []ui.Pair {
	out := []ui.Pair{
		{Term: ui.T(ctx, "people.country"), Detail: ui.Plainly(people.CountryName(ctx, v.Agency.Country))},
		{Term: ui.T(ctx, "people.code"), Detail: ui.Code(v.Agency.Code)},
	}
	if v.Above != nil {
		c := i18n.From(ctx).Text(v.Above.Name)
		out = append(out, ui.Pair{Term: ui.T(ctx, "people.agency-above"), Detail: ui.Written(c.Text)})
	}
	return out
}

// period says for how long the reader speaks for her branch.
func (v agencyView) period(ctx context.Context) string {
	l := i18n.From(ctx)
	since, until := v.Own.From, v.Own.Until
	switch {
	case since.IsZero() && until.IsZero():
		return l.T("people.branch-open")
	case until.IsZero():
		return l.T("people.branch-since", "since", civil.Of(since, l.Location()))
	case since.IsZero():
		return l.T("people.branch-until", "until", civil.Of(until, l.Location()))
	}
	return l.T("people.branch-between", "since", civil.Of(since, l.Location()), "until", civil.Of(until, l.Location()))
}

func unitForm(a id.Agency) ui.Form { return ui.NewForm("unit", "/agencies/"+string(a)+"/units") }

func (p pages) agency(w http.ResponseWriter, r *http.Request) error {
	v, err := p.agencyView(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, agencyPage(v, unitForm(v.Agency.ID)))
}

func (p pages) addUnit(w http.ResponseWriter, r *http.Request) error {
	v, err := p.agencyView(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Name    string `form:"name,max=200"`
		NameUr  string `form:"name_ur,optional,max=200"`
		Station string `form:"station,optional,max=200"`
	}](r)
	if err == nil {
		name := i18n.NewText("en", in.Name)
		if in.NameUr != "" {
			name = name.And("ur", in.NameUr)
		}
		_, err = p.People.AddUnit(r.Context(), web.Operation(r), people.Unit{Agency: v.Agency.ID, Name: name, Station: in.Station})
	}
	if err == nil {
		return web.Done(w, r, "/agencies/"+string(v.Agency.ID), "people.unit-added")
	}
	return web.Again(w, r, err, unitForm(v.Agency.ID), func(f ui.Form) templ.Component { return agencyPage(v, f) })
}
