package export_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cadre/internal/content/export/exporttest"
	"cadre/internal/content/manifest"
	"cadre/internal/web/webtest"
)

// kept is what a platform kept of a session, in the words of both versions.
type kept struct {
	Status, Location, Data, Exit, Raw, Min, Max, Time string
	Over                                              bool
	Suspend                                           string `json:"suspend_data"`
	Completion                                        string `json:"completion_status"`
	Success                                           string `json:"success_status"`
	Measure                                           string `json:"progress_measure"`
	Session                                           string `json:"session_time"`
	Score                                             map[string]string
	Interactions                                      any
}

func (r *reader) kept() []kept {
	r.t.Helper()
	text := webtest.Ask[string](r.Tab, `localStorage.getItem("kept") || "[]"`)
	var out []kept
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		r.t.Fatalf("%v in %s", err, text)
	}
	return out
}

// interactions are those of a session, as lines of text in their order.
func (k kept) interactions(t *testing.T, names ...string) []string {
	t.Helper()
	var list []any
	switch x := k.Interactions.(type) {
	case []any:
		list = x
	case map[string]any:
		for i := range len(x) {
			if v, ok := x[fmt.Sprint(i)]; ok {
				list = append(list, v)
			}
		}
		if children, ok := x["childArray"].([]any); ok {
			list = children
		}
	}
	var out []string
	for _, i := range list {
		m, ok := i.(map[string]any)
		if !ok {
			t.Fatalf("an interaction is %v", i)
		}
		var line []string
		for _, n := range names {
			line = append(line, fmt.Sprint(m[n]))
		}
		out = append(out, strings.Join(line, " "))
	}
	return out
}

// A module is begun, left in the middle, taken up where it was and passed, in both
// languages, in run times that are not Cadre's.
func TestAnExportPlaysInAnotherRunTime(t *testing.T) {
	chromium := webtest.Launch(t)
	m := exporttest.Material(t)
	for _, kind := range []manifest.Kind{manifest.Scorm12, manifest.Scorm2004} {
		p := openPlatform(t, exporttest.Zip(t, m, kind), nil)
		for _, w := range languages() {
			t.Run(string(kind)+"/"+w.lang, func(t *testing.T) {
				r := &reader{chromium.Tab(t, p.URL, webtest.Look{}), t, `document.querySelector("iframe").contentDocument`}
				r.Open("/" + string(kind))
				r.firstPage(w)
				middle := r.kept()[0]
				r.Open("/elsewhere")
				left := r.kept()[0]
				if !left.Over || middle.Over {
					t.Errorf("leaving the page does not end the conversation: %+v", left)
				}
				r.Open("/" + string(kind))
				r.rest(w, false)
				r.until(`d.body.innerText.includes(` + quoted(w.finished) + `)`)
				if kind == manifest.Scorm2004 {
					if refused := webtest.Ask[string](r.Tab, `refused.join("; ")`); refused != "" {
						t.Errorf("the run time refused %s", refused)
					}
				}
				r.Open("/elsewhere")
				sessions := r.kept()
				if len(sessions) != 2 {
					t.Fatalf("%d sessions were kept", len(sessions))
				}
				if kind == manifest.Scorm12 {
					judged12(t, left, sessions[1], w)
				} else {
					judged2004(t, left, sessions[1], w)
				}
				// What is passed opens again to be read, and stays passed.
				r.Open("/" + string(kind))
				r.until(`d.body.innerText.includes(` + quoted(w.finished) + `)`)
				r.press(".pages button")
				r.until(`d.querySelector("#overview")`)
				r.Open("/elsewhere")
				if again := r.kept()[2]; again.Status+again.Success != "passed" || kind == manifest.Scorm2004 && again.Completion != "completed" {
					t.Errorf("reading it again made it %+v", again)
				}
			})
		}
	}
}

var clock12 = regexp.MustCompile(`^\d{2,4}:\d\d:\d\d$`)

