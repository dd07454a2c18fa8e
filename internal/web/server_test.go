package web_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
	"cadre/internal/web/webtest"
)

var ayesha = actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.Participant}}

func route(method, pattern string, need web.Need, h web.Handler) web.Route {
	return web.Route{Method: method, Pattern: pattern, Need: need, Handler: h}
}

func words(s ...string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(s, ""))
		return err
	})
}

func page(body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Document(ui.Page{Title: "Test"}).Render(templ.WithChildren(ctx, body), w)
	})
}

type strict struct{}

func (strict) Known(verb, _ string) bool { return verb == "read" }

func (strict) Could(a actor.Actor, _, _ string) bool { return a.Grant.Role == actor.Trainer }

func TestARouteWithoutPolicyStopsTheStart(t *testing.T) {
	ok := func(http.ResponseWriter, *http.Request) error { return nil }
	site := webtest.Start(t, nil)
	_ = site
	for want, rt := range map[string]web.Route{
		"declares no policy":                 route("GET", "/x", web.Need{}, ok),
		"of which the policy knows nothing":  route("GET", "/x", web.Need{Verb: "steal", Kind: "seat"}, ok),
		"has no handler":                     route("GET", "/x", web.Public, nil),
		"its pattern does not begin with /":  route("GET", "x", web.Public, ok),
		"is not GET, POST, PUT, PATCH or DE": route("BREW", "/x", web.Public, ok),
	} {
		_, err := web.New(web.Deps{
			Sessions: site.Sessions, Policy: strict{}, Catalogues: i18n.Shipped(),
			Assets: loaded(t), Log: quietLog(),
		}, rt)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that says %q", err, want)
		}
	}
}

func TestFaultsBecomePagesInHerLanguage(t *testing.T) {
	secret := "Nargis Bibi, 0300 1234567"
	site := webtest.Start(t, nil,
		route("GET", "/broken", web.Public, func(http.ResponseWriter, *http.Request) error { return errors.New(secret) }),
		route("GET", "/panics", web.Public, func(http.ResponseWriter, *http.Request) error { panic("lost") }),
		route("GET", "/closed", web.Public, func(http.ResponseWriter, *http.Request) error { return fault.New(fault.Closed, "fault.closed", nil) }),
		route("GET", "/half", web.Public, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, page(templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("half drawn") })))
		}),
	)
	b := site.Nobody(t)
	a := b.Get("/broken?name=Nargis").CheckPage(t).Must(t, 500, "This did not work")
	if strings.Contains(a.Body, "0300 1234567") {
		t.Error("the page shows the cause")
	}
	if strings.Contains(site.Log.String(), "name=Nargis") {
		t.Error("the log holds the query")
	}
	if i := strings.Index(site.Log.String(), "incident="); i < 0 || !strings.Contains(a.Text(), site.Log.String()[i+9:i+17]) {
		t.Errorf("page and log do not share an incident id:\n%s\n%s", a.Text(), site.Log)
	}
	b.Get("/panics").CheckPage(t).Must(t, 500)
	b.Get("/half").CheckPage(t).Must(t, 500)
	b.Get("/closed").CheckPage(t).Must(t, 410)
	b.Get("/nothing").CheckPage(t).Must(t, 404, "Nothing here")
	b.Language = "ur-PK,en;q=0.5"
	if a := b.Get("/closed").CheckPage(t).Must(t, 410, "وقت گزر چکا ہے"); !strings.Contains(a.Body, `<html lang="ur" dir="rtl">`) {
		t.Error("an Urdu page is not marked as one")
	}
}

func TestNobodyIsAskedToSignInAndBroughtBack(t *testing.T) {
	site := webtest.Start(t, func(d *web.Deps) { d.Policy = strict{} },
		route("GET", "/register", web.Need{Verb: "read", Kind: "register"}, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, page(words("<h1>Register</h1>")))
		}),
		route("GET", "/sign-in", web.Public, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, page(words("<h1>Sign in</h1>")))
		}),
	)
	a := site.Nobody(t).Get("/register?day=2").Must(t, 200, "Sign in")
	if a.Path != "/sign-in?next=%2Fregister%3Fday%3D2" {
		t.Errorf("sent to %s", a.Path)
	}
	site.As(t, ayesha, i18n.Prefs{}).Get("/register").CheckPage(t).Must(t, 403)
	trainer := ayesha
	trainer.Grant.Role = actor.Trainer
	site.As(t, trainer, i18n.Prefs{}).Get("/register").CheckPage(t).Must(t, 200)
}

