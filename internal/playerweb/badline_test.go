package playerweb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// device is a browser with a profile that outlives it, as a phone has one. It
// can be killed.
type device struct {
	t       *testing.T
	profile string
	process *exec.Cmd
	end     func()
	seat    *seat
}

// boot starts the browser and opens the frame of an attempt.
func (d *device) boot(th *theatre, token string, a id.Attempt) {
	d.t.Helper()
	d.start(th, token)
	d.seat.Open(playPath(a))
}

// start starts the browser, signed in by a token if there is one.
func (d *device) start(th *theatre, token string) {
	d.t.Helper()
	var mu sync.Mutex
	alloc, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(d.profile),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.ModifyCmdFunc(func(c *exec.Cmd) {
			mu.Lock()
			defer mu.Unlock()
			d.process = c
		}),
	)
	ctx, closing := chromedp.NewContext(alloc)
	d.end = func() { closing(); stop() }
	if _, err := chromedp.Run(ctx, chromedp.Title()); err != nil {
		d.t.Fatal(err)
	}
	d.seat = &seat{Tab: webtest.Here(ctx, d.t, th.url), t: d.t}
	if token == "" {
		return
	}
	yes := true
	if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{
		Name: web.Cookie, Value: token, URL: th.url, Path: "/", Secure: &yes, HTTPOnly: &yes,
	}); err != nil {
		d.t.Fatal(err)
	}
}

// kill ends the browser as a battery does.
func (d *device) kill() {
	d.t.Helper()
	if err := d.process.Process.Kill(); err != nil {
		d.t.Fatal(err)
	}
	d.end()
}

func (d *device) offline(yes bool) {
	d.t.Helper()
	var conditions []*network.Conditions
	if yes {
		conditions = append(conditions, &network.Conditions{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
	}
	_, err := chromedp.Call(d.seat.Ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: conditions})
	if err == nil {
		_, err = chromedp.Call(d.seat.Ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// down takes the server away, up brings it back at the same address.
func (th *theatre) down() {
	th.closed = true
	th.pages.CloseClientConnections()
	th.pages.Close()
}

func (th *theatre) up() {
	th.t.Helper()
	address := strings.TrimPrefix(th.url, "http://")
	for range 100 {
		ln, err := net.Listen("tcp", address)
		if err == nil {
			th.restart(ln)
			th.closed = false
			return
		}
		time.Sleep(20 * time.Millisecond) // until the system has let go of the address
	}
	th.t.Fatalf("%s cannot be taken again", address)
}

// Offline, killed, restarted and signed out, in seeded orders: every value that
// was shown as saved, here or there, is there in the end, once and in its order.
func TestABadLineLosesNothing(t *testing.T) {
	seeds := uint64(10)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			th := openTheatre(t, courseware.SecondListener)
			th.shelf.Put(playertest.Scorm12("indicators"))
			a := th.begin("indicators")
			d := &device{t: t, profile: t.TempDir()}
			d.boot(th, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), a)
			t.Cleanup(func() { d.end() })
			d.seat.alive("/intro.html")
			step := 0
			work := func() {
				for range 1 + r.IntN(3) {
					d.seat.must(fmt.Sprintf(`api.LMSSetValue("cmi.interactions.%d.id", "q%d") + api.LMSSetValue("cmi.suspend_data", "step %d " + "اردو".repeat(%d)) + api.LMSCommit("")`,
						step, step, step, r.IntN(900)), "truetruetrue")
					step++
				}
			}
			kept := `["saved", "here"].includes(document.getElementById("play-status").dataset.state) && Number(document.getElementById("play-status").dataset.entries) > 0`
			work()
			d.seat.saved()
			for _, trouble := range r.Perm(4) {
				switch trouble {
				case 0:
					d.offline(true)
					work()
					d.seat.until(kept)
					d.offline(false)
				case 1:
					th.down()
					work()
					d.seat.until(kept)
					th.up()
				case 2:
					th.lapse()
					work()
					d.seat.saved() // it goes by the launch's credential
				case 3:
					th.down()
					work()
					d.seat.until(`document.getElementById("play-status").dataset.state === "here"`)
					d.kill()
					th.up()
					d.boot(th, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), a)
					d.seat.alive("/intro.html")
					d.seat.must(`api.LMSGetValue("cmi.core.entry") + api.LMSGetValue("cmi.interactions._count")`, fmt.Sprint("resume", step))
				}
				work()
			}
			d.seat.saved()
			d.seat.must(`api.LMSGetValue("cmi.interactions._count")`, fmt.Sprint(step))
			th.whole(a, step)
			// How long that took is printed for the docs and not asserted: it is a matter of the
			// machine's disk, and how busy it is.
			t.Logf("from true to saved here: median %s ms over %s entries", webtest.Ask[string](d.seat.Tab,
				`(() => { const m = performance.getEntriesByName("saved-here").map(e => e.duration).sort((a, b) => a - b); return m[m.length >> 1].toFixed(1) })()`),
				webtest.Ask[string](d.seat.Tab, `String(performance.getEntriesByName("saved-here").length)`))
		})
	}
}

