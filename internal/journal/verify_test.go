package journal_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/journal"
)

func verify(t *testing.T, d *db.DB, o journal.VerifyOptions) journal.Report {
	t.Helper()
	if o.Tables == nil {
		o.Tables = []db.Table{seats}
	}
	var rep journal.Report
	if err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		rep, err = journal.Verify(tx, o)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return rep
}

// names reports whether a finding with this key has these arguments among its
// own.
func names(rep journal.Report, key string, args fault.Args) bool {
	return slices.ContainsFunc(rep.Findings, func(f journal.Finding) bool {
		for k, v := range args {
			if fmt.Sprint(f.Args[k]) != fmt.Sprint(v) {
				return false
			}
		}
		return f.Key == key
	})
}

// filled returns a database with eight entries over four seats, one of which
// was deleted lawfully.
func filled(t *testing.T, d *db.DB) {
	t.Helper()
	makeSeats(t, d)
	for i, seat := range []string{"a", "b", "a", "c", "d"} {
		update(t, d, func(tx *db.Tx) error { return place(tx, seat, "held", i) })
	}
	update(t, d, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM test_seats WHERE id = 'd'`); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{
			Kind: "test.seat-removed", Version: 1, Subject: "d", Rows: []journal.Row{journal.RowOf(seats, "d")},
		})
	})
	update(t, d, func(tx *db.Tx) error {
		return journal.Append(tx, journal.Entry{Kind: "test.nothing", Version: 1, Subject: "x"})
	})
}

func TestAnHonestJournalVerifies(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if rep := verify(t, d, journal.VerifyOptions{Tables: []db.Table{}}); !rep.OK() {
			t.Errorf("an empty one: %v", rep.Findings)
		}
		filled(t, d)
		var stages []string
		rep := verify(t, d, journal.VerifyOptions{Progress: func(stage string, done, total int64) {
			stages = append(stages, fmt.Sprint(stage, done, total))
		}})
		if !rep.OK() || rep.Entries != 8 || rep.Bodies != 8 || rep.Rows != 3 || len(rep.Findings) != 0 {
			t.Errorf("%+v", rep)
		}
		if want := []string{"entries8 8", "rows3 4"}; !slices.Equal(stages, want) {
			t.Errorf("progress %v", stages)
		}
	})
}

// cell is one stored value.
type cell struct {
	table, column, where string
	value                any
}

// cells lists every value of a table, with a condition that finds its row.
func cells(t *testing.T, d *db.DB, table string, key, columns []string) (out []cell) {
	t.Helper()
	if err := d.View(context.Background(), func(tx *db.Tx) error {
		all := append(slices.Clone(key), columns...)
		rows, err := tx.Query(`SELECT ` + strings.Join(all, ", ") + ` FROM ` + table)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			values, ptrs := make([]any, len(all)), make([]any, len(all))
			for i := range values {
				ptrs[i] = &values[i]
			}
			if err := rows.Scan(ptrs...); err != nil {
				return err
			}
			var where []string
			for i, k := range key {
				if n, ok := values[i].(int64); ok {
					where = append(where, fmt.Sprintf("%s = %d", k, n))
				} else {
					where = append(where, fmt.Sprintf("%s = '%v'", k, values[i]))
				}
			}
			for i, c := range all {
				out = append(out, cell{table, c, strings.Join(where, " AND "), values[i]})
			}
		}
		return rows.Err()
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// changed returns every value that differs from v in one byte (of short
// numbers: in one bit and in sign).
func changed(v any) (out []any) {
	switch v := v.(type) {
	case []byte:
		for i := range v {
			c := bytes.Clone(v)
			c[i] ^= 0x40
			out = append(out, c)
		}
		out = append(out, append(bytes.Clone(v), 0))
	case string:
		for i := range len(v) {
			c := []byte(v)
			c[i] ^= 0x01
			out = append(out, string(c))
		}
		out = append(out, v+"x")
	case int64:
		out = append(out, v+1, v-1, -v-7)
	case nil:
		out = append(out, "set")
	}
	return out
}

// tamper runs f, whatever it does to the tables, in a transaction that is
// rolled back after check has seen the report.
func tamper(t *testing.T, d *db.DB, o journal.VerifyOptions, f func(tx *db.Tx) error, check func(journal.Report)) {
	t.Helper()
	undo := fmt.Errorf("undo")
	o.Tables = []db.Table{seats}
	err := d.Update(as(ayesha), db.Main, func(tx *db.Tx) error {
		if err := f(tx); err != nil {
			return fmt.Errorf("tamper: %w", err)
		}
		rep, err := journal.Verify(tx, o)
		if err != nil {
			return err
		}
		check(rep)
		return undo
	})
	if err != undo {
		t.Fatal(err)
	}
}

// Every byte of the journal and of journalled state is changed, one at a time; in
// short, every seventh, and the first of each value.
func TestEveryChangedByteIsFound(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		var all []cell
		lane := []string{"lane", "sequence"}
		all = append(all, cells(t, d, "journal_entries", lane, []string{
			"origin", "incarnation", "at", "actor", "kind", "version",
			"country", "agency", "programme", "cohort", "subject", "previous", "body_hash", "hash",
		})...)
		all = append(all, cells(t, d, "journal_bodies", lane, []string{"salt", "body"})...)
		all = append(all, cells(t, d, "journal_rows", append(lane, "position"), []string{"name", "row_id", "columns", "digest"})...)
		all = append(all, cells(t, d, "journal_hashes", []string{"lane", "position"}, []string{"hash"})...)
		all = append(all, cells(t, d, "journal_heads", []string{"lane"}, []string{"origin", "incarnation", "sequence", "hash"})...)
		all = append(all, cells(t, d, "test_seats", []string{"id"}, []string{"state", "revision", "note", "mark"})...)
		every := 1
		if testing.Short() {
			every = 7
		}
		tried, of := 0, map[string]int{}
		for _, c := range all {
			of[c.table+"."+c.column] += 0
			for i, v := range changed(c.value) {
				if i%every != 0 {
					continue
				}
				undo := fmt.Errorf("undo")
				err := d.Update(as(ayesha), db.Main, func(tx *db.Tx) error {
					// A key that is taken by another row cannot be written; that is
					// the engine's own protection.
					if n, err := tx.Exec(`UPDATE `+c.table+` SET `+c.column+` = ?1 WHERE `+c.where, v); err != nil || n != 1 {
						return undo
					}
					tried++
					of[c.table+"."+c.column]++
					rep, err := journal.Verify(tx, journal.VerifyOptions{Tables: []db.Table{seats}})
					if err != nil {
						return err
					}
					if rep.OK() {
						t.Errorf("%s.%s where %s: %v in place of %v was not found", c.table, c.column, c.where, v, c.value)
					}
					return undo
				})
				if err != undo {
					t.Fatalf("%s.%s: %v", c.table, c.column, err)
				}
			}
		}
		if tried < 1000/every {
			t.Errorf("only %d changes were tried", tried)
		}
		for column, n := range of {
			if n == 0 {
				t.Errorf("nothing of %s could be changed", column)
			}
		}
	})
}

func TestWhatIsDeletedIsNamed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		run := func(sql ...string) func(tx *db.Tx) error {
			return func(tx *db.Tx) error {
				for _, q := range sql {
					if _, err := tx.Exec(q); err != nil {
						return fmt.Errorf("%s: %w", q, err)
					}
				}
				return nil
			}
		}
		for _, c := range []struct {
			what string
			do   func(tx *db.Tx) error
			key  string
			args fault.Args
		}{
			{
				"an entry in the middle", run(`DELETE FROM journal_entries WHERE sequence = 4`),
				"journal.verify-entries-missing",
				fault.Args{"from": 4, "to": 4},
			},
			{
				"the first entries", run(`DELETE FROM journal_entries WHERE sequence <= 2`),
				"journal.verify-entries-missing",
				fault.Args{"from": 1, "to": 2},
			},
			{
				"the tail", run(`DELETE FROM journal_entries WHERE sequence > 6`),
				"journal.verify-entries-missing",
				fault.Args{"from": 7, "to": 8},
			},
			{
				"all entries", run(`DELETE FROM journal_entries`),
				"journal.verify-entries-missing",
				fault.Args{"from": 1, "to": 8},
			},
			{
				"a body", run(`DELETE FROM journal_bodies WHERE sequence = 3`),
				"journal.verify-body-missing",
				fault.Args{"entry": 3},
			},
			{
				"a body with its digests", run(`DELETE FROM journal_bodies WHERE sequence = 3`, `DELETE FROM journal_rows WHERE sequence = 3`),
				"journal.verify-body-missing",
				fault.Args{"entry": 3},
			},
			{"a digest", run(`DELETE FROM journal_rows WHERE sequence = 3`), "journal.verify-body", fault.Args{"entry": 3}},
			{"a node of the log", run(`DELETE FROM journal_hashes WHERE position = 0`), "journal.verify-log", fault.Args{"entry": 1}},
			{
				"a state row", run(`DELETE FROM test_seats WHERE id = 'b'`),
				"journal.verify-row-deleted",
				fault.Args{"table": "test_seats", "row": "b", "entry": 3},
			},
			{
				"a state row added", run(`INSERT INTO test_seats (id, state, revision) VALUES ('z', 'held', 1)`),
				"journal.verify-row-extra",
				fault.Args{"row": "z"},
			},
			{
				"an empty key added", run(`INSERT INTO test_seats (id, state, revision) VALUES ('', 'held', 1)`),
				"journal.verify-row-extra",
				fault.Args{"row": ""},
			},
			{
				"a deleted row brought back", run(`INSERT INTO test_seats (id, state, revision) VALUES ('d', 'held', 4)`),
				"journal.verify-row-extra",
				fault.Args{"row": "d"},
			},
			{
				"a state row set back to its past", run(`UPDATE test_seats SET revision = 0 WHERE id = 'a'`),
				"journal.verify-row",
				fault.Args{"row": "a", "entry": 4},
			},
			{
				"a body too many", run(`INSERT INTO journal_bodies SELECT lane, 99, salt, body FROM journal_bodies WHERE sequence = 3`),
				"journal.verify-stray",
				fault.Args{"entry": 99},
			},
			{
				"a node too many", run(`INSERT INTO journal_hashes SELECT lane, 99, hash FROM journal_hashes WHERE position = 0`),
				"journal.verify-extra", nil,
			},
			{
				"another lane", run(`UPDATE journal_entries SET lane = 'other' WHERE sequence = 8`),
				"journal.verify-entries-missing",
				fault.Args{"from": 8, "to": 8},
			},
		} {
			tamper(t, d, journal.VerifyOptions{}, c.do, func(rep journal.Report) {
				if rep.OK() || !names(rep, c.key, c.args) {
					t.Errorf("%s: want %s %v, got %v", c.what, c.key, c.args, rep.Findings)
				}
			})
		}
		// A clean cut of everything after entry 6, head included, is consistent
		// in itself: only what was kept outside can tell.
		cut := run(
			`DELETE FROM journal_entries WHERE sequence > 6`, `DELETE FROM journal_bodies WHERE sequence > 6`,
			`DELETE FROM journal_rows WHERE sequence > 6`, `DELETE FROM journal_hashes WHERE position >= 10`,
			`UPDATE journal_heads SET sequence = 6, hash = (SELECT hash FROM journal_entries WHERE sequence = 6)`,
			`INSERT INTO test_seats (id, state, revision, mark) SELECT 'd', state, 4, mark FROM test_seats WHERE id = 'c'`,
		)
		tamper(t, d, journal.VerifyOptions{}, cut, func(rep journal.Report) {
			if !rep.OK() {
				t.Errorf("the cut was meant to be clean: %v", rep.Findings)
			}
		})
		var head journal.Head
		if err := d.View(context.Background(), func(tx *db.Tx) (err error) { head, err = journal.HeadOf(tx); return err }); err != nil {
			t.Fatal(err)
		}
		tamper(t, d, journal.VerifyOptions{Witness: head}, cut, func(rep journal.Report) {
			if !names(rep, "journal.behind-witness", fault.Args{"seen": 8, "have": 6}) {
				t.Errorf("the witness did not tell: %v", rep.Findings)
			}
		})
		tamper(t, d, journal.VerifyOptions{Checkpoints: []journal.Checkpoint{checkpoint(t, d)}}, cut, func(rep journal.Report) {
			if !names(rep, "journal.verify-checkpoint-ahead", fault.Args{"size": 8}) {
				t.Errorf("the checkpoint did not tell: %v", rep.Findings)
			}
		})
	})
}

func checkpoint(t *testing.T, d *db.DB) journal.Checkpoint {
	t.Helper()
	dir := t.TempDir()
	key, err := journal.LoadKey(filepath.Join(dir, "journal.key"))
	if err != nil {
		t.Fatal(err)
	}
	path, err := journal.Attach(d).TakeCheckpoint(context.Background(), key, filepath.Join(dir, "checkpoints"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "2020-10-01-8.checkpoint"; filepath.Base(path) != want {
		t.Errorf("the checkpoint's file is %s", path)
	}
	signed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := journal.LoadKey(filepath.Join(dir, "journal.key"))
	if err != nil || again.Public() != key.Public() {
		t.Fatalf("the key was not kept: %v", err)
	}
	c, err := journal.OpenCheckpoint(signed, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	for i := range signed {
		forged := bytes.Clone(signed)
		forged[i] ^= 1
		if got, err := journal.OpenCheckpoint(forged, key.Public()); err == nil && got != c {
			t.Errorf("byte %d of a checkpoint can be changed", i)
		}
	}
	return c
}

// A history that was rewritten from its first entry on is perfect in itself.
func TestRewritingEverythingIsFoundByACheckpoint(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		c := checkpoint(t, d)
		if rep := verify(t, d, journal.VerifyOptions{Checkpoints: []journal.Checkpoint{c}}); !rep.OK() {
			t.Fatalf("before: %v", rep.Findings)
		}
		update(t, d, func(tx *db.Tx) error { return place(tx, "b", "confirmed", 9) })
		if rep := verify(t, d, journal.VerifyOptions{Checkpoints: []journal.Checkpoint{c}}); !rep.OK() {
			t.Fatalf("after honest growth: %v", rep.Findings)
		}
		update(t, d, func(tx *db.Tx) error {
			for _, table := range []string{"journal_entries", "journal_bodies", "journal_rows", "journal_hashes", "test_seats"} {
				if _, err := tx.Exec(`DELETE FROM ` + table); err != nil {
					return err
				}
			}
			zero := make([]byte, 32)
			_, err := tx.Exec(`UPDATE journal_heads SET sequence = 0, hash = ?1`, zero)
			return err
		})
		update(t, d, func(tx *db.Tx) error { return journal.BeginIncarnation(tx, "accepted") })
		for i := range 9 {
			update(t, d, func(tx *db.Tx) error { return place(tx, "forged", "held", i) })
		}
		if rep := verify(t, d, journal.VerifyOptions{Checkpoints: []journal.Checkpoint{c}}); !names(rep, "journal.verify-checkpoint", fault.Args{"size": 8}) {
			t.Errorf("findings: %v", rep.Findings)
		}
	})
}

func redact(d *db.DB, r journal.Redaction) error {
	r.Why, r.Authority, r.Tables = "person-erased", "letter-9", []db.Table{seats}
	return d.Update(as(ayesha), db.Main, func(tx *db.Tx) error { return journal.Redact(tx, r) })
}

func TestALawfulRedactionPasses(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		c := checkpoint(t, d)
		if err := redact(d, journal.Redaction{Entries: []int64{4, 3, 3, 6}}); err != nil {
			t.Fatal(err)
		}
		rep := verify(t, d, journal.VerifyOptions{Checkpoints: []journal.Checkpoint{c}})
		if !rep.OK() || rep.Redacted != 3 || rep.Entries != 9 {
			t.Errorf("%+v", rep)
		}
		rs := records(t, d)
		if rs[2].Body != nil || rs[3].Body != nil || rs[5].Body != nil || rs[4].Body == nil {
			t.Error("the wrong bodies are gone")
		}
		if got := string(rs[8].Body); rs[8].Kind != journal.KindRedaction ||
			got != `{"entries":[3,4,6],"why":"person-erased","authority":"letter-9"}` {
			t.Errorf("the redaction says %s", got)
		}
		// The rows whose entries went are still vouched for.
		tamper(t, d, journal.VerifyOptions{}, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE test_seats SET state = 'forged' WHERE id = 'b'`)
			return err
		}, func(rep journal.Report) {
			if !names(rep, "journal.verify-row", fault.Args{"row": "b", "entry": 9}) {
				t.Errorf("findings: %v", rep.Findings)
			}
		})
		// Doing it again changes nothing.
		if err := redact(d, journal.Redaction{Entries: []int64{3}}); err != nil || len(records(t, d)) != 9 {
			t.Errorf("again: %v, %d entries", err, len(records(t, d)))
		}
	})
}

