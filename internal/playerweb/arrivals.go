package playerweb

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"cadre/internal/fault"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
)

// Handlers answer below a path each.
type Handlers = map[string]http.Handler

// logPath is where logs of packages arrive.
const logPath = "/launch-log"

// Arrivals are what takes in the logs of packages.
type Arrivals struct {
	// Logs keeps them.
	Logs interface {
		Accept(ctx context.Context, b player.Batch) (player.Kept, error)
	}
	// Touch notes that the session of a token is used: work in a package is activity.
	Touch func(ctx context.Context, token string) error
	Log   *slog.Logger
}

// Apart returns what answers beside the pages: the address to which the player's
// frame sends logs. It goes by the launch's credential, so it takes them also
// when the session has ended.
func Apart(a Arrivals) Handlers {
	origin := http.NewCrossOriginProtection()
	return Handlers{logPath: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "application/json")
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
			kind := fault.KindOf(err)
			if (kind == fault.Internal || kind == fault.Unavailable) && r.Context().Err() == nil { // else she has gone
				a.Log.Error("playerweb: a log was not taken", "error", err)
			}
			w.WriteHeader(web.Status(kind))
			return
		}
		if token := web.SessionToken(r); token != "" {
			if err := a.Touch(r.Context(), token); err != nil {
				a.Log.Warn("playerweb: a session was not touched", "error", err)
			}
		}
		if err := json.NewEncoder(w).Encode(kept); err != nil {
			return // the person has gone
		}
	})}
}
