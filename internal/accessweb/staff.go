package accessweb

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

func person(r *http.Request) (id.Person, error) {
	p, err := id.Parse[id.Person](r.PathValue("person"))
	return p, fault.Wrap(fault.NotFound, "access.not-found", err)
}

// found searches for people by the address's q. Without one there is no list: a
// page that is opened to help one person shows no others.
func (p pages) found(r *http.Request, all bool) (people.Page, error) {
	q := r.URL.Query().Get("q")
	if q == "" && !all {
		return people.Page{}, nil
	}
	return p.People.Search(r.Context(), people.Search{Text: q, After: r.URL.Query().Get("after"), Limit: 20})
}

func (p pages) codes(w http.ResponseWriter, r *http.Request) error {
	list, err := p.found(r, false)
	if err != nil {
		return err
	}
	return web.Render(w, r, codesPage(r.URL.Query().Get("q"), list.People))
}

// replace answers with the code itself. Reloading sends the same operation again
// and shows the same code.
func (p pages) replace(w http.ResponseWriter, r *http.Request) error {
	her, err := person(r)
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	t, err := p.Access.Replace(r.Context(), web.Operation(r), her)
	if err != nil {
		return err
	}
	whose, err := p.whose(r, her)
	if err != nil {
		return err
	}
	return web.Render(w, r, codePage(t, whose, "/codes"))
}

// whose names her on the page that shows her code, so that three codes made in a
// row are not handed to the wrong three. Whoever may replace a code and not see
// her name is shown none.
func (p pages) whose(r *http.Request, her id.Person) (people.Display, error) {
	rec, err := p.People.See(r.Context(), her)
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return people.Display{}, nil
	}
	return rec.Display, err
}

func (p pages) invitations(w http.ResponseWriter, r *http.Request) error {
	list, err := p.found(r, true)
	if err != nil {
		return err
	}
	return web.Render(w, r, invitationsPage(r.URL.Query().Get("q"), list, ui.NewForm("sheet", "/invitations")))
}

type sheetInput struct {
	People []string `form:"person"`
}

// sheetMost bounds a sheet: forty slips are as many as somebody hands out at once.
const sheetMost = 40

func (p pages) sheet(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[sheetInput](r)
	if err == nil && len(in.People) > sheetMost {
		err = fault.Bad("access.mend", fault.Field{Name: "person", Key: "access.sheet-many", Args: fault.Args{"n": sheetMost}})
	}
	var tickets []access.Ticket
	if err == nil {
		ps := make([]id.Person, len(in.People))
		for i, s := range in.People {
			if ps[i], err = id.Parse[id.Person](s); err != nil {
				return fault.Wrap(fault.NotFound, "access.not-found", err)
			}
		}
		slices.Sort(ps)
		ps = slices.Compact(ps)
		tickets, err = p.Access.InviteAll(r.Context(), web.Operation(r), ps)
	}
	if err != nil {
		list, searchErr := p.found(r, true)
		if searchErr != nil {
			return searchErr
		}
		return web.Again(w, r, err, ui.NewForm("sheet", "/invitations"), func(f ui.Form) templ.Component {
			return invitationsPage("", list, f)
		})
	}
	slips := make([]slip, len(tickets))
	for i, t := range tickets {
		rec, err := p.People.See(r.Context(), t.Person)
		if err != nil {
			return err
		}
		slips[i] = slip{t, rec.Display}
	}
	return web.Render(w, r, sheetPage(slips, origin(r)))
}

// origin is the address of Cadre as the visitor reached it.
func origin(r *http.Request) string { return r.Host }

func (p pages) link(w http.ResponseWriter, r *http.Request) error {
	her, err := person(r)
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	t, err := p.Access.Invite(r.Context(), web.Operation(r), access.Invitee{Person: her, ByLink: true})
	if err != nil {
		return err
	}
	return web.Render(w, r, linkPage(t, linkTo(r, t)))
}

func linkTo(r *http.Request, t access.Ticket) string {
	scheme := "https://"
	if r.TLS == nil && r.Header.Get("X-Forwarded-Proto") == "" {
		scheme = "http://" // loopback alone is served without TLS
	}
	return scheme + r.Host + "/enter/" + t.Link
}