type confirm struct {
	Name  string `form:"name,max=20"`
	Seats int    `form:"seats"`
}

func confirmRoutes(got *[]id.Operation) []web.Route {
	draw := func(f ui.Form) templ.Component {
		return page(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if _, err := io.WriteString(w, "<h1>Confirm</h1>"); err != nil {
				return err
			}
			fields := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				for _, c := range []templ.Component{
					ui.Text(f, ui.Field{Name: "name", Label: "Name", Hint: "As in the letter"}),
					ui.Text(f, ui.Field{Name: "seats", Label: "Seats"}),
					ui.Button("Confirm", ui.Primary),
				} {
					if err := c.Render(ctx, w); err != nil {
						return err
					}
				}
				return nil
			})
			return ui.FormBody(f).Render(templ.WithChildren(ctx, fields), w)
		}))
	}
	form := ui.NewForm("confirm", "/confirm")
	return []web.Route{
		route("GET", "/confirm", web.SignedIn, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, draw(form))
		}),
		route("POST", "/confirm", web.SignedIn, func(w http.ResponseWriter, r *http.Request) error {
			in, err := web.Decode[confirm](r)
			if err == nil && in.Seats > 25 {
				err = fault.Bad("fault.conflict", fault.Field{Name: "seats", Key: "fault.number"})
			}
			if err != nil {
				return web.Again(w, r, err, form, draw)
			}
			*got = append(*got, web.Operation(r))
			return web.DoneUndo(w, r, "/confirm", "ui.skip", "/confirm/undo")
		}),
	}
}

func TestAFormKeepsWhatWasTypedAndItsOperation(t *testing.T) {
	var got []id.Operation
	site := webtest.Start(t, nil, confirmRoutes(&got)...)
	b := site.As(t, ayesha, i18n.Prefs{})
	first := b.Get("/confirm").CheckPage(t)
	_, before, err := first.Form("confirm")
	if err != nil {
		t.Fatal(err)
	}
	a := b.Submit(first, "confirm", url.Values{"name": {"<Ayesha>"}, "seats": {"many"}}).CheckPage(t).
		Must(t, 422, "Please look at this again", "Write a whole number in digits.")
	_, again, err := a.Form("confirm")
	if err != nil {
		t.Fatal(err)
	}
	if again.Get("name") != "<Ayesha>" || again.Get("seats") != "many" {
		t.Errorf("typed input is gone: %v", again)
	}
	if again.Get("op") != before.Get("op") || again.Get("op") == "" {
		t.Errorf("the form has another operation id: %s, then %s", before.Get("op"), again.Get("op"))
	}
	if again.Get("token") == before.Get("token") {
		t.Error("two pages hold the same token bytes")
	}
	if !strings.Contains(a.Body, `href="#confirm-seats"`) || !strings.Contains(a.Body, `aria-describedby="confirm-seats-error"`) {
		t.Error("the summary or the field does not lead to the error")
	}
	// Digits as she types them.
	a = b.Submit(a, "confirm", url.Values{"seats": {"۲۵"}}).CheckPage(t).Must(t, 200, "Skip to the content", "Undo")
	if len(got) != 1 || string(got[0]) != before.Get("op") {
		t.Errorf("the service got %v, the form carried %s", got, before.Get("op"))
	}
	// The notice is signed: nobody else makes Cadre say it.
	forged := strings.Replace(a.Path, "ui.skip", "ui.leave", 1)
	if strings.Contains(b.Get(forged).Body, "notice-done") {
		t.Error("a forged notice is shown")
	}
	if strings.Contains(site.As(t, ayesha, i18n.Prefs{}).Get(a.Path).Body, "notice-done") {
		t.Error("a notice of another session is shown")
	}
}

