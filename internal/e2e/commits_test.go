package e2e_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/db/crashtest"
	"cadre/internal/db/dbtest"
)

// pupils is how many learners commit at once, each by a connection of her own.
const pupils = 8

// elements are what a pupil's package sets before each commit.
var elements = []string{"cmi.core.lesson_location", "cmi.core.score.raw", "cmi.suspend_data"}

// class is an instance in which pupils are in a package of SCORM 1.2.
type class struct {
	testing.TB
	app    *app.App
	disk   *crashtest.Slow // nil on PostgreSQL
	pupils []*visitor
}

// newClass opens an instance on SQLite, or on the PostgreSQL database that is
// named, and has its pupils signed in and launched.
func newClass(t testing.TB, database string) *class {
	t.Helper()
	c := &class{TB: t}
	o := app.Options{Clock: clock.NewFake(monday), Log: slog.New(slog.DiscardHandler)}
	if database == "" {
		c.disk = crashtest.NewSlow(t, 0)
		o.Database = db.Options{Wrap: c.disk.Wrap}
	}
	cfg, err := config.Load("", newInstance(t, database))
	must(t, err)
	c.app, err = app.Open(context.Background(), cfg, o)
	must(t, err)
	t.Cleanup(func() { closed(t, c.app) })
	w := newWorld(t, c.app, pupils)
	server, err := c.app.Web(nil)
	must(t, err)
	site := httptest.NewServer(server)
	t.Cleanup(site.Close)
	for _, her := range w.Officers {
		opened, err := w.do(c.app, deed{Op: op(), Do: "launch", Of: her})
		must(t, err)
		v := &visitor{launch: opened.Launch, cookie: signedIn(t, c.app, her.Person, actor.Participant, actor.Scope{Cohort: w.Cohort})}
		v.begin(site.URL)
		c.pupils = append(c.pupils, v)
	}
	return c
}

// commitOf is the n-th entry of a pupil's log: a kilobyte that the package
// remembers, where she is, and her score.
func commitOf(pupil, n int) json.RawMessage {
	r := rand.New(rand.NewPCG(uint64(pupil), uint64(n)))
	data := make([]byte, 768)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	b, err := json.Marshal(map[string]any{"activity": "ONE", "at": time.Now().UnixMilli(), "set": map[string]string{
		"cmi.suspend_data": base64.StdEncoding.EncodeToString(data), "cmi.core.lesson_location": fmt.Sprint("page ", n), "cmi.core.score.raw": fmt.Sprint(n % 100),
	}})
	if err != nil {
		panic(err) // it is made of strings
	}
	return b
}

