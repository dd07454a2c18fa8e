package evaluationweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/evaluation"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/web"
	"cadre/internal/web/ui"

	"github.com/a-h/templ"
)

// Deps are what the pages need.
type Deps struct {
	Evaluation *evaluation.Service
	// Name returns how a person is called on screen.
	Name func(ctx context.Context, p id.Person) (string, error)
	// Names says how people are called on screen.
	Names func(ctx context.Context, ps []id.Person) (map[id.Person]string, error)
	// Zone is the programme office's time zone, in which closing dates are meant.
	Zone string
	// Programmes lists those whose forms the actor may look after, to choose from.
	Programmes func(ctx context.Context) ([]ui.Option, error)
}

type pages struct{ Deps }

// Routes returns the routes of this package.
func Routes(d Deps) []web.Route {
	p := pages{d}
	need := func(verb, kind string) web.Need { return web.Need{Verb: verb, Kind: kind} }
	return []web.Route{
		{Method: "GET", Pattern: "/cohorts/{cohort}/feedback", Need: need("read", "form"), Handler: p.mine},
		{Method: "POST", Pattern: "/surveys/{survey}/begin", Need: need("read", "form"), Handler: p.begin},
		{Method: "POST", Pattern: "/surveys/{survey}/answer", Need: web.Public, Handler: p.answer},
		{Method: "GET", Pattern: "/thanks", Need: web.Public, Handler: p.thanks},
		{Method: "GET", Pattern: "/cohorts/{cohort}/testimonial", Need: need("read", "testimonial"), Handler: p.testimonial},
		{Method: "POST", Pattern: "/cohorts/{cohort}/testimonial", Need: need("create", "testimonial"), Handler: p.giveTestimonial},
		{Method: "POST", Pattern: "/cohorts/{cohort}/testimonial/withdraw", Need: need("withdraw", "testimonial"), Handler: p.withdraw},
		{Method: "GET", Pattern: "/cohorts/{cohort}/follow-up/{stage}", Need: need("answer", "follow-up"), Handler: p.followUp},
		{Method: "POST", Pattern: "/cohorts/{cohort}/follow-up/{stage}", Need: need("answer", "follow-up"), Handler: p.answerFollowUp},
		{Method: "GET", Pattern: "/cohorts/{cohort}/follow-ups/{stage}", Need: need("list", "follow-up"), Handler: p.followed},
		{Method: "GET", Pattern: "/cohorts/{cohort}/follow-ups/{stage}/{person}", Need: need("record", "follow-up"), Handler: p.followUpFor},
		{Method: "POST", Pattern: "/cohorts/{cohort}/follow-ups/{stage}/{person}", Need: need("record", "follow-up"), Handler: p.enterFollowUp},
		{Method: "GET", Pattern: "/surveys/{survey}/paper", Need: need("record", "answer"), Handler: p.sheets},
		{Method: "POST", Pattern: "/surveys/{survey}/paper", Need: need("record", "answer"), Handler: p.enterSheet},
		{Method: "POST", Pattern: "/surveys/{survey}/handed-in", Need: need("record", "answer"), Handler: p.handIn},
		{Method: "GET", Pattern: "/cohorts/{cohort}/surveys", Need: need("read", "results"), Handler: p.asked},
		{Method: "POST", Pattern: "/cohorts/{cohort}/surveys", Need: need("create", "form"), Handler: p.open},
		{Method: "GET", Pattern: "/surveys/{survey}", Need: need("read", "results"), Handler: p.results},
		{Method: "GET", Pattern: "/cohorts/{cohort}/testimonials", Need: need("list", "testimonial"), Handler: p.testimonials},
		{Method: "GET", Pattern: formsPath, Need: need("import", "form"), Handler: p.forms},
		{Method: "POST", Pattern: formsPath, Need: need("import", "form"), Handler: p.bringIn, Upload: formLimit + 4096},
		{Method: "GET", Pattern: "/use-at-work", Need: need("confirm", "follow-up"), Handler: p.linked},
		{Method: "POST", Pattern: "/use-at-work", Need: need("confirm", "follow-up"), Handler: p.confirm},
	}
}