func (p pages) newcomer(w http.ResponseWriter, r *http.Request) error {
	o, err := p.options(r)
	if err != nil {
		return err
	}
	f := p.within(r, ui.NewForm("newcomer", "/invitations/new"))
	return web.Render(w, r, newcomerPage(f, o))
}

// within fills in the bounds that every grant of this actor has.
func (p pages) within(r *http.Request, f ui.Form) ui.Form {
	s := actor.From(r.Context()).Grant.Scope
	return f.With("programme", string(s.Programme)).With("cohort", string(s.Cohort)).
		With("agency", string(s.Agency)).With("country", s.Country)
}

// choices are what a grant may be bounded by.
type choices struct {
	Roles, Agencies, Programmes, Cohorts, Countries []ui.Option
}

func (p pages) options(r *http.Request) (choices, error) {
	ctx := r.Context()
	var c choices
	me := actor.From(ctx).Grant.Role
	for _, role := range actor.Roles() {
		if role == actor.Administrator && me != actor.Administrator {
			continue
		}
		c.Roles = append(c.Roles, ui.Option{Value: string(role), Label: ui.RoleName(ctx, role)})
	}
	agencies, err := p.People.Agencies(ctx)
	if err != nil {
		return c, err
	}
	seen := map[string]bool{}
	for _, a := range agencies {
		t := i18n.From(ctx).Text(a.Name)
		c.Agencies = append(c.Agencies, ui.Option{Value: string(a.ID), Label: t.Text, Lang: t.Lang})
		if !seen[a.Country] {
			seen[a.Country] = true
			c.Countries = append(c.Countries, ui.Option{Value: a.Country, Label: people.CountryName(ctx, a.Country)})
		}
	}
	if p.Scopes == nil {
		return c, nil
	}
	if c.Programmes, err = offered(p.Scopes.Programmes(ctx)); err != nil {
		return c, err
	}
	c.Cohorts, err = offered(p.Scopes.Cohorts(ctx))
	return c, err
}

// offered turns a list that is not for this role into an empty one.
func offered(list []ui.Option, err error) ([]ui.Option, error) {
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return list, err
}

type newcomerInput struct {
	Name      string       `form:"name,max=200"`
	Email     string       `form:"email,optional,max=254"`
	Role      actor.Role   `form:"role"`
	Country   string       `form:"country,optional,max=2"`
	Agency    id.Agency    `form:"agency,optional,max=36"`
	Programme id.Programme `form:"programme,optional,max=36"`
	Cohort    id.Cohort    `form:"cohort,optional,max=36"`
	How       string       `form:"how"`
}

func (p pages) inviteNewcomer(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[newcomerInput](r)
	var t access.Ticket
	if err == nil {
		t, err = p.Access.InviteNew(r.Context(), web.Operation(r), access.Newcomer{
			Name: in.Name, Email: in.Email, Role: in.Role, ByLink: in.How == "link",
			Scope: actor.Scope{Country: in.Country, Agency: in.Agency, Programme: in.Programme, Cohort: in.Cohort},
		})
	}
	if err != nil {
		o, optionsErr := p.options(r)
		if optionsErr != nil {
			return optionsErr
		}
		return web.Again(w, r, err, ui.NewForm("newcomer", "/invitations/new"), func(f ui.Form) templ.Component {
			return newcomerPage(f, o)
		})
	}
	if t.Link != "" {
		return web.Render(w, r, linkPage(t, linkTo(r, t)))
	}
	return web.Render(w, r, codePage(t, people.Display{Text: in.Name}, "/invitations"))
}

func (p pages) signHerOut(w http.ResponseWriter, r *http.Request) error {
	her, err := person(r)
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := p.Access.SignOutEverywhere(r.Context(), web.Operation(r), her); err != nil {
		return err
	}
	return web.Done(w, r, "/people/"+string(her), "access.signed-out-everywhere")
}

func (p pages) grants(w http.ResponseWriter, r *http.Request) error {
	held, after, err := p.Access.Holders(r.Context(), r.URL.Query().Get("after"), 50)
	if err != nil {
		return err
	}
	v, err := p.named(r, held)
	if err != nil {
		return err
	}
	next := ""
	if after != "" {
		next = "/grants?after=" + after
	}
	return web.Render(w, r, grantsPage(v, next))
}

