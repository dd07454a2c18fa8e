package courseware

import (
	"net/http"
	"strings"

	"cadre/internal/player"
)

// denied are the powers of a browser that no package has.
const denied = "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=(), hid=(), midi=(), bluetooth=(), " +
	"publickey-credentials-get=(), publickey-credentials-create=(), otp-credentials=(), identity-credentials-get=(), " +
	"clipboard-read=(), storage-access=(), idle-detection=(), local-fonts=(), browsing-topics=(), unload=(self)"

// secure sets what every answer says to the browser, whatever it answers.
func (w Where) secure(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Permissions-Policy", denied)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Origin-Agent-Cluster", "?1")
	h.Set("Strict-Transport-Security", "max-age=31536000") // ignored by browsers over plain http
	if w.Mode == Strict {
		// To a sandboxed document its own files are another origin's. Nothing here
		// depends on who asks, so anybody may read it who knows the token.
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
}

// filePolicy is the content policy of a package's files. Sources are the paths
// of this very package, so one package cannot load or call another's, nor the
// application where it stands on the same origin; beside them stand the hosts
// that an officer allows it.
func (w Where) filePolicy(token string, held player.Held) string {
	own := w.Files(token)
	if len(held.Hosts) > 0 {
		own += " " + strings.Join(held.Hosts, " ")
	}
	speaks := own
	if held.Kind.Speaks() {
		speaks += " " + w.spoken(token)
	}
	p := []string{
		"default-src " + own + " 'unsafe-inline' 'unsafe-eval' data: blob:",
		"script-src " + own + " " + w.runtimes(token) + " 'unsafe-inline' 'unsafe-eval' data: blob:",
		"connect-src " + speaks + " data: blob:",
		"form-action 'none'",
		"webrtc 'block'",
	}
	if w.Mode == Strict {
		// The frames of an opaque document have no ancestor that could be named, so
		// framing is not restricted: wherever it is framed, it stays in its sandbox.
		p = append(p, "base-uri "+w.Files(token), "sandbox "+w.Sandbox(held.Popups))
	} else {
		p = append(p, "base-uri 'self'", "frame-ancestors 'self' "+w.App)
	}
	return strings.Join(p, "; ")
}

// pagePolicy is the content policy of the page that holds the run time.
func (w Where) pagePolicy(token string) string {
	p := []string{
		"default-src 'none'", "script-src " + w.runtimes(token), "style-src " + w.runtimes(token),
		"frame-src " + w.Files(token), "form-action 'none'", "base-uri 'none'",
	}
	if w.Mode == Strict {
		p = append(p, "sandbox allow-scripts")
	} else {
		p = append(p, "frame-ancestors "+w.App)
	}
	return strings.Join(p, "; ")
}
