package evaluationweb

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/evaluation"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

const formsPath = "/survey-forms"

// formLimit is the largest form that is taken, in bytes.
const formLimit = 256 << 10

func formFile() ui.Form {
	f := ui.NewForm("form-file", formsPath)
	f.Files = true
	return f
}

// programme is the one whose forms the officer looks after: that of her grant, or
// the one asked for.
func (p pages) programme(r *http.Request) (id.Programme, []ui.Option, error) {
	if own := actor.From(r.Context()).Grant.Scope.Programme; own != "" {
		return own, nil, nil
	}
	all, err := p.Programmes(r.Context())
	if err != nil || len(all) == 0 {
		return "", nil, err
	}
	want := r.FormValue("programme")
	for _, o := range all {
		if o.Value == want {
			return id.Programme(want), all, nil
		}
	}
	return id.Programme(all[0].Value), all, nil
}

func (p pages) forms(w http.ResponseWriter, r *http.Request) error {
	programme, choice, err := p.programme(r)
	if err != nil {
		return err
	}
	all, err := p.Evaluation.Forms(r.Context(), programme)
	if err != nil {
		return err
	}
	return web.Render(w, r, formsPage(all, choice, formFile().With("programme", string(programme)), nil))
}

type formInput struct {
	Programme string      `form:"programme,optional,max=36"`
	File      *web.Upload `form:"file,optional"`
	Text      string      `form:"text,optional,max=262144"`
}

// bringIn takes a form whole, or shows every problem beside its line with the
// text to mend it in; nothing is kept of a file that has any.
func (p pages) bringIn(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[formInput](r)
	programme, choice, perr := p.programme(r)
	if perr != nil {
		return perr
	}
	name := "text"
	if err == nil {
		if in.File != nil {
			name = "file"
		}
		in.Text, err = web.TextOf(in.File, in.Text, name, formLimit)
	}
	if err == nil {
		_, err = p.Evaluation.ImportForm(r.Context(), web.Operation(r), programme, []byte(in.Text))
	}
	if err != nil {
		all, listErr := p.Evaluation.Forms(r.Context(), programme)
		if listErr != nil {
			return listErr
		}
		var problems evaluation.Problems
		errors.As(err, &problems)
		mends := make([]ui.Mend, len(problems))
		for i, x := range problems {
			mends[i] = ui.Mend{Line: x.Line, Wrong: x.Wrong(), Right: x.Right()}
		}
		return web.Again(w, r, err, formFile(), func(f ui.Form) templ.Component {
			return formsPage(all, choice, f.With("text", in.Text), mends)
		})
	}
	to := formsPath
	if len(choice) > 0 {
		to += "?programme=" + string(programme)
	}
	return web.Done(w, r, to, "evaluation.form-in")
}
