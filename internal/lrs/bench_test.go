package lrs_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/crashtest"
	"cadre/internal/db/dbtest"
	"cadre/internal/journal"
	"cadre/internal/lrs"
)

// BenchmarkRatios measures the record store against the raw limit of its engine
// within one run, through HTTP, and prints a table; times are shown, never
// asserted. CADRE_TEST_STATEMENTS is how many statements the larger store of the
// queries holds, 200,000 if empty; the smaller one has a quarter, but at most
// 50,000.
func BenchmarkRatios(b *testing.B) {
	largest := 200_000
	if s := os.Getenv("CADRE_TEST_STATEMENTS"); s != "" {
		if _, err := fmt.Sscan(s, &largest); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w)
		fmt.Fprintln(w, "learning record store\tthis run\tratio")
		benchWrites(b, w, "SQLite", func() *bench { return newBench(b, 0) })
		benchWrites(b, w, "PostgreSQL", func() *bench { return benchOn(b, dbtest.Open(b, dbtest.Durable(b)), nil) })
		benchSlow(b, w)
		benchReads(b, w, largest)
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

// bench is a record store behind HTTP on a disk of its own.
type bench struct {
	testing.TB
	d    *db.DB
	s    *lrs.Service
	disk *crashtest.Slow // nil on PostgreSQL
	http *httptest.Server
	auth string
	next atomic.Int64
}

func newBench(b testing.TB, delay time.Duration) *bench {
	b.Helper()
	disk := crashtest.NewSlow(b, delay)
	d, err := db.Open(context.Background(), db.Options{URL: filepath.Join(b.TempDir(), "bench.db"), Wrap: disk.Wrap})
	if err != nil {
		b.Fatal(err)
	}
	journal.Attach(d)
	b.Cleanup(func() { _ = d.Close() }) // the bench is over
	return benchOn(b, d, disk)
}

func benchOn(b testing.TB, d *db.DB, disk *crashtest.Slow) *bench {
	b.Helper()
	files, err := blob.Open(b.TempDir(), clock.System())
	if err != nil {
		b.Fatal(err)
	}
	x := &bench{TB: b, d: d, s: lrs.New(lrs.Deps{DB: d, Files: files, Home: home}), disk: disk}
	k, secret, err := x.s.CreateKey(operator(), lrs.NewKey{Title: "Bench", Scopes: []lrs.Scope{lrs.ScopeAll}})
	if err != nil {
		b.Fatal(err)
	}
	x.auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(k.ID+":"+secret))
	x.http = httptest.NewServer(lrs.NewHandler(x.s, slog.New(slog.DiscardHandler)))
	b.Cleanup(x.http.Close)
	return x
}

// close lets go of a store before the whole is over.
func (x *bench) close() {
	x.Helper()
	x.http.Close()
	x.must(x.d.Close())
}

func (x *bench) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

func benchID(n int64) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n) }

// statement is one as authoring tools write it; there are 500 actors, 200
// activities and 8 verbs.
func (x *bench) statement(n int64) string {
	return fmt.Sprintf(`{"id":%q,"actor":{"objectType":"Agent","account":{"homePage":"https://example.org","name":"learner-%d"}},`+
		`"verb":{"id":"http://adlnet.gov/expapi/verbs/v%d","display":{"en-US":"answered"}},`+
		`"object":{"objectType":"Activity","id":"https://example.org/activities/%d","definition":{"name":{"en-US":"Question %d"},"type":"http://adlnet.gov/expapi/activities/question"}},`+
		`"result":{"score":{"scaled":0.8,"raw":8,"min":0,"max":10},"success":true,"completion":true,"response":"choice-%d","duration":"PT12.5S"},`+
		`"context":{"registration":"00000000-0000-4000-9000-%012x","contextActivities":{"parent":[{"id":"https://example.org/courses/%d"}]},"language":"en","platform":"bench"},`+
		`"timestamp":"2020-10-20T09:30:00.123Z"}`, benchID(n), n*7%500, n%8, n*3%200, n*3%200, n%4, n*7%500, n%10)
}

func (x *bench) client(connections int) *http.Client {
	t := &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true}
	x.Cleanup(t.CloseIdleConnections)
	return &http.Client{Transport: t}
}

func (x *bench) do(c *http.Client, method, path string, body []byte) []byte {
	r, err := http.NewRequest(method, x.http.URL+path, bytes.NewReader(body))
	if err != nil {
		x.Error(err)
		return nil
	}
	r.Header.Set("Authorization", x.auth)
	r.Header.Set("X-Experience-API-Version", "2.0.0")
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.Do(r)
	if err != nil {
		x.Error(err)
		return nil
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		x.Errorf("%s %s: %s %.200s, %v", method, path, answer.Status, out, err)
	}
	return out
}

