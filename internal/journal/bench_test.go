package journal_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Durable facts per second: a state row, its entry and its remembered outcome
// in one transaction each, by so many writers at once.
func BenchmarkDurableFacts(b *testing.B) {
	for engine, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for _, writers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/writers=%d", engine, writers), func(b *testing.B) {
				d := open(b)
				if err := d.Update(as(ayesha), db.Main, func(tx *db.Tx) error {
					_, err := tx.Exec(`CREATE TABLE test_seats (id TEXT PRIMARY KEY, state TEXT NOT NULL, revision BIGINT NOT NULL, note TEXT, mark ` +
						map[string]string{"sqlite": "BLOB", "postgres": "BYTEA"}[engine] + `)`)
					return err
				}); err != nil {
					b.Fatal(err)
				}
				b.ResetTimer()
				var left atomic.Int64
				left.Store(int64(b.N))
				var wg sync.WaitGroup
				for w := range writers {
					wg.Go(func() {
						for left.Add(-1) >= 0 {
							if err := d.Update(as(ayesha), db.Main, func(tx *db.Tx) error {
								var out string
								_, err := journal.Once(tx, id.New[id.Operation](), "test.place", &out, func() error {
									return place(tx, fmt.Sprintf("seat-%d", w), "held", 1)
								})
								return err
							}); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "facts/s")
			})
		}
	}
}
