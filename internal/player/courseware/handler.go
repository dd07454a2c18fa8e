package courseware

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"cadre/internal/fault"
	"cadre/internal/lrs"
	"cadre/internal/player"
)

// Files finds what a token opens; package player answers it.
type Files interface {
	// File returns a file of the package behind token, or a fault of kind NotFound.
	File(ctx context.Context, token, path string) (*player.CourseFile, error)
	// Holds returns the package behind token, or a fault of kind NotFound.
	Holds(ctx context.Context, token string) (player.Held, error)
}

// Sessions answers units that speak xAPI; package player does.
type Sessions interface {
	// Fetch hands out the credential of a session, once.
	Fetch(ctx context.Context, token, code string) player.Fetched
	// Visit lets a unit in by the value of its header Authorization.
	Visit(ctx context.Context, token, authorization string) (lrs.Visit, error)
}

// Deps are what serving packages takes.
type Deps struct {
	Where   Where
	Files   Files
	Runtime *Runtime
	// Sessions and Records answer units that speak xAPI; nil where none are played.
	Sessions Sessions
	Records  *lrs.Handler
	// Launches answers launches in windows of their own; nil where there are none.
	Launches Launches
	// Log is told what went wrong on our side; nil tells nobody.
	Log *slog.Logger
}

// Handler serves packages.
type Handler struct {
	where    Where
	files    Files
	run      *Runtime
	sessions Sessions
	records  *lrs.Handler
	launches Launches
	log      *slog.Logger
}

// New returns a handler. It answers every request that it is given; in strict
// mode it is given what stands below [Prefix].
func New(d Deps) *Handler {
	h := &Handler{where: d.Where, files: d.Files, run: d.Runtime, sessions: d.Sessions, launches: d.Launches, log: d.Log}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if d.Records != nil {
		h.records = d.Records.Behind(h.visit)
	}
	return h
}

// ServeHTTP answers.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, h.where.prefix())
	kind, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	token, rest, _ := strings.Cut(rest, "/")
	var held player.Held
	var err error
	known := kind != "r" && tokenLike(token)
	if known {
		held, err = h.files.Holds(r.Context(), token)
	}
	switch {
	case kind == "w" && held.Kind == player.H5P:
		h.where.secure(w.Header(), h.where.stagePolicy(token, held))
	case kind == "w" || kind == "x":
		h.where.secure(w.Header(), h.where.pagePolicy(token))
	case kind == "o":
		h.where.secure(w.Header(), h.where.ownPolicy(token, held))
	case kind == "a":
		h.where.secure(w.Header(), h.where.aheadPolicy(token))
	default:
		h.where.secure(w.Header(), h.where.filePolicy(token, held))
	}
	switch {
	case kind != "x" && kind != "o" && r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
	case r.Header.Get("Service-Worker") != "" || r.Header.Get("Sec-Fetch-Dest") == "serviceworker":
		refuse(w, http.StatusForbidden)
	case kind == "r":
		h.run.serve(w, r, token, rest)
	case !known || h.where.Mode == SeparateHost && h.where.Origin(token) != h.where.Content && !h.hosts(r, token):
		refuse(w, http.StatusNotFound)
	case err != nil:
		h.failed(w, err)
	case kind == "p":
		h.file(w, r, token, rest, held)
	case kind == "w" && rest == "" && held.Kind == player.H5P:
		h.stage(w, r, token)
	case kind == "w" && rest == "":
		h.page(w, r, token, held)
	case kind == "a" && rest == "":
		h.ahead(w, r, token, held)
	case kind == "x" && h.sessions != nil:
		h.speak(w, r, token, rest, held)
	case kind == "o" && h.launches != nil:
		h.own(w, r, token, rest, held)
	default:
		refuse(w, http.StatusNotFound)
	}
}

// Serving is what answers where.
type Serving struct {
	// Pages answers on the application's listener.
	Pages http.Handler
	// Packages answers on the packages' own; nothing asks it where they have none.
	Packages http.Handler
}

// Beside puts the handler beside the application's pages: on a listener of its
// own, or before them on theirs, where it takes what is for packages by the
// path (in strict mode) or by the host's name.
func (h *Handler) Beside(pages http.Handler, ownListener bool) Serving {
	if ownListener {
		return Serving{Pages: pages, Packages: h}
	}
	return Serving{Packages: h, Pages: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.where.Mode == Strict && strings.HasPrefix(r.URL.Path, Prefix+"/") || h.where.Serves(r.Host) {
			h.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})}
}

// tokenLike reports whether s could be a token, before the database is asked.
func tokenLike(s string) bool {
	return (len(s) == 32 || len(s) == 64) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// hosts reports whether the request came to the host that is the token's own.
func (h *Handler) hosts(r *http.Request, token string) bool {
	name, _, _ := strings.Cut(strings.ToLower(r.Host), ".")
	return name == label(token)
}

// refuse answers with a status and a word; what was wrong is nobody's business.
func refuse(w http.ResponseWriter, status int) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, http.StatusText(status)+"\n") // the person has gone, if this fails
}

// failed answers that something went wrong, and notes what.
func (h *Handler) failed(w http.ResponseWriter, err error) {
	if fault.Is(err, fault.NotFound) {
		refuse(w, http.StatusNotFound)
		return
	}
	if !errors.Is(err, context.Canceled) { // the person has gone
		h.log.Error("courseware: a request failed", "error", err)
	}
	refuse(w, http.StatusInternalServerError)
}