// whole fails the test unless the attempt remembers steps values, each entry of
// each launch stands once, and none is missing before another.
func (th *theatre) whole(a id.Attempt, steps int) {
	th.t.Helper()
	var questions, entries, distinct, gaps int
	err := th.db.View(context.Background(), func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT COUNT(*) FROM player_data WHERE attempt = ?1 AND element LIKE 'cmi.interactions.%.id'`, a).Scan(&questions); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT COUNT(*), COUNT(DISTINCT launch || ' ' || number) FROM player_entries WHERE attempt = ?1`, a).Scan(&entries, &distinct); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT COUNT(*) FROM (SELECT launch, COUNT(*) AS n, MAX(number) AS last FROM player_entries WHERE attempt = ?1 GROUP BY launch) WHERE n <> last`, a).Scan(&gaps)
	})
	if err != nil {
		th.t.Fatal(err)
	}
	if questions != steps || entries != distinct || gaps != 0 {
		th.t.Errorf("%d of %d answers are kept; %d entries, %d distinct, %d launches with a gap", questions, steps, entries, distinct, gaps)
	}
	if got := th.attempt(a); got.State != player.Open {
		th.t.Errorf("the attempt is %+v", got)
	}
}

// A value that the package sets and does not commit is handed to the frame before a timer
// of a second and a half that the unit sets at the same moment has fired: on a machine that
// is busy both are late alike.
func TestAValueIsInTheLogWithinASecond(t *testing.T) {
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	a := th.begin("indicators")
	s := th.seat(webtest.Launch(t), a, webtest.Look{})
	s.alive("/intro.html")
	s.saved()
	before, order := s.order(`api.LMSSetValue("cmi.core.lesson_location", "9"); setTimeout(() => top.postMessage({ rings: 1 }, "*"), 1500);`)
	if order != "entry rings" {
		t.Errorf("behind %d entries came first the %s", before, order)
	}
}

// order has the unit do something, and returns in which order an entry of the log and
// what the unit's timer says have come to the frame, and how many entries came before.
func (s *seat) order(js string) (before int, order string) {
	s.t.Helper()
	before = webtest.Ask[int](s.Tab, `Number(document.getElementById("play-status").dataset.entries)`)
	return before, webtest.Ask[string](s.Tab, fmt.Sprintf(`new Promise(done => {
		const came = [];
		addEventListener("message", e => {
			const what = e.data && (e.data.rings ? "rings" : e.data.cadre === 1 && e.data.kind === "entry" && "entry");
			if (what && !came.includes(what)) came.push(what);
			if (what && came.length === 2) done(came.join(" "));
		});
		setTimeout(() => done(came.join(" ") + " only"), %d);
		frames[0].frames[0].postMessage({ test: 1, js: %q }, "*");
	})`, patience.Milliseconds(), js))
}

// What a device held of an attempt that staff have since led her on from is sent when
// she opens the next; and a frame that is open then leads on as well.
func TestARulingStrandsNothingOnHerDevice(t *testing.T) {
	th := openTheatre(t, courseware.SecondListener)
	th.shelf.Put(playertest.Scorm12("indicators"))
	rule := func(s player.Step) {
		t.Helper()
		if _, err := th.players.Rule(actor.With(context.Background(), officer()), id.New[id.Operation](), player.Rule{
			Person: ayesha, Cohort: cohort, Module: "indicators", Step: s, Reason: "Her tablet broke.",
		}); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(a id.Attempt, value string) (n int) {
		t.Helper()
		if err := th.db.View(context.Background(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM player_entries WHERE attempt = ?1 AND body LIKE ?2`, a, "%"+value+"%").Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := th.begin("indicators")
	d := &device{t: t, profile: t.TempDir()}
	d.boot(th, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), first)
	t.Cleanup(func() { d.end() })
	d.seat.alive("/intro.html")
	th.down()
	d.seat.must(`api.LMSSetValue("cmi.core.lesson_location", "done offline") + api.LMSCommit("")`, "truetrue")
	d.seat.until(`document.getElementById("play-status").dataset.state === "here"`)
	d.kill()
	th.up()
	rule(player.Restart)

	second := th.begin("indicators")
	if second == first || holds(first, "done offline") != 0 {
		t.Fatalf("%s, then %s; %d entries came", first, second, holds(first, "done offline"))
	}
	d.boot(th, th.sessions.Add(learner(), i18n.Prefs{Lang: "en"}), second)
	d.seat.alive("/intro.html")
	for end := time.Now().Add(patience); holds(first, "done offline") == 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	if n := holds(first, "done offline"); n != 1 || holds(second, "done offline") != 0 {
		t.Errorf("of what was done offline %d entries have come, to the next attempt %d", n, holds(second, "done offline"))
	}

	d.seat.saved() // what the next answer is about
	rule(player.Close)
	d.seat.must(`api.LMSSetValue("cmi.core.lesson_location", "after the end") + api.LMSCommit("")`, "truetrue")
	d.seat.until(`!document.getElementById("play-notice").hidden && document.getElementById("play-notice").innerText.includes("not open any more")`)
	if n := webtest.Ask[int](d.seat.Tab, `frames.length`); n != 0 || holds(second, "after the end") != 1 {
		t.Errorf("%d frames work on; %d entries came", n, holds(second, "after the end"))
	}
	d.seat.Open(playPath(second))
	d.seat.until(`document.getElementById("play-notice").innerText.includes("not open any more") && frames.length === 0`)
	d.seat.Press("#play-notice button").MustShow("Indicators")
}