func judged12(t *testing.T, left, end kept, w words) {
	t.Helper()
	if left.Status != "incomplete" || left.Location != "impact" || left.Exit != "suspend" || left.Raw != "" || !strings.Contains(left.Data, w.lang) || !clock12.MatchString(left.Time) {
		t.Errorf("in the middle it said %+v", left)
	}
	if end.Status != "passed" || end.Raw != "100" || end.Min != "0" || end.Max != "100" || end.Exit != "suspend" || !end.Over {
		t.Errorf("at the end it said %+v", end)
	}
	names := []string{"id", "type", "response", "pattern", "result", "weighting"}
	if got, want := left.interactions(t, names...), []string{"act choice a [a] correct 1", "means choice a,c [a,c] correct 1"}; !slices.Equal(got, want) {
		t.Errorf("interactions: %q", got)
	}
	word := map[string]string{"en": "  PURPOSE  [Purpose]", "ur": "مقصد [Purpose]"}[w.lang]
	if got, want := end.interactions(t, names...), []string{
		"steps sequencing a,b,c [a,b,c] correct 1", "pairs matching a.a,b.b [a.a,b.b] correct 1", "elements-count numeric 3.4 [] correct 1", "word fill-in " + word + " correct 1",
	}; !slices.Equal(got, want) {
		t.Errorf("interactions: %q", got)
	}
}

func judged2004(t *testing.T, left, end kept, w words) {
	t.Helper()
	if left.Completion != "incomplete" || left.Location != "impact" || left.Exit != "suspend" || left.Success == "passed" || !strings.Contains(left.Suspend, w.lang) || left.Measure == "" || left.Measure == "1" {
		t.Errorf("in the middle it said %+v", left)
	}
	if end.Completion != "completed" || end.Success != "passed" || end.Score["scaled"] != "1" || end.Score["raw"] != "6" || end.Score["max"] != "6" || end.Measure != "1" || end.Exit != "suspend" || !end.Over || !strings.HasPrefix(end.Session, "PT") {
		t.Errorf("at the end it said %+v", end)
	}
	names := []string{"id", "type", "learner_response", "result", "weighting", "description"}
	text := map[string][]string{"en": {"Which is an act?", "Which are means?", "  PURPOSE "}, "ur": {"عمل کون سا ہے؟", "ذرائع کون سے ہیں؟", "مقصد"}}[w.lang]
	spoken := "{lang=" + w.lang + "}"
	if got, want := left.interactions(t, names...), []string{"act choice a correct 1 " + spoken + text[0], "means choice a[,]c correct 1 " + spoken + text[1]}; !slices.Equal(got, want) {
		t.Errorf("interactions: %q", got)
	}
	if got, want := end.interactions(t, "id", "type", "learner_response", "result"), []string{
		"steps sequencing a[,]b[,]c correct", "pairs matching a[.]a[,]b[.]b correct", "elements-count numeric 3.4 correct", "word fill-in " + spoken + text[2] + " correct",
	}; !slices.Equal(got, want) {
		t.Errorf("interactions: %q", got)
	}
}

// Who does not reach the pass mark has failed, keeps what was right, and passes by
// what is asked again.
func TestAFurtherTryKeepsWhatWasRight(t *testing.T) {
	chromium := webtest.Launch(t)
	m := exporttest.Material(t)
	strict := *m.Module
	strict.PassMark = 100
	m.Module = &strict // the platform asks for 75, and its word counts
	p := openPlatform(t, exporttest.Zip(t, m, manifest.Scorm2004), nil)
	w := languages()[0]
	r := &reader{chromium.Tab(t, p.URL, webtest.Look{}), t, `document.querySelector("iframe").contentDocument`}
	r.Open("/scorm2004")
	r.firstPage(w)
	r.press("#skip")
	r.answer("elements-count", "7")
	r.answer("word", w.wrong)
	r.rightly("steps", w.steps)
	r.press("#next") // one question stays open
	r.press("#finish")
	r.until(`d.body.innerText.includes("Not yet")`)
	if k := r.kept()[0]; k.Success != "failed" || k.Completion != "completed" || k.Score["scaled"] != "0.5" || k.Exit == "normal" {
		t.Errorf("short of the mark it says %+v", k)
	}
	r.press("#again")
	r.until(`d.querySelector("h1").textContent === "Practice"`)
	if r.ask(`!!d.querySelector("#q-steps-place form")`) == "true" || r.ask(`!!d.querySelector("#q-word-place form")`) == "false" {
		t.Error("what was right is asked again, or what was wrong is not")
	}
	r.rightly("pairs", w.pairs)
	r.answer("elements-count", "3")
	r.answer("word", w.wrong)
	r.press("#next")
	r.until(`d.body.innerText.includes(` + quoted(w.finished) + `)`)
	if k := r.kept()[0]; k.Success != "passed" || k.Score["raw"] != "5" {
		t.Errorf("then it says %+v", k)
	}
}

