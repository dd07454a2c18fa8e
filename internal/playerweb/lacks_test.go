package playerweb

import (
	"strings"
	"testing"

	"cadre/internal/i18n"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// What a module lacks she reads before she begins, and again while she is at it, on a
// phone, in either direction.
func TestSheReadsWhatAModuleLacks(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	th := openTheatre(t, courseware.SecondListener)
	c, files := playertest.Scorm12("spotting")
	c.Lacks = player.Lacks{Captions: true, Keyboard: true, Other: "Colours without words in chapter 2."}
	th.shelf.Put(c, files)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a, whole := th.begin("spotting"), th.begin("indicators")
	for lang, words := range map[string][]string{
		"en": {"What is said in its sound and video is not written anywhere.", "It cannot be used with the keyboard alone", "tell the programme office"},
		"ur": {"وہ کہیں لکھا ہوا نہیں", "اسے صرف کی بورڈ سے استعمال نہیں کیا جا سکتا", "پروگرام کے دفتر کو بتائیں"},
	} {
		s := &seat{Tab: chromium.Tab(t, th.url, webtest.Look{Token: th.sessions.Add(learner(), i18n.Prefs{Lang: lang}), Width: 360}), t: t}
		s.Open("/learn/spotting").MustShow(append(words, "Colours without words in chapter 2.")...)
		s.Shot("lacks-cover-" + lang)
		s.CheckAxe()
		s.Open(playPath(a))
		s.until(`document.querySelector("iframe")`)
		if strings.Contains(s.Text(), words[0]) {
			t.Errorf("%s: it takes room before she asks for it", lang)
		}
		s.Click(".play-about summary")
		s.MustShow(words[0], words[1], "Colours without words in chapter 2.")
		s.Shot("lacks-frame-" + lang)
		s.CheckAxe()
		if n := s.Overflow(); n > 0 {
			t.Errorf("%s: %d pixels too wide", lang, n)
		}
		if s.Open(playPath(whole)); webtest.Ask[bool](s.Tab, `!!document.querySelector(".play-about")`) {
			t.Errorf("%s: a module that lacks nothing has something to say about it", lang)
		}
	}
}
