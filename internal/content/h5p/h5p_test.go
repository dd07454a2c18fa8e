package h5p_test

import (
	"maps"
	"testing"

	"cadre/internal/content/h5p"
	"cadre/internal/content/manifest"
	"cadre/internal/content/manifest/manifesttest"
)

func whole(change map[string]string) manifesttest.Files {
	f := manifesttest.Files{
		"h5p.json":                   `{"title":"Which sign?","language":"ur","mainLibrary":"H5P.Cards","preloadedDependencies":[{"machineName":"H5P.Cards","majorVersion":1,"minorVersion":"4"}]}`,
		"content/content.json":       `{"cards":[]}`,
		"H5P.Cards-1.4/library.json": `{"title":"Cards","machineName":"H5P.Cards","majorVersion":1,"minorVersion":4,"preloadedJs":[{"path":"cards.js"}],"preloadedDependencies":[{"machineName":"H5P.Base","majorVersion":1,"minorVersion":0}]}`,
		"H5P.Cards-1.4/cards.js":     "x",
		"H5P.Base-1.0/library.json":  `{"machineName":"H5P.Base","majorVersion":1,"minorVersion":0,"preloadedDependencies":[{"machineName":"H5P.Cards","majorVersion":1,"minorVersion":4}]}`,
	}
	maps.Copy(f, change)
	for k, v := range f {
		if v == "" {
			delete(f, k)
		}
	}
	return f
}

func TestH5P(t *testing.T) {
	for name, c := range map[string]struct {
		change map[string]string
		want   []string
	}{
		"nothing":                  {nil, nil},
		"no content":               {map[string]string{"content/content.json": ""}, []string{"error 0 package.h5p-content"}},
		"broken content":           {map[string]string{"content/content.json": "{\n]"}, []string{"error 2 package.json-syntax"}},
		"content that is a list":   {map[string]string{"content/content.json": "[]"}, []string{"error 1 package.json-syntax"}},
		"no main library":          {map[string]string{"h5p.json": `{"title":"T"}`}, []string{"error 1 package.h5p-member"}},
		"no such main library":     {map[string]string{"h5p.json": `{"title":"T","mainLibrary":"H5P.X","preloadedDependencies":[]}`}, []string{"error 1 package.h5p-main"}},
		"a library is missing":     {map[string]string{"H5P.Base-1.0/library.json": ""}, []string{"error 1 package.h5p-library"}},
		"another library":          {map[string]string{"H5P.Base-1.0/library.json": `{"machineName":"H5P.Base","majorVersion":2,"minorVersion":0}`}, []string{"error 1 package.h5p-library-other"}},
		"a script is missing":      {map[string]string{"H5P.Cards-1.4/cards.js": ""}, []string{"warning 1 package.file-missing"}},
		"an untitled one":          {map[string]string{"h5p.json": `{"mainLibrary":"H5P.Cards","preloadedDependencies":[{"machineName":"H5P.Cards","majorVersion":1,"minorVersion":4}]}`}, []string{"warning 1 package.title-missing"}},
		"a library without number": {map[string]string{"H5P.Base-1.0/library.json": "", "H5P.Base/library.json": `{"machineName":"H5P.Base","majorVersion":1,"minorVersion":0}`}, nil},
	} {
		var r manifest.Report
		m, err := h5p.Read(whole(c.change), &r)
		if err != nil || (m == nil) != r.Bad() {
			t.Errorf("%s: %v, %v", name, m, err)
		}
		manifesttest.Expect(t, name, &r, c.want...)
	}
	var r manifest.Report
	m, err := h5p.Read(whole(nil), &r)
	if err != nil || m.Library != "H5P.Cards 1.4" || m.Title.Values["ur"] != "Which sign?" || len(m.Units) != 1 {
		t.Errorf("%+v, %v", m, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"title":"T","mainLibrary":"H5P.X","preloadedDependencies":[{"machineName":"H5P.Cards","majorVersion":1,"minorVersion":4}]}`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, head, content []byte) {
		var r manifest.Report
		files := whole(nil)
		files["h5p.json"], files["content/content.json"] = string(head), string(content)
		m, err := h5p.Read(files, &r)
		if err != nil || (m == nil) != r.Bad() {
			t.Fatalf("a manifest: %v, an error: %v, %v", m != nil, r.Bad(), err)
		}
	})
}
