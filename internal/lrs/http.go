package lrs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/clock"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/lrs/statement"
	"cadre/internal/web"
)

// Prefix is the path below which the record store answers.
const Prefix = "/xapi"

// The largest bodies, in bytes: of statements as JSON, and of a request with
// attachments.
const (
	jsonMax      = 32 << 20
	multipartMax = 256 << 20
)

// inFlight bounds the requests that are answered at once; more are told to come
// again.
const inFlight = 512

const (
	headerVersion = "X-Experience-API-Version"
	headerThrough = "X-Experience-API-Consistent-Through"
	headerHash    = "X-Experience-API-Hash"
)

// resource is one address of the record store. The scopes that it needs are
// asked for by the service, about the very thing; what stands here is only
// whether a key is needed at all, and it is unless open says not.
type resource struct {
	open    bool
	methods map[string]func(e *exchange) error
}

// Handler answers xAPI below [Prefix]. It is an http.Handler.
type Handler struct {
	service   *Service
	log       *slog.Logger
	resources map[string]resource
	slots     chan struct{}
	forms     chan struct{} // of nobody known yet
	door      Door          // nil where keys are shown
}

// NewHandler returns a handler over s.
func NewHandler(s *Service, log *slog.Logger) *Handler {
	h := &Handler{service: s, log: log, slots: make(chan struct{}, inFlight), forms: make(chan struct{}, formsInFlight)}
	type m = map[string]func(e *exchange) error
	h.resources = map[string]resource{
		"statements":         {methods: m{http.MethodGet: getStatements, http.MethodPost: postStatements, http.MethodPut: putStatement}},
		"activities":         {methods: m{http.MethodGet: getActivity}},
		"agents":             {methods: m{http.MethodGet: getAgent}},
		"about":              {open: true, methods: m{http.MethodGet: getAbout}},
		"activities/state":   {methods: m{http.MethodGet: getDocument, http.MethodPut: putDocument, http.MethodPost: postDocument, http.MethodDelete: deleteDocument}},
		"activities/profile": {methods: m{http.MethodGet: getDocument, http.MethodPut: putDocument, http.MethodPost: postDocument, http.MethodDelete: deleteDocument}},
		"agents/profile":     {methods: m{http.MethodGet: getDocument, http.MethodPut: putDocument, http.MethodPost: postDocument, http.MethodDelete: deleteDocument}},
	}
	return h
}

// exchange is one request on its way to its answer.
type exchange struct {
	h       *Handler
	s       *Service
	w       http.ResponseWriter
	r       *http.Request
	name    string // of the resource
	method  string
	query   url.Values
	body    io.Reader
	version statement.Version
	key     Key
	visit   Visit  // nil if a key was shown
	base    string // the path of the record store as the caller knows it
	known   bool   // who sends it was settled before its body was read
}

func (e *exchange) ctx() context.Context { return e.r.Context() }

