package playerweb

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"cadre/internal/fault"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
)

// Handlers answer below a path each.
type Handlers = map[string]http.Handler

// logPath is where logs of packages arrive, savedPath where the frame of a unit that
// speaks xAPI asks what the record store has of it.
const (
	logPath   = "/launch-log"
	savedPath = "/launch-saved"
)

// Arrivals are what takes in the logs of packages, and says what has arrived.
type Arrivals struct {
	// Logs keeps them.
	Logs interface {
		Accept(ctx context.Context, b player.Batch) (player.Kept, error)
		Saved(ctx context.Context, pass string) (player.Saved, error)
	}
	// Touch notes that the session of a token is used: work in a package is activity.
	Touch func(ctx context.Context, token string) error
	Log   *slog.Logger
}

// Apart returns what answers beside the pages: the address to which the player's
// frame sends logs, and the one where it asks what is saved. Both go by the launch's
// credential, so they answer also when the session has ended, or where there was none.
func Apart(a Arrivals) Handlers {
	return Handlers{logPath: a.takeIn(), savedPath: http.HandlerFunc(a.saved)}
}

func (a Arrivals) takeIn() http.HandlerFunc {
	origin := http.NewCrossOriginProtection()
	return func(w http.ResponseWriter, r *http.Request) {
		secret(w)
		if r.Method != http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if err := origin.Check(r); err != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		b, err := courseware.ReadBatch(w, r)
		var kept player.Kept
		if err == nil {
			kept, err = a.Logs.Accept(r.Context(), b)
		}
		if err != nil {
			a.failed(w, r, "a log was not taken", err)
			return
		}
		if token := web.SessionToken(r); token != "" {
			if err := a.Touch(r.Context(), token); err != nil {
				a.Log.Warn("playerweb: a session was not touched", "error", err)
			}
		}
		_ = json.NewEncoder(w).Encode(kept) // the person has gone, if this fails
	}
}

// saved says what the record store has of a launch. An open page asks by itself, so
// that is no activity: what arrives is.
func (a Arrivals) saved(w http.ResponseWriter, r *http.Request) {
	secret(w)
	if r.Method != http.MethodGet {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	pass, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s, err := a.Logs.Saved(r.Context(), pass)
	if err != nil {
		a.failed(w, r, "what is saved was not said", err)
		return
	}
	_ = json.NewEncoder(w).Encode(s) // the person has gone, if this fails
}

func secret(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
}

func (a Arrivals) failed(w http.ResponseWriter, r *http.Request, what string, err error) {
	kind := fault.KindOf(err)
	if (kind == fault.Internal || kind == fault.Unavailable) && r.Context().Err() == nil { // else she has gone
		a.Log.Error("playerweb: "+what, "error", err)
	}
	w.WriteHeader(web.Status(kind))
}
