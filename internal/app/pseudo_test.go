package app

import (
	"context"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"go.yaml.in/yaml/v3"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// pseudo is the made-up language in which the letters of every sentence of the
// catalogues wear accents.
const pseudo = "en-XA"

// names are what no catalogue translates: formats, standards, and how things are
// called by those who made them.
var names = []string{
	"Cadre", "CSV", "XLSX", "XML", "ZIP", "PDF", "PNG", "JPEG", "JSON", "YAML", "HTML", "IATI", "HXL", "UTC", "PIN", "SCORM", "xAPI", "cmi5", "H5P",
}

// A language is added by files alone: every page of the first programme, read in
// a language that nobody speaks, says nothing that its catalogues do not say, but
// what people wrote, names, and numbers.
func TestNoPageSaysWhatItsCataloguesDoNot(t *testing.T) {
	added, err := i18n.Pseudo(i18n.Files(), pseudo)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	if err := fs.WalkDir(i18n.Files(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(i18n.Files(), p)
		files[p] = &fstest.MapFile{Data: text}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for name, text := range added {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	bundle, err := i18n.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	th := rehearse(t)
	said := map[string]string{}
	pages := 0
	for _, m := range moments {
		s := th.openIn(t, m.at.In(th.zone).Format(momentForm), bundle)
		who := s.people(t)
		written := s.written(t, th.play.Source())
		for _, l := range bundle.Languages() {
			written.whole[l.Name] = true
		}
		if found := plain("Šàṽé~ Save and go on"); len(found) != 1 || written.has(found[0]) {
			t.Fatalf("a sentence of no catalogue would not be found: %v", found)
		}
		match := web.Matcher(s.server.Routes())
		for _, role := range actor.Roles() {
			p, ok := who[role]
			if !ok {
				continue
			}
			if err := s.app.DB.Update(context.Background(), db.Main, func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO people_preferences (person, language, calendar, zone, numerals, revision) VALUES (?1, ?2, '', '', '', 1)
					ON CONFLICT (person) DO UPDATE SET language = excluded.language`, p.Person, pseudo)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			b := s.enter(t, p, pseudo)
			for _, stop := range b.Walk("/", webtest.Walk{Match: match, Leave: leave(), Most: 1}) {
				if !strings.HasPrefix(stop.Header.Get("Content-Type"), "text/html") {
					continue
				}
				pages++
				all, err := webtest.Words(stop.Body)
				if err != nil {
					t.Fatal(err)
				}
				for _, w := range all {
					for _, x := range plain(w.Text) {
						if !written.has(x) && said[x] == "" {
							said[x] = stop.Route + " as " + string(role) + ", in " + w.In + ": " + w.Text
						}
					}
				}
			}
		}
	}
	for x, where := range said {
		t.Errorf("%q is not from the catalogues (%s)", x, where)
	}
	if pages < 150 {
		t.Errorf("%d pages were read", pages)
	}
	t.Logf("%d pages were read in %s", pages, pseudo)
}

// plain lists the runs of plain letters in a text, which the made-up language has
// none of.
func plain(text string) []string {
	letters := func(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) }
	var out []string
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return !letters(r) && !strings.ContainsRune(" '’-./_", r) && !unicode.IsDigit(r) }) {
		run = strings.TrimFunc(run, func(r rune) bool { return !letters(r) })
		if strings.ContainsFunc(run, letters) && len(run) > 1 && !slices.Contains(names, run) {
			out = append(out, run)
		}
	}
	return out
}

// writing is everything that people wrote into a database or into the files of
// the programme.
type writing struct {
	// whole has every value, text all of them.
	whole map[string]bool
	text  string
	known map[string]bool
}

// has reports whether a run of plain letters was written by people: a single word
// as a value of its own, several as a part of one.
func (w writing) has(run string) bool {
	if w.whole[run] {
		return true
	}
	if !strings.Contains(run, " ") {
		return false
	}
	known, ok := w.known[run]
	if !ok {
		known = strings.Contains(w.text, run)
		w.known[run] = known
	}
	return known
}

// written collects the values of every column of text, of what is kept as JSON,
// and of the programme's files: its blueprint, its forms, the titles of its tests
// and modules.
func (s *scene) written(t *testing.T, files fs.FS) writing {
	t.Helper()
	whole := map[string]bool{}
	var b strings.Builder
	add := func(v string) {
		if whole[v] {
			return
		}
		whole[v] = true
		b.WriteString(v)
		b.WriteByte('\n')
		for _, x := range plain(v) {
			whole[x] = true
		}
	}
	fromFiles(t, files, add)
	if err := s.app.DB.View(context.Background(), func(tx *db.Tx) error {
		tables, err := db.Columns(tx)
		if err != nil {
			return err
		}
		for table, columns := range tables {
			if strings.HasPrefix(table, "journal") {
				continue
			}
			for _, c := range columns {
				if c.Type != "text" {
					continue
				}
				if _, err := db.Collect(tx, func(r *db.Rows) (struct{}, error) {
					var v string
					err := r.Scan(&v)
					var tree any
					if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
						if json.Unmarshal([]byte(v), &tree) == nil {
							leaves(tree, add)
							return struct{}{}, err
						}
					}
					add(v)
					return struct{}{}, err
				}, "SELECT DISTINCT COALESCE("+c.Name+", '') FROM "+table); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return writing{whole: whole, text: b.String(), known: map[string]bool{}}
}

func fromFiles(t *testing.T, files fs.FS, add func(string)) {
	t.Helper()
	if err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, p)
		if err != nil {
			return err
		}
		switch path.Ext(p) {
		case ".yaml":
			var tree any
			if err := yaml.Unmarshal(text, &tree); err != nil {
				return err
			}
			leaves(tree, add)
		case ".md":
			for line := range strings.Lines(string(text)) {
				title, ok := strings.CutPrefix(line, "title: ")
				if heading, is := strings.CutPrefix(line, "# "); is {
					title, ok = heading, true
				}
				if title, _, _ = strings.Cut(title, "{#"); ok {
					add(strings.Trim(title, "\" \n"))
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func leaves(v any, add func(string)) {
	switch v := v.(type) {
	case string:
		add(v)
	case []any:
		for _, x := range v {
			leaves(x, add)
		}
	case map[string]any:
		for _, x := range v {
			leaves(x, add)
		}
	}
}
