package coachingweb

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Deps are what the pages need.
type Deps struct {
	Coaching *coaching.Service
	// Names returns how people are called on screen for whoever reads.
	Names func(ctx context.Context, ps ...id.Person) (map[id.Person]people.Display, error)
	// Participants lists who takes part in a cohort, for a programme officer.
	Participants func(ctx context.Context, cohort id.Cohort) ([]id.Person, error)
	// Coaches lists who may be asked to coach in a cohort, for a programme officer.
	Coaches func(ctx context.Context, cohort id.Cohort) ([]id.Person, error)
}

type pages struct{ Deps }

// Routes returns the routes of this package.
func Routes(d Deps) []web.Route {
	p := pages{d}
	need := func(verb, kind string) web.Need { return web.Need{Verb: verb, Kind: kind} }
	const one = "/coaching/{cohort}/{stage}/{person}"
	return []web.Route{
		{Method: "GET", Pattern: "/coaching", Need: web.SignedIn, Handler: p.door},
		{Method: "GET", Pattern: one, Need: need("read", "note"), Handler: p.prepare},
		{Method: "POST", Pattern: one + "/declare", Need: need("accept", "coaching"), Handler: p.declare},
		{Method: "POST", Pattern: one + "/decline", Need: need("decline", "coaching"), Handler: p.decline},
		{Method: "POST", Pattern: one + "/change-coach", Need: need("change", "coaching"), Handler: p.changeCoach},
		{Method: "POST", Pattern: one + "/times", Need: need("book", "booking"), Handler: p.propose},
		{Method: "POST", Pattern: one + "/needs", Need: need("create", "need"), Handler: p.need},
		{Method: "POST", Pattern: one + "/notes", Need: need("create", "note"), Handler: p.note},
		{Method: "POST", Pattern: one + "/goals", Need: need("create", "goal"), Handler: p.goal},
		{Method: "POST", Pattern: one + "/goals/{goal}", Need: need("close", "goal"), Handler: p.closeGoal},
		{Method: "POST", Pattern: one + "/goals/{goal}/words", Need: need("change", "goal"), Handler: p.rewriteGoal},
		{Method: "POST", Pattern: one + "/notes/{note}", Need: need("create", "note"), Handler: p.rewrite},
		{Method: "POST", Pattern: one + "/notes/{note}/take-back", Need: need("create", "note"), Handler: p.takeBack},
		{Method: "POST", Pattern: one + "/sessions/{session}/agree", Need: need("book", "booking"), Handler: p.agree},
		{Method: "POST", Pattern: one + "/sessions/{session}/refuse", Need: need("withdraw", "booking"), Handler: p.session((*coaching.Service).Refuse, "coaching.refused")},
		{Method: "POST", Pattern: one + "/sessions/{session}/move", Need: need("withdraw", "booking"), Handler: p.session((*coaching.Service).Move, "coaching.moved")},
		{Method: "GET", Pattern: one + "/sessions/{session}/close", Need: need("close", "coaching-session"), Handler: p.closing},
		{Method: "POST", Pattern: one + "/sessions/{session}/close", Need: need("close", "coaching-session"), Handler: p.close},
		{Method: "POST", Pattern: one + "/sessions/{session}/contest", Need: need("contest", "coaching-session"), Handler: p.contest},
		{Method: "GET", Pattern: "/cohorts/{cohort}/coaching/{stage}", Need: need("list", "account"), Handler: p.overview},
		{Method: "POST", Pattern: "/cohorts/{cohort}/coaching/{stage}/assign", Need: need("assign", "coaching"), Handler: p.assign},
		{Method: "POST", Pattern: "/cohorts/{cohort}/coaching/{stage}/times", Need: need("create", "booking"), Handler: p.proposeFor},
		{Method: "POST", Pattern: "/cohorts/{cohort}/coaching/{stage}/group-day", Need: need("record", "coaching-session"), Handler: p.groupDay},
		{Method: "POST", Pattern: "/cohorts/{cohort}/coaching/{stage}/sessions/{session}/settle", Need: need("close", "coaching-session"), Handler: p.settle},
	}
}

func parse[T ~string](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	if err != nil {
		return "", &fault.Error{Kind: fault.NotFound, Key: "fault.not-found", Cause: err}
	}
	return v, nil
}

