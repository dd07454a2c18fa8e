//go:build torture

package e2e_test

import (
	"flag"
	"fmt"
	"os"
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

// TestTorture breaks Cadre for CADRE_TEST_SECONDS and prints a table. It fails on
// any loss.
func TestTorture(t *testing.T) {
	seconds := 1800
	if s := os.Getenv("CADRE_TEST_SECONDS"); s != "" {
		if _, err := fmt.Sscan(s, &seconds); err != nil {
			t.Fatal(err)
		}
	}
	var table []figures
	// part runs f for its share of the time, in hundredths.
	part := func(name string, share int, f func(t *testing.T, over func() bool) figures) {
		until := time.Now().Add(time.Duration(seconds) * time.Second * time.Duration(share) / 100)
		line := figures{name: name, failed: true}
		t.Run(name, func(t *testing.T) {
			line = f(t, func() bool { return time.Now().After(until) })
			line.name, line.failed = name, t.Failed()
		})
		table = append(table, line)
	}
	cuts := func(worse func(b *bench), most int) func(t *testing.T, over func() bool) figures {
		return func(t *testing.T, over func() bool) figures {
			b := newBench(t, seedOf(t))
			if worse != nil {
				worse(b)
			}
			b.run(t, func(c tally) bool { return over() || most > 0 && c.cuts >= most })
			for _, f := range b.fails {
				if worse == nil {
					t.Error(f)
				}
			}
			c := b.tally
			return figures{faults: c.cuts, answered: c.acknowledged, again: c.resent, lost: c.lost, double: c.doubled, seed: b.seed, worse: worse != nil}
		}
	}
	part("power cuts", 35, cuts(nil, 0))
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
				b.fail(t, img, f, first, failStride, &all)
			}
		}
		return figures{faults: all.failures, answered: all.passed + all.refused, again: all.refused, seed: b.seed}
	})
	for engine, url := range map[string]func(t *testing.T) string{
		"SQLite":     func(*testing.T) string { return "" },
		"PostgreSQL": func(t *testing.T) string { return dbtest.PostgresURL(t) },
	} {
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
	tabulate(t, table)
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
