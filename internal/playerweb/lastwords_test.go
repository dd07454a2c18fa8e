package playerweb

import (
	"encoding/json"
	"testing"

	"cadre/internal/player"
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

// Many packages say that they begin and that they end, and nothing else: that is what
// either edition asks for at the least. Whoever has opened all of it and left is done. A
// group that is hidden hides its name, and not what stands in it.
func TestAPackageThatSaysNothingOfItselfIsCompletedAsItEnds(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	for _, kind := range []player.Kind{player.Scorm12, player.Scorm2004} {
		for _, mode := range courseware.Modes() {
			t.Run(string(kind)+", "+string(mode), func(t *testing.T) {
				th := openTheatre(t, mode)
				th.shelf.Put(&player.Course{
					Key: "indicators", Kind: kind, Title: "Indicators", Language: "en", Bytes: 2000,
					Sequencing: json.RawMessage(`{"activityTree": {"id": "ALL", "title": "Indicators", "children": [{"id": "ONE", "title": "One"}, {"id": "GROUP", "title": "Group", "isVisible": false, "children": [{"id": "TWO", "title": "Two"}]}]}}`),
					Units: []player.Unit{
						{ID: "ONE", Title: "One", Href: "one.html"},
						{ID: "GROUP", Title: "Group", Hidden: true, Units: []player.Unit{{ID: "TWO", Title: "Two", Href: "two.html"}}},
					},
				}, map[string]string{"one.html": playertest.Puppet, "two.html": playertest.Puppet})
				a := th.begin("indicators")
				one := th.seat(chromium, a, webtest.Look{})
				one.alive("/one.html")
				one.must(`said`, "true")
				one.until(`document.querySelectorAll("#play-tree button").length === 2 && !document.querySelectorAll("#play-tree button")[1].disabled`)
				webtest.Ask[bool](one.Tab, `(document.querySelectorAll("#play-tree button")[1].click(), true)`)
				one.alive("/two.html")
				one.must(`said`, "true")
				one.saved()
				if got := th.attempt(a); got.State != player.Open || got.Percent != 50 {
					t.Errorf("with one of two units behind her she is at %d%%, %s", got.Percent, got.State)
				}
				one.Press("#play-exit")
				one.until(`location.pathname === "/learn/indicators"`)
				if done := th.ledger.completed(); len(done) != 1 || !done[0].Passed {
					t.Errorf("the facts say %+v", done)
				}
			})
		}
	}
}

// A package of one unit that keeps a place and says nothing of its completion is not done
// by being put down, by the frame's button or by its own: she finds her place again.
func TestWhoPutsDownASilentPackageFindsHerPlace(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	for _, mode := range courseware.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			th := openTheatre(t, mode)
			th.shelf.Put(&player.Course{
				Key: "indicators", Kind: player.Scorm2004, Title: "Indicators", Language: "en", Bytes: 2000,
				Sequencing: json.RawMessage(`{"activityTree": {"id": "ALL", "title": "Indicators", "children": [{"id": "ONE", "title": "One"}]}}`),
				Units:      []player.Unit{{ID: "ONE", Title: "One", Href: "one.html"}},
			}, map[string]string{"one.html": playertest.Puppet})
			a := th.begin("indicators")
			one := th.seat(chromium, a, webtest.Look{})
			one.alive("/one.html")
			one.must(`api2.SetValue("cmi.location", "page 3") + api2.SetValue("cmi.suspend_data", "kept")`, "truetrue")
			one.Press("#play-exit").MustShow("Continue")

			two := th.seat(chromium, a, webtest.Look{})
			two.alive("/one.html")
			two.must(`api2.GetValue("cmi.entry") + api2.GetValue("cmi.location")`, "resumepage 3")
			two.must(`api2.SetValue("cmi.location", "page 4") + api2.SetValue("adl.nav.request", "suspendAll") + api2.Terminate("")`, "truetruetrue")
			two.saved()
			two.Press("#play-exit").MustShow("Continue")

			three := th.seat(chromium, a, webtest.Look{})
			three.alive("/one.html")
			three.must(`api2.GetValue("cmi.entry") + api2.GetValue("cmi.location") + api2.GetValue("cmi.suspend_data")`, "resumepage 4kept")
			three.must(`api2.SetValue("adl.nav.request", "abandonAll") + api2.Terminate("")`, "truetrue")
			three.saved()
			if got := th.attempt(a); got.State != player.Open || got.Percent != 0 || len(th.ledger.completed()) != 0 {
				t.Errorf("who has put it down, or thrown it away, is at %d%%, %s", got.Percent, got.State)
			}
		})
	}
}

// A unit of SCORM 1.2 that asks for a chapter opens once all of that is done, and its
// words may stand in quotes of either kind.
func TestAChapterOpensWhatAsksForIt(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	unit := func(id, asks string) player.Unit {
		return player.Unit{ID: id, Title: id, Href: id + ".html", Prerequisites: asks}
	}
	th.shelf.Put(&player.Course{
		Key: "indicators", Kind: player.Scorm12, Title: "Indicators", Language: "en", Bytes: 2000,
		Units: []player.Unit{{ID: "FIRST", Title: "First", Units: []player.Unit{unit("one", ""), unit("two", "one='completed'")}}, unit("three", "FIRST")},
	}, map[string]string{"one.html": playertest.Puppet, "two.html": playertest.Puppet, "three.html": playertest.Puppet})
	a := th.begin("indicators")
	s := th.seat(webtest.Launch(t), a, webtest.Look{})
	shut := func(want string) {
		t.Helper()
		s.until(`[...document.querySelectorAll("#play-tree button")].map(b => b.disabled ? "shut" : "open").join(" ") === "` + want + `"`)
	}
	s.alive("/one.html")
	shut("open shut shut")
	s.must(`api.LMSSetValue("cmi.core.lesson_status", "completed")`, "true")
	shut("open open shut")
	webtest.Ask[bool](s.Tab, `(document.querySelectorAll("#play-tree button")[1].click(), true)`)
	s.alive("/two.html")
	s.must(`api.LMSSetValue("cmi.core.lesson_status", "passed")`, "true")
	shut("open open open")
}
