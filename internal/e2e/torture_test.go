//go:build torture

package e2e_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"cadre/internal/db/dbtest"
)

// figures is a line of the table that a long run ends with.
type figures struct {
	name                                  string
	faults, answered, again, lost, double int
	seed                                  uint64
	worse                                 bool // a loss was arranged, and has to be seen
	failed                                bool
}

// TestTorture breaks Cadre for CADRE_TEST_SECONDS, then has 300 people work in it
// for as long, and prints a table. Without CADRE_TEST_SECONDS each part goes on until
// it has its number (a million power cuts, 5,000 kills on each engine, 500 of
// PostgreSQL, 200 failovers, 10,000 histories), and people work for half an hour. It
// fails on any loss, any error under load, and memory that grows. A part alone is run
// by its name: -run TestTorture/people.
func TestTorture(t *testing.T) {
	const million = 1_000_000
	seconds := 0
	if s := os.Getenv("CADRE_TEST_SECONDS"); s != "" {
		if _, err := fmt.Sscan(s, &seconds); err != nil {
			t.Fatal(err)
		}
	}
	var table []figures
	// part runs f for its share of the time, in hundredths.
	part := func(name string, share int, f func(t *testing.T, over func() bool) figures) {
		until := time.Now().Add(time.Duration(seconds) * time.Second * time.Duration(share) / 100)
		t.Run(name, func(t *testing.T) {
			line := figures{name: name, failed: true}
			defer func() { table = append(table, line) }()
			line = f(t, func() bool { return seconds > 0 && time.Now().After(until) })
			line.name, line.failed = name, t.Failed()
		})
	}
	cuts := func(worse func(b *bench), most int) func(t *testing.T, over func() bool) figures {
		return func(t *testing.T, over func() bool) figures {
			b := newBench(t, seedOf(t))
			if worse != nil {
				worse(b)
			}
			b.run(t, func(c tally) bool { return over() || c.cuts >= most })
			for _, f := range b.fails {
				if worse == nil {
					t.Error(f)
				}
			}
			c := b.tally
			return figures{faults: c.cuts, answered: c.acknowledged, again: c.resent, lost: c.lost, double: c.doubled, seed: b.seed, worse: worse != nil}
		}
	}
	part("power cuts", 35, cuts(nil, million))
	part("power cuts, synchronous=NORMAL", 2, cuts(func(b *bench) { b.normal = true }, 2000))
	part("power cuts, a disk that lies", 2, cuts(func(b *bench) { b.lying = true }, 2000))
	part("failures of the disk", 16, func(t *testing.T, over func() bool) figures {
		var all failing
		b := newBench(t, seedOf(t))
		img := roomy(t, b)
		for first := 0; !over() && !t.Failed() && first < failStride; first++ {
			for _, f := range flows() {
				if over() {
					break
				}
				stride := failStride
				if f.long { // the others' turn comes too
					stride *= 40
				}
				b.fail(t, img, f, first, stride, over, &all)
			}
		}
		return figures{faults: all.failures, answered: all.passed + all.refused, again: all.refused, seed: b.seed}
	})
	for engine, url := range engineURLs() {
		part("kills of Cadre on "+engine, 10, func(t *testing.T, over func() bool) figures {
			killed, answered := killing(t, url(t), func(n int) bool { return n >= 5000 || over() })
			return figures{faults: killed, answered: answered}
		})
	}
	part("kills of PostgreSQL's processes", 5, func(t *testing.T, over func() bool) figures {
		killed, answered, again := killingTheServer(t, func(n int) bool { return n >= 500 || n > 0 && over() })
		return figures{faults: killed, answered: int(answered), again: int(again)}
	})
	part("failovers of PostgreSQL", 5, func(t *testing.T, over func() bool) figures {
		promoted, answered, again := failover(t, func(n int) bool { return n >= 200 || n > 0 && over() })
		return figures{faults: promoted, answered: int(answered), again: int(again)}
	})
	part("histories", 10, func(t *testing.T, over func() bool) figures {
		n := 0
		for done := 0; done < 10_000 && (done == 0 || !over()) && !t.Failed(); done += 50 {
			must(t, flag.Set("rapid.checks", "25"))
			n += histories(t, "") + histories(t, dbtest.PostgresURL(t))
		}
		return figures{answered: n}
	})
	// PostgreSQL for a fifth of that: what the two share is most of it.
	for engine, url := range engineURLs() {
		part("people at work on "+engine, 0, func(t *testing.T, _ func() bool) figures {
			lasts := time.Duration(seconds) * time.Second
			if seconds == 0 {
				lasts = 30 * time.Minute
			}
			if engine != "SQLite" {
				lasts /= 5
			}
			s := underLoad(t, url(t), halfAnHour(lasts))
			s.tabulated()
			if !s.flat() {
				t.Errorf("memory in use grew from %d to %d bytes", s.heap[0], s.heap[1])
			}
			return figures{faults: s.wrongs, answered: s.requests(), lost: s.lost}
		})
	}
	tabulate(t, table)
}

