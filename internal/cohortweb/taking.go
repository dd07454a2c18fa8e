package cohortweb

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Finder finds people whom the actor may see, by name.
type Finder interface {
	Search(ctx context.Context, in people.Search) (people.Page, error)
	Likely(ctx context.Context, written ...string) ([]people.Likeness, error)
}

// takingRoutes are the pages about those who take part.
func (p pages) takingRoutes() []web.Route {
	enrolment := func(v access.Verb) web.Need { return web.Need{Verb: string(v), Kind: string(access.Enrolment)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/people", Need: enrolment(access.List), Handler: p.taking},
		{Method: http.MethodPost, Pattern: "/cohorts/{cohort}/people/group", Need: enrolment(access.Change), Handler: p.group},
		{Method: http.MethodPost, Pattern: "/cohorts/{cohort}/people/group/{operation}/back", Need: enrolment(access.Change), Handler: p.ungroup},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/join", Need: enrolment(access.Create), Handler: p.joining},
		{Method: http.MethodPost, Pattern: "/cohorts/{cohort}/join", Need: enrolment(access.Create), Handler: p.join},
		{Method: http.MethodPost, Pattern: "/enrolments/{enrolment}/back", Need: enrolment(access.Change), Handler: p.unjoin},
	}
}

func groupForm(c id.Cohort) ui.Form { return ui.NewForm("group", cohortPath(c)+"/people/group") }

func (p pages) takingPage(r *http.Request) (cohort.Roll, func(ui.Form) templ.Component, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return cohort.Roll{}, nil, err
	}
	after, err := id.Parse[id.Enrolment](r.FormValue("after"))
	if err != nil {
		after = ""
	}
	roll, err := p.Cohort.People(r.Context(), c, after, lang(r))
	return roll, func(f ui.Form) templ.Component { return takingPage(roll, after, f) }, err
}

func (p pages) taking(w http.ResponseWriter, r *http.Request) error {
	roll, page, err := p.takingPage(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(groupForm(roll.Cohort.ID)))
}

type groupInput struct {
	Group  string      `form:"group"`
	People []id.Person `form:"people,optional"`
	After  string      `form:"after,optional,max=40"`
}

func (p pages) group(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	in, err := web.Decode[groupInput](r)
	if err == nil {
		_, err = p.Cohort.Group(r.Context(), web.Operation(r), cohort.Grouping{Cohort: c, Group: in.Group, People: in.People})
	}
	if err != nil {
		_, page, perr := p.takingPage(r)
		if perr != nil {
			return perr
		}
		return web.Again(w, r, err, groupForm(c), page)
	}
	to := cohortPath(c) + "/people"
	if in.After != "" {
		to = afterLink(to, in.After)
	}
	return web.DoneUndo(w, r, to, "cohort.done.grouped", cohortPath(c)+"/people/group/"+string(web.Operation(r))+"/back")
}

func (p pages) ungroup(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	done, err := parse[id.Operation](r, "operation")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := p.Cohort.Ungroup(r.Context(), web.Operation(r), c, done); err != nil {
		return err
	}
	return web.Done(w, r, cohortPath(c)+"/people", "cohort.done.ungrouped")
}

// joinView is what the form of joining needs: who was found, and the letters.
type joinView struct {
	cohort cohort.Overview
	plan   *programme.Blueprint
	q      string
	found  []people.Record
	papers []cohort.Letter
}

func (p pages) joinView(r *http.Request) (joinView, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return joinView{}, err
	}
	v := joinView{q: r.FormValue("q")}
	if v.cohort, err = p.Cohort.Overview(r.Context(), c); err != nil {
		return v, err
	}
	if v.plan, err = p.Cohort.Design(r.Context(), c); err != nil {
		return v, err
	}
	if v.papers, err = p.Cohort.Letters(r.Context(), c); err != nil || v.q == "" {
		return v, err
	}
	found, err := p.People.Search(r.Context(), people.Search{Text: v.q, Limit: 20})
	v.found = found.People
	return v, err
}

func joinForm(v joinView) ui.Form {
	f := ui.NewForm("join", cohortPath(v.cohort.Cohort.ID)+"/join").With("q", v.q).With("capacity", string(cohort.Participant))
	if v.q == "" {
		return f
	}
	if len(v.found) == 0 {
		return f.With("person", newcomer)
	}
	return f.With("person", string(v.found[0].ID))
}

// newcomer is the choice of somebody whom Cadre does not know yet.
const newcomer = "new"

