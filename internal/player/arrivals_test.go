package player_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/player"
)

// other is another learner.
func other(n int) id.Person {
	return id.Person(fmt.Sprintf("01900000-0000-7000-8000-0000000001%02x", n))
}

// opened has a person begin a module and open it.
func (k *desk) opened(p id.Person, module string) player.Opened {
	k.t.Helper()
	l, err := k.players.Start(as(p), id.New[id.Operation](), player.Start{Cohort: cohort, Module: module})
	if err != nil {
		k.t.Fatal(err)
	}
	return k.openedAgain(p, l.Attempt)
}

func (k *desk) openedAgain(p id.Person, a id.Attempt) player.Opened {
	k.t.Helper()
	o, err := k.players.Open(as(p), id.New[id.Operation](), player.OpenRun{Attempt: a, TakeOver: true})
	if err != nil {
		k.t.Fatal(err)
	}
	return o
}

// heard is what a batch is answered.
type heard struct {
	kept player.Kept
	err  error
}

// atOnce sends batches, in their order, while nothing can be written, so that they
// wait together behind a first that says nothing, and returns what each is answered.
func (k *desk) atOnce(first player.Opened, batches ...player.Batch) []heard {
	k.t.Helper()
	var holding, asking sync.WaitGroup
	held, free := make(chan struct{}), make(chan struct{})
	holding.Go(func() {
		if err := k.db.Update(context.Background(), db.Main, func(*db.Tx) error {
			close(held)
			<-free
			return nil
		}); err != nil {
			k.t.Error(err)
		}
	})
	<-held
	await := func(what string, is func() bool) {
		k.t.Helper()
		for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(50 * time.Microsecond) {
			if time.Now().After(end) {
				k.t.Fatalf("not so after a long time: %s", what)
			}
		}
	}
	out := make([]heard, len(batches))
	send := func(n int, b player.Batch) {
		asking.Go(func() {
			kept, err := k.players.Accept(context.Background(), b)
			if n >= 0 {
				out[n] = heard{kept, err}
			} else if err != nil {
				k.t.Error(err)
			}
		})
	}
	send(-1, player.Batch{Credential: first.Credential})
	await("the first is on its way", func() bool { return k.players.Busy() && k.players.Gathered() == 0 })
	for n, b := range batches {
		send(n, b)
		await(fmt.Sprint(n, " waits"), func() bool { return k.players.Gathered() == n+1 })
	}
	close(free)
	asking.Wait()
	holding.Wait()
	return out
}

func batch(o player.Opened, entries ...player.Numbered) player.Batch {
	return player.Batch{Credential: o.Credential, Now: 1, Entries: entries}
}

