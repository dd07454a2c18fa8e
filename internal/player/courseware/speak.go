package courseware

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"cadre/internal/lrs"
	"cadre/internal/player"
)

// speak answers what a unit that speaks xAPI asks of its launch: its credential,
// the record store as far as it reaches, and the page to return to.
func (h *Handler) speak(w http.ResponseWriter, r *http.Request, token, rest string, held player.Held) {
	h.across(w, r, held)
	code, fetches := strings.CutPrefix(rest, "fetch/")
	switch {
	case fetches:
		h.fetch(w, r, token, code)
	case rest == "done":
		h.done(w, r, token)
	case rest == "xapi" || strings.HasPrefix(rest, "xapi/"):
		h.records.ServeHTTP(w, r)
	default:
		refuse(w, http.StatusNotFound)
	}
}

// across lets a unit that lies outside read the answers, if an officer allows its
// host. In strict mode whoever shows the credential may.
func (h *Handler) across(w http.ResponseWriter, r *http.Request, held player.Held) {
	w.Header().Add("Vary", "Origin")
	if origin := r.Header.Get("Origin"); slices.Contains(held.Origins, origin) {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
}

// visit lets a unit in at the record store.
func (h *Handler) visit(r *http.Request) (lrs.Visit, error) {
	_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, h.where.prefix()), "/x/")
	token, _, _ := strings.Cut(rest, "/")
	return h.sessions.Visit(r.Context(), token, r.Header.Get("Authorization"))
}

// fetch hands out the credential of a session as cmi5 8.2 has it: also what went
// wrong is answered by status 200.
func (h *Handler) fetch(w http.ResponseWriter, r *http.Request, token, code string) {
	hd := w.Header()
	hd.Set("Cache-Control", "no-store")
	switch r.Method {
	case http.MethodPost:
	case http.MethodOptions:
		hd.Set("Access-Control-Allow-Methods", "POST, OPTIONS")
		hd.Set("Access-Control-Allow-Headers", "Content-Type, Authorization, X-Experience-API-Version")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		hd.Set("Allow", "POST, OPTIONS")
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	f := h.sessions.Fetch(r.Context(), token, code)
	answer := map[string]string{"auth-token": f.Credential}
	if f.Code != "" {
		answer = map[string]string{"error-code": f.Code, "error-text": f.Text}
	}
	b, err := json.Marshal(answer)
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	hd.Set("Content-Type", "application/json")
	_, _ = w.Write(b) // the person has gone, if this fails
}

// done is the page to which a unit returns: it tells the player's frame, or leads
// back to the application where there is none.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, token string) {
	script := h.run.Address("done.js")
	if script == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		refuse(w, http.StatusNotFound)
		return
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.Method != http.MethodHead {
		app := html.EscapeString(h.where.App)
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cadre</title><script src="`+h.where.runtimes(token)+script+
			`" data-app="`+app+`" defer></script></head><body><a href="`+app+`">Cadre</a></body></html>`)
	}
}
