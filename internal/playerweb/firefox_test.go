package playerweb

import (
	"fmt"
	"testing"

	"cadre/internal/i18n"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// What is shown of packages in Chromium is shown in Firefox as well, in each mode: by
// the same table of attempts, and the same way of one learner from the beginning to
// the end.
func TestPackagesInFirefox(t *testing.T) {
	t.Parallel()
	firefox := webtest.LaunchFirefox(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			scorm12FromEndToEnd(t, firefox, mode)
			besiege(t, inFirefox, firefox, mode)
		})
	}
}

// What Firefox was shown as saved on the device is there after a battery has died,
// and reaches the server when there is one again.
func TestSavedHereOutlivesFirefox(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a := th.begin("indicators")
	profile := t.TempDir()
	sit := func(f *webtest.Firefox) *seat {
		s := &seat{Tab: f.First(t, th.url, webtest.Look{Token: th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})}), t: t}
		s.Open(playPath(a))
		s.alive("/intro.html")
		return s
	}
	work := func(s *seat, step int) {
		s.must(fmt.Sprintf(`api.LMSSetValue("cmi.interactions.%d.id", "q%[1]d") + api.LMSSetValue("cmi.suspend_data", "step %[1]d " + "اردو".repeat(900)) + api.LMSCommit("")`, step), "truetruetrue")
	}

	firefox := webtest.LaunchFirefoxAt(t, profile)
	s := sit(firefox)
	work(s, 0)
	s.saved()
	th.down()
	work(s, 1)
	s.until(`document.getElementById("play-status").dataset.state === "here"`)
	if err := firefox.Kill(); err != nil {
		t.Fatal(err)
	}
	th.up()

	s = sit(webtest.LaunchFirefoxAt(t, profile))
	s.must(`api.LMSGetValue("cmi.core.entry") + api.LMSGetValue("cmi.interactions._count")`, "resume2")
	s.must(`api.LMSGetValue("cmi.suspend_data") === "step 1 " + "اردو".repeat(900)`, "true")
	s.saved()
	th.whole(a, 2)
}
