package playerapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/api"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
)

// Deps are what the operations stand on.
type Deps struct {
	Player *player.Service
	// Where says where packages are served.
	Where courseware.Where
}

type handler struct{ Deps }

// Add adds the operations.
func Add(a *api.API, d Deps) {
	h := handler{d}
	need := func(v access.Verb) web.Need { return web.Need{Verb: string(v), Kind: string(access.Progress)} }
	api.Add(a, api.Operation{
		ID: "launchPackage", Method: http.MethodPost, Path: "/packages/{id}/launches", Need: need(access.Create), KeyOptional: true, Status: http.StatusCreated,
		Summary: "Launch an activity of a package for somebody, who needs no enrolment. The address opens by itself, once, for a quarter of an hour.",
	}, h.launch)
	api.Add(a, api.Operation{
		ID: "listAttempts", Method: http.MethodGet, Path: "/packages/{id}/attempts", Need: need(access.List), Summary: "Say how far somebody has come in the module that a package is, in each registration and whatever language, the latest first.",
	}, h.attempts)
	api.Add(a, api.Operation{
		ID: "getActivityData", Method: http.MethodGet, Path: "/registrations/{id}/activities/{activity}/data", Need: need(access.Read),
		Summary: "Return what an activity has remembered, as the dotted names of its run time's data model.",
	}, h.data)
	api.Add(a, api.Operation{
		ID: "waiveActivity", Method: http.MethodPost, Path: "/registrations/{id}/activities/{activity}/waive", Need: need(access.Record), KeyOptional: true,
		Summary: "Take an activity's requirements as met by other means, for a stated reason: once in a registration.",
	}, h.waive)
	api.Add(a, api.Operation{
		ID: "abandonSession", Method: http.MethodPost, Path: "/sessions/{id}/abandon", Need: need(access.Record), KeyOptional: true,
		Summary: "End a session that did not end by itself: what is still on the person's device counts when it comes, but she does not resume from it. A second time changes nothing; of one that has ended by itself it is a conflict.",
	}, h.abandon)
}

// Account is how another program calls somebody.
type Account struct {
	HomePage string `json:"homePage" doc:"Names the program: an address."`
	Name     string `json:"name"`
}

type launchInput struct {
	ID   string `path:"id" doc:"Of the package."`
	Body struct {
		Person       Person `json:"person"`
		Activity     string `json:"activity" minLength:"1" maxLength:"2000" doc:"Its id, as the package's description has it."`
		Registration string `json:"registration,omitempty" doc:"To go on with. Without it, the person's open one; if she has none, a new one."`
		Language     string `json:"language,omitempty" maxLength:"35" doc:"To launch the package's module in that language, as a tag (BCP 47), where it is one package per language. Without it, the package itself."`
		Mode         string `json:"mode,omitempty" enum:"Normal,Browse,Review" default:"Normal"`
		OwnWindow    bool   `json:"own_window,omitempty" doc:"Answer with the activity's own launch address rather than the player's frame. Of cmi5 and xAPI it is the unit's; of SCORM and H5P it is the page with the run time on the packages' origin, which opens once."`
		ReturnURL    string `json:"return_url,omitempty" maxLength:"2000" doc:"Where she is sent in the end. Its origin stands in the configuration."`
	}
}

// Launch is a launch.
type Launch struct {
	LaunchURL    string `json:"launch_url"`
	Registration string `json:"registration"`
	Session      string `json:"session" doc:"By which it can be ended. Of cmi5, the session id of its statements."`
}

func (h handler) launch(ctx context.Context, in *launchInput) (*struct{ Body *Launch }, error) {
	p, err := id.Parse[id.Module](in.ID)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, "content.no-package", err)
	}
	ask := player.LaunchFor{Package: p, Unit: in.Body.Activity, Language: in.Body.Language, Mode: player.Mode(strings.ToLower(in.Body.Mode)), OwnWindow: in.Body.OwnWindow, Back: in.Body.ReturnURL}
	if ask.Mode == "" {
		ask.Mode = player.Normal
	}
	if ask.Person, ask.Account, err = in.Body.Person.read(); err != nil {
		return nil, err
	}
	if in.Body.Registration != "" {
		if ask.Registration, err = id.Parse[id.Attempt](in.Body.Registration); err != nil {
			return nil, fault.Bad("fault.invalid", fault.Field{Name: "registration", Key: "player.no-attempt"})
		}
	}
	l, err := h.Player.LaunchFor(ctx, api.OperationOf(ctx), ask)
	if err != nil {
		return nil, err
	}
	out := &Launch{LaunchURL: h.Where.App + "/launch/" + l.Ticket, Registration: string(l.Registration), Session: l.Session}
	if l.URL != "" {
		out.LaunchURL = l.URL
	}
	return &struct{ Body *Launch }{out}, nil
}

// Score is a score as a package reports it.
type Score struct {
	Scaled *float64 `json:"scaled,omitempty"`
	Raw    *float64 `json:"raw,omitempty"`
	Min    *float64 `json:"min,omitempty"`
	Max    *float64 `json:"max,omitempty"`
}

