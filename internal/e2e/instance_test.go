package e2e_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/cohort"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web"
)

// now is the day on which everything here takes place: four days before the
// deadline of the e-learning.
var now = time.Date(2020, time.October, 24, 7, 0, 0, 0, time.UTC)

// childEnv, if set, makes this test binary an instance that expects to be
// killed. What it does is the value.
const childEnv = "CADRE_TEST_CHILD"

func TestMain(m *testing.M) {
	play, ok := map[string]func(*app.App) error{"acts": serveActs, "serve": serveAll, "sweep": sweep, "work": work, "hours": tellHours}[os.Getenv(childEnv)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := child(play); err != nil {
		fmt.Println("failed", strings.ReplaceAll(err.Error(), "\n", " / "))
		os.Exit(1)
	}
	os.Exit(0)
}

func child(play func(*app.App) error) error {
	cfg, err := config.Load("", os.Environ())
	if err != nil {
		return err
	}
	var at clock.Clock = clock.NewFake(now)
	if os.Getenv(childEnv) == "serve" {
		at = running{time.Now()}
	}
	a, err := app.Open(context.Background(), cfg, app.Options{Clock: at})
	if err != nil {
		return err
	}
	if a.Doubt != nil {
		return fmt.Errorf("the database is in doubt after a kill: %v", a.Doubt)
	}
	return play(a)
}

// running is a clock that shows the first morning of the week when it begins, and
// goes on from there.
type running struct{ begun time.Time }

func (r running) Now() time.Time { return monday.Add(time.Since(r.begun)).Truncate(time.Microsecond) }

// instance is the environment that configures an instance in folders of the
// test's own.
type instance []string

func newInstance(t testing.TB, database string, more ...string) instance {
	t.Helper()
	return append(instance{"CADRE_DATA=" + filepath.Join(t.TempDir(), "data"), "CADRE_DATABASE=" + database}, more...)
}

// child is the environment of a child that does what.
func (in instance) child(what string) []string {
	return append(append(os.Environ(), in...), childEnv+"="+what)
}

func (in instance) open(t testing.TB) *app.App {
	t.Helper()
	return in.openAt(t, now)
}

func (in instance) openAt(t testing.TB, at time.Time) *app.App {
	t.Helper()
	cfg, err := config.Load("", in)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(context.Background(), cfg, app.Options{Clock: clock.NewFake(at), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if a.Doubt != nil {
		t.Fatalf("the database is in doubt: %v", a.Doubt)
	}
	return a
}

func closed(t testing.TB, a *app.App) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// engines runs f once per engine, each on a fresh database.
func engines(t *testing.T, f func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); f(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); f(t, dbtest.PostgresURL(t)) })
}

const blueprint = `cadre: 1
key: short
languages: [en]
title: {en: A short programme}
zone: Asia/Karachi
owner: {name: {en: The office}}
agencies:
  - {key: fia, title: {en: FIA}, country: PK}
places: 25
quotas:
  - {key: fia, agency: fia, places: 25}
stages:
  - key: foundation
    title: {en: E-learning}
    deadline: {at: 2020-10-28T23:59, warn-days: [7, 3]}
    e-learning: {modules: [{key: tip, title: {en: Trafficking in persons}, minutes: 15}]}
  - key: week
    title: {en: The week}
    workshop:
      modes: [in-person]
      days: [{date: 2020-11-02, half-days: [{key: mon-am, title: {en: Monday}, from: "09:00", until: "12:30"}]}]
      attendance: {half-days: 1}
`

// officer is the context of the programme officer.
func officer() context.Context {
	return actor.With(context.Background(), actor.Actor{
		Person: "01900000-0000-7000-8000-0000000000a1", Grant: actor.Grant{ID: "01900000-0000-7000-8000-0000000000a2", Role: actor.ProgrammeOfficer},
	})
}

// herself is the context of somebody who holds no role.
func herself(p id.Person) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p})
}

func op() id.Operation { return id.New[id.Operation]() }

// opening makes an agency, a programme and a cohort, and returns the cohort's
// one quota.
func opening(t testing.TB, a *app.App) (c id.Cohort, q id.Quota) {
	t.Helper()
	return openingOf(t, a, blueprint)
}

func openingOf(t testing.TB, a *app.App, text string) (c id.Cohort, q id.Quota) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := a.People.AddAgency(app.AsOperator(context.Background()), op(), people.Agency{
		Code: "fia", Name: i18n.NewText("en", "FIA"), Country: "PK", Kind: "investigation",
	})
	must(err)
	in, err := a.Programme.Import(officer(), op(), programme.ImportInput{File: "short.yaml", Data: []byte(text)})
	must(err)
	c, err = a.Cohort.Open(officer(), op(), cohort.Opening{Programme: in.Programme, Version: in.Version, Country: "PK"})
	must(err)
	must(a.DB.View(context.Background(), func(tx *db.Tx) error {
		qs, err := cohort.Quotas(tx, c)
		if err == nil {
			q = qs[0].ID
		}
		return err
	}))
	return c, q
}

// signedIn gives a person a role and returns the cookie of a session of hers.
func signedIn(t testing.TB, a *app.App, p id.Person, r actor.Role, s actor.Scope) string {
	t.Helper()
	operator := app.AsOperator(context.Background())
	_, err := a.Access.GiveGrant(operator, op(), access.Giving{Person: p, Role: r, Scope: s})
	must(t, err)
	link, err := a.Access.Invite(operator, op(), access.Invitee{Person: p, ByLink: true})
	must(t, err)
	in, err := a.Access.SignIn(context.Background(), access.Try{Link: link.Link, Own: true})
	must(t, err)
	return web.Cookie + "=" + in.Token
}

// officeOf enters a programme officer and returns the cookie of her session.
func officeOf(t testing.TB, a *app.App) string {
	t.Helper()
	p, err := a.People.Add(app.AsOperator(context.Background()), op(), people.NewPerson{Names: []people.NewName{{Written: "The officer"}}})
	must(t, err)
	return signedIn(t, a, p, actor.ProgrammeOfficer, actor.Scope{})
}

// verified asserts that the instance finds no damage in itself.
func verified(t *testing.T, a *app.App) {
	t.Helper()
	v, err := a.Verify(context.Background(), nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !v.OK() {
		t.Errorf("verify: %v %v", v.Journal.Findings, v.Files)
	}
}

// count returns what a query counts.
func count(t *testing.T, a *app.App, query string, args ...any) (n int) {
	t.Helper()
	if err := a.DB.View(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}
