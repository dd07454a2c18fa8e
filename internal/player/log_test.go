package player_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/player"
	"cadre/internal/player/playertest"
)

const (
	hers   = id.Person("01900000-0000-7000-8000-0000000000a1")
	cohort = id.Cohort("01900000-0000-7000-8000-00000000000c")
)

type course struct{ facts []pathway.Fact }

func (c *course) Place(*db.Tx, id.Person, id.Cohort) (access.Place, error) {
	return access.Place{Country: "PK", Programme: "01900000-0000-7000-8000-00000000000a", Cohort: cohort, Since: time.Unix(0, 0)}, nil
}

func (c *course) CohortPlace(*db.Tx, id.Cohort) (access.Place, error) { return c.Place(nil, "", "") }

func (c *course) Record(_ *db.Tx, f pathway.Fact) error {
	c.facts = append(c.facts, f)
	return nil
}
func (c *course) ModuleOpen(*db.Tx, id.Person, id.Cohort, string) error { return nil }

func as(p id.Person) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{ID: "g", Role: actor.Participant, Scope: actor.Scope{Cohort: cohort}}})
}

// desk is a player with a package of each kind that has a log, and one attempt at
// each.
type desk struct {
	t       *testing.T
	db      *db.DB
	players *player.Service
	shelf   *playertest.Shelf
	ledger  *course
	attempt map[string]id.Attempt
}

func newDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	shelf := &playertest.Shelf{}
	shelf.Put(playertest.Scorm12("indicators"))
	shelf.Put(playertest.Scorm2004("interviewing"))
	shelf.Put(&player.Course{
		Key: "first-contact", Kind: player.H5P, Title: "First contact", Units: []player.Unit{{ID: "content", Title: "First contact", Href: "h5p.json"}},
	}, nil)
	k := &desk{t: t, db: d, shelf: shelf, ledger: &course{}, attempt: map[string]id.Attempt{}}
	k.players = player.New(player.Deps{
		DB: d, Files: files, Content: content.New(content.Deps{DB: d, Files: files}), Cohorts: k.ledger, Ledger: k.ledger, Shelf: shelf,
		Key: []byte("0123456789abcdef0123456789abcdef"),
	})
	for _, key := range []string{"indicators", "interviewing", "first-contact"} {
		l, err := k.players.Start(as(hers), id.New[id.Operation](), player.Start{Cohort: cohort, Module: key})
		if err != nil || !l.Package {
			t.Fatal(l, err)
		}
		k.attempt[key] = l.Attempt
	}
	return k
}

func (k *desk) open(module string, in player.OpenRun) player.Opened {
	k.t.Helper()
	in.Attempt = k.attempt[module]
	o, err := k.players.Open(as(hers), id.New[id.Operation](), in)
	if err != nil {
		k.t.Fatal(err)
	}
	return o
}

func entry(n int64, text string) player.Numbered {
	return player.Numbered{Number: n, Entry: json.RawMessage(text)}
}

func set(n int64, activity string, pairs ...string) player.Numbered {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	b, err := json.Marshal(map[string]any{"activity": activity, "at": 1, "set": values})
	if err != nil {
		panic(err)
	}
	return player.Numbered{Number: n, Entry: b}
}

func (k *desk) accept(o player.Opened, entries ...player.Numbered) player.Kept {
	k.t.Helper()
	// Nobody is signed in: the credential says whose it is.
	got, err := k.players.Accept(context.Background(), player.Batch{Credential: o.Credential, Now: 1, Entries: entries})
	if err != nil {
		k.t.Fatal(err)
	}
	return got
}

func staff() context.Context {
	return actor.With(context.Background(), actor.Actor{Person: "01900000-0000-7000-8000-0000000000b1", Grant: actor.Grant{
		ID: "h", Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: "01900000-0000-7000-8000-00000000000a"},
	}})
}

func (k *desk) rule(module string, s player.Step) id.Ruling {
	k.t.Helper()
	r, err := k.players.Rule(staff(), id.New[id.Operation](), player.Rule{Person: hers, Cohort: cohort, Module: module, Step: s, Reason: "Her tablet broke."})
	if err != nil {
		k.t.Fatalf("%s: %v", s, err)
	}
	return r
}

// verify holds that every row is as the journal has it.
func (k *desk) verify() {
	k.t.Helper()
	if err := k.db.View(context.Background(), func(tx *db.Tx) error {
		v, err := journal.Verify(tx, journal.VerifyOptions{Tables: player.Tables()})
		if len(v.Findings) > 0 {
			k.t.Errorf("%v", v.Findings)
		}
		return err
	}); err != nil {
		k.t.Error(err)
	}
}

