package playerweb

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"cadre/internal/i18n"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// full is a device on which nothing can be put away while window.full is set.
const full = `(() => {
	const put = IDBObjectStore.prototype.put;
	IDBObjectStore.prototype.put = function (...row) {
		if (window.full) throw new DOMException("full", "QuotaExceededError");
		return put.apply(this, row);
	};
})();`

// works has the unit say where she is, and waits until the frame has that as so many
// entries and says what state they are in.
func (s *seat) works(where, entries, state string) {
	s.t.Helper()
	s.must(`api.LMSSetValue("cmi.core.lesson_location", "`+where+`") + api.LMSCommit("")`, "truetrue")
	s.until(`document.getElementById("play-status").dataset.entries === String(` + entries + `) && document.getElementById("play-status").dataset.state === "` + state + `"`)
}

// What could not be put on the device is put there once there is room again, and only
// then is anything said to be saved there: neither what follows a gap, nor a launch whose
// credential is missing, could ever be sent from there.
func TestSavedHereIsWholeOrNotSaid(t *testing.T) {
	t.Parallel()
	for name, begins := range map[string]bool{"an entry": false, "the launch": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			th := openTheatre(t, courseware.SecondListener)
			th.shelf.Put(playertest.Scorm12("indicators"))
			a := th.begin("indicators")
			d := &device{t: t, profile: t.TempDir()}
			token := th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})
			d.start(th, token)
			t.Cleanup(func() { d.end() })
			source := full
			if begins {
				source += `window.full = true;`
			}
			if _, err := chromedp.Call(d.seat.Ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source}); err != nil {
				t.Fatal(err)
			}
			s := d.seat
			s.Open(playPath(a))
			s.alive("/intro.html")
			s.works("before", `Number(document.getElementById("play-status").dataset.entries) || -1`, "saved")
			webtest.Ask[bool](s.Tab, `(window.begun = Number(document.getElementById("play-status").dataset.entries), window.full = true)`)
			th.down()
			s.works("one", `begun + 1`, "not-yet")
			webtest.Ask[bool](s.Tab, `(window.full = false, true)`)
			s.works("two", `begun + 2`, "here")
			d.kill()
			th.up()
			d.boot(th, token, a)
			d.seat.alive("/intro.html")
			d.seat.must(`api.LMSGetValue("cmi.core.lesson_location")`, "two")
			if th.holds(a, "one") != 1 || th.holds(a, "two") != 1 {
				t.Errorf("of what was done without a server %d and %d entries came", th.holds(a, "one"), th.holds(a, "two"))
			}
		})
	}
}

// What comes behind a gap, or without its launch's credential, can never be taken. She
// is told so once, and it is not kept for ever.
func TestAGapOnTheDeviceIsTold(t *testing.T) {
	t.Parallel()
	for name, missing := range map[string]string{"an entry": `rows.filter(r => r[2] > 0)[0]`, "the credential": `rows.filter(r => r[2] === 0)[0]`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			th := openTheatre(t, courseware.SecondListener)
			th.shelf.Put(playertest.Scorm12("indicators"))
			a := th.begin("indicators")
			d := &device{t: t, profile: t.TempDir()}
			token := th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})
			d.boot(th, token, a)
			t.Cleanup(func() { d.end() })
			d.seat.alive("/intro.html")
			d.seat.saved()
			th.offlineWork(d, 3)
			d.start(th, token)
			d.seat.Open("/")
			if left := d.seat.rows(`const missing = ` + missing + `; if (missing) await done(store.delete(missing));`); left < 2 {
				t.Fatalf("%d rows were on the device", left)
			}
			d.seat.Open(playPath(a))
			d.seat.told("a part of it is missing", "Continue")
			d.seat.press("Continue")
			d.seat.alive("/intro.html")
			d.seat.works("after", `Number(document.getElementById("play-status").dataset.entries) || -1`, "saved")
			d.seat.Open("/")
			d.seat.Open(playPath(a))
			d.seat.alive("/intro.html")
			if text := webtest.Ask[string](d.seat.Tab, `document.getElementById("play-notice").innerText`); text != "" {
				t.Errorf("she is told again: %s", text)
			}
		})
	}
}

// rows does something with the rows on the device, whose keys are rows, and counts those
// that were there.
func (s *seat) rows(does string) int {
	s.t.Helper()
	return webtest.Ask[int](s.Tab, `(async () => {
		const done = r => new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = () => no(r.error); });
		const open = indexedDB.open("cadre-work", 1);
		open.onupgradeneeded = () => open.result.createObjectStore("entries", { keyPath: ["attempt", "launch", "number"] });
		const db = await done(open);
		const store = db.transaction("entries", "readwrite").objectStore("entries");
		const rows = await done(store.getAllKeys());
		`+does+`
		db.close();
		return rows.length;
	})()`)
}

// Whoever leaves while work of an earlier visit waits on the device is told what becomes
// of it, also where nothing was opened: on a borrowed device it is cleared, on her own it
// stays.
func TestLeavingSaysWhatWaitsFromEarlier(t *testing.T) {
	t.Parallel()
	for name, own := range map[string]bool{"borrowed": false, "her own": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			th := openTheatre(t, courseware.SecondListener)
			th.shelf.Put(playertest.Scorm12("indicators"))
			a := th.begin("indicators")
			d := &device{t: t, profile: t.TempDir()}
			token := th.sessions.Add(learner(), i18n.Prefs{Lang: "en"})
			says, leaves, stays := "deleted here and lost", "Leave and delete it", 0
			if own {
				th.sessions.Own(token)
				says, leaves, stays = "sent when you open this module here again", "Leave now", 2
			}
			d.boot(th, token, a)
			t.Cleanup(func() { d.end() })
			d.seat.alive("/intro.html")
			d.seat.saved()
			th.offlineWork(d, 1)

			th.stands(answers(http.StatusServiceUnavailable))
			d.boot(th, token, a)
			d.seat.told("kept on this device", "Try again", "Go on without it")
			d.seat.Click("#play-exit")
			d.seat.told(says, "Try again", leaves)
			d.seat.press("Try again")
			d.seat.told(says, "Try again", leaves)
			d.seat.leads(func() { d.seat.press(leaves) })
			if left := d.seat.rows(""); left != stays {
				t.Errorf("%d rows are left on the device, not %d", left, stays)
			}
			if !own {
				return
			}
			d.seat.Open(playPath(a))
			d.seat.told("kept on this device", "Try again", "Go on without it")
			d.seat.Click("#play-exit")
			d.seat.told(says, "Try again", leaves)
			th.stands(nil)
			d.seat.leads(func() { d.seat.press("Try again") })
			if left := d.seat.rows(""); left != 0 || th.holds(a, "offline 1") != 1 {
				t.Errorf("%d rows are left on the device, and %d entries came", left, th.holds(a, "offline 1"))
			}
		})
	}
}
