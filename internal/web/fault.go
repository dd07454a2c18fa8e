package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/ui"
)

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

// Status returns the HTTP status of a kind of fault. It is the one place where
// the two meet, for pages and for the API.
func Status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Denied:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict, fault.Stale:
		return http.StatusConflict
	case fault.Closed:
		return http.StatusGone
	case fault.Limited:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// titleOf returns the key of an error page's heading.
func titleOf(k fault.Kind) string {
	switch k {
	case fault.Invalid:
		return "ui.fault-invalid"
	case fault.Unauthenticated:
		return "ui.fault-unauthenticated"
	case fault.Denied:
		return "ui.fault-denied"
	case fault.NotFound:
		return "ui.fault-not-found"
	case fault.Conflict:
		return "ui.fault-conflict"
	case fault.Stale:
		return "ui.fault-stale"
	case fault.Closed:
		return "ui.fault-closed"
	case fault.Limited:
		return "ui.fault-limited"
	case fault.Unavailable:
		return "ui.fault-unavailable"
	}
	return "ui.fault-internal"
}

// Incident logs an error that nobody expected, once, and returns the id under
// which the person and the log speak of it. The log gets the route's pattern,
// never the address itself, which may hold what someone searched for.
func Incident(ctx context.Context, log *slog.Logger, route string, err error) string {
	incident := id.Secret(8)
	log.ErrorContext(ctx, "request failed", "incident", incident, "route", route, "kind", fault.KindOf(err).String(), "error", err.Error())
	return incident
}

// answer turns err into a page.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, route string, err error) {
	kind := fault.KindOf(err)
	if r.Context().Err() != nil && !fault.Is(err, fault.Unavailable) {
		return // the person has gone; nobody reads an answer
	}
	if kind == fault.Unauthenticated && (r.Method == http.MethodGet || r.Method == http.MethodHead) && !strings.HasPrefix(r.URL.Path, signInPath) {
		http.Redirect(w, r, signInPath+"?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		return
	}
	say := i18n.From(r.Context())
	text := say.Error(err)
	var f *fault.Error
	if errors.As(err, &f) && kind == fault.Internal {
		text = say.T("fault.internal")
	}
	incident := ""
	switch {
	case kind == fault.Internal:
		incident = Incident(r.Context(), s.deps.Log, route, err)
	case f != nil && f.Cause != nil:
		s.deps.Log.InfoContext(r.Context(), "request refused", "route", route, "kind", kind.String(), "error", err.Error())
	}
	next := ui.Link{Label: say.T("ui.to-start"), Href: "/"}
	if kind == fault.Unauthenticated {
		next = ui.Link{Label: say.T("ui.sign-in"), Href: signInPath}
	}
	if kind == fault.Limited || kind == fault.Unavailable {
		w.Header().Set("Retry-After", "30")
	}
	page := ui.FaultPage(say.T(titleOf(kind)), text, incident, next)
	if err := render(w, r, Status(kind), page); err != nil {
		s.deps.Log.ErrorContext(r.Context(), "error page failed", "route", route, "error", err.Error())
		http.Error(w, http.StatusText(Status(kind)), Status(kind))
	}
}

const signInPath = "/sign-in"
