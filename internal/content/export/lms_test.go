package export_test

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/content/export/exporttest"
	"cadre/internal/web/webtest"
)

// npm is where scripts/setup puts packages of npm.
const npm = "../../../web/node_modules"

// platform is a learning platform that is none of Cadre's: a run time from npm and
// the few lines that its documentation asks a platform for. What it keeps outlives
// a page, as a database does.
type platform struct {
	*httptest.Server
	t *testing.T
}

// runtimes are the pages in which a package finds its run time.
func runtimes() map[string]string {
	const frame = `<iframe src="/package/index.html" title="module" style="inline-size:100%;block-size:90vh"></iframe>`
	return map[string]string{
		// simplify-scorm, SCORM 1.2.
		"/scorm12": `<!doctype html><html lang="en"><title>LMS</title><body><script>var module = {};</script><script src="/npm/simplify-scorm/src/scormAPI.js"></script><script>
			window.API = new module.exports.scormAPIFunc();
			window.sessions = JSON.parse(localStorage.getItem("kept") || "[]");
			const core = API.cmi.core, last = sessions[sessions.length - 1];
			core._student_id = "learner-1"; core._credit = "credit"; core._lesson_status = "not attempted"; core._entry = "ab-initio";
			API.cmi.student_data._mastery_score = "75"; API.cmi.student_preference._language = localStorage.getItem("speaks") || "";
			if (last) core._lesson_status = last.status;
			if (last?.exit === "suspend") { core._entry = "resume"; core._lesson_location = last.location; API.cmi._suspend_data = last.data; }
			const keep = over => {
				const here = {
					status: core._lesson_status, location: core._lesson_location, data: API.cmi._suspend_data, exit: core._exit, raw: core.score._raw, min: core.score._min, max: core.score._max, time: core._session_time, over,
					interactions: API.cmi.interactions.childArray.map(i => ({id: i._id, type: i._type, response: i._student_response, result: i._result, weighting: i._weighting, time: i._time, pattern: i.correct_responses.childArray.map(c => c._pattern)})),
				};
				localStorage.setItem("kept", JSON.stringify(sessions.concat(here)));
			};
			API.on("LMSCommit", () => keep(false)); API.on("LMSFinish", () => keep(true));
		</script>` + frame,
		// scorm-again as it comes from npm, SCORM 2004: nothing of Cadre's around it.
		"/scorm2004": `<!doctype html><html lang="en"><title>LMS</title><body><script src="/npm/scorm-again/dist/scorm2004.min.js"></script><script>
			window.API_1484_11 = new Scorm2004API({ autocommit: false, logLevel: 5 });
			window.sessions = JSON.parse(localStorage.getItem("kept") || "[]");
			const last = sessions[sessions.length - 1];
			const given = { learner_id: "learner-1", credit: "credit", mode: "normal", scaled_passing_score: "0.75", entry: "ab-initio", learner_preference: { language: localStorage.getItem("speaks") || "" } };
			// Any other end empties the data of the attempt (RTE 4.2.8).
			if (last?.exit === "suspend") Object.assign(given, { suspend_data: last.suspend_data, location: last.location, progress_measure: last.progress_measure, completion_status: last.completion_status, success_status: last.success_status, entry: "resume" });
			API_1484_11.loadFromJSON(given, "cmi");
			window.exit = "";
			API_1484_11.on("SetValue.cmi.exit", (_, value) => { exit = value; });
			const keep = over => localStorage.setItem("kept", JSON.stringify(sessions.concat({ ...API_1484_11.renderCMIToJSONObject().cmi, exit, over })));
			window.refused = [];
			API_1484_11.on("Commit", () => keep(false)); API_1484_11.on("Terminate", () => keep(true));
			const set = API_1484_11.SetValue.bind(API_1484_11);
			API_1484_11.SetValue = (name, value) => { const r = set(name, value); if (r !== "true") refused.push(name + "=" + value + ": " + API_1484_11.GetLastError()); return r; };
		</script>` + frame,
	}
}

