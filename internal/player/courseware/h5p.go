package courseware

import (
	"io"
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"cadre/internal/player"
)

// Licence is where the licences of H5P's player stand, and a word on where its
// source is. It is the same for everybody.
func (w Where) Licence() string { return w.runtimes("licence") + h5pFolder + "SOURCE.txt" }

// h5pFolder is the folder of H5P's player among the files of the run time.
const h5pFolder = "h5p/"

// h5pFiles are those of its files that a page names; they stand as they came.
var h5pFiles = []string{h5pFolder + "main.bundle.js", h5pFolder + "frame.bundle.js", h5pFolder + "styles/h5p.css", h5pFolder + "SOURCE.txt", h5pFolder + "GPL-3.0.txt"}

// stagePolicy is the content policy of the page in which an H5P package is shown.
// The package's code runs in that very page, so it has what its files have; beside
// them stand the styles, fonts and pictures of H5P's player.
func (w Where) stagePolicy(token string, held player.Held) string {
	own := w.Files(token) + " " + w.runtimes(token)
	for _, h := range held.Hosts {
		own += " " + h
	}
	return w.filePolicy(token, held) + "; style-src " + own + " 'unsafe-inline' data: blob:; font-src " + own + " data: blob:; img-src " + own + " data: blob:"
}

// stage serves the page in which an H5P package is shown: with the run time, and
// H5P's player beside it. It is the same in every mode.
func (h *Handler) stage(w http.ResponseWriter, r *http.Request, token string) {
	script, style, core := h.run.Address("play-h5p.js"), h.run.Address("play-h5p.css"), h.run.Address(h5pFolder+"main.bundle.js")
	if script == "" || style == "" || core == "" {
		refuse(w, http.StatusNotImplemented)
		return
	}
	hd := w.Header()
	hd.Set("Content-Type", "text/html; charset=utf-8")
	hd.Set("Cache-Control", "private, no-cache")
	tag := `"` + strings.ReplaceAll(script+"-"+core, "/", "-") + `"`
	hd.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method == http.MethodHead {
		return
	}
	at := h.where.runtimes(token)
	folder, _ := strings.CutSuffix(at+core, "main.bundle.js")
	_, _ = io.WriteString(w, `<!doctype html><html lang="en" class="h5p-iframe"><head><meta charset="utf-8"><title>Cadre</title>`+
		`<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="license" href="`+folder+`SOURCE.txt"><link rel="stylesheet" href="`+at+style+
		`"><script src="`+at+core+`" defer></script><script src="`+at+script+`" data-app="`+html.EscapeString(h.where.App)+
		`" data-files="`+html.EscapeString(h.where.Files(token))+`" data-core="`+folder+`" defer></script></head><body></body></html>`) // the person has gone, if this fails
}
