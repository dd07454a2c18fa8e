package app

import (
	"context"
	"slices"

	"cadre/internal/access"
	"cadre/internal/accessweb"
	"cadre/internal/actor"
	"cadre/internal/assessweb"
	"cadre/internal/coachingweb"
	"cadre/internal/cohort"
	"cadre/internal/cohortweb"
	"cadre/internal/contentweb"
	"cadre/internal/credentialweb"
	"cadre/internal/db"
	"cadre/internal/evaluationweb"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathwayweb"
	"cadre/internal/people"
	"cadre/internal/peopleweb"
	"cadre/internal/playerweb"
	"cadre/internal/programme"
	"cadre/internal/programmeweb"
	"cadre/internal/reportweb"
	"cadre/internal/web"
	"cadre/internal/web/ui"
	"cadre/internal/workshopweb"
)

// Routes is the whole route table.
func (a *App) Routes() []web.Route {
	out := slices.Concat(
		accessweb.Routes(accessweb.Deps{Access: a.Access, People: a.People, Scopes: scopes{a}, Instance: condition{a}, Proxy: a.Config.TLS.Proxy}),
		peopleweb.Routes(peopleweb.Deps{People: a.People, Supervisors: a.supervisors}),
		cohortweb.Routes(cohortweb.Deps{Cohort: a.Cohort, Programmes: a.Programme, Pathway: a.Pathway, People: a.People, Files: a.Files, Clock: a.Clock, More: a.further}),
		programmeweb.Routes(programmeweb.Deps{Programmes: a.Programme, Names: a.names}),
		contentweb.Routes(contentweb.Deps{Content: a.Content, Export: a.exporter()}),
		playerweb.Routes(playerweb.Deps{Player: a.Player, Content: a.Content, Modules: a.modules, Shut: a.shut, Participants: a.participants, Asked: a.askedOf, Names: a.names, Where: a.courseware()}),
		assessweb.Routes(assessweb.Deps{Tests: a.Assess, Names: a.names, Competencies: a.competencies, Cohorts: a.cohortLinks}),
		workshopweb.Routes(workshopweb.Deps{Workshop: a.Workshop, People: a.People, Files: a.Files}),
		coachingweb.Routes(coachingweb.Deps{
			Coaching: a.Coaching, Names: a.displays, Participants: a.participants, Coaches: a.coaches,
		}),
		reportweb.Routes(reportweb.Deps{Report: a.Report, Cohorts: a.reported, Papers: a.papers}),
		credentialweb.Routes(credentialweb.Deps{Credential: a.Credential}),
		evaluationweb.Routes(evaluationweb.Deps{Evaluation: a.Evaluation, Name: a.name, Names: a.names, Zone: a.Config.Zone, Programmes: scopes{a}.Programmes}),
	)
	return append(out, pathwayweb.Routes(pathwayweb.Deps{
		Standings: a.Pathway, Lefts: a.Player, Persons: a.People, Readings: a.Access, Kept: a.kept, Names: a.names, Known: a.known, Waiting: a.waiting, Has: web.Finder(out),
	})...)
}

// further lists what else there is of a cohort, for the role acted in.
func (a *App) further(ctx context.Context, c id.Cohort) ([]ui.Link, error) {
	l := i18n.From(ctx)
	who := actor.From(ctx)
	of := "/cohorts/" + string(c)
	var out []ui.Link
	var at access.Place
	add := func(v access.Verb, k access.Kind, label, href string) {
		for _, state := range []string{"", access.Released} {
			if access.Allows(who, v, access.Object{Kind: k, State: state, Place: at}) {
				out = append(out, ui.Link{Label: label, Href: href})
				return
			}
		}
	}
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		b, err := blueprintOf(tx, c)
		if err != nil {
			return err
		}
		if at, err = cohort.PlaceOf(tx, c); err != nil {
			return err
		}
		for i := range b.Stages {
			st := &b.Stages[i]
			title, _ := b.Say(st.Title, programme.Language(l.Lang()))
			switch st.Kind() {
			case programme.KindWorkshop:
				add(access.Read, access.Timetable, title, of+"/workshops/"+string(st.Key))
			case programme.KindCoaching:
				add(access.List, access.Account, title, of+"/coaching/"+string(st.Key))
			case programme.KindSelection:
				add(access.List, access.Selection, title, of+"/selection/"+string(st.Key))
			}
		}
		return nil
	})
	add(access.Read, access.Scores, l.T("app.tests"), of+"/tests")
	add(access.Read, access.Results, l.T("app.feedback"), of+"/surveys")
	add(access.List, access.Fact, l.T("cohort.page.reviews"), of+"/reviews")
	add(access.List, access.Certificate, l.T("credential.page.list"), of+"/credentials")
	add(access.Read, access.Figure, l.T("app.figures"), of+"/report")
	return out, err
}

