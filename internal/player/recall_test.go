package player_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
)

// lesson is a class whose learners do as seeds say, and what each of them was answered.
type lesson struct {
	*desk
	first    player.Opened
	learners []*learner
	random   *rand.Rand
	before   func() // each act
	answers  []string
}

// learner is somebody with the launches that she has opened, the last of which is the
// one she is in.
type learner struct {
	person  id.Person
	module  string
	attempt id.Attempt
	opened  []player.Opened
	number  []int64
}

func (l *lesson) unit(of *learner) string {
	if of.module == "interviewing" {
		return []string{"LESSON", "CHECK"}[l.random.IntN(2)]
	}
	return []string{"INTRO", "EXAM"}[l.random.IntN(2)]
}

// something is a batch of a learner, by a launch of hers: most often the last.
func (l *lesson) something(of *learner) player.Batch {
	at := len(of.opened) - 1
	if l.random.IntN(3) == 0 {
		at = l.random.IntN(len(of.opened))
	}
	b := player.Batch{Credential: of.opened[at].Credential, Now: 1}
	next := of.number[at] + 1
	switch l.random.IntN(10) {
	case 0:
		next++ // there is a gap
	case 1:
		next = max(1, next-1) // sent again
	}
	for range 1 + l.random.IntN(3) {
		pairs := []string{"cmi.suspend_data", fmt.Sprint(l.random.IntN(1000))}
		if l.random.IntN(3) == 0 {
			pairs = append(pairs, "cmi.core.score.raw", fmt.Sprint(l.random.IntN(100)))
		}
		if l.random.IntN(5) == 0 {
			pairs = append(pairs, "cmi.core.lesson_status", []string{"incomplete", "completed", "passed", "failed"}[l.random.IntN(4)])
		}
		if l.random.IntN(12) == 0 {
			pairs = append(pairs, "cmi.completion_status", "completed", "cmi.success_status", "passed")
		}
		b.Entries = append(b.Entries, set(next, l.unit(of), pairs...))
		next++
	}
	switch l.random.IntN(20) {
	case 0:
		b.Entries = append(b.Entries, entry(next, `{"activity":"INTRO","set":{"a":1}}`)) // no run time writes it
	case 1:
		b.Entries = append(b.Entries, entry(next, `{"activity":"`+l.unit(of)+`","at":1,"fresh":true,"set":{}}`))
	case 2:
		b.Entries = append(b.Entries, entry(next, `{"activity":"`+l.unit(of)+`","at":1,"end":true,"set":{"cmi.core.exit":"suspend"}}`))
	case 3:
		b.End = true
	}
	return b
}

func (l *lesson) answered(of *learner, b player.Batch, h heard) {
	l.answers = append(l.answers, fmt.Sprintf("%d: %d %t %s %d %v %v", slices.Index(l.learners, of), h.kept.Number, h.kept.Replaced, h.kept.State, h.kept.Percent, h.kept.Units, fault.KindOf(h.err)))
	for n, o := range of.opened {
		if o.Credential == b.Credential && h.err == nil {
			of.number[n] = h.kept.Number
		}
	}
}