// named puts names to grants: those of holders, and of what bounds them.
func (p pages) named(r *http.Request, held []access.Held) (grantsView, error) {
	v := grantsView{Held: held, Names: map[string]string{}}
	ps := make([]id.Person, 0, len(held))
	for _, h := range held {
		ps = append(ps, h.Person)
		if id.Valid(h.GivenBy) {
			ps = append(ps, id.Person(h.GivenBy))
		}
	}
	var err error
	if v.People, err = p.People.Staff(r.Context(), ps...); err != nil {
		return v, err
	}
	o, err := p.options(r)
	if err != nil {
		return v, err
	}
	for _, list := range [][]ui.Option{o.Agencies, o.Programmes, o.Cohorts, o.Countries} {
		for _, x := range list {
			v.Names[x.Value] = x.Label
		}
	}
	v.Options = o
	return v, nil
}

func giveForm(her id.Person) ui.Form {
	return ui.NewForm("give", "/people/"+string(her)+"/grants")
}

func (p pages) herGrants(r *http.Request, her id.Person) (people.Record, grantsView, error) {
	rec, err := p.People.See(r.Context(), her)
	if err != nil {
		return rec, grantsView{}, err
	}
	held, err := p.Access.Grants(r.Context(), her)
	if err != nil {
		return rec, grantsView{}, err
	}
	v, err := p.named(r, held)
	return rec, v, err
}

func (p pages) grantsOf(w http.ResponseWriter, r *http.Request) error {
	her, err := person(r)
	if err != nil {
		return err
	}
	rec, v, err := p.herGrants(r, her)
	if err != nil {
		return err
	}
	return web.Render(w, r, personGrantsPage(rec.Display, v, p.within(r, giveForm(her))))
}

type giveInput struct {
	Role      actor.Role   `form:"role"`
	Country   string       `form:"country,optional,max=2"`
	Agency    id.Agency    `form:"agency,optional,max=36"`
	Programme id.Programme `form:"programme,optional,max=36"`
	Cohort    id.Cohort    `form:"cohort,optional,max=36"`
	Until     string       `form:"until,optional,max=10"`
}

func (p pages) give(w http.ResponseWriter, r *http.Request) error {
	her, err := person(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[giveInput](r)
	if err == nil {
		g := access.Giving{
			Person: her, Role: in.Role,
			Scope: actor.Scope{Country: in.Country, Agency: in.Agency, Programme: in.Programme, Cohort: in.Cohort},
		}
		if in.Until != "" {
			d, dayErr := civil.ParseDate(in.Until)
			if dayErr != nil {
				err = fault.Bad("access.mend", fault.Field{Name: "until", Key: "fault.date"})
			} else {
				g.Until = d.End(i18n.From(r.Context()).Location())
			}
		}
		if err == nil {
			_, err = p.Access.GiveGrant(r.Context(), web.Operation(r), g)
		}
	}
	if err == nil {
		return web.Done(w, r, "/people/"+string(her)+"/grants", "access.grant-given")
	}
	rec, v, viewErr := p.herGrants(r, her)
	if viewErr != nil {
		return viewErr
	}
	return web.Again(w, r, err, giveForm(her), func(f ui.Form) templ.Component {
		return personGrantsPage(rec.Display, v, f)
	})
}

func (p pages) end(w http.ResponseWriter, r *http.Request) error {
	g, err := id.Parse[id.Grant](r.PathValue("grant"))
	if err != nil {
		return fault.Wrap(fault.NotFound, "access.not-found", err)
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if err := p.Access.EndGrant(r.Context(), web.Operation(r), g); err != nil {
		return err
	}
	return web.Done(w, r, "/grants", "access.grant-ended")
}

func (p pages) instance(w http.ResponseWriter, r *http.Request) error {
	if err := access.Allow(actor.From(r.Context()), access.Read, access.Here(actor.From(r.Context()), access.Instance)); err != nil {
		return err
	}
	if p.Instance == nil {
		return fault.New(fault.Unavailable, "access.instance-unknown", nil)
	}
	s, err := p.Instance.State(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, instancePage(s))
}