func (h *Handler) file(w http.ResponseWriter, r *http.Request, token, path string, held player.Held) {
	f, err := h.files.File(r.Context(), token, path)
	if err != nil {
		h.failed(w, err)
		return
	}
	if h.where.Mode == Strict && strings.HasPrefix(f.Media, "text/html") && framed(r) {
		h.document(w, r, token, f, held.Kind)
		return
	}
	hd := w.Header()
	hd.Set("Content-Type", f.Media)
	hd.Set("Cache-Control", "private, max-age=31536000, immutable")
	if r.Header.Get("Range") == "" && len(f.Packed) > 0 {
		hd.Add("Vary", "Accept-Encoding")
		if p := accepted(r, f.Packed); p != nil {
			packed(w, r, f, p)
			return
		}
	}
	body, err := f.Open()
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	defer func() { _ = body.Close() }() // it was only read
	hd.Set("ETag", `"`+f.Digest+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
}

// accepted returns the smallest form that the browser takes; nil if none is.
func accepted(r *http.Request, all []player.PackedFile) *player.PackedFile {
	taken := map[string]bool{}
	for c := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(c), ";")
		weight = strings.ReplaceAll(weight, " ", "")
		if weight != "q=0" && !strings.HasPrefix(weight, "q=0.000") {
			taken[strings.ToLower(strings.TrimSpace(name))] = true
		}
	}
	for i := range all {
		if taken[all[i].Coding] {
			return &all[i]
		}
	}
	return nil
}

func gzipped() []player.PackedFile { return []player.PackedFile{{Coding: "gzip"}} }

func packed(w http.ResponseWriter, r *http.Request, f *player.CourseFile, p *player.PackedFile) {
	h := w.Header()
	tag := `"` + f.Digest + "-" + p.Coding + `"`
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, err := p.Open()
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	defer func() { _ = body.Close() }() // it was only read
	h.Set("Content-Encoding", p.Coding)
	h.Set("Content-Length", strconv.FormatInt(p.Size, 10))
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, body) // the person has gone, if this fails
	}
}

// framed reports whether the request is for a document to be shown: what a
// script fetches comes as it is.
func framed(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "", "document", "iframe", "frame", "embed", "object":
		return true
	}
	return false
}

// documentLimit is the largest HTML file that is given a run time, in bytes.
const documentLimit = 32 << 20

// document serves an HTML file in strict mode, with the run time first in its
// head: a document whose origin is opaque finds it nowhere else.
func (h *Handler) document(w http.ResponseWriter, r *http.Request, token string, f *player.CourseFile, kind player.Kind) {
	body, err := f.Open()
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	text, err := io.ReadAll(io.LimitReader(body, documentLimit+1))
	if err := errors.Join(err, body.Close()); err != nil || len(text) > documentLimit {
		refuse(w, http.StatusInternalServerError)
		return
	}
	src := h.run.Address("strict-" + string(kind) + ".js")
	if src != "" {
		text = inject(text, `<script src="`+h.where.runtimes(token)+src+`"></script>`)
	}
	hd := w.Header()
	hd.Set("Content-Type", f.Media)
	hd.Set("Cache-Control", "private, no-cache") // the run time in it changes with Cadre
	hd.Set("Vary", "Accept-Encoding, Sec-Fetch-Dest")
	tag := `"` + f.Digest + "-" + strings.ReplaceAll(src, "/", "-") + `"`
	hd.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if accepted(r, gzipped()) != nil && len(text) > 512 {
		var z bytes.Buffer
		zw := gzip.NewWriter(&z)
		if _, err := zw.Write(text); err == nil && zw.Close() == nil {
			hd.Set("Content-Encoding", "gzip")
			text = z.Bytes()
		}
	}
	hd.Set("Content-Length", strconv.Itoa(len(text)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) // the person has gone, if this fails
	}
}

// inject puts a script before everything that a document runs: behind the tag
// <head>, or where a browser would open one by itself.
func inject(text []byte, script string) []byte {
	at, z := 0, html.NewTokenizer(bytes.NewReader(text))
	place := 0
scan:
	for {
		kind := z.Next()
		n := len(z.Raw())
		switch kind {
		case html.ErrorToken:
			break scan
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "html":
				place = at + n
			case "head":
				place = at + n
				break scan
			default:
				break scan
			}
		case html.DoctypeToken:
			place = at + n
		case html.TextToken:
			if len(bytes.TrimSpace(z.Raw())) > 0 && !bytes.Equal(bytes.TrimSpace(z.Raw()), []byte("\uFEFF")) {
				break scan
			}
		}
		at += n
	}
	out := make([]byte, 0, len(text)+len(script))
	out = append(out, text[:place]...)
	out = append(out, script...)
	return append(out, text[place:]...)
}

// page serves the page that frames the package and holds its run time.
func (h *Handler) page(w http.ResponseWriter, r *http.Request, token string, held player.Held) {
	name := "play-"
	if h.where.Mode == Strict {
		name = "strict-"
	}
	script, style := h.run.Address(name+string(held.Kind)+".js"), h.run.Address("frame.css")
	if script == "" {
		refuse(w, http.StatusNotImplemented)
		return
	}
	at := h.where.runtimes(token)
	hd := w.Header()
	hd.Set("Content-Type", "text/html; charset=utf-8")
	hd.Set("Cache-Control", "private, no-cache")
	tag := `"` + strings.ReplaceAll(script, "/", "-") + `"`
	hd.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cadre</title><link rel="stylesheet" href="`+at+style+
			`"><script src="`+at+script+`" data-app="`+html.EscapeString(h.where.App)+`" data-files="`+html.EscapeString(h.where.Files(token))+
			`" defer></script></head><body></body></html>`)
	}
}
