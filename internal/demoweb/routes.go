package demoweb

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Role is somebody whom a visitor can be.
type Role struct {
	Key  string // how the script calls her
	Role actor.Role
	Name string
}

// Number is a figure that the demo comes to, and where it is from.
type Number struct {
	// Name is its name in the summary of a play.
	Name string
	// Agency and Round say what it is of: an agency's name, a round's number.
	Agency i18n.Text
	Round  int
	Value  int
	// Title and URL are of the report that says it; empty for an invented figure.
	Title, URL string
}

// Stage is what the pages ask of the demo.
type Stage interface {
	// Now is what the demo's clock shows; First and Last are the script's ends.
	Now() time.Time
	Ends() (first, last time.Time)
	Zone() *time.Location
	// Roles are the people a visitor can be, one for each role first.
	Roles() []Role
	// Numbers are what the play comes to, each with where it is from.
	Numbers() []Number
	// Enter opens a session for somebody of the cast.
	Enter(ctx context.Context, key string) (token string, err error)
	// KeyOf is how the script calls a person; "" for somebody else.
	KeyOf(p id.Person) string
	// Move sets the clock: forwards by playing what happens until then, back by
	// playing anew from the start.
	Move(ctx context.Context, to time.Time) error
}

type pages struct{ Stage }

// Routes returns the demo's own routes.
func Routes(s Stage) []web.Route {
	p := pages{s}
	return []web.Route{
		{Method: "GET", Pattern: "/demo", Need: web.Public, Handler: p.choose},
		{Method: "GET", Pattern: "/demo/as/{key}", Need: web.Public, Handler: p.enter},
		{Method: "POST", Pattern: "/demo/clock", Need: web.Public, Handler: p.clock},
	}
}

// Bars draws the clock above every page.
func Bars(s Stage) web.Bars {
	return func(ctx context.Context) []templ.Component {
		now := s.Now().In(s.Zone())
		f := ui.NewForm("demo-clock", "/demo/clock").With("to", now.Format(ui.DateTime))
		f.Quiet = true
		// In the programme's zone, as the field beside it is.
		return []templ.Component{bar(f, civil.Of(now, s.Zone()).At(now.Hour(), now.Minute(), s.Zone().String()))}
	}
}

func (p pages) choose(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, choosePage(p.Roles(), p.Numbers()))
}

func (p pages) enter(w http.ResponseWriter, r *http.Request) error {
	token, err := p.Enter(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	web.SignIn(w, token, 0)
	return web.See(w, r, "/")
}

type clockInput struct {
	To   string `form:"to,optional,max=19"`
	Days string `form:"days,optional,max=4"`
}

// clock moves the clock. Sessions end with time, so whoever moves it is signed
// in again.
func (p pages) clock(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[clockInput](r)
	if err != nil {
		return err
	}
	to, err := time.ParseInLocation(ui.DateTime, in.To, p.Zone())
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Key: "demo.time", Cause: err}
	}
	if in.Days == "1" {
		to = p.Now().Add(24 * time.Hour)
	}
	first, last := p.Ends()
	if to.Before(first) || to.After(last.AddDate(0, 1, 0)) {
		return fault.New(fault.Invalid, "demo.time", nil)
	}
	key := p.KeyOf(actor.From(r.Context()).Person)
	if err := p.Move(r.Context(), to.UTC()); err != nil {
		return err
	}
	if key != "" {
		token, err := p.Enter(r.Context(), key)
		if fault.Is(err, fault.NotFound) {
			return web.See(w, r, "/demo") // she has not been invited yet
		}
		if err != nil {
			return err
		}
		web.SignIn(w, token, 0)
	}
	return web.See(w, r, "/")
}

// Switch answers by whichever server it was given last: going back in time puts
// another database behind the same address.
type Switch struct{ to atomic.Pointer[http.Handler] }

// Set makes the switch answer by h.
func (x *Switch) Set(h http.Handler) { x.to.Store(&h) }

// ServeHTTP answers.
func (x *Switch) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*x.to.Load()).ServeHTTP(w, r) }
