package evaluationweb

import (
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/evaluation"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

func followedPath(c id.Cohort, stage string) string {
	return "/cohorts/" + string(c) + "/follow-ups/" + stage
}

func paperPath(s id.Survey) string { return "/surveys/" + string(s) + "/paper" }

// followed lists whom to ring about a follow-up, and who has answered.
func (p pages) followed(w http.ResponseWriter, r *http.Request) error {
	cohort, err := cohortOf(r)
	if err != nil {
		return err
	}
	stage, all, err := p.Evaluation.Followed(r.Context(), cohort, r.PathValue("stage"))
	if err != nil {
		return err
	}
	who := make([]id.Person, len(all))
	for i, f := range all {
		who[i] = f.Person
	}
	names, err := p.Names(r.Context(), who)
	if err != nil {
		return err
	}
	return web.Render(w, r, followedPage(cohort, stage, all, names))
}

// hers is a participant's answer as somebody else enters it.
type hers struct {
	cohort id.Cohort
	person id.Person
	name   string
	stage  *programme.Stage
	old    *evaluation.FollowUp
}

func (h hers) path() string { return followedPath(h.cohort, string(h.stage.Key)) }

// form is her answer as it stands. On what basis it is entered is for whoever enters
// it to say.
func (h hers) form() ui.Form { return followUpFilled(h.path()+"/"+string(h.person), h.old) }

func (p pages) hers(r *http.Request) (hers, error) {
	var h hers
	var err error
	if h.cohort, err = cohortOf(r); err != nil {
		return h, err
	}
	if h.person, err = parse[id.Person](r, "person"); err != nil {
		return h, err
	}
	if h.stage, h.old, err = p.Evaluation.FollowUpOf(r.Context(), h.cohort, r.PathValue("stage"), h.person); err != nil {
		return h, err
	}
	h.name, err = p.Name(r.Context(), h.person)
	return h, err
}

func (p pages) followUpFor(w http.ResponseWriter, r *http.Request) error {
	h, err := p.hers(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, followUpForPage(h, h.form()))
}

// enterFollowUp keeps what a participant said by telephone or on paper.
func (p pages) enterFollowUp(w http.ResponseWriter, r *http.Request) error {
	h, err := p.hers(r)
	if err != nil {
		return err
	}
	in := followUpInput(r, h.cohort, string(h.stage.Key))
	in.Person, in.Basis = h.person, pathway.Basis(r.PostFormValue("basis"))
	if _, err := p.Evaluation.AnswerFollowUp(r.Context(), web.Operation(r), in); err != nil {
		return web.Again(w, r, err, h.form(), func(f ui.Form) templ.Component { return followUpForPage(h, f) })
	}
	return web.Done(w, r, h.path(), "evaluation.entered-for-her")
}

// paper is a survey's sheets with the names of those who may have handed one in.
type paper struct {
	evaluation.Sheets
	names map[id.Person]string
}

func (p pages) paper(r *http.Request) (paper, error) {
	sid, err := parse[id.Survey](r, "survey")
	if err != nil {
		return paper{}, err
	}
	v := paper{}
	if v.Sheets, err = p.Evaluation.Sheets(r.Context(), sid); err != nil {
		return v, err
	}
	v.names, err = p.Names(r.Context(), v.Open)
	return v, err
}

func (v paper) sheetForm() ui.Form { return ui.NewForm("sheet", paperPath(v.Survey.ID)) }

func (v paper) handForm() ui.Form {
	return ui.NewForm("handed-in", "/surveys/"+string(v.Survey.ID)+"/handed-in")
}

func (v paper) people() []ui.Option {
	out := make([]ui.Option, len(v.Open))
	for i, p := range v.Open {
		out[i] = ui.Option{Value: string(p), Label: v.names[p]}
	}
	return out
}

func (p pages) sheets(w http.ResponseWriter, r *http.Request) error {
	v, err := p.paper(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, sheetsPage(v, v.handForm(), v.sheetForm()))
}

func (p pages) handIn(w http.ResponseWriter, r *http.Request) error {
	sid, err := parse[id.Survey](r, "survey")
	if err != nil {
		return err
	}
	var who []id.Person
	for _, s := range r.PostForm["people"] {
		one, err := id.Parse[id.Person](s)
		if err != nil {
			continue // no form of ours sends it; those who are meant must be there
		}
		who = append(who, one)
	}
	if err := p.Evaluation.HandIn(r.Context(), web.Operation(r), sid, who); err != nil {
		v, verr := p.paper(r)
		if verr != nil {
			return verr
		}
		return web.Again(w, r, err, v.handForm(), func(f ui.Form) templ.Component { return sheetsPage(v, f, v.sheetForm()) })
	}
	return web.Done(w, r, paperPath(sid), "evaluation.handed-in")
}

func (p pages) enterSheet(w http.ResponseWriter, r *http.Request) error {
	sid, err := parse[id.Survey](r, "survey")
	if err != nil {
		return err
	}
	if err := p.Evaluation.EnterSheet(r.Context(), web.Operation(r), sid, answersIn(r)); err != nil {
		v, verr := p.paper(r)
		if verr != nil {
			return verr
		}
		return web.Again(w, r, prefixed(err), v.sheetForm(), func(f ui.Form) templ.Component { return sheetsPage(v, v.handForm(), f) })
	}
	return web.Done(w, r, paperPath(sid), "evaluation.sheet-entered")
}
