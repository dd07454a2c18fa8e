package webtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// CheckPage fails the test where the page breaks a rule that every page keeps.
func (a *Answer) CheckPage(t testing.TB) *Answer {
	t.Helper()
	for _, p := range Problems(a.Body) {
		t.Errorf("%s: %s", a.Path, p)
	}
	return a
}

// Problems lists what is wrong with a page's HTML: its language and direction,
// title, headings, labels, ids and what they are referred to by, inline styles
// and scripts, tables without headings, and directions named by their side.
func Problems(page string) []string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	ids := map[string]int{}
	labelled := map[string]bool{}
	headings, mains := 0, 0
	title := ""
	var nodes []*html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		nodes = append(nodes, n)
		if v := attr(n, "id"); v != "" {
			ids[v]++
		}
		switch n.Data {
		case "label":
			labelled[attr(n, "for")] = true
		case "h1":
			headings++
		case "main":
			mains++
		case "title":
			if n.Parent.Data == "head" && n.FirstChild != nil {
				title = n.FirstChild.Data
			}
		case "html":
			if attr(n, "lang") == "" {
				say("no language")
			}
			if d := attr(n, "dir"); d != "ltr" && d != "rtl" {
				say("direction %q", d)
			}
		}
	}
	if strings.TrimSpace(title) == "" {
		say("no title")
	}
	if headings != 1 {
		say("%d headings of the first level", headings)
	}
	if mains != 1 {
		say("%d main parts", mains)
	}
	for v, n := range ids {
		if n > 1 {
			say("the id %q stands %d times", v, n)
		}
	}
	level := 0
	for _, n := range nodes {
		if has(n, "style") {
			say("<%s> has an inline style", n.Data)
		}
		for _, x := range n.Attr {
			if strings.HasPrefix(x.Key, "on") {
				say("<%s> has the inline script %s", n.Data, x.Key)
			}
		}
		for _, ref := range []string{"aria-labelledby", "aria-describedby", "for", "aria-controls"} {
			for _, v := range strings.Fields(attr(n, ref)) {
				if ids[v] == 0 {
					say("<%s %s> refers to %q, which is not there", n.Data, ref, v)
				}
			}
		}
		switch n.Data {
		case "script":
			if attr(n, "src") == "" {
				say("an inline script")
			}
		case "style":
			if n.Namespace == "" {
				say("an inline style sheet")
			}
		case "h1", "h2", "h3", "h4":
			l := int(n.Data[1] - '0')
			if level > 0 && l > level+1 {
				say("%s follows a heading of level %d", n.Data, level)
			}
			level = l
			if strings.TrimSpace(text(n)) == "" {
				say("an empty %s", n.Data)
			}
		case "input", "select", "textarea":
			kind := attr(n, "type")
			if kind == "hidden" || kind == "submit" || n.Data == "input" && kind == "button" {
				break
			}
			if !labelled[attr(n, "id")] && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" && !within(n, "label") {
				say("<%s name=%q> has no label", n.Data, attr(n, "name"))
			}
		case "button", "a":
			if n.Data == "a" && !has(n, "href") {
				say("a link to nowhere")
			}
			if strings.TrimSpace(text(n)) == "" && attr(n, "aria-label") == "" {
				say("an empty <%s>", n.Data)
			}
			if h := attr(n, "href"); strings.HasPrefix(h, "#") && len(h) > 1 && ids[h[1:]] == 0 {
				say("a link to %s, which is not there", h)
			}
		case "img":
			if !has(n, "alt") {
				say("an image without a description")
			}
		case "form":
			if m := strings.ToLower(attr(n, "method")); m == "post" {
				if !slices.ContainsFunc(fieldsOf(n), func(s string) bool { return s == "op" }) {
					say("the form to %s carries no operation id", attr(n, "action"))
				}
				if !slices.ContainsFunc(fieldsOf(n), func(s string) bool { return s == "token" }) {
					say("the form to %s carries no token", attr(n, "action"))
				}
			}
		case "table":
			if !slices.ContainsFunc(elements(n, "th"), func(*html.Node) bool { return true }) {
				say("a table without headings")
			}
			if len(elements(n, "caption")) == 0 {
				say("a table without a caption")
			}
		case "fieldset":
			if len(elements(n, "legend")) == 0 {
				say("a fieldset without a legend")
			}
		case "svg":
			if attr(n, "role") == "img" && attr(n, "aria-hidden") != "true" && len(elements(n, "title")) == 0 {
				say("a drawing without a title")
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

func fieldsOf(form *html.Node) []string {
	var out []string
	for _, n := range elements(form, "input") {
		out = append(out, attr(n, "name"))
	}
	return out
}

func elements(n *html.Node, name string) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			out = append(out, d)
		}
	}
	return out
}

func within(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && p.Data == name {
			return true
		}
	}
	return false
}
