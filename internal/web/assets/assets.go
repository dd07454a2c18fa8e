// Package assets holds the style sheet, the script and the fonts of Cadre's
// pages, embedded in the program.
//
// The sources are in src; "go generate" bundles them into dist with esbuild,
// and dist is committed, so that building needs no npm. A test fails when dist
// is not what src gives. Exported modules wear the same styles: "go generate"
// renews theirs too. Fonts are not committed: scripts/setup copies them into
// fonts, and a program built without them falls back to the fonts of the
// person's device.
//
// Every file is served under an address that holds a digest of its content, and
// may be kept for ever.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:generate go run ./bundle
//go:generate go generate ../../content/export

//go:embed all:dist
var dist embed.FS

//go:embed all:fonts
var fonts embed.FS

//go:embed src/icon.svg
var icon []byte

// Prefix is the path below which assets are served.
const Prefix = "/assets/"

// Set is the assets, ready to be served. It is an http.Handler.
type Set struct {
	files   map[string]file   // by address
	address map[string]string // by name
	font    bool
}

type file struct {
	kind     string
	body, gz []byte
}

// Load reads the embedded assets and compresses them once.
func Load() (*Set, error) {
	s := &Set{files: map[string]file{}, address: map[string]string{}}
	for _, name := range []string{"app.css", "app.js", "play.css", "play.js", "upload.js", "ahead.js", "again.js"} {
		b, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return nil, fmt.Errorf("assets: %w", err)
		}
		if err := s.add(name, b); err != nil {
			return nil, err
		}
	}
	if err := s.add("icon.svg", icon); err != nil {
		return nil, err
	}
	found, err := fs.Glob(fonts, "fonts/*.woff2")
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	for _, name := range found {
		b, err := fonts.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("assets: %w", err)
		}
		if err := s.add(path.Base(name), b); err != nil {
			return nil, err
		}
	}
	return s, s.addNastaliq()
}

// nastaliq is the Urdu font's file.
const nastaliq = "noto-nastaliq-urdu-400.woff2"

// Nastaliq returns the Urdu font; nil where it was not built in.
func Nastaliq() []byte {
	b, err := fonts.ReadFile("fonts/" + nastaliq)
	if err != nil {
		return nil // an embedded file is there, or it is not
	}
	return b
}

// addNastaliq makes the style sheet that names the Urdu font, if it is there.
// Text is readable in the device's font until it has come. There is one weight:
// bold is drawn from it.
func (s *Set) addNastaliq() error {
	a, ok := s.address[nastaliq]
	if !ok {
		return nil
	}
	s.font = true
	return s.add("nastaliq.css", []byte("@font-face{font-family:\"Noto Nastaliq Urdu\";font-style:normal;font-weight:400;font-display:swap;"+
		"src:url("+a+")format(\"woff2\");unicode-range:U+0600-06FF,U+0750-077F,U+200C-200F,U+2010-2011,U+FB50-FDFF,U+FE70-FEFF}"))
}

func (s *Set) add(name string, b []byte) error {
	kind := mime.TypeByExtension(path.Ext(name))
	switch path.Ext(name) {
	case ".css":
		kind = "text/css; charset=utf-8"
	case ".js":
		kind = "text/javascript; charset=utf-8"
	case ".svg":
		kind = "image/svg+xml"
	case ".woff2":
		kind = "font/woff2"
	}
	f := file{kind: kind, body: b}
	if path.Ext(name) != ".woff2" { // already compressed
		var z bytes.Buffer
		w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
		if err != nil {
			return fmt.Errorf("assets: %w", err)
		}
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("assets: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("assets: %w", err)
		}
		f.gz = z.Bytes()
	}
	sum := sha256.Sum256(b)
	a := Prefix + base64.RawURLEncoding.EncodeToString(sum[:9]) + "/" + name
	s.files[a], s.address[name] = f, a
	return nil
}

// Address returns where the asset of that name is served, empty if it is not
// there.
func (s *Set) Address(name string) string { return s.address[name] }

// Styles returns the addresses of the style sheets for a page in lang.
func (s *Set) Styles(lang string) []string {
	out := []string{s.address["app.css"]}
	if s.font && strings.HasPrefix(lang, "ur") {
		out = append(out, s.address["nastaliq.css"])
	}
	return out
}

// Scripts returns the addresses of the scripts for a page.
func (s *Set) Scripts() []string { return []string{s.address["app.js"]} }

// ServeHTTP answers with an asset.
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s.files[r.URL.Path]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	body := f.body
	if f.gz != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.gz
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the person has gone, if this fails
}