// rate is what a run came to.
type rate struct {
	perSecond float64 // statements, or requests that read
	perTx     float64 // statements per durable transaction
}

// each does n things by so many connections and returns how many a second.
func (x *bench) each(connections, n int, f func(c *http.Client)) float64 {
	x.Helper()
	c := x.client(connections)
	var left atomic.Int64
	left.Store(int64(n))
	begun := time.Now()
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				f(c)
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(begun).Seconds()
}

// post sends requests of so many statements each.
func (x *bench) post(connections, requests, size int) rate {
	x.Helper()
	before := x.commits()
	perSecond := x.each(connections, requests, func(c *http.Client) {
		last := x.next.Add(int64(size))
		var body bytes.Buffer
		body.WriteByte('[')
		for n := last - int64(size); n < last; n++ {
			if body.Len() > 1 {
				body.WriteByte(',')
			}
			body.WriteString(x.statement(n))
		}
		body.WriteByte(']')
		text := body.Bytes()
		if size == 1 {
			text = text[1 : len(text)-1]
		}
		x.do(c, http.MethodPost, "/xapi/statements", text)
	})
	return rate{perSecond * float64(size), float64(requests*size) / float64(max(1, x.commits()-before))}
}

// commits is how many durable transactions there were so far: on SQLite each is a
// sync, and PostgreSQL marks each row with the one that wrote it. (Its statistics
// come up to ten seconds late, and count those that read.)
func (x *bench) commits() (n int64) {
	x.Helper()
	if x.disk != nil {
		return x.disk.Syncs()
	}
	x.must(x.d.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(DISTINCT CAST(xmin AS TEXT)) FROM lrs_ids`).Scan(&n)
	}))
	return n
}

// rawTable are the rows of a table, by the place of their statement.
type rawTable struct {
	into    string
	columns int
	rows    map[int64][][]any
}

// dump reads every row that statements have, by their place.
func (x *bench) dump() (order []int64, tables []rawTable) {
	x.Helper()
	for _, t := range []struct {
		into, query string
		columns     int
	}{
		{"lrs_statements (stored, id, authority, version, voided, person, body)", `SELECT stored, id, authority, version, voided, person, body FROM lrs_statements ORDER BY stored`, 7},
		{"lrs_ids (stored, id, digest)", `SELECT stored, id, digest FROM lrs_ids ORDER BY stored`, 3},
		{"lrs_index (stored, key)", `SELECT stored, key FROM lrs_index ORDER BY stored, key`, 2},
	} {
		table := rawTable{into: t.into, columns: t.columns, rows: map[int64][][]any{}}
		x.must(x.d.View(context.Background(), func(tx *db.Tx) error {
			rows, err := tx.Query(t.query)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				values, into := make([]any, t.columns), make([]any, t.columns)
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				stored := values[0].(int64)
				table.rows[stored] = append(table.rows[stored], values)
				if t.columns == 7 {
					order = append(order, stored)
				}
			}
			return rows.Err()
		}))
		tables = append(tables, table)
	}
	return order, tables
}

// raw is the raw limit: a bare loop on a fresh store that writes the same rows,
// index rows in their order, with so many statements in a transaction.
func raw(b testing.TB, fresh *bench, order []int64, tables []rawTable, perTx int) float64 {
	b.Helper()
	begun := time.Now()
	for part := range slices.Chunk(order, max(1, perTx)) {
		fresh.must(fresh.d.Update(context.Background(), db.XAPI, func(tx *db.Tx) error {
			for _, t := range tables {
				var rows [][]any
				for _, stored := range part {
					rows = append(rows, t.rows[stored]...)
				}
				if t.columns == 2 {
					slices.SortFunc(rows, func(a, b []any) int {
						if a[1].(int64) < b[1].(int64) {
							return -1
						}
						return 1
					})
				}
				if err := tx.ExecRows("INSERT INTO "+t.into, t.columns, slices.Concat(rows...), ""); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return float64(len(order)) / time.Since(begun).Seconds()
}

// benchWrites compares posting with the raw limit.
func benchWrites(b testing.TB, w io.Writer, engine string, open func() *bench) {
	b.Helper()
	for _, c := range []struct {
		connections, requests, size int
	}{{8, 2000, 1}, {64, 4000, 1}, {8, 200, 50}, {64, 400, 50}} {
		const rounds = 3 // by turns, for machines are noisy
		var posted, limits, perTx []float64
		for range rounds {
			x := open()
			x.post(c.connections, 2*c.connections, c.size) // warm
			warm := x.next.Load()
			r := x.post(c.connections, c.requests, c.size)
			order, tables := x.dump()
			posted, perTx = append(posted, r.perSecond), append(perTx, r.perTx)
			x.close()
			bare := open()
			limits = append(limits, raw(b, bare, order[warm:], tables, int(r.perTx+0.5)))
			bare.close()
		}
		for _, all := range [][]float64{posted, limits, perTx} {
			slices.Sort(all)
		}
		const median = rounds / 2
		what := fmt.Sprintf("%s: single statements, %d connections", engine, c.connections)
		if c.size > 1 {
			what = fmt.Sprintf("%s: batches of %d, %d connections", engine, c.size, c.connections)
		}
		fmt.Fprintf(w, "%s\t%.0f statements/s\t%.0f%% of the raw limit (%.0f/s, %.0f a transaction)\n", what, posted[median], 100*posted[median]/limits[median], limits[median], perTx[median])
	}
}

// benchSlow compares one connection with many where each sync takes 5 ms more.
func benchSlow(b testing.TB, w io.Writer) {
	b.Helper()
	x := newBench(b, 5*time.Millisecond)
	x.post(64, 64, 1)
	one := x.post(1, 200, 1)
	many := x.post(64, 6400, 1)
	fmt.Fprintf(w, "SQLite, syncs 5 ms slower: single statements, 1 connection\t%.0f statements/s\t1.0\n", one.perSecond)
	fmt.Fprintf(w, "SQLite, syncs 5 ms slower: single statements, 64 connections\t%.0f statements/s\t%.1f × one connection\n", many.perSecond, many.perSecond/one.perSecond)
}

// benchReads compares queries on a small store with those on a large one. Both are
// asked by turns, for machines are noisy, and filling the large one takes long.
func benchReads(b testing.TB, w io.Writer, largest int) {
	b.Helper()
	var stores []*bench
	for _, size := range []int{min(50_000, largest/4), largest} {
		const batch = 250
		before := heapInUse()
		x := newBench(b, 0)
		x.post(4, size/batch, batch)
		stores = append(stores, x)
		fmt.Fprintf(w, "memory that a store takes, %d statements\t%.1f MB\t\n", x.next.Load(), float64(heapInUse()-before)/(1<<20))
	}
	for _, q := range []struct {
		name string
		path func(statements int64) string
	}{
		{"GET by id", func(statements int64) string {
			return "/xapi/statements?statementId=" + benchID(rand.Int64N(statements))
		}},
		{"GET by agent and verb, page of 50", func(int64) string {
			n := rand.Int64N(4000)
			agent := fmt.Sprintf(`{"account":{"homePage":"https://example.org","name":"learner-%d"}}`, n*7%500)
			return "/xapi/statements?limit=50&agent=" + url.QueryEscape(agent) + "&verb=" + url.QueryEscape(fmt.Sprintf("http://adlnet.gov/expapi/verbs/v%d", n%8))
		}},
	} {
		times := make([][]time.Duration, len(stores))
		clients := []*http.Client{stores[0].client(1), stores[1].client(1)}
		for i := range 1200 {
			for j, x := range stores {
				begun := time.Now()
				out := x.do(clients[j], http.MethodGet, q.path(x.next.Load()), nil)
				if i >= 200 { // warm by then
					times[j] = append(times[j], time.Since(begun))
				}
				var page struct{ Statements []json.RawMessage }
				if strings.Contains(q.name, "page") {
					if err := json.Unmarshal(out, &page); err != nil || len(page.Statements) == 0 {
						b.Fatalf("an empty page: %.200s, %v", out, err)
					}
				}
			}
			if b.Failed() {
				return
			}
		}
		var medians []float64
		for j, x := range stores {
			slices.Sort(times[j])
			medians = append(medians, times[j][len(times[j])/2].Seconds()*1000)
			perSecond := x.each(8, 1500, func(c *http.Client) { x.do(c, http.MethodGet, q.path(x.next.Load()), nil) })
			ratio := "1.0"
			if j > 0 {
				ratio = fmt.Sprintf("%.2f × the median of the smaller store", medians[j]/medians[0])
			}
			fmt.Fprintf(w, "SQLite: %s, of %d statements\tmedian %.2f ms, %.0f/s by 8 connections\t%s\n", q.name, x.next.Load(), medians[j], perSecond, ratio)
		}
	}
}

// heapInUse is what the process holds once all is collected, in bytes.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // what lies in pools is let go by the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}
