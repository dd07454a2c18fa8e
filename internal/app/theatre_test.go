package app

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/clock"
	"cadre/internal/cohort"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/demo"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
)

// theatre plays the first programme once, and keeps what it looked like at
// several moments. A test opens any of them as often as it likes.
type theatre struct {
	play  *demo.Play
	zone  *time.Location
	kept  map[string]time.Time
	below string
	// cohort is the programme's one cohort, once it was opened.
	cohort id.Cohort
}

// rehearse plays until each of the moments, which are told in the programme's own
// zone and in their order: "2020-11-02 08:40".
func rehearse(t *testing.T, moments ...string) *theatre {
	t.Helper()
	ctx := context.Background()
	th := &theatre{kept: map[string]time.Time{}, below: t.TempDir()}
	c, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	a, p, _, err := openDemo(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	th.play, th.zone = p, p.Zone()
	for _, m := range moments {
		at, err := time.ParseInLocation("2006-01-02 15:04", m, th.zone)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Until(ctx, at, nil); err != nil {
			t.Fatal(err)
		}
		// Nobody writes now, so the database and its log are copied as they lie.
		for _, part := range []string{"", ".keep"} {
			if err := os.CopyFS(filepath.Join(th.below, m, "data"+part), os.DirFS(c.Data+part)); err != nil {
				t.Fatal(err)
			}
		}
		th.kept[m] = at
	}
	if err := a.DB.View(ctx, func(tx *db.Tx) error {
		all, err := cohort.OfProgramme(tx, "")
		for _, c := range all {
			th.cohort = c.ID
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return th
}

// open serves a copy of a moment, with a clock that stands still at it.
func (th *theatre) open(t testing.TB, moment string) *scene {
	t.Helper()
	at, ok := th.kept[moment]
	if !ok {
		t.Fatalf("nothing was kept of %s", moment)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(th.below, moment))); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "data.keep", "instance.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(dir, "data"), "CADRE_ZONE=" + th.zone.String()})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{theatre: th, clock: clock.NewFake(at)}
	s.log = &webtest.Log{}
	s.app, err = Open(context.Background(), c, Options{Clock: s.clock, Demo: true, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.app.Close(); err != nil {
			t.Error(err)
		}
		if l := s.log.String(); l != "" {
			t.Errorf("logged:\n%s", l)
		}
	})
	if s.server, err = s.app.Web(nil); err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.server)
	t.Cleanup(ts.Close)
	s.url = ts.URL
	return s
}

// scene is a moment of the programme, served.
type scene struct {
	stage
	theatre *theatre
	clock   *clock.Fake
}

// link makes a sign-in link for somebody of the cast, as an invitation would
// bring it to her.
func (s *scene) link(t testing.TB, key string) string {
	t.Helper()
	who, ok := s.theatre.play.Person(key)
	if !ok {
		t.Fatalf("the cast has no %s", key)
	}
	ctx := actor.With(context.Background(), actor.Actor{Operator: true})
	ticket, err := s.app.Access.Invite(ctx, id.New[id.Operation](), access.Invitee{Person: who, ByLink: true})
	if err != nil {
		t.Fatal(err)
	}
	return "/enter/" + ticket.Link
}
