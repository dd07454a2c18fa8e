package policy_test

import (
	"context"
	"crypto/sha256"
	"maps"
	"net/http"
	"slices"

	"cadre/internal/app"
	"cadre/internal/db"
	"cadre/internal/journal"
)

// leftByReading are the tables that reading a page may change, and why.
var leftByReading = map[string]string{
	"access_reads":    "who read whose data is written down",
	"access_sessions": "a session that is used does not run out",
}

// reads reports whether a request only reads: every GET but that of a ticket, which
// another program's address uses up.
func (x target) reads() bool { return x.method == http.MethodGet && x.handed == nil }

// readsFirst puts requests that only read before the others.
func readsFirst(a, b target) int {
	switch {
	case a.reads() == b.reads():
		return 0
	case a.reads():
		return -1
	}
	return 1
}

// reading watches over requests that only read: they write no journal entry, and
// leave every row as it was but for what says that somebody read.
type reading struct {
	m    *matrix
	f    *fixture
	head journal.Head
	rows map[string][sha256.Size]byte
}

func (m *matrix) reading(f *fixture, s *site) *reading {
	m.Helper()
	return &reading{m, f, headOf(m, s.app), f.digests(s.app)}
}

func headOf(m *matrix, a *app.App) (h journal.Head) {
	m.Helper()
	if err := a.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		h, err = journal.HeadOf(tx)
		return err
	}); err != nil {
		m.Fatal(err)
	}
	return h
}

// tried names the request after which the journal is longer.
func (r *reading) tried(s *site, v *visitor, x target) {
	r.m.Helper()
	if now := headOf(r.m, s.app); now != r.head {
		r.m.Errorf("%s %s as %s: reading wrote journal entries", x.pattern, x.path, v.name)
		r.head = now
	}
}

// done compares all rows with those before the first request.
func (r *reading) done(s *site) {
	r.m.Helper()
	now := r.f.digests(s.app)
	tables := maps.Clone(now)
	maps.Copy(tables, r.rows)
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		if now[table] != r.rows[table] && leftByReading[table] == "" {
			r.m.Errorf("rows of %s are others after pages were read", table)
		}
	}
	if now["access_reads"] == r.rows["access_reads"] {
		r.m.Error("nothing that was read was written down: nobody read anything, or it is not seen here")
	}
}

// digests are what the rows of each table hold, in whatever order.
func (f *fixture) digests(a *app.App) map[string][sha256.Size]byte {
	f.t.Helper()
	out := map[string][sha256.Size]byte{}
	f.rows(a, func(table string, row map[string]string) {
		h := sha256.New()
		for _, c := range slices.Sorted(maps.Keys(row)) {
			h.Write([]byte(c + "\x00" + row[c] + "\x00"))
		}
		sum := out[table]
		for i, b := range h.Sum(nil) {
			sum[i] ^= b
		}
		out[table] = sum
	})
	return out
}
