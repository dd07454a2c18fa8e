package webtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"cadre/internal/web"
)

// Chromium is a real browser, running until the test ends.
type Chromium struct {
	ctx context.Context
}

// Launch starts the machine's Chromium with a profile of its own. It fails the
// test if there is none: scripts/setup installs it.
func Launch(t testing.TB) *Chromium {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "google-chrome-stable", "google-chrome", "chromium-browser"} {
		if p, err := exec.LookPath(name); err == nil {
			program = p
			break
		}
	}
	if program == "" {
		t.Fatal("no Chromium on this machine: run scripts/setup")
	}
	alloc, end := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(program), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
	)
	t.Cleanup(end)
	ctx, closeBrowser := chromedp.NewContext(alloc)
	t.Cleanup(closeBrowser)
	if _, err := chromedp.Run(ctx, chromedp.Title()); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return &Chromium{ctx}
}

// Look is how a tab looks at pages.
type Look struct {
	// Width is in CSS pixels, 1280 if zero.
	Width int
	// Dark asks for dark colours.
	Dark bool
	// NoScripts turns scripts off.
	NoScripts bool
	// Token signs in, by the session's cookie.
	Token string
	// Language is what the browser asks for.
	Language string
	// Zoom enlarges everything as a person would: 2 is 200%.
	Zoom float64
}

// Tab is a tab with cookies of its own.
type Tab struct {
	// Ctx is chromedp's; nil in Firefox.
	Ctx  context.Context
	fox  *foxTab // in Firefox
	t    testing.TB
	base string
	// apart leads to frames of the page that are in a process of their own.
	apart map[target.ID]context.Context
}

// Tab opens a tab on the site at base, which closes with the test.
func (c *Chromium) Tab(t testing.TB, base string, l Look) *Tab {
	t.Helper()
	ctx, end := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	if l.Width == 0 {
		l.Width = 1280
	}
	if l.Zoom == 0 {
		l.Zoom = 1
	}
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	if _, err := chromedp.Run(ctx, chromedp.Title()); err != nil { // opens the tab
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	t.Cleanup(cancel)
	yes := true
	var wrong []error
	do := func(_ cdp.Empty, err error) { wrong = append(wrong, err) }
	do(chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(float64(l.Width) / l.Zoom), Height: 800, DeviceScaleFactor: l.Zoom, Mobile: l.Width < 600,
	}))
	do(chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}))
	do(chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
	do(chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.NoScripts}))
	if l.Language != "" {
		do(chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
			Headers: network.Headers{"Accept-Language": l.Language},
		}))
	}
	if l.Language != "" {
		// As if it had been chosen on this device, whatever the person prefers.
		do(chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{
			Name: web.LanguageCookie, Value: l.Language, URL: base, Path: "/", Secure: &yes, HTTPOnly: &yes,
		}))
	}
	if l.Token != "" {
		do(chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{
			Name: web.Cookie, Value: l.Token, URL: base, Path: "/", Secure: &yes, HTTPOnly: &yes,
		}))
	}
	if err := errors.Join(wrong...); err != nil {
		t.Fatal(err)
	}
	return &Tab{Ctx: ctx, t: t, base: base}
}

// Here returns the tab of a context that the test itself has opened, on the site
// at base: for browsers that outlive a tab, or do not outlive a test's violence.
func Here(ctx context.Context, t testing.TB, base string) *Tab {
	return &Tab{Ctx: ctx, t: t, base: base}
}

// Open goes to a page of the site and waits for its fonts.
func (b *Tab) Open(path string) *Tab {
	b.t.Helper()
	if b.fox != nil {
		if err := b.fox.order(nil, "open", map[string]any{"url": b.base + path}); err != nil {
			b.t.Fatalf("%s: %v", path, err)
		}
		return b
	}
	b.Do(chromedp.Navigate(b.base + path))
	return b
}