// Progress is how far an attempt, or an activity of it, has come.
type Progress struct {
	State       string    `json:"state" enum:"not-begun,open,passed,not-yet"`
	Completion  string    `json:"completion" enum:"unknown,incomplete,completed"`
	Success     string    `json:"success" enum:"unknown,passed,failed"`
	Score       Score     `json:"score"`
	Progress    int       `json:"progress" doc:"In per cent."`
	TimeSeconds int64     `json:"time_seconds"`
	Suspended   bool      `json:"suspended" doc:"The next launch goes on from the middle of it."`
	Satisfied   bool      `json:"satisfied" doc:"Of cmi5: what it asks for is reached."`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
}

// Attempt is one registration.
type Attempt struct {
	Registration string `json:"registration"`
	Person       string `json:"person"`
	Package      string `json:"package,omitempty" doc:"The package that it is at: another than the one asked for where the module is one package per language."`
	Language     string `json:"language,omitempty"`
	Progress
	Activities []ActivityProgress `json:"activities"`
}

// ActivityProgress is one activity of a registration.
type ActivityProgress struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Progress
	Waived bool `json:"waived"`
}

// Attempts is a list of attempts.
type Attempts struct {
	Attempts []Attempt `json:"attempts"`
}

func (h handler) attempts(ctx context.Context, in *struct {
	ID     string `path:"id" doc:"Of the package."`
	Person string `query:"person" doc:"A Cadre id, or the account as JSON: {\"account\":{\"homePage\":…,\"name\":…}}. Everybody without it, the latest thousand."`
},
) (*struct{ Body *Attempts }, error) {
	p, err := id.Parse[id.Module](in.ID)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, "content.no-package", err)
	}
	var person id.Person
	var account *player.Account
	if in.Person != "" {
		var who Person
		text := []byte(in.Person)
		if !strings.HasPrefix(in.Person, "{") {
			text = []byte(strconv.Quote(in.Person))
		}
		if err := json.Unmarshal(text, &who); err != nil {
			return nil, badPerson()
		}
		if person, account, err = who.read(); err != nil {
			return nil, err
		}
	}
	all, err := h.Player.AttemptsAt(ctx, p, person, account)
	if err != nil {
		return nil, err
	}
	out := &Attempts{Attempts: []Attempt{}}
	for _, a := range all {
		x := Attempt{Registration: string(a.Registration), Person: string(a.Person), Package: string(a.Package), Language: a.Language, Progress: progress(a), Activities: []ActivityProgress{}}
		for _, u := range a.Units {
			x.Activities = append(x.Activities, ActivityProgress{ID: u.Unit, Title: u.Title, Progress: progress(u), Waived: u.Waived})
		}
		out.Attempts = append(out.Attempts, x)
	}
	return &struct{ Body *Attempts }{out}, nil
}

func progress(s player.Standing) Progress {
	number := func(text string) *float64 {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil
		}
		return &f
	}
	p := Progress{
		State: string(s.State), Completion: s.Completion, Success: s.Success, Score: Score{number(s.Scaled), number(s.Raw), number(s.Lowest), number(s.Highest)},
		Progress: s.Percent, TimeSeconds: s.Seconds, Suspended: s.Suspended, Satisfied: s.Satisfied, UpdatedAt: s.UpdatedAt,
	}
	if p.State == "" {
		p.State = "not-begun"
	}
	return p
}

type inRegistration struct {
	ID       string `path:"id" doc:"Of the registration."`
	Activity string `path:"activity"`
}

func (in inRegistration) parse() (id.Attempt, error) {
	a, err := id.Parse[id.Attempt](in.ID)
	return a, fault.Wrap(fault.NotFound, "player.no-attempt", err)
}

func (h handler) data(ctx context.Context, in *inRegistration) (*struct{ Body map[string]string }, error) {
	a, err := in.parse()
	if err != nil {
		return nil, err
	}
	out, err := h.Player.Data(ctx, a, in.Activity)
	return &struct{ Body map[string]string }{out}, err
}

func (h handler) waive(ctx context.Context, in *struct {
	ID       string `path:"id" doc:"Of the registration."`
	Activity string `path:"activity"`
	Body     struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why. cmi5 suggests: Tested Out, Equivalent AU, Equivalent Outside Activity, Administrative."`
	}
},
) (*struct{}, error) {
	a, err := inRegistration{in.ID, in.Activity}.parse()
	if err != nil {
		return nil, err
	}
	return &struct{}{}, h.Player.Waive(ctx, api.OperationOf(ctx), player.Waive{Registration: a, Unit: in.Activity, Reason: in.Body.Reason})
}

func (h handler) abandon(ctx context.Context, in *struct {
	ID string `path:"id" doc:"Of the session, as the launch answered it."`
},
) (*struct{}, error) {
	if !id.Valid(in.ID) {
		return nil, fault.New(fault.NotFound, "player.no-session", nil)
	}
	return &struct{}{}, h.Player.Abandon(ctx, api.OperationOf(ctx), in.ID)
}