func (k *desk) value(module, activity, element string) string {
	k.t.Helper()
	o := k.open(module, player.OpenRun{TakeOver: true})
	var s string
	if raw, ok := o.Seed.Data[activity][element]; ok {
		if err := json.Unmarshal(raw, &s); err != nil {
			k.t.Fatal(err)
		}
	}
	return s
}

// Batches come late, twice, torn and out of order; what is kept is what was
// written, once and in its order, whatever the order of arrival.
func TestNothingIsLostAndNothingDoubled(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		for seed := range uint64(20) {
			o := k.open("indicators", player.OpenRun{TakeOver: true})
			r := rand.New(rand.NewPCG(seed, 1))
			const n = 30
			var all []player.Numbered
			for i := int64(1); i <= n; i++ {
				all = append(all, set(i, "INTRO", "cmi.suspend_data", fmt.Sprintf("state %d", i), fmt.Sprintf("cmi.interactions.%d.id", i), "q"))
			}
			kept, server := int64(0), int64(0)
			for kept < n {
				// The device sends from what it knows to be kept, or from before; part of it
				// may be lost on the way, and so may the answer.
				from := max(0, kept-int64(r.IntN(4)))
				to := min(n, from+1+int64(r.IntN(8)))
				got := k.accept(o, all[from:to]...)
				if server = max(server, to); got.Number != server {
					t.Fatalf("seed %d: %d is kept, not %d", seed, got.Number, server)
				}
				if r.IntN(3) > 0 {
					kept = got.Number
				}
			}
			if gap := k.accept(o, set(n+5, "INTRO", "cmi.suspend_data", "out of turn")); gap.Number != n {
				t.Errorf("seed %d: after a gap %d is kept", seed, gap.Number)
			}
			if got := k.value("indicators", "INTRO", "cmi.suspend_data"); got != "state 30" {
				t.Errorf("seed %d: she resumes from %q", seed, got)
			}
			var entries int
			if err := d.View(context.Background(), func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT COUNT(*) FROM player_entries WHERE launch = ?1`, o.Launch).Scan(&entries)
			}); err != nil || entries != n {
				t.Errorf("seed %d: %d entries, %v", seed, entries, err)
			}
		}
	})
}

// What a package keeps comes back sign for sign, also where it is no good
// Unicode: packages pack what they remember into whatever a string holds.
func TestWhatIsRememberedComesBackAsItWas(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("indicators", player.OpenRun{})
		urdu := strings.Repeat("اردو", 16000)
		text, _ := json.Marshal(urdu)
		odd := `"\ud800 \u0000 \udfff \\ \" end"`
		k.accept(o, entry(1, `{"activity":"INTRO","at":1,"set":{"cmi.suspend_data":`+string(text)+`,"cmi.comments":`+odd+`}}`))
		seed := k.open("indicators", player.OpenRun{TakeOver: true}).Seed
		if got := string(seed.Data["INTRO"]["cmi.comments"]); got != odd {
			t.Errorf("%s came back as %s", odd, got)
		}
		if got := string(seed.Data["INTRO"]["cmi.suspend_data"]); got != string(text) {
			t.Errorf("%d of 64000 signs came back", len([]rune(got)))
		}
		if seed.Activity != "INTRO" || seed.Left["INTRO"] != "open" {
			t.Errorf("she resumes at %q, left %v", seed.Activity, seed.Left)
		}
	})
}

// Two devices: the second is told; once it has gone on, what the first still
// sends is kept and counts, but she does not resume from it.
func TestAnotherDeviceIsToldAndNothingIsOverwritten(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		one := k.open("indicators", player.OpenRun{})
		k.accept(one, set(1, "INTRO", "cmi.suspend_data", "one"))
		_, err := k.players.Open(as(hers), id.New[id.Operation](), player.OpenRun{Attempt: k.attempt["indicators"]})
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("the second device is answered %v", err)
		}
		// The frame that was reloaded follows its own launch without a question.
		one = k.open("indicators", player.OpenRun{Before: one.Launch})
		k.accept(one, set(1, "INTRO", "cmi.suspend_data", "one, reloaded"))
		two := k.open("indicators", player.OpenRun{TakeOver: true})
		if got := string(two.Seed.Data["INTRO"]["cmi.suspend_data"]); got != `"one, reloaded"` {
			t.Errorf("the second device begins with %s", got)
		}
		k.accept(two, set(1, "INTRO", "cmi.suspend_data", "two"))
		late := k.accept(one, set(2, "INTRO", "cmi.suspend_data", "late", "cmi.core.lesson_status", "completed"))
		if !late.Replaced || late.Number != 2 {
			t.Errorf("the first device is told %+v", late)
		}
		if late.Units["INTRO"].Completion != "completed" {
			t.Error("what was reached on the first device does not count")
		}
		if got := k.value("indicators", "INTRO", "cmi.suspend_data"); got != "two" {
			t.Errorf("she resumes from %q", got)
		}
	})
}

func TestALaunchIsOpenedByItsCredentialForThirtyDays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("indicators", player.OpenRun{})
		if _, err := k.players.Accept(context.Background(), player.Batch{Credential: o.Credential + "x"}); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a wrong credential is answered %v", err)
		}
		if _, err := k.players.Open(as("01900000-0000-7000-8000-0000000000ff"), id.New[id.Operation](), player.OpenRun{Attempt: k.attempt["indicators"]}); err == nil {
			t.Error("somebody else opens it")
		}
		dbtest.Clock(d).Set(dbtest.Start.Add(29 * 24 * time.Hour))
		at := dbtest.Start.Add(29*24*time.Hour - 2*time.Hour)
		k.ledger.facts = nil
		// Two hours offline, on a device whose clock is years behind.
		batch := player.Batch{Credential: o.Credential, Now: 2 * 3600 * 1000, Entries: []player.Numbered{
			entry(1, `{"activity":"INTRO","at":0,"set":{"cmi.core.lesson_status":"completed"}}`),
		}}
		if _, err := k.players.Accept(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		if len(k.ledger.facts) != 1 || !k.ledger.facts[0].OccurredAt.Equal(at) || k.ledger.facts[0].Actor != string(hers) {
			t.Errorf("the facts are %+v", k.ledger.facts)
		}
		dbtest.Clock(d).Set(dbtest.Start.Add(60 * 24 * time.Hour))
		if _, err := k.players.Accept(context.Background(), player.Batch{Credential: o.Credential}); !fault.Is(err, fault.Closed) {
			t.Errorf("after the time it is answered %v", err)
		}
	})
}

// An opening that is sent again, because its answer was lost, is the same launch;
// the credential that the second answer carries is the one that holds.
func TestAnOpeningSentAgainIsTheSame(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		op := id.New[id.Operation]()
		in := player.OpenRun{Attempt: k.attempt["indicators"]}
		one, err := k.players.Open(as(hers), op, in)
		if err != nil {
			t.Fatal(err)
		}
		two, err := k.players.Open(as(hers), op, in)
		if err != nil || two.Launch != one.Launch || two.Path != one.Path || string(two.Key) != string(one.Key) {
			t.Fatalf("%v, %v", two, err)
		}
		k.accept(two, set(1, "INTRO", "cmi.location", "1"))
		if _, err := k.players.Accept(context.Background(), player.Batch{Credential: one.Credential}); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("the credential that nobody heard is answered %v", err)
		}
		// Neither stands in the database.
		for _, secret := range []string{one.Credential, two.Credential, two.Path} {
			for _, table := range []string{"player_launches", "player_paths", "journal_operations", "journal_entries"} {
				if rows := dump(t, d, table); strings.Contains(rows, secret) {
					t.Errorf("%s holds %s", table, secret)
				}
			}
		}
	})
}

func dump(t *testing.T, d *db.DB, table string) string {
	t.Helper()
	var out strings.Builder
	if err := d.View(context.Background(), func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT * FROM ` + table)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				return err
			}
			for _, v := range values {
				switch x := (*v.(*any)).(type) {
				case []byte:
					out.Write(x)
				default:
					fmt.Fprint(&out, x)
				}
				out.WriteByte(' ')
			}
		}
		return rows.Err()
	}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWhatNoRunTimeWritesIsRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("indicators", player.OpenRun{})
		for _, text := range []string{
			`{`, `[]`, `"x"`, `{"activity":"INTRO","set":{"":"x"}}`, `{"activity":"INTRO","set":{"a":1}}`, `{"activity":"INTRO","set":{"a":{"b":"c"}}}`,
			`{"activity":"INTRO","set":{},"state":{}}`, `{"activity":"` + strings.Repeat("x", 500) + `","set":{}}`, "{\"activity\":\"\xff\"}",
		} {
			_, err := k.players.Accept(context.Background(), player.Batch{Credential: o.Credential, Entries: []player.Numbered{entry(1, text)}})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%.60s is answered %v", text, err)
			}
		}
		if got := k.accept(o); got.Number != 0 {
			t.Errorf("%d entries are kept of what was refused", got.Number)
		}
	})
}

