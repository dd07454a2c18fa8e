package coachingweb

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/civil"
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

// goalForm is the form of a goal as it stands.
func goalForm(of coaching.Of, g coaching.Goal) ui.Form {
	f := ui.NewForm("goal-"+string(g.ID), home(of)+"/goals/"+string(g.ID)+"/words").
		With("goal", g.Text.What).With("evidence", g.Text.Evidence).With("due", dayOf(g.Due)).With("revision", strconv.Itoa(g.Revision))
	f.Page = home(of)
	return f
}

func dayOf(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// rewriteGoal changes the words of a goal, and by when it is to be reached.
func (p pages) rewriteGoal(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	goal, err := parse[id.Goal](r, "goal")
	if err != nil {
		return err
	}
	v, err := p.view(r.Context(), of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.Goals, func(g coaching.Goal) bool { return g.ID == goal && g.MayRewrite(v.Me) && g.Locked == nil })
	if i < 0 {
		return fault.New(fault.NotFound, "coaching.goal-unknown", nil)
	}
	in, err := web.Decode[struct {
		Goal     string `form:"goal,max=2000"`
		Evidence string `form:"evidence,optional,max=1000"`
		Due      string `form:"due,optional,max=10"`
		Revision int    `form:"revision"`
	}](r)
	var due civil.Date
	if err == nil {
		due, err = day(in.Due, "due")
	}
	if err == nil {
		err = p.Coaching.RewriteGoal(r.Context(), web.Operation(r), coaching.RewriteGoalInput{
			Goal: goal, Revision: in.Revision, Text: coaching.GoalText{What: in.Goal, Evidence: in.Evidence}, Due: due,
		})
	}
	if err == nil {
		return web.Done(w, r, home(of), "coaching.goal-changed-now")
	}
	return web.Again(w, r, err, goalForm(of, v.Goals[i]), func(f ui.Form) templ.Component { return rewriteGoalPage(of, f) })
}
