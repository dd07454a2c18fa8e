package webtest

import (
	"context"
	_ "embed" // the questions that hands ask of a page
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed hands.js
var questions string

// Way is how a person uses pages: what she looks with, and what she acts with.
type Way struct {
	Name string
	Look Look
	// Keys means that she has a keyboard and nothing else.
	Keys bool
}

// Ways are the ways in which every task has to be possible.
func Ways() []Way {
	return []Way{
		{Name: "touch at 360 px", Look: Look{Width: 360}},
		{Name: "keyboard alone", Look: Look{Width: 1280}, Keys: true},
		{Name: "without scripts", Look: Look{Width: 1280, NoScripts: true}},
		{Name: "at 200%", Look: Look{Width: 1280, Zoom: 2}},
	}
}

// Hands are somebody at a real browser who finds controls by the words on them,
// and whose acts are counted. Whatever keeps her from going on fails the test: a
// control that is not there, not reached, covered, or called like another one; a
// focus that cannot be seen or that jumps; a page wider than its window, with
// words cut off, or that is an error.
type Hands struct {
	t      testing.TB
	tab    *Tab
	way    Way
	within string
	took   *Took
}

// Took is what a task took.
type Took struct {
	// Acts are controls pressed, chosen and filled in; Pages are pages loaded;
	// Signs are signs typed.
	Acts, Pages, Signs int
	// Said is what was done, for whoever reads a failure.
	Said []string
}

// Seconds models how long an able person takes, by the keystroke-level model of
// Card, Moran and Newell (1980): 1.1 s to point and press, 0.28 s a sign typed,
// and for each page half a second until it is there and 1.35 s to make up her
// mind. It tells long tasks from short ones without asserting measured time.
func (k Took) Seconds() float64 {
	return 1.1*float64(k.Acts) + 0.28*float64(k.Signs) + 1.85*float64(k.Pages)
}

// Hands opens a browser on the site at base for somebody who uses it in a way.
func (c *Chromium) Hands(t testing.TB, base string, w Way, lang string) *Hands {
	t.Helper()
	w.Look.Language = lang
	return &Hands{t: t, tab: c.Tab(t, base, w.Look), way: w, took: &Took{}}
}

// In returns the same hands, whose next control is the one nearest to some words:
// in her row, under that heading.
func (h *Hands) In(words string) *Hands {
	in := *h
	in.within = words
	return &in
}

// Goes types an address, or follows a link that she was sent.
func (h *Hands) Goes(path string) *Hands {
	h.t.Helper()
	h.say("goes to " + path)
	h.arrive(chromedp.Navigate(h.tab.base + path))
	return h
}

// Presses presses a button or a link; a page comes.
func (h *Hands) Presses(name string) *Hands {
	h.t.Helper()
	h.act("presses " + name)
	p := h.find("press", name)
	if h.way.Keys {
		h.reach()
		key := "\r"
		if p.Tag == "button" {
			key = " "
		}
		h.arrive(chromedp.KeyEvent(key))
	} else {
		h.arrive(chromedp.MouseClickXY(p.X, p.Y))
	}
	return h
}

// Opens opens what is folded; no page comes.
func (h *Hands) Opens(name string) *Hands {
	h.t.Helper()
	h.act("opens " + name)
	p := h.find("open", name)
	if h.way.Keys {
		h.reach()
		h.tab.Do(chromedp.KeyEvent(" "))
	} else {
		h.tab.Do(chromedp.MouseClickXY(p.X, p.Y))
	}
	return h
}

// Fills writes into a field, in place of what it holds. A date is written as the
// page sends it, 2020-11-02.
func (h *Hands) Fills(name, value string) *Hands {
	h.t.Helper()
	h.act("fills in " + name)
	h.took.Signs += len([]rune(value))
	p := h.find("field", name)
	typed := value
	switch p.Type {
	case "date", "time", "datetime-local":
		if !h.way.Keys {
			h.ask(question{Ask: "set", Name: value}, &struct{}{})
			break
		}
		h.reach()
		typed = strokes(p.Type, value)
		h.tab.Do(chromedp.KeyEvent(typed))
	default:
		if h.way.Keys {
			h.reach()
		} else {
			h.tab.Do(chromedp.MouseClickXY(p.X, p.Y))
		}
		h.write(value)
	}
	var now struct{ Value string }
	if h.ask(question{Ask: "now"}, &now); now.Value != value {
		h.fatal("%s holds %q, not %q (typed %q)", name, now.Value, value, typed)
	}
	return h
}

// strokes are the keys for the parts of a date or a time, in the order in which an
// English browser shows them.
func strokes(kind, value string) string {
	day, clock, _ := strings.Cut(value, "T")
	if kind == "time" {
		day, clock = "", value
	}
	out := ""
	if d := strings.Split(day, "-"); len(d) == 3 {
		out = d[1] + d[2] + d[0]
	}
	if c, err := time.Parse("15:04", clock); err == nil {
		if out != "" {
			out += "\t" // a year may have six digits
		}
		out += c.Format("0304PM")
	}
	return out
}

// write replaces what the focused field holds.
func (h *Hands) write(value string) {
	h.t.Helper()
	for _, p := range []input.DispatchKeyEventParams{
		{Type: input.DispatchKeyEventTypeRawKeyDown, Commands: []string{"selectAll"}, Key: "a", Modifiers: int64(chromedp.ModifierCtrl)},
		{Type: input.DispatchKeyEventTypeKeyUp, Key: "a", Modifiers: int64(chromedp.ModifierCtrl)},
	} {
		if _, err := chromedp.Call(h.tab.Ctx, input.DispatchKeyEvent, p); err != nil {
			h.fatal("%v", err)
		}
	}
	if value == "" {
		h.tab.Do(chromedp.KeyEvent("\b"))
		return
	}
	if _, err := chromedp.Call(h.tab.Ctx, input.InsertText, input.InsertTextParams{Text: value}); err != nil {
		h.fatal("%v", err)
	}
}

// Chooses ticks a box or picks one of several choices. What is already chosen is
// left, and is no act.
func (h *Hands) Chooses(names ...string) *Hands {
	h.t.Helper()
	for _, name := range names {
		h.choose(name)
	}
	return h
}

func (h *Hands) choose(name string) {
	h.t.Helper()
	p := h.find("choice", name)
	if p.Checked {
		return
	}
	h.act("chooses " + name)
	if !h.way.Keys {
		h.tab.Do(chromedp.MouseClickXY(p.X, p.Y))
	} else {
		h.reach()
		if p.Type == "radio" {
			h.arrows()
		} else {
			h.tab.Do(chromedp.KeyEvent(" "))
		}
	}
	var now struct{ Checked bool }
	if h.ask(question{Ask: "now"}, &now); !now.Checked {
		h.fatal("%s is pressed and not chosen", name)
	}
}

// arrows goes through a group of radio buttons until the wanted one is chosen.
func (h *Hands) arrows() {
	h.t.Helper()
	h.tab.Do(chromedp.KeyEvent(" "))
	for range 40 {
		var now struct{ Checked bool }
		if h.ask(question{Ask: "now"}, &now); now.Checked {
			return
		}
		h.tab.Do(chromedp.KeyEvent(kb.ArrowDown))
	}
}

// Picks picks an option of a list that unfolds.
func (h *Hands) Picks(name, option string) *Hands {
	h.t.Helper()
	h.act("picks " + option + " in " + name)
	h.find("select", name)
	var to struct {
		Error  string
		By, At int
	}
	if h.ask(question{Ask: "option", Name: option}, &to); to.Error != "" {
		h.fatal("%s", to.Error)
	}
	if !h.way.Keys {
		h.ask(question{Ask: "set", At: to.At}, &struct{}{})
		return h
	}
	h.reach()
	key := kb.ArrowDown
	if to.By < 0 {
		key, to.By = kb.ArrowUp, -to.By
	}
	h.tab.Do(chromedp.KeyEvent(strings.Repeat(key, to.By)))
	if h.ask(question{Ask: "option", Name: option}, &to); to.By != 0 {
		h.fatal("%s is not picked", option)
	}
	return h
}

// Attaches gives a file of this machine to a field for files. The window in which
// a file is looked for is the system's, not the page's.
func (h *Hands) Attaches(name, file string) *Hands {
	h.t.Helper()
	h.act("attaches a file to " + name)
	h.find("file", name)
	if h.way.Keys {
		h.reach()
	}
	h.tab.Do(chromedp.SetUploadFiles(chromedp.JSPath("window.cadreFound"), []string{file}))
	return h
}

// Sees fails the test unless the page shows every word.
func (h *Hands) Sees(words ...string) *Hands {
	h.t.Helper()
	text := strings.Join(strings.Fields(h.tab.Text()), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			h.fatal("the page does not show %q:\n%s", w, text)
		}
	}
	return h
}