// Whoever is moved to another version of a package finds there what its units
// remember, where they are the same.
func TestAPackageMovesWithWhatItRemembers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		const unit = "INTRO"
		k.accept(k.open("indicators", player.OpenRun{Unit: unit}), set(1, unit, "cmi.suspend_data", "page 7", "cmi.core.lesson_location", "7"))
		c, files := playertest.Scorm12("indicators")
		k.shelf.Put(c, files) // the next version
		officer := staff()
		if _, err := k.players.Rule(officer, id.New[id.Operation](), player.Rule{
			Person: hers, Cohort: cohort, Module: "indicators", Step: player.Move, Reason: "A fault on page 6 is mended.",
		}); err != nil {
			t.Fatal(err)
		}
		before := k.attempt["indicators"]
		l, err := k.players.Start(as(hers), id.New[id.Operation](), player.Start{Cohort: cohort, Module: "indicators"})
		if err != nil || l.Attempt == before {
			t.Fatal(l, err)
		}
		data, err := k.players.Data(officer, l.Attempt, unit)
		if err != nil || data["cmi.suspend_data"] != "page 7" {
			t.Errorf("%v, %v", data, err)
		}
		if old, err := k.players.Data(officer, before, unit); err != nil || old["cmi.suspend_data"] != "page 7" {
			t.Errorf("the attempt before is not to be read: %v, %v", old, err)
		}
	})
}

