package journal_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/journal"
)

// killRounds is how often each of the tests below kills.
const killRounds = 20

// childEnv, if set, makes this test binary a writer that expects to be killed.
const childEnv = "CADRE_JOURNAL_TEST_WRITE_TO"

func TestMain(m *testing.M) {
	if url := os.Getenv(childEnv); url != "" {
		if err := child(url); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// marks is what the killed writers write: a row per operation, and one per job.
var marks = db.Table{Name: "test_marks", Owner: "test", Journalled: []string{"kind"}}

func makeMarks(ctx context.Context, d *db.DB) error {
	return d.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE test_marks (id TEXT PRIMARY KEY, kind TEXT NOT NULL)`)
		return err
	})
}

// act is one act of a person: a row, its entry, and a job that follows.
func act(d *db.DB, op id.Operation) error {
	return d.Update(as(ayesha), db.Main, func(tx *db.Tx) error {
		var out string
		_, err := journal.Once(tx, op, "test.mark", &out, func() error {
			out = "done"
			if err := mark(tx, string(op), "act"); err != nil {
				return err
			}
			_, err := job.Enqueue(tx, job.Spec{Kind: "test.follow", Payload: op})
			return err
		})
		return err
	})
}

func mark(tx *db.Tx, row, kind string) error {
	if _, err := tx.Exec(`INSERT INTO test_marks (id, kind) VALUES (?1, ?2)`, row, kind); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "test.marked", Version: 1, Subject: row, Rows: []journal.Row{journal.RowOf(marks, row)},
	})
}

// follows returns a pool whose jobs mark once for each act. Leases of the dead
// run out soon.
func follows(d *db.DB) *job.Pool {
	p := job.NewPool(d, job.Options{Lease: 300 * time.Millisecond, Poll: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	p.Handle("test.follow", func(ctx context.Context, j *job.Job) error {
		var op id.Operation
		if err := j.Payload(&op); err != nil {
			return err
		}
		return d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if err := mark(tx, "follow:"+string(op), "follow"); err != nil {
				return err
			}
			return j.Complete(tx)
		})
	})
	return p
}

// child writes until it is killed, and says what it begins and what was
// acknowledged.
func child(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: url, Clock: clock.System()})
	if err != nil {
		return err
	}
	j := journal.Attach(d)
	if _, doubt, err := j.Guard(ctx, os.Getenv(childEnv+"_WITNESS"), slog.New(slog.DiscardHandler)); err != nil || doubt != nil {
		return fmt.Errorf("%v: %v", doubt, err)
	}
	var mu sync.Mutex
	say := func(words ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(words...)
	}
	go func() { _ = follows(d).Run(ctx, time.Minute) }()
	for range 8 {
		go func() {
			for {
				op := id.New[id.Operation]()
				say("begin", op)
				if err := act(d, op); err != nil {
					say("failed", err)
					return
				}
				say("done", op)
			}
		}()
	}
	select {}
}

// openNow opens a database with the machine's clock, as the killed writers do.
func openNow(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), db.Options{URL: url, Clock: clock.System()})
	if err != nil {
		t.Fatal(err)
	}
	journal.Attach(d)
	t.Cleanup(func() { _ = d.Close() }) // connections that were killed may be broken
	return d
}

// settle resends what was not answered and asserts that everything is there
// once.
func settle(t *testing.T, d *db.DB, begun map[id.Operation]bool) {
	t.Helper()
	for op, acknowledged := range begun {
		if acknowledged {
			continue
		}
		if err := act(d, op); err != nil {
			t.Fatal(err)
		}
		begun[op] = true
	}
	deadline := time.Now().Add(30 * time.Second)
	pool := follows(d)
	for {
		if _, err := pool.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := d.View(context.Background(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM job_queue WHERE kind = 'test.follow' AND state <> 'done'`).Scan(&left)
		}); err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d jobs are never done", left)
		}
		time.Sleep(20 * time.Millisecond) // the leases of the dead run in machine time
	}
	count := func(q string) (n int) {
		if err := d.View(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(q).Scan(&n) }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for what, q := range map[string]string{
		"rows":          `SELECT COUNT(*) FROM test_marks WHERE kind = 'act'`,
		"effects":       `SELECT COUNT(*) FROM test_marks WHERE kind = 'follow'`,
		"their entries": `SELECT COUNT(DISTINCT subject) FROM journal_entries WHERE kind = 'test.marked' AND subject NOT LIKE 'follow:%'`,
		"outcomes":      `SELECT COUNT(*) FROM journal_operations`,
	} {
		if n := count(q); n != len(begun) {
			t.Errorf("%d %s for %d acts", n, what, len(begun))
		}
	}
	if n := count(`SELECT COUNT(*) FROM journal_entries WHERE kind = 'test.marked'`); n != 2*len(begun) {
		t.Errorf("%d entries for %d acts and as many effects", n, len(begun))
	}
	if rep := verify(t, d, journal.VerifyOptions{Tables: []db.Table{marks}}); !rep.OK() {
		t.Errorf("verify: %v", rep.Findings)
	}
}

