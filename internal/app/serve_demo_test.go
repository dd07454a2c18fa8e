package app

import (
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/web/webtest"
)

// A visitor opens the demo, is one person after the other, and moves its clock
// on and back.
func TestTheDemoIsServedWithAClock(t *testing.T) {
	demo := serveDemo(t, "", DemoOptions{At: time.Date(2020, time.October, 28, 5, 0, 0, 0, time.UTC), Log: slog.New(slog.DiscardHandler)})

	homes := map[actor.Role]*webtest.Browser{}
	for _, p := range demo.People {
		u, err := url.Parse(p.SignInURL)
		if err != nil || !strings.HasPrefix(p.SignInURL, demo.URL) {
			t.Fatalf("%s has the address %q", p.Role, p.SignInURL)
		}
		b := webtest.Visit(t, demo.URL, "")
		home := b.Get(u.Path)
		if !strings.Contains(home.Body, `<html lang="en"`) { // as she reads; as this test does
			home = b.Submit(home, "/language", url.Values{"language": {"en"}})
		}
		if home.Status != 200 || !strings.Contains(home.Text(), "Wednesday 28 October 2020") {
			t.Errorf("%s: %d, and the bar does not show the day", p.Role, home.Status)
		}
		if _, twice := homes[p.Role]; twice {
			t.Errorf("there are two people for %s", p.Role)
		}
		homes[p.Role] = b
	}
	for _, role := range actor.Roles() {
		if homes[role] == nil {
			t.Errorf("nobody is %s", role)
		}
	}

	// The participant is one in whose home there is something to do.
	she := homes[actor.Participant]
	home := she.Get("/")
	for _, want := range []string{"minutes left", "kB", "Continue"} {
		if !strings.Contains(home.Text(), want) {
			t.Errorf("her home does not say %q: %s", want, home.Text())
		}
	}

	// On: what the script says has happened meanwhile.
	later := she.Submit(home, "/demo/clock", url.Values{"to": {"2020-11-03T10:00"}})
	if !strings.Contains(later.Body, `<html lang="en"`) {
		later = she.Submit(later, "/language", url.Values{"language": {"en"}})
	}
	if !strings.Contains(later.Text(), "Tuesday 3 November 2020, 10:00") || !strings.Contains(later.Text(), "On now, since 09:00") {
		t.Errorf("the clock was not moved on: %s", later.Text())
	}
	// Back: the play begins anew, and whoever was signed in signs in again.
	she.Submit(later, "/demo/clock", url.Values{"to": {"2020-10-20T10:00"}})
	fresh := webtest.Visit(t, demo.URL, "")
	roles := fresh.Get("/demo")
	if roles.Status != 200 || !strings.Contains(roles.Text(), "Tuesday 20 October 2020, 10:00") {
		t.Errorf("the clock was not moved back: %d %s", roles.Status, roles.Text())
	}
	officer := fresh.Get("/demo/as/officer")
	if officer.Status != 200 || !strings.Contains(officer.Text(), "Your tasks") {
		t.Errorf("the officer's home: %d %s", officer.Status, officer.Text())
	}
}

// serveDemo serves the demo until the test ends.
func serveDemo(t *testing.T, database string, opt DemoOptions) DemoReady {
	t.Helper()
	cfg, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(t.TempDir(), "data"), "CADRE_LISTEN=127.0.0.1:0", "CADRE_DATABASE=" + database})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	ready := make(chan DemoReady, 1)
	ended := make(chan error, 1)
	go func() { ended <- ServeDemo(ctx, cfg, opt, func(r DemoReady) { ready <- r }) }()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
	})
	select {
	case r := <-ready:
		return r
	case err := <-ended:
		ended <- nil
		t.Fatalf("it is not served: %v", err)
		return DemoReady{}
	}
}

// Back and on and back again, on both engines: each time the play is begun anew,
// and what a visitor did before is gone with the play that she did it in.
func TestTheDemosClockGoesBack(t *testing.T) {
	for engine, database := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresURL,
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			var first *db.DB
			if url != "" {
				first = dbtest.Open(t, url) // closed after the demo has ended
				t.Cleanup(func() {
					if got := schemas(t, first); len(got) != 0 {
						t.Errorf("the demo ended and left the schemas %v", got)
					}
				})
			}
			demo := serveDemo(t, url, DemoOptions{Example: "e-learning-only", At: time.Date(2021, time.March, 20, 18, 0, 0, 0, time.UTC), Log: slog.New(slog.DiscardHandler)})
			b := webtest.Visit(t, demo.URL, "")
			moves := func(to string) {
				t.Helper()
				b.Submit(b.Get("/demo").Must(t, 200), "/demo/clock", map[string][]string{"to": {to}}).Must(t, 200)
			}
			b.Language = "en"
			b.Get("/demo/as/bushra").Must(t, 200)
			b.Submit(b.Get("/learn/seeing-it").Must(t, 200), "start", nil).Must(t, 200) // which the script does not tell
			for round, to := range []string{"2021-03-10T10:00", "2021-03-20T21:00", "2021-03-12T10:00"} {
				moves(to)
				day := []string{"10 March 2021", "20 March 2021", "12 March 2021"}[round]
				b.Get("/demo/as/bushra").Must(t, 200)
				page := b.Get("/learn").Must(t, 200).Text()
				if !strings.Contains(page, day) {
					t.Errorf("moved to %s: %s", to, page)
				}
				if done := strings.Contains(page, "Done"); done != (round == 1) {
					t.Errorf("on %s a module is done: %v", day, done)
				}
				if strings.Contains(page, "In progress") {
					t.Errorf("on %s what she began in another play is there: %s", day, page)
				}
				if first != nil {
					if got := schemas(t, first); len(got) != 1 {
						t.Errorf("on %s the plays lie in the schemas %v", day, got)
					}
				}
			}
		})
	}
}

// schemas are those that the demo has made beside the first.
func schemas(t *testing.T, d *db.DB) []string {
	t.Helper()
	var out []string
	err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		out, err = db.Collect(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) },
			`SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'cadre_demo_%'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