// A unit that ends without a word of how far it is counts as completed where its run
// time says so; what it has once said itself stands.
func TestAUnitThatEndsWithoutAWordIsCompleted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("interviewing", player.OpenRun{})
		k.accept(o, set(1, "LESSON", "cmi.location", "3"), entry(2, `{"activity": "LESSON", "at": 1, "set": {}, "end": true}`))
		got := k.accept(o, entry(3, `{"activity": "LESSON", "at": 1, "set": {}, "state": "{}", "done": true}`))
		if u := got.Units["LESSON"]; u.Completion != "completed" || u.Percent != 100 || u.Success != "" {
			t.Errorf("the unit is %+v", u)
		}
		got = k.accept(o, set(4, "TEST", "cmi.completion_status", "incomplete"), entry(5, `{"activity": "TEST", "at": 1, "set": {}, "end": true, "done": true}`))
		if u := got.Units["TEST"]; u.Completion != "incomplete" || got.State != player.Open {
			t.Errorf("%s, the unit is %+v", got.State, u)
		}
		got = k.accept(o, set(6, "TEST", "cmi.completion_status", "completed"), entry(7, `{"activity": "MORE", "at": 1, "set": {}, "end": true, "done": true}`))
		if got.State != player.Passed {
			t.Errorf("all of it has ended, and it is %s", got.State)
		}
		k.verify()
	})
}

// What a package reports on the way changes how the attempt stands, and the journal
// vouches for it: nothing is taken for damage.
func TestAScoreOnTheWayIsVouchedFor(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("indicators", player.OpenRun{})
		k.accept(o, set(1, "INTRO", "cmi.core.score.raw", "40", "cmi.core.lesson_status", "incomplete"))
		k.accept(o, set(2, "INTRO", "cmi.core.score.raw", "60"))
		c, files := playertest.Scorm12("indicators")
		k.shelf.Put(c, files)
		officer := staff()
		if _, err := k.players.Rule(officer, id.New[id.Operation](), player.Rule{
			Person: hers, Cohort: cohort, Module: "indicators", Step: player.Move, Reason: "A fault on page 6 is mended.",
		}); err != nil {
			t.Fatal(err)
		}
		run, err := k.players.Run(as(hers), k.attempt["indicators"])
		if err != nil || run.Attempt.Points != 60 {
			t.Errorf("%+v, %v", run, err)
		}
		k.verify()
	})
}

// What she reached in a package while it counted as passed by a ruling counts once that
// is taken back, as of when she reached it.
func TestWhatSheReachedMeanwhileCountsOnceARulingIsTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("indicators", player.OpenRun{})
		k.accept(o, set(1, "INTRO", "cmi.core.lesson_status", "completed"))
		r := k.rule("indicators", player.Complete)
		dbtest.Clock(d).Advance(time.Hour)
		reached := dbtest.Clock(d).Now()
		k.accept(o, set(2, "EXAM", "cmi.core.lesson_status", "passed", "cmi.core.score.raw", "90"))
		dbtest.Clock(d).Advance(time.Hour)
		if err := k.players.TakeBackRuling(staff(), id.New[id.Operation](), r); err != nil {
			t.Fatal(err)
		}
		last := k.ledger.facts[len(k.ledger.facts)-1]
		if v, ok := last.Value.(pathway.ModuleCompleted); !ok || !v.Passed || v.Score != 90 || last.Basis != pathway.OwnAct || !last.OccurredAt.Equal(reached) {
			t.Errorf("the last fact is %+v", last)
		}
		run, err := k.players.Run(as(hers), k.attempt["indicators"])
		if err != nil || run.Attempt.State != player.Passed {
			t.Errorf("%+v, %v", run, err)
		}
		k.verify()
	})
}

