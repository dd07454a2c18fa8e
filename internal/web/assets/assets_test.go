package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cadre/internal/web/assets/bundler"
)

func TestBundlesAreCurrent(t *testing.T) {
	want, err := bundler.Bundle("src")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range want {
		have, err := dist.ReadFile("dist/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, b) {
			t.Errorf("dist/%s is not what src gives: run go generate ./internal/web/assets", name)
		}
	}
}

// physical matches what says left or right where start or end is meant.
var physical = regexp.MustCompile(`(?m)(^|[;{\s])(margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right)\b|(^|[;{\s])(left|right)\s*:|text-align:\s*(left|right)|float:\s*(left|right)|border-(top|bottom)-(left|right)-radius`)

func TestStylesNameNoSide(t *testing.T) {
	files, err := filepath.Glob("src/*.css")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range physical.FindAllString(string(b), -1) {
			t.Errorf("%s: %q names a side; pages run in both directions", f, strings.TrimSpace(m))
		}
	}
}

func TestAnAssetIsKeptForEver(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range append(s.Styles("ur"), s.Scripts()...) {
		r := httptest.NewRequest(http.MethodGet, a, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %s", a, w.Code, w.Header().Get("Cache-Control"))
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, z); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+"old/app.css", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("an outdated address answered %d", w.Code)
	}
}
