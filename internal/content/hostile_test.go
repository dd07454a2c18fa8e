package content

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"text/tabwriter"
	"time"

	"cadre/internal/content/bundle"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/content/manifest"
)

// mostHeld is how much memory may be allocated for an archive that is refused, whether or
// not it is held at once.
const mostHeld = 64 << 20

// refused inspects a hostile archive: how much memory was allocated for it, and how long
// that took.
func refused(t testing.TB, c bundletest.Case) (allocated uint64, took time.Duration) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begun := time.Now()
	in, err := inspect(bytes.NewReader(c.Data), int64(len(c.Data)), bundle.Limits{})
	took = time.Since(begun)
	runtime.ReadMemStats(&after)
	if err != nil || in.manifest != nil || !slices.ContainsFunc(in.report.Problems, func(p manifest.Problem) bool { return p.Level == manifest.Error && p.Key == c.Key }) {
		t.Errorf("%s: %v, %v, want %s", c.Name, err, in.report.Problems[:min(3, len(in.report.Problems))], c.Key)
	}
	return after.TotalAlloc - before.TotalAlloc, took
}

// TestHostileManifestsAreRefused: each for its own reason, within counted memory.
func TestHostileManifestsAreRefused(t *testing.T) {
	for _, c := range bundletest.HostileManifests() {
		if n, _ := refused(t, c); n > mostHeld {
			t.Errorf("%s: %d MiB were allocated", c.Name, n>>20)
		}
	}
}

// BenchmarkHostileManifests prints which of them takes longest to be refused, and which has
// most memory allocated for it. Times are shown, never asserted.
func BenchmarkHostileManifests(b *testing.B) {
	cases := bundletest.HostileManifests()
	for b.Loop() {
		var slowest, greediest string
		var longest time.Duration
		var most uint64
		for _, c := range cases {
			n, took := refused(b, c)
			if took > longest {
				slowest, longest = c.Name, took
			}
			if n > most {
				greediest, most = c.Name, n
			}
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "\n%d hostile manifests\tthis run\tat most\n", len(cases))
		fmt.Fprintf(w, "refused last: %s\t%.1f ms\t2000 ms\n", slowest, float64(longest.Microseconds())/1000)
		fmt.Fprintf(w, "most memory: %s\t%.1f MiB\t%d MiB\n", greediest, float64(most)/(1<<20), mostHeld>>20)
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}
