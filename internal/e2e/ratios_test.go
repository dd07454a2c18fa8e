package e2e_test

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/web"
)

// BenchmarkRatios measures Cadre against itself within one run, so that what it
// says holds on any machine, and prints a table. That a page costs the same
// number of statements and rows in a cohort of any size is asserted; times are
// shown. CADRE_TEST_PARTICIPANTS is the largest cohort, 2500 if empty.
func BenchmarkRatios(b *testing.B) {
	largest := 2500
	if s := os.Getenv("CADRE_TEST_PARTICIPANTS"); s != "" {
		if _, err := fmt.Sscan(s, &largest); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		m := measure{TB: b, Writer: tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)}
		m.all(largest)
		if err := m.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

// measure is one run on a fresh instance.
type measure struct {
	testing.TB
	*tabwriter.Writer
	app    *app.App
	server *web.Server
	cohort id.Cohort
	quota  id.Quota
}

func (m *measure) must(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

func (m *measure) line(what, value, ratio string) {
	fmt.Fprintf(m, "%s\t%s\t%s\n", what, value, ratio)
}

func (m *measure) all(largest int) {
	m.begin(largest + 25)
	fmt.Fprintln(m)
	m.line("what", "this run", "ratio")
	one, many := m.facts(1, 100), m.facts(64, 2000)
	m.line("durable acts by 1 writer", fmt.Sprintf("%.0f/s", one), "1.0")
	m.line("durable acts by 64 writers", fmt.Sprintf("%.0f/s", many), fmt.Sprintf("%.1f × one writer", many/one))

	closed(m, m.app)

	m.commits("SQLite", func() *class { return newClass(m, "") }, 2000)
	m.commits("PostgreSQL", func() *class { return newClass(m, dbtest.Durable(m)) }, 1000)

	m.begin(largest + 25)
	defer closed(m, m.app)
	her := m.participant()
	hers := signedIn(m, m.app, her, actor.Participant, actor.Scope{Cohort: m.cohort})
	office := officeOf(m, m.app)
	pages := []*page{
		{name: "her home page", path: "/", cookie: hers, shows: "Trafficking in persons", from: 25},
		{name: "the cohort's overview", path: "/cohorts/" + string(m.cohort), cookie: office, shows: "FIA", from: 25},
		{name: "50 of its nominations", path: "/cohorts/" + string(m.cohort) + "/nominations", cookie: office, shows: "Officer ", from: 250}, // 25 do not fill a page
	}
	for n, size := 1, 25; size <= largest; size *= 10 {
		m.grow(size - n)
		n = size
		for _, p := range pages {
			if size >= p.from {
				m.page(p, size)
			}
		}
	}
	m.load(hers)
	m.evaluate(her)
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	m.line("memory in use after a collection", fmt.Sprintf("%d MB", mem.HeapInuse>>20), "")
	m.line("memory taken from the machine", fmt.Sprintf("%d MB", mem.Sys>>20), "")
}

// begin opens a fresh instance with an empty cohort. It has more places than
// will be taken: the overview has a row for those that are free.
func (m *measure) begin(places int) {
	m.Helper()
	m.app = newInstance(m, "").open(m)
	var err error
	m.server, err = m.app.Web(nil)
	m.must(err)
	m.cohort, m.quota = openingOf(m, m.app, strings.ReplaceAll(blueprint, "places: 25", fmt.Sprintf("places: %d", places)))
}

// propose enters an officer.
func (m *measure) propose() (cohort.Proposed, error) {
	b, err := act{Op: op(), Cohort: m.cohort, Quota: m.quota}.do(m.app)
	return b.Proposed, err
}

// facts returns how many proposals a second become durable.
func (m *measure) facts(writers, n int) float64 {
	m.Helper()
	begun := time.Now()
	m.by(writers, n, func() error { _, err := m.propose(); return err })
	return float64(n) / time.Since(begun).Seconds()
}

// by does f n times, in so many goroutines.
func (m *measure) by(workers, n int, f func() error) {
	m.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := f(); err != nil {
					m.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if m.Failed() {
		m.FailNow()
	}
}

// join makes a participant: proposed, willing, and with a seat of her own.
func (m *measure) join() (id.Person, error) {
	p, err := m.propose()
	if err != nil {
		return "", err
	}
	if _, err := m.app.Cohort.Accept(herself(p.Person), op(), cohort.Said{Nomination: p.Nomination}); err != nil {
		return "", err
	}
	_, err = m.app.Cohort.Confirm(officer(), op(), p.Nomination)
	return p.Person, err
}

func (m *measure) participant() id.Person {
	m.Helper()
	p, err := m.join()
	m.must(err)
	return p
}

func (m *measure) grow(n int) {
	m.Helper()
	m.by(64, n, func() error { _, err := m.join(); return err })
}

// page is a page whose cost must not follow the size of the cohort.
type page struct {
	name, path, cookie string
	shows              string // what cannot be missing from it
	from               int    // the smallest cohort in which it is full
	statements, rows   int64
	first              time.Duration
}

// page shows what a page costs in a cohort of a size.
func (m *measure) page(p *page, size int) {
	m.Helper()
	var times []time.Duration
	var meter *db.Meter
	for range 60 {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+p.path, nil)
		r.Header.Set("Cookie", p.cookie)
		var ctx context.Context
		ctx, meter = db.WithMeter(r.Context())
		w := httptest.NewRecorder()
		begun := time.Now()
		m.server.ServeHTTP(w, r.WithContext(ctx))
		times = append(times, time.Since(begun))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), p.shows) {
			m.Fatalf("%s: %d %s", p.path, w.Code, w.Body)
		}
	}
	slices.Sort(times)
	median := times[len(times)/2]
	statements, rows := meter.Statements.Load(), meter.Rows.Load()
	if p.first == 0 {
		p.first, p.statements, p.rows = median, statements, rows
	}
	if statements != p.statements || rows != p.rows || statements == 0 {
		m.Errorf("%s costs %d statements and %d rows among %d, and %d and %d among %d", p.name, p.statements, p.rows, p.from, statements, rows, size)
	}
	m.line(fmt.Sprintf("%s among %d", p.name, size), fmt.Sprintf("%.2f ms, %d statements, %d rows", float64(median.Microseconds())/1000, statements, rows),
		fmt.Sprintf("%.2f × among %d", float64(median)/float64(p.first), p.from))
}