// Opened by hand, from a folder of files, it can be read and says that nothing is
// recorded. On a small phone nothing is cut off, axe-core finds nothing on any
// kind of page, and the keyboard is enough.
func TestAnExportOpensFromAFolder(t *testing.T) {
	folder := t.TempDir()
	writeOut(t, folder, exporttest.Zip(t, exporttest.Material(t), manifest.Scorm12))
	chromium := webtest.Launch(t)
	for _, w := range languages() {
		t.Run(w.lang, func(t *testing.T) {
			r := &reader{chromium.Tab(t, "file://"+folder, webtest.Look{Width: 360}), t, `document`}
			check := func(name string) {
				t.Helper()
				r.Shot("export-" + w.lang + "-" + name)
				if n := r.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels too wide", name, n)
				}
				for _, x := range r.Axe() {
					t.Errorf("%s: %s", name, x)
				}
			}
			r.Open("/index.html")
			r.until(`d.querySelector(".notice")`)
			r.press("#language-" + w.lang)
			check("cover")
			r.press("#begin")
			check("page")
			r.answer("act", "1")
			check("feedback")
			r.press("#next")
			check("warning")
			r.press("#read")
			check("read")
			r.press("#next")
			check("controls")
			r.press("#next")
			check("overview")
			r.press("#finish")
			check("not yet")

			// By keyboard alone: the first control is reached by Tab and pressed by Enter.
			r.press("#again")
			r.until(`d.activeElement.tagName === "H1"`)
			r.Do(chromedp.KeyEvent("\t"))
			if got := r.ask(`d.activeElement.tagName`); got == "BODY" || got == "H1" {
				t.Errorf("Tab leads to %s", got)
			}
		})
	}
}

// A package of another version does not take up what was kept of this one.
func TestWhatWasKeptOfAnotherVersionIsLeft(t *testing.T) {
	chromium := webtest.Launch(t)
	m := exporttest.Material(t)
	w := languages()[0]
	tab := chromium.Tab(t, "", webtest.Look{})
	first := openPlatform(t, exporttest.Zip(t, m, manifest.Scorm12), nil)
	r := &reader{tab, t, `document.querySelector("iframe").contentDocument`}
	r.Do(chromedp.Navigate(first.URL + "/scorm12"))
	r.firstPage(w)
	text := webtest.Ask[string](r.Tab, `localStorage.getItem("kept")`)
	mended := *m.Module
	mended.Minutes++
	m.Module = &mended
	second := openPlatform(t, exporttest.Zip(t, m, manifest.Scorm12), nil)
	r.Do(chromedp.Navigate(second.URL + "/elsewhere"))
	webtest.Ask[string](r.Tab, `(localStorage.setItem("kept", `+quoted(text)+`), localStorage.setItem("speaks", "ur-PK"), "")`)
	r.Do(chromedp.Navigate(second.URL + "/scorm12"))
	r.until(`d.querySelector("#begin")`)
	if got := r.ask(`d.documentElement.lang`); got != "ur" {
		t.Errorf("the platform says that she speaks Urdu, and the cover is in %s", got)
	}
}
