package playerweb

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"cadre/internal/fault"
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
	units, err := json.Marshal(run.Units)
	if err != nil {
		return fmt.Errorf("playerweb: units of %s: %w", a, err)
	}
	// Older packages save when they are unloaded, which browsers stop allowing
	// unless they are told.
	frames := "*"
	if h.Where.Mode != courseware.Strict && h.Where.Origin("") == h.Where.Content {
		frames = `(self "` + h.Where.Content + `")`
	}
	w.Header().Add("Permissions-Policy", "unload="+frames+", fullscreen="+frames+", autoplay="+frames)
	return web.Render(w, r, playPage(run, string(units), r.URL.Query().Get("unit")))
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
	Launch     id.Launch   `json:"launch"`
	Credential string      `json:"credential"`
	Key        []byte      `json:"key"`
	Page       string      `json:"page"`
	Origin     string      `json:"origin"`
	Sandbox    string      `json:"sandbox"`
	Allow      string      `json:"allow"`
	Borrowed   bool        `json:"borrowed"`
	Seed       player.Seed `json:"seed"`
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
	o, err := h.Player.Open(r.Context(), web.Operation(r), player.OpenRun{Attempt: a, Unit: in.Unit, Before: in.Before, TakeOver: in.TakeOver})
	if err != nil {
		return err
	}
	session, _ := web.SessionOf(r.Context())
	return answer(w, opened{
		Launch: o.Launch, Credential: o.Credential, Key: o.Key, Page: h.Where.Page(o.Path), Origin: h.Where.Origin(o.Path),
		Sandbox: h.Where.Sandbox(false), Allow: courseware.Allow, Borrowed: !session.Own, Seed: o.Seed,
	})
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
