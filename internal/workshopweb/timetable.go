package workshopweb

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
	"cadre/internal/workshop"
)

// pathID reads an id out of the address. What is no id is not there.
func pathID[T ~string](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	return v, fault.Wrap(fault.NotFound, "access.not-found", err)
}

func weekPath(c id.Cohort, stage string) string {
	return "/cohorts/" + string(c) + "/workshops/" + stage
}

func registerPath(r id.Register) string { return "/registers/" + string(r) }

func (p pages) timetable(w http.ResponseWriter, r *http.Request) error {
	c, err := pathID[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	plan, err := p.Workshop.Plan(r.Context(), c, r.PathValue("stage"))
	if err != nil {
		return err
	}
	return web.Render(w, r, timetablePage(plan))
}

func (p pages) lay(w http.ResponseWriter, r *http.Request) error {
	c, err := pathID[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	stage := r.PathValue("stage")
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := p.Workshop.Lay(r.Context(), web.Operation(r), workshop.Lay{Cohort: c, Stage: stage}); err != nil {
		return err
	}
	return web.Done(w, r, weekPath(c, stage), "workshop.done-laid")
}

func (p pages) seen(w http.ResponseWriter, r *http.Request) error {
	c, err := pathID[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	stage := r.PathValue("stage")
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := p.Workshop.Seen(r.Context(), web.Operation(r), workshop.Seen{Cohort: c, Stage: stage}); err != nil {
		return err
	}
	return web.Done(w, r, weekPath(c, stage), "workshop.done-seen")
}

// told keeps that a participant was told of the changes, by telephone or face to face.
func (p pages) told(w http.ResponseWriter, r *http.Request) error {
	c, err := pathID[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Person id.Person `form:"person"`
	}](r)
	if err != nil {
		return err
	}
	stage := r.PathValue("stage")
	if _, err := p.Workshop.Seen(r.Context(), web.Operation(r), workshop.Seen{Cohort: c, Stage: stage, Person: in.Person}); err != nil {
		return err
	}
	return web.Done(w, r, weekPath(c, stage), "workshop.done-told")
}

// mayTell reports whether the actor is one who tells people of changes.
func mayTell(ctx context.Context) bool {
	return access.Could(actor.From(ctx), access.Record, access.Timetable)
}

func (p pages) declare(w http.ResponseWriter, r *http.Request) error {
	c, err := pathID[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Day  string        `form:"day"`
		Mode workshop.Mode `form:"mode"`
	}](r)
	if err != nil {
		return err
	}
	day, err := civil.ParseDate(in.Day)
	if err != nil {
		return fault.Wrap(fault.Invalid, "workshop.day-unknown", err)
	}
	if err := p.Workshop.Declare(r.Context(), web.Operation(r), workshop.Declare{Cohort: c, Day: day, Mode: in.Mode}); err != nil {
		return err
	}
	return web.Done(w, r, weekPath(c, r.PathValue("stage")), "workshop.done-declared")
}

func (p pages) attendance(w http.ResponseWriter, r *http.Request) error {
	c, err := pathID[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	all, err := p.Workshop.Attended(r.Context(), c, r.PathValue("stage"))
	if err != nil {
		return err
	}
	contests, names, err := p.Workshop.Contests(r.Context(), c, all.Stage)
	if err != nil {
		return err
	}
	return web.Render(w, r, attendancePage(all, contests, names))
}

func sessionForm(s workshop.Session) ui.Form {
	f := ui.NewForm("session", "/workshop-sessions/"+string(s.ID)).
		With("revision", strconv.Itoa(s.Revision)).With("starts", s.Starts.Clock()).With("ends", s.Ends.Clock()).
		With("room", string(s.Room)).With("trainer", string(s.Trainer)).With("language", s.Language).With("link", s.Link)
	modes := make([]string, len(s.Modes))
	for i, m := range s.Modes {
		modes[i] = string(m)
	}
	f = f.With("modes", modes...)
	if s.Cancelled {
		f = f.With("cancelled", "yes")
	}
	return f
}

func (p pages) editSession(w http.ResponseWriter, r *http.Request) error {
	return p.sessionPage(w, r, nil)
}

func (p pages) sessionPage(w http.ResponseWriter, r *http.Request, wrong error) error {
	sid, err := pathID[id.WorkshopSession](r, "session")
	if err != nil {
		return err
	}
	e, err := p.Workshop.OneSession(r.Context(), sid)
	if err != nil {
		return err
	}
	page := func(f ui.Form) templ.Component { return sessionPage(e, f) }
	if wrong != nil {
		f := sessionForm(e.Session)
		f.Page = weekPath(e.Half.Cohort, e.Half.Stage)
		return web.Again(w, r, wrong, f, page)
	}
	return web.Render(w, r, page(sessionForm(e.Session)))
}

func (p pages) changeSession(w http.ResponseWriter, r *http.Request) error {
	sid, err := pathID[id.WorkshopSession](r, "session")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Revision  int             `form:"revision"`
		Starts    string          `form:"starts,max=10"`
		Ends      string          `form:"ends,max=10"`
		Room      id.Room         `form:"room,optional"`
		Modes     []workshop.Mode `form:"modes,optional"`
		Trainer   id.Person       `form:"trainer,optional"`
		Language  string          `form:"language,optional,max=35"`
		Link      string          `form:"link,optional,max=500"`
		Cancelled bool            `form:"cancelled"`
	}](r)
	if err != nil {
		return p.sessionPage(w, r, err)
	}
	e, err := p.Workshop.OneSession(r.Context(), sid)
	if err != nil {
		return err
	}
	if _, err := p.Workshop.ChangeSession(r.Context(), web.Operation(r), workshop.ChangeSession{
		Session: sid, Revision: in.Revision, Starts: in.Starts, Ends: in.Ends, Room: in.Room, Modes: in.Modes,
		Trainer: in.Trainer, Language: in.Language, Link: in.Link, Cancelled: in.Cancelled,
	}); err != nil {
		return p.sessionPage(w, r, err)
	}
	return web.Done(w, r, weekPath(e.Half.Cohort, e.Half.Stage), "workshop.done-changed")
}

