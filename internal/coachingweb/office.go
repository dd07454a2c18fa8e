package coachingweb

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// What a programme officer sees.

type officeView struct {
	Cohort  id.Cohort
	Stage   string
	Rows    []officeRow
	Without []id.Person
	Coaches []id.Person
	Days    []groupDay
	coaching.Overview
	coaching.Desk
	Names map[id.Person]people.Display
	Forms map[string]ui.Form
}

type officeRow struct {
	Person  id.Person
	Account coaching.Account
	Known   bool // she has a session agreed or closed
}

const (
	formAssign = "assign"
	formDay    = "group-day"
	formFor    = "time-for"
)

func (p pages) officeView(r *http.Request) (officeView, error) {
	ctx := r.Context()
	cohort, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return officeView{}, err
	}
	v := officeView{Cohort: cohort, Stage: r.PathValue("stage")}
	if v.Overview, err = p.Coaching.Overview(ctx, cohort, v.Stage); err != nil {
		return v, err
	}
	if v.Desk, err = p.Coaching.Desk(ctx, cohort, v.Stage); err != nil {
		return v, err
	}
	all, err := p.Participants(ctx, cohort)
	if err != nil {
		return v, err
	}
	if v.Coaches, err = p.Coaches(ctx, cohort); err != nil {
		return v, err
	}
	if v.Without, err = p.Coaching.Without(ctx, cohort, v.Stage, all); err != nil {
		return v, err
	}
	v.Days = groupDays(v.Terms.Stage.Coaching)
	of := map[id.Person]coaching.Account{}
	for _, a := range v.Accounts {
		of[a.Person] = a
	}
	for _, x := range all {
		a, ok := of[x]
		v.Rows = append(v.Rows, officeRow{x, a, ok})
	}
	ask := append(append([]id.Person(nil), all...), v.Coaches...)
	for _, s := range v.Contested {
		ask = append(ask, s.Person, s.ContestedBy)
	}
	for _, s := range v.Proposed {
		ask = append(ask, s.Person, s.ProposedBy)
	}
	for _, x := range v.Pairings {
		ask = append(ask, x.Coach)
	}
	if v.Names, err = p.names(ctx, ask...); err != nil {
		return v, err
	}
	at := office(cohort, v.Stage)
	v.Forms = map[string]ui.Form{
		formAssign: ui.NewForm(formAssign, at+"/assign"), formDay: ui.NewForm(formDay, at+"/group-day"),
		formFor: timeForForm(cohort, v.Stage).With("zone", v.Terms.Zone).With("minutes", itoa(minutesOf(v.Terms))),
	}
	return v, nil
}

func (p pages) overview(w http.ResponseWriter, r *http.Request) error {
	v, err := p.officeView(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, officePage(v))
}

func (p pages) officeAgain(w http.ResponseWriter, r *http.Request, form ui.Form, cause error) error {
	v, err := p.officeView(r)
	if err != nil {
		return err
	}
	return web.Again(w, r, cause, form, func(f ui.Form) templ.Component {
		v.Forms[f.ID] = f
		return officePage(v)
	})
}

type assignInput struct {
	Coach   string   `form:"coach,max=36"`
	Persons []string `form:"persons"`
}

func persons(ss []string) ([]id.Person, error) {
	var out []id.Person
	for _, s := range ss {
		x, err := id.Parse[id.Person](s)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "ui.fault-form", err)
		}
		out = append(out, x)
	}
	return out, nil
}

func (p pages) assign(w http.ResponseWriter, r *http.Request) error {
	cohort, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	stage := r.PathValue("stage")
	in, err := web.Decode[assignInput](r)
	var ps []id.Person
	if err == nil {
		ps, err = persons(in.Persons)
	}
	if err == nil {
		_, err = p.Coaching.Assign(r.Context(), web.Operation(r), coaching.AssignInput{
			Cohort: cohort, Stage: stage, Coach: id.Person(in.Coach), Persons: ps,
		})
	}
	if err != nil {
		return p.officeAgain(w, r, ui.NewForm(formAssign, office(cohort, stage)+"/assign"), err)
	}
	return web.Done(w, r, office(cohort, stage), "coaching.assigned")
}

type groupInput struct {
	// Day is "round/2021-03-25", as the form offers it.
	Day     string   `form:"day,max=80"`
	Persons []string `form:"persons"`
}

