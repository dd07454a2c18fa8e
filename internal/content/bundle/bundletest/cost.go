package bundletest

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"text/tabwriter"
	"time"

	"cadre/internal/clock"
)

// MostAllocated is how much memory may be allocated for a case that is refused, all that
// was, whether or not it was held at once.
const MostAllocated = 64 << 20

// Cost measures what it takes to refuse a case: the bytes that were allocated, and the time.
func Cost(refuse func()) (allocated uint64, took time.Duration) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	machine := clock.System()
	begun := machine.Now()
	refuse()
	took = machine.Now().Sub(begun)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, took
}

// ShowCosts refuses the cases, and prints which takes longest and which has most memory
// allocated for it, beside what an import may take. Times are shown, never asserted.
func ShowCosts(b *testing.B, what string, cases []Case, refuse func(Case)) {
	for b.Loop() {
		var slowest, greediest string
		var longest time.Duration
		var most uint64
		for _, c := range cases {
			n, took := Cost(func() { refuse(c) })
			if took > longest {
				slowest, longest = c.Name, took
			}
			if n > most {
				greediest, most = c.Name, n
			}
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "\n%d %s\tthis run\tat most\n", len(cases), what)
		fmt.Fprintf(w, "refused last: %s\t%.1f ms\t2000 ms\n", slowest, float64(longest.Microseconds())/1000)
		fmt.Fprintf(w, "most memory: %s\t%.1f MiB\t%d MiB\n", greediest, float64(most)/(1<<20), MostAllocated>>20)
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}
