package playerweb

import (
	"testing"

	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// Older packages say where somebody left off only as their page goes, and commit
// nothing. When she leaves by the frame's own button that is kept.
func TestWhatAPackageSaysAsItGoesIsKept(t *testing.T) {
	t.Parallel()
	chromium, firefox := webtest.Launch(t), webtest.LaunchFirefox(t)
	for which, b := range map[browserName]browser{inChromium: chromium, inFirefox: firefox} {
		for _, mode := range courseware.Modes() {
			if which == inFirefox && mode != courseware.Strict { // the hardest of them
				continue
			}
			t.Run(string(which)+", "+string(mode), func(t *testing.T) {
				th := openTheatre(t, mode)
				th.shelf.Put(playertest.Scorm12("indicators"))
				a := th.begin("indicators")
				one := th.seat(b, a, webtest.Look{})
				one.alive("/intro.html")
				one.must(`said`, "true")
				one.saved()
				one.do(`quiet = true; addEventListener("unload", () => { api.LMSSetValue("cmi.core.lesson_location", "page 9"); api.LMSSetValue("cmi.core.exit", "suspend"); api.LMSFinish("") }); ""`)
				one.Press("#play-exit").MustShow("Continue")

				two := th.seat(b, a, webtest.Look{})
				two.alive("/intro.html")
				two.must(`api.LMSGetValue("cmi.core.lesson_location")`, "page 9")
				two.must(`api.LMSGetValue("cmi.core.entry")`, "resume")
			})
		}
	}
}