// ServeHTTP answers.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := &exchange{h: h, s: h.service, w: w, r: r, method: r.Method, version: statement.V2}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	if h.door == nil {
		header.Set("Cross-Origin-Resource-Policy", "cross-origin")
		header.Set("Access-Control-Allow-Origin", "*") // who calls shows a key, never a cookie
	}
	header.Set("Access-Control-Expose-Headers", "ETag, Last-Modified, Content-Length, "+headerVersion+", "+headerThrough+", "+headerHash)
	header.Set(headerVersion, e.version.String())
	defer func() {
		if p := recover(); p != nil {
			if err, is := p.(error); is && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			e.fail(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	if err := e.serve(); err != nil {
		e.fail(err)
	}
}

func (e *exchange) serve() error {
	full := path.Clean(e.r.URL.Path)
	at := 0
	if e.h.door != nil {
		at = max(strings.LastIndex(full, Prefix), 0)
	}
	e.base, e.name = full[:at]+Prefix, strings.Trim(strings.TrimPrefix(full[at:], Prefix), "/")
	res, ok := e.h.resources[e.name]
	if !ok {
		return refuse(fault.NotFound, "there is no such resource of xAPI")
	}
	select {
	case e.h.slots <- struct{}{}:
		defer func() { <-e.h.slots }()
	default:
		return refuse(fault.Limited, "too many requests at once: send it again in a moment")
	}
	if e.method == http.MethodOptions {
		e.preflight(res)
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	if !res.open && !e.known {
		if err := e.authenticate(); err != nil {
			return err
		}
	}
	method := e.method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	f, ok := res.methods[method]
	if !ok {
		e.w.Header().Set("Allow", res.allowed())
		return errMethod
	}
	return f(e)
}

var errMethod = errors.New("lrs: method not allowed")

func (res resource) allowed() string {
	out := []string{http.MethodHead, http.MethodOptions}
	for m := range res.methods {
		out = append(out, m)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (e *exchange) preflight(res resource) {
	h := e.w.Header()
	h.Set("Access-Control-Allow-Methods", res.allowed())
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Length, If-Match, If-None-Match, Accept-Language, "+headerVersion+", "+headerHash)
	h.Set("Access-Control-Max-Age", "86400")
	e.w.WriteHeader(http.StatusNoContent)
}

// enter reads the parameters, the alternate request syntax of 1.0.3 among them,
// and settles the version.
func (e *exchange) enter() error {
	e.body = http.MaxBytesReader(e.w, e.r.Body, multipartMax)
	query, err := url.ParseQuery(e.r.URL.RawQuery)
	if err != nil {
		return refuse(fault.Invalid, "the query cannot be read: "+err.Error())
	}
	e.query = query
	alternate := query.Has("method")
	if alternate && e.name != "about" {
		if err := e.alternate(); err != nil {
			return err
		}
	}
	switch v := e.r.Header.Get(headerVersion); {
	case strings.HasPrefix(v, "2.0") && statement.KnownVersion(v, statement.V2):
	case statement.KnownVersion(v, statement.V1):
		e.version = statement.V1
		e.w.Header().Set(headerVersion, e.version.String())
	case e.name == "about":
	default:
		return refuse(fault.Invalid, "the version in "+headerVersion+" is not spoken here: send 2.0.0 or 1.0.3")
	}
	if alternate && e.version != statement.V1 {
		return refuse(fault.Invalid, "the alternate request syntax is of xAPI 1.0.3 alone")
	}
	for name, values := range e.query {
		if len(values) > 1 {
			return refuse(fault.Invalid, "the parameter "+name+" is there twice")
		}
	}
	return nil
}

// Bounds of a request in the alternate syntax, in bytes: formMax where a header shows
// the key. Where the form shows it, it has to be read to know whose it is: then
// strangersMax, within strangersTime, and formsInFlight of them at once.
const (
	formMax       = jsonMax
	strangersMax  = 1 << 20
	strangersTime = 30 * time.Second
	formsInFlight = 16
)

// alternate turns a POST whose form holds headers, parameters and content into
// the request that it stands for.
func (e *exchange) alternate() error {
	if e.method != http.MethodPost {
		return refuse(fault.Invalid, "the alternate request syntax is sent by POST")
	}
	if len(e.query) != 1 || len(e.query["method"]) != 1 {
		return refuse(fault.Invalid, "in the alternate request syntax, every parameter but method belongs into the form")
	}
	method := e.query.Get("method")
	switch method {
	case http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete, http.MethodHead:
	default:
		return refuse(fault.Invalid, "the alternate request syntax knows no method "+method)
	}
	text, err := e.urlencoded()
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return refuse(fault.Invalid, "the form cannot be read: "+err.Error())
	}
	// The headers that the form may hold, as its names have them.
	for _, name := range []string{"Authorization", headerVersion, "Content-Type", "Content-Length", "If-Match", "If-None-Match", "Accept-Language"} {
		for key := range form {
			if strings.EqualFold(key, name) {
				e.r.Header.Set(name, form.Get(key))
				form.Del(key)
				e.known = e.known && name != "Authorization"
			}
		}
	}
	content := form.Get("content")
	if (method == http.MethodPut || method == http.MethodPost) && !form.Has("content") {
		return refuse(fault.Invalid, "the form has no content")
	}
	if form.Has("content") && strings.HasPrefix(e.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		e.r.Header.Set("Content-Type", "application/json")
	}
	form.Del("content")
	e.method, e.query, e.body = method, form, strings.NewReader(content)
	return nil
}

// urlencoded reads a request in the alternate syntax.
func (e *exchange) urlencoded() ([]byte, error) {
	if e.r.Header.Get("Authorization") != "" {
		if err := e.authenticate(); err != nil {
			return nil, err
		}
		e.known = true
		return readAll(e.body, formMax)
	}
	select {
	case e.h.forms <- struct{}{}:
		defer func() { <-e.h.forms }()
	default:
		return nil, refuse(fault.Limited, "too many requests at once: send it again in a moment, or with the key in a header")
	}
	// Where the server cannot set a time for the body alone, its own holds.
	c := http.NewResponseController(e.w)
	_ = c.SetReadDeadline(clock.System().Now().Add(strangersTime))
	text, err := readAll(e.body, strangersMax)
	_ = c.SetReadDeadline(time.Time{})
	return text, err
}

func (e *exchange) authenticate() (err error) {
	if e.h.door != nil {
		if e.visit, err = e.h.door(e.r); err == nil {
			e.key = e.visit.Key()
		}
		return err
	}
	name, secret, ok := e.r.BasicAuth()
	if !ok {
		return refuse(fault.Unauthenticated, "send a key and its secret by HTTP Basic authentication")
	}
	if e.key, err = e.s.Authenticate(e.ctx(), name, secret); err != nil {
		return err
	}
	if wait := e.s.rates.take(e.key); wait > 0 {
		e.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return refuse(fault.Limited, fmt.Sprintf("this key may send %d requests a minute: send it again later", e.key.limit()))
	}
	return nil
}

// noted records that the program behind the request reads what is about these
// people. What a launch reads is its learner's own.
func (e *exchange) noted(people ...id.Person) error {
	if e.visit != nil || e.s.Reads == nil || len(people) == 0 {
		return nil
	}
	ctx := actor.With(e.ctx(), actor.Actor{Token: id.Token(e.key.ID)})
	return e.s.Reads.RecordRead(ctx, access.Progress, people...)
}

// params checks that there are no parameters but those named.
func (e *exchange) params(allowed ...string) error {
	for name := range e.query {
		if !slices.Contains(allowed, name) {
			return refuse(fault.Invalid, "there is no parameter "+name+" here; names are case-sensitive")
		}
	}
	return nil
}

// readAll reads a body of at most limit bytes.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, bodyError(err)
	}
	if int64(len(b)) > limit {
		return nil, errTooLarge
	}
	return b, nil
}

var errTooLarge = errors.New("lrs: the body is too large")

// bodyError is the error of a body that could not be read.
func bodyError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return &fault.Error{Kind: fault.Invalid, Key: "fault.invalid", Cause: reason("the body ended before its time")}
}

// problem is an error as RFC 9457 writes it.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Path     string `json:"path,omitempty"`
	Incident string `json:"incident,omitempty"`
}

