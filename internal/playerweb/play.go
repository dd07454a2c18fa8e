package playerweb

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
)

func playPath(a id.Attempt) string { return attemptPath(a) + "/play" }

// play is the frame in which a package is played. What it needs it asks for
// itself, so opening the address changes nothing.
func (h handler) play(w http.ResponseWriter, r *http.Request) error {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return err
	}
	run, err := h.Player.Run(r.Context(), a)
	if err != nil {
		return err
	}
	return h.frame(w, r, run, r.URL.Query().Get("unit"), coverPath(run.Attempt.Module), nil)
}

// frame writes the player's frame. A run without an attempt is a preview.
func (h handler) frame(w http.ResponseWriter, r *http.Request, run *player.Run, unit, exit string, o *opened) error {
	units, err := json.Marshal(run.Units)
	if err != nil {
		return fmt.Errorf("playerweb: units of %s: %w", run.Attempt.ID, err)
	}
	given := ""
	if o != nil {
		b, err := json.Marshal(o)
		if err != nil {
			return fmt.Errorf("playerweb: launch %s: %w", o.Launch, err)
		}
		given = string(b)
	}
	// Older packages save when they are unloaded, which browsers stop allowing
	// unless they are told.
	frames := "*"
	if h.Where.Mode != courseware.Strict && h.Where.Origin("") == h.Where.Content {
		frames = `(self "` + h.Where.Content + `")`
	}
	w.Header().Add("Permissions-Policy", "unload="+frames+", fullscreen="+frames+", autoplay="+frames)
	session, _ := web.SessionOf(r.Context())
	// Whose device another program's launch is opened on nobody knows.
	return web.Render(w, r, playPage(run, string(units), unit, exit, given, o != nil || !session.Own))
}

// unlock hands out the key of what waits on her device, so that it can be sent
// before she goes on.
func (h handler) unlock(w http.ResponseWriter, r *http.Request) error {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	key, err := h.Player.Unlock(r.Context(), a)
	if err != nil {
		return err
	}
	return answer(w, map[string]string{"key": base64.StdEncoding.EncodeToString(key)})
}

// opened is what the frame is told of a launch.
type opened struct {
	Launch id.Launch `json:"launch"`
	// Credential lets its log arrive; of what has none it reads what is saved.
	Credential string `json:"credential"`
	Key        []byte `json:"key"`
	Page       string `json:"page"`
	Origin     string `json:"origin"`
	Sandbox    string `json:"sandbox"`
	Allow      string `json:"allow"`
	// Speaks says that the package speaks to the record store itself: there is no
	// log. Own says that Page wants a window of its own.
	Speaks bool `json:"speaks,omitempty"`
	Own    bool `json:"own,omitempty"`
	// Begin is where the seed is asked for, where it does not come with this.
	Begin string `json:"begin,omitempty"`
	// Again is the pass with which a launch that its ticket has opened is opened once
	// more as its page is reloaded.
	Again string                      `json:"again,omitempty"`
	Units map[string]player.UnitState `json:"units,omitempty"`
	Seed  player.Seed                 `json:"seed"`
}

// inFrame says where a package is framed, and how.
func (h handler) inFrame(o *opened, c *player.Course, path string) *opened {
	o.Origin, o.Sandbox, o.Allow = h.Where.Origin(path), h.Where.Sandbox(c.Popups), courseware.Allow
	if o.Page == "" {
		o.Page = h.Where.Page(path)
	}
	return o
}

// spoken is what the frame is told of a unit that speaks for itself.
func (h handler) spoken(s *player.Spoken, run *player.Run, units []player.Unit, unit string) *opened {
	return h.inFrame(&opened{
		Launch: s.Launch, Credential: s.Pass, Page: s.URL, Speaks: true, Own: s.OwnWindow || s.Remote, Units: run.Units,
		Seed: player.Seed{Kind: run.Course.Kind, Mode: s.Mode, Units: units, Activity: unit},
	}, run.Course, s.Path)
}