// ofPath reads whose coaching an address is about; "me" is whoever asks.
func ofPath(r *http.Request) (of coaching.Of, err error) {
	if of.Cohort, err = parse[id.Cohort](r, "cohort"); err != nil {
		return of, err
	}
	of.Stage = r.PathValue("stage")
	if r.PathValue("person") == "me" {
		of.Person = actor.From(r.Context()).Person
		return of, nil
	}
	of.Person, err = parse[id.Person](r, "person")
	return of, err
}

// home is the address of the page of a participant's coaching.
func home(of coaching.Of) string {
	return "/coaching/" + string(of.Cohort) + "/" + of.Stage + "/" + string(of.Person)
}

func office(cohort id.Cohort, stage string) string {
	return "/cohorts/" + string(cohort) + "/coaching/" + stage
}

// back is where whoever acted reads on: the two on the page of her coaching, which
// is closed to the programme officer who acts for one of them.
func back(ctx context.Context, of coaching.Of) string {
	if actor.From(ctx).Grant.Role == actor.ProgrammeOfficer {
		return office(of.Cohort, of.Stage)
	}
	return home(of)
}

// names returns the display names of people, with the reader's fallback for one
// whom she may not see.
func (p pages) names(ctx context.Context, ps ...id.Person) (map[id.Person]people.Display, error) {
	var ask []id.Person
	for _, x := range ps {
		if x != "" {
			ask = append(ask, x)
		}
	}
	if len(ask) == 0 {
		return map[id.Person]people.Display{}, nil
	}
	return p.Names(ctx, ask...)
}

// door leads everyone to coaching as her role has it.
func (p pages) door(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var at []coaching.Where
	var err error
	lead := func(x coaching.Where) string {
		return home(coaching.Of{Cohort: x.Cohort, Stage: x.Stage, Person: "me"})
	}
	switch actor.From(ctx).Grant.Role {
	case actor.Coach:
		return p.mine(w, r)
	case actor.ProgrammeOfficer:
		lead = func(x coaching.Where) string { return office(x.Cohort, x.Stage) }
		at, err = p.Coaching.Overseen(ctx)
	default:
		at, err = p.Coaching.Hers(ctx)
	}
	if err != nil {
		return err
	}
	if len(at) == 1 {
		return web.See(w, r, lead(at[0]))
	}
	return web.Render(w, r, doorPage(at, lead))
}

// The coach's own list.

func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	pairs, err := p.Coaching.Mine(ctx)
	if err != nil {
		return err
	}
	open, err := p.Coaching.Calendar(ctx)
	if err != nil {
		return err
	}
	v := mineView{Sessions: open}
	ps := make([]id.Person, 0, len(pairs))
	for _, pair := range pairs {
		ps = append(ps, pair.Of.Person)
		if pair.State == coaching.Asked {
			v.Asked = append(v.Asked, pair)
		} else {
			v.Active = append(v.Active, pair)
		}
	}
	if v.Names, err = p.names(ctx, ps...); err != nil {
		return err
	}
	return web.Render(w, r, minePage(v))
}

type declaration struct {
	NotSuperior bool `form:"not-superior"`
	NotInCases  bool `form:"not-in-cases"`
}

func declareForm(of coaching.Of) ui.Form {
	return ui.NewForm("declare-"+string(of.Person), home(of)+"/declare")
}

func (p pages) declare(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[declaration](r)
	if err == nil {
		err = p.Coaching.Declare(r.Context(), web.Operation(r), coaching.DeclareInput{Of: of, NotSuperior: in.NotSuperior, NotInCases: in.NotInCases})
	}
	if err != nil {
		ns, nerr := p.names(r.Context(), of.Person)
		if nerr != nil {
			return nerr
		}
		return web.Again(w, r, err, declareForm(of), func(f ui.Form) templ.Component { return declarePage(of, ns[of.Person], f) })
	}
	return web.Done(w, r, home(of), "coaching.declared")
}

func (p pages) decline(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	if err := p.Coaching.DeclineCoaching(r.Context(), web.Operation(r), of); err != nil {
		return err
	}
	return web.Done(w, r, "/coaching", "coaching.declined")
}

// The one page.

