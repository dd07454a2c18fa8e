package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzhttp"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/assets"
	"cadre/internal/web/ui"
)

// Bars draws what stands above the header of a page.
type Bars func(ctx context.Context) []templ.Component

// Deps are what the server needs of others.
type Deps struct {
	// Sessions finds who is signed in.
	Sessions Sessions
	// Policy judges routes.
	Policy Policy
	// Catalogues hold every sentence, and which languages there are.
	Catalogues *i18n.Bundle
	// Language and Zone are the instance's own, for people who have not chosen and
	// whose browser does not say. Empty is English and UTC.
	Language, Zone string
	// Assets are the style sheets, scripts and fonts.
	Assets *assets.Set
	// Log receives what operators need to know.
	Log *slog.Logger
	// Key signs what travels through the address of someone who is not signed in.
	// All instances on one database share it. At least 32 bytes; random if nil.
	Key []byte
	// Bars are drawn above the header of every page: the demo's clock. May be nil.
	Bars Bars
	// Frames are the origins of which pages may be framed: that of courseware.
	Frames []string
	// Reversals says of every route that changes something, as "POST /grants", what
	// becomes of a mistake. Nil leaves it unsaid: for tests of single pages.
	Reversals map[string]Reversal
	// API answers everything below /api/, in its own form. May be nil.
	API http.Handler
	// Apart answer what stands below a path, "/xapi/", in their own form: without
	// pages, forms and sessions, and with a right of their own to answer by.
	Apart map[string]http.Handler
	// XAPI answers everything below /xapi/, in the form of that protocol: it asks
	// for keys of its own, and takes addresses that are not clean as they are,
	// since redirecting a program loses what it sent. May be nil.
	XAPI http.Handler
}

// Server answers every request of the program. It is an http.Handler.
type Server struct {
	deps    Deps
	routes  []Route
	mux     *http.ServeMux
	handler http.Handler
	policy  string // the content policy
	says    func(action string) ui.Reversal
	origin  *http.CrossOriginProtection
}

// New returns a server of routes. It refuses a route that declares no policy, a
// need that the policy does not know, an act that does not say whether it can be
// undone, and patterns that collide.
func New(d Deps, routes ...Route) (*Server, error) {
	if d.Sessions == nil || d.Policy == nil || d.Catalogues == nil || d.Assets == nil || d.Log == nil {
		return nil, errors.New("web: Sessions, Policy, Catalogues, Assets and Log are all needed")
	}
	if d.Key == nil {
		d.Key = make([]byte, 32)
		if _, err := rand.Read(d.Key); err != nil {
			return nil, err
		}
	}
	if len(d.Key) < 32 {
		return nil, errors.New("web: the key is shorter than 32 bytes")
	}
	s := &Server{deps: d, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection()}
	s.policy = contentPolicy(d.Frames)
	routes = append(slices.Clone(routes), Route{
		Method: http.MethodPost, Pattern: "/language", Need: Public, Handler: s.language,
	})
	var wrong []error
	for _, rt := range routes {
		if err := rt.check(d.Policy); err != nil {
			wrong = append(wrong, err)
			continue
		}
		if err := s.add(rt); err != nil {
			wrong = append(wrong, err)
		}
	}
	if d.Reversals != nil {
		wrong = append(wrong, checkReversals(d.Reversals, routes)...)
	}
	if wrong != nil {
		return nil, errors.Join(wrong...)
	}
	s.routes, s.says = routes, sayer(d.Reversals, routes)
	s.mux.Handle("/", s.serve(Route{Method: http.MethodGet, Pattern: "/", Need: Public, Handler: nowhere}))
	s.mux.Handle("GET "+assets.Prefix, d.Assets)
	if d.API != nil {
		s.mux.Handle("/api/", d.API)
	}
	for path, h := range d.Apart {
		s.mux.Handle(path, h)
	}
	gz, err := gzhttp.NewWrapper(gzhttp.MinSize(512), gzhttp.RandomJitter(32, 0, false))
	if err != nil {
		return nil, fmt.Errorf("web: compression: %w", err)
	}
	s.handler = gz(s.split())
	return s, nil
}