// join records that the link was opened, and then shows it: the page leads on,
// since a form may not lead to another site by itself.
func (p pages) join(w http.ResponseWriter, r *http.Request) error {
	sid, err := pathID[id.WorkshopSession](r, "session")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	link, err := p.Workshop.Join(r.Context(), web.Operation(r), sid)
	if err != nil {
		return err
	}
	return web.Render(w, r, joinPage(link))
}

func (p pages) editRoom(w http.ResponseWriter, r *http.Request) error { return p.roomPage(w, r, nil) }

func (p pages) roomPage(w http.ResponseWriter, r *http.Request, wrong error) error {
	rid, err := pathID[id.Room](r, "room")
	if err != nil {
		return err
	}
	room, c, stage, err := p.Workshop.OneRoom(r.Context(), rid)
	if err != nil {
		return err
	}
	f := ui.NewForm("room", "/workshop-rooms/"+string(rid)).
		With("revision", strconv.Itoa(room.Revision)).With("safe", strconv.Itoa(room.Safe)).With("link", room.Link)
	page := func(f ui.Form) templ.Component { return roomPage(room, c, stage, f) }
	if wrong != nil {
		f.Page = weekPath(c, stage)
		return web.Again(w, r, wrong, f, page)
	}
	return web.Render(w, r, page(f))
}

func (p pages) changeRoom(w http.ResponseWriter, r *http.Request) error {
	rid, err := pathID[id.Room](r, "room")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Revision int    `form:"revision"`
		Safe     int    `form:"safe,optional"`
		Link     string `form:"link,optional,max=500"`
	}](r)
	if err != nil {
		return p.roomPage(w, r, err)
	}
	_, c, stage, err := p.Workshop.OneRoom(r.Context(), rid)
	if err != nil {
		return err
	}
	if _, err := p.Workshop.ChangeRoom(r.Context(), web.Operation(r), workshop.ChangeRoom{
		Room: rid, Revision: in.Revision, Safe: in.Safe, Link: in.Link,
	}); err != nil {
		return p.roomPage(w, r, err)
	}
	return web.Done(w, r, weekPath(c, stage), "workshop.done-room")
}