// engineURLs makes a database of each engine.
func engineURLs() map[string]func(t *testing.T) string {
	return map[string]func(t *testing.T) string{
		"SQLite":     func(*testing.T) string { return "" },
		"PostgreSQL": func(t *testing.T) string { return dbtest.PostgresURL(t) },
	}
}

// tabulate prints the table, and fails the test where it shows a loss, or does not
// show one that was arranged.
func tabulate(t *testing.T, table []figures) {
	t.Helper()
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tfaults\tanswered\tsent again\tlost\tdoubled\tseed\t")
	for _, l := range table {
		seen := ""
		switch {
		case l.worse && l.lost+l.double > 0:
			seen = "seen, as it must be"
		case l.worse:
			seen = "NOT SEEN"
			t.Errorf("%s: a loss was arranged, and not seen in %d faults", l.name, l.faults)
		case l.failed || l.lost+l.double > 0:
			seen = "FAILED"
			t.Errorf("%s: see above", l.name)
		}
		seed := "above"
		if l.seed != 0 {
			seed = fmt.Sprint(l.seed)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", l.name, l.faults, l.answered, l.again, l.lost, l.double, seed, seen)
	}
	if err := w.Flush(); err != nil {
		t.Error(err)
	}
	fmt.Print("\n", out.String(), "\n")
}

// halfAnHour is the load of a large course: 300 people who do something every ten
// seconds, and now and then 40 who sign in within half a minute, while somebody
// reads the report.
func halfAnHour(lasts time.Duration) load {
	return load{participants: 300, pace: 10 * time.Second, lasts: lasts, signIns: 40, within: 30 * time.Second, every: 5 * time.Minute}
}

// flat reports whether memory did not grow between its middle and its end: by a
// quarter and 16 MB at most, for what a cache may still take.
func (s *served) flat() bool { return s.heap[0] > 0 && s.heap[1] <= s.heap[0]*5/4+16<<20 }

// requests counts what was asked for.
func (s *served) requests() (n int) {
	for _, all := range s.times {
		n += len(all)
	}
	return n
}

// tabulated prints what a load has seen.
func (s *served) tabulated() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\trequests\tmedian ms\tp99 ms\tlongest ms\t")
	for _, what := range slices.Sorted(maps.Keys(s.times)) {
		all := slices.Sorted(slices.Values(s.times[what]))
		at := func(share float64) float64 {
			return float64(all[int(share*float64(len(all)-1))].Microseconds()) / 1000
		}
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t\n", what, len(all), at(0.5), at(0.99), at(1))
	}
	if err := w.Flush(); err != nil {
		panic(err) // standard output is gone
	}
	fmt.Printf("memory in use after a collection: %d MB half-way, %d MB at the end; held: %d MB, %d MB\n",
		s.heap[0]>>20, s.heap[1]>>20, s.rss[0]>>20, s.rss[1]>>20)
}