func TestARedactionDoesNotCoverAForgery(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		update(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE test_seats SET state = 'forged' WHERE id = 'b'`)
			return err
		})
		if err := redact(d, journal.Redaction{Entries: []int64{3}}); !fault.Is(err, fault.Conflict) {
			t.Errorf("redacting what vouches for a forged row: %v", err)
		}
		if err := redact(d, journal.Redaction{Entries: []int64{1}}); !fault.Is(err, fault.Conflict) {
			t.Errorf("redacting a beginning: %v", err)
		}
		if err := redact(d, journal.Redaction{Entries: []int64{77}}); !fault.Is(err, fault.NotFound) {
			t.Errorf("redacting nothing: %v", err)
		}
		// Her own erasure changes the row in the same transaction.
		err := redact(d, journal.Redaction{Entries: []int64{3}, Rows: []journal.Row{journal.RowOf(seats, "b")}})
		if rep := verify(t, d, journal.VerifyOptions{}); err != nil || !rep.OK() {
			t.Errorf("with the row named: %v, %v", err, rep.Findings)
		}
		if err := redact(d, journal.Redaction{Entries: []int64{9}}); !fault.Is(err, fault.Conflict) {
			t.Errorf("redacting a redaction: %v", err)
		}
	})
}

func TestABodyThatComesBackAfterItsRedactionIsNamed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		if err := redact(d, journal.Redaction{Entries: []int64{8}}); err != nil {
			t.Fatal(err)
		}
		tamper(t, d, journal.VerifyOptions{}, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO journal_bodies SELECT lane, 8, salt, body FROM journal_bodies WHERE sequence = 3`)
			return err
		}, func(rep journal.Report) {
			if !names(rep, "journal.verify-redacted-body", fault.Args{"entry": 8}) {
				t.Errorf("findings: %v", rep.Findings)
			}
		})
	})
}