func (p pages) joining(w http.ResponseWriter, r *http.Request) error {
	v, err := p.joinView(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, joinPage(v, joinForm(v)))
}

type joinInput struct {
	Q         string          `form:"q,optional,max=200"`
	Person    string          `form:"person,max=40"`
	Name      string          `form:"name,optional,max=200"`
	NameUrdu  string          `form:"name_ur,optional,max=200"`
	Sex       string          `form:"sex,optional,max=1"`
	RankGroup string          `form:"rank_group,optional,max=20"`
	Station   string          `form:"station,optional,max=120"`
	Agency    id.Agency       `form:"agency,optional"`
	Stage     string          `form:"stage,optional,max=80"`
	Capacity  cohort.Capacity `form:"capacity"`
	Basis     pathway.Basis   `form:"basis"`
	Letter    id.Letter       `form:"letter,optional"`
}

func (in joinInput) joining(c id.Cohort) cohort.Joining {
	j := cohort.Joining{Cohort: c, Capacity: in.Capacity, Stage: in.Stage, Basis: in.Basis, Letter: in.Letter}
	if in.Person != newcomer {
		j.Person = id.Person(in.Person)
		return j
	}
	who := officerInput{Name: in.Name, NameUrdu: in.NameUrdu, Sex: in.Sex, RankGroup: in.RankGroup, Station: in.Station}
	j.New, j.Agency = who.person(), in.Agency
	return j
}

func (p pages) join(w http.ResponseWriter, r *http.Request) error {
	v, err := p.joinView(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[joinInput](r)
	var made id.Enrolment
	if err == nil {
		made, err = p.Cohort.Join(r.Context(), web.Operation(r), in.joining(v.cohort.Cohort.ID))
	}
	if err != nil {
		return web.Again(w, r, named(err), joinForm(v), func(f ui.Form) templ.Component { return joinPage(v, f) })
	}
	return web.DoneUndo(w, r, cohortPath(v.cohort.Cohort.ID)+"/people", "cohort.done.joined", "/enrolments/"+string(made)+"/back")
}

func (p pages) unjoin(w http.ResponseWriter, r *http.Request) error {
	e, err := parse[id.Enrolment](r, "enrolment")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if err := p.Cohort.TakeBackJoin(r.Context(), web.Operation(r), e); err != nil {
		return err
	}
	return web.Done(w, r, "/cohorts", "cohort.done.unjoined")
}

func groupOptions(ctx context.Context, b *programme.Blueprint) []ui.Option {
	out := make([]ui.Option, len(b.Groups))
	for i, g := range b.Groups {
		s, in := b.Say(g.Title, planLang(ctx))
		out[i] = ui.Option{Value: string(g.Key), Label: s, Lang: string(in)}
	}
	return out
}

func groupTitle(ctx context.Context, b *programme.Blueprint, key string) string {
	for _, o := range groupOptions(ctx, b) {
		if o.Value == key {
			return o.Label
		}
	}
	return key
}

// stageOptions are the stages at which somebody can join.
func stageOptions(ctx context.Context, b *programme.Blueprint) []ui.Option {
	out := make([]ui.Option, len(b.Stages))
	for i := range b.Stages {
		s, in := b.Say(b.Stages[i].Title, planLang(ctx))
		out[i] = ui.Option{Value: string(b.Stages[i].Key), Label: s, Lang: string(in)}
	}
	return out
}

// foundOptions are the people to choose from, and the newcomer.
func foundOptions(ctx context.Context, v joinView) []ui.Option {
	var out []ui.Option
	for _, x := range v.found {
		o := ui.Option{Value: string(x.ID), Label: x.Display.Text, Lang: x.Display.Lang}
		if len(x.Affiliations) > 0 {
			o.Hint = x.Affiliations[0].Rank
		}
		out = append(out, o)
	}
	return append(out, ui.Option{Value: newcomer, Label: ui.T(ctx, "cohort.join-newcomer")})
}

func mayJoin(ctx context.Context) bool {
	return access.Could(actor.From(ctx), access.Create, access.Enrolment)
}

func takingHead(ctx context.Context, groups, choose bool) []ui.Column {
	var out []ui.Column
	if choose {
		out = append(out, ui.Column{Label: ui.T(ctx, "cohort.col.choose"), Unseen: true})
	}
	for _, k := range []string{"officer", "agency", "capacity"} {
		out = append(out, ui.Column{Label: ui.T(ctx, "cohort.col."+k)})
	}
	if groups {
		out = append(out, ui.Column{Label: ui.T(ctx, "cohort.col.group")})
	}
	return out
}
