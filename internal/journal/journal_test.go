package journal_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// seats is a state table of the tests' own.
var seats = db.Table{Name: "test_seats", Owner: "test", Journalled: []string{"state", "revision", "note", "mark"}}

type placed struct {
	Seat string `json:"seat"`
	N    int    `json:"n"`
}

func as(p string) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: id.Person(p)})
}

var (
	ayesha = "01900000-0000-7000-8000-0000000000a1"
	bushra = "01900000-0000-7000-8000-0000000000b1"
)

func update(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(as(ayesha), db.Main, f); err != nil {
		t.Fatal(err)
	}
}

func makeSeats(t *testing.T, d *db.DB) {
	t.Helper()
	blob := "BLOB"
	if d.Dialect().Name() == "postgres" {
		blob = "BYTEA"
	}
	update(t, d, func(tx *db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE test_seats (id TEXT PRIMARY KEY, state TEXT NOT NULL, revision BIGINT NOT NULL, note TEXT, mark ` + blob + `)`)
		return err
	})
}

// place writes a seat and its entry.
func place(tx *db.Tx, seat, state string, n int) error {
	if _, err := tx.Exec(`INSERT INTO test_seats (id, state, revision, note, mark) VALUES (?1, ?2, ?3, NULL, ?4)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, revision = excluded.revision`, seat, state, n, []byte{1, 2}); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "test.seat-placed", Version: 1, Scope: actor.Scope{Country: "PK"}, Subject: seat,
		Body: placed{seat, n}, Rows: []journal.Row{journal.RowOf(seats, seat)},
	})
}

func records(t *testing.T, d *db.DB) []journal.Record {
	t.Helper()
	var out []journal.Record
	if err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		out, err = journal.Tail(tx, 0, 100000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnEntrySaysWhoDidWhatWhenAndToWhom(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		makeSeats(t, d)
		update(t, d, func(tx *db.Tx) error { return place(tx, "seat-1", "held", 1) })
		rs := records(t, d)
		if len(rs) != 2 {
			t.Fatalf("%d entries, want the beginning and the seat", len(rs))
		}
		if rs[0].Kind != journal.KindIncarnation || !strings.Contains(string(rs[0].Body), `"new"`) {
			t.Errorf("the first entry is %s %s", rs[0].Kind, rs[0].Body)
		}
		r := rs[1]
		if r.Actor != ayesha || r.Kind != "test.seat-placed" || r.Subject != "seat-1" || r.Scope.Country != "PK" ||
			!r.At.Equal(dbtest.Start) || string(r.Body) != `{"seat":"seat-1","n":1}` || r.Sequence != 2 || r.Previous != rs[0].Hash {
			t.Errorf("entry: %+v", r)
		}
	})
}

func TestARolledBackFactLeavesNoEntry(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		makeSeats(t, d)
		refused := errors.New("refused")
		err := d.Update(as(ayesha), db.Main, func(tx *db.Tx) error {
			if err := place(tx, "seat-1", "held", 1); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if rs := records(t, d); len(rs) != 0 {
			t.Errorf("entries: %v", rs)
		}
	})
}

func TestWritersInGroupsMakeOneChainWithoutGaps(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		makeSeats(t, d)
		other := dbtest.Again(t, d)
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				dd := d
				if w%2 == 1 {
					dd = other
				}
				for i := range 5 {
					if err := dd.Update(as(ayesha), db.Main, func(tx *db.Tx) error {
						return place(tx, fmt.Sprintf("seat-%d", w), "held", i)
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		rs := records(t, d)
		if len(rs) != 81 {
			t.Fatalf("%d entries", len(rs))
		}
		for i, r := range rs {
			if r.Sequence != int64(i+1) {
				t.Fatalf("entry %d has sequence %d", i, r.Sequence)
			}
			if i > 0 && r.Previous != rs[i-1].Hash {
				t.Fatalf("entry %d does not follow the one before", r.Sequence)
			}
		}
	})
}

func TestAnOperationIsDoneOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		op := id.New[id.Operation]()
		runs := 0
		confirm := func(ctx context.Context, op id.Operation, kind string, fail error) (out placed, replayed bool, err error) {
			err = d.Update(ctx, db.Main, func(tx *db.Tx) (err error) {
				replayed, err = journal.Once(tx, op, kind, &out, func() error {
					runs++
					out = placed{"seat-1", runs}
					return fail
				})
				return err
			})
			return out, replayed, err
		}
		if _, _, err := confirm(as(ayesha), op, "cohort.confirm", errors.New("not now")); err == nil {
			t.Fatal("the failure was swallowed")
		}
		out, replayed, err := confirm(as(ayesha), op, "cohort.confirm", nil)
		if err != nil || replayed || out.N != 2 {
			t.Fatalf("first: %v %v %v", out, replayed, err)
		}
		out, replayed, err = confirm(as(ayesha), op, "cohort.confirm", nil)
		if err != nil || !replayed || out.N != 2 || runs != 2 {
			t.Errorf("resend: %v, replayed %v, %v; ran %d times", out, replayed, err, runs)
		}
		if _, _, err = confirm(as(bushra), op, "cohort.confirm", nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("another person's resend: %v", err)
		}
		if _, _, err = confirm(as(ayesha), op, "cohort.decline", nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("a resend as another kind: %v", err)
		}
		if _, _, err = confirm(as(ayesha), "", "cohort.confirm", nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("no operation id: %v", err)
		}
		dbtest.Clock(d).Advance(journal.OutcomesKept + time.Hour)
		update(t, d, func(tx *db.Tx) error {
			n, err := journal.ForgetOutcomes(tx)
			if n != 1 {
				t.Errorf("forgot %d outcomes", n)
			}
			return err
		})
	})
}

func TestAFollowerMissesNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		makeSeats(t, d)
		j := journal.Attach(d)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		got := make(chan journal.Record, 1000)
		done := make(chan error, 1)
		go func() {
			done <- j.Follow(ctx, 0, 20*time.Millisecond, func(r journal.Record) error {
				got <- r
				return nil
			})
		}()
		other := dbtest.Again(t, d)
		var wg sync.WaitGroup
		for _, dd := range []*db.DB{d, other} {
			wg.Go(func() {
				for i := range 20 {
					if err := dd.Update(as(ayesha), db.Main, func(tx *db.Tx) error { return place(tx, "seat", "held", i) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for want := int64(1); want <= 41; want++ {
			select {
			case r := <-got:
				if r.Sequence != want {
					t.Fatalf("got %d, want %d", r.Sequence, want)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("entry %d never came", want)
			}
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the follower ended with %v", err)
		}
	})
}
