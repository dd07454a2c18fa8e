package playerweb

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// wayRoute is one person's way through a module, for staff.
const wayRoute = "/cohorts/{cohort}/modules/{module}/people/{person}"

func wayPath(c id.Cohort, module string, p id.Person) string {
	return "/cohorts/" + string(c) + "/modules/" + module + "/people/" + string(p)
}

// wayView is one person's way through a module, as staff see it.
type wayView struct {
	player.Way
	cohort id.Cohort
	module string
	person id.Person
	names  map[id.Person]string // hers, and those of who decided
}

func (v wayView) form() ui.Form { return ui.NewForm("rule", wayPath(v.cohort, v.module, v.person)) }

func (h handler) wayView(r *http.Request) (v wayView, err error) {
	if v.cohort, err = parse[id.Cohort](r, "cohort"); err != nil {
		return v, err
	}
	if v.person, err = parse[id.Person](r, "person"); err != nil {
		return v, err
	}
	v.module = r.PathValue("module")
	if v.Way, err = h.Player.WayOf(r.Context(), v.person, v.cohort, v.module); err != nil {
		return v, err
	}
	people := []id.Person{v.person}
	for _, x := range v.Rulings {
		if by, err := id.Parse[id.Person](x.By); err == nil && !slices.Contains(people, by) { // else a program
			people = append(people, by)
		}
	}
	v.names, err = h.Names(r.Context(), people)
	return v, err
}

// way shows somebody's attempts at a module, what staff decided about them, and what
// they may decide.
func (h handler) way(w http.ResponseWriter, r *http.Request) error {
	v, err := h.wayView(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, wayPage(v, v.form()))
}

func (h handler) rule(w http.ResponseWriter, r *http.Request) error {
	v, err := h.wayView(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Step   string `form:"step,max=20"`
		Reason string `form:"reason,max=1000"`
	}](r)
	if err == nil {
		_, err = h.Player.Rule(r.Context(), web.Operation(r), player.Rule{
			Person: v.person, Cohort: v.cohort, Module: v.module, Step: player.Step(in.Step), Reason: in.Reason,
		})
	}
	if err != nil {
		return web.Again(w, r, err, v.form(), func(f ui.Form) templ.Component { return wayPage(v, f) })
	}
	return web.Done(w, r, wayPath(v.cohort, v.module, v.person), "player.ruled")
}

func (h handler) takeBackRuling(w http.ResponseWriter, r *http.Request) error {
	ruling, err := parse[id.Ruling](r, "ruling")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Back string `form:"back,optional"`
	}](r)
	if err != nil {
		return err
	}
	if err := h.Player.TakeBackRuling(r.Context(), web.Operation(r), ruling); err != nil {
		return err
	}
	to := web.Within(in.Back)
	if !strings.HasPrefix(to, "/cohorts/") {
		to = "/"
	}
	return web.Done(w, r, to, "player.ruling-back-done")
}