func cohortOf(r *http.Request) (id.Cohort, error) { return parse[id.Cohort](r, "cohort") }

func parse[T ~string](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	if err != nil {
		return "", &fault.Error{Kind: fault.NotFound, Cause: err}
	}
	return v, nil
}

func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	turns, err := p.Evaluation.Mine(r.Context(), cohort)
	if err != nil {
		return err
	}
	return web.Render(w, r, minePage(cohort, turns))
}

// begin answers with the form itself, so that the token stands in no address.
func (p pages) begin(w http.ResponseWriter, r *http.Request) error {
	sid, err := parse[id.Survey](r, "survey")
	if err != nil {
		return err
	}
	token, sv, err := p.Evaluation.Begin(r.Context(), sid)
	if err != nil {
		return err
	}
	return web.Render(w, r, surveyPage(sv, surveyForm(sv).With("survey-token", token)))
}

func surveyForm(sv *evaluation.Survey) ui.Form {
	return ui.NewForm("survey", "/surveys/"+string(sv.ID)+"/answer")
}

const answerPrefix = "q-"

func answersIn(r *http.Request) evaluation.Answers {
	in := evaluation.Answers{}
	for k, v := range r.PostForm {
		if q, ok := strings.CutPrefix(k, answerPrefix); ok && len(v) > 0 {
			in[q] = strings.TrimSpace(v[0])
		}
	}
	return in
}

func (p pages) answer(w http.ResponseWriter, r *http.Request) error {
	sid, err := parse[id.Survey](r, "survey")
	if err != nil {
		return err
	}
	in := answersIn(r)
	token := r.PostFormValue("survey-token")
	err = p.Evaluation.Answer(r.Context(), web.Operation(r), token, in)
	if err == nil {
		return web.See(w, r, "/thanks")
	}
	sv, serr := p.Evaluation.Asking(r.Context(), sid, token)
	if serr != nil {
		return err // the token is used, or was never given: what went wrong first says it
	}
	return web.Again(w, r, prefixed(err), surveyForm(sv), func(f ui.Form) templ.Component { return surveyPage(sv, f) })
}

// prefixed gives the fields of a fault the names that the form has for them.
func prefixed(err error) error {
	return fault.Renamed(err, func(f fault.Field) string { return answerPrefix + f.Name })
}

func (p pages) thanks(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, thanksPage())
}

func testimonialForm(cohort id.Cohort, t *evaluation.Testimonial) ui.Form {
	f := ui.NewForm("testimonial", "/cohorts/"+string(cohort)+"/testimonial")
	if t == nil || t.State != evaluation.Given {
		f = f.With("scope", string(evaluation.WithinProgramme)).With("named", "no")
		if t != nil {
			f = f.With("revision", itoa(t.Revision))
		}
		return f
	}
	f = f.With("words", t.Words).With("scope", string(t.Scope)).With("revision", itoa(t.Revision)).With("named", yesNo(t.Named))
	if !t.Until.IsZero() {
		f = f.With("until", t.Until.Format(time.DateOnly))
	}
	return f
}

func (p pages) testimonial(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	t, err := p.Evaluation.MyTestimonial(r.Context(), cohort)
	if err != nil {
		return err
	}
	return web.Render(w, r, testimonialPage(cohort, t, testimonialForm(cohort, t)))
}

type testimonialInput struct {
	Words    string           `form:"words,max=3000"`
	Scope    evaluation.Scope `form:"scope"`
	Named    string           `form:"named"`
	Until    string           `form:"until,optional,max=10"`
	Revision int64            `form:"revision,optional"`
}

