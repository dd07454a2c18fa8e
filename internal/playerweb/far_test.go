package playerweb

import (
	"encoding/json"
	"fmt"
	"testing"

	"cadre/internal/i18n"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// far waits until the bar says how far she is.
func (s *seat) far(words string) {
	s.t.Helper()
	s.until(fmt.Sprintf(`document.getElementById("play-far").innerText.replace(/[\u2068\u2069]/g, "") === %q`, words))
}

// The bar says how far she is in all units together, or in the one that there is, in her
// words and digits. It stands outside what is read out whenever it changes.
func TestTheBarSaysHowFarSheIs(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	th.shelf.Put(&player.Course{
		Key: "single", Kind: player.Scorm2004, Title: "Single", Language: "en", Bytes: 2000,
		Sequencing: json.RawMessage(`{"activityTree": {"id": "ALL", "title": "Single", "children": [{"id": "ONE", "title": "One"}]}}`),
		Units:      []player.Unit{{ID: "ONE", Title: "One", Href: "one.html"}},
	}, map[string]string{"one.html": playertest.Puppet})
	chromium := webtest.Launch(t)
	a := th.begin("indicators")
	s := th.seat(chromium, a, webtest.Look{Width: 360})
	s.alive("/intro.html")
	s.far("0 of 2 done")
	s.must(`api.LMSSetValue("cmi.core.lesson_status", "completed") + api.LMSCommit("")`, "truetrue")
	s.far("1 of 2 done")
	s.saved()
	if live := webtest.Ask[bool](s.Tab, `document.getElementById("play-far").closest("[role=status], [role=alert], [aria-live]") !== null`); live {
		t.Error("every step is read out")
	}
	s.Shot("en-far-phone")
	s.leads(func() { s.Click("#play-exit") })

	for _, width := range []int{360, 1280} {
		urdu := th.seat(chromium, a, webtest.Look{Width: width, Language: "ur", Token: th.sessions.Add(learner(), i18n.Prefs{Lang: "ur", Digits: "arabext"})})
		urdu.until(`frames.length > 0`)
		urdu.far("۲ میں سے ۱ مکمل")
		if n := urdu.Overflow(); n > 0 {
			t.Errorf("the frame is %d pixels too wide at %d", n, width)
		}
		urdu.Shot(fmt.Sprint("ur-far-", width))
		urdu.leads(func() { urdu.Click("#play-exit") })
	}

	s = th.seat(chromium, th.begin("single"), webtest.Look{})
	s.alive("/one.html")
	s.saved()
	if !webtest.Ask[bool](s.Tab, `document.getElementById("play-far").hidden`) {
		t.Error("a unit that tells nothing of how far it is is said to be somewhere")
	}
	s.must(`api2.SetValue("cmi.progress_measure", "0.4") + api2.Commit("")`, "truetrue")
	s.far("40% done")
	s.Shot("en-far-wide")
}
