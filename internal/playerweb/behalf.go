package playerweb

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

func behalfPath(c id.Cohort) string { return "/cohorts/" + string(c) + "/certificates/new" }

func behalfForm(c id.Cohort) ui.Form {
	f := ui.NewForm("behalf", behalfPath(c))
	f.Files = true
	return f
}

// behalfView is what staff choose from when they enter a certificate for somebody.
type behalfView struct {
	cohort          id.Cohort
	people, modules []ui.Option
}

func (h handler) behalfView(r *http.Request) (v behalfView, err error) {
	if v.cohort, err = parse[id.Cohort](r, "cohort"); err != nil {
		return v, err
	}
	ctx := r.Context()
	ps, err := h.Participants(ctx, v.cohort)
	if err != nil {
		return v, err
	}
	names, err := h.Names(ctx, ps)
	if err != nil {
		return v, err
	}
	for _, p := range ps {
		v.people = append(v.people, ui.Option{Value: string(p), Label: names[p]})
	}
	slices.SortFunc(v.people, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	keys, err := h.Modules(ctx, v.cohort)
	for _, k := range keys {
		v.modules = append(v.modules, ui.Option{Value: k, Label: k})
	}
	return v, err
}

// behalf is where staff enter a certificate that somebody handed them on paper.
func (h handler) behalf(w http.ResponseWriter, r *http.Request) error {
	v, err := h.behalfView(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, behalfPage(v, behalfForm(v.cohort)))
}

type behalfInput struct {
	Person id.Person   `form:"person"`
	Module string      `form:"module,max=64"`
	Issuer string      `form:"issuer,max=200"`
	On     string      `form:"on,optional,max=10"`
	Paper  bool        `form:"paper"`
	Scan   *web.Upload `form:"scan,optional"`
}

func (h handler) enterBehalf(w http.ResponseWriter, r *http.Request) error {
	v, err := h.behalfView(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[behalfInput](r)
	if err == nil {
		err = h.sendBehalf(r, v.cohort, in)
	}
	if err != nil {
		return web.Again(w, r, err, behalfForm(v.cohort), func(f ui.Form) templ.Component { return behalfPage(v, f) })
	}
	return web.Done(w, r, "/cohorts/"+string(v.cohort)+"/certificates", "player.behalf-entered")
}

func (h handler) sendBehalf(r *http.Request, c id.Cohort, in behalfInput) (err error) {
	show := player.ShowOutside{Person: in.Person, Cohort: c, Module: in.Module, Issuer: in.Issuer, Paper: in.Paper}
	if in.On != "" {
		if show.IssuedOn, err = civil.ParseDate(in.On); err != nil {
			return fault.Bad("fault.invalid", fault.Field{Name: "on", Key: "fault.date"})
		}
	}
	if in.Scan != nil {
		f, err := in.Scan.Open()
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // it was only read
		show.Scan = f
	}
	_, err = h.Player.ShowOutside(r.Context(), web.Operation(r), show)
	return err
}
