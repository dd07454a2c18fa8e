package courseware_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
)

// signedIn is the learner in a session of hers.
func signedIn(p id.Person, s id.Session) context.Context {
	a := actor.From(learner(p))
	a.Session = s
	return actor.With(context.Background(), a)
}

// What the frame says is saved is what the record store has taken, statements and
// documents; what it refused and what was read is neither that nor work. To ask is no
// work either.
func TestWhatTheRecordStoreHasOfASession(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		m := open(t, d, modes[courseware.SecondListener])
		r := m.register("interviewing")
		here := id.New[id.Session]()
		open := func(key string) *unit {
			t.Helper()
			o, err := m.players.OpenUnit(signedIn(r.person, here), id.New[id.Operation](), player.OpenUnit{Attempt: r.attempt, Unit: key, TakeOver: true})
			if err != nil {
				t.Fatal(err)
			}
			return r.run(o)
		}
		saved := func(u *unit) player.Saved {
			t.Helper()
			got, err := m.players.Saved(context.Background(), u.Pass)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		worked := func(times int) {
			t.Helper()
			if len(m.worked) != times || slices.ContainsFunc(m.worked, func(s id.Session) bool { return s != here }) {
				t.Errorf("there was work in %v, want %d times in %s", m.worked, times, here)
			}
		}

		u := open("two")
		if got := saved(u); !got.At.IsZero() || got.Ended || got.Refused || len(got.Units) != 0 {
			t.Errorf("before it says anything: %+v", got)
		}
		worked(0)
		m.clock.Advance(time.Minute)
		if got := u.put("activities/state", `{"page":3}`, "stateId", "bookmark"); got != http.StatusNoContent {
			t.Fatal(got)
		}
		at := m.clock.Now()
		if got := saved(u); !got.At.Equal(at) {
			t.Errorf("its state came at %s, and it is said to be saved at %s", at, got.At)
		}
		worked(1)
		m.clock.Advance(time.Minute)
		u.refuses("7.1.1", u.say("completed"))
		if u.put("activities/state", `{}`, "stateId", "LMS.LaunchData"); u.get("activities/state", "stateId", "bookmark").Code != http.StatusOK {
			t.Error("it reads nothing")
		}
		if got := saved(u); !got.At.Equal(at) {
			t.Errorf("what was refused is saved at %s", got.At)
		}
		worked(1)
		u.takes(u.say("initialized"))
		u.takes(u.say("completed"))
		if got := saved(u); !got.At.Equal(m.clock.Now()) || got.Units[au+"two"].Completion != "completed" {
			t.Errorf("after it says so: %+v", got)
		}
		worked(3)

		// A day of states alone is no silence.
		for range 3 {
			m.clock.Advance(20 * time.Hour)
			if got := u.put("activities/state", `{"page":4}`, "stateId", "bookmark"); got != http.StatusNoContent {
				t.Fatalf("whoever keeps states only is answered %d", got)
			}
		}
		u.takes(u.say("terminated"))
		if got := saved(u); !got.Ended || got.Refused {
			t.Errorf("after its end: %+v", got)
		}

		// Another launch: this one takes nothing more, and its frame can say so.
		first := open("four")
		second := open("five")
		if got := saved(first); got.Ended || !got.Refused {
			t.Errorf("after another launch: %+v", got)
		}
		if got := saved(second); got.Refused {
			t.Errorf("the other launch: %+v", got)
		}
		m.clock.Advance(25 * time.Hour)
		if got := saved(second); !got.Refused {
			t.Errorf("after a day's silence: %+v", got)
		}

		for _, pass := range []string{"", "guess", string(second.Launch) + ".guess", string(id.New[id.Launch]()) + second.Pass[36:], string(first.Launch) + second.Pass[36:]} {
			if _, err := m.players.Saved(context.Background(), pass); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("%q reads: %v", pass, err)
			}
		}
		m.clock.Advance(player.LateFor)
		if _, err := m.players.Saved(context.Background(), second.Pass); !fault.Is(err, fault.Closed) {
			t.Errorf("a month later it reads: %v", err)
		}
	})
}

// Of a launch that another program asked for, work is activity of hers where she is
// signed in, and of nobody else.
func TestWorkInALaunchOfAnotherProgramIsHers(t *testing.T) {
	inCmi5(t, func(m *lms) {
		p := id.New[id.Person]()
		here := id.New[id.Session]()
		for _, x := range []struct {
			name string
			ctx  context.Context
			want int
		}{
			{"nobody is signed in", context.Background(), 0},
			{"somebody else is", signedIn(id.New[id.Person](), here), 0},
			{"she is", signedIn(p, here), 1},
		} {
			m.worked = nil
			l, err := m.players.LaunchFor(program("launch:any"), id.New[id.Operation](), player.LaunchFor{
				Package: "01900000-0000-7000-8000-0000000000d1", Person: p, Unit: "two", Mode: player.Normal,
			})
			if err != nil {
				m.Fatal(err)
			}
			got, err := m.players.OpenTicket(x.ctx, l.Ticket)
			if err != nil {
				m.Fatal(err)
			}
			u := (&registration{lms: m, person: p, attempt: l.Registration}).run(*got.Spoken)
			u.takes(u.say("initialized"))
			if len(m.worked) != x.want {
				m.Errorf("%s: work in %v", x.name, m.worked)
			}
			if s, err := m.players.Saved(context.Background(), u.Pass); err != nil || s.At.IsZero() {
				m.Errorf("%s: %+v, %v", x.name, s, err)
			}
		}
	})
}
