package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cadre/examples"
	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/clock"
	"cadre/internal/cohort"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/demo"
	"cadre/internal/i18n"
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

// momentForm is how moments are told: in the programme's own zone.
const momentForm = "2006-01-02 15:04"

// everyMoment lists every moment that a test of this package looks at, in order.
func everyMoment(zone *time.Location) []string {
	var out []string
	for _, w := range walks() {
		out = append(out, w.at)
	}
	for _, g := range galleries() {
		out = append(out, g.at)
	}
	for _, m := range moments {
		out = append(out, m.at.In(zone).Format(momentForm))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// rehearsal is the one play that the tests of this package share.
var rehearsal struct {
	once    sync.Once
	theatre *theatre
	err     error
}

// rehearse plays the programme, once for all tests.
func rehearse(t testing.TB) *theatre {
	t.Helper()
	rehearsal.once.Do(func() { rehearsal.theatre, rehearsal.err = perform() })
	if rehearsal.err != nil {
		t.Fatal(rehearsal.err)
	}
	return rehearsal.theatre
}

func TestMain(m *testing.M) {
	code := m.Run()
	if th := rehearsal.theatre; th != nil {
		if err := os.RemoveAll(th.below); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// perform plays through every moment, and keeps a copy of each.
func perform() (th *theatre, err error) {
	ctx := context.Background()
	th = &theatre{kept: map[string]time.Time{}}
	if th.below, err = os.MkdirTemp("", "cadre-theatre-"); err != nil {
		return nil, err
	}
	data := filepath.Join(th.below, "play", "data")
	c, err := config.Load("", []string{"CADRE_DATA=" + data})
	if err != nil {
		return th, err
	}
	a, p, _, err := openDemo(ctx, c, examples.First, slog.New(slog.DiscardHandler))
	if err != nil {
		return th, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	th.play, th.zone = p, p.Zone()
	for _, m := range everyMoment(th.zone) {
		at, err := time.ParseInLocation(momentForm, m, th.zone)
		if err != nil {
			return th, err
		}
		if _, err := p.Until(ctx, at, nil); err != nil {
			return th, err
		}
		// Nobody writes now, so the database and its log are copied as they lie.
		for _, part := range []string{"", ".keep"} {
			if err := os.CopyFS(filepath.Join(th.below, m, "data"+part), os.DirFS(data+part)); err != nil {
				return th, err
			}
		}
		th.kept[m] = at
	}
	return th, a.DB.View(ctx, func(tx *db.Tx) error {
		all, err := cohort.OfProgramme(tx, "")
		for _, c := range all {
			th.cohort = c.ID
		}
		return err
	})
}

// open serves a copy of a moment, with a clock that stands still at it.
func (th *theatre) open(t testing.TB, moment string) *scene {
	t.Helper()
	return th.openIn(t, moment, i18n.Shipped())
}

// openIn serves a copy of a moment in the languages of a bundle.
func (th *theatre) openIn(t testing.TB, moment string, languages *i18n.Bundle) *scene {
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
	s.app, err = Open(context.Background(), c, Options{Clock: s.clock, Demo: true, Catalogues: languages, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelError}))})
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
