package courseware_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/player"
	"cadre/internal/player/courseware"
)

// h5pShelf is a shelf whose package is one of H5P.
type h5pShelf struct{ shelf }

func (s h5pShelf) Holds(ctx context.Context, tok string) (player.Held, error) {
	h, err := s.shelf.Holds(ctx, tok)
	h.Kind, h.Hosts = player.H5P, []string{"cdn.example.org"}
	return h, err
}

// H5P's player comes byte for byte as it was published, at addresses of its own,
// with its licences and a word on its source beside it.
func TestH5PsPlayerIsServedAsItCame(t *testing.T) {
	run, err := courseware.LoadRuntime()
	if err != nil {
		t.Fatal(err)
	}
	npm := filepath.Join("..", "..", "..", "web", "node_modules", "h5p-standalone")
	for mode, where := range modes {
		h := courseware.New(courseware.Deps{Where: where, Files: h5pShelf{}, Runtime: run})
		folder, _ := strings.CutSuffix(strings.Replace(where.Page(token), "/w/"+token, "/r/", 1)+run.Address("h5p/main.bundle.js"), "main.bundle.js")
		for name, from := range map[string]string{
			"main.bundle.js": "dist/main.bundle.js", "frame.bundle.js": "dist/frame.bundle.js", "styles/h5p.css": "dist/styles/h5p.css",
			"fonts/h5p-core-30.woff2": "dist/fonts/h5p-core-30.woff2", "LICENSE.txt": "LICENSE",
		} {
			want, err := os.ReadFile(filepath.Join(npm, from))
			if err != nil {
				t.Fatal(err)
			}
			a := ask(h, http.MethodGet, folder+name)
			if a.Code != http.StatusOK || !bytes.Equal(a.Body.Bytes(), want) || !strings.Contains(a.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %s is answered %d, %d bytes of %d, %v", mode, name, a.Code, a.Body.Len(), len(want), a.Header())
			}
		}
		// Its styles ask for fonts that do not come with it; a browser need learn that once.
		if a := ask(h, http.MethodGet, folder+"fonts/inter/Inter-ExtraBold.woff2"); a.Code != http.StatusNotFound || !strings.Contains(a.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: a font that is left out is answered %d, %v", mode, a.Code, a.Header())
		}
		if a := ask(h, http.MethodGet, folder+"GPL-3.0.txt"); a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "GNU GENERAL PUBLIC LICENSE") {
			t.Errorf("%s: the licence is answered %d", mode, a.Code)
		}
		source := ask(h, http.MethodGet, where.Licence())
		if source.Code != http.StatusOK || !strings.Contains(source.Body.String(), "https://github.com/tunapanda/h5p-standalone/tree/v3.8.2") {
			t.Errorf("%s: where its source is, is answered %d %s", mode, source.Code, source.Body)
		}
		if a := ask(h, http.MethodGet, strings.Replace(where.Licence(), "SOURCE.txt", "../play-h5p.js", 1)); a.Code != http.StatusNotFound {
			t.Errorf("%s: another file by its name is answered %d", mode, a.Code)
		}

		page := ask(h, http.MethodGet, where.Page(token))
		policy := page.Header().Get("Content-Security-Policy")
		if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), `href="`+folder+`SOURCE.txt"`) || !strings.Contains(page.Body.String(), folder+"main.bundle.js") {
			t.Errorf("%s: the page is answered %d %s", mode, page.Code, page.Body)
		}
		for directive := range strings.SplitSeq(policy, "; ") {
			name, rest, _ := strings.Cut(directive, " ")
			for source := range strings.FieldsSeq(rest) {
				switch {
				case name == "connect-src" && strings.Contains(source, "/r/"):
					t.Errorf("%s: it may talk to %s", mode, source)
				case source == "'self'" && name != "base-uri" && name != "frame-ancestors", source == "*":
					t.Errorf("%s: %s is as wide as %s", mode, name, source)
				}
			}
		}
		if strict := mode == courseware.Strict; strings.Contains(policy, "sandbox allow-scripts") != strict || strings.Contains(policy, "allow-same-origin") {
			t.Errorf("%s: the policy is %s", mode, policy)
		}
		if again := ask(h, http.MethodGet, where.Page(token), "If-None-Match", page.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s: the page that is known is answered %d", mode, again.Code)
		}
	}
}