func TestStrangersCannotSendForms(t *testing.T) {
	var got []id.Operation
	site := webtest.Start(t, nil, confirmRoutes(&got)...)
	b := site.As(t, ayesha, i18n.Prefs{})
	_, good, err := b.Get("/confirm").Form("confirm")
	if err != nil {
		t.Fatal(err)
	}
	_, theirs, err := site.As(t, ayesha, i18n.Prefs{}).Get("/confirm").Form("confirm")
	if err != nil {
		t.Fatal(err)
	}
	good.Set("name", "A")
	good.Set("seats", "1")
	with := func(k, v string) url.Values {
		c := url.Values{}
		for n, x := range good {
			c[n] = x
		}
		c.Set(k, v)
		return c
	}
	for name, c := range map[string]struct {
		values url.Values
		header []string
		status int
	}{
		"from another site":              {good, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"from the courseware's port":     {good, []string{"Sec-Fetch-Site", "same-site"}, 403},
		"from another origin, old style": {good, []string{"Origin", "https://evil.example"}, 403},
		"from an opaque frame":           {good, []string{"Origin", "null"}, 403},
		"without a token":                {with("token", ""), nil, 403},
		"with another session's token":   {with("token", theirs.Get("token")), nil, 403},
		"with a field that is not ours":  {with("role", "administrator"), nil, 422},
	} {
		if a := b.Post("/confirm", c.values, c.header...); a.Status != c.status {
			t.Errorf("%s: answered %d, not %d", name, a.Status, c.status)
		}
	}
	if len(got) != 0 {
		t.Errorf("something was done: %v", got)
	}
	b.Post("/confirm", good).Must(t, 200)
	if len(got) != 1 {
		t.Error("the true form was refused")
	}
}

func TestABodyIsMeasured(t *testing.T) {
	var got []id.Operation
	site := webtest.Start(t, nil, confirmRoutes(&got)...)
	b := site.As(t, ayesha, i18n.Prefs{})
	first := b.Get("/confirm")
	b.Submit(first, "confirm", url.Values{"name": {strings.Repeat("x", web.FormLimit)}}).CheckPage(t).Must(t, 422, "at most 1 MB")
	b.Submit(first, "confirm", url.Values{"name": {strings.Repeat("x", 21)}, "seats": {"1"}}).CheckPage(t).Must(t, 422, "at most 20 signs")
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	site := webtest.Start(t, nil, route("GET", "/plain", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, page(words("<h1>Plain</h1>", strings.Repeat("words ", 500))))
	}))
	b := site.Nobody(t)
	for _, path := range []string{"/plain", "/missing", "/assets/none"} {
		h := b.Get(path).Header
		csp := h.Get("Content-Security-Policy")
		if csp == "" || strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: content policy %q", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, not %q", path, name, h.Get(name), want)
			}
		}
	}
	if a := b.Get("/plain"); a.Header.Get("Content-Encoding") != "gzip" || a.Bytes >= len(a.Body) {
		t.Error("the page came uncompressed")
	}
}

// A browser that is told of no icon asks for /favicon.ico, on every first visit.
func TestEveryPageNamesItsIcon(t *testing.T) {
	site := webtest.Start(t, nil, route("GET", "/plain", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, page(words("<h1>Plain</h1>")))
	}))
	b := site.As(t, ayesha, i18n.Prefs{Lang: "en"})
	_, after, found := strings.Cut(b.Get("/plain").Must(t, 200).Body, `<link rel="icon" type="image/svg+xml" href="`)
	address, _, _ := strings.Cut(after, `"`)
	if a := b.Get(address); !found || a.Status != 200 || a.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the icon %q: %d, %s", address, a.Status, a.Header.Get("Content-Type"))
	}
}

func TestTheLanguageIsChosenOnThisDevice(t *testing.T) {
	site := webtest.Start(t, nil, route("GET", "/plain", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, page(words("<h1>Plain</h1>")))
	}))
	b := site.As(t, ayesha, i18n.Prefs{Lang: "en"})
	a := b.Get("/plain?x=1").Must(t, 200, "Leave")
	a = b.Submit(a, "/language", url.Values{"language": {"ur"}}).CheckPage(t).Must(t, 200, "باہر جائیں")
	if a.Path != "/plain?x=1" {
		t.Errorf("came back to %s", a.Path)
	}
	_, v, err := a.Form("/language")
	if err != nil {
		t.Fatal(err)
	}
	v.Set("language", "en")
	v.Set("back", "//evil.example/")
	if a := b.Post("/language", v); a.Path != "/" {
		t.Errorf("led away to %s", a.Path)
	}
}

