package playerweb

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// What docs/isolation.md says of browsers holds: that a unit's last words are heard,
// that a file opened by itself stays in the sandbox of strict mode, and what of
// cookies and storage a package finds again outside its frame.
func TestWhatBrowsersHonour(t *testing.T) {
	t.Parallel()
	chromium, firefox := webtest.Launch(t), webtest.LaunchFirefox(t)
	for which, b := range map[browserName]browser{inChromium: chromium, inFirefox: firefox} {
		for _, mode := range courseware.Modes() {
			t.Run(fmt.Sprintf("%s, %s", which, mode), func(t *testing.T) {
				th := openTheatre(t, mode)
				th.shelf.Put(playertest.Scorm12("indicators"))
				s := th.seat(b, th.begin("indicators"), webtest.Look{})
				s.alive("/intro.html")
				got := map[string]string{}

				webtest.Ask[string](s.Tab, `(window.heard = "no", addEventListener("message", e => { if (e.data && e.data.heard) heard = e.data.heard }), "")`)
				s.do(`quiet = true; addEventListener("unload", () => top.postMessage({ heard: "yes" }, "*")); setTimeout(() => location.reload(), 20); ""`)
				s.until(`heard === "yes"`)
				s.alive("/intro.html")

				got["place"] = s.do(`Promise.race([new Promise(y => navigator.geolocation.getCurrentPosition(() => y("told"), e => y(e.code === 1 ? "denied" : "error " + e.code))), new Promise(y => setTimeout(() => y("asked"), 15000))])`)
				s.do(`(() => { try { localStorage.setItem("kept", "1"); document.cookie = "plain=1; Secure; Path=/; SameSite=None"; document.cookie = "apart=1; Secure; Path=/; SameSite=None; Partitioned" } catch (e) {} })()`)
				const kept = `(() => { try { return [self.origin === "null" ? "no origin" : "", localStorage.getItem("kept") ? "storage" : "", ...document.cookie.split("; ").map(c => c.split("=")[0]).filter(c => c === "plain" || c === "apart").sort()].filter(x => x).join(" ") } catch (e) { return (self.origin === "null" ? "no origin, " : "") + e.name } })()`
				got["in its frame"] = s.do(kept)
				u, err := url.Parse(s.do(`location.href`))
				if err != nil {
					t.Fatal(err)
				}
				got["by itself"] = webtest.Ask[string](s.Beside(u.Scheme+"://"+u.Host).Open(u.RequestURI()), kept)
				for what, want := range honoured(which, mode) {
					if got[what] != want {
						t.Errorf("%s: %q, want %q", what, got[what], want)
					}
				}
				if l := th.log.String(); strings.Contains(l, "level=ERROR") {
					t.Error(l)
				}
			})
		}
	}
}

// honoured is what is seen of a package in its frame, and when the same file is
// opened by itself.
func honoured(b browserName, m courseware.Mode) map[string]string {
	switch m {
	case courseware.Strict:
		return map[string]string{"place": "denied", "in its frame": "no origin, SecurityError", "by itself": "no origin, SecurityError"}
	case courseware.SecondListener:
		return map[string]string{"place": "denied", "in its frame": "storage apart plain", "by itself": "storage apart plain"}
	}
	return map[string]string{"place": "denied", "in its frame": map[browserName]string{inChromium: "storage apart", inFirefox: "storage apart plain"}[b], "by itself": ""}
}
