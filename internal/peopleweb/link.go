package peopleweb

import (
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

const supervisorPath = "/my-supervisor"

func linkForm() ui.Form { return ui.NewForm("link", supervisorPath) }

// linkView is whom a participant has linked, and whom she may.
type linkView struct {
	link    *people.Link // nil for nobody
	name    people.Display
	choices []ui.Option
}

func (p pages) linkView(r *http.Request) (v linkView, err error) {
	ctx := r.Context()
	if v.link, err = p.People.LinkOf(ctx, actor.From(ctx).Person); err != nil {
		return v, err
	}
	if v.link != nil {
		names, err := p.People.Staff(ctx, v.link.Supervisor)
		if err != nil {
			return v, err
		}
		v.name = names[v.link.Supervisor]
	}
	v.choices, err = p.Supervisors(ctx)
	return v, err
}

// supervisor is where a participant agrees to be linked to her line manager, and
// takes it back.
func (p pages) supervisor(w http.ResponseWriter, r *http.Request) error {
	v, err := p.linkView(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, supervisorPage(v, linkForm()))
}

type linkInput struct {
	Supervisor id.Person `form:"supervisor"`
	Agree      bool      `form:"agree"`
}

func (p pages) agreeLink(w http.ResponseWriter, r *http.Request) error {
	v, err := p.linkView(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[linkInput](r)
	if err == nil {
		err = p.agree(r, v, in)
	}
	if err != nil {
		return web.Again(w, r, err, linkForm(), func(f ui.Form) templ.Component { return supervisorPage(v, f) })
	}
	return web.Done(w, r, supervisorPath, "people.link-made")
}

// agree links her to one of those she was offered, and to nobody else.
func (p pages) agree(r *http.Request, v linkView, in linkInput) error {
	offered := false
	for _, o := range v.choices {
		offered = offered || o.Value == string(in.Supervisor)
	}
	var fields []fault.Field
	if !offered {
		fields = append(fields, fault.Field{Name: "supervisor", Key: "fault.choose"})
	}
	if !in.Agree {
		fields = append(fields, fault.Field{Name: "agree", Key: "people.link-agree-first"})
	}
	if len(fields) > 0 {
		return fault.Bad("people.mend", fields...)
	}
	return p.People.AgreeLink(r.Context(), web.Operation(r), in.Supervisor)
}

func (p pages) endLink(w http.ResponseWriter, r *http.Request) error {
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if err := p.People.EndLink(r.Context(), web.Operation(r), actor.From(r.Context()).Person); err != nil {
		return err
	}
	return web.Done(w, r, supervisorPath, "people.link-gone")
}

// endHerLink is staff ending a link that does harm.
func (p pages) endHerLink(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if err := p.People.EndLink(r.Context(), web.Operation(r), her); err != nil {
		return err
	}
	return web.Done(w, r, back(r, her), "people.link-gone")
}
