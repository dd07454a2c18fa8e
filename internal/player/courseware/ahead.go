package courseware

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"cadre/internal/player"
)

// Ahead is the address of the page that fetches the package behind token before it
// is opened; empty where browsers keep nothing for it. They keep what was fetched for
// whoever asks from the same place, so it stands where the package does. In strict
// mode that place has no name, and nothing is kept.
func (w Where) Ahead(token string) string {
	if w.Mode == Strict {
		return ""
	}
	return w.Origin(token) + w.prefix() + "/a/" + token
}

// aheadPolicy is the content policy of that page. It frames pages of the package,
// without their scripts.
func (w Where) aheadPolicy(token string) string {
	return strings.Join([]string{
		"default-src 'none'", "script-src " + w.runtimes(token), "connect-src " + w.Files(token) + " " + w.runtimes(token),
		"frame-src " + w.Files(token), "form-action 'none'", "base-uri 'none'", "frame-ancestors " + w.App,
	}, "; ")
}

// ahead serves that page.
func (h *Handler) ahead(w http.ResponseWriter, r *http.Request, token string, held player.Held) {
	script := h.run.Address("ahead.js")
	if script == "" || h.where.Ahead(token) == "" {
		refuse(w, http.StatusNotFound)
		return
	}
	// What a package runs in is fetched with it, except where it speaks for itself.
	run := []string{}
	for _, name := range h.run.around(held.Kind) {
		run = append(run, h.where.runtimes(token)+h.run.Address(name))
	}
	told, err := json.Marshal(run)
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cadre</title><script src="`+h.where.runtimes(token)+script+
			`" data-app="`+html.EscapeString(h.where.App)+`" data-files="`+html.EscapeString(h.where.Files(token))+`" data-run="`+html.EscapeString(string(told))+
			`" defer></script></head><body></body></html>`) // the person has gone, if this fails
	}
}

// around names the files of the run time that stand around packages of a kind.
func (r *Runtime) around(k player.Kind) []string {
	switch {
	case k.Speaks():
		return nil
	case k == player.H5P:
		return append([]string{"play-h5p.js", "play-h5p.css"}, h5pFiles...)
	}
	return []string{"play-" + string(k) + ".js", "frame.css"}
}
