package policy_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/content"
	"cadre/internal/credential"
	"cadre/internal/db"
	"cadre/internal/evaluation"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// handed is what a target needs to which no page leads, because it is a secret, or
// is sent by a script: exactly those whom to names are let in.
type handed struct {
	to    func(v *visitor) bool
	files map[string][]byte // sent with the form
	// reads are kinds of canaries of the country that whoever is let in may read.
	reads   []kind
	country string
	// then fails unless what was to come of it came of it, in the site's tables and in
	// the browser: somebody is let in, or kept out and nothing is changed.
	then func(m *matrix, s *site, v *visitor, got outcome, b *webtest.Browser, a *webtest.Answer)
}

// may reports whether whoever holds it may read the canary.
func (h *handed) may(c canary) bool {
	return h != nil && c.country == h.country && slices.Contains(h.reads, c.kind)
}

// hand keeps a target of the land, called what.
func (e *extra) hand(what, route, path string, form url.Values, h *handed) {
	e.t.Helper()
	method, _, _ := strings.Cut(route, " ")
	if form == nil {
		form = url.Values{}
	}
	h.country = e.land.country
	e.fixture.handed = append(e.fixture.handed, target{pattern: route, method: method, path: path, form: form, found: what, handed: h})
}

func noOne(*visitor) bool      { return false }
func whoHoldsIt(*visitor) bool { return true }

// of are the holders of roles in the land's first programme.
func (e *extra) of(roles ...string) func(v *visitor) bool {
	return func(v *visitor) bool {
		return v.country == e.land.country && v.course == "" && slices.Contains(roles, v.role)
	}
}

// stays fails unless the browser's session is whose it was.
func stays(m *matrix, s *site, v *visitor, b *webtest.Browser, a *webtest.Answer) {
	m.Helper()
	for _, c := range a.Header.Values("Set-Cookie") {
		if strings.HasPrefix(c, web.Cookie+"=") {
			m.fail("%s: a session comes with it: %s", v.name, c)
		}
	}
	if in := b.Get("/account").Path == "/account"; in != (v.token != "") {
		m.fail("%s is signed in after it: %v", v.name, in)
	}
}

// refuses fails where what was used up lets somebody in again.
func refuses(m *matrix, s *site, what string, send func(b *webtest.Browser) *webtest.Answer) {
	m.Helper()
	nobody := &visitor{name: "nobody", role: "nobody"}
	if a := send(webtest.Visit(m.T, s.url, "")); a.Status < http.StatusBadRequest && judge(nobody, target{}, a) == let {
		m.fail("%s lets in twice: %d %s", what, a.Status, a.Path)
	}
}

func one[T any](m *matrix, s *site, query string, args ...any) (out T) {
	m.Helper()
	err := s.app.DB.View(m.Context(), func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&out) })
	if err != nil {
		m.Fatal(err)
	}
	return out
}

// sendsLinks: a participant was sent a link and, as she lost it, another.
func (e *extra) sendsLinks(ctx context.Context) {
	if e.land.country == foreign {
		return
	}
	her := e.land.person(e.t, "fia-05")
	var links []string
	for range 2 {
		t, err := e.app.Access.Invite(e.as(ctx, "officer", actor.ProgrammeOfficer), newOp(), access.Invitee{Person: her, ByLink: true})
		e.must(err)
		links = append(links, t.Link)
	}
	const route = "POST /enter/{link}"
	sessions := func(m *matrix, s *site) int64 {
		return one[int64](m, s, `SELECT COUNT(*) FROM access_sessions WHERE person = ?1`, her)
	}
	out := func(m *matrix, s *site, v *visitor, _ outcome, b *webtest.Browser, a *webtest.Answer) {
		stays(m, s, v, b, a)
		if n := sessions(m, s); n != 0 {
			m.fail("%s: %d sessions are hers", v.name, n)
		}
	}
	e.hand("a link that another replaced", route, "/enter/"+links[0], nil, &handed{to: noOne, then: out})
	e.hand("a link that was never made", route, "/enter/"+id.Secret(40), nil, &handed{to: noOne, then: out})
	e.hand("whoever holds the link", route, "/enter/"+links[1], nil, &handed{to: whoHoldsIt, then: func(m *matrix, s *site, v *visitor, _ outcome, b *webtest.Browser, _ *webtest.Answer) {
		if n := sessions(m, s); n != 1 {
			m.fail("%s came in by the link, and %d sessions are hers", v.name, n)
		}
		if v.token != "" {
			if _, ok, err := s.app.Access.Visit(m.Context(), v.token); err != nil || ok {
				m.fail("%s came in as another, and goes on as herself: %v", v.name, err)
			}
		}
		if a := b.Get("/people/" + string(her)); a.Status != http.StatusOK {
			m.fail("%s came in by the link, and is not who it was made for: %d", v.name, a.Status)
		}
		for _, p := range []string{"/cohorts", "/grants", "/instance"} {
			if a := b.Get(p); a.Status == http.StatusOK {
				m.fail("%s came in by a participant's link, and reads %s", v.name, p)
			}
		}
		refuses(m, s, "the link", func(b *webtest.Browser) *webtest.Answer { return b.Post("/enter/"+links[1], url.Values{}) })
	}})
}