// The process is killed, again and again, while it writes: what it acknowledged
// is there once, and what it did not answer is there once after a resend.
func TestKillingTheProcessLosesAndDoublesNothing(t *testing.T) {
	// The shared PostgreSQL server outlives its client, and so does what it has
	// acknowledged to it.
	for engine, url := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			witness := filepath.Join(t.TempDir(), "witness")
			d := openNow(t, url)
			if err := makeMarks(context.Background(), d); err != nil {
				t.Fatal(err)
			}
			begun := map[id.Operation]bool{}
			acknowledged := 0
			seed := rand.New(rand.NewPCG(2020, 11))
			for round := range killRounds {
				cmd := exec.Command(os.Args[0])
				cmd.Env = append(os.Environ(), childEnv+"="+url, childEnv+"_WITNESS="+witness)
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				lines, most := bufio.NewScanner(out), 10+seed.IntN(120)
				for n := 0; lines.Scan(); n++ {
					verb, op, _ := strings.Cut(lines.Text(), " ")
					switch verb {
					case "begin":
						begun[id.Operation(op)] = begun[id.Operation(op)]
					case "done":
						begun[id.Operation(op)] = true
						acknowledged++
					default:
						t.Errorf("round %d: %s", round, lines.Text())
					}
					if n == most {
						_ = cmd.Process.Kill() // what was said before it died is still read
					}
				}
				_ = cmd.Wait() // killed
			}
			if acknowledged < killRounds {
				t.Errorf("only %d acts were acknowledged", acknowledged)
			}
			settle(t, d, begun)
		})
	}
}

// A process of the server is killed, again and again: the server restarts, every
// caller is told to send again, and everything is there once.
func TestKillingTheServersProcessesLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	cluster := dbtest.NewCluster(t)
	ctx := context.Background()
	d := openNow(t, cluster.URL)
	if err := makeMarks(ctx, d); err != nil {
		t.Fatal(err)
	}
	begun := map[id.Operation]bool{}
	var mu sync.Mutex
	stop := make(chan struct{})
	resent := 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				op := id.New[id.Operation]()
				mu.Lock()
				begun[op] = false
				mu.Unlock()
				for {
					err := act(d, op)
					if err == nil {
						break
					}
					if !fault.Is(err, fault.Unavailable) {
						t.Errorf("a killed server is told as %v", err)
						return
					}
					mu.Lock()
					resent++
					mu.Unlock()
					time.Sleep(20 * time.Millisecond) // the server recovers in machine time
				}
				mu.Lock()
				begun[op] = true
				mu.Unlock()
			}
		})
	}
	for killed, tries := 0, 0; killed < killRounds; tries++ {
		if tries > 4000 {
			t.Errorf("only %d processes could be killed", killed)
			break
		}
		if did, err := cluster.KillBackend(); err == nil && did {
			killed++
		}
		time.Sleep(10 * time.Millisecond)
	}
	close(stop)
	wg.Wait()
	if resent == 0 {
		t.Error("no caller noticed the kills")
	}
	settle(t, d, begun)
}
