package content

import (
	"slices"

	"cadre/internal/item"
)

// Module is one unit of e-learning as compiled from its files: everything that
// is needed to show it, to ask its questions and to mark the answers, in every
// language it has. It never changes; a mended module is a new version.
type Module struct {
	Key          string    `json:"key"`
	Base         string    `json:"base"`      // the language that the others are compared with
	Languages    []string  `json:"languages"` // the base first, then by tag
	Title        item.Text `json:"title"`
	Minutes      int       `json:"minutes"`   // what it takes, by its author's estimate
	PassMark     int       `json:"pass_mark"` // per cent of the points; 0 if it is enough to read
	Competencies []string  `json:"competencies,omitempty"`
	Warning      item.Text `json:"warning,omitempty"` // shown before the first page
	Sources      []Source  `json:"sources,omitempty"`
	Pages        []Page    `json:"pages"`
	Files        []File    `json:"files,omitempty"`
}

// Page is one screen of a module.
type Page struct {
	Key   string    `json:"key"` // stable over languages and versions
	Title item.Text `json:"title"`
	// Warning is the content warning of the page. A page that has one may be
	// skipped, and what it asks is then not counted.
	Warning item.Text `json:"warning,omitempty"`
	// Body is the page in each language, in the order in which it is read.
	Body map[string][]Block `json:"body"`
	// Items are the questions of the page, in the order of the base language.
	Items []item.Item `json:"items,omitempty"`
	// Cites lists the sources that the page names, in the order of the module's
	// list.
	Cites []string `json:"cites,omitempty"`
	// Seconds is the page's share of the module's minutes.
	Seconds int `json:"seconds"`
	// Bytes is what the page takes on the wire in each language, pictures and
	// answering its questions included.
	Bytes map[string]int `json:"bytes"`
}

// Block is a stretch of safe HTML, or the place of a question.
type Block struct {
	HTML string `json:"html,omitempty"`
	Item string `json:"item,omitempty"` // key of one of the page's items
}

// Source is where a statement of the module comes from.
type Source struct {
	ID        string    `json:"id"`
	Title     item.Text `json:"title"`
	Publisher item.Text `json:"publisher,omitempty"`
	Year      int       `json:"year,omitempty"`
	URL       string    `json:"url,omitempty"`
}

// File is one picture of the module.
type File struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // SHA-256, hexadecimal
	Media  string `json:"media"`
	Size   int    `json:"size"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Data   []byte `json:"-"`
}

// Path is where the picture is served. It names the content, so it may be kept
// by a browser for ever.
func (f File) Path() string { return FilePrefix + f.Digest + extensions[f.Media] }

// FilePrefix begins the path of every picture of a module.
const FilePrefix = "/module-files/"

// Page returns the page of that key, and its place; nil and -1 if there is none.
func (m *Module) Page(key string) (*Page, int) {
	i := slices.IndexFunc(m.Pages, func(p Page) bool { return p.Key == key })
	if i < 0 {
		return nil, -1
	}
	return &m.Pages[i], i
}

// Item returns the question of that key on the page, nil if there is none.
func (p *Page) Item(key string) *item.Item {
	i := slices.IndexFunc(p.Items, func(it item.Item) bool { return it.Key == key })
	if i < 0 {
		return nil
	}
	return &p.Items[i]
}

// MaySkip reports whether the page may be left out without penalty.
func (p *Page) MaySkip() bool { return !p.Warning.Empty() }

// Language returns lang if the module has it, else the language it has that
// shares lang's primary tag, else its base.
func (m *Module) Language(lang string) string {
	if slices.Contains(m.Languages, lang) {
		return lang
	}
	for _, l := range m.Languages {
		if primary(l) == primary(lang) {
			return l
		}
	}
	return m.Base
}

func primary(tag string) string {
	for i := range len(tag) {
		if tag[i] == '-' {
			return tag[:i]
		}
	}
	return tag
}

// Left adds up what is still before a learner who has seen the pages of done:
// seconds of work, and bytes in lang.
func (m *Module) Left(lang string, done func(page string) bool) (seconds, bytes int) {
	lang = m.Language(lang)
	for _, p := range m.Pages {
		if !done(p.Key) {
			seconds += p.Seconds
			bytes += p.Bytes[lang]
		}
	}
	return seconds, bytes
}

// Points is what all questions of the module are worth.
func (m *Module) Points() int {
	n := 0
	for _, p := range m.Pages {
		n += item.Points(p.Items)
	}
	return n
}