func (p pages) giveTestimonial(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[testimonialInput](r)
	var until time.Time
	if err == nil && in.Until != "" {
		until, err = endOfDay(in.Until, p.Zone, "until")
	}
	if err == nil {
		_, err = p.Evaluation.GiveTestimonial(r.Context(), web.Operation(r), evaluation.TestimonialInput{
			Cohort: cohort, Words: in.Words, Lang: i18n.From(r.Context()).Lang(), Scope: in.Scope,
			Named: in.Named == "yes", Until: until, Revision: in.Revision,
		})
	}
	if err != nil {
		t, terr := p.Evaluation.MyTestimonial(r.Context(), cohort)
		if terr != nil {
			return terr
		}
		return web.Again(w, r, err, testimonialForm(cohort, t), func(f ui.Form) templ.Component { return testimonialPage(cohort, t, f) })
	}
	return web.Done(w, r, "/cohorts/"+string(cohort)+"/testimonial", "evaluation.testimonial-kept")
}

// endOfDay is the first instant after a civil date in zone.
func endOfDay(s, zone, field string) (time.Time, error) {
	bad := func(cause error) error {
		return &fault.Error{Kind: fault.Invalid, Key: "fault.invalid", Cause: cause, Fields: []fault.Field{{Name: field, Key: "evaluation.field-date"}}}
	}
	d, err := civil.ParseDate(s)
	if err != nil {
		return time.Time{}, bad(err)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, err
	}
	return d.End(loc).UTC(), nil
}

type withdrawInput struct {
	Person id.Person `form:"person,optional"`
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[withdrawInput](r)
	if err != nil {
		return err
	}
	to := "/cohorts/" + string(cohort) + "/testimonials"
	if in.Person == "" {
		in.Person = actor.From(r.Context()).Person
		to = "/cohorts/" + string(cohort) + "/testimonial"
	}
	if err := p.Evaluation.WithdrawTestimonial(r.Context(), web.Operation(r), cohort, in.Person); err != nil {
		return err
	}
	return web.Done(w, r, to, "evaluation.testimonial-gone")
}

func followUpForm(cohort id.Cohort, stage string, f *evaluation.FollowUp) ui.Form {
	return followUpFilled("/cohorts/"+string(cohort)+"/follow-up/"+stage, f)
}

// followUpFilled is the form that goes to an address, with what was answered.
func followUpFilled(to string, f *evaluation.FollowUp) ui.Form {
	form := ui.NewForm("follow-up", to)
	form.Page = to
	if f == nil {
		return form.With("revision", "0")
	}
	form = form.With("revision", itoa(f.Revision))
	if f.Use == "" {
		return form
	}
	form = form.With("use", string(f.Use)).With("obstacles", f.Obstacles...).With("in-post", yesNo(f.InPost))
	for k, v := range f.Words {
		form = form.With(answerPrefix+k, v)
	}
	return form
}

func (p pages) followUp(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	stage, f, err := p.Evaluation.MyFollowUp(r.Context(), cohort, r.PathValue("stage"))
	if err != nil {
		return err
	}
	return web.Render(w, r, followUpPage(cohort, stage, f, followUpForm(cohort, string(stage.Key), f)))
}

// followUpInput reads an answer to a follow-up stage, without whose and how it came.
func followUpInput(r *http.Request, cohort id.Cohort, stage string) evaluation.FollowUpInput {
	in := evaluation.FollowUpInput{
		Cohort: cohort, Stage: stage, Use: evaluation.Use(r.PostFormValue("use")), Obstacles: r.PostForm["obstacles"],
		InPost: r.PostFormValue("in-post") == "yes", Words: map[string]string{},
	}
	var err error
	if in.Revision, err = strconv.Atoi(r.PostFormValue("revision")); err != nil {
		in.Revision = -1 // of nothing that ever stood: it is shown what stands
	}
	for k, v := range r.PostForm {
		if q, ok := strings.CutPrefix(k, answerPrefix); ok && len(v) > 0 && strings.TrimSpace(v[0]) != "" {
			in.Words[q] = strings.TrimSpace(v[0])
		}
	}
	return in
}