// entries counts what is kept of a launch.
func (k *desk) entries(l id.Launch) (n int64) {
	k.t.Helper()
	if err := k.db.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM player_entries WHERE launch = ?1`, l).Scan(&n)
	}); err != nil {
		k.t.Fatal(err)
	}
	return n
}

// What arrives together is told apart: whoever sends what cannot be kept is told so,
// and nothing of it is; everybody else's is kept, and judged.
func TestWhatArrivesTogetherIsToldApart(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		first := k.opened(other(0), "indicators")
		var open []player.Opened
		var units []string
		var all []player.Batch
		for n := range 12 {
			module, unit := "indicators", "INTRO"
			if n > 8 {
				module, unit = "interviewing", "LESSON"
			}
			o := k.opened(other(n+1), module)
			k.accept(o, set(1, unit, "cmi.suspend_data", "before"))
			open, units = append(open, o), append(units, unit)
			all = append(all, batch(o, set(2, unit, "cmi.suspend_data", fmt.Sprint("of ", n), "cmi.core.score.raw", fmt.Sprint(10+n))))
		}
		all[1].Credential += "x"
		all[2].Entries = append(all[2].Entries, entry(3, `{"activity":"INTRO","set":{"a":1}}`)) // no run time writes it
		all[3].Entries = []player.Numbered{set(1, "INTRO", "cmi.suspend_data", "before")}       // sent again
		all[5].Entries = []player.Numbered{set(7, "INTRO", "cmi.suspend_data", "too early")}
		all[4].Entries = append(all[4].Entries, set(3, "INTRO", "cmi.core.lesson_status", "completed"), set(4, "EXAM", "cmi.core.lesson_status", "passed"))
		all[6].Entries = append(all[6].Entries, entry(3, `{"activity":"INTRO","at":1,"fresh":true,"set":{"cmi.core.lesson_location":"7"}}`), // forgets
			entry(4, `{"activity":"INTRO","at":1,"end":true,"set":{"cmi.core.exit":"suspend"}}`))
		all[8].End = true
		k.ledger.facts = nil

		wantNumber := map[int]int64{3: 1, 4: 4, 5: 1, 6: 4}
		for n, h := range k.atOnce(first, all...) {
			want, kept := int64(2), int64(2)
			if w, ok := wantNumber[n]; ok {
				want, kept = w, w
			}
			switch n {
			case 1, 2:
				if kind := map[int]fault.Kind{1: fault.Unauthenticated, 2: fault.Invalid}[n]; !fault.Is(h.err, kind) {
					t.Errorf("%d is answered %v, %v", n, h.kept, h.err)
				}
				kept = 1
			default:
				if h.err != nil || h.kept.Number != want || h.kept.Replaced {
					t.Errorf("%d is answered %+v, %v, want number %d", n, h.kept, h.err, want)
				}
			}
			if got := k.entries(open[n].Launch); got != kept {
				t.Errorf("of %d are kept %d entries, want %d", n, got, kept)
			}
		}
		var completed int
		for _, f := range k.ledger.facts {
			if v, ok := f.Value.(pathway.ModuleCompleted); ok && v.Passed {
				completed++
				if f.Person != other(5) {
					t.Errorf("%s has passed", f.Person)
				}
			}
		}
		if completed != 1 {
			t.Errorf("%d have passed", completed)
		}
		for n, o := range open {
			want := map[string]string{"cmi.suspend_data": fmt.Sprint("of ", n)}
			switch n {
			case 1, 2, 3, 5:
				want["cmi.suspend_data"] = "before"
			case 6:
				want = map[string]string{"cmi.core.lesson_location": "7", "cmi.core.exit": "suspend"}
			}
			data, err := k.players.Data(staff(), k.attemptOf(o), units[n])
			if err != nil {
				t.Fatal(err)
			}
			for name, v := range want {
				if data[name] != v {
					t.Errorf("%d remembers %v, want %v", n, data, want)
				}
			}
			if _, there := data["cmi.suspend_data"]; n == 6 && there {
				t.Errorf("%d remembers %v", n, data)
			}
		}
		k.verify()
	})
}

// Batches of one run that arrive together are kept in their order, those of two
// devices each by what it is: the one that was taken over from counts for what it
// reached, and changes nothing of what she resumes from.
func TestBatchesOfOneRunThatArriveTogetherKeepTheirOrder(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		first := k.opened(other(0), "indicators")
		one := k.open("indicators", player.OpenRun{})
		k.accept(one, set(1, "INTRO", "cmi.suspend_data", "one"))
		two := k.open("indicators", player.OpenRun{TakeOver: true})
		late := set(2, "EXAM", "cmi.suspend_data", "late", "cmi.core.lesson_status", "incomplete", "cmi.core.score.raw", "70")
		out := k.atOnce(first,
			batch(two, set(1, "INTRO", "cmi.suspend_data", "1"), set(2, "INTRO", "cmi.suspend_data", "2")),
			batch(one, late),
			batch(two, set(2, "INTRO", "cmi.suspend_data", "2"), set(3, "INTRO", "cmi.suspend_data", "3")),
			batch(one, late),
			batch(two, set(4, "INTRO", "cmi.suspend_data", "4", "cmi.core.lesson_status", "completed")),
			batch(two, set(6, "INTRO", "cmi.suspend_data", "6")),
			batch(two, set(5, "INTRO", "cmi.suspend_data", "5")),
		)
		for n, want := range []int64{2, 2, 3, 2, 4, 4, 5} {
			if h := out[n]; h.err != nil || h.kept.Number != want || h.kept.Replaced != (n == 1 || n == 3) {
				t.Errorf("%d is answered %+v, %v", n, h.kept, h.err)
			}
		}
		if a, b := k.entries(one.Launch), k.entries(two.Launch); a != 2 || b != 5 {
			t.Errorf("%d and %d entries are kept", a, b)
		}
		run, err := k.players.Run(as(hers), k.attempt["indicators"])
		if err != nil || run.Units["INTRO"].Completion != "completed" || run.Attempt.Points != 70 {
			t.Errorf("%+v, %v", run, err)
		}
		k.verify()
		if got := k.value("indicators", "INTRO", "cmi.suspend_data"); got != "5" {
			t.Errorf("she resumes from %q", got)
		}
		if got := k.value("indicators", "EXAM", "cmi.suspend_data"); got != "" {
			t.Errorf("what came from the first device is remembered: %q", got)
		}
	})
}

// The journal is told of what arrives together by one entry, which says whose it is;
// what is erased of one of them takes nothing from the others.
func TestTheJournalIsToldOnceOfWhatArrivesTogether(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		first := k.opened(other(0), "indicators")
		var open []player.Opened
		var all []player.Batch
		for n := range 5 {
			o := k.opened(other(n+1), "indicators")
			k.accept(o, set(1, "INTRO", "cmi.suspend_data", "before"))
			open = append(open, o)
			all = append(all, batch(o, set(2, "INTRO", "cmi.suspend_data", "a", "cmi.core.score.raw", "7"), set(3, "INTRO", "cmi.suspend_data", "b")))
		}
		for n, h := range k.atOnce(first, all...) {
			if h.err != nil {
				t.Fatalf("%d is answered %v", n, h.err)
			}
		}
		type part struct {
			Attempt  id.Attempt
			Launch   id.Launch
			From, To int64
		}
		var sequence int64
		told := map[part]bool{}
		if err := d.View(context.Background(), func(tx *db.Tx) error {
			all, err := journal.Tail(tx, 0, 1000)
			for _, r := range all {
				if r.Kind != "player.logged" || r.Subject != "" {
					continue
				}
				if sequence != 0 {
					t.Error("the journal is told twice")
				}
				sequence = r.Sequence
				var body struct{ Logs []part }
				if err := json.Unmarshal(r.Body, &body); err != nil {
					return err
				}
				for _, p := range body.Logs {
					told[p] = true
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for n, o := range open {
			if p := (part{k.attemptOf(o), o.Launch, 2, 3}); !told[p] || len(told) != len(open) {
				t.Errorf("of %d the journal is told %v, want %v among %d", n, told, p, len(open))
			}
		}
		if err := d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			return journal.Redact(tx, journal.Redaction{Entries: []int64{sequence}, Why: "person-erased", Authority: "x", Tables: player.Tables()})
		}); err != nil {
			t.Fatal(err)
		}
		k.verify()
		if err := d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE player_entries SET digest = 'forged' WHERE launch = ?1 AND number = 3`, open[2].Launch)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.View(context.Background(), func(tx *db.Tx) error {
			rep, err := journal.Verify(tx, journal.VerifyOptions{Tables: player.Tables()})
			if err == nil && rep.OK() {
				t.Error("a forged entry of a log is not found")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// refusing is a ledger that takes nothing of somebody.
type refusing struct {
	*course
	of id.Person
}

var errRefused = errors.New("this ledger takes nothing of hers")

func (r refusing) Record(tx *db.Tx, f pathway.Fact) error {
	if f.Person == r.of {
		return errRefused
	}
	return r.course.Record(tx, f)
}

// Whatever is wrong with one of what arrives together is for its own sender to meet.
func TestWhatCannotBeJudgedFailsAlone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.players = player.New(player.Deps{DB: d, Cohorts: k.ledger, Ledger: refusing{k.ledger, other(3)}, Shelf: k.shelf, Key: []byte("0123456789abcdef0123456789abcdef")})
		first := k.opened(other(0), "indicators")
		var open []player.Opened
		var all []player.Batch
		for n := range 6 {
			o := k.opened(other(n+1), "indicators")
			open = append(open, o)
			all = append(all, batch(o, set(1, "INTRO", "cmi.core.lesson_status", "completed")))
		}
		for n, h := range k.atOnce(first, all...) {
			want := int64(1)
			if n == 2 {
				if want = 0; !errors.Is(h.err, errRefused) {
					t.Errorf("%d is answered %+v, %v", n, h.kept, h.err)
				}
			} else if h.err != nil || h.kept.Number != 1 || h.kept.Percent != 50 {
				t.Errorf("%d is answered %+v, %v", n, h.kept, h.err)
			}
			if got := k.entries(open[n].Launch); got != want {
				t.Errorf("of %d are kept %d entries", n, got)
			}
		}
		k.verify()
	})
}