// Routes returns the route table, for tests that must visit every route.
func (s *Server) Routes() []Route { return slices.Clone(s.routes) }

// add registers a route; net/http panics on patterns that collide.
func (s *Server) add(rt Route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("web: route %s %s: %v", rt.Method, rt.Pattern, p)
		}
	}()
	pattern := rt.Pattern
	if pattern == "/" {
		pattern = "/{$}"
	}
	s.mux.Handle(rt.Method+" "+pattern, s.serve(rt))
	return nil
}

// split returns the pages with the record store beside them.
func (s *Server) split() http.Handler {
	if s.deps.XAPI == nil {
		return s.mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == xapiPath || strings.HasPrefix(r.URL.Path, xapiPath+"/") {
			s.deps.XAPI.ServeHTTP(w, r)
			return
		}
		s.mux.ServeHTTP(w, r)
	})
}

// xapiPath is where the record store answers.
const xapiPath = "/xapi"

// ServeHTTP answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.secure(w.Header())
	s.handler.ServeHTTP(w, r)
}

func nowhere(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.NotFound, "", nil)
}

// serve turns a route into an http.Handler.
func (s *Server) serve(rt Route) http.Handler {
	where := rt.Method + " " + rt.Pattern
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Cookie, Accept-Language")
		if rt.Stored {
			w.Header().Set("Cache-Control", "public, max-age=3600")
		} else {
			w.Header().Set("Cache-Control", "no-store")
		}
		limit := int64(FormLimit)
		if rt.Upload > 0 {
			limit = rt.Upload + FormLimit
		}
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		r, err := s.enter(r.WithContext(withReversal(actor.WithRoute(r.Context(), where), s.deps.Reversals[where])))
		if err == nil {
			err = s.run(w, r, rt)
		}
		if err != nil {
			s.answer(w, r, where, err)
		}
	})
}

// run checks what every request must satisfy, then calls the handler. A panic
// becomes an unexpected error.
func (s *Server) run(w http.ResponseWriter, r *http.Request, rt Route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	session, signedIn := SessionOf(r.Context())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if err := s.origin.Check(r); err != nil {
			return fault.Wrap(fault.Denied, "ui.fault-origin", err)
		}
		if err := parse(r); err != nil {
			return err
		}
		if signedIn {
			if err := checkToken(r, session); err != nil {
				return err
			}
		}
		f := ui.From(r.Context())
		f.Sent = ui.Sent{Form: r.PostFormValue(formField)}
		if op, err := id.Parse[id.Operation](r.PostFormValue(operationField)); err == nil {
			f.Sent.Operation = string(op)
		}
	}
	switch {
	case rt.Need.public:
	case rt.Need == SignedIn:
		if !signedIn {
			return fault.New(fault.Unauthenticated, "", nil)
		}
	default:
		if !s.deps.Policy.Could(actor.From(r.Context()), rt.Need.Verb, rt.Need.Kind) {
			if !signedIn {
				return fault.New(fault.Unauthenticated, "", nil)
			}
			return fault.New(fault.Denied, "", nil)
		}
	}
	return rt.Handler(w, r)
}

// enter finds the session and the language, and lays the frame of the page.
func (s *Server) enter(r *http.Request) (*http.Request, error) {
	ctx := r.Context()
	var session Session
	var failed error
	if token := SessionToken(r); token != "" {
		found, ok, err := s.deps.Sessions.Lookup(ctx, token)
		if err != nil {
			failed = err
		}
		if ok && err == nil {
			session = found
			ctx = context.WithValue(ctx, sessionKey{}, found)
			ctx = actor.With(ctx, found.Actor)
		}
	}
	loc := s.localizer(r, session.Prefs)
	ctx = i18n.With(ctx, loc)
	key := s.deps.Key
	if session.Secret != nil {
		key = session.Secret
	}
	ctx = context.WithValue(ctx, flashKey{}, key)
	f := &ui.Frame{
		Path: r.URL.Path, Back: Within(r.URL.RequestURI()),
		Acting: session.Actor, Roles: session.Grants,
		Languages: s.languages(),
		Operation: func() string { return string(id.New[id.Operation]()) },
		Reversal:  s.says,
		Styles:    s.deps.Assets.Styles(loc.Lang()),
		Scripts:   s.deps.Assets.Scripts(),
		Icon:      s.deps.Assets.Address("icon.svg"),
		PlayStyle: s.deps.Assets.Address("play.css"), PlayScript: s.deps.Assets.Address("play.js"), UploadScript: s.deps.Assets.Address("upload.js"),
		AheadScript: s.deps.Assets.Address("ahead.js"), AgainScript: s.deps.Assets.Address("again.js"),
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		f.Back = "/"
	}
	if session.Secret != nil {
		token := formToken(session.Secret)
		f.Token = func() string { return mask(token) }
	}
	r = r.WithContext(ctx)
	f.Done = flash(r)
	ctx = ui.With(ctx, f)
	if s.deps.Bars != nil {
		f.Bars = s.deps.Bars(ctx)
	}
	return r.WithContext(ctx), failed
}