func (p pages) answerFollowUp(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	key := r.PathValue("stage")
	in := followUpInput(r, cohort, key)
	in.Basis = pathway.OwnAct
	if _, err = p.Evaluation.AnswerFollowUp(r.Context(), web.Operation(r), in); err != nil {
		stage, f, ferr := p.Evaluation.MyFollowUp(r.Context(), cohort, key)
		if ferr != nil {
			return ferr
		}
		return web.Again(w, r, err, followUpForm(cohort, key, f), func(form ui.Form) templ.Component {
			return followUpPage(cohort, stage, f, form)
		})
	}
	return web.Done(w, r, "/", "evaluation.follow-up-kept")
}

func openForm(cohort id.Cohort) ui.Form {
	return ui.NewForm("open-survey", "/cohorts/"+string(cohort)+"/surveys")
}

func (p pages) askedPage(r *http.Request, cohort id.Cohort) (func(ui.Form) templ.Component, error) {
	a, err := p.Evaluation.Asked(r.Context(), cohort)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return askedPage(cohort, a, f) }, nil
}

func (p pages) asked(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	page, err := p.askedPage(r, cohort)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(openForm(cohort)))
}

type openInput struct {
	Form   string `form:"survey-form,max=40"`
	Stage  string `form:"stage,max=60"`
	Closes string `form:"closes,max=10"`
}

func (p pages) open(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[openInput](r)
	var closes time.Time
	if err == nil {
		closes, err = endOfDay(in.Closes, p.Zone, "closes")
	}
	if err == nil {
		_, err = p.Evaluation.OpenSurvey(r.Context(), web.Operation(r), evaluation.OpenInput{
			Cohort: cohort, Form: in.Form, Stage: in.Stage, Closes: closes,
		})
	}
	if err != nil {
		page, perr := p.askedPage(r, cohort)
		if perr != nil {
			return perr
		}
		return web.Again(w, r, err, openForm(cohort), page)
	}
	return web.Done(w, r, "/cohorts/"+string(cohort)+"/surveys", "evaluation.survey-asked")
}

func (p pages) results(w http.ResponseWriter, r *http.Request) error {
	sid, err := parse[id.Survey](r, "survey")
	if err != nil {
		return err
	}
	res, err := p.Evaluation.Results(r.Context(), sid)
	if err != nil {
		return err
	}
	return web.Render(w, r, resultsPage(res))
}

func (p pages) testimonials(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	scope := evaluation.Scope(r.URL.Query().Get("scope"))
	if !slices.Contains(evaluation.Scopes(), scope) {
		scope = evaluation.WithinProgramme
	}
	all, err := p.Evaluation.Testimonials(r.Context(), cohort, scope)
	if err != nil {
		return err
	}
	names := map[id.Person]string{}
	for _, t := range all {
		if t.Named {
			if names[t.Person], err = p.Name(r.Context(), t.Person); err != nil {
				return err
			}
		}
	}
	return web.Render(w, r, testimonialsPage(cohort, scope, all, names))
}

func (p pages) linked(w http.ResponseWriter, r *http.Request) error {
	page, err := p.linkedPage(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, page)
}

func (p pages) linkedPage(r *http.Request) (templ.Component, error) {
	due, err := p.Evaluation.ToConfirm(r.Context())
	if err != nil {
		return nil, err
	}
	names := map[id.Person]string{}
	for _, d := range due {
		if names[d.Person], err = p.Name(r.Context(), d.Person); err != nil {
			return nil, err
		}
	}
	return linkedPage(due, names), nil
}

type confirmInput struct {
	Cohort id.Cohort      `form:"cohort"`
	Stage  string         `form:"stage,max=60"`
	Person id.Person      `form:"person"`
	Use    evaluation.Use `form:"use"`
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[confirmInput](r)
	if err != nil {
		return err
	}
	if err := p.Evaluation.ConfirmUse(r.Context(), web.Operation(r), in.Cohort, in.Stage, in.Person, in.Use); err != nil {
		return err
	}
	return web.Done(w, r, "/use-at-work", "evaluation.use-kept")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
