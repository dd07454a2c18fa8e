package courseware

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:generate go run ./bundle

// The bundles hold scorm-again, and the folder h5p H5P's player, which come from
// npm: they are made by scripts/setup and not committed. A program built without
// them plays nothing, and says so.
//
//go:embed all:dist
var dist embed.FS

// Runtime is what packages talk to, ready to be served.
type Runtime struct {
	files   map[string]bundled // by digest/name
	address map[string]string  // by name
	h5p     string             // the digest of H5P's player
}

type bundled struct {
	kind     string
	body, gz []byte
}

// LoadRuntime reads the bundles that are there and compresses them once.
func LoadRuntime() (*Runtime, error) {
	r := &Runtime{files: map[string]bundled{}, address: map[string]string{}}
	names, err := fs.Glob(dist, "dist/*.*s")
	if err != nil {
		return nil, fmt.Errorf("courseware: %w", err)
	}
	for _, name := range names {
		b, err := dist.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("courseware: %w", err)
		}
		sum := sha256.Sum256(b)
		if err := r.put(base64.RawURLEncoding.EncodeToString(sum[:9]), path.Base(name), b); err != nil {
			return nil, err
		}
	}
	return r, r.loadH5P()
}

// loadH5P reads H5P's player, if it is there. Its files find each other by their
// places, so one digest stands for all.
func (r *Runtime) loadH5P() error {
	files := map[string][]byte{}
	all := sha256.New()
	err := fs.WalkDir(dist, "dist", func(name string, d fs.DirEntry, err error) error {
		rest, ok := strings.CutPrefix(name, "dist/"+h5pFolder)
		if err != nil || d.IsDir() || !ok {
			return err
		}
		b, err := dist.ReadFile(name)
		files[h5pFolder+rest] = b
		sum := sha256.Sum256(b)
		_, _ = all.Write(append(sum[:], rest...)) // a hash takes everything
		return err
	})
	if err != nil {
		return fmt.Errorf("courseware: %w", err)
	}
	digest := base64.RawURLEncoding.EncodeToString(all.Sum(nil)[:9])
	r.h5p = digest
	for name, b := range files {
		if err := r.put(digest, name, b); err != nil {
			return err
		}
	}
	return nil
}

// kinds are the media types of the run time's files.
var kinds = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2", ".gif": "image/gif",
}

// put takes a file, and compresses what is text.
func (r *Runtime) put(digest, name string, b []byte) error {
	f := bundled{kind: kinds[path.Ext(name)], body: b}
	if f.kind == "" {
		return fmt.Errorf("courseware: %s is of no known kind", name)
	}
	if strings.HasPrefix(f.kind, "text/") {
		var z bytes.Buffer
		w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
		if err == nil {
			_, err = w.Write(b)
			err = errors.Join(err, w.Close())
		}
		if err != nil {
			return fmt.Errorf("courseware: %w", err)
		}
		f.gz = z.Bytes()
	}
	a := digest + "/" + name
	r.files[a], r.address[name] = f, a
	return nil
}

// Address returns where the bundle of that name is served, below /r/; empty if
// it was not built in.
func (r *Runtime) Address(name string) string { return r.address[name] }

// Complete reports whether everything that packages need was built in.
func (r *Runtime) Complete() bool {
	needed := []string{"play-scorm12.js", "play-scorm2004.js", "strict-scorm12.js", "strict-scorm2004.js", "play-h5p.js", "play-h5p.css", "own.js", "done.js", "ahead.js", "frame.css"}
	for _, name := range append(needed, h5pFiles...) {
		if r.address[name] == "" {
			return false
		}
	}
	return true
}

func (r *Runtime) serve(w http.ResponseWriter, req *http.Request, digest, name string) {
	f, ok := r.files[digest+"/"+name]
	keep := "public, max-age=31536000, immutable"
	if !ok && digest+"/" == h5pFolder { // by its name alone, as the licence is linked
		f, ok = r.files[r.address[digest+"/"+name]]
		keep = "no-cache"
	}
	if !ok {
		if digest == r.h5p { // its styles ask for fonts that are left out: once, not at every launch
			w.Header().Set("Cache-Control", keep)
			http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
			return
		}
		refuse(w, http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", keep)
	h.Set("Vary", "Accept-Encoding")
	body := f.body
	if f.gz != nil && accepted(req, gzipped()) != nil {
		h.Set("Content-Encoding", "gzip")
		body = f.gz
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if req.Method != http.MethodHead {
		_, _ = w.Write(body) // the person has gone, if this fails
	}
}
