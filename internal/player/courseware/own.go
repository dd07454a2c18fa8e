package courseware

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/player"
)

// Launches answers units that are launched in a window of their own, without the
// player's frame; package player does.
type Launches interface {
	// OpenTicket opens a launch, once.
	OpenTicket(ctx context.Context, ticket string) (*player.Ticketed, error)
	Logs
}

// Own is the address that opens a launch by its ticket, once, in a window of its
// own: the page beside the package that holds the run time.
func (w Where) Own(token, ticket string) string { return w.own(token) + ticket }

func (w Where) own(token string) string { return w.Origin(token) + w.prefix() + "/o/" + token + "/" }

// ownPolicy is the content policy of that page. It sends the log, which the
// player's frame does otherwise, and bounds the package by the sandbox that it
// inherits from the frame otherwise.
func (w Where) ownPolicy(token string, held player.Held) string {
	p := []string{
		"default-src 'none'", "script-src " + w.runtimes(token), "style-src " + w.runtimes(token),
		"frame-src " + w.Files(token) + " " + w.Page(token), "connect-src " + w.own(token) + "log",
		"form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'", "sandbox " + w.Sandbox(held.Popups),
	}
	return strings.Join(p, "; ")
}

// alone is what the page is told: what the frame is told otherwise.
type alone struct {
	Launch     string `json:"launch"`
	Credential string `json:"credential"`
	Log        string `json:"log"`
	Page       string `json:"page"`
	Sandbox    string `json:"sandbox"`
	Allow      string `json:"allow"`
	Back       string `json:"back,omitempty"`
	// Replaced, Ended, Withdrawn and Refused are said, in the package's language, when
	// another goes on, it was ended from outside, or nothing is kept any more; Trouble when it does not open, Waiting while its last
	// words are on their way, and Over once they are kept and nothing leads back.
	Replaced  string `json:"replaced"`
	Ended     string `json:"ended"`
	Withdrawn string `json:"withdrawn"`
	Refused   string `json:"refused"`
	Trouble   string `json:"trouble"`
	Waiting   string `json:"waiting"`
	Over      string `json:"over"`
	// Exit stands on the button that ends what has no end of its own.
	Exit string      `json:"exit,omitempty"`
	Seed player.Seed `json:"seed"`
}

// own answers below "/o/": the page of a launch, and its log.
func (h *Handler) own(w http.ResponseWriter, r *http.Request, token, rest string, held player.Held) {
	switch {
	case rest == "log":
		h.ownLog(w, r)
	case r.Method != http.MethodGet: // a look beforehand would use it up
		w.Header().Set("Allow", "GET")
		refuse(w, http.StatusMethodNotAllowed)
	default:
		h.ownPage(w, r, token, rest, held)
	}
}

func (h *Handler) ownPage(w http.ResponseWriter, r *http.Request, token, ticket string, held player.Held) {
	// The page holds the run time of SCORM, except in strict mode. H5P has a page of
	// its own in every mode, which is framed: what it does runs in that very page.
	runtime, style := h.run.Address("play-"+string(held.Kind)+".js"), h.run.Address("frame.css")
	script := runtime
	if h.where.Mode == Strict || held.Kind == player.H5P {
		script = h.run.Address("own.js")
	}
	if runtime == "" || script == "" || held.Kind.Speaks() {
		refuse(w, http.StatusNotFound)
		return
	}
	t, err := h.launches.OpenTicket(r.Context(), ticket)
	switch {
	case fault.Is(err, fault.Closed):
		refuse(w, http.StatusGone)
		return
	case err != nil:
		h.failed(w, err)
		return
	case t.Opened == nil || t.Opened.Path != token:
		refuse(w, http.StatusNotFound)
		return
	}
	l := i18n.For(i18n.Prefs{Lang: t.Run.Course.Language})
	a := alone{
		Replaced: l.T("player.replaced"), Ended: l.T("player.ended"), Withdrawn: l.T("player.withdrawn"), Refused: l.T("player.saved-refused"), Trouble: l.T("player.trouble"),
		Waiting: l.T("player.saved-not-yet"), Over: l.T("player.own-window-over"),
		Launch: string(t.Opened.Launch), Credential: t.Opened.Credential, Log: h.where.own(token) + "log", Back: t.Back, Seed: t.Opened.Seed,
		Page: h.where.Page(token), Sandbox: h.where.Sandbox(held.Popups), Allow: Allow,
	}
	body := "<body>"
	if held.Kind == player.H5P {
		a.Page += "#alone" // so it knows who stands above it
		a.Exit = l.T("player.exit")
		body = `<body class="alone">`
	}
	told, err := json.Marshal(a)
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	at := h.where.runtimes(token)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, `<!doctype html><html lang="`+html.EscapeString(t.Run.Course.Language)+`" dir="`+l.Dir()+`"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>`+
		html.EscapeString(t.Run.Course.Title)+`</title><link rel="stylesheet" href="`+at+style+`"><script src="`+at+script+`" data-app="`+html.EscapeString(h.where.App)+
		`" data-files="`+html.EscapeString(h.where.Files(token))+`" data-own="`+html.EscapeString(string(told))+`" defer></script></head>`+body+`</body></html>`) // the person has gone, if this fails
}

