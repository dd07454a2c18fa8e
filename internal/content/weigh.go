package content

import (
	"bytes"
	"compress/gzip"
	"strings"

	"cadre/internal/item"
)

// How long reading takes is estimated by weight, in words: a question takes as
// long as reading this many words besides its own, a picture as this many.
const (
	questionWords = 40
	pictureWords  = 30
)

// frameBytes is what the page around the material weighs, compressed: header,
// progress, forms. A test of playerweb holds it to what is really sent.
const frameBytes = 2500

// weigh gives every page its share of the module's minutes and its weight on
// the wire.
func weigh(m *Module, words map[string]int, pictures map[string]map[string][]File) {
	total := 0
	weight := make([]int, len(m.Pages))
	for i, p := range m.Pages {
		weight[i] = 1 + words[p.Key] + pictureWords*len(pictures[m.Base][p.Key])
		for _, it := range p.Items {
			weight[i] += questionWords + len(strings.Fields(itemText(it, m.Base)))
		}
		total += weight[i]
	}
	given, before := 0, 0
	for i := range m.Pages {
		p := &m.Pages[i]
		before += weight[i]
		until := m.Minutes * 60 * before / total
		p.Seconds, given = until-given, until
		p.Bytes = map[string]int{}
		for _, lang := range m.Languages {
			// The page comes once to be read, and again after each answer.
			n := (frameBytes + compressed(pageText(p, lang))) * (1 + len(p.Items))
			for _, f := range pictures[lang][p.Key] {
				n += f.Size
			}
			p.Bytes[lang] = n
		}
	}
}

func pageText(p *Page, lang string) string {
	var b strings.Builder
	b.WriteString(p.Title[lang])
	b.WriteString(p.Warning[lang])
	for _, block := range p.Body[lang] {
		b.WriteString(block.HTML)
	}
	for _, it := range p.Items {
		b.WriteString(itemText(it, lang))
	}
	return b.String()
}

func itemText(it item.Item, lang string) string {
	parts := []string{it.Text[lang]}
	for _, o := range it.Options {
		parts = append(parts, o.Text[lang])
	}
	for _, t := range it.Sequence {
		parts = append(parts, t[lang])
	}
	for _, p := range it.Pairs {
		parts = append(parts, p.Left[lang], p.Right[lang])
	}
	return strings.Join(parts, "\n")
}

// compressed returns the size of s as a server sends it.
func compressed(s string) int {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	// A bytes.Buffer does not fail.
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.Len()
}