func (p pages) groupDay(w http.ResponseWriter, r *http.Request) error {
	cohort, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	stage := r.PathValue("stage")
	in, err := web.Decode[groupInput](r)
	var ps []id.Person
	if err == nil {
		ps, err = persons(in.Persons)
	}
	if err == nil {
		round, on, _ := strings.Cut(in.Day, "/")
		var d civil.Date
		if d, err = day(on, "day"); err == nil {
			_, err = p.Coaching.GroupDay(r.Context(), web.Operation(r), coaching.GroupDayInput{
				Cohort: cohort, Stage: stage, Round: round, Day: d, Present: ps,
			})
			err = renamed(err, "round", "day")
		}
	}
	if err != nil {
		return p.officeAgain(w, r, ui.NewForm(formDay, office(cohort, stage)+"/group-day"), err)
	}
	return web.Done(w, r, office(cohort, stage), "coaching.day-kept")
}

type settleInput struct {
	Outcome pathway.Outcome `form:"outcome"`
	Minutes int             `form:"minutes,optional"`
}

func settleForm(v officeView, ses coaching.Session) ui.Form {
	return ui.NewForm("settle-"+string(ses.ID), office(v.Cohort, v.Stage)+"/sessions/"+string(ses.ID)+"/settle").
		With("outcome", string(ses.Contested))
}

func (p pages) settle(w http.ResponseWriter, r *http.Request) error {
	cohort, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	stage := r.PathValue("stage")
	ses, err := parse[id.CoachingSession](r, "session")
	if err != nil {
		return err
	}
	in, err := web.Decode[settleInput](r)
	if err == nil {
		err = p.Coaching.Settle(r.Context(), web.Operation(r), coaching.SettleInput{Session: ses, Outcome: in.Outcome, Minutes: in.Minutes})
	}
	if err != nil {
		return p.officeAgain(w, r, ui.NewForm("settle-"+string(ses), office(cohort, stage)+"/sessions/"+string(ses)+"/settle"), err)
	}
	return web.Done(w, r, office(cohort, stage), "coaching.settled")
}

func timeForForm(cohort id.Cohort, stage string) ui.Form {
	return ui.NewForm(formFor, office(cohort, stage)+"/times")
}

type timeForInput struct {
	Person  id.Person     `form:"person"`
	Day     string        `form:"day,max=10"`
	Clock   string        `form:"clock,max=5"`
	Zone    string        `form:"zone,max=64"`
	Minutes int           `form:"minutes"`
	Round   string        `form:"round,optional,max=64"`
	Basis   pathway.Basis `form:"basis,max=20"`
}

// proposeFor enters a time that a participant proposes by telephone or on paper.
func (p pages) proposeFor(w http.ResponseWriter, r *http.Request) error {
	cohort, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	stage := r.PathValue("stage")
	in, err := web.Decode[timeForInput](r)
	var at civil.DateTime
	if err == nil {
		at, err = when(in.Day, in.Clock, in.Zone)
	}
	if err == nil {
		_, err = p.Coaching.Propose(r.Context(), web.Operation(r), coaching.ProposeInput{
			Of: coaching.Of{Cohort: cohort, Stage: stage, Person: in.Person}, Round: in.Round, Starts: at, Minutes: in.Minutes, Basis: in.Basis,
		})
		err = renamed(err, "starts", "day")
	}
	if err != nil {
		return p.officeAgain(w, r, timeForForm(cohort, stage), err)
	}
	return web.Done(w, r, office(cohort, stage), "coaching.proposed-for")
}

// agree is a yes to a proposed time: one's own, or the participant's that staff
// enter.
func (p pages) agree(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[struct {
		Basis pathway.Basis `form:"basis,optional,max=20"`
	}](r)
	if err != nil {
		return err
	}
	return p.session(func(s *coaching.Service, ctx context.Context, op id.Operation, ses id.CoachingSession) error {
		return s.AgreeFor(ctx, op, ses, in.Basis)
	}, "coaching.agreed")(w, r)
}

// coached lists whom a time can be proposed for: who has a coach who accepted.
func (v officeView) coached() []id.Person {
	var out []id.Person
	for _, r := range v.Rows {
		if p, ok := v.Pairings[r.Person]; ok && p.State == coaching.Active {
			out = append(out, r.Person)
		}
	}
	return out
}