// reported lists the cohorts whose figures the actor may see.
func (a *App) reported(ctx context.Context) (out []reportweb.CohortLink, err error) {
	var all []reportweb.CohortLink
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		cs, err := cohort.OfProgramme(tx, "")
		if err != nil {
			return err
		}
		for _, c := range cs {
			at, err := cohort.PlaceOf(tx, c.ID)
			if err != nil {
				return err
			}
			if access.Allows(actor.From(ctx), access.Read, access.Object{Kind: access.Figure, State: access.Released, Place: at}) {
				all = append(all, reportweb.CohortLink{ID: c.ID, Title: i18n.From(ctx).Text(c.Title).Text})
			}
		}
		return nil
	})
	if err != nil || actor.From(ctx).Grant.Role == actor.ProgrammeOfficer {
		return all, err
	}
	// Others read what was released, and nothing before.
	for _, c := range all {
		rs, err := a.Report.Releases(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		if len(rs) > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// displays says how people are called on screen for whoever acts, and records
// that she was shown them.
func (a *App) displays(ctx context.Context, ps ...id.Person) (map[id.Person]people.Display, error) {
	var out map[id.Person]people.Display
	err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		out, err = people.Displays(tx, actor.From(ctx), i18n.From(ctx).Lang(), ps...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, a.Access.RecordRead(ctx, access.Person, ps...)
}

func (a *App) names(ctx context.Context, ps []id.Person) (map[id.Person]string, error) {
	all, err := a.displays(ctx, ps...)
	out := make(map[id.Person]string, len(all))
	for p, d := range all {
		out[p] = d.Text
	}
	return out, err
}

// known names those of people who run the actor's programme, teach or coach in it.
// Whoever else looked at her data is known to her by role alone.
func (a *App) known(ctx context.Context, ps []id.Person) (map[id.Person]string, error) {
	mine := actor.From(ctx).Grant.Scope
	var may []id.Person
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		if mine.Programme == "" && mine.Cohort != "" {
			at, err := cohort.PlaceOf(tx, mine.Cohort)
			if err != nil {
				return err
			}
			mine.Programme = at.Programme
		}
		if mine.Programme == "" {
			return nil
		}
		for _, p := range ps {
			held, err := access.GrantsOf(tx, p)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(held, func(h access.Held) bool {
				switch h.Role {
				case actor.ProgrammeOfficer, actor.Trainer, actor.Coach:
					return h.Scope.Programme == mine.Programme || h.Scope.Cohort != "" && h.Scope.Cohort == mine.Cohort
				}
				return false
			}) {
				may = append(may, p)
			}
		}
		return nil
	})
	if err != nil || len(may) == 0 {
		return nil, err
	}
	return a.names(ctx, may)
}

func (a *App) name(ctx context.Context, p id.Person) (string, error) {
	all, err := a.displays(ctx, p)
	return all[p].Text, err
}

// participants lists who takes part in a cohort, for those who may see it.
func (a *App) participants(ctx context.Context, c id.Cohort) (out []id.Person, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		at, err := cohort.PlaceOf(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.List, access.Object{Kind: access.Account, Place: at}); err != nil {
			return err
		}
		out, err = participants(tx, c)
		return err
	})
	return out, err
}

// coaches lists who holds a coach's grant that covers the cohort.
func (a *App) coaches(ctx context.Context, c id.Cohort) (out []id.Person, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		at, err := cohort.PlaceOf(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.Assign, access.Object{Kind: access.Coaching, Place: at}); err != nil {
			return err
		}
		out, err = access.HoldersIn(tx, actor.Coach, at)
		return err
	})
	return out, err
}

// supervisors lists the line managers whom the participant who acts may link:
// holders of that role whose scope covers her agency.
func (a *App) supervisors(ctx context.Context) ([]ui.Option, error) {
	who := actor.From(ctx)
	var ps []id.Person
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		at, err := cohort.PlaceIn(tx, who.Grant.Scope.Cohort, who.Person)
		if err != nil {
			return err
		}
		if err := access.Allow(who, access.Create, access.Object{Kind: access.Link, Subject: who.Person, Place: at}); err != nil {
			return err
		}
		ps, err = access.HoldersIn(tx, actor.Supervisor, at)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil, nil // she is in no cohort: nobody is hers
	}
	if err != nil {
		return nil, err
	}
	names, err := a.People.Staff(ctx, ps...)
	var out []ui.Option
	for _, p := range ps {
		if d, ok := names[p]; ok && p != who.Person {
			out = append(out, ui.Option{Value: string(p), Label: d.Text, Lang: d.Lang})
		}
	}
	return out, err
}

// kept counts the rows that each package keeps about a person, for herself.
func (a *App) kept(ctx context.Context, p id.Person) (out []pathwayweb.Kept, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		o, err := people.Object(tx, access.OwnData, p)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.Read, o); err != nil {
			return err
		}
		rows := map[string]int{}
		var order []string
		for _, t := range Tables() {
			if t.Person == "" {
				continue
			}
			var n int
			if err := tx.QueryRow("SELECT COUNT(*) FROM "+t.Name+" WHERE "+t.Hers(), p).Scan(&n); err != nil {
				return err
			}
			if _, seen := rows[t.Owner]; !seen {
				order = append(order, t.Owner)
			}
			rows[t.Owner] += n
		}
		for _, owner := range order {
			if rows[owner] > 0 {
				out = append(out, pathwayweb.Kept{Area: owner, Rows: rows[owner]})
			}
		}
		return nil
	})
	return out, err
}
