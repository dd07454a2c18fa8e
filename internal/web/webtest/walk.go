package webtest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Walk is a walk through a site, from link to link.
type Walk struct {
	// Match names the route that answers a request; see web.Matcher.
	Match func(method, path string) string
	// Most is how many pages of each route are visited, 2 if zero.
	Most int
	// Leave names routes that are not followed or sent, such as signing out.
	Leave []string
	// Send also sends each form as it stands, and once more with everything that
	// can be filled in left empty.
	Send bool
	// Enough ends the walk after so many requests, 400 if zero.
	Enough int
}

// Stop is one page of a walk.
type Stop struct {
	// Route is "GET /cohorts/{cohort}"; for a form that was sent, the route that it
	// was sent to.
	Route string
	// From is the page that led here.
	From string
	// Sent is true for what came back from a form.
	Sent bool
	*Answer
}

// Walk follows every link from start, breadth first, and returns what it saw.
func (b *Browser) Walk(start string, w Walk) []Stop {
	b.t.Helper()
	if w.Most == 0 {
		w.Most = 2
	}
	if w.Enough == 0 {
		w.Enough = 400
	}
	type step struct{ path, from string }
	queue := []step{{start, ""}}
	known := map[string]bool{start: true}
	visits, sent := map[string]int{}, map[string]int{}
	var out []Stop
	for len(queue) > 0 && len(out) < w.Enough {
		s := queue[0]
		queue = queue[1:]
		route := w.Match(http.MethodGet, pathOf(s.path))
		if visits[route] >= w.Most || slices.Contains(w.Leave, route) {
			continue
		}
		visits[route]++
		a := b.Get(s.path)
		out = append(out, Stop{Route: route, From: s.from, Answer: a})
		if a.page == nil {
			continue
		}
		for _, href := range a.Links() {
			if !known[href] {
				known[href] = true
				queue = append(queue, step{href, s.path})
			}
		}
		if !w.Send {
			continue
		}
		for _, f := range a.forms() {
			to := w.Match(f.method, pathOf(f.action))
			if sent[to] >= w.Most || slices.Contains(w.Leave, to) || slices.Contains(w.Leave, f.method+" "+pathOf(f.action)) {
				continue
			}
			sent[to]++
			for _, values := range []url.Values{f.bare, f.values} {
				if f.method == http.MethodGet {
					continue
				}
				out = append(out, Stop{Route: to, From: s.path, Sent: true, Answer: b.Post(f.action, values)})
			}
		}
	}
	return out
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Path
}

// Links lists where the page leads within the site, without fragments.
func (a *Answer) Links() []string {
	var out []string
	if a.page == nil {
		return nil
	}
	base, err := url.Parse(a.Path)
	if err != nil {
		return nil
	}
	for n := range a.page.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" || !has(n, "href") {
			continue
		}
		u, err := base.Parse(attr(n, "href"))
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") {
			continue
		}
		u.Fragment = ""
		if s := u.RequestURI(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

type formOnPage struct {
	method, action string
	// values are what the form would send as it stands, bare only what is hidden.
	values, bare url.Values
}

func (a *Answer) forms() []formOnPage {
	var out []formOnPage
	base, err := url.Parse(a.Path)
	if err != nil {
		return nil
	}
	for n := range a.page.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		u, err := base.Parse(attr(n, "action"))
		if err != nil {
			continue
		}
		f := formOnPage{method: strings.ToUpper(attr(n, "method")), action: u.RequestURI(), values: valuesOf(n), bare: url.Values{}}
		if f.method == "" {
			f.method = http.MethodGet
		}
		pressed := false
		for d := range n.Descendants() {
			if d.Type != html.ElementNode {
				continue
			}
			name := attr(d, "name")
			switch {
			case d.Data == "input" && attr(d, "type") == "hidden" && name != "":
				f.bare.Add(name, attr(d, "value"))
			case d.Data == "button" && name != "" && !pressed:
				pressed = true // as a person presses the first button
				f.values.Set(name, attr(d, "value"))
				f.bare.Set(name, attr(d, "value"))
			}
		}
		out = append(out, f)
	}
	return out
}

// Token returns the session's token that the browser holds.
func (b *Browser) Token() string { return b.token }

// Offer is a form of a page that changes something, with its words.
type Offer struct {
	Action, Words string
	// Single is a form that is a button and nothing else.
	Single bool
	// Fields are the names of what it sends.
	Fields []string
}

// Offers lists the forms of the page that change something.
func (a *Answer) Offers() []Offer {
	var out []Offer
	if a.page == nil {
		return nil
	}
	for n := range a.page.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && strings.EqualFold(attr(n, "method"), http.MethodPost) {
			out = append(out, Offer{pathOf(attr(n, "action")), strings.Join(strings.Fields(text(n)), " "), attr(n, "class") == "act", slices.Sorted(maps.Keys(valuesOf(n)))})
		}
	}
	return out
}
