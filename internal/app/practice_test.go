package app

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cadre/internal/web/webtest"
)

// goesOn goes through a unit from where it was opened to its end, answering
// rightly what is not answered, and tells what it shows then.
const goesOn = `(async () => {
	for (let n = 0; n < 20; n++) {
		for (const q of document.querySelectorAll("article:not([hidden]) section:not([hidden]) fieldset")) {
			if (q.querySelector("input:checked")) continue;
			q.querySelector('input[value="' + q.dataset.right + '"]').click();
			q.querySelector("button").click();
		}
		const on = document.querySelector(".ways .on");
		if (!on || document.querySelector("main > section h1")) break;
		on.click();
	}
	return [...document.querySelectorAll("main > section h1, main > section p")].map(e => e.textContent).join(" ");
})()`

// The scenes of the H5P content, chosen rightly: each has one option that is.
const choosesOn = `(async () => {
	const right = [1, 1, 2];
	for (let n = 0; n < 10; n++) {
		const at = /Scene (\d)/.exec(document.querySelector(".cadre-choice h2").textContent);
		if (!at) break;
		const input = document.querySelectorAll(".cadre-choice input")[right[at[1] - 1]];
		if (!input.disabled) { input.click(); document.querySelector(".cadre-choice button").click(); }
		document.querySelector(".cadre-choice button").click();
	}
	return document.querySelector(".cadre-choice h2").textContent;
})()`

// painted waits until the frame has been drawn.
const painted = `new Promise(then => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => then(true), 100))))`

// Four officers go on in the packages of the first programme where they left them,
// in a real browser, a telephone's window or a wide one, and come to the end; one
// opens hers for the first time, in Urdu. Nothing in them is cut off or hard to
// reach, and each is done where she sees what is open to her.
func TestThePracticePackagesAreGoneOnWith(t *testing.T) {
	demo := serveDemo(t, "", DemoOptions{At: time.Date(2020, time.December, 10, 5, 0, 0, 0, time.UTC), Log: slog.New(slog.DiscardHandler)})
	chromium := webtest.Launch(t)
	const unit = "main:not([hidden]) article"
	for _, she := range []struct {
		key, module, frame string
		left               string // what stands where she left
		on, ends           string
		width              int
	}{
		{"fia-03", "first-hour", unit, "What cannot be had again", goesOn, "You have come to the end 0 of 13 points are ticked. It is kept. You can leave now, or read it again.", 360},
		{"pp-09", "referral", unit, "The call", goesOn, "You have come to the end 3 of 3 answers were right. It is kept. You can leave now, or read it again.", 1280},
		{"fia-20", "statement", unit, "In the witness box", goesOn, "You have come to the end 2 of 3 answers were right. It is kept. You can leave now, or read it again.", 360},
		{"fia-13", "first-contact", ".cadre-choice", "Scene 2 of 3", choosesOn, "3 of 3 choices were right.", 1280},
	} {
		t.Run(she.module, func(t *testing.T) {
			tab := chromium.Tab(t, demo.URL, webtest.Look{Width: she.width, Language: "en"})
			tab.Open("/demo/as/"+she.key).MustShow("Practice, for those who want it", "Coaching, three times")
			tab.CheckAxe().Shot(she.module + "-home")
			tab.Open("/learn/" + she.module).MustShow("Continue")
			tab.Shot(she.module + "-cover")
			tab.Press("#start button")
			heading := `(() => { const h = [...document.querySelectorAll("h1, h2")].filter(e => e.offsetParent); return h.length ? h[0].textContent : ""; })()`
			if at := webtest.AskFrame[string](tab, she.frame+" h1, "+she.frame+" h2", heading); at != she.left {
				t.Errorf("she goes on at %q, not %q", at, she.left)
			}
			tab.CheckFrame(she.frame)
			webtest.AskFrame[bool](tab, she.frame, painted)
			tab.Shot(she.module + "-resumed")
			if end := webtest.AskFrame[string](tab, she.frame, she.on); end != she.ends {
				t.Errorf("it ends with %q, not %q", end, she.ends)
			}
			tab.CheckFrame(she.frame).Shot(she.module + "-end")
			if she.module == "statement" { // it leads back by itself
				webtest.AskFrame[bool](tab, she.frame, `document.querySelector(".ways .on").click(), true`)
			} else {
				tab.Do(chromedp.Click(chromedp.CSS("#play-exit")))
			}
			done := fmt.Sprintf(`location.pathname === "/learn/%s" && document.body.innerText.includes("Done")`, she.module)
			for end := time.Now().Add(90 * time.Second); ; time.Sleep(100 * time.Millisecond) {
				got, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[bool](done))
				if err == nil && got { // between two pages there is nothing to ask
					break
				}
				if time.Now().After(end) {
					tab.Open("/learn/" + she.module)
					t.Fatalf("it is not done:\n%s", tab.Text())
				}
			}
			tab.Shot(she.module + "-done")
		})
	}
	t.Run("for the first time", func(t *testing.T) {
		tab := chromium.Tab(t, demo.URL, webtest.Look{Width: 360, Language: "ur"})
		tab.Open("/demo/as/fia-01").Open("/learn/first-hour").Press("#start button")
		webtest.AskFrame[bool](tab, unit, `[...document.querySelectorAll(".top button")].find(b => b.lang === "ur").click(), true`)
		if got := webtest.AskFrame[string](tab, unit, `document.documentElement.dir + " " + document.querySelector('article[lang="ur"] h1').textContent`); got != "rtl ایک گھنٹہ کیوں" {
			t.Errorf("in Urdu it shows %q", got)
		}
		tab.CheckFrame(unit).Shot("first-hour-urdu")
	})
}
