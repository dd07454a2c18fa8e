package assessweb

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/assess"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

const filesPath = "/test-files"

// fileLimit is the largest item file that is taken, in bytes.
const fileLimit = 1 << 20

func fileForm() ui.Form {
	f := ui.NewForm("test-file", filesPath)
	f.Files = true
	return f
}

// files lists the tests that there are, and takes another.
func (h handler) files(w http.ResponseWriter, r *http.Request) error {
	a := actor.From(r.Context())
	if err := access.Allow(a, access.Import, access.Here(a, access.Test)); err != nil {
		return err // trainers run tests, and read them where they are run
	}
	all, err := h.Tests.Tests(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, filesPage(all, fileForm(), nil))
}

type fileInput struct {
	File *web.Upload `form:"file,optional"`
	Text string      `form:"text,optional,max=1048576"`
}

// bringIn takes an item file whole, or shows every problem beside its line with
// the text to mend it in; nothing is kept of a file that has any.
func (h handler) bringIn(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[fileInput](r)
	name, out := "text", assess.Imported{}
	if err == nil {
		if in.File != nil {
			name = "file"
		}
		in.Text, err = web.TextOf(in.File, in.Text, name, fileLimit)
	}
	if err == nil {
		out, err = h.Tests.Import(r.Context(), web.Operation(r), assess.Import{
			Programme: actor.From(r.Context()).Grant.Scope.Programme, File: "test", Data: []byte(in.Text),
		})
	}
	if err != nil {
		all, listErr := h.Tests.Tests(r.Context())
		if listErr != nil {
			return listErr
		}
		var problems assess.Problems
		errors.As(err, &problems)
		mends := make([]ui.Mend, len(problems))
		for i, p := range problems {
			mends[i] = ui.Mend{Line: p.Line, Wrong: p.Wrong(), Right: p.Right()}
		}
		return web.Again(w, r, err, fileForm(), func(f ui.Form) templ.Component {
			return filesPage(all, f.With("text", in.Text), mends)
		})
	}
	key := "assess.brought-in"
	if out.Unchanged {
		key = "assess.file-unchanged"
	}
	return web.Done(w, r, filesPath, key)
}
