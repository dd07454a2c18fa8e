package access_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/people"
)

var key = []byte("a key of thirty-two bytes or more, for tests")

type house struct {
	*access.Service
	d      *db.DB
	people *people.Service
	fia    id.Agency
	saima  id.Person // an officer, proposed by the FIA to programme p
	rabia  id.Person // the programme officer of p
	adm    id.Person
}

func newService(t *testing.T, d *db.DB) *access.Service {
	t.Helper()
	s, err := access.New(access.Deps{DB: d, People: people.Directory{}, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func operator() context.Context {
	return actor.With(context.Background(), actor.Actor{Operator: true})
}

func furnish(t *testing.T, d *db.DB) *house {
	t.Helper()
	journal.Attach(d)
	h := &house{Service: newService(t, d), d: d}
	h.people = people.New(people.Deps{DB: d, Reads: h.Service})
	err := d.Update(operator(), db.Main, func(tx *db.Tx) error {
		var err error
		if h.fia, err = people.EnterAgency(tx, people.Agency{Code: "fia", Country: "PK", Name: i18n.NewText("en", "FIA")}); err != nil {
			return err
		}
		enter := func(name string, officer bool) id.Person {
			var p id.Person
			if err == nil {
				p, err = people.Enter(tx, people.NewPerson{Officer: officer, Names: []people.NewName{{Form: people.Called, Written: name}}})
			}
			return p
		}
		h.saima, h.rabia, h.adm = enter("Saima", true), enter("Rabia", false), enter("Adm", false)
		if err != nil {
			return err
		}
		if err := people.Locate(tx, h.saima, people.ByNomination, "n", access.Place{Country: "PK", Agency: h.fia, Programme: "p", Cohort: "c"}); err != nil {
			return err
		}
		for _, g := range []access.Giving{
			{Person: h.saima, Role: actor.Participant, Scope: actor.Scope{Cohort: "c"}},
			{Person: h.rabia, Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: "p"}},
			{Person: h.adm, Role: actor.Administrator},
		} {
			if _, err := h.Give(tx, g); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func op() id.Operation { return id.New[id.Operation]() }

// acts returns the context of somebody's first grant.
func (h *house) acts(t *testing.T, p id.Person) context.Context {
	t.Helper()
	a := actor.Actor{Person: p}
	err := h.d.View(context.Background(), func(tx *db.Tx) error {
		gs, err := access.GrantsNow(tx, p)
		if len(gs) > 0 {
			a.Grant = gs[0]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return actor.With(context.Background(), a)
}

// enters signs somebody in and returns her context, token and visit.
func (h *house) enters(t *testing.T, in access.Try) (context.Context, string) {
	t.Helper()
	e, err := h.SignIn(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	v, ok, err := h.Visit(context.Background(), e.Token)
	if err != nil || !ok {
		t.Fatalf("a session just opened: %v, %v", ok, err)
	}
	return actor.With(context.Background(), v.Actor), e.Token
}

const good = "quilt heron lamp almond river"

// From a printed code to a passphrase, and back after everything was lost.
func TestCodeThenPassphrase(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		o := op()
		ticket, err := h.Invite(h.acts(t, h.rabia), o, access.Invitee{Person: h.saima})
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.Invite(h.acts(t, h.rabia), o, access.Invitee{Person: h.saima})
		if err != nil || again != ticket {
			t.Errorf("the form sent twice shows %+v, then %+v (%v)", ticket, again, err)
		}
		typed := strings.ToUpper(ticket.Code[:4]) + " - " + ticket.Code[4:]
		she, token := h.enters(t, access.Try{Code: typed})
		if _, err := h.SignIn(context.Background(), access.Try{Code: ticket.Code}); !fault.Is(err, fault.Invalid) {
			t.Errorf("the code works twice: %v", err)
		}
		for weak, want := range map[string]string{
			"short": "access.passphrase-short", "passwordpassword": "access.passphrase-common",
			"aaaaaaaaaaaaaaaaaaaa": "access.passphrase-common", "12345678901234567890": "access.passphrase-common",
			"my name is " + ticket.SignInName: "access.passphrase-name",
		} {
			err := h.ChoosePassphrase(she, op(), access.NewPassphrase{Passphrase: weak, Token: token})
			if f, ok := err.(*fault.Error); !ok || len(f.Fields) != 1 || f.Fields[0].Key != want {
				t.Errorf("%q: %v, want %s", weak, err, want)
			}
		}
		chosen := op()
		for range 2 {
			if err := h.ChoosePassphrase(she, chosen, access.NewPassphrase{Passphrase: good, Token: token}); err != nil {
				t.Fatal(err)
			}
		}
		// As phones write it: capitals, a blank at the end.
		h.enters(t, access.Try{Name: strings.ToUpper(ticket.SignInName), Passphrase: "Quilt heron  lamp almond river "})
		if _, err := h.SignIn(context.Background(), access.Try{Name: ticket.SignInName, Passphrase: good + " x"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a wrong passphrase: %v", err)
		}

		// Staff at her side replace what she lost; she sees who did it.
		lost, err := h.Replace(h.acts(t, h.rabia), op(), h.saima)
		if err != nil || lost.SignInName != ticket.SignInName {
			t.Fatalf("%+v, %v", lost, err)
		}
		she, token = h.enters(t, access.Try{Code: lost.Code})
		ways, err := h.Passes(she, h.saima)
		if err != nil || !slices.ContainsFunc(ways, func(w access.Pass) bool { return w.Unseen && w.MadeBy == string(h.rabia) }) {
			t.Errorf("she does not see who made her code: %+v, %v", ways, err)
		}
		if err := h.Seen(she, op()); err != nil {
			t.Error(err)
		}
		if ways, err = h.Passes(she, h.saima); err != nil || slices.ContainsFunc(ways, func(w access.Pass) bool { return w.Unseen }) {
			t.Errorf("still unseen: %+v, %v", ways, err)
		}
		if err := h.ChoosePassphrase(she, op(), access.NewPassphrase{Passphrase: good + " two", Token: token}); err != nil {
			t.Errorf("a new passphrase after a code: %v", err)
		}
	})
}

func TestPassphraseInUrduWhateverTheKeyboard(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		ticket, err := h.Invite(h.acts(t, h.rabia), op(), access.Invitee{Person: h.saima, ByLink: true})
		if err != nil {
			t.Fatal(err)
		}
		she, token := h.enters(t, access.Try{Link: ticket.Link})
		if err := h.ChoosePassphrase(she, op(), access.NewPassphrase{Passphrase: "کتاب چڑیا دریا انار لالٹین", Token: token}); err != nil {
			t.Fatal(err)
		}
		h.enters(t, access.Try{Name: ticket.SignInName, Passphrase: "كتاب چڑیا دريا انار لالٹين"})
	})
}

func TestWhoMayInviteAndReplace(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		as := func(role actor.Role, s actor.Scope) context.Context {
			return actor.With(context.Background(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: role, Scope: s}})
		}
		for _, c := range []struct {
			who     string
			ctx     context.Context
			invite  bool
			replace bool
		}{
			{"her programme officer", h.acts(t, h.rabia), true, true},
			{"another programme's", as(actor.ProgrammeOfficer, actor.Scope{Programme: "q"}), false, false},
			{"a trainer of her cohort", as(actor.Trainer, actor.Scope{Programme: "p", Cohort: "c"}), false, true},
			{"a trainer of another", as(actor.Trainer, actor.Scope{Cohort: "d"}), false, false},
			{"her focal point", as(actor.FocalPoint, actor.Scope{Agency: h.fia}), false, false},
			{"the administrator", h.acts(t, h.adm), false, false},
			{"a coach", as(actor.Coach, actor.Scope{Programme: "p"}), false, false},
			{"nobody", context.Background(), false, false},
		} {
			_, err := h.Invite(c.ctx, op(), access.Invitee{Person: h.saima})
			if (err == nil) != c.invite {
				t.Errorf("%s invites: %v", c.who, err)
			}
			_, err = h.Replace(c.ctx, op(), h.saima)
			if (err == nil) != c.replace {
				t.Errorf("%s replaces: %v", c.who, err)
			}
		}
		if _, err := h.Replace(h.acts(t, h.adm), op(), h.rabia); err != nil {
			t.Errorf("the administrator helps staff: %v", err)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		clock := dbtest.Clock(d)
		enter := func(own bool) string {
			ticket, err := h.Replace(h.acts(t, h.rabia), op(), h.saima)
			if err != nil {
				t.Fatal(err)
			}
			e, err := h.SignIn(context.Background(), access.Try{Code: ticket.Code, Own: own})
			if err != nil {
				t.Fatal(err)
			}
			if (e.Keep > 0) != own {
				t.Errorf("own %v: the browser keeps it for %s", own, e.Keep)
			}
			return e.Token
		}
		alive := func(token string) bool {
			_, ok, err := h.Visit(context.Background(), token)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		idle := enter(false)
		clock.Advance(access.BorrowedIdle - time.Second)
		if !alive(idle) {
			t.Error("ended before it was idle for too long")
		}
		clock.Advance(access.BorrowedIdle - time.Second)
		if !alive(idle) {
			t.Error("its use was not noted")
		}
		clock.Advance(access.BorrowedIdle)
		if alive(idle) {
			t.Error("an idle session lives")
		}
		touched := enter(false)
		for range 2 {
			clock.Advance(access.BorrowedIdle - time.Second)
			if err := h.Touch(context.Background(), touched); err != nil {
				t.Fatal(err)
			}
		}
		if clock.Advance(access.BorrowedIdle - time.Second); !alive(touched) {
			t.Error("its use without a visit was not noted")
		}
		clock.Advance(access.BorrowedIdle)
		if err := h.Touch(context.Background(), touched); err != nil || alive(touched) {
			t.Errorf("what is over is used again: %v", err)
		}
		if err := h.Touch(context.Background(), "nobody's"); err != nil {
			t.Error(err)
		}
		// Who works in a package is known by her session, and sends no token.
		works := enter(false)
		v, _, err := h.Visit(context.Background(), works)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			clock.Advance(access.BorrowedIdle - time.Second)
			if err := h.TouchSession(context.Background(), v.Actor.Session); err != nil {
				t.Fatal(err)
			}
		}
		if clock.Advance(access.BorrowedIdle - time.Second); !alive(works) {
			t.Error("work in it was not noted")
		}
		clock.Advance(access.BorrowedIdle)
		if err := h.TouchSession(context.Background(), v.Actor.Session); err != nil || alive(works) {
			t.Errorf("what is over is used again: %v", err)
		}
		often := enter(false)
		for range int(2 * access.BorrowedIdle / (25 * time.Second)) {
			clock.Advance(25 * time.Second)
			if err := h.Touch(context.Background(), often); err != nil {
				t.Fatal(err)
			}
		}
		if clock.Advance(access.BorrowedIdle - 2*time.Minute); !alive(often) {
			t.Error("of a use that comes often none was noted")
		}
		busy := enter(false)
		for range int(access.BorrowedLife/(20*time.Minute)) - 1 {
			clock.Advance(20 * time.Minute)
			if !alive(busy) {
				t.Fatal("a session in use ended early")
			}
		}
		clock.Advance(20 * time.Minute)
		if alive(busy) {
			t.Error("a session in use lives for ever")
		}
		own := enter(true)
		clock.Advance(access.OwnIdle - time.Hour)
		if !alive(own) {
			t.Error("her own device forgot her too soon")
		}

		// Signing in on the same browser replaces its session; everywhere ends all.
		ticket, err := h.Replace(h.acts(t, h.rabia), op(), h.saima)
		if err != nil {
			t.Fatal(err)
		}
		she, next := h.enters(t, access.Try{Code: ticket.Code, Before: own})
		if alive(own) {
			t.Error("the session from before lives beside the new one")
		}
		stays, err := h.Stays(she)
		if err != nil || len(stays) != 1 || !stays[0].Here {
			t.Errorf("she sees %+v, %v", stays, err)
		}
		if n, err := h.SignOutEverywhere(she, op(), h.saima); err != nil || n == 0 || alive(next) {
			t.Errorf("signed out of %d places, %v", n, err)
		}
		if err := h.Tidy(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// A server's clock is set back, and was ten years ahead once: what was over does not
// live again, and nothing lives ten years longer.
func TestNoSessionLivesAgainWhenTheClockIsSetBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		clock := dbtest.Clock(d)
		enter := func() string {
			ticket, err := h.Replace(h.acts(t, h.rabia), op(), h.saima)
			if err != nil {
				t.Fatal(err)
			}
			e, err := h.SignIn(context.Background(), access.Try{Code: ticket.Code, Own: true})
			if err != nil {
				t.Fatal(err)
			}
			return e.Token
		}
		alive := func(token string) bool {
			_, ok, err := h.Visit(context.Background(), token)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		start := clock.Now()
		old := enter()
		clock.Set(start.Add(access.OwnIdle))
		if alive(old) {
			t.Error("it should be over")
		}
		clock.Set(start.Add(time.Hour))
		if alive(old) {
			t.Error("it lives again, since the clock was set back")
		}
		kept := enter()
		clock.Set(start.Add(time.Minute))
		if !alive(kept) {
			t.Error("an hour of doubt ended it")
		}
		clock.Set(start.AddDate(10, 0, 0))
		ahead := enter()
		clock.Set(start.AddDate(0, 0, 2))
		if alive(ahead) {
			t.Error("it was opened by a clock ten years ahead, and lives as long")
		}
	})
}

func TestActingGrant(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		po := h.acts(t, h.rabia)
		g, err := h.GiveGrant(po, op(), access.Giving{Person: h.rabia, Role: actor.Trainer, Scope: actor.Scope{Programme: "p"}})
		if err != nil {
			t.Fatal(err)
		}
		ticket, err := h.Replace(po, op(), h.rabia)
		if err != nil {
			t.Fatal(err)
		}
		she, token := h.enters(t, access.Try{Code: ticket.Code})
		if err := h.ActIn(she, op(), g); err != nil {
			t.Fatal(err)
		}
		v, _, err := h.Visit(context.Background(), token)
		if err != nil || v.Actor.Grant.Role != actor.Trainer || len(v.Grants) != 2 {
			t.Errorf("%+v, %v", v, err)
		}
		if err := h.ActIn(she, op(), id.New[id.Grant]()); err == nil {
			t.Error("she acts under a grant that she does not hold")
		}
		if err := h.EndGrant(po, op(), g); err != nil {
			t.Fatal(err)
		}
		if v, _, err = h.Visit(context.Background(), token); err != nil || v.Actor.Grant.Role != actor.ProgrammeOfficer {
			t.Errorf("after the grant ended she acts as %s, %v", v.Actor.Grant.Role, err)
		}
	})
}

func TestNobodyGivesMoreThanSheHas(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		po, adm := h.acts(t, h.rabia), h.acts(t, h.adm)
		for _, c := range []struct {
			what string
			ctx  context.Context
			g    access.Giving
			want bool
		}{
			{"a trainer of her programme", po, access.Giving{Person: h.saima, Role: actor.Trainer, Scope: actor.Scope{Programme: "p"}}, true},
			{"a focal point of it", po, access.Giving{Person: h.saima, Role: actor.FocalPoint, Scope: actor.Scope{Programme: "p", Agency: h.fia}}, true},
			{"a focal point everywhere", po, access.Giving{Person: h.saima, Role: actor.FocalPoint, Scope: actor.Scope{Agency: h.fia}}, false},
			{"a focal point of no agency", po, access.Giving{Person: h.saima, Role: actor.FocalPoint, Scope: actor.Scope{Programme: "p"}}, false},
			{"another programme", po, access.Giving{Person: h.rabia, Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: "q"}}, false},
			{"the whole instance", po, access.Giving{Person: h.rabia, Role: actor.ProgrammeOfficer}, false},
			{"an administrator", po, access.Giving{Person: h.rabia, Role: actor.Administrator, Scope: actor.Scope{Programme: "p"}}, false},
			{"an administrator by one", adm, access.Giving{Person: h.rabia, Role: actor.Administrator}, true},
			{"an officer's grant by an administrator", adm, access.Giving{Person: h.saima, Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: "p"}}, false},
			{"a participant of no cohort", po, access.Giving{Person: h.saima, Role: actor.Participant, Scope: actor.Scope{Programme: "p"}}, false},
		} {
			if _, err := h.GiveGrant(c.ctx, op(), c.g); (err == nil) != c.want {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		stranger, err := h.InviteNew(operator(), op(), access.Newcomer{Name: "Elsewhere", Role: actor.Trainer, Scope: actor.Scope{Programme: "q"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.GiveGrant(po, op(), access.Giving{Person: stranger.Person, Role: actor.Trainer, Scope: actor.Scope{Programme: "p"}}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a grant is a way to see a stranger: %v", err)
		}
		list, _, err := h.Holders(adm, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range list {
			if g.Person == h.saima {
				t.Errorf("the administrator sees the grant of an officer: %+v", g)
			}
		}
		if list, _, err = h.Holders(po, "", 0); err != nil || len(list) < 3 {
			t.Errorf("the programme officer sees %d grants, %v", len(list), err)
		}
		seen := map[id.Grant]bool{}
		for after := ""; ; {
			page, next, err := h.Holders(po, after, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range page {
				if seen[g.ID] {
					t.Errorf("%s comes twice", g.ID)
				}
				seen[g.ID] = true
			}
			if after = next; after == "" {
				break
			}
		}
		if len(seen) != len(list) {
			t.Errorf("%d grants one by one, %d at once", len(seen), len(list))
		}
	})
}

// Failures are counted across restarts and for parallel guesses; the account's
// counter stops guesses at one account, the network's at many.
func TestLimits(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		ticket, err := h.Invite(h.acts(t, h.rabia), op(), access.Invitee{Person: h.saima})
		if err != nil {
			t.Fatal(err)
		}
		she, token := h.enters(t, access.Try{Code: ticket.Code})
		if err := h.ChoosePassphrase(she, op(), access.NewPassphrase{Passphrase: good, Token: token}); err != nil {
			t.Fatal(err)
		}
		from := netip.MustParseAddr("203.0.113.7")
		var limited, refused int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				_, err := newService(t, d).SignIn(context.Background(), access.Try{Name: ticket.SignInName, Passphrase: "not this one, surely", From: from})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case fault.Is(err, fault.Limited):
					limited++
				case fault.Is(err, fault.Invalid):
					refused++
				default:
					t.Errorf("a wrong guess: %v", err)
				}
			})
		}
		wg.Wait()
		if refused != 8 || limited != 8 {
			t.Errorf("%d guesses were judged, %d held back", refused, limited)
		}
		if _, err := h.SignIn(context.Background(), access.Try{Name: ticket.SignInName, Passphrase: good}); !fault.Is(err, fault.Limited) {
			t.Errorf("the right one during the wait: %v", err)
		}
		if _, err := h.SignIn(context.Background(), access.Try{Name: "nobody-here-100", Passphrase: good, From: from}); !fault.Is(err, fault.Invalid) {
			t.Errorf("somebody unknown gets another answer: %v", err)
		}
		dbtest.Clock(d).Advance(16 * time.Minute)
		if _, err := h.SignIn(context.Background(), access.Try{Name: ticket.SignInName, Passphrase: good, From: from}); err != nil {
			t.Errorf("after the wait: %v", err)
		}
		held := 0
		for range 25 {
			if _, err := h.SignIn(context.Background(), access.Try{Code: "abcdefgh", From: from}); fault.Is(err, fault.Limited) {
				held++
			}
		}
		if held != 5 {
			t.Errorf("%d of 25 guesses at codes were held back", held)
		}
		if _, err := h.SignIn(context.Background(), access.Try{Code: "abcdefgh", From: netip.MustParseAddr("198.51.100.1")}); !fault.Is(err, fault.Invalid) {
			t.Errorf("another network is held back too: %v", err)
		}
	})
}

// Neither the database nor the journal holds a code, a link, a token, a
// passphrase or an address.
func TestSecretsAreKeptNowhere(t *testing.T) {
	h := furnish(t, dbtest.SQLite(t))
	po := h.acts(t, h.rabia)
	code, err := h.Invite(po, op(), access.Invitee{Person: h.saima})
	if err != nil {
		t.Fatal(err)
	}
	she, token := h.enters(t, access.Try{Code: code.Code, From: netip.MustParseAddr("203.0.113.77")})
	if err := h.ChoosePassphrase(she, op(), access.NewPassphrase{Passphrase: good, Token: token}); err != nil {
		t.Fatal(err)
	}
	link, err := h.InviteNew(operator(), op(), access.Newcomer{Name: "Nadia", Email: "nadia@example.org", Role: actor.ProgrammeOfficer, ByLink: true})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	err = h.d.View(context.Background(), func(tx *db.Tx) error {
		for _, table := range []string{"access_accounts", "access_credentials", "access_sessions", "access_limits", "journal_bodies", "journal_operations", "journal_entries"} {
			rows, err := tx.Query(`SELECT * FROM ` + table)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				values := make([]any, len(columns))
				for i := range values {
					values[i] = new([]byte)
				}
				if err := rows.Scan(values...); err != nil {
					return err
				}
				for _, v := range values {
					all.Write(*v.(*[]byte))
					all.WriteByte('\n')
				}
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string]string{
		"code": code.Code, "link": link.Link, "token": token,
		// Two words: sign-in names are made of the same list, so one word proves nothing.
		"passphrase": "heron lamp", "address": "203.0.113", "name": "Nadia",
	} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("the %s is kept in clear", what)
		}
	}
	if !strings.Contains(all.String(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Error("no passphrase hash was looked at")
	}
}

func TestReadsAreRecordedOnceADayAndShownToHer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d)
		po := actor.WithRoute(h.acts(t, h.rabia), "GET /people/{person}")
		she := h.acts(t, h.saima)
		for range 3 {
			if _, err := h.people.See(po, h.saima); err != nil {
				t.Fatal(err)
			}
			if _, err := h.people.See(she, h.saima); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.people.Names(po, h.saima); err != nil {
			t.Fatal(err)
		}
		dbtest.Clock(d).Advance(24 * time.Hour)
		if _, err := h.people.See(po, h.saima); err != nil {
			t.Fatal(err)
		}
		got, err := h.ReadsOf(she, h.saima)
		if err != nil || len(got) != 3 {
			t.Fatalf("she sees %+v, %v", got, err)
		}
		want := access.Reading{Day: "2020-10-02", Reader: string(h.rabia), Role: actor.ProgrammeOfficer, Kind: access.Person, Route: "GET /people/{person}"}
		if got[0] != want {
			t.Errorf("%+v, want %+v", got[0], want)
		}
		// A program is noted by its token, and not as a person.
		dbtest.Clock(d).Advance(24 * time.Hour)
		program := actor.With(t.Context(), actor.Actor{Token: "01890a5d-ac96-774b-bcce-b302099a8057"})
		for range 2 {
			if err := h.RecordRead(program, access.Progress, h.saima); err != nil {
				t.Fatal(err)
			}
		}
		if got, err = h.ReadsOf(she, h.saima); err != nil || len(got) != 4 || got[0].Role != access.ReaderProgram || got[0].Reader != "token:01890a5d-ac96-774b-bcce-b302099a8057" {
			t.Errorf("of a program: %+v, %v", got, err)
		}
		if _, err := h.ReadsOf(po, h.saima); err == nil {
			t.Error("others see who saw her")
		}
	})
}

func TestWordsAreManyAndDifferentAndTaken(t *testing.T) {
	for _, lang := range []string{"en", "ur-PK"} {
		seen := map[string]bool{}
		for range 10_000 { // of which some five are taken for common
			p, err := access.Propose(lang)
			if err != nil {
				t.Fatal(err)
			}
			if err := access.CheckPassphrase(p, ""); err != nil {
				t.Fatalf("Cadre proposes %q and refuses it: %v", p, err)
			}
			for _, w := range strings.Fields(p) {
				seen[i18n.Fold(w)] = true
			}
		}
		if len(seen) != 256 {
			t.Errorf("%s: %d different words, as they are compared", lang, len(seen))
		}
	}
}