// Taken back before she has reached it, it is as it was.
func TestARulingTakenBackLeavesHerUnderWay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("indicators", player.OpenRun{})
		k.accept(o, set(1, "INTRO", "cmi.core.lesson_status", "completed"))
		r := k.rule("indicators", player.Complete)
		if err := k.players.TakeBackRuling(staff(), id.New[id.Operation](), r); err != nil {
			t.Fatal(err)
		}
		run, err := k.players.Run(as(hers), k.attempt["indicators"])
		if err != nil || run.Attempt.State != player.Open || run.Attempt.Percent != 50 {
			t.Errorf("%+v, %v", run, err)
		}
		k.verify()
	})
}

// Whatever staff do that leads her on from an attempt, what is on its way from her
// device counts for what it reached, her frame is told, and the attempt opens no more.
func TestWhatIsOnItsWayCountsAfterARuling(t *testing.T) {
	for _, step := range []player.Step{player.Restart, player.Move, player.Close} {
		t.Run(string(step), func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				k := newDesk(t, d)
				o := k.open("indicators", player.OpenRun{})
				k.accept(o, set(1, "INTRO", "cmi.suspend_data", "one", "cmi.core.lesson_status", "completed"))
				c, files := playertest.Scorm12("indicators")
				k.shelf.Put(c, files) // the next version
				k.rule("indicators", step)

				late := k.accept(o, set(2, "EXAM", "cmi.suspend_data", "two", "cmi.core.lesson_status", "incomplete"))
				if !late.Replaced || late.Number != 2 || late.State != player.NotYet {
					t.Errorf("her frame is told %+v", late)
				}
				for _, in := range []player.OpenRun{{Before: o.Launch}, {TakeOver: true}} {
					in.Attempt = k.attempt["indicators"]
					if _, err := k.players.Open(as(hers), id.New[id.Operation](), in); !fault.Is(err, fault.Closed) {
						t.Errorf("the attempt opens: %v", err)
					}
				}
				if _, err := k.players.Unlock(as(hers), k.attempt["indicators"]); err != nil {
					t.Errorf("what waits on her device is not to be unlocked: %v", err)
				}
				late = k.accept(o, set(3, "EXAM", "cmi.core.lesson_status", "passed"))
				if last := k.ledger.facts[len(k.ledger.facts)-1]; late.State != player.Passed || last.Value.(pathway.ModuleCompleted).Passed != true {
					t.Errorf("she has passed, and is told %+v; the last fact is %+v", late, last)
				}
				k.verify()
			})
		})
	}
}

// What staff let count passes by no score that a package reported of itself.
func TestADecisionHasNoScoreOfAPackage(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.accept(k.open("indicators", player.OpenRun{}), set(1, "INTRO", "cmi.core.score.raw", "40", "cmi.core.lesson_status", "failed"))
		k.rule("indicators", player.Complete)
		last := k.ledger.facts[len(k.ledger.facts)-1]
		if last.Value != (pathway.ModuleCompleted{Passed: true}) || last.Basis != pathway.ByStaff {
			t.Errorf("the last fact is %+v", last)
		}
	})
}

// A package that ended by itself without being passed goes on once it is reopened: the
// first thing she does does not end it again, and she can pass it.
func TestAReopenedPackageGoesOn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		o := k.open("indicators", player.OpenRun{})
		k.accept(o, set(1, "INTRO", "cmi.core.lesson_status", "completed"))
		if kept := k.accept(o, set(2, "EXAM", "cmi.core.lesson_status", "failed", "cmi.core.score.raw", "40")); kept.State != player.NotYet {
			t.Fatalf("it has not ended: %+v", kept)
		}
		k.rule("indicators", player.Reopen)
		o = k.open("indicators", player.OpenRun{TakeOver: true})
		if kept := k.accept(o, set(1, "EXAM", "cmi.core.lesson_location", "2")); kept.State != player.Open || kept.Units["INTRO"].Completion != "completed" {
			t.Errorf("reopened, it is %+v", kept)
		}
		if kept := k.accept(o, set(2, "EXAM", "cmi.core.lesson_status", "passed", "cmi.core.score.raw", "90")); kept.State != player.Passed {
			t.Errorf("passed, it is %+v", kept)
		}
		k.verify()
	})
}