func openPlatform(t *testing.T, data []byte, more func(*http.ServeMux)) *platform {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /npm/", http.StripPrefix("/npm/", http.FileServer(http.Dir(filepath.FromSlash(npm)))))
	files := exporttest.Files(t, data)
	mux.HandleFunc("GET /package/{path...}", func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[r.PathValue("path")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(r.URL.Path)))
		_, _ = io.WriteString(w, body)
	})
	for at, page := range runtimes() {
		mux.HandleFunc("GET "+at, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, page)
		})
	}
	mux.HandleFunc("GET /elsewhere", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><title>elsewhere</title><p id="elsewhere">elsewhere`)
	})
	if more != nil {
		more(mux)
	}
	p := &platform{httptest.NewServer(mux), t}
	t.Cleanup(p.Close)
	return p
}

// reader is a learner in front of a package.
type reader struct {
	*webtest.Tab
	t *testing.T
	// doc is the package's document, as an expression.
	doc string
}

// until waits until an expression is true; d is the package's document.
func (r *reader) until(expression string) {
	r.t.Helper()
	got := webtest.Ask[string](r.Tab, fmt.Sprintf(`new Promise(done => {
		const end = Date.now() + 15000;
		(function look() {
			let v, d; try { d = %s; v = (%s) } catch (e) { v = "" }
			if (v) done("yes");
			else if (Date.now() > end) done("no: " + (d && d.body ? d.body.innerText : "nothing is there"));
			else setTimeout(look, 15);
		})();
	})`, r.doc, expression))
	if got != "yes" {
		r.t.Fatalf("waited in vain for %s; it shows %s", expression, got)
	}
}

// press presses a control of the package, once it is there.
func (r *reader) press(selector string) {
	r.t.Helper()
	r.until(`d.querySelector(` + quoted(selector) + `)`)
	r.do(`d.querySelector(` + quoted(selector) + `).click()`)
}

// do has the package's page do something.
func (r *reader) do(js string) {
	r.t.Helper()
	webtest.Ask[string](r.Tab, `(() => { const d = `+r.doc+`; `+js+`; return "" })()`)
}

// ask returns what an expression about the package's page is.
func (r *reader) ask(js string) string {
	r.t.Helper()
	return webtest.Ask[string](r.Tab, `(() => { const d = `+r.doc+`; return String(`+js+`) })()`)
}

// answer answers a question: fields are what is chosen or written.
func (r *reader) answer(key string, fields ...string) {
	r.t.Helper()
	place := `#q-` + key + `-place`
	r.until(`d.querySelector(` + quoted(place+" form") + `)`)
	for i, f := range fields {
		kind := r.ask(`(d.querySelector("#q-` + key + `-0").type || "")`)
		switch kind {
		case "radio", "checkbox":
			r.do(`d.querySelector("#q-` + key + `-` + f + `").click()`)
		default:
			r.do(fmt.Sprintf(`d.querySelector("#q-%s-%d").value = %s`, key, i, quoted(f)))
		}
	}
	r.do(`d.querySelector(` + quoted(place+" button") + `).click()`)
	r.until(`d.querySelector(` + quoted(place+` [role="status"]`) + `)`)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // a string is always written
	}
	return string(b)
}

// rightly answers a question of order or of pairs rightly, however it is shuffled:
// each control is asked what it is for.
func (r *reader) rightly(key string, wanted map[string]string) {
	r.t.Helper()
	place := `#q-` + key + `-place`
	r.until(`d.querySelector(` + quoted(place+" form") + `)`)
	for label, option := range wanted {
		r.do(fmt.Sprintf(`{
			const l = [...d.querySelectorAll("%s label")].find(x => x.textContent === %s);
			const s = d.getElementById(l.htmlFor);
			s.value = [...s.options].find(o => o.text === %s).value;
		}`, place, quoted(label), quoted(option)))
	}
	r.do(`d.querySelector(` + quoted(place+" button") + `).click()`)
	r.until(`d.querySelector(` + quoted(place+` [role="status"]`) + `)`)
}

// words are what a test of a language needs to know of it.
type words struct {
	lang, dir, title, second string
	steps, pairs             map[string]string
	word, wrong              string
	right, finished          string
}

func languages() []words {
	return []words{
		{
			"en", "ltr", "Elements", "What it does",
			map[string]string{"Greet her": "1", "Ask": "2", "Write down": "3"},
			map[string]string{"Act": "Transport", "Means": "Fraud"},
			"  PURPOSE ", "victim", "Right", "You have finished this module.",
		},
		{
			"ur", "rtl", "عناصر", "اس کا اثر",
			map[string]string{"سلام کریں": "1", "پوچھیں": "2", "لکھیں": "3"},
			map[string]string{"عمل": "نقل و حمل", "ذریعہ": "فریب"},
			"مقصد", "متاثرہ", "درست", "آپ نے یہ ماڈیول مکمل کر لیا ہے۔",
		},
	}
}

// firstPage begins in a language, reads and answers the first page and goes on.
func (r *reader) firstPage(w words) {
	r.t.Helper()
	r.press("#language-" + w.lang)
	r.press("#begin")
	r.until(`d.querySelector("h1").textContent === ` + quoted(w.title))
	if got := r.ask(`d.documentElement.lang + " " + d.documentElement.dir`); got != w.lang+" "+w.dir {
		r.t.Errorf("the page is %s", got)
	}
	r.until(`d.querySelector("img").naturalWidth === 40`)
	r.press("#q-act-place button") // an empty answer is asked again
	r.until(`d.querySelector("#q-act-wrong").textContent`)
	r.answer("act", "0")
	if got := r.ask(`d.querySelector("#q-act-place").innerText`); !strings.Contains(got, w.right) {
		r.t.Errorf("the feedback is %s", got)
	}
	r.answer("means", "0", "2")
	r.press("#next")
	r.until(`d.querySelector("h1").textContent === ` + quoted(w.second))
}

// rest leaves the page with the warning out and answers the last one, the word
// wrongly if that is wished.
func (r *reader) rest(w words, wrong bool) {
	r.t.Helper()
	r.until(`d.querySelector("h1").textContent === ` + quoted(w.second))
	if r.ask(`d.querySelector("#q-after-place")`) != "null" {
		r.t.Error("the page stands there without its warning")
	}
	r.press("#skip")
	r.rightly("steps", w.steps)
	r.rightly("pairs", w.pairs)
	r.answer("elements-count", "۳.4")
	if wrong {
		r.answer("word", w.wrong)
	} else {
		r.answer("word", w.word)
	}
	r.press("#next")
}