// act lets one thing happen.
func (l *lesson) act() {
	l.t.Helper()
	l.before()
	of := l.learners[l.random.IntN(len(l.learners))]
	switch l.random.IntN(50) {
	case 0: // by another device
		o, err := l.players.Open(as(of.person), id.New[id.Operation](), player.OpenRun{Attempt: of.attempt, TakeOver: true})
		l.answers = append(l.answers, fmt.Sprint("open ", fault.KindOf(err)))
		if err == nil {
			of.opened, of.number = append(of.opened, o), append(of.number, 0)
		}
	case 1: // staff decide
		step := []player.Step{player.Restart, player.Complete, player.Reopen, player.Exempt}[l.random.IntN(4)]
		_, err := l.players.Rule(staff(), id.New[id.Operation](), player.Rule{Person: of.person, Cohort: cohort, Module: of.module, Step: step, Reason: "Her tablet broke."})
		l.answers = append(l.answers, fmt.Sprint(step, " ", fault.KindOf(err)))
	case 2: // her units are gone, as when she is erased
		if err := l.db.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM player_units WHERE person = ?1`, of.person)
			return err
		}); err != nil {
			l.t.Fatal(err)
		}
	case 3:
		dbtest.Clock(l.db).Advance(time.Duration(l.random.IntN(100)) * time.Minute)
	case 4, 5, 6, 7, 8, 9: // several at once
		var whose []*learner
		var all []player.Batch
		for range 2 + l.random.IntN(5) {
			who := l.learners[l.random.IntN(len(l.learners))]
			whose, all = append(whose, who), append(all, l.something(who))
		}
		for n, h := range l.atOnce(l.first, all...) {
			l.answered(whose[n], all[n], h)
		}
	default:
		b := l.something(of)
		kept, err := l.players.Accept(context.Background(), b)
		l.answered(of, b, heard{kept, err})
	}
}

// What is held of attempts instead of being read again is never another than what stands
// in the database: whatever happens, everybody is answered as if everything was read.
func TestWhatIsRecalledIsWhatWouldBeRead(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var answers [2][]string
		var data [2][]string
		held := 0
		for world := range 2 {
			if world == 1 {
				if d.Dialect().Name() == "sqlite" {
					d = dbtest.SQLite(t)
				} else {
					d = dbtest.Postgres(t)
				}
			}
			l := &lesson{desk: newDesk(t, d), random: rand.New(rand.NewPCG(1, 2))}
			l.before = func() { held = max(held, l.players.Recalled()) }
			if world == 1 {
				l.before = l.players.Forget
			}
			l.first = l.opened(other(0), "indicators")
			for n := range 6 {
				of := &learner{person: other(n + 1), module: []string{"indicators", "interviewing"}[n%2], number: []int64{0}}
				of.opened = []player.Opened{l.opened(of.person, of.module)}
				of.attempt = l.attemptOf(of.opened[0])
				l.learners = append(l.learners, of)
			}
			for range 700 {
				l.act()
			}
			l.verify()
			answers[world] = l.answers
			for _, of := range l.learners {
				for _, unit := range []string{"INTRO", "EXAM", "LESSON", "CHECK"} {
					got, err := l.players.Data(staff(), of.attempt, unit)
					if err != nil && !fault.Is(err, fault.NotFound) {
						t.Fatal(err)
					}
					for _, name := range slices.Sorted(maps.Keys(got)) {
						data[world] = append(data[world], fmt.Sprint(of.person, unit, name, got[name]))
					}
				}
				for n, o := range of.opened {
					data[world] = append(data[world], fmt.Sprint(of.person, n, l.entries(o.Launch)))
				}
			}
		}
		for n := range min(len(answers[0]), len(answers[1])) {
			if answers[0][n] != answers[1][n] {
				t.Fatalf("answer %d is %s, and %s where everything is read", n, answers[0][n], answers[1][n])
			}
		}
		if !slices.Equal(answers[0], answers[1]) || !slices.Equal(data[0], data[1]) {
			t.Errorf("%d and %d answers, %v\n%v", len(answers[0]), len(answers[1]), data[0], data[1])
		}
		if sqlite := d.Dialect().Name() == "sqlite"; sqlite != (held > 1) {
			t.Errorf("%d attempts were held at once", held)
		}
	})
}

// Another program that opens the same database changes what is met.
func TestWhatAnotherProgramWritesIsNotRecalled(t *testing.T) {
	d := dbtest.SQLite(t)
	k := newDesk(t, d)
	there := *k
	there.db = dbtest.Again(t, d)
	there.players = player.New(player.Deps{DB: there.db, Cohorts: k.ledger, Ledger: k.ledger, Shelf: k.shelf, Key: []byte("0123456789abcdef0123456789abcdef")})
	o := k.opened(other(1), "indicators")
	for n := range int64(3) {
		k.accept(o, set(n+1, "INTRO", "cmi.suspend_data", fmt.Sprint(n)))
	}
	if k.players.Recalled() != 1 {
		t.Fatalf("%d attempts are held", k.players.Recalled())
	}
	if got := there.accept(o, set(4, "INTRO", "cmi.core.lesson_status", "completed")); got.Number != 4 {
		t.Errorf("there it is %+v", got)
	}
	if got := k.accept(o, set(5, "INTRO", "cmi.suspend_data", "5")); got.Number != 5 || got.Units["INTRO"].Completion != "completed" {
		t.Errorf("here it is %+v", got)
	}
	if _, err := there.players.Open(as(other(1)), id.New[id.Operation](), player.OpenRun{Attempt: k.attemptOf(o), TakeOver: true}); err != nil {
		t.Fatal(err)
	}
	if got := k.accept(o, set(6, "INTRO", "cmi.suspend_data", "late")); !got.Replaced {
		t.Errorf("what was taken over there is told %+v", got)
	}
	k.verify()
}

// A batch that is refused leaves nothing to the one of the same launch behind it.
func TestARefusedBatchLeavesNothingToTheNext(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		first, o := k.opened(other(0), "indicators"), k.opened(other(1), "indicators")
		k.accept(o, set(1, "INTRO", "cmi.suspend_data", "1"))
		out := k.atOnce(first,
			batch(o, set(2, "INTRO", "cmi.suspend_data", "2"), entry(3, `{"activity":"INTRO","set":{"a":1}}`)),
			batch(o, set(2, "INTRO", "cmi.suspend_data", "2")),
		)
		if !fault.Is(out[0].err, fault.Invalid) || out[1].err != nil || out[1].kept.Number != 2 {
			t.Errorf("%+v", out)
		}
		if n := k.entries(o.Launch); n != 2 {
			t.Errorf("%d entries are kept", n)
		}
		k.verify()
	})
}