// launchesElsewhere: another program has launched a package for a participant, and
// hands her the ticket.
func (e *extra) launchesElsewhere(ctx context.Context) {
	b := e.bringsIn(ctx)
	e.brought[e.land.country] = b
	if e.land.country == foreign {
		return
	}
	program := actor.With(ctx, actor.Actor{Token: id.New[id.Token](), Scopes: access.ScopeLaunch})
	l, err := e.app.Player.LaunchFor(program, newOp(), player.LaunchFor{Package: b.pack, Person: e.land.person(e.t, "fia-09"), Unit: b.activity, Mode: player.Normal})
	e.must(err)
	const route = "GET /launch/{ticket}"
	out := func(m *matrix, s *site, v *visitor, _ outcome, b *webtest.Browser, a *webtest.Answer) {
		stays(m, s, v, b, a)
		if at := one[int64](m, s, `SELECT opened_at FROM player_tickets WHERE launch = ?1`, l.Launch); at != 0 {
			m.fail("%s opened a launch without its ticket", v.name)
		}
	}
	e.hand("a ticket that was never made", route, "/launch/"+id.Secret(40), nil, &handed{to: noOne, then: out})
	e.hand("a ticket that is cut off", route, "/launch/"+l.Ticket[:len(l.Ticket)-1], nil, &handed{to: noOne, then: out})
	e.hand("whoever holds the ticket", route, "/launch/"+l.Ticket, nil, &handed{to: whoHoldsIt, reads: []kind{kindPackage}, then: func(m *matrix, s *site, v *visitor, _ outcome, b *webtest.Browser, a *webtest.Answer) {
		stays(m, s, v, b, a)
		if at := one[int64](m, s, `SELECT opened_at FROM player_tickets WHERE launch = ?1`, l.Launch); at == 0 {
			m.fail("%s opened no launch by the ticket", v.name)
		}
		refuses(m, s, "the ticket", func(b *webtest.Browser) *webtest.Answer { return b.Get("/launch/" + l.Ticket) })
	}})
}

