package web

import (
	"context"
	"net/http"
	"time"

	"cadre/internal/actor"
	"cadre/internal/i18n"
)

// Cookie is the name of the session's cookie. The prefix makes browsers that
// know it refuse the cookie to scripts and to other hosts, ports apart; older
// ones take the prefix "__Host-" or nothing from it, which is why every form
// carries a token as well.
const Cookie = "__Host-Http-cadre"

// LanguageCookie keeps the language chosen on this device until the browser is
// closed. It says nothing about who chose it.
const LanguageCookie = "__Host-Http-language"

// Session is who is signed in, as far as pages need to know.
type Session struct {
	// Actor acts, under the grant she chose.
	Actor actor.Actor
	// Grants are all that she may act under now.
	Grants []actor.Grant
	// Prefs are how she wants to read; the zero Prefs leaves it to the browser.
	Prefs i18n.Prefs
	// Own tells that the device is her own; a borrowed one keeps nothing of hers.
	Own bool
	// Secret is random, of at least 16 bytes, and lives as long as the session.
	// Form tokens are made from it.
	Secret []byte
}

// Sessions finds sessions; access keeps them.
type Sessions interface {
	// Lookup returns the session of token. A token that is unknown, used up,
	// idle for too long or signed out is answered with false and no error. It
	// may note that the session was used.
	Lookup(ctx context.Context, token string) (Session, bool, error)
}

type sessionKey struct{}

// SessionOf returns the session of the request, and whether there is one.
func SessionOf(ctx context.Context) (Session, bool) {
	s, ok := ctx.Value(sessionKey{}).(Session)
	return s, ok
}

// SessionToken returns the token that the request carries, empty if none: for
// signing out and for changing the grant acted under.
func SessionToken(r *http.Request) string {
	c, err := r.Cookie(Cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// SignIn hands the browser the session's token. A session on a borrowed device,
// keep zero, ends when the browser is closed; otherwise the cookie lives for keep.
func SignIn(w http.ResponseWriter, token string, keep time.Duration) {
	setCookie(w, Cookie, token, keep)
}

// SignOut takes the session's token from the browser, with everything else that
// it may have kept of the pages seen. On a device that is her own, work that
// waits to be sent stays: it is sealed, and nobody else is handed its key.
func SignOut(w http.ResponseWriter, own bool) {
	setCookie(w, Cookie, "", -1)
	setCookie(w, LanguageCookie, "", -1)
	data := `"cache", "storage"`
	if own {
		data = `"cache"`
	}
	w.Header().Set("Clear-Site-Data", data)
}

// ChooseLanguage keeps the language on this device until the browser is closed.
// An empty tag forgets it, so that the person's own preference holds again.
func ChooseLanguage(w http.ResponseWriter, tag string) {
	if tag == "" {
		setCookie(w, LanguageCookie, "", -1)
		return
	}
	setCookie(w, LanguageCookie, tag, 0)
}

func setCookie(w http.ResponseWriter, name, value string, keep time.Duration) {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/",
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	switch {
	case keep < 0:
		c.MaxAge = -1
	case keep > 0:
		c.MaxAge = int(keep / time.Second)
	}
	http.SetCookie(w, c)
}