// load compares the home page under eight connections with a handler that reads
// one row and renders one template.
func (m *measure) load(cookie string) {
	m.Helper()
	bare := template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>{{.}}</title><main><h1>{{.}}</h1></main></html>`))
	least := m.rate(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var title string
		err := m.app.DB.View(r.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT title FROM cohort_cohorts WHERE id = ?1`, m.cohort).Scan(&title)
		})
		if err == nil {
			err = bare.Execute(w, title)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}), "", true)
	plain, home := m.rate(m.server, cookie, true), m.rate(m.server, cookie, false)
	m.line("one row, one template, 8 connections", fmt.Sprintf("%.0f/s", least), "1.0")
	m.line("her home page, 8 connections", fmt.Sprintf("%.0f/s", plain), fmt.Sprintf("the bare page is %.1f × as fast", least/plain))
	m.line("the same, compressed", fmt.Sprintf("%.0f/s", home), fmt.Sprintf("the bare page is %.1f × as fast", least/home))
}

// rate returns how many requests a second eight connections have answered.
func (m *measure) rate(h http.Handler, cookie string, plain bool) float64 {
	m.Helper()
	const connections, n = 8, 600
	s := httptest.NewServer(h)
	defer s.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: plain}}
	defer client.CloseIdleConnections()
	get := func() error {
		r, err := http.NewRequest(http.MethodGet, s.URL+"/", nil)
		if err != nil {
			return err
		}
		r.Header.Set("Cookie", cookie)
		w, err := client.Do(r)
		if err != nil {
			return err
		}
		defer w.Body.Close()
		if w.StatusCode != http.StatusOK || w.Request.URL.Path != "/" {
			return fmt.Errorf("%s at %s", w.Status, w.Request.URL.Path)
		}
		_, err = io.Copy(io.Discard, w.Body)
		return err
	}
	m.by(connections, connections, get) // connected
	begun := time.Now()
	m.by(connections, n, get)
	return n / time.Since(begun).Seconds()
}

// evaluate shows how often a second the rules say where she stands.
func (m *measure) evaluate(p id.Person) {
	m.Helper()
	var plan *pathway.Plan
	var facts []pathway.Fact
	m.must(m.app.DB.View(context.Background(), func(tx *db.Tx) error {
		in, err := pathway.FollowingOf(tx, m.cohort)
		if err != nil {
			return err
		}
		if plan, err = pathway.PlanOf(tx, in.Version); err != nil {
			return err
		}
		facts, err = pathway.FactsOf(tx, p, m.cohort)
		return err
	}))
	const n = 20000
	begun := time.Now()
	for range n {
		plan.Evaluate(facts, now)
	}
	m.line(fmt.Sprintf("standings evaluated from %d facts", len(facts)), fmt.Sprintf("%.0f/s", n/time.Since(begun).Seconds()), "")
}