// isAsked: a participant has begun to answer the survey, and so holds a token.
func (e *extra) isAsked(ctx context.Context) {
	if e.land.country == foreign {
		return
	}
	her := e.as(ctx, "fia-09", actor.Participant)
	turns, err := e.app.Evaluation.Mine(her, e.land.play.Opened())
	e.must(err)
	if len(turns) != 1 {
		e.t.Fatalf("she is asked %d surveys", len(turns))
	}
	var tokens []string
	var asked *evaluation.Survey
	for range 2 { // the second takes the place of the first
		token, sv, err := e.app.Evaluation.Begin(her, turns[0].Survey.ID)
		e.must(err)
		tokens, asked = append(tokens, token), sv
	}
	form := func(token string) url.Values {
		out := url.Values{"survey-token": {token}}
		for _, q := range asked.Form.Questions {
			switch {
			case len(q.Options) > 0:
				out.Set("q-"+q.Key, q.Options[0].Key)
			default:
				out.Set("q-"+q.Key, "3")
			}
		}
		return out
	}
	const route = "POST /surveys/{survey}/answer"
	path := "/surveys/" + string(asked.ID) + "/answer"
	boxes := func(m *matrix, s *site) int64 {
		return one[int64](m, s, `SELECT COUNT(*) FROM evaluation_boxes WHERE survey = ?1`, asked.ID)
	}
	var before int64
	e.must(e.app.DB.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM evaluation_boxes WHERE survey = ?1`, asked.ID).Scan(&before)
	}))
	out := func(m *matrix, s *site, v *visitor, _ outcome, b *webtest.Browser, a *webtest.Answer) {
		stays(m, s, v, b, a)
		if n := boxes(m, s); n != before {
			m.fail("%s answered without a token that holds: %d answers are there", v.name, n-before)
		}
	}
	e.hand("a token that another replaced", route, path, form(tokens[0]), &handed{to: noOne, then: out})
	e.hand("a token that was never given", route, path, form(id.Secret(26)), &handed{to: noOne, then: out})
	e.hand("no token", route, path, form(""), &handed{to: noOne, then: out})
	e.hand("whoever holds the token", route, path, form(tokens[1]), &handed{to: whoHoldsIt, then: func(m *matrix, s *site, v *visitor, _ outcome, b *webtest.Browser, a *webtest.Answer) {
		stays(m, s, v, b, a)
		if n := boxes(m, s); n != before+1 || a.Path != "/thanks" {
			m.fail("%s answered, and %d more answers are there; she is on %s", v.name, n-before, a.Path)
		}
		refuses(m, s, "the token", func(b *webtest.Browser) *webtest.Answer {
			again := form(tokens[1])
			again.Set("op", string(newOp()))
			return b.Post(path, again)
		})
	}})
}

// uploads: the officer has a package on its way in that has come, and one of which
// nothing has; so has her assistant, an officer of the same programme.
func (e *extra) uploads(ctx context.Context) {
	w := words{e.random()}
	_ = w.latin() // the first word of that hour is a name's
	begins := func(key string, size int) content.Upload {
		word, _ := e.land.plant(w, kindSheet, key, "") // its sender's alone
		its := e.as(ctx, key, actor.ProgrammeOfficer)
		u, err := e.app.Content.BeginUpload(its, content.BeginUpload{
			Programme: actor.From(its).Grant.Scope.Programme, Name: word + ".zip", Size: int64(size), Modified: e.at.UnixMilli(),
		})
		e.must(err)
		return u
	}
	zip := archive(strings.ToLower(e.land.country)+"-sent", "sent")
	whole, others := begins("officer", len(zip)), begins("assistant", len(zip))
	begun := map[string]content.Upload{"officer": begins("officer", len(zip)), "assistant": begins("assistant", len(zip))}
	for u, key := range map[id.Upload]string{whole.ID: "officer", others.ID: "assistant"} {
		_, err := e.app.Content.AppendUpload(e.as(ctx, key, actor.ProgrammeOfficer), content.AppendUpload{Upload: u, Part: bytes.NewReader(zip)})
		e.must(err)
	}
	of := func(key string) func(v *visitor) bool {
		who := e.land.person(e.t, key)
		return func(v *visitor) bool { return v.person == who }
	}
	e.hand("the page's script", "POST /package-uploads", "/package-uploads", url.Values{"name": {"new.zip"}, "size": {"100"}}, &handed{
		to: func(v *visitor) bool { return v.role == "officer" }, // into her own programme
		then: func(m *matrix, s *site, v *visitor, got outcome, _ *webtest.Browser, _ *webtest.Answer) {
			n := one[int64](m, s, `SELECT COUNT(*) FROM content_uploads WHERE name = 'new.zip'`)
			if got != let && n != 0 {
				m.fail("%s is kept out, and began an upload", v.name)
			}
			if got == let {
				if its := one[string](m, s, `SELECT person FROM content_uploads WHERE name = 'new.zip'`); id.Person(its) != v.person {
					m.fail("%s began an upload that is another's", v.name)
				}
			}
		},
	})
	e.hand("the page's script", "POST /package-uploads", "/package-uploads", url.Values{
		"name": {"newer.zip"}, "size": {"100"}, "replaces": {string(e.brought[e.land.country].pack)}, "as": {"version"},
	}, &handed{to: e.of("officer")})
	for _, u := range []struct {
		what string
		id   id.Upload
		to   func(v *visitor) bool
	}{{"the officer's upload", whole.ID, of("officer")}, {"her assistant's upload", others.ID, of("assistant")}} {
		path := "/package-uploads/" + string(u.id)
		here := func(m *matrix, s *site) int64 {
			return one[int64](m, s, `SELECT COUNT(*) FROM content_uploads WHERE id = ?1 AND version = ''`, u.id)
		}
		is := func(n int64) func(*matrix, *site, *visitor, outcome, *webtest.Browser, *webtest.Answer) {
			return func(m *matrix, s *site, v *visitor, got outcome, _ *webtest.Browser, _ *webtest.Answer) {
				want := int64(1)
				if got == let {
					want = n
				}
				if is := here(m, s); is != want {
					m.fail("%s: of %s %d are under way, not %d", v.name, u.what, is, want)
				}
			}
		}
		e.hand(u.what, "GET /package-uploads/{upload}", path, nil, &handed{to: u.to, then: is(1)})
		e.hand(u.what, "POST /package-uploads/{upload}/finish", path+"/finish", nil, &handed{to: u.to, then: is(0)})
		e.hand(u.what, "POST /package-uploads/{upload}/drop", path+"/drop", nil, &handed{to: u.to, then: is(0)})
	}
	for _, u := range []struct {
		what string
		id   id.Upload
		to   func(v *visitor) bool
	}{{"the officer's upload", begun["officer"].ID, of("officer")}, {"her assistant's upload", begun["assistant"].ID, of("assistant")}} {
		e.hand(u.what, "POST /package-uploads/{upload}/parts", "/package-uploads/"+string(u.id)+"/parts", url.Values{"start": {"0"}}, &handed{
			to: u.to, files: map[string][]byte{"part": zip[:100]},
			then: func(m *matrix, s *site, v *visitor, got outcome, _ *webtest.Browser, _ *webtest.Answer) {
				if n := one[int64](m, s, `SELECT received FROM content_uploads WHERE id = ?1`, u.id); (got == let) != (n == 100) {
					m.fail("%s: of %s %d bytes have come", v.name, u.what, n)
				}
			},
		})
	}
}

// showsAPicture: the programme has a module with a picture.
func (e *extra) showsAPicture(ctx context.Context) {
	shade := color.Gray{Y: 40}
	if e.land.country == foreign {
		shade.Y = 80 // another picture, by its bytes
	}
	img := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range img.Pix {
		img.Pix[i] = shade.Y
	}
	var picture bytes.Buffer
	e.must(png.Encode(&picture, img))
	got, err := e.app.Content.Import(e.as(ctx, "officer", actor.ProgrammeOfficer), newOp(), content.Import{
		Programme: e.programme(ctx), Key: "pictured-" + strings.ToLower(e.land.country), Publish: true,
		Files: map[string][]byte{"en.md": []byte("---\ntitle: A picture\nminutes: 1\npass_mark: 75\ncompetencies: []\n---\n# One {#one}\n\nA line of text.\n\n![a grey square](square.png)\n"), "square.png": picture.Bytes()},
	})
	e.must(err)
	var file string
	e.must(e.app.DB.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT file FROM content_files WHERE version = ?1 AND media = 'image/png'`, got.Version).Scan(&file)
	}))
	e.hand("a page of the module", "GET /module-files/{file}", content.FilePrefix+file+".png", nil, &handed{to: e.of("officer", "trainer", "coach", "participant")})
}