// Two instances take in the same logs, of several devices each sending to both: every
// entry is kept once, and what is answered as kept is.
func TestInstancesTakeInTheSameLogs(t *testing.T) {
	d := dbtest.Postgres(t)
	k := newDesk(t, d)
	there := *k
	there.db = dbtest.Again(t, d)
	there.players = player.New(player.Deps{DB: there.db, Cohorts: k.ledger, Ledger: refusing{&course{}, ""}, Shelf: k.shelf, Key: []byte("0123456789abcdef0123456789abcdef")})
	const n = 12
	var open []player.Opened
	var sending sync.WaitGroup
	for p := range 4 {
		o := k.opened(other(p), "indicators")
		open = append(open, o)
		for _, at := range []*desk{k, &there} {
			sending.Go(func() {
				for kept := int64(0); kept < n; {
					got, err := at.players.Accept(context.Background(), batch(o, set(kept+1, "INTRO", "cmi.suspend_data", fmt.Sprint(kept+1)), set(kept+2, "INTRO", "cmi.suspend_data", fmt.Sprint(kept+2))))
					if err != nil || got.Number < kept+2 {
						t.Errorf("after %d: %+v, %v", kept, got, err)
						return
					}
					kept = got.Number
				}
			})
		}
	}
	sending.Wait()
	for _, o := range open {
		if got := k.entries(o.Launch); got < n || got > n+1 {
			t.Errorf("%d entries are kept", got)
		}
	}
	k.verify()
	if _, err := there.players.Open(as(other(1)), id.New[id.Operation](), player.OpenRun{Attempt: k.attemptOf(open[1]), TakeOver: true}); err != nil {
		t.Fatal(err)
	}
	// Taken over by the other instance, the launch is told so here at once.
	if late := k.accept(open[1], set(n+3, "INTRO", "cmi.suspend_data", "late")); !late.Replaced {
		t.Errorf("what was taken over is told %+v", late)
	}
}

func (k *desk) attemptOf(o player.Opened) (a id.Attempt) {
	k.t.Helper()
	if err := k.db.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT attempt FROM player_launches WHERE id = ?1`, o.Launch).Scan(&a)
	}); err != nil {
		k.t.Fatal(err)
	}
	return a
}

// Whatever is heard of an attempt moves the day on which it was last heard of, also
// where it is no news.
func TestAnAttemptSaysWhenItWasLastHeardOf(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("indicators", player.OpenRun{})
		for n := range 3 {
			dbtest.Clock(d).Advance(time.Minute)
			k.accept(o, set(int64(n+1), "INTRO", "cmi.suspend_data", fmt.Sprint(n)))
			run, err := k.players.Run(as(hers), k.attempt["indicators"])
			if err != nil {
				t.Fatal(err)
			}
			if want := dbtest.Clock(d).Now(); !run.Attempt.TouchedAt.Equal(want) {
				t.Errorf("%d: last heard of at %s, not %s", n, run.Attempt.TouchedAt, want)
			}
		}
	})
}
