package webtest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/web"
)

// Firefox is the other real browser, running until the test ends. It is driven by
// WebDriver BiDi, through web/drive/firefox.mjs. Its tabs do what tests of pages
// need: open, ask, click, press and look at cookies.
type Firefox struct {
	orders io.Writer
	mu     sync.Mutex // of what follows, and of orders
	last   int
	killed bool // by the test
	asked  map[int]chan heardBack
	ended  error // why there are no further answers
}

// heardBack is an answer of the driver's.
type heardBack struct {
	ID    int             `json:"id"`
	Value json.RawMessage `json:"value"`
	Error string          `json:"error"`
}

// LaunchFirefox starts the machine's Firefox with a profile of its own. It fails
// the test if there is none: scripts/setup installs it.
func LaunchFirefox(t testing.TB) *Firefox {
	t.Helper()
	return LaunchFirefoxAt(t, t.TempDir())
}

// LaunchFirefoxAt starts the machine's Firefox with the profile in a folder, which
// may have been another's before it, as a phone has one that outlives the browser.
func LaunchFirefoxAt(t testing.TB, profile string) *Firefox {
	t.Helper()
	program := firefoxProgram()
	if program == "" {
		t.Fatal("no Firefox on this machine: run scripts/setup")
	}
	f := &Firefox{asked: map[int]chan heardBack{}}
	said := &said{}
	cmd := exec.Command("node", below(t, "web", "drive", "firefox.mjs"), program, profile)
	cmd.Env, cmd.Stderr = append(os.Environ(), "MOZ_HEADLESS=1"), said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("node does not start: run scripts/setup: %v", err)
	}
	f.orders = in
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		f.hear(out)
	}()
	t.Cleanup(func() {
		_ = in.Close() // whereupon it ends; if it has ended, Wait says how
		end := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
		defer end.Stop()
		<-heard
		if err := cmd.Wait(); err != nil && !f.killed {
			t.Errorf("Firefox's driver ends with %v: %s", err, said)
		}
	})
	var version string
	if err := f.order(&version, "version", nil); err != nil {
		t.Fatalf("Firefox does not start: %v: %s", err, said)
	}
	t.Log(version)
	return f
}

// said keeps what a process says.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// firefoxProgram finds a Firefox that is a program and not a pointer to a snap.
func firefoxProgram() string {
	for _, name := range []string{"firefox-esr", "firefox"} {
		p, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if to, err := filepath.EvalSymlinks(p); err == nil && !strings.HasPrefix(to, "/snap/") && !strings.HasSuffix(to, "/snap") {
			return p
		}
	}
	return ""
}

// hear hands out answers until there are no more.
func (f *Firefox) hear(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		var a heardBack
		if err == nil {
			err = json.Unmarshal(line, &a)
		}
		f.mu.Lock()
		if err != nil {
			f.ended = fmt.Errorf("its driver says no more: %w", err)
			for _, c := range f.asked {
				close(c)
			}
			f.asked = nil
			f.mu.Unlock()
			return
		}
		c := f.asked[a.ID]
		delete(f.asked, a.ID)
		f.mu.Unlock()
		if c != nil {
			c <- a
		}
	}
}

// order has the driver do something, and reads what comes of it into out, unless
// that is nil.
func (f *Firefox) order(out any, what string, with map[string]any) error {
	f.mu.Lock()
	if f.ended != nil {
		f.mu.Unlock()
		return f.ended
	}
	f.last++
	order := map[string]any{"id": f.last, "do": what}
	for k, v := range with {
		order[k] = v
	}
	b, err := json.Marshal(order)
	answer := make(chan heardBack, 1)
	if err == nil {
		f.asked[f.last] = answer
		_, err = f.orders.Write(append(b, '\n'))
	}
	f.mu.Unlock()
	if err != nil {
		return err
	}
	var a heardBack
	var ok bool
	select {
	case a, ok = <-answer:
	case <-time.After(15 * time.Minute):
		return fmt.Errorf("%s: no answer", what)
	}
	switch {
	case !ok:
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.ended
	case a.Error != "":
		return errors.New(a.Error)
	case out == nil:
		return nil
	}
	return json.Unmarshal(a.Value, out)
}

// Kill ends the browser as a battery does, with its tabs.
func (f *Firefox) Kill() error {
	f.mu.Lock()
	f.killed = true
	f.mu.Unlock()
	return f.order(nil, "kill", nil)
}

// First is [Firefox.Tab] with the cookies and the storage of the profile, which
// outlive the browser.
func (f *Firefox) First(t testing.TB, base string, l Look) *Tab {
	t.Helper()
	return f.tab(t, base, l, false)
}

// Tab opens a tab with cookies of its own on the site at base, which closes with
// the test. Of how it looks, only width, token and language are heeded; anything
// else fails the test.
func (f *Firefox) Tab(t testing.TB, base string, l Look) *Tab {
	t.Helper()
	return f.tab(t, base, l, true)
}

func (f *Firefox) tab(t testing.TB, base string, l Look, apart bool) *Tab {
	t.Helper()
	if l.Dark || l.NoScripts || l.Zoom != 0 {
		t.Fatalf("Firefox does not look like %+v", l)
	}
	if l.Width == 0 {
		l.Width = 1280
	}
	host := hostOf(t, base)
	cookies := []map[string]any{}
	cookie := func(name, value string) {
		if value != "" {
			cookies = append(cookies, map[string]any{"name": name, "value": value, "domain": host, "path": "/", "secure": true, "httpOnly": true})
		}
	}
	cookie(web.LanguageCookie, l.Language)
	cookie(web.Cookie, l.Token)
	tab := &foxTab{f: f}
	if err := f.order(&tab.name, "tab", map[string]any{"width": l.Width, "language": l.Language, "cookies": cookies, "apart": apart}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tab.order(nil, "shut", nil); err != nil && !f.killed {
			t.Errorf("a tab does not close: %v", err)
		}
	})
	return &Tab{fox: tab, t: t, base: base}
}

// foxTab is a tab of Firefox.
type foxTab struct {
	f    *Firefox
	name string
}

func (x *foxTab) order(out any, what string, with map[string]any) error {
	order := map[string]any{"tab": x.name}
	for k, v := range with {
		order[k] = v
	}
	return x.f.order(out, what, order)
}

// hostOf is the host of a site, without its port: that is what cookies know.
func hostOf(t testing.TB, base string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return u.Hostname()
}