// revokesOne: a certificate was revoked by mistake, so that it can be issued again.
func (e *extra) revokesOne(ctx context.Context) {
	officer := e.as(ctx, "officer", actor.ProgrammeOfficer)
	her, c := e.land.person(e.t, "fia-05"), e.land.play.Opened()
	var its id.Certificate
	e.must(e.app.DB.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT id FROM credential_certificates WHERE cohort = ?1 AND person = ?2`, c, her).Scan(&its)
	}))
	_, err := e.app.Credential.Revoke(officer, newOp(), credential.Revoking{Certificate: its, Cause: "by-mistake"})
	e.must(err)
	path, form := "/cohorts/"+string(c)+"/credentials", url.Values{"people": {string(her)}}
	e.hand("the list's form", "GET /cohorts/{cohort}/credentials/preview", path+"/preview?"+form.Encode(), nil, &handed{to: e.of("officer")})
	e.hand("the preview's form", "POST /cohorts/{cohort}/credentials", path, form, &handed{
		to: e.of("officer"),
		then: func(m *matrix, s *site, v *visitor, got outcome, _ *webtest.Browser, _ *webtest.Answer) {
			n := one[int64](m, s, `SELECT COUNT(*) FROM credential_certificates WHERE person = ?1 AND revoked_at = 0`, her)
			if (got == let) != (n == 1) {
				m.fail("%s: she holds %d certificates", v.name, n)
			}
		},
	})
}
