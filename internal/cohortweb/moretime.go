package cohortweb

import (
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/cohort"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

func timeForm(stage string) ui.Form {
	q := url.Values{}
	q.Set("stage", stage)
	return ui.NewForm("more-time", "/more-time?"+q.Encode())
}

// timeOf draws her page: what she asked for this stage, what was answered, and
// the form to ask.
func (p pages) timeOf(r *http.Request) (func(ui.Form) templ.Component, cohort.Detail, string, error) {
	stage := r.URL.Query().Get("stage")
	d, err := p.current(r)
	if err != nil {
		return nil, d, stage, err
	}
	asked, err := p.Cohort.MoreTimeAsked(r.Context(), d.Cohort.ID, stage)
	if err != nil {
		return nil, d, stage, err
	}
	return func(f ui.Form) templ.Component { return timePage(d, stage, asked, f) }, d, stage, nil
}

func (p pages) moreTime(w http.ResponseWriter, r *http.Request) error {
	page, _, stage, err := p.timeOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(timeForm(stage)))
}

type timeInput struct {
	Note string `form:"note,optional,max=1000"`
}

func (p pages) askTime(w http.ResponseWriter, r *http.Request) error {
	page, d, stage, err := p.timeOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[timeInput](r)
	if err == nil {
		_, err = p.Cohort.AskMoreTime(r.Context(), web.Operation(r), cohort.Asking{Cohort: d.Cohort.ID, Stage: stage, Words: in.Note})
	}
	if err != nil {
		return web.Again(w, r, err, timeForm(stage), page)
	}
	return web.Done(w, r, timeForm(stage).Action, "cohort.done.time")
}

func requestPath(q id.TimeRequest) string { return "/time-requests/" + string(q) }

// timeAsk is a question for more time that waits, and who asks.
type timeAsk struct {
	cohort.TimeRequest
	who people.Display
}

// timeAsks lists who waits for an answer.
func (p pages) timeAsks(r *http.Request, c id.Cohort) ([]timeAsk, error) {
	all, err := p.Cohort.TimeRequests(r.Context(), c)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ps := make([]id.Person, len(all))
	for i, q := range all {
		ps[i] = q.Person
	}
	names, err := p.Cohort.Names(r.Context(), c, lang(r), ps...)
	out := make([]timeAsk, len(all))
	for i, q := range all {
		out[i] = timeAsk{q, names[q.Person]}
	}
	return out, err
}

// timeView is what whoever answers has before her.
type timeView struct {
	timeAsk
	nomination id.Nomination
	cohort     cohort.Cohort
	plan       *programme.Blueprint
	due        time.Time // of the stage, as it stands for her
	state      string
}

func (p pages) timeView(r *http.Request) (v timeView, err error) {
	q, err := parse[id.TimeRequest](r, "request")
	if err != nil {
		return v, err
	}
	ctx := r.Context()
	if v.TimeRequest, v.nomination, err = p.Cohort.TimeRequest(ctx, q); err != nil {
		return v, err
	}
	d, err := p.Cohort.Nomination(ctx, v.nomination, lang(r))
	if err != nil {
		return v, err
	}
	v.cohort, v.plan, v.who = d.Cohort, d.Plan, d.Who
	s, b, err := p.Pathway.Standing(ctx, v.Person, v.Cohort)
	if err != nil {
		return v, err
	}
	say := pathway.Speak(i18n.From(ctx), b)
	for _, st := range s.Stages {
		if string(st.Key) == v.Stage {
			v.due, v.state = st.Due, say.State(st)
		}
	}
	return v, nil
}

// timeForms are the two answers that can be given: the one that was sent stands
// for itself.
func timeForms(q id.TimeRequest, sent ui.Form) (yes, no ui.Form) {
	yes = formFor(sent, "agree", requestPath(q)).With("answer", "yes")
	return yes, formFor(sent, "refuse", requestPath(q)).With("answer", "no")
}

func (p pages) timeAsked(w http.ResponseWriter, r *http.Request) error {
	v, err := p.timeView(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, timeAskedPage(v, ui.Form{}))
}

type timeAnswerInput struct {
	Answer string `form:"answer"`
	Date   string `form:"until,optional,max=10"`
	Cause  string `form:"cause,max=20"`
	Reply  string `form:"reply,optional,max=1000"`
}

func (p pages) answerTime(w http.ResponseWriter, r *http.Request) error {
	v, err := p.timeView(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[timeAnswerInput](r)
	if err == nil {
		a := cohort.TimeAnswer{Request: v.ID, Agreed: in.Answer == "yes", Cause: in.Cause, Reply: in.Reply}
		if a.Agreed {
			a.Until, err = momentOf(in.Date, "", v.cohort.Zone, "until")
		}
		if err == nil {
			err = p.Cohort.AnswerTime(r.Context(), web.Operation(r), a)
		}
	}
	if err != nil {
		name := "refuse"
		if r.PostFormValue("answer") == "yes" {
			name = "agree"
		}
		return web.Again(w, r, err, ui.NewForm(name, requestPath(v.ID)), func(f ui.Form) templ.Component { return timeAskedPage(v, f) })
	}
	return web.Done(w, r, cohortPath(v.Cohort)+"/doubts", "cohort.done.time-answered")
}
