package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
)

var ctx = context.Background()

// table makes a small table for one test.
func table(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE marks (id BIGINT CONSTRAINT marks_pk PRIMARY KEY, who TEXT NOT NULL)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mark(tx *db.Tx, n int, who string) error {
	_, err := tx.Exec(`INSERT INTO marks (id, who) VALUES (?1, ?2)`, n, who)
	return err
}

func marks(t *testing.T, d *db.DB) []string {
	t.Helper()
	var out []string
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		out, err = db.Collect(tx, func(r *db.Rows) (string, error) {
			var s string
			return s, r.Scan(&s)
		}, `SELECT who FROM marks ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestUpdateIsUndoneByItsOwnErrorAlone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table(t, d)
		mine := errors.New("mine")
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if err := mark(tx, 1, "undone"); err != nil {
				return err
			}
			return mine
		}); !errors.Is(err, mine) {
			t.Fatalf("the caller's error came back as %v", err)
		}
		if got := marks(t, d); len(got) != 0 {
			t.Fatalf("rows stayed: %v", got)
		}
	})
}

// One of 64 grouped writers errs, panics, breaks a constraint, leaves before
// its turn or ends its goroutine: the others' work is there, all of it.
func TestGroupOf64SurvivesEachKindOfBadCaller(t *testing.T) {
	bad := map[string]func(cancel context.CancelFunc, tx *db.Tx) error{
		"error":      func(_ context.CancelFunc, tx *db.Tx) error { return errors.New("no") },
		"panic":      func(_ context.CancelFunc, tx *db.Tx) error { panic("no") },
		"constraint": func(_ context.CancelFunc, tx *db.Tx) error { return mark(tx, 0, "twice") },
		"passed over": func(_ context.CancelFunc, tx *db.Tx) error {
			_ = mark(tx, 0, "twice") // a swallowed failure must not count as success on one engine
			return nil
		},
		"syntax": func(_ context.CancelFunc, tx *db.Tx) error { _, err := tx.Exec("SELEKT"); return err },
		"cancelled": func(cancel context.CancelFunc, tx *db.Tx) error {
			cancel()
			return mark(tx, 1000, "kept: her turn had come")
		},
		"goexit": func(_ context.CancelFunc, tx *db.Tx) error { runtime.Goexit(); return nil },
	}
	for name, act := range bad {
		t.Run(name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				table(t, d)
				if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return mark(tx, 0, "first") }); err != nil {
					t.Fatal(err)
				}
				// Hold the lane so that the 64 wait for each other.
				held, release := make(chan struct{}), make(chan struct{})
				go func() {
					_ = d.Update(ctx, db.Main, func(*db.Tx) error { close(held); <-release; return errors.New("nothing to keep") })
				}()
				<-held
				var wg sync.WaitGroup
				var failed atomic.Int64
				for i := 1; i <= 64; i++ {
					wg.Add(1)
					go func() {
						defer wg.Done()
						defer func() {
							if p := recover(); p != nil {
								failed.Add(1)
							}
						}()
						if i == 32 {
							cctx, cancel := context.WithCancel(ctx)
							defer cancel()
							ended := false
							defer func() {
								if !ended && name == "goexit" {
									failed.Add(1)
								}
							}()
							err := d.Update(cctx, db.Main, func(tx *db.Tx) error { return act(cancel, tx) })
							ended = true
							if err != nil {
								failed.Add(1)
							}
							return
						}
						if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return mark(tx, i, "good") }); err != nil {
							t.Errorf("caller %d: %v", i, err)
						}
					}()
				}
				close(release)
				wg.Wait()
				want := int64(1)
				rows := 64
				if name == "cancelled" { // her context ended during her turn: the work stands
					want, rows = 0, 65
				}
				if failed.Load() != want {
					t.Errorf("%d callers failed, want %d", failed.Load(), want)
				}
				if got := marks(t, d); len(got) != rows {
					t.Errorf("%d rows, want %d", len(got), rows)
				}
			})
		})
	}
}

func TestUpdateHonoursTheContextUntilTheTurn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table(t, d)
		held, release := make(chan struct{}), make(chan struct{})
		done := make(chan error, 1)
		go func() {
			done <- d.Update(ctx, db.Main, func(tx *db.Tx) error { close(held); <-release; return mark(tx, 1, "slow") })
		}()
		<-held
		cctx, cancel := context.WithCancel(ctx)
		left := make(chan error, 1)
		go func() {
			left <- d.Update(cctx, db.Main, func(tx *db.Tx) error { return mark(tx, 2, "late") })
		}()
		cancel()
		if err := <-left; !fault.Is(err, fault.Unavailable) {
			t.Errorf("leaving gave %v", err)
		}
		close(release)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(marks(t, d), " "); got != "slow" {
			t.Errorf("rows: %s", got)
		}
	})
}

func TestUpdatesAreSerialAcrossInstances(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table(t, d)
		all := []*db.DB{d}
		if d.Dialect().Name() == "postgres" {
			all = append(all, dbtest.Again(t, d))
		}
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := all[i%len(all)].Update(ctx, db.Main, func(tx *db.Tx) error {
					// Read, then write what was read: loses numbers unless serial.
					var n int
					if err := tx.QueryRow(`SELECT COUNT(*) FROM marks`).Scan(&n); err != nil {
						return err
					}
					return mark(tx, n, fmt.Sprint(i))
				})
				if err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if got := len(marks(t, d)); got != 200 {
			t.Errorf("%d rows, want 200", got)
		}
	})
}

// TestALaneIsJoined holds that what joins a lane takes its turn in it: numbers
// that two lanes count up together are lost unless it does.
func TestALaneIsJoined(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table(t, d)
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				lane := db.XAPI
				if i%2 == 0 {
					lane = db.Main
				}
				err := d.Update(ctx, lane, func(tx *db.Tx) error {
					if err := tx.Join(db.XAPI); err != nil {
						return err
					}
					var n int
					if err := tx.QueryRow(`SELECT COUNT(*) FROM marks`).Scan(&n); err != nil {
						return err
					}
					return mark(tx, n, fmt.Sprint(i))
				})
				if err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if got := len(marks(t, d)); got != 100 {
			t.Errorf("%d rows, want 100", got)
		}
		for lane, join := range map[db.Lane]db.Lane{db.XAPI: db.Main, db.Main: db.Main, db.Reads: db.XAPI} {
			if err := d.Update(ctx, lane, func(tx *db.Tx) error { return tx.Join(join) }); err == nil {
				t.Errorf("%s joined %s", lane, join)
			}
		}
		if err := d.View(ctx, func(tx *db.Tx) error { return tx.Join(db.XAPI) }); err == nil {
			t.Error("a reader joined a lane")
		}
	})
}

func TestFlusherSeesOnlyWhatSucceededAndFailsTheGroup(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var fail bool
		d.SetFlusher(func(tx *db.Tx, items []any) error {
			if fail {
				return errors.New("head lost")
			}
			for _, it := range items {
				if err := mark(tx, it.(int), "flushed"); err != nil {
					return err
				}
			}
			return nil
		})
		table(t, d)
		_ = d.Update(ctx, db.Main, func(tx *db.Tx) error { tx.Buffer(1); return errors.New("undone") })
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { tx.Buffer(2); return nil }); err != nil {
			t.Fatal(err)
		}
		if got := marks(t, d); len(got) != 1 {
			t.Fatalf("flushed %d values, want 1", len(got))
		}
		fail = true
		err := d.Update(ctx, db.Main, func(tx *db.Tx) error { tx.Buffer(3); return mark(tx, 9, "lost") })
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("a failed flush gave %v", err)
		}
		if got := marks(t, d); len(got) != 1 {
			t.Errorf("a failed flush left %d rows", len(got))
		}
		fail = false
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { tx.Buffer(4); return nil }); err != nil {
			t.Errorf("after a failed group: %v", err)
		}
	})
}

// A commit that fails has no effects: neither the callers' nor the flusher's.
func TestNothingFollowsACommitThatFails(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		followed := 0
		d.SetFlusher(func(tx *db.Tx, _ []any) error {
			tx.AfterCommit(func() { followed++ })
			return nil
		})
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE parent (id BIGINT PRIMARY KEY)`); err != nil {
				return err
			}
			_, err := tx.Exec(`CREATE TABLE child (of BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		child := func(of int) error {
			return d.Update(ctx, db.Main, func(tx *db.Tx) error {
				tx.Buffer(of)
				tx.AfterCommit(func() { followed++ })
				_, err := tx.Exec(`INSERT INTO child (of) VALUES (?1)`, of)
				return err
			})
		}
		if err := child(1); err == nil { // checked at the commit
			t.Fatal("a child without a parent was committed")
		}
		if followed != 0 {
			t.Errorf("%d effects of a commit that failed", followed)
		}
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO parent (id) VALUES (1)`); return err }); err != nil {
			t.Fatal(err)
		}
		if err := child(1); err != nil || followed != 2 {
			t.Errorf("%d effects of a commit, %v", followed, err)
		}
	})
}

