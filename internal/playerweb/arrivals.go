package playerweb

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"cadre/internal/fault"
	"cadre/internal/player"
	"cadre/internal/web"
)

// Handlers answer below a path each.
type Handlers = map[string]http.Handler

// logPath is where logs of packages arrive.
const logPath = "/launch-log"

// logLimit is the largest part of a log that is taken, unpacked, in bytes.
const logLimit = 8 << 20

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
		b, err := readBatch(w, r)
		var kept player.Kept
		if err == nil {
			kept, err = a.Logs.Accept(r.Context(), b)
		}
		if err != nil {
			kind := fault.KindOf(err)
			if kind == fault.Internal || kind == fault.Unavailable {
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

func readBatch(w http.ResponseWriter, r *http.Request) (b player.Batch, err error) {
	var body io.Reader = http.MaxBytesReader(w, r.Body, logLimit)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(body)
		if err != nil {
			return b, fault.Wrap(fault.Invalid, "player.log-form", err)
		}
		body = io.LimitReader(z, logLimit+1)
	}
	raw, err := io.ReadAll(body)
	if err == nil && len(raw) > logLimit {
		err = errors.New("playerweb: a log is larger than its limit")
	}
	if err == nil {
		err = json.Unmarshal(raw, &b)
	}
	return b, fault.Wrap(fault.Invalid, "player.log-form", err)
}