// commit has each pupil commit so often, and returns how many commits a second
// were answered as durable, and what each cost of all processors, the pupils' own
// part with it: what they send is made before the clock runs.
func (c *class) commit(each int) (perSecond float64, cost time.Duration) {
	c.Helper()
	batches := make([][][]byte, len(c.pupils))
	for i, v := range c.pupils {
		for n := range each {
			b, err := v.batch(int64(n+1), commitOf(i, int(v.number)+n))
			must(c, err)
			batches[i] = append(batches[i], b)
		}
	}
	before := worked(c)
	begun := time.Now()
	var wg sync.WaitGroup
	for i, v := range c.pupils {
		wg.Go(func() {
			for _, b := range batches[i] {
				if err := v.hand(b); err != nil {
					c.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	n := len(c.pupils) * each
	perSecond = float64(n) / time.Since(begun).Seconds()
	cost = (worked(c) - before) / time.Duration(n)
	if c.Failed() {
		c.FailNow()
	}
	return perSecond, cost
}

// worked is how long processors have worked for this process.
func worked(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// one returns what a query counts.
func (c *class) one(query string, args ...any) (n int64) {
	c.Helper()
	must(c, c.app.DB.View(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }))
	return n
}

// groups is how many durable transactions the entries of the journal after a
// sequence came in: on SQLite each is a sync since before; on PostgreSQL each
// entry names its own.
func (c *class) groups(after, before int64) int64 {
	c.Helper()
	if c.disk != nil {
		return max(1, c.disk.Syncs()-before)
	}
	return max(1, c.one(`SELECT COUNT(DISTINCT xmin::text) FROM journal_entries WHERE lane = 'main' AND sequence > ?1`, after))
}

func (c *class) syncs() int64 {
	if c.disk == nil {
		return 0
	}
	return c.disk.Syncs()
}

// written are rows of a table that commits have left, in their order.
type written struct {
	into    string
	columns int
	rows    [][]any
}

// after reads the rows of a table that a query finds.
func (c *class) after(table, columns, where string, args ...any) written {
	c.Helper()
	w := written{into: table + " (" + columns + ")", columns: strings.Count(columns, ",") + 1}
	must(c, c.app.DB.View(context.Background(), func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT `+columns+` FROM `+table+` WHERE `+where, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			values, into := make([]any, w.columns), make([]any, w.columns)
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			w.rows = append(w.rows, values)
		}
		return rows.Err()
	}))
	return w
}

// raw is the raw limit: a bare loop on an instance of its own that writes what
// commits have written, with so many commits in a transaction, and returns how
// many a second became durable.
func (c *class) raw(entries written, journals []written, perTx int) float64 {
	c.Helper()
	ours := c.after("player_launches", "id, attempt, person", "replaced_at = 0 ORDER BY id")
	n := len(entries.rows)
	pupil := map[any]int{}
	type commit struct {
		entry []any
		data  [][]any
	}
	var commits []commit
	for _, e := range entries.rows {
		at, ok := pupil[e[1]]
		if !ok {
			at = len(pupil)
			pupil[e[1]] = at
		}
		her := ours.rows[at]
		e[1], e[3], e[4] = her[0], her[1], her[2]
		var said struct{ Set map[string]json.RawMessage }
		must(c, json.Unmarshal([]byte(e[9].(string)), &said))
		one := commit{entry: e}
		for _, name := range elements {
			one.data = append(one.data, []any{her[1], "ONE", name, her[2], string(said.Set[name])})
		}
		commits = append(commits, one)
	}
	// part is what of n rows belongs to commits from to.
	part := func(w written, from, to int) [][]any { return w.rows[len(w.rows)*from/n : len(w.rows)*to/n] }

	begun := time.Now()
	for from := 0; from < n; from += perTx {
		to := min(n, from+perTx)
		must(c, c.app.DB.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			var logs, data, units [][]any
			remember := func() error {
				err := tx.ExecRows(`INSERT INTO player_data (attempt, activity, element, person, value)`, 5, slices.Concat(data...),
					` ON CONFLICT (attempt, activity, element) DO UPDATE SET value = excluded.value`)
				if err == nil {
					err = tx.ExecRows(`INSERT INTO player_units (attempt, activity, person, completion, success, scaled, raw, lowest, highest, percent, seconds, leaving, touched_at)`, 13, slices.Concat(units...),
						` ON CONFLICT (attempt, activity) DO UPDATE SET scaled = excluded.scaled, raw = excluded.raw, leaving = excluded.leaving, touched_at = excluded.touched_at`)
				}
				data, units = nil, nil
				return err
			}
			for _, x := range commits[from:to] {
				e := x.entry
				if slices.ContainsFunc(units, func(u []any) bool { return u[0] == e[3] }) { // no statement changes a row twice
					if err := remember(); err != nil {
						return err
					}
				}
				logs, data = append(logs, e), append(data, x.data...)
				units = append(units, []any{e[3], "ONE", e[4], "incomplete", "", "0.5", "50", "", "", 0, 0, "open", e[5]})
				if _, err := tx.Exec(`UPDATE player_launches SET touched_at = ?2, ended_at = 0, number = ?3, bytes = ?4 WHERE id = ?1`, e[1], e[5], e[2], from); err != nil {
					return err
				}
				if _, err := tx.Exec(`UPDATE player_attempts SET percent = 0, points = 50, max_points = 100, touched_at = ?2 WHERE id = ?1`, e[3], e[5]); err != nil {
					return err
				}
			}
			if err := tx.ExecRows("INSERT INTO "+entries.into, entries.columns, slices.Concat(logs...), ""); err != nil {
				return err
			}
			if err := remember(); err != nil {
				return err
			}
			for _, j := range journals {
				if err := tx.ExecRows("INSERT INTO "+j.into, j.columns, slices.Concat(part(j, from, to)...), ""); err != nil {
					return err
				}
			}
			_, err := tx.Exec(`UPDATE journal_heads SET sequence = sequence + ?1 WHERE lane = 'main'`, to-from)
			return err
		}))
	}
	return float64(n) / time.Since(begun).Seconds()
}

// commits compares what a package commits, through HTTP and answered when it is
// durable, with the raw limit of the engine.
func (m *measure) commits(engine string, open func() *class, each int) {
	m.Helper()
	c := open()
	c.commit(each / 20) // warm
	var head, node int64
	head = c.one(`SELECT sequence FROM journal_heads WHERE lane = 'main'`)
	node = c.one(`SELECT MAX(position) FROM journal_hashes WHERE lane = 'main'`)
	before := c.syncs()
	perSecond, cost := c.commit(each)
	n := int64(each * pupils)
	perTx := int(float64(n)/float64(c.groups(head, before)) + 0.5)

	entries := c.after("player_entries", "id, launch, number, attempt, person, occurred_at, recorded_at, applied, digest, body",
		fmt.Sprintf("number > %d ORDER BY id", each/20))
	if int64(len(entries.rows)) != n {
		m.Fatalf("of %d commits that were answered, %d are kept", n, len(entries.rows))
	}
	var journals []written
	for _, t := range []struct{ table, columns string }{
		{"journal_entries", "lane, sequence, origin, incarnation, at, actor, kind, version, country, agency, programme, cohort, subject, previous, body_hash, hash"},
		{"journal_bodies", "lane, sequence, salt, body"},
		{"journal_rows", "lane, sequence, position, name, row_id, columns, digest"},
	} {
		journals = append(journals, c.after(t.table, t.columns, "lane = 'main' AND sequence > ?1 ORDER BY sequence", head))
	}
	journals = append(journals, c.after("journal_hashes", "lane, position, hash", "lane = 'main' AND position > ?1 ORDER BY position", node))
	limit := open().raw(entries, journals, max(1, perTx))
	m.line(fmt.Sprintf("%s: SCORM commits of a kilobyte, %d connections", engine, pupils), fmt.Sprintf("%.0f/s, %d µs of processors each", perSecond, cost.Microseconds()),
		fmt.Sprintf("%.0f%% of the raw limit (%.0f/s, %d a transaction)", 100*perSecond/limit, limit, perTx))
}

// BenchmarkCommits is that part of [BenchmarkRatios] alone, by engine, so that it can
// be profiled.
func BenchmarkCommits(b *testing.B) {
	for _, e := range []struct {
		name string
		open func() *class
		each int
	}{
		{"SQLite", func() *class { return newClass(b, "") }, 2000},
		{"PostgreSQL", func() *class { return newClass(b, dbtest.Durable(b)) }, 1000},
	} {
		b.Run(e.name, func(b *testing.B) {
			for b.Loop() {
				m := measure{TB: b, Writer: tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)}
				m.commits(e.name, e.open, e.each)
				m.must(m.Flush())
			}
		})
	}
}

// TestCommitsThroughHTTP is the comparison in small: whatever was answered is kept,
// and remembered.
func TestCommitsThroughHTTP(t *testing.T) {
	for engine, open := range map[string]func(t *testing.T) *class{
		"sqlite":   func(t *testing.T) *class { return newClass(t, "") },
		"postgres": func(t *testing.T) *class { return newClass(t, dbtest.PostgresURL(t)) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var all []*class
			m := measure{TB: t, Writer: tabwriter.NewWriter(io.Discard, 0, 0, 2, ' ', 0)}
			m.commits(engine, func() *class { all = append(all, open(t)); return all[len(all)-1] }, 20)
			c := all[0]
			if got := c.one(`SELECT COUNT(*) FROM player_data WHERE element IN ('cmi.suspend_data', 'cmi.core.lesson_location', 'cmi.core.score.raw')`); got != int64(len(elements)*pupils) {
				t.Errorf("%d pupils remember %d values", pupils, got)
			}
			verified(t, c.app)
		})
	}
}
