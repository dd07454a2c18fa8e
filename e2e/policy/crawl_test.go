package policy_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html"

	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// perPattern bounds how many targets of one route one visitor contributes, and
// depth how many of its pages she looks at for further links and forms.
const (
	perPattern = 2
	depth      = 6
)

// crawl follows the links that a visitor is shown, and gathers her forms.
func (f *fixture) crawl(s *site, v *visitor, which func(method, path string) string, routes []web.Route, add func(target)) {
	b := webtest.Visit(f.t, s.url, v.token)
	if v.token != "" {
		_, mine, err := b.Get("/account").Form("/sign-out")
		if err != nil {
			f.t.Fatal(err)
		}
		v.form = mine.Get("token")
	}
	most := perPattern
	if v.country == foreign {
		most = 1
	}
	count := map[string]int{}
	seen := map[string]bool{}
	queue := []string{"/"}
	for _, rt := range routes {
		if rt.Method == http.MethodGet && !strings.Contains(rt.Pattern, "{") {
			queue = append(queue, rt.Pattern)
		}
	}
	visits := 0
	for len(queue) > 0 && visits < 250 {
		path := queue[0]
		queue = queue[1:]
		p := which(http.MethodGet, path)
		if p == "" || seen[path] || count[p] >= depth && !strings.Contains(p, "/pages/") {
			continue
		}
		seen[path] = true
		count[p]++
		visits++
		if count[p] <= most {
			add(target{pattern: p, method: http.MethodGet, path: path, found: v.name})
		}
		a := b.Get(path)
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			continue
		}
		doc, err := html.Parse(strings.NewReader(a.Body))
		if err != nil {
			f.t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			switch n.Data {
			case "a":
				if h := attribute(n, "href"); strings.HasPrefix(h, "/") {
					h, _, _ = strings.Cut(h, "#")
					queue = append(queue, h)
				}
			case "form":
				if strings.ToLower(attribute(n, "method")) != "post" {
					continue
				}
				action := attribute(n, "action")
				p := which(http.MethodPost, action)
				if p == "" || count[p] >= most {
					continue
				}
				count[p]++
				if p == "POST /learn/{module}/start" {
					// Where she reads on, no link leads.
					at := b.Submit(a, action, nil).Path
					if parts := strings.Split(at, "/"); len(parts) > 2 && f.rowFor[parts[2]] != nil {
						queue = append(queue, at)
					}
				}
				add(target{pattern: p, method: http.MethodPost, path: action, form: filled(n), found: v.name})
			}
		}
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// filled is what a form sends when every field that is empty gets a value that
// fits it.
func filled(form *html.Node) url.Values {
	out := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if n.Type != html.ElementNode || name == "" || name == "token" || name == "op" {
			continue
		}
		switch n.Data {
		case "input":
			value := attribute(n, "value")
			switch attribute(n, "type") {
			case "radio":
				if has(n, "checked") || out[name] == nil {
					out.Set(name, value)
				}
			case "checkbox":
				if out[name] == nil || has(n, "checked") {
					out.Add(name, value)
				}
			case "file", "submit":
			case "hidden":
				out.Set(name, value)
			case "date":
				out.Set(name, or(value, "2020-11-02"))
			case "datetime-local":
				out.Set(name, or(value, "2020-11-02T10:00"))
			case "time":
				out.Set(name, or(value, "10:00"))
			case "number":
				out.Set(name, or(value, "1"))
			case "email":
				out.Set(name, or(value, "someone@example.org"))
			case "tel":
				out.Set(name, or(value, "03001234567"))
			default:
				out.Set(name, or(value, "quilt heron lamp almond river"))
			}
		case "textarea":
			out.Set(name, "quilt heron lamp almond river")
		case "select":
			for o := range n.Descendants() {
				if o.Type == html.ElementNode && o.Data == "option" && attribute(o, "value") != "" && (out[name] == nil || has(o, "selected")) {
					out.Set(name, attribute(o, "value"))
				}
			}
		case "button":
			if out[name] == nil {
				out.Set(name, attribute(n, "value"))
			}
		}
	}
	return out
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// guessed is who found what no page led to.
const guessed = "the database"

// inWords are parts of paths that are no ids.
var inWords = map[string][]string{
	"stage": {"foundation", "week", "coaching", "pre-test", "choice"}, "module": {"special-techniques"}, "page": {"1"},
	"part": {"1"}, "item": {"1"}, "link": {"abcdefgh"}, "pre": {"pre-test"}, "post": {"post-test"}, "file": {"figures.xlsx", "figures.csv"},
}

// partOf is how a path calls the rows of a table, where it is not their name.
var partOf = map[string]string{
	"workshop_half_days": "register", "cohort_imports": "sheet", "player_outside": "outside", "credential_certificates": "certificate",
	"people_agencies": "agency", "cohort_requests": "request", "people_links": "no part", "cohort_steps": "operation",
}

func partFor(table string) string {
	if p := partOf[table]; p != "" {
		return p
	}
	_, last, _ := strings.Cut(table, "_")
	return strings.TrimSuffix(last, "s")
}

// guess makes requests for a route that no page leads to at this moment, out of
// the rows in the database that have everything that its path names. It returns at most limit of them, and as many of each country and agency as
// each.
func (f *fixture) guess(rt web.Route, each, limit int) []target {
	parts := strings.Split(strings.TrimPrefix(rt.Pattern, "/"), "/")
	var out []target
	seen := map[string]bool{}
	add := func(path string) {
		if !seen[path] && len(out) < limit {
			seen[path] = true
			out = append(out, target{pattern: rt.Method + " " + rt.Pattern, method: rt.Method, path: path, form: url.Values{}, found: guessed})
		}
	}
	tables := make([]string, 0, len(f.rowsOf))
	for t := range f.rowsOf {
		tables = append(tables, t)
	}
	sort.Strings(tables)
	// What is called like the address comes first.
	like := strings.ReplaceAll(rt.Pattern, "-", "")
	sort.SliceStable(tables, func(i, j int) bool {
		return strings.Contains(like, "/"+partFor(tables[i])) && !strings.Contains(like, "/"+partFor(tables[j]))
	})
	for _, table := range tables {
		taken, oldest := map[string]int{}, map[string]string{}
		for _, i := range slices.Backward(f.rowsOf[table]) { // on the newest something still waits
			row, path, ids := f.rowFor[i], "", 0
			for _, part := range parts {
				name, ok := strings.CutPrefix(part, "{")
				name = strings.TrimSuffix(name, "}")
				v := ""
				switch {
				case !ok:
					v = part
				case partFor(table) == name:
					v, ids = i, ids+1
				case name == "operation":
					if op, ok := strings.CutPrefix(row["source"], "operation:"); ok {
						v, ids = op, ids+1
					}
				case uuid.MatchString(row[name]):
					v, ids = row[name], ids+1
				case row[name] != "":
					v = row[name]
				case inWords[name] != nil:
					v = inWords[name][0]
				}
				if v == "" {
					path = ""
					break
				}
				path += "/" + v
			}
			if k := f.country[i] + f.agency[i]; path != "" && ids > 0 && strings.Count(path, "/") == len(parts) {
				if taken[k] < each {
					taken[k]++
					add(path)
				} else {
					oldest[k] = path
				}
			}
		}
		for _, k := range slices.Sorted(maps.Keys(oldest)) {
			add(oldest[k])
		}
	}
	if len(out) == 0 {
		path := ""
		for _, part := range parts {
			if name, ok := strings.CutPrefix(part, "{"); ok {
				w := inWords[strings.TrimSuffix(name, "}")]
				if w == nil {
					return nil
				}
				part = w[0]
			}
			path += "/" + part
		}
		add(path)
	}
	return out
}