// fail answers with an error.
func (e *exchange) fail(err error) {
	p := problem{}
	kind := fault.KindOf(err)
	switch {
	case errors.Is(err, errMethod):
		p.Status, p.Detail = http.StatusMethodNotAllowed, "this resource has no such method"
	case errors.Is(err, errTooLarge):
		p.Status, p.Detail = http.StatusRequestEntityTooLarge, "the body is larger than is taken here"
	case kind == fault.Internal:
		p.Status = http.StatusInternalServerError
		p.Incident = web.Incident(e.r.Context(), e.h.log, e.r.Method+" "+Prefix+"/"+e.name, err)
	case kind == fault.Stale:
		p.Status = http.StatusPreconditionFailed
	case kind == fault.Invalid: // xAPI says 400 where our own pages say 422
		p.Status = http.StatusBadRequest
	default:
		p.Status = web.Status(kind)
	}
	p.Type, p.Title = "urn:cadre:problem:"+kind.String(), http.StatusText(p.Status)
	var at *statement.Error
	var why reason
	switch {
	case errors.As(err, &at):
		p.Path, p.Detail = at.Path, at.Error()
	case errors.As(err, &why):
		p.Detail = string(why)
	}
	h := e.w.Header()
	if e.name == "statements" {
		t := instant(e.s.head.seen.Load()) // for a stranger, nothing is read
		if e.key.ID != "" && p.Status < http.StatusInternalServerError {
			if now, terr := e.s.Through(e.ctx()); terr == nil { // the answer is the error at hand, whatever becomes of a header
				t = now
			}
		}
		e.through(t)
	}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", challenge(e.r))
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if h.Get("Retry-After") == "" {
			h.Set("Retry-After", "2")
		}
	}
	h.Del("ETag")
	h.Del("Last-Modified")
	h.Set("Content-Type", "application/problem+json")
	b, merr := json.Marshal(p)
	if merr != nil {
		panic(merr) // texts and a number always marshal
	}
	e.w.WriteHeader(p.Status)
	_, _ = e.w.Write(b) // the caller has gone, if this fails
}