// Do runs actions of chromedp and fails the test if they fail; Firefox knows none.
func (b *Tab) Do(actions ...chromedp.Action[chromedp.Void]) *Tab {
	b.t.Helper()
	if b.fox != nil {
		b.t.Fatal("Firefox is not driven by actions of chromedp")
	}
	if err := chromedp.Do(b.Ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
	return b
}

// Text returns the words that the page shows.
func (b *Tab) Text() string {
	b.t.Helper()
	return Ask[string](b, `document.body.innerText`)
}

// Shot writes a picture of the whole page to the folder named by CADRE_SHOTS, if
// that is set: for people who want to look.
func (b *Tab) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv("CADRE_SHOTS")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	Ask[bool](b, `document.fonts.ready.then(() => true)`)
	picture, err := chromedp.Run(b.Ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// Overflow returns how many pixels the page is wider than its window: 0 where
// nothing has to be scrolled sideways.
func (b *Tab) Overflow() int {
	b.t.Helper()
	return Ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// Axe runs axe-core over the page, for WCAG 2.2 A and AA and its own best
// practice, and returns what it finds wrong.
func (b *Tab) Axe() []string {
	b.t.Helper()
	b.Do(chromedp.Evaluate[chromedp.Void](axe(b.t)))
	raw := Ask[string](b, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => JSON.stringify(r.violations))`)
	var found []struct {
		ID    string `json:"id"`
		Help  string `json:"help"`
		Nodes []struct {
			HTML    string `json:"html"`
			Summary string `json:"failureSummary"`
		} `json:"nodes"`
	}
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		for _, n := range f.Nodes {
			out = append(out, fmt.Sprintf("%s: %s\n\t%s\n\t%s", f.ID, f.Help, n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n\t")))
		}
	}
	return out
}

// CheckAxe fails the test for everything that axe-core finds.
func (b *Tab) CheckAxe() *Tab {
	b.t.Helper()
	for _, v := range b.Axe() {
		b.t.Error(v)
	}
	return b
}

// axe returns axe-core, which scripts/setup puts below web/ at the root.
func axe(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(below(t, "web", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// below finds a file by its path below the repository's root.
func below(t testing.TB, path ...string) string {
	t.Helper()
	dir, err := os.Getwd() // a test runs in its package's folder
	if err != nil {
		t.Fatal(err)
	}
	for {
		file := filepath.Join(append([]string{dir}, path...)...)
		if _, err := os.Stat(file); err == nil {
			return file
		}
		if dir == filepath.Dir(dir) {
			t.Fatalf("%s is not there: run make setup", filepath.Join(path...))
		}
		dir = filepath.Dir(dir)
	}
}

// Ask evaluates an expression in the page, waits for it if it is a promise, and
// returns its value.
func Ask[T any](b *Tab, expression string) T {
	b.t.Helper()
	if b.fox != nil {
		var v T
		if err := b.fox.order(&v, "ask", map[string]any{"js": expression}); err != nil {
			b.t.Fatalf("%s: %v", expression, err)
		}
		return v
	}
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Press presses what the CSS selector finds first, and waits for the page that
// comes.
func (b *Tab) Press(selector string) *Tab {
	b.t.Helper()
	var err error
	if b.fox != nil {
		err = b.fox.order(nil, "press", map[string]any{"selector": selector})
	} else {
		_, err = chromedp.RunResponse(b.Ctx, chromedp.Click(chromedp.CSS(selector)))
	}
	if err != nil {
		b.t.Fatalf("press %s: %v", selector, err)
	}
	return b
}

// Click clicks what the CSS selector finds first, on a page that stays.
func (b *Tab) Click(selector string) *Tab {
	b.t.Helper()
	if b.fox == nil {
		return b.Do(chromedp.Click(chromedp.CSS(selector)))
	}
	if err := b.fox.order(nil, "click", map[string]any{"selector": selector}); err != nil {
		b.t.Fatalf("click %s: %v", selector, err)
	}
	return b
}

// Cookies returns the cookies that the site would be sent, in the form of their
// header.
func (b *Tab) Cookies() string {
	b.t.Helper()
	type cookie struct{ Name, Value string }
	var all []cookie
	var err error
	if b.fox != nil {
		err = b.fox.order(&all, "cookies", map[string]any{"host": hostOf(b.t, b.base)})
	} else {
		got, failed := chromedp.Call(b.Ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{b.base}})
		if err = failed; err == nil {
			for _, c := range got.Cookies {
				all = append(all, cookie{c.Name, c.Value})
			}
		}
	}
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, c := range all {
		out = append(out, c.Name+"="+c.Value)
	}
	return strings.Join(out, "; ")
}

// MustShow fails the test unless the page shows every word.
func (b *Tab) MustShow(words ...string) *Tab {
	b.t.Helper()
	text := b.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.t.Errorf("the page does not show %q:\n%s", w, text)
		}
	}
	return b
}

// Beside opens a further tab with the same cookies and storage, on another site.
func (b *Tab) Beside(base string) *Tab {
	b.t.Helper()
	there := &Tab{t: b.t, base: base}
	if b.fox != nil {
		there.fox = &foxTab{f: b.fox.f}
		if err := b.fox.order(&there.fox.name, "beside", nil); err != nil {
			b.t.Fatal(err)
		}
		return there
	}
	ctx, end := chromedp.NewContext(b.Ctx)
	b.t.Cleanup(end)
	there.Ctx = ctx
	return there
}

// Becomes goes on at another site, signed in by another session's token; signed
// out if that is empty.
func (b *Tab) Becomes(base, token string) *Tab {
	b.t.Helper()
	b.base = base
	_, err := chromedp.Call(b.Ctx, network.SetCookie, network.SetCookieParams{
		Name: web.Cookie, Value: token, URL: base, Path: "/", Secure: new(true), HTTPOnly: new(true),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return b
}

// Wrongly sends the first form whose action is wanted with nothing in it but, if
// several fields are asked for, the words "kept as typed" in the first that takes
// them; it returns that field's name.
func (b *Tab) Wrongly(wanted func(action string) bool) string {
	b.t.Helper()
	for i, action := range Ask[[]string](b, `[...document.forms].map(f => f.method === "post" ? new URL(f.action).pathname : "")`) {
		if !wanted(action) {
			continue
		}
		kept := Ask[string](b, fmt.Sprintf(`(form => {
			const asked = [...form.querySelectorAll("[required]")];
			const takes = (e) => (e.localName === "textarea" || e.type === "text") && (e.maxLength < 0 || e.maxLength > 20) && !e.inputMode;
			let kept = "";
			for (const e of form.elements) {
				if (["hidden", "submit", "button", "file"].includes(e.type) || e.localName === "fieldset") continue;
				if (e.type === "checkbox" || e.type === "radio") e.checked = false;
				else if (e.localName === "select") e.selectedIndex = 0;
				else if (!kept && asked.length > 1 && takes(e)) { e.value = "kept as typed"; kept = e.name; }
				else e.value = "";
			}
			return kept;
		})(document.forms[%d])`, i))
		b.DoAndWait(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`void setTimeout(() => document.forms[%d].requestSubmit(document.forms[%[1]d].querySelector("button")))`, i)))
		return kept
	}
	b.t.Fatalf("no such form on the page")
	return ""
}

// DoAndWait does what brings a page, and waits for it.
func (b *Tab) DoAndWait(action chromedp.Action[chromedp.Void]) *Tab {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.Ctx, action); err != nil {
		b.t.Fatal(err)
	}
	return b
}
