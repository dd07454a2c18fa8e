package coachingweb

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/coaching"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// noteForm is the form of a note as it stands.
func noteForm(of coaching.Of, n coaching.Note) ui.Form {
	f := ui.NewForm("note-"+string(n.ID), home(of)+"/notes/"+string(n.ID)).
		With("free", n.Text.Free).With("revision", strconv.Itoa(n.Revision))
	f.Page = home(of)
	return f
}

// rewrite changes the free words of a note of one's own; answers to the guide's
// questions stay as they are. What stood there before is gone.
func (p pages) rewrite(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	note, err := parse[id.Note](r, "note")
	if err != nil {
		return err
	}
	v, err := p.view(r.Context(), of)
	if err != nil {
		return err
	}
	all := slices.Concat(v.Needs, v.Notes)
	i := slices.IndexFunc(all, func(n coaching.Note) bool { return n.ID == note && n.Author == v.Me && n.Locked == nil })
	if i < 0 {
		return fault.New(fault.NotFound, "coaching.note-unknown", nil)
	}
	n := all[i]
	in, err := web.Decode[struct {
		Free     string `form:"free,optional,max=4000"`
		Revision int    `form:"revision"`
	}](r)
	if err == nil {
		text := coaching.Text{Free: in.Free, Answers: n.Text.Answers}
		err = p.Coaching.Rewrite(r.Context(), web.Operation(r), coaching.RewriteInput{Note: note, Revision: in.Revision, Text: text})
	}
	if err == nil {
		return web.Done(w, r, home(of), "coaching.note-changed-now")
	}
	return web.Again(w, r, err, noteForm(of, n), func(f ui.Form) templ.Component { return rewritePage(of, f) })
}