// Reads returns the words that the page shows.
func (h *Hands) Reads() string {
	h.t.Helper()
	return strings.Join(strings.Fields(h.tab.Text()), " ")
}

// OnPaper returns the words that stand on the page when it is printed.
func (h *Hands) OnPaper() string {
	h.t.Helper()
	media := func(name string) {
		if _, err := chromedp.Call(h.tab.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name}); err != nil {
			h.t.Fatal(err)
		}
	}
	media("print")
	defer media("")
	h.tab.Shot("on-paper")
	return h.Reads()
}

// At is where she is: path and query.
func (h *Hands) At() string {
	h.t.Helper()
	return Ask[string](h.tab, "location.pathname + location.search")
}

// Fails says that the last page was the same form again, with what is wrong and a
// focus on that; the keyboard's focus is asserted where scripts run and where
// they do not.
func (h *Hands) Fails(words ...string) *Hands {
	h.t.Helper()
	if !Ask[bool](h.tab, `document.activeElement?.matches(".summary")`) {
		h.fatal("the summary of what is wrong has no focus: %s", Ask[string](h.tab, `document.activeElement?.outerHTML.slice(0, 200) ?? "nothing"`))
	}
	return h.Sees(words...)
}

// Shot is [Tab.Shot].
func (h *Hands) Shot(name string) *Hands {
	h.t.Helper()
	h.tab.Shot(name)
	return h
}