// view is the page of a participant's coaching as it is drawn.
type view struct {
	coaching.Page
	Me    id.Person
	Names map[id.Person]people.Display
	// Forms are the forms of the page, by id; one of them may be shown again.
	Forms map[string]ui.Form
}

// she reports whether the participant herself reads.
func (v view) she() bool { return v.Me == v.Of.Person }

// The names of the forms of the page.
const (
	formTime = "time"
	formNeed = "need"
	formNote = "note"
	formGoal = "goal"
)

func (p pages) view(ctx context.Context, of coaching.Of) (view, error) {
	page, err := p.Coaching.Prepare(ctx, of)
	if err != nil {
		return view{}, err
	}
	l := i18n.From(ctx)
	v := view{Page: page, Me: actor.From(ctx).Person}
	ask := []id.Person{of.Person, page.Pairing.Coach}
	if page.Next != nil {
		ask = append(ask, page.Next.EnteredBy, page.Next.AgreedBy)
	}
	if v.Names, err = p.names(ctx, ask...); err != nil {
		return v, err
	}
	v.Forms = map[string]ui.Form{
		formTime: ui.NewForm(formTime, home(of)+"/times").With("zone", l.Prefs().Zone).With("minutes", itoa(minutesOf(page.Terms))),
		formNeed: ui.NewForm(formNeed, home(of)+"/needs"),
		formNote: ui.NewForm(formNote, home(of)+"/notes"),
		formGoal: ui.NewForm(formGoal, home(of)+"/goals"),
	}
	return v, nil
}

func (p pages) prepare(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	v, err := p.view(r.Context(), of)
	if err != nil {
		return err
	}
	return web.Render(w, r, preparePage(v))
}

// again shows the page once more, with what was typed into one of its forms.
func (p pages) again(w http.ResponseWriter, r *http.Request, of coaching.Of, form string, cause error) error {
	v, err := p.view(r.Context(), of)
	if err != nil {
		return err
	}
	return web.Again(w, r, cause, v.Forms[form], func(f ui.Form) templ.Component {
		v.Forms[form] = f
		return preparePage(v)
	})
}

func (p pages) changeCoach(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	if err := p.Coaching.ChangeCoach(r.Context(), web.Operation(r), of); err != nil {
		return err
	}
	return web.Done(w, r, back(r.Context(), of), "coaching.change-asked")
}

type timeInput struct {
	Day     string `form:"day,max=10"`
	Clock   string `form:"clock,max=5"`
	Zone    string `form:"zone,max=64"`
	Minutes int    `form:"minutes"`
	Round   string `form:"round,optional,max=64"`
}

func (p pages) propose(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[timeInput](r)
	var at civil.DateTime
	if err == nil {
		at, err = when(in.Day, in.Clock, in.Zone)
	}
	if err == nil {
		_, err = p.Coaching.Propose(r.Context(), web.Operation(r), coaching.ProposeInput{Of: of, Round: in.Round, Starts: at, Minutes: in.Minutes})
		err = renamed(err, "starts", "day")
	}
	if err != nil {
		return p.again(w, r, of, formTime, err)
	}
	return web.Done(w, r, home(of), "coaching.proposed")
}

// when reads a day and a time on the clock of a zone.
func when(day, clock, zone string) (civil.DateTime, error) {
	at, err := civil.ParseDateTime(day + "T" + clock + " " + zone)
	if err != nil {
		return at, fault.Bad("coaching.time", fault.Field{Name: "day", Key: "coaching.when"})
	}
	return at, nil
}

// renamed gives a field of a fault the name that the form has for it.
func renamed(err error, from, to string) error {
	return fault.Renamed(err, func(f fault.Field) string {
		if f.Name == from {
			return to
		}
		return f.Name
	})
}

// session makes the handler of an act on a session that asks for nothing more.
func (p pages) session(act func(*coaching.Service, context.Context, id.Operation, id.CoachingSession) error, said string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := ofPath(r)
		if err != nil {
			return err
		}
		ses, err := parse[id.CoachingSession](r, "session")
		if err == nil {
			err = act(p.Coaching, r.Context(), web.Operation(r), ses)
		}
		if err != nil {
			return err
		}
		return web.Done(w, r, back(r.Context(), of), said)
	}
}

// Closing: one form of five fields.

