package workshopweb

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
	"cadre/internal/workshop"
)

// contestForm begins with what she said last, if it still waits for an answer.
func contestForm(o workshop.Own) ui.Form {
	f := ui.NewForm("contest", registerPath(o.ID)+"/contest")
	if c := o.Contest; c != nil && c.Answer == workshop.Unanswered {
		f = f.With("verdict", string(c.Says)).With("mode", string(c.Mode)).With("words", c.Words)
		if c.Says == workshop.Part {
			f = f.With("minutes", strconv.Itoa(c.Minutes))
		}
	}
	return f
}

// editContest is where a participant says that her attendance is recorded wrongly.
func (p pages) editContest(w http.ResponseWriter, r *http.Request) error {
	o, err := p.own(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, contestPage(o, contestForm(o)))
}

func (p pages) own(r *http.Request) (workshop.Own, error) {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return workshop.Own{}, err
	}
	return p.Workshop.Own(r.Context(), reg)
}

func (p pages) contest(w http.ResponseWriter, r *http.Request) error {
	o, err := p.own(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[saidInput](r)
	if err == nil {
		_, err = p.Workshop.Contest(r.Context(), web.Operation(r), workshop.Contesting{Mark: in.of(o.ID, ""), Words: in.Words})
	}
	if err != nil {
		return web.Again(w, r, err, contestForm(o), func(f ui.Form) templ.Component { return contestPage(o, f) })
	}
	return web.Done(w, r, registerPath(o.ID)+"/contest", "workshop.done-contested")
}

func decidePath(c id.Contest) string { return "/contests/" + string(c) }

// decideForms are the two answers to a contest: the one that was sent stands for
// itself.
func decideForms(c workshop.OneContest, sent ui.Form) (mend, stands ui.Form) {
	mend = ui.NewForm("mend", decidePath(c.ID)).With("verdict", string(c.Says)).With("mode", string(c.Mode))
	if c.Says == workshop.Part {
		mend = mend.With("minutes", strconv.Itoa(c.Minutes))
	}
	stands = ui.NewForm("stands", decidePath(c.ID))
	switch sent.ID {
	case mend.ID:
		mend = sent
	case stands.ID:
		stands = sent
	}
	return mend.With("answer", string(workshop.Corrected)), stands.With("answer", string(workshop.Stands))
}

func (p pages) contested(r *http.Request) (workshop.OneContest, error) {
	c, err := pathID[id.Contest](r, "contest")
	if err != nil {
		return workshop.OneContest{}, err
	}
	return p.Workshop.Contested(r.Context(), c)
}

func (p pages) editDecision(w http.ResponseWriter, r *http.Request) error {
	c, err := p.contested(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, decidePage(c, ui.Form{}))
}

// saidInput is what a half-day was, by her or by whoever decides.
type saidInput struct {
	Verdict workshop.Verdict `form:"verdict,optional"`
	From    string           `form:"from,optional,max=8"`
	Minutes int              `form:"minutes,optional"`
	Mode    workshop.Mode    `form:"mode,optional"`
	Words   string           `form:"words,optional,max=1000"`
	Answer  workshop.Answer  `form:"answer,optional"`
	Reply   string           `form:"reply,optional,max=1000"`
}

func (in saidInput) of(reg id.Register, person id.Person) workshop.Mark {
	return markInput{Verdict: in.Verdict, From: in.From, Minutes: in.Minutes, Mode: in.Mode}.of(reg, person)
}

func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	c, err := p.contested(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[saidInput](r)
	if err == nil {
		err = p.Workshop.Decide(r.Context(), web.Operation(r), workshop.Deciding{
			Contest: c.ID, Answer: in.Answer, Mark: in.of(c.Register, c.Person), Reply: in.Reply,
		})
	}
	if err != nil {
		name := "stands"
		if in.Answer == workshop.Corrected {
			name = "mend"
		}
		return web.Again(w, r, err, ui.NewForm(name, decidePath(c.ID)), func(f ui.Form) templ.Component { return decidePage(c, f) })
	}
	return web.Done(w, r, weekPath(c.Half.Cohort, c.Half.Stage)+"/attendance", "workshop.done-decided")
}