func TestMentionsFindsEveryEntryAboutHer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		update(t, d, func(tx *db.Tx) error {
			return journal.Append(tx, journal.Entry{Kind: "test.listed", Version: 1, Subject: "list", Body: []string{bushra, ayesha}})
		})
		update(t, d, func(tx *db.Tx) error {
			return journal.Append(tx, journal.Entry{Kind: "test.told", Version: 1, Subject: bushra})
		})
		var got []int64
		if err := d.View(context.Background(), func(tx *db.Tx) (err error) {
			got, err = journal.Mentions(tx, bushra, []journal.Row{journal.RowOf(seats, "c")}, 0)
			return err
		}); err != nil || !slices.Equal(got, []int64{5, 9, 10}) {
			t.Errorf("mentions: %v, %v", got, err)
		}
	})
}

func TestAColumnJournalledLaterLeavesOlderEntriesValid(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		grown := seats
		grown.Journalled = append(slices.Clone(seats.Journalled), "later")
		update(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`ALTER TABLE test_seats ADD COLUMN later TEXT`)
			return err
		})
		if rep := verify(t, d, journal.VerifyOptions{Tables: []db.Table{grown}}); !rep.OK() {
			t.Errorf("%v", rep.Findings)
		}
	})
}

func TestADatabaseBehindItsWitnessIsReadOnlyUntilAccepted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, log := context.Background(), slog.New(slog.DiscardHandler)
		path := filepath.Join(t.TempDir(), "witness")
		j := journal.Attach(d)
		w, doubt, err := j.Guard(ctx, path, log)
		if err != nil || doubt != nil {
			t.Fatal(doubt, err)
		}
		filled(t, d)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		seen, err := journal.ReadWitness(path)
		if err != nil || seen.Sequence != 8 {
			t.Fatalf("the witness holds %+v, %v", seen, err)
		}
		// The same database goes on without a word.
		w, doubt, err = j.Guard(ctx, path, log)
		if err != nil || doubt != nil {
			t.Fatal(doubt, err)
		}
		update(t, d, func(tx *db.Tx) error { return place(tx, "b", "confirmed", 9) })
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}

		older := dbtest.SQLite(t)
		if d.Dialect().Name() == "postgres" {
			older = dbtest.Postgres(t)
		}
		oj := journal.Attach(older)
		w, doubt, err = oj.Guard(ctx, path, log)
		if err != nil || doubt == nil || doubt.Key != "journal.behind-witness" || doubt.Witness.Sequence != 9 {
			t.Fatalf("an empty database beside a witness: %+v, %v", doubt, err)
		}
		write := func() error {
			return older.Update(as(ayesha), db.Main, func(tx *db.Tx) error {
				return journal.Append(tx, journal.Entry{Kind: "test.nothing", Version: 1})
			})
		}
		if err := write(); !fault.Is(err, fault.Unavailable) {
			t.Errorf("it can be written: %v", err)
		}
		if rep := verify(t, older, journal.VerifyOptions{Tables: []db.Table{}}); rep.Entries != 0 {
			t.Errorf("it cannot be read, or was written: %+v", rep)
		}
		if err := w.Accept(ctx); err != nil {
			t.Fatal(err)
		}
		if err := write(); err != nil {
			t.Errorf("after acceptance: %v", err)
		}
		rs := records(t, older)
		if !strings.Contains(string(rs[1].Body), "accepted") {
			t.Errorf("the journal does not say so: %s", rs[1].Body)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if seen, err := journal.ReadWitness(path); err != nil || seen.Origin != rs[0].Origin || seen.Sequence != 3 {
			t.Errorf("the witness holds %+v, %v", seen, err)
		}
	})
}

