package webtest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"cadre/internal/fault"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

func plain(body string) web.Handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, err := w.Write([]byte(body))
		return err
	}
}

func TestAWalkSeesEveryPageAndSendsEveryForm(t *testing.T) {
	var sent []string
	site := webtest.Start(t, nil,
		web.Route{Method: "GET", Pattern: "/", Need: web.Public, Handler: plain(`<a href="/a/1">1</a><a href="a/2#x">2</a><a href="/a/3">3</a><a href="https://elsewhere.example/">no</a>`)},
		web.Route{Method: "GET", Pattern: "/a/{n}", Need: web.Public, Handler: plain(`<form method="post" action="/b"><input type="hidden" name="h" value="1"><input name="x" value="y"></form>`)},
		web.Route{Method: "POST", Pattern: "/b", Need: web.Public, Handler: func(_ http.ResponseWriter, r *http.Request) error {
			sent = append(sent, r.PostForm.Encode())
			return fault.New(fault.Closed, "fault.closed", nil)
		}},
	)
	stops := site.Nobody(t).Walk("/", webtest.Walk{Match: web.Matcher(site.Server.Routes()), Send: true})
	var got []string
	for _, s := range stops {
		got = append(got, s.Route)
	}
	slices.Sort(got)
	if want := "GET /;GET /a/{n};GET /a/{n};POST /b;POST /b;POST /b;POST /b"; strings.Join(got, ";") != want {
		t.Errorf("saw %v", got)
	}
	if !slices.Contains(sent, "h=1") || !slices.Contains(sent, "h=1&x=y") {
		t.Errorf("sent %v", sent)
	}
}

func TestProblemsAreFound(t *testing.T) {
	const good = `<!DOCTYPE html><html lang="en" dir="ltr"><head><title>T</title></head><body><main><h1>H</h1>%</main></body></html>`
	if p := webtest.Problems(strings.Replace(good, "%", "", 1)); p != nil {
		t.Errorf("a good page: %v", p)
	}
	for _, c := range [][2]string{
		{`<h1>again</h1>`, "2 headings of the first level"},
		{`<p id="a"></p><p id="a"></p>`, "stands 2 times"},
		{`<p style="color:red">x</p>`, "inline style"},
		{`<p onclick="x()">x</p>`, "inline script"},
		{`<input name="q">`, "has no label"},
		{`<label for="no">x</label>`, "which is not there"},
		{`<a href="#no">x</a>`, "which is not there"},
		{`<button></button>`, "an empty <button>"},
		{`<form method="post" action="/x"></form>`, "no operation id"},
		{`<h3>x</h3>`, "follows a heading of level 1"},
		{`<table><caption>c</caption><tr><td>x</td></tr></table>`, "without headings"},
		{`<script>x</script>`, "inline script"},
	} {
		body, want := c[0], c[1]
		if got := strings.Join(webtest.Problems(strings.Replace(good, "%", body, 1)), "; "); !strings.Contains(got, want) {
			t.Errorf("%s: found %q, not %q", body, got, want)
		}
	}
	if got := strings.Join(webtest.Problems("<p>x"), "; "); !strings.Contains(got, "no language") || !strings.Contains(got, "no title") {
		t.Errorf("found %q", got)
	}
}