// challenge returns what an answer of 401 asks for (RFC 9110, 11.6.1). A browser
// that is asked for Basic by the answer to a page's script opens a dialog, and the
// script waits until the learner has dealt with it. A scheme that no browser knows
// lets the script have its answer.
func challenge(r *http.Request) string {
	scheme := "Basic"
	if mode := r.Header.Get("Sec-Fetch-Mode"); r.Header.Get("Origin") != "" || mode != "" && mode != "navigate" {
		scheme = "xBasic"
	}
	return scheme + ` realm="xAPI", charset="UTF-8"`
}

// through sets the header that says up to when every statement can be seen.
func (e *exchange) through(t time.Time) {
	e.w.Header().Set(headerThrough, statement.FormatTime(t))
}

// json answers with a JSON text.
func (e *exchange) json(b []byte) error {
	e.w.Header().Set("Content-Type", "application/json")
	_, _ = e.w.Write(b) // the caller has gone, if this fails
	return nil
}

func (e *exchange) instantParam(name string) (time.Time, error) {
	s := e.query.Get(name)
	if s == "" && !e.query.Has(name) {
		return time.Time{}, nil
	}
	t, err := statement.ParseTime(strings.ReplaceAll(s, " ", "+")) // a + that nobody escaped
	if err != nil {
		return t, refuse(fault.Invalid, "the parameter "+name+" "+err.Error())
	}
	return t, nil
}

func (e *exchange) agentParam(required bool) (*statement.Agent, error) {
	if !e.query.Has("agent") {
		if required {
			return nil, refuse(fault.Invalid, "the parameter agent is missing")
		}
		return nil, nil
	}
	v, err := statement.ParseJSON([]byte(e.query.Get("agent")))
	if err != nil {
		return nil, refuse(fault.Invalid, "the parameter agent is no JSON: "+err.Error())
	}
	a, err := statement.ReadAgent(v, e.version)
	if err != nil {
		return nil, refuse(fault.Invalid, "the parameter agent: "+err.Error())
	}
	return &a, nil
}

func (e *exchange) uuidParam(name string) (*statement.UUID, error) {
	if !e.query.Has(name) {
		return nil, nil
	}
	u, ok := statement.ParseUUID(e.query.Get(name))
	if !ok {
		return nil, refuse(fault.Invalid, "the parameter "+name+" is no UUID")
	}
	return &u, nil
}

func (e *exchange) iriParam(name string, required bool) (string, error) {
	s := e.query.Get(name)
	if !e.query.Has(name) && !required {
		return "", nil
	}
	if !statement.IRI(s) {
		return "", refuse(fault.Invalid, "the parameter "+name+" is missing or no IRI")
	}
	return s, nil
}

func (e *exchange) boolParam(name string) (bool, error) {
	switch s := e.query.Get(name); {
	case !e.query.Has(name), s == "false":
		return false, nil
	case s == "true":
		return true, nil
	}
	return false, refuse(fault.Invalid, "the parameter "+name+" is not true or false")
}

// languages are what the reader wants, best first.
func (e *exchange) languages() []string { return acceptLanguages(e.r.Header.Get("Accept-Language")) }