// Rests forgets what was counted so far: the task proper begins here.
func (h *Hands) Rests() *Hands {
	*h.took = Took{}
	return h
}

// Took returns what was counted since the last rest.
func (h *Hands) Took() Took { return *h.took }

// Within fails the test if what she did took more pages, or more acts, than the
// task may take.
func (h *Hands) Within(pages, acts int) *Hands {
	h.t.Helper()
	k := h.Took()
	if k.Pages > pages || k.Acts > acts {
		h.fatal("took %d pages and %d acts; %d and %d are enough", k.Pages, k.Acts, pages, acts)
	}
	h.t.Logf("%d pages of %d, %d acts of %d, about %.0f s", k.Pages, pages, k.Acts, acts, k.Seconds())
	return h
}

// place is what hands.js finds.
type place struct {
	Error          string
	X, Y           float64
	Tag, Type      string
	Checked        bool
	Covered, Small string
}

type question struct {
	Ask     string `json:"ask"`
	Kind    string `json:"kind,omitempty"`
	Name    string `json:"name"`
	Within  string `json:"within,omitempty"`
	At      int    `json:"at"`
	Forward bool   `json:"forward"`
}

func (h *Hands) ask(q question, answer any) {
	h.t.Helper()
	arg, err := json.Marshal(q)
	if err != nil {
		h.fatal("%v", err)
	}
	if err := json.Unmarshal([]byte(Ask[string](h.tab, "("+questions+")("+string(arg)+")")), answer); err != nil {
		h.fatal("%v", err)
	}
}

func (h *Hands) find(kind, name string) place {
	h.t.Helper()
	var p place
	h.ask(question{Ask: "find", Kind: kind, Name: name, Within: h.within}, &p)
	switch {
	case p.Error != "":
		h.fatal("%s", p.Error)
	case p.Covered != "":
		h.fatal("%s lies below %s", name, p.Covered)
	case p.Small != "":
		h.t.Errorf("%s is too small to touch: %s", name, p.Small)
	}
	return p
}

// reach brings the keyboard's focus to what was found, by Tab or Shift-Tab, and
// looks at each stop on the way.
func (h *Hands) reach() {
	h.t.Helper()
	f := h.focus(true)
	forward, turned := f.Nowhere || !f.After, 0
	var stops []string
	for range 600 {
		if f.Found {
			return
		}
		h.tab.Do(tabKey(forward))
		f = h.focus(forward)
		if f.Nowhere {
			if turned++; turned > 1 {
				break
			}
			continue
		}
		stops = append(stops, f.What)
		for _, w := range f.Wrong {
			h.t.Errorf("%s: %s: %s", h.where(), f.What, w)
		}
	}
	if len(stops) > 30 {
		stops = stops[:30]
	}
	h.fatal("the keyboard does not reach it; it stops at %s", strings.Join(stops, ", "))
}

// focused is what hands.js says of the focus.
type focused struct {
	Nowhere, Found, After bool
	What                  string
	Wrong                 []string
}

func (h *Hands) focus(forward bool) (f focused) {
	h.t.Helper()
	h.ask(question{Ask: "focus", Forward: forward}, &f)
	return f
}

func tabKey(forward bool) chromedp.Action[chromedp.Void] {
	if forward {
		return chromedp.KeyEvent("\t")
	}
	return chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift))
}

// arrive does what brings a page, waits for it, and looks at it as a whole.
func (h *Hands) arrive(what chromedp.Action[chromedp.Void]) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.tab.Ctx, 30*time.Second)
	defer cancel()
	resp, err := chromedp.RunResponse(ctx, what)
	if err != nil {
		h.fatal("no page comes: %v", err)
	}
	h.took.Pages++
	if resp != nil && resp.Status >= 400 && resp.Status != 422 {
		h.fatal("answered %d: %s", resp.Status, h.tab.Text())
	}
	var p struct {
		Wrong       []string
		Path, Title string
	}
	h.ask(question{Ask: "page"}, &p)
	h.say("  is at " + p.Path + " (" + p.Title + ")")
	for _, w := range p.Wrong {
		h.t.Errorf("%s: %s", h.where(), w)
	}
}

func (h *Hands) act(what string) {
	h.took.Acts++
	if h.within != "" {
		what += " (at " + h.within + ")"
	}
	h.say(what)
}

func (h *Hands) say(what string) { h.took.Said = append(h.took.Said, what) }

func (h *Hands) where() string {
	for _, s := range slices.Backward(h.took.Said) {
		if strings.HasPrefix(s, "  is at ") {
			return strings.TrimPrefix(s, "  is at ")
		}
	}
	return "nowhere yet"
}

func (h *Hands) fatal(format string, args ...any) {
	h.t.Helper()
	h.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), strings.Join(h.took.Said, "\n"))
}
