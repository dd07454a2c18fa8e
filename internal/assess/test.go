package assess

import (
	"slices"

	"cadre/internal/item"
	"cadre/internal/yamlread"
)

// Problem is one thing to mend in a test's file.
type Problem = yamlread.Problem

// Test is an item file as read. It never changes; a mended file is a new version.
type Test struct {
	Key       string      `json:"key"`
	Title     item.Text   `json:"title"`
	Languages []string    `json:"languages"` // every text is there in each of them
	Minutes   int         `json:"minutes"`   // what the author thinks it takes; the blueprint sets limits
	Items     []item.Item `json:"items"`
}

// Limits of a test.
const (
	maxItems   = 200
	maxMinutes = 480
	maxFile    = 1 << 20
)

// Read reads an item file. It returns every problem at once, in the order of
// the file; the test is nil if there is any.
func Read(file string, data []byte) (*Test, []Problem) {
	var report yamlread.Report
	if len(data) > maxFile {
		report.Add(file, 1, 1, "test.too-large", yamlread.Args{"kilobytes": maxFile >> 10})
		return nil, report.Problems
	}
	t := read(yamlread.Parse(file, 0, data, &report))
	if len(report.Problems) > 0 {
		yamlread.Sort(report.Problems)
		return nil, report.Problems
	}
	return t, nil
}

func read(v yamlread.Value) *Test {
	if !v.Present() {
		return nil
	}
	o := v.Object("key", "title", "minutes", "items")
	t := &Test{Key: o.Need("key").Scalar(), Title: item.ReadText(o.Need("title"), ""), Minutes: o.Need("minutes").Int(1, maxMinutes)}
	if t.Key != "" && !item.ValidKey(t.Key) {
		o.Get("key").Problem("item.key", yamlread.Args{"got": t.Key})
	}
	t.Languages = t.Title.Languages()
	if i := slices.Index(t.Languages, "en"); i > 0 {
		t.Languages = slices.Insert(slices.Delete(t.Languages, i, i+1), 0, "en")
	}
	lines := map[string]int{}
	list := o.Need("items")
	for _, e := range list.List() {
		it := item.Read(e, "")
		if first, twice := lines[it.Key]; twice && it.Key != "" {
			e.Problem("item.twice", yamlread.Args{"item": it.Key, "line": first})
		}
		lines[it.Key] = e.Line()
		if len(it.Text) > 0 && !slices.Equal(it.Languages(), t.Title.Languages()) {
			e.Problem("test.languages", yamlread.Args{"item": it.Key, "got": it.Languages(), "want": t.Title.Languages()})
		}
		t.Items = append(t.Items, it)
	}
	if list.Present() && (len(t.Items) == 0 || len(t.Items) > maxItems) {
		list.Problem("item.count", yamlread.Args{"got": len(t.Items), "low": 1, "high": maxItems})
	}
	return t
}

// Item returns the item of that key, nil if there is none.
func (t *Test) Item(key string) *item.Item {
	i := slices.IndexFunc(t.Items, func(it item.Item) bool { return it.Key == key })
	if i < 0 {
		return nil
	}
	return &t.Items[i]
}

// Max is what all items together are worth.
func (t *Test) Max() int { return item.Points(t.Items) }

// Language returns lang if the test has it, else its first language.
func (t *Test) Language(lang string) string {
	if slices.Contains(t.Languages, lang) {
		return lang
	}
	return t.Languages[0]
}

// Competencies lists the competencies that the test asks about, in its order.
func (t *Test) Competencies() []string {
	var out []string
	for _, it := range t.Items {
		if it.Competency != "" && !slices.Contains(out, it.Competency) {
			out = append(out, it.Competency)
		}
	}
	return out
}
