package playerweb

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"cadre/internal/i18n"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

func spottingInUrdu() (*player.Course, map[string]string) {
	c, files := playertest.Scorm12("spotting")
	c.Title, c.Language, c.Bytes = "علامات پہچانیں", "ur", 2_400_000
	return c, files
}

// An officer who reads Urdu finds one module, in Urdu; she knows what it costs to go
// over to English before she does, works in both, and completes it once.
func TestAnOfficerTakesAModuleInUrduThenInEnglish(t *testing.T) {
	chromium := webtest.Launch(t)
	th := openTheatre(t, courseware.SecondListener)
	english, files := playertest.Scorm12("spotting")
	english.Bytes = 3_100_000
	th.shelf.Put(english, files)
	th.shelf.Put(spottingInUrdu())
	token := th.sessions.Add(learner(), i18n.Prefs{Lang: "ur"})
	phone := webtest.Look{Token: token, Width: 360}
	s := &seat{Tab: chromium.Tab(t, th.url, phone), t: t}
	look := func(name string) {
		t.Helper()
		s.Shot("spotting-" + name)
		if n := s.Overflow(); n > 0 {
			t.Errorf("%s is %d pixels too wide", name, n)
		}
		s.CheckAxe()
	}

	s.Open("/learn/spotting").MustShow("علامات پہچانیں", "اردو", "English")
	look("cover-ur")
	if got := webtest.Ask[string](s.Tab, `document.querySelector("input[name=language]:checked").value + " " + getComputedStyle(document.querySelector("h1")).direction`); got != "ur rtl" {
		t.Errorf("chosen and set is %q", got)
	}
	s.Press("#start button[type=submit]")
	s.alive("/intro.html")
	s.must(`api.LMSSetValue("cmi.core.lesson_status", "completed")`, "true")
	s.must(`api.LMSCommit("")`, "true")
	s.saved()
	s.Press("#play-exit").MustShow("محفوظ ہے، اور آپ اس پر واپس آ سکتی ہیں", "میں جاری رکھیں")
	look("open-ur")

	s.Press("main form[action^=\"/attempts/\"] button")
	s.alive("/intro.html")
	s.must(`api.LMSGetValue("cmi.core.lesson_status")`, "not attempted")
	s.must(`api.LMSSetValue("cmi.core.lesson_status", "completed")`, "true")
	s.must(`api.LMSCommit("")`, "true")
	s.saved()
	s.Press("#play-exit").MustShow("Indicators", "آپ 50")
	look("open-en")

	// Back to Urdu, where she was; and in English she ends it.
	s.Press("main form[action^=\"/attempts/\"] button")
	s.alive("/intro.html")
	s.must(`api.LMSGetValue("cmi.core.lesson_status")`, "completed")
	s.Press("#play-exit").MustShow("علامات پہچانیں").Press("main form[action^=\"/attempts/\"] button")
	s.alive("/intro.html")
	s.until(`!document.querySelectorAll("#play-tree button")[1].disabled`)
	webtest.Ask[bool](s.Tab, `(document.querySelectorAll("#play-tree button")[1].click(), true)`)
	s.alive("/exam.html")
	s.must(`api.LMSSetValue("cmi.core.lesson_status", "passed")`, "true")
	s.must(`api.LMSCommit("")`, "true")
	s.saved()
	s.Press("#play-exit")
	s.until(`location.pathname === "/learn/spotting"`)
	s.Open("/learn/spotting").MustShow("Indicators")
	if strings.Contains(s.Text(), "میں جاری رکھیں") || webtest.Ask[int](s.Tab, `document.querySelectorAll("input[name=language][type=radio]").length`) != 0 {
		t.Errorf("what is passed offers languages:\n%s", s.Text())
	}
	if got := th.ledger.completed(); len(got) != 1 || !got[0].Passed {
		t.Errorf("the facts say %+v", got)
	}
}

// A language that was taken out of use meanwhile: she is told, and goes on in another.
func TestALanguageThatIsGoneIsTold(t *testing.T) {
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("spotting"))
	th.shelf.Put(spottingInUrdu())
	b := webtest.Visit(t, th.url, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}))
	cover := b.Get("/learn/spotting").Must(t, http.StatusOK, "In which language?", "2.4").CheckPage(t)
	page := b.Submit(cover, "start", url.Values{"language": {"ur"}}).Must(t, http.StatusOK, "علامات پہچانیں")
	th.shelf.Withdraw("spotting", "ur")
	gone := b.Get("/learn/spotting").Must(t, http.StatusOK, "Indicators", "was taken out of use", "Begin").CheckPage(t)
	if next := b.Submit(gone, "start", nil).Must(t, http.StatusOK); next.Path == page.Path || !strings.HasSuffix(next.Path, "/play") {
		t.Errorf("she was led to %s, after %s", next.Path, page.Path)
	}
	// Staff see which attempt is in which language.
	staff := webtest.Visit(t, th.url, th.sessions.Add(officer(), i18n.Prefs{Lang: "en"}))
	staff.Get("/cohorts/"+string(cohort)+"/modules/spotting/people/"+string(ayesha)).Must(t, http.StatusOK, "English", "اردو").CheckPage(t)
}