type closing struct {
	view
	Session coaching.Session
}

const formClose = "close"

func (p pages) loadClosing(r *http.Request) (closing, error) {
	of, err := ofPath(r)
	if err != nil {
		return closing{}, err
	}
	ses, err := parse[id.CoachingSession](r, "session")
	if err != nil {
		return closing{}, err
	}
	v, err := p.view(r.Context(), of)
	if err != nil {
		return closing{}, err
	}
	for _, s := range v.Account.Sessions {
		if s.ID == ses {
			v.Forms[formClose] = ui.NewForm(formClose, home(of)+"/sessions/"+string(ses)+"/close").
				With("outcome", string(pathway.Held)).With("minutes", itoa(s.Minutes))
			return closing{v, s}, nil
		}
	}
	return closing{}, fault.New(fault.NotFound, "coaching.session-unknown", nil)
}

func (p pages) closing(w http.ResponseWriter, r *http.Request) error {
	c, err := p.loadClosing(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, closePage(c, c.Forms[formClose]))
}

// answerPrefix is what the fields of the guide's questions are named by.
const answerPrefix = "answer-"

// decodeGuided reads a form that also holds answers to the guide's questions:
// which those are the blueprint says, so they are no fields of T.
func decodeGuided[T any](r *http.Request) (in T, answers map[string]string, err error) {
	answers = map[string]string{}
	held := url.Values{}
	for k, v := range r.PostForm {
		if q, ok := strings.CutPrefix(k, answerPrefix); ok && len(v) > 0 {
			answers[q], held[k] = v[0], v
			delete(r.PostForm, k)
		}
	}
	in, err = web.Decode[T](r)
	maps.Copy(r.PostForm, held) // the form may be shown again
	return in, answers, err
}

// unasked puts a fault about an answer that the guide does not ask for beside the
// free part: the form has no field for it.
func unasked(err error) error {
	return fault.Renamed(err, func(f fault.Field) string {
		if f.Key == "coaching.answer-unknown" {
			return "free"
		}
		return f.Name
	})
}

type closeInput struct {
	Outcome pathway.Outcome `form:"outcome"`
	Minutes int             `form:"minutes,optional"`
	Free    string          `form:"free,optional,max=4000"`
	Goal    string          `form:"goal,optional,max=2000"`
	Due     string          `form:"due,optional,max=10"`
}

func (p pages) close(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	ses, err := parse[id.CoachingSession](r, "session")
	if err != nil {
		return err
	}
	in, answers, err := decodeGuided[closeInput](r)
	var due civil.Date
	if err == nil {
		due, err = day(in.Due, "due")
	}
	if err == nil {
		err = p.Coaching.Close(r.Context(), web.Operation(r), coaching.CloseInput{
			Session: ses, Outcome: in.Outcome, Minutes: in.Minutes, Note: coaching.Text{Free: in.Free, Answers: answers},
			Goal: coaching.GoalText{What: in.Goal}, Due: due,
		})
		err = unasked(err)
	}
	if err != nil {
		c, cerr := p.loadClosing(r)
		if cerr != nil {
			return cerr
		}
		return web.Again(w, r, err, c.Forms[formClose], func(f ui.Form) templ.Component { return closePage(c, f) })
	}
	return web.Done(w, r, home(of), "coaching.closed-now")
}

type contestInput struct {
	Says pathway.Outcome `form:"says"`
}

func (p pages) contest(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	ses, err := parse[id.CoachingSession](r, "session")
	if err != nil {
		return err
	}
	in, err := web.Decode[contestInput](r)
	if err == nil {
		err = p.Coaching.Contest(r.Context(), web.Operation(r), coaching.ContestInput{Session: ses, Says: in.Says})
	}
	if err != nil {
		v, verr := p.view(r.Context(), of)
		if verr != nil {
			return verr
		}
		return web.Again(w, r, err, contestForm(of, ses), func(f ui.Form) templ.Component {
			v.Forms[f.ID] = f
			return preparePage(v)
		})
	}
	return web.Done(w, r, home(of), "coaching.contested-now")
}

func contestForm(of coaching.Of, ses id.CoachingSession) ui.Form {
	return ui.NewForm("contest-"+string(ses), home(of)+"/sessions/"+string(ses)+"/contest")
}