func TestViewSeesOneSnapshotAndCannotWrite(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table(t, d)
		err := d.View(ctx, func(tx *db.Tx) error {
			var before, after int
			if err := tx.QueryRow(`SELECT COUNT(*) FROM marks`).Scan(&before); err != nil {
				return err
			}
			if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return mark(tx, 1, "meanwhile") }); err != nil {
				return err
			}
			if err := tx.QueryRow(`SELECT COUNT(*) FROM marks`).Scan(&after); err != nil {
				return err
			}
			if before != after {
				t.Errorf("the snapshot moved from %d to %d rows", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.View(ctx, func(tx *db.Tx) error { return mark(tx, 2, "no") }); err == nil {
			t.Error("a View could write")
		}
		if got := marks(t, d); len(got) != 1 {
			t.Errorf("after a refused write: %v", got)
		}
	})
}

// A reader's first connection is made while a writer is at work: it does not wait.
func TestANewReaderDoesNotWaitForTheWriter(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE place (name TEXT)`); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO place (name) VALUES ('here')`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		again := dbtest.Again(t, d)
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO place (name) VALUES ('there')`); err != nil {
				return err
			}
			short, cancel := context.WithTimeout(ctx, 5*time.Second) // the busy timeout is longer
			defer cancel()
			var n int
			if err := again.View(short, func(r *db.Tx) error { return r.QueryRow(`SELECT COUNT(*) FROM place`).Scan(&n) }); err != nil || n != 1 {
				t.Errorf("it sees %d rows, %v", n, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestViewSaysWhoseEndStoppedIt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for name, f := range map[string]func(context.CancelFunc) func(*db.Tx) error{
			"before it began": func(cancel context.CancelFunc) func(*db.Tx) error {
				cancel()
				return func(*db.Tx) error { return nil }
			},
			"in a statement": func(cancel context.CancelFunc) func(*db.Tx) error {
				return func(tx *db.Tx) error {
					time.AfterFunc(20*time.Millisecond, cancel)
					var n int64
					return tx.QueryRow(`WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000000)
						SELECT COUNT(*) FROM c`).Scan(&n)
				}
			},
		} {
			for range 20 { // a free reader and the end are both ready: either may be taken
				ctx, cancel := context.WithCancel(t.Context())
				if err := d.View(ctx, f(cancel)); !errors.Is(err, context.Canceled) && (err != nil || name == "in a statement") {
					t.Errorf("%s: %v", name, err)
				}
				cancel()
			}
		}
		if err := d.View(t.Context(), func(*db.Tx) error { return nil }); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestPlaceholdersAndValuesMeanTheSame(t *testing.T) {
	type named string
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE vals (a TEXT, b BIGINT, c BIGINT)`); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO vals (a, b, c) VALUES (?2, ?1, ?3)`, 7, named("who? ?1"), true); err != nil {
				return err
			}
			var a named
			var b int
			var c bool
			if err := tx.QueryRow(`SELECT a, b, c FROM vals WHERE a = ?1 AND '?1' <> a AND b = ?2`, named("who? ?1"), 7).Scan(&a, &b, &c); err != nil {
				return err
			}
			if a != "who? ?1" || b != 7 || !c {
				t.Errorf("came back as %q %d %v", a, b, c)
			}
			var none *string
			if _, err := tx.Exec(`INSERT INTO vals (a) VALUES (?1)`, none); err != nil {
				return err
			}
			return tx.QueryRow(`SELECT b FROM vals WHERE a = ?1`, "nobody").Scan(&b)
		})
		if !errors.Is(err, sql.ErrNoRows) {
			t.Error(err)
		}
	})
}

func TestConstraintKindsAreTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table(t, d)
		err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return errors.Join(mark(tx, 1, "a"), mark(tx, 1, "b")) })
		if !d.Dialect().IsUnique(err) || d.Dialect().IsReference(err) {
			t.Errorf("a duplicate key was told as %v", err)
		}
	})
}

func TestRefusedDatabaseIsReadOnly(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table(t, d)
		d.Refuse(fault.New(fault.Unavailable, "journal.behind", nil))
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return mark(tx, 1, "no") }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a refused write gave %v", err)
		}
		if got := marks(t, d); len(got) != 0 {
			t.Error("a refused write was written")
		}
		d.Refuse(nil)
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return mark(tx, 1, "yes") }); err != nil {
			t.Error(err)
		}
	})
}

func TestMeterCountsStatementsAndRows(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table(t, d)
		mctx, m := db.WithMeter(ctx)
		if err := d.Update(mctx, db.Main, func(tx *db.Tx) error { return errors.Join(mark(tx, 1, "a"), mark(tx, 2, "b")) }); err != nil {
			t.Fatal(err)
		}
		if err := d.View(mctx, func(tx *db.Tx) error {
			_, err := db.Collect(tx, func(r *db.Rows) (int, error) { var n int; return n, r.Scan(&n) }, `SELECT id FROM marks`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if s, r := m.Statements.Load(), m.Rows.Load(); s != 3 || r != 2 {
			t.Errorf("%d statements and %d rows, want 3 and 2", s, r)
		}
	})
}

// One of 64 grouped writers meets a full disk: the other 63 are right, or all
// are told to try again; nobody is told a falsehood, and the database goes on
// once there is space.
func TestGroupOf64OnAFullDisk(t *testing.T) {
	d := dbtest.SQLite(t)
	table(t, d)
	pages := func(n int) {
		t.Helper()
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			var now int
			if n < 0 {
				if err := tx.QueryRow(`PRAGMA page_count`).Scan(&now); err != nil {
					return err
				}
				n = now + 8
			}
			return tx.QueryRow(fmt.Sprintf(`PRAGMA max_page_count = %d`, n)).Scan(&now)
		}); err != nil {
			t.Fatal(err)
		}
	}
	pages(-1)
	held, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = d.Update(ctx, db.Main, func(*db.Tx) error { close(held); <-release; return errors.New("nothing to keep") })
	}()
	<-held
	var wg sync.WaitGroup
	errs := make([]error, 65)
	for i := 1; i <= 64; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			who := "good"
			if i == 32 {
				who = strings.Repeat("x", 1<<20)
			}
			errs[i] = d.Update(ctx, db.Main, func(tx *db.Tx) error { return mark(tx, i, who) })
		}()
	}
	close(release)
	wg.Wait()
	there := map[int]bool{}
	if err := d.View(ctx, func(tx *db.Tx) error {
		ids, err := db.Collect(tx, func(r *db.Rows) (int, error) { var n int; return n, r.Scan(&n) }, `SELECT id FROM marks`)
		for _, n := range ids {
			there[n] = true
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 64; i++ {
		if (errs[i] == nil) != there[i] {
			t.Errorf("caller %d was told %v, and her row is there: %v", i, errs[i], there[i])
		}
		if errs[i] != nil && !fault.Is(errs[i], fault.Unavailable) {
			t.Errorf("caller %d: %v, want an error that says try again", i, errs[i])
		}
	}
	if errs[32] == nil {
		t.Error("a megabyte went onto a full disk")
	}
	pages(1 << 30)
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return mark(tx, 1000, "again") }); err != nil {
		t.Errorf("with space again: %v", err)
	}
}

func BenchmarkDurableFacts(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			d := dbtest.SQLite(b)
			if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
				_, err := tx.Exec(`CREATE TABLE marks (id BIGINT CONSTRAINT marks_pk PRIMARY KEY, who TEXT NOT NULL)`)
				return err
			}); err != nil {
				b.Fatal(err)
			}
			var n atomic.Int64
			b.ResetTimer()
			var wg sync.WaitGroup
			for range writers {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for {
						i := n.Add(1)
						if i > int64(b.N) {
							return
						}
						if err := d.Update(ctx, db.Main, func(tx *db.Tx) error { return mark(tx, int(i), "w") }); err != nil {
							b.Error(err)
							return
						}
					}
				}()
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "facts/s")
		})
	}
}