// ownLog takes in entries by the launch's credential.
func (h *Handler) ownLog(w http.ResponseWriter, r *http.Request) {
	hd := w.Header()
	hd.Set("Cache-Control", "no-store")
	switch r.Method {
	case http.MethodPost:
	case http.MethodOptions: // in strict mode the page has no origin
		hd.Set("Access-Control-Allow-Methods", "POST, OPTIONS")
		hd.Set("Access-Control-Allow-Headers", "Content-Type, Content-Encoding")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		hd.Set("Allow", "POST, OPTIONS")
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	TakeLog(w, r, h.launches, h.log)
}

// Logs keeps what is sent of what is done in packages; package player does.
type Logs interface {
	Accept(ctx context.Context, b player.Batch) (player.Kept, error)
}

// refusals are the answers to a log that is never taken, however often it is sent.
// Whoever sends it knows them by [problemOf]: what stands between may answer with the
// same statuses, and knows nothing.
var refusals = map[fault.Kind]int{
	fault.Unauthenticated: http.StatusUnauthorized, fault.Closed: http.StatusGone, fault.Invalid: http.StatusUnprocessableEntity,
}

// problemOf begins the type of a problem of ours; the kind of fault follows.
const problemOf = "urn:cadre:problem:"

// TakeLog answers to part of a log that is sent: it says what is kept, or refuses it for
// good as a problem (RFC 9457) of our own type; every other answer means that it is to
// be sent again. It reports whether it is kept.
func TakeLog(w http.ResponseWriter, r *http.Request, logs Logs, log *slog.Logger) bool {
	b, err := readBatch(w, r)
	if fault.Is(err, fault.Unavailable) { // the line broke: nobody reads this, unless it was a proxy's
		refuse(w, http.StatusServiceUnavailable)
		return false
	}
	var kept player.Kept
	if err == nil {
		kept, err = logs.Accept(r.Context(), b)
	}
	hd := w.Header()
	hd.Set("Cache-Control", "no-store")
	if err == nil {
		hd.Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(kept) // the person has gone, if this fails
		return true
	}
	kind := fault.KindOf(err)
	status, final := refusals[kind]
	if !final {
		if r.Context().Err() == nil { // else she has gone
			log.Error("courseware: a log was not taken", "error", err)
		}
		refuse(w, http.StatusServiceUnavailable)
		return false
	}
	Problem(w, kind, status)
	return false
}

// Problem answers with a problem of our own type.
func Problem(w http.ResponseWriter, kind fault.Kind, status int) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": problemOf + kind.String(), "title": http.StatusText(status), "status": status})
}

// logLimit is the largest part of a log that is taken, unpacked, in bytes.
const logLimit = 8 << 20

// readBatch reads entries of a log as they are sent, packed or not. What breaks off is a
// fault of kind Unavailable.
func readBatch(w http.ResponseWriter, r *http.Request) (b player.Batch, err error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, logLimit))
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) {
		return b, fault.Wrap(fault.Unavailable, "", err)
	}
	if err == nil && strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		raw, err = unpack(raw)
	}
	if err == nil {
		err = json.Unmarshal(raw, &b)
	}
	return b, fault.Wrap(fault.Invalid, "player.log-form", err)
}

func unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(z, logLimit+1))
	if err == nil && len(raw) > logLimit {
		err = errors.New("courseware: a log is larger than its limit")
	}
	return raw, err
}
