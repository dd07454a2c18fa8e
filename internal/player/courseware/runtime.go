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
)

//go:generate go run ./bundle

// The bundles hold scorm-again, which comes from npm: they are made by
// scripts/setup and not committed. A program built without them plays nothing,
// and says so.
//
//go:embed all:dist
var dist embed.FS

// Runtime is what packages talk to, ready to be served.
type Runtime struct {
	files   map[string]bundled // by digest/name
	address map[string]string  // by name
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
		f := bundled{kind: "text/javascript; charset=utf-8", body: b}
		if path.Ext(name) == ".css" {
			f.kind = "text/css; charset=utf-8"
		}
		var z bytes.Buffer
		w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
		if err == nil {
			_, err = w.Write(b)
			err = errors.Join(err, w.Close())
		}
		if err != nil {
			return nil, fmt.Errorf("courseware: %w", err)
		}
		f.gz = z.Bytes()
		sum := sha256.Sum256(b)
		a := base64.RawURLEncoding.EncodeToString(sum[:9]) + "/" + path.Base(name)
		r.files[a], r.address[path.Base(name)] = f, a
	}
	return r, nil
}

// Address returns where the bundle of that name is served, below /r/; empty if
// it was not built in.
func (r *Runtime) Address(name string) string { return r.address[name] }

// Complete reports whether everything that packages need was built in.
func (r *Runtime) Complete() bool {
	for _, name := range []string{"play-scorm12.js", "play-scorm2004.js", "strict-scorm12.js", "strict-scorm2004.js", "done.js", "frame.css"} {
		if r.address[name] == "" {
			return false
		}
	}
	return true
}

func (r *Runtime) serve(w http.ResponseWriter, req *http.Request, digest, name string) {
	f, ok := r.files[digest+"/"+name]
	if !ok {
		refuse(w, http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.body
	if accepted(req, gzipped()) != nil {
		h.Set("Content-Encoding", "gzip")
		body = f.gz
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if req.Method != http.MethodHead {
		_, _ = w.Write(body) // the person has gone, if this fails
	}
}
