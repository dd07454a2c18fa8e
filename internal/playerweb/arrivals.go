package playerweb

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
)

// Handlers answer below a path each.
type Handlers = map[string]http.Handler

// logPath is where logs of packages arrive, savedPath where the frame of a unit that
// speaks xAPI asks what the record store has of it, takeUpPath where a launch begins
// that another program's ticket has opened, againPath where a page that such a ticket
// has opened asks for another as it is reloaded.
const (
	logPath    = "/launch-log"
	savedPath  = "/launch-saved"
	takeUpPath = "/launch-begin"
	againPath  = "/launch-again"
)

// Arrivals are what takes in the logs of packages, and says what has arrived.
type Arrivals struct {
	// Logs keeps them, and begins launches; package player does.
	Logs interface {
		courseware.Logs
		TakeUp(ctx context.Context, credential string) (player.Seed, error)
		Again(ctx context.Context, op id.Operation, pass string) (ticket string, err error)
		Saved(ctx context.Context, pass string) (player.Saved, error)
	}
	// Touch notes that the session of a token is used: work in a package is activity.
	Touch func(ctx context.Context, token string) error
	Log   *slog.Logger
}

// Apart returns what answers beside the pages: the addresses to which the player's
// frame sends logs, where it asks what is saved, and at which it begins what another
// program has opened, also once more. They go by the launch's credential, so they answer
// also when there is no session, or no more.
func Apart(a Arrivals) Handlers {
	return Handlers{logPath: posted(a.log), takeUpPath: posted(a.takeUp), againPath: posted(a.again), savedPath: http.HandlerFunc(a.saved)}
}

// posted lets nothing through but what our own pages post.
func posted(h http.HandlerFunc) http.Handler {
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case r.Method != http.MethodPost:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case origin.Check(r) != nil:
			w.WriteHeader(http.StatusForbidden)
		default:
			h(w, r)
		}
	})
}

func (a Arrivals) log(w http.ResponseWriter, r *http.Request) {
	if !courseware.TakeLog(w, r, a.Logs, a.Log) {
		return
	}
	if token := web.SessionToken(r); token != "" {
		if err := a.Touch(r.Context(), token); err != nil {
			a.Log.Warn("playerweb: a session was not touched", "error", err)
		}
	}
}

// credentialMax bounds what is sent to begin a launch or to open it again, in bytes.
const credentialMax = 4 << 10

func (a Arrivals) takeUp(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Credential string `json:"credential"`
	}
	if !read(w, r, &in) {
		return
	}
	seed, err := a.Logs.TakeUp(r.Context(), in.Credential)
	if err == nil {
		err = answer(w, seed)
	}
	if err != nil {
		a.failed(w, r, "a launch was not begun", err)
	}
}

// again answers where a launch is opened once more.
func (a Arrivals) again(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Pass      string       `json:"pass"`
		Operation id.Operation `json:"op"`
	}
	if !read(w, r, &in) {
		return
	}
	ticket, err := a.Logs.Again(r.Context(), in.Operation, in.Pass)
	if err == nil {
		err = answer(w, map[string]string{"to": "/launch/" + ticket})
	}
	if err != nil {
		a.failed(w, r, "a launch was not opened again", err)
	}
}

// read takes in what the frame has sent, and answers if it cannot.
func read(w http.ResponseWriter, r *http.Request, in any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, credentialMax)).Decode(in); err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return false
	}
	return true
}

// saved says what the record store has of a launch. An open page asks by itself, so
// that is no activity: what arrives is.
func (a Arrivals) saved(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	pass, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s, err := a.Logs.Saved(r.Context(), pass)
	if err == nil {
		err = answer(w, s)
	}
	if err != nil {
		a.failed(w, r, "what is saved was not said", err)
	}
}

func (a Arrivals) failed(w http.ResponseWriter, r *http.Request, what string, err error) {
	kind := fault.KindOf(err)
	if (kind == fault.Internal || kind == fault.Unavailable) && r.Context().Err() == nil { // else she has gone
		a.Log.Error("playerweb: "+what, "error", err)
	}
	courseware.Problem(w, kind, web.Status(kind))
}