func TestAForkIsToldFromADatabaseThatIsBehind(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		compare := func(w journal.Head) string {
			t.Helper()
			var doubt *journal.Doubt
			if err := d.View(context.Background(), func(tx *db.Tx) (err error) {
				doubt, err = journal.Compare(tx, w)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if doubt == nil {
				return ""
			}
			return doubt.Key
		}
		r := records(t, d)[4]
		w := journal.Head{Origin: r.Origin, Incarnation: r.Incarnation, Sequence: 5, Hash: r.Hash.String()}
		if k := compare(w); k != "" {
			t.Errorf("a witness that lags: %s", k)
		}
		w.Hash = r.Previous.String()
		if k := compare(w); k != "journal.forked-witness" {
			t.Errorf("a fork: %q", k)
		}
		w.Sequence = 50
		if k := compare(w); k != "journal.behind-witness" {
			t.Errorf("behind: %q", k)
		}
		w.Sequence = records(t, d)[len(records(t, d))-1].Sequence + 1
		if k := compare(w); k != "journal.behind-witness" {
			t.Errorf("behind by one: %q", k)
		}
		w.Sequence, w.Origin = 5, "another"
		if k := compare(w); k != "journal.foreign-witness" {
			t.Errorf("foreign: %q", k)
		}
	})
}

func TestARestoreIsANewIncarnationAndSaysWhatItLost(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		c := checkpoint(t, d)
		c.Size += 5 // taken five entries after the backup
		update(t, d, func(tx *db.Tx) error { return journal.BeginIncarnation(tx, "restored") })
		for range 7 {
			update(t, d, func(tx *db.Tx) error { return place(tx, "b", "held", 10) })
		}
		rep := verify(t, d, journal.VerifyOptions{Checkpoints: []journal.Checkpoint{c}})
		if !rep.OK() || !names(rep, "journal.verify-checkpoint-lost", fault.Args{"from": 9, "size": 13}) {
			t.Errorf("%v", rep.Findings)
		}
		rs := records(t, d)
		if rs[7].Incarnation == rs[8].Incarnation || rs[8].Kind != journal.KindIncarnation {
			t.Error("no new incarnation")
		}
	})
}
