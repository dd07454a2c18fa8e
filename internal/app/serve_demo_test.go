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
	"cadre/internal/web/webtest"
)

// A visitor opens the demo, is one person after the other, and moves its clock
// on and back.
func TestTheDemoIsServedWithAClock(t *testing.T) {
	dir := t.TempDir()
	cfg, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(dir, "data"), "CADRE_LISTEN=127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	ready := make(chan DemoReady, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- ServeDemo(ctx, cfg, DemoOptions{
			At: time.Date(2020, time.October, 28, 5, 0, 0, 0, time.UTC), Log: slog.New(slog.DiscardHandler),
		}, func(r DemoReady) { ready <- r })
	}()
	defer func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
	}()
	var demo DemoReady
	select {
	case demo = <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("it is not served: %v", err)
	}

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
