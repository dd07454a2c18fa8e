package player_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
)

func tries(p id.Person) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{ID: "o", Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: id.New[id.Programme]()}}})
}

// The path of a preview is kept nowhere: it is the same all day for one person and one
// version, opens that version's files until the next day is over, and nobody makes
// another from it.
func TestThePathOfAPreview(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		now := time.Date(2020, 10, 30, 8, 0, 0, 0, time.UTC)
		dbtest.Clock(d).Set(now)
		indicators, interviewing := k.version("indicators"), k.version("interviewing")
		of := func(p id.Person, v id.ModuleVersion) string {
			t.Helper()
			out, err := k.players.Preview(tries(p), v, "")
			if err != nil || out.Seed.Mode != player.Browse || out.Course.Version != v {
				t.Fatalf("%+v, %v", out, err)
			}
			return out.Path
		}
		one, two := id.New[id.Person](), id.New[id.Person]()
		path := of(one, indicators)
		if of(one, indicators) != path || of(two, indicators) == path || of(one, interviewing) == path {
			t.Error("it is not one per person and version")
		}
		opens := func(path, file string) error {
			_, err := k.players.File(context.Background(), path, file)
			return err
		}
		if h, err := k.players.Holds(context.Background(), path); err != nil || h.Kind != player.Scorm12 {
			t.Errorf("it holds %+v, %v", h, err)
		}
		if err := opens(path, "intro.html"); err != nil {
			t.Error(err)
		}
		if err := opens(path, "lesson.html"); !fault.Is(err, fault.NotFound) {
			t.Errorf("another package's file: %v", err)
		}
		for at := range path {
			other := "b"
			if path[at] == 'b' {
				other = "a"
			}
			if err := opens(path[:at]+other+path[at+1:], "intro.html"); !fault.Is(err, fault.NotFound) {
				t.Errorf("with sign %d changed: %v", at, err)
			}
		}
		if err := opens(strings.Repeat("!", len(path)), "intro.html"); !fault.Is(err, fault.NotFound) {
			t.Errorf("what is no path: %v", err)
		}
		dbtest.Clock(d).Set(now.Add(15 * time.Hour))
		if of(one, indicators) != path {
			t.Error("it changes in the course of the day, and all is fetched again")
		}
		dbtest.Clock(d).Set(now.Add(24 * time.Hour))
		if err := opens(path, "intro.html"); err != nil || of(one, indicators) == path {
			t.Errorf("the day after: %v", err)
		}
		dbtest.Clock(d).Set(now.Add(40 * time.Hour))
		if err := opens(path, "intro.html"); !fault.Is(err, fault.NotFound) {
			t.Errorf("two days later: %v", err)
		}
	})
}

// version is the one of a module that is out.
func (k *desk) version(module string) (v id.ModuleVersion) {
	k.t.Helper()
	if err := k.db.View(context.Background(), func(tx *db.Tx) error {
		all, err := k.shelf.Current(tx, module)
		if err == nil {
			v = all[0]
		}
		return err
	}); err != nil {
		k.t.Fatal(err)
	}
	return v
}

// What is rehearsed is held in memory, and so bounded: it goes once it has been silent
// for long, and where there are too many at once, the one that has been so longest.
func TestRehearsalsAreLetGo(t *testing.T) {
	var all player.Rehearsals
	now, begun := time.Unix(1_600_000_000, 0), 0
	take := func(session int) bool {
		before := begun
		all.Take(session, now, &begun)
		now = now.Add(time.Second)
		return begun == before
	}
	for i := range 64 {
		take(i)
	}
	if !take(0) {
		t.Error("one that is in use is begun again")
	}
	take(64)
	if !take(0) || take(1) {
		t.Error("of too many, it is not the longest silent that goes")
	}
	now = now.Add(2 * time.Hour)
	if take(0) {
		t.Error("it is held for ever")
	}
	if n := all.Len(); n != 1 {
		t.Errorf("%d are held", n)
	}
}
