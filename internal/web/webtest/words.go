package webtest

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Said is a piece of text that a page shows, reads out, or hands to its scripts
// to show.
type Said struct {
	// In names the element, and the attribute where it is not the element's text.
	In   string
	Text string
}

// spoken are the attributes that people read or hear.
var spoken = []string{"aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt", "label", "summary"}

// Words lists what a page says in its own language: every text and every
// attribute that is read or heard. What is written in another language than the
// page's (lang), what people typed (dir=auto) and what is set apart from the
// sentence around it (bdi) is left out, and so are code and what stands in the
// fields of forms.
func Words(page string) ([]Said, error) {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, err
	}
	var out []Said
	own := ""
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.TextNode {
			if s := strings.Join(strings.Fields(n.Data), " "); s != "" && n.Parent != nil {
				out = append(out, Said{In: n.Parent.Data, Text: s})
			}
			return
		}
		if n.Type == html.ElementNode {
			switch n.Data {
			case "script", "style", "template", "textarea", "bdi", "code", "pre", "kbd", "samp":
				return
			case "html":
				own = attr(n, "lang")
			case "noscript": // the parser leaves it as text
				if n.FirstChild == nil {
					return
				}
				inside, err := html.ParseFragment(strings.NewReader(n.FirstChild.Data), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
				if err != nil {
					return
				}
				for _, x := range inside {
					visit(x)
				}
				return
			}
			if lang := attr(n, "lang"); lang != "" && lang != own || attr(n, "dir") == "auto" {
				return
			}
			for _, a := range n.Attr {
				button := n.Data == "input" && a.Key == "value" && slices.Contains([]string{"submit", "reset", "button"}, attr(n, "type"))
				sentence := strings.HasPrefix(a.Key, "data-") && strings.Contains(a.Val, " ") && !strings.HasPrefix(a.Val, "{") // a script's own data
				if (slices.Contains(spoken, a.Key) || button || sentence) && strings.TrimSpace(a.Val) != "" {
					out = append(out, Said{In: n.Data + " " + a.Key, Text: a.Val})
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(doc)
	return out, nil
}
