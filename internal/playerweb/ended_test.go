package playerweb

import (
	"context"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/player/playertest"
	"cadre/internal/web/webtest"
)

// A program that ends a launch is not another tab that she goes on in: the frame tells
// her what happened, wherever it was opened from. What she did until then has come.
func TestALaunchThatIsEndedFromOutsideIsTold(t *testing.T) {
	t.Parallel()
	th := openTheatre(t, courseware.SecondListener)
	c, files := playertest.Scorm12("indicators")
	th.shelf.Put(c, files)
	program := actor.With(context.Background(), actor.Actor{Token: id.New[id.Token](), Scopes: "launch:any attempts"})
	abandon := func(a id.Attempt) {
		t.Helper()
		var session string
		err := th.db.View(context.Background(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT session FROM player_launches WHERE attempt = ?1 AND replaced_at = 0 AND ended_at = 0`, a).Scan(&session)
		})
		if err == nil {
			err = th.players.Abandon(program, id.New[id.Operation](), session)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	chromium := webtest.Launch(t)

	a := th.begin("indicators")
	s := th.seat(chromium, a, webtest.Look{})
	s.alive("/intro.html")
	s.saved()
	abandon(a)
	s.must(`api.LMSSetValue("cmi.core.lesson_location", "after that") + api.LMSCommit("")`, "truetrue")
	s.told("ended from outside", "Go on here")
	if n := webtest.Ask[int](s.Tab, `frames.length`); n != 0 || th.holds(a, "after that") != 1 {
		t.Errorf("%d frames work on; %d entries came", n, th.holds(a, "after that"))
	}
	s.press("Go on here")
	s.alive("/intro.html")
	s.must(`api.LMSSetValue("cmi.core.lesson_location", "goes on") + api.LMSCommit("")`, "truetrue")
	th.comes(a, "goes on")

	s = &seat{Tab: chromium.Tab(t, th.url, webtest.Look{}), t: t}
	s.Open("/launch/" + th.ticket(c, "INTRO"))
	s.alive("/intro.html")
	s.saved()
	abandon(a)
	s.must(`api.LMSSetValue("cmi.core.lesson_location", "after the ticket") + api.LMSCommit("")`, "truetrue")
	s.told("ended from outside", "Exit")
}

// While she works in a package it is taken out of use: the next that she does is kept,
// and she is told.
func TestAPackageThatIsWithdrawnWhileOpenIsTold(t *testing.T) {
	t.Parallel()
	chromium := webtest.Launch(t)
	for _, kind := range []player.Kind{player.Scorm12, player.Scorm2004} {
		t.Run(string(kind), func(t *testing.T) {
			th := openTheatre(t, courseware.SecondListener)
			c, files := playertest.Scorm12("indicators")
			page, set := "/intro.html", `api.LMSSetValue("cmi.core.lesson_location", "after that") + api.LMSCommit("")`
			if kind == player.Scorm2004 {
				c, files = playertest.Scorm2004("indicators")
				page, set = "/lesson.html", `api2.SetValue("cmi.location", "after that") + api2.Commit("")`
			}
			th.shelf.Put(c, files)
			a := th.begin("indicators")
			s := th.seat(chromium, a, webtest.Look{})
			s.alive(page)
			s.saved()
			th.shelf.Withdraw("indicators", "en")
			if err := th.db.Update(context.Background(), db.Main, func(tx *db.Tx) error { return th.players.EndOf(tx, c.Module) }); err != nil {
				t.Fatal(err)
			}
			s.must(set, "truetrue")
			s.told("taken out of use", "Go to the module’s page")
			if n := webtest.Ask[int](s.Tab, `frames.length`); n != 0 || th.holds(a, "after that") != 1 {
				t.Errorf("%d frames work on; %d entries came", n, th.holds(a, "after that"))
			}
		})
	}
}