// ticket opens a launch that another program asked for: once, for whoever holds
// the address, signed in or not.
//
// It is the one GET that changes what is kept: opening the address uses up its
// ticket and begins the launch. It cannot be a form: the address is handed to
// another program, which sends a person's browser there by a link or a redirect,
// and a page in between would ask her a second time for what she has just chosen.
// Nobody is harmed by a GET that somebody else makes her browser send: a ticket is
// a secret that was given for this person's launch alone, it opens nothing but that,
// and it is good for minutes. That it is used up is the protection: what stays in a
// history, a log or a proxy opens nothing again. A page that is reloaded in the same tab
// is opened once more, by a pass that the tab keeps until she leaves
// ([player.Service.Again]). A program or a scanner that fetches the address first leaves
// her an answer that says so, and the program asks for another.
func (h handler) ticket(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet { // whoever only looks whether the link works sends HEAD
		w.Header().Set("Allow", http.MethodGet)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return nil
	}
	t, err := h.Player.OpenTicket(r.Context(), r.PathValue("ticket"))
	if fault.Is(err, fault.Closed) {
		return web.RenderAs(w, r, web.Status(fault.Closed), usedPage(i18n.From(r.Context()).Error(err)))
	}
	if err != nil {
		return err
	}
	exit := t.Back
	if exit == "" {
		exit = courseware.LeftPath
	}
	if t.Spoken != nil {
		if t.Spoken.OwnWindow || t.Spoken.Remote {
			http.Redirect(w, r, t.Spoken.URL, http.StatusSeeOther)
			return nil
		}
		var only []player.Unit
		if u := t.Run.Course.Unit(t.Unit); u != nil {
			only = []player.Unit{*u}
		}
		o := h.spoken(t.Spoken, t.Run, only, t.Unit)
		o.Again = t.Again
		return h.frame(w, r, t.Run, t.Unit, exit, o)
	}
	o := h.inFrame(&opened{Launch: t.Opened.Launch, Credential: t.Opened.Credential, Key: t.Opened.Key, Begin: takeUpPath, Again: t.Again, Seed: t.Opened.Seed}, t.Run.Course, t.Opened.Path)
	return h.frame(w, r, t.Run, t.Unit, exit, o)
}

// previewPackage is a version of a package as its staff try it. It leaves no trace, and
// opened again it begins again.
func (h handler) previewPackage(w http.ResponseWriter, r *http.Request) error {
	v, err := parse[id.ModuleVersion](r, "version")
	if err != nil {
		return err
	}
	p, err := h.Player.Preview(r.Context(), v, r.URL.Query().Get("unit"))
	if err != nil {
		return err
	}
	run := &player.Run{Course: p.Course, Units: map[string]player.UnitState{}}
	o := h.inFrame(&opened{Seed: p.Seed}, p.Course, p.Path)
	if p.Spoken != nil {
		o = h.spoken(p.Spoken, run, p.Course.Units, p.Spoken.Unit)
	}
	return h.frame(w, r, run, "", "/packages/"+string(v), o)
}

// left says that she has left. She may have no session here, and nothing to do.
func (h handler) left(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, leftPage())
}

func (h handler) open(w http.ResponseWriter, r *http.Request) error {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Unit     string    `form:"unit,optional,max=400"`
		Before   id.Launch `form:"before,optional,max=36"`
		TakeOver bool      `form:"take_over"`
	}](r)
	if err != nil {
		return err
	}
	run, err := h.Player.Run(r.Context(), a)
	if err != nil {
		return err
	}
	if run.Course.Kind.Speaks() {
		o, err := h.Player.OpenUnit(r.Context(), web.Operation(r), player.OpenUnit{Attempt: a, Unit: in.Unit, Before: in.Before, TakeOver: in.TakeOver})
		if err != nil {
			return err
		}
		return answer(w, h.spoken(&o, run, run.Course.Units, o.Unit))
	}
	o, err := h.Player.Open(r.Context(), web.Operation(r), player.OpenRun{Attempt: a, Unit: in.Unit, Before: in.Before, TakeOver: in.TakeOver})
	if err != nil {
		return err
	}
	return answer(w, h.inFrame(&opened{
		Launch: o.Launch, Credential: o.Credential, Key: o.Key, Seed: o.Seed,
	}, run.Course, o.Path))
}

func answer(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(fault.Internal, "", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b) // fails only if the person has gone
	return nil
}
