package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"
	"text/tabwriter"
	"time"

	"cadre/internal/content/bundle"
	"cadre/internal/content/bundle/bundletest"
)

// BenchmarkHostileArchives prints which of the hostile archives takes longest to be
// refused, and which has most memory allocated for it: all that was, whether or not it
// was held at once. An import may take 2 s and 64 MiB to refuse one; times are shown,
// never asserted.
func BenchmarkHostileArchives(b *testing.B) {
	cases := bundletest.Hostile()
	for b.Loop() {
		var slowest, greediest string
		var longest time.Duration
		var most uint64
		for _, c := range cases {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			begun := time.Now()
			err := discardAll(c.Data)
			took := time.Since(begun)
			runtime.ReadMemStats(&after)
			var r *bundle.Refused
			if !errors.As(err, &r) {
				b.Fatalf("%s: %v", c.Name, err)
			}
			if took > longest {
				slowest, longest = c.Name, took
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				greediest, most = c.Name, n
			}
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "\n%d hostile archives\tthis run\tat most\n", len(cases))
		fmt.Fprintf(w, "refused last: %s\t%.1f ms\t2000 ms\n", slowest, float64(longest.Microseconds())/1000)
		fmt.Fprintf(w, "most memory: %s\t%.1f MiB\t64 MiB\n", greediest, float64(most)/(1<<20))
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

// discardAll reads an archive to its end as an import does, a piece at a time.
func discardAll(data []byte) error {
	a, err := bundle.Open(bytes.NewReader(data), int64(len(data)), bundle.Limits{})
	if err != nil {
		return err
	}
	return a.Each(func(_ *bundle.Entry, r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
}