type flashKey struct{}

func flashMAC(r *http.Request, key, undo string) string {
	secret, _ := r.Context().Value(flashKey{}).([]byte)
	return base64.RawURLEncoding.EncodeToString(derive(secret, "done "+key+"\x00"+undo)[:12])
}

// flash returns what a redirect of ours says was done. The address is signed, so
// nobody can make Cadre say what it did not do.
func flash(r *http.Request) *ui.Done {
	q := r.URL.Query()
	key := q.Get("done")
	if key == "" {
		return nil
	}
	undo := q.Get("undo")
	if !hmac.Equal([]byte(flashMAC(r, key, undo)), []byte(q.Get("mac"))) {
		return nil
	}
	return &ui.Done{Key: key, Undo: undo}
}

func (s *Server) languages() []ui.Language {
	var out []ui.Language
	for _, l := range s.deps.Catalogues.Languages() {
		out = append(out, ui.Language(l))
	}
	return out
}

// localizer chooses the language: the one chosen on this device, else the
// person's own, else what the browser asks for, else the instance's.
func (s *Server) localizer(r *http.Request, p i18n.Prefs) *i18n.Localizer {
	if c, err := r.Cookie(LanguageCookie); err == nil && s.spoken(c.Value) {
		p.Lang = c.Value
	}
	if p.Lang == "" {
		if wish := r.Header.Get("Accept-Language"); wish != "" {
			p.Lang = s.deps.Catalogues.Match(wish)
		} else {
			p.Lang = s.deps.Language
		}
	}
	if p.Zone == "" {
		p.Zone = s.deps.Zone
	}
	return s.deps.Catalogues.For(p)
}

// spoken reports whether the program speaks the language of exactly this tag.
func (s *Server) spoken(tag string) bool {
	return slices.ContainsFunc(s.deps.Catalogues.Languages(), func(l i18n.Language) bool { return l.Tag == tag })
}

type languageInput struct {
	Language string `form:"language,max=35"`
	Back     string `form:"back,optional,max=2000"`
}

// language changes the language on this device.
func (s *Server) language(w http.ResponseWriter, r *http.Request) error {
	in, err := Decode[languageInput](r)
	if err != nil {
		return err
	}
	if !s.spoken(in.Language) {
		return fault.New(fault.Invalid, "ui.fault-form", nil)
	}
	ChooseLanguage(w, in.Language)
	return See(w, r, Within(in.Back))
}

// secure sets what every answer says to the browser.
func (s *Server) secure(h http.Header) {
	h.Set("Content-Security-Policy", s.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), midi=(), browsing-topics=()")
	h.Set("Strict-Transport-Security", "max-age=31536000") // ignored by browsers over plain http
}

func contentPolicy(frames []string) string {
	frame := "'none'"
	if len(frames) > 0 {
		frame = strings.Join(frames, " ")
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "media-src 'self'",
		"connect-src 'self'", "manifest-src 'self'", "form-action 'self'",
		"frame-src " + frame, "frame-ancestors 'none'", "base-uri 'none'",
	}, "; ")
}

// Times after which a connection is given up. Reading is generous: a scan of a
// letter over a weak line takes minutes.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 10 * time.Minute
	writeTimeout  = 10 * time.Minute
	idleTimeout   = 2 * time.Minute
)