func TestPlainHTTPOnlyOnThisMachine(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "cadre.example:0", "[::]:0"} {
		if ln, err := web.Listen(web.Listening{Address: address}); err == nil {
			_ = ln.Close()
			t.Errorf("serves plain http on %s", address)
		} else if !strings.Contains(err.Error(), "refusing to serve plain http") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, l := range []web.Listening{{Address: "127.0.0.1:0"}, {Address: "localhost:0"}, {Address: "0.0.0.0:0", TLSProxy: true}} {
		ln, err := web.Listen(l)
		if err != nil {
			t.Errorf("%v: %v", l, err)
			continue
		}
		_ = ln.Close()
	}
	if _, err := web.Listen(web.Listening{Address: "127.0.0.1:0", Certificate: "a.pem"}); err == nil {
		t.Error("serves with a certificate and no key")
	}
}

// With a certificate, what is sent is protected, and browsers are told to ask for
// nothing else.
func TestACertificateProtectsTheLine(t *testing.T) {
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	l := web.Listening{Address: "127.0.0.1:0", Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	for file, block := range map[string]*pem.Block{l.Certificate: {Type: "CERTIFICATE", Bytes: cert}, l.Key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if ln, err := web.Listen(web.Listening{Address: l.Address, Certificate: l.Key, Key: l.Key}); err == nil {
		_ = ln.Close()
		t.Error("serves with a certificate that is none")
	}
	ln, err := web.Listen(l)
	if err != nil {
		t.Fatal(err)
	}
	site := webtest.Start(t, nil, route("GET", "/plain", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, page(words("<h1>Plain</h1>")))
	}))
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- web.Serve(ctx, ln, site.Server, quietLog()) }()
	trusted := x509.NewCertPool()
	own, err := x509.ParseCertificate(cert)
	if err != nil {
		t.Fatal(err)
	}
	trusted.AddCert(own)
	get := func(address string, most uint16) (*http.Response, error) {
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS10, MaxVersion: most}}}
		defer c.CloseIdleConnections()
		resp, err := c.Get(address)
		if err == nil {
			_ = resp.Body.Close()
		}
		return resp, err
	}
	where := ln.Addr().String() + "/plain"
	resp, err := get("https://"+where, tls.VersionTLS13)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.TLS == nil || resp.TLS.Version < tls.VersionTLS12 || !strings.HasPrefix(resp.Header.Get("Strict-Transport-Security"), "max-age=") {
		t.Errorf("answered %s with %+v", resp.Status, resp.Header)
	}
	if _, err := get("https://"+where, tls.VersionTLS11); err == nil {
		t.Error("an old protocol is spoken")
	}
	if resp, err := get("http://"+where, tls.VersionTLS13); err == nil && resp.StatusCode != http.StatusBadRequest {
		t.Errorf("answers %s without protection", resp.Status)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestWhatHasBegunIsFinished(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	site := webtest.Start(t, nil, route("GET", "/slow", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		close(begun)
		<-release
		return web.Render(w, r, page(words("<h1>Done</h1>")))
	}))
	ln, err := web.Listen(web.Listening{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- web.Serve(ctx, ln, site.Server, quietLog()) }()
	answered := make(chan error, 1)
	go func() {
		resp, err := http.Get("http://" + ln.Addr().String() + "/slow")
		if err == nil {
			defer resp.Body.Close()
			if resp.StatusCode != 200 {
				err = fmt.Errorf("answered %d", resp.StatusCode)
			}
		}
		answered <- err
	}()
	<-begun
	stop()
	close(release)
	for _, c := range []chan error{answered, served} {
		select {
		case err := <-c:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("hangs")
		}
	}
}

func TestAListKeepsItsPlaceInTheAddress(t *testing.T) {
	var seen web.Listing
	site := webtest.Start(t, nil, route("GET", "/people", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		l, err := web.ListingOf(r, []string{"name", "due"}, "agency")
		seen = l
		if err != nil {
			return err
		}
		return web.Render(w, r, page(words("<h1>People</h1>")))
	}))
	b := site.Nobody(t)
	b.Get("/people?agency=fia&sort=due&x=1").Must(t, 200)
	next := seen.Next("2020-10-28", "id-1")
	b.Get(next).Must(t, 200)
	if seen.Sort != "due" || len(seen.After) != 2 || seen.After[0] != "2020-10-28" || seen.Filter.Get("agency") != "fia" {
		t.Errorf("%s is read as %+v", next, seen)
	}
	if seen.First() != "/people?agency=fia&sort=due" {
		t.Errorf("the first page is %s", seen.First())
	}
	b.Get("/people?sort=salary").Must(t, 404)
	b.Get("/people?after=x").Must(t, 404)
}
