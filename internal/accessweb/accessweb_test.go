package accessweb_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/accessweb"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

type house struct {
	t      *testing.T
	d      *db.DB
	access *access.Service
	site   *webtest.Site
	rabia  id.Person // programme officer of p
	adm    id.Person
	// saima and nasreen are officers proposed to p; zainab to another programme.
	saima, nasreen, zainab id.Person
}

type healthy struct{}

func (healthy) State(context.Context) (accessweb.State, error) {
	return accessweb.State{
		Version: "1.0", Engine: "SQLite", LastBackup: dbtest.Start, DiskFree: 2 << 30, DiskTotal: 8 << 30,
		Failed: []accessweb.Failed{{Kind: "mail.send", Count: 3, Since: dbtest.Start}},
	}, nil
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, d: dbtest.SQLite(t)}
	journal.Attach(h.d)
	var err error
	h.access, err = access.New(access.Deps{DB: h.d, People: people.Directory{}, Key: []byte(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	folk := people.New(people.Deps{DB: h.d, Reads: h.access})
	ctx := actor.With(context.Background(), actor.Actor{Operator: true})
	err = h.d.Update(ctx, db.Main, func(tx *db.Tx) error {
		var err error
		enter := func(name, programme string, g access.Giving) id.Person {
			if err != nil {
				return ""
			}
			var p id.Person
			p, err = people.Enter(tx, people.NewPerson{Officer: programme != "", Names: []people.NewName{{Form: people.Called, Written: name}}})
			if err == nil && programme != "" {
				err = people.Locate(tx, p, people.ByNomination, programme, access.Place{Country: "PK", Programme: id.Programme(programme), Cohort: id.Cohort(programme + "c")})
			}
			g.Person = p
			if err == nil {
				_, err = h.access.Give(tx, g)
			}
			return p
		}
		h.rabia = enter("Rabia Staff", "", access.Giving{Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: "p"}})
		h.adm = enter("Adm Staff", "", access.Giving{Role: actor.Administrator})
		h.saima = enter("Saima Iqbal", "p", access.Giving{Role: actor.Participant, Scope: actor.Scope{Programme: "p", Cohort: "pc"}})
		h.nasreen = enter("Nasreen Bibi", "p", access.Giving{Role: actor.Participant, Scope: actor.Scope{Programme: "p", Cohort: "pc"}})
		h.zainab = enter("Zainab Elsewhere", "q", access.Giving{Role: actor.Participant, Scope: actor.Scope{Programme: "q", Cohort: "qc"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.site = webtest.Start(t, func(d *web.Deps) {
		d.Sessions = accessweb.Sessions{Service: h.access}
		d.Policy = access.Routing{}
	}, append(accessweb.Routes(accessweb.Deps{Access: h.access, People: folk, Instance: healthy{}}),
		web.Route{Method: http.MethodGet, Pattern: "/", Need: web.Public, Handler: func(w http.ResponseWriter, _ *http.Request) error {
			_, err := w.Write([]byte("home"))
			return err
		}},
		web.Route{Method: http.MethodGet, Pattern: "/preferences", Need: web.SignedIn, Handler: func(w http.ResponseWriter, _ *http.Request) error {
			_, err := w.Write([]byte("preferences"))
			return err
		}})...)
	return h
}

// in signs somebody in by a code that the operator made.
func (h *house) in(p id.Person) *webtest.Browser {
	h.t.Helper()
	ctx := actor.With(context.Background(), actor.Actor{Operator: true})
	t, err := h.access.Replace(ctx, id.New[id.Operation](), p)
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.site.Nobody(h.t)
	page := b.Get("/sign-in").Must(h.t, 200)
	b.Submit(page, "code", url.Values{"code": {t.Code}}).Must(h.t, 200, "Choose your passphrase")
	return b
}

var proposal = regexp.MustCompile(`name="passphrase" type="text" value="([^"]+)"`)

func TestFromASlipToAPassphraseAndBack(t *testing.T) {
	h := open(t)
	officer := h.in(h.rabia)
	page := officer.Get("/invitations").Must(t, 200, "Saima Iqbal", "Nasreen Bibi").CheckPage(t)
	if strings.Contains(page.Body, "Zainab") {
		t.Error("she may invite somebody of another programme")
	}
	sheet := officer.Submit(page, "sheet", url.Values{"person": {string(h.saima), string(h.nasreen)}}).
		Must(t, 200, "Saima Iqbal", "Works once").CheckPage(t)
	codes := regexp.MustCompile(`[a-z0-9]{4}-[a-z0-9]{4}`).FindAllString(sheet.Text(), -1)
	if len(codes) < 2 {
		t.Fatalf("the sheet shows %v", codes)
	}
	for _, word := range []string{"traffick", "UNODC", "FIA", "coach"} {
		if strings.Contains(strings.ToLower(sheet.Text()), strings.ToLower(word)) {
			t.Errorf("the sheet names %q", word)
		}
	}

	her := h.site.Nobody(t)
	front := her.Get("/sign-in").Must(t, 200).CheckPage(t)
	for _, name := range []string{"Saima", "Rabia"} {
		if strings.Contains(front.Body, name) {
			t.Errorf("the sign-in page shows %s", name)
		}
	}
	welcome := her.Submit(front, "code", url.Values{"code": {codes[0]}}).Must(t, 200, "Choose your passphrase").CheckPage(t)
	m := proposal.FindStringSubmatch(welcome.Body)
	if m == nil {
		t.Fatalf("no proposal on the page:\n%s", welcome.Body)
	}
	again := her.Submit(welcome, "welcome", url.Values{"passphrase": {"short"}}).Must(t, 422, "at least 15 signs").CheckPage(t)
	her.Submit(again, "welcome", url.Values{"passphrase": {m[1]}}).Must(t, 200, "preferences")
	account := her.Get("/account").Must(t, 200, "Somebody made a code", "Rabia Staff").CheckPage(t)
	her.Submit(account, "/account/seen", nil).Must(t, 200)
	if page := her.Get("/account"); strings.Contains(page.Text(), "Somebody made a code") {
		t.Error("she is told again")
	}
	name := regexp.MustCompile(`[a-z]+-[a-z]+-\d{3}`).FindString(account.Text())
	out := her.Submit(account, "/sign-out", nil).Must(t, 200, "Sign in")
	if got := her.Get("/account"); !strings.HasPrefix(got.Path, "/sign-in") {
		t.Errorf("signed out, she still reaches %s", got.Path)
	}
	wrong := her.Submit(out, "passphrase", url.Values{"name": {name}, "passphrase": {"not the right words at all"}}).Must(t, 422, "did not let you in").CheckPage(t)
	if strings.Contains(wrong.Body, "not the right words") {
		t.Error("the page repeats the passphrase that was typed")
	}
	nobody := her.Submit(out, "passphrase", url.Values{"name": {"no-such-100"}, "passphrase": {"not the right words at all"}}).Must(t, 422)
	strip := regexp.MustCompile(`value="[^"]*"`)
	if strip.ReplaceAllString(wrong.Body, "") != strip.ReplaceAllString(nobody.Body, "") {
		t.Error("the page tells whether somebody has an account")
	}
	her.Submit(wrong, "passphrase", url.Values{"name": {strings.ToUpper(name)}, "passphrase": {m[1]}}).Must(t, 200, "home")
}

// Three lost codes, as counted steps: look for her, press once, read aloud.
func TestThreeLostCodes(t *testing.T) {
	h := open(t)
	officer := h.in(h.rabia)
	for _, c := range []struct {
		look string
		p    id.Person
	}{{"saima", h.saima}, {"nasr", h.nasreen}, {"iqbal", h.saima}} {
		steps := 0
		page := officer.Get("/codes?q="+c.look).Must(t, 200).CheckPage(t)
		steps++
		shown := officer.Submit(page, "/codes/"+string(c.p), nil).Must(t, 200, "New code").CheckPage(t)
		steps++
		code := regexp.MustCompile(`[a-z0-9]{4}-[a-z0-9]{4}`).FindString(shown.Text())
		b := h.site.Nobody(t)
		b.Submit(b.Get("/sign-in"), "code", url.Values{"code": {code}}).Must(t, 200, "Choose your passphrase")
		if steps > 2 {
			t.Errorf("%d steps", steps)
		}
	}
	if page := officer.Get("/codes?q=zainab"); strings.Contains(page.Body, "Elsewhere") {
		t.Error("somebody of another programme is found")
	}
	officer.Get("/codes").Must(t, 200)
	_, form, err := officer.Get("/codes?q=saima").Form("/codes/" + string(h.saima))
	if err != nil {
		t.Fatal(err)
	}
	officer.Post("/codes/"+string(h.zainab), form).Must(t, 404)
}

func TestLinksAreUsedUpByPressingNotByLooking(t *testing.T) {
	h := open(t)
	officer := h.in(h.rabia)
	list := officer.Get("/invitations")
	page := officer.Submit(list, "/invitations/"+string(h.saima)+"/link", nil).Must(t, 200, "Send it to nobody but her").CheckPage(t)
	link := regexp.MustCompile(`/enter/[a-z0-9]{32}`).FindString(page.Text())
	her := h.site.Nobody(t)
	her.Get(link).Must(t, 200)
	enter := her.Get(link).Must(t, 200, "lets you in once").CheckPage(t)
	her.Submit(enter, "enter", nil).Must(t, 200, "Choose your passphrase")
	other := h.site.Nobody(t)
	other.Submit(other.Get(link), "enter", nil).Must(t, 422, "did not let you in")
}

func TestGrantsArePassedOn(t *testing.T) {
	h := open(t)
	officer := h.in(h.rabia)
	f := officer.Get("/invitations/new").Must(t, 200).CheckPage(t)
	made := officer.Submit(f, "newcomer", url.Values{"name": {"Tahira Trainer"}, "role": {"trainer"}, "programme": {"p"}, "how": {"code"}}).Must(t, 200, "New code")
	code := regexp.MustCompile(`[a-z0-9]{4}-[a-z0-9]{4}`).FindString(made.Text())
	b := h.site.Nobody(t)
	b.Submit(b.Get("/sign-in"), "code", url.Values{"code": {code}}).Must(t, 200)
	b.Get("/codes").Must(t, 200)
	b.Get("/grants").Must(t, 403)
	list := officer.Get("/grants").Must(t, 200, "Tahira Trainer", "Trainer", "By whom", "Saima Iqbal").CheckPage(t)
	if strings.Contains(list.Body, "Zainab") {
		t.Error("she sees the grant of somebody of another programme")
	}
	page := officer.Get("/people/"+string(h.saima)+"/grants").Must(t, 200, "What she may do").CheckPage(t)
	officer.Submit(page, "give", url.Values{"role": {"focal-point"}, "programme": {"p"}}).Must(t, 422, "Choose the agency").CheckPage(t)
	officer.Submit(page, "give", url.Values{"role": {"coach"}, "programme": {"q"}}).Must(t, 403)
	officer.Submit(page, "give", url.Values{"role": {"coach"}, "programme": {"p"}, "until": {"2021-01-31"}}).Must(t, 200, "She has the role now", "Coach")
	officer.Get("/people/"+string(h.zainab)+"/grants").Must(t, 404)

	adm := h.in(h.adm)
	seen := adm.Get("/grants").Must(t, 200, "Rabia Staff")
	for _, name := range []string{"Saima", "Nasreen", "Zainab"} {
		if strings.Contains(seen.Body, name) {
			t.Errorf("the administrator sees %s", name)
		}
	}
	adm.Get("/people/"+string(h.saima)+"/grants").Must(t, 404)
	adm.Get("/instance").Must(t, 200, "Last backup", "mail.send").CheckPage(t)
	officer.Get("/instance").Must(t, 403)
}

func TestUrduPagesRunTheOtherWay(t *testing.T) {
	h := open(t)
	b := h.site.Nobody(t)
	b.Language = "ur"
	page := b.Get("/sign-in").Must(t, 200, "سائن اِن").CheckPage(t)
	if !strings.Contains(page.Body, `lang="ur" dir="rtl"`) {
		t.Error("the page does not say its language and direction")
	}
}

func TestWaiting(t *testing.T) {
	h := open(t)
	b := h.site.Nobody(t)
	page := b.Get("/sign-in")
	var last *webtest.Answer
	for range 21 {
		last = b.Submit(page, "code", url.Values{"code": {"abcdefgh"}})
	}
	last.Must(t, 429, "wait 15 minutes").CheckPage(t)
	dbtest.Clock(h.d).Advance(16 * time.Minute)
	b.Submit(page, "code", url.Values{"code": {"abcdefgh"}}).Must(t, 422)
	if log := h.site.Log.String(); strings.Contains(log, "127.0.0.1") || strings.Contains(log, "abcdefgh") {
		t.Errorf("the log tells too much:\n%s", log)
	}
}

// enters sends a new code as a browser does that has a session already, or a token that
// somebody else planted there, and returns the session's cookie.
func (h *house) enters(p id.Person, before string, own bool) *http.Cookie {
	h.t.Helper()
	t, err := h.access.Replace(actor.With(context.Background(), actor.Actor{Operator: true}), id.New[id.Operation](), p)
	if err != nil {
		h.t.Fatal(err)
	}
	form := url.Values{"code": {t.Code}, "op": {string(id.New[id.Operation]())}}
	if own {
		form.Set("own", "yes")
	}
	if h.alive(before) { // the form is one of her session's
		_, hers, err := webtest.Visit(h.t, h.site.URL, before).Get("/account").Form("/sign-out")
		if err != nil {
			h.t.Fatal(err)
		}
		form.Set("token", hers.Get("token"))
	}
	return h.cookie(h.sends("/sign-in/code", before, form))
}

// sends posts a form, with a session's cookie, and follows nothing.
func (h *house) sends(path, token string, form url.Values) *http.Response {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.site.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", h.site.URL)
	if token != "" {
		r.AddCookie(&http.Cookie{Name: web.Cookie, Value: token})
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := a.Body.Close(); err != nil {
		h.t.Fatal(err)
	}
	if a.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("%s answers %s", path, a.Status)
	}
	return a
}

func (h *house) cookie(a *http.Response) *http.Cookie {
	h.t.Helper()
	for _, c := range a.Cookies() {
		if c.Name == web.Cookie {
			return c
		}
	}
	h.t.Fatalf("no session comes with %v", a.Header)
	return nil
}

// alive reports whether somebody is signed in by a token.
func (h *house) alive(token string) bool {
	h.t.Helper()
	return webtest.Visit(h.t, h.site.URL, token).Get("/account").Path == "/account"
}

// A borrowed device keeps nothing: the cookie goes when the browser is closed, pages are
// not stored, their frame names nobody, and leaving clears what may be left.
func TestABorrowedDeviceKeepsNothing(t *testing.T) {
	h := open(t)
	for _, own := range []bool{false, true} {
		c := h.enters(h.saima, "", own)
		if !strings.HasPrefix(c.Name, "__Host-Http-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("own %t: the cookie is %s", own, c)
		}
		if kept := c.MaxAge != 0 || !c.Expires.IsZero(); kept != own {
			t.Errorf("own %t: the cookie is kept: %s", own, c)
		}
		b := webtest.Visit(t, h.site.URL, c.Value)
		account := b.Get("/account").Must(t, 200)
		if got := account.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("own %t: the page comes with %q", own, got)
		}
		for _, name := range []string{"Saima", "Iqbal"} {
			if strings.Contains(account.Body, name) {
				t.Errorf("own %t: the page names %s", own, name)
			}
		}
		_, form, err := account.Form("/sign-out")
		if err != nil {
			t.Fatal(err)
		}
		left := h.sends("/sign-out", c.Value, form)
		clears := left.Header.Get("Clear-Site-Data")
		if h.cookie(left).MaxAge >= 0 || !strings.Contains(clears, `"cache"`) || strings.Contains(clears, `"storage"`) == own {
			t.Errorf("own %t: leaving takes away %s, %s", own, h.cookie(left), clears)
		}
		if h.alive(c.Value) {
			t.Errorf("own %t: she is still signed in", own)
		}
	}
}

// Signing in gives a new token: neither the one of before nor one that somebody planted
// lives on beside it. Signing out everywhere ends all.
func TestTokensRotateAndEndEverywhere(t *testing.T) {
	h := open(t)
	first := h.enters(h.saima, "", false).Value
	second := h.enters(h.saima, first, false).Value
	if second == first || h.alive(first) || !h.alive(second) {
		t.Error("the session of before lives on")
	}
	planted := id.Secret(32)
	third := h.enters(h.saima, planted, true).Value
	if third == planted || h.alive(planted) {
		t.Error("a token that somebody planted became hers")
	}
	hers := h.enters(h.nasreen, "", false).Value
	_, form, err := webtest.Visit(t, h.site.URL, second).Get("/account").Must(t, 200).Form("/account/everywhere")
	if err != nil {
		t.Fatal(err)
	}
	left := h.sends("/account/everywhere", second, form)
	if h.cookie(left).MaxAge >= 0 || left.Header.Get("Clear-Site-Data") == "" {
		t.Errorf("this device keeps %s", h.cookie(left))
	}
	if h.alive(second) || h.alive(third) {
		t.Error("she is still signed in somewhere")
	}
	if !h.alive(hers) {
		t.Error("somebody else was signed out")
	}
}
