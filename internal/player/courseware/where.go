package courseware

import (
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"strings"
)

// Mode says how packages are kept apart from the application.
type Mode string

// The modes, the best first.
const (
	SeparateHost   Mode = "separate-host"
	SecondListener Mode = "second-listener"
	Strict         Mode = "strict"
)

// Modes lists them.
func Modes() []Mode { return []Mode{SeparateHost, SecondListener, Strict} }

// Prefix is the path below which everything of packages stands in strict mode.
const Prefix = "/courseware"

// Where says where packages are served, and for which application.
type Where struct {
	Mode Mode
	// App is the application's origin: https://training.example.org.
	App string
	// Content is the packages' origin. In mode [SeparateHost] its first label may
	// be "*": each path to a package then has a host of its own. In mode [Strict]
	// it is App.
	Content string
}

func (w Where) prefix() string {
	if w.Mode == Strict {
		return Prefix
	}
	return ""
}

// Origin is the origin of the package behind token.
func (w Where) Origin(token string) string {
	return strings.Replace(w.Content, "//*.", "//"+label(token)+".", 1)
}

// label is the host's first label for a token; the token cannot be found from it.
func label(token string) string {
	sum := sha256.Sum256([]byte("cadre courseware host\x00" + token))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
}

// Frames are the sources that the application's pages may frame.
func (w Where) Frames() []string {
	if w.Mode == Strict {
		return []string{"'self'"}
	}
	return []string{w.Content}
}

// Files is the address below which the files behind token stand, with a slash
// at its end.
func (w Where) Files(token string) string { return w.Origin(token) + w.prefix() + "/p/" + token + "/" }

// Page is the address of the page that frames the package behind token.
func (w Where) Page(token string) string { return w.Origin(token) + w.prefix() + "/w/" + token }

// Records is the address below which units behind token speak to the record
// store, with a slash at its end.
func (w Where) Records(token string) string { return w.spoken(token) + "xapi/" }

// Fetch is the address where a unit fetches its credential, once, by its code.
func (w Where) Fetch(token, code string) string { return w.spoken(token) + "fetch/" + code }

// Done is the page to which a unit behind token returns.
func (w Where) Done(token string) string { return w.spoken(token) + "done" }

// LeftPath is where somebody is led who leaves a package that another program had
// opened, and that named no address to go back to. It is a page of the application.
const LeftPath = "/launch/left"

// Left is that page's address.
func (w Where) Left() string { return w.App + LeftPath }

func (w Where) spoken(token string) string { return w.Origin(token) + w.prefix() + "/x/" + token + "/" }

// runtimes is the address below which the run time stands, for the package
// behind token.
func (w Where) runtimes(token string) string { return w.Origin(token) + w.prefix() + "/r/" }

// Serves reports whether a host, as a request names it, is the packages'. It
// means something in mode [SeparateHost] alone.
func (w Where) Serves(host string) bool {
	u, err := url.Parse(w.Content)
	if err != nil || w.Mode != SeparateHost {
		return false
	}
	host = strings.ToLower(host)
	if rest, ok := strings.CutPrefix(u.Host, "*."); ok {
		_, parent, found := strings.Cut(host, ".")
		return found && parent == rest
	}
	return host == u.Host
}

// Sandbox is the value of the attribute "sandbox" for frames of packages; popups
// says that an officer lets this one open windows, which stay in the sandbox.
func (w Where) Sandbox(popups bool) string {
	s := "allow-scripts allow-forms allow-modals allow-downloads"
	if popups {
		s += " allow-popups"
	}
	if w.Mode != Strict {
		s += " allow-same-origin"
	}
	return s
}

// Allow is the value of the attribute "allow" for frames of packages. Older
// packages save in the event "unload".
const Allow = "fullscreen; autoplay; unload"
