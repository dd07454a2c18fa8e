package lrs_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
)

// Whatever was changed, taken away or slipped in behind the store's back is
// found.
func TestVerifyFindsDamage(t *testing.T) {
	for what, harm := range map[string]string{
		"a body":            `UPDATE lrs_statements SET body = (SELECT body FROM lrs_statements WHERE stored = (SELECT MAX(stored) FROM lrs_statements)) WHERE stored = (SELECT MIN(stored) FROM lrs_statements)`,
		"a digest":          `UPDATE lrs_ids SET digest = (SELECT digest FROM lrs_ids WHERE stored = (SELECT MAX(stored) FROM lrs_ids)) WHERE stored = (SELECT MIN(stored) FROM lrs_ids)`,
		"a place":           `UPDATE lrs_ids SET stored = stored - 1000 WHERE stored = (SELECT MIN(stored) FROM lrs_ids)`,
		"an id":             `DELETE FROM lrs_ids WHERE stored = (SELECT MAX(stored) FROM lrs_ids)`,
		"a statement":       `DELETE FROM lrs_statements WHERE stored = (SELECT MAX(stored) FROM lrs_statements)`,
		"a feigned erasure": `UPDATE lrs_ids SET erasure = '01890a5d-ac96-774b-bcce-b302099a8057'`,
		"a forged insert":   `INSERT INTO lrs_ids (id, stored, digest) SELECT digest, 1, digest FROM lrs_ids WHERE stored = (SELECT MIN(stored) FROM lrs_ids)`,
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(w *world) {
				w.post(simple(1, "a", "1", "1"), simple(2, "b", "1", "1"))
				if r, err := w.s.Verify(context.Background()); err != nil || !r.OK() || r.Statements != 2 || r.Gone != 0 {
					w.Fatalf("whole: %+v, %v", r, err)
				}
				if err := w.d.Update(context.Background(), db.XAPI, func(tx *db.Tx) error { _, err := tx.Exec(harm); return err }); err != nil {
					w.Fatal(err)
				}
				if r, err := w.s.Verify(context.Background()); err != nil || r.OK() {
					w.Errorf("%+v, %v", r, err)
				}
			})
		})
	}
}

// What speaks of a person by her pseudonym carries her id, so that it goes with
// her; nothing in it says who she is.
func TestStatementsAboutAPersonAreHers(t *testing.T) {
	const officer = id.Person("01890a5d-ac96-774b-bcce-b302099a8057")
	each(t, func(w *world) {
		var a statement.Account
		name := func() {
			if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) (err error) { a, err = w.s.Account(tx, officer); return err }); err != nil {
				w.Fatal(err)
			}
		}
		name()
		first := a
		if name(); a != first || a.HomePage != home || len(a.Name) < 16 || strings.Contains(a.Name, "01890a5d") {
			w.Errorf("her account is %v, was %v", a, first)
		}
		account := `{"account":{"homePage":"` + a.HomePage + `","name":"` + a.Name + `"}}`
		w.post(
			`{"id":"`+sid(1)+`","actor":`+account+`,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`,
			`{"id":"`+sid(2)+`","actor":`+mbox("coach")+`,"verb":{"id":"urn:v:1"},"object":`+strings.Replace(account, "{", `{"objectType":"Agent",`, 1)+`}`,
			`{"id":"`+sid(3)+`","actor":{"account":{"homePage":"https://elsewhere.example.org","name":"`+a.Name+`"}},"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`,
		)
		w.want(http.StatusNoContent, call{method: "PUT", target: "/xapi/activities/state?" + query("activityId", "urn:a:1", "stateId", "s", "agent", account), body: `{}`})
		// Somebody else's refers to one of hers, and is found by what that one said.
		w.post(`{"id":"` + sid(4) + `","actor":` + mbox("coach") + `,"verb":{"id":"urn:v:2"},"object":{"objectType":"StatementRef","id":"` + sid(1) + `"}}`)
		equal(w, "found by hers", w.find("activity", "urn:a:1").ids(), "04 03 01")
		// As retention does it: what finds her statements goes first, then the rows
		// that carry her id.
		if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error { return lrs.Forget(tx, officer, home) }); err != nil {
			w.Fatal(err)
		}
		for _, tb := range lrs.Tables() {
			if tb.Person == "" {
				continue
			}
			var n int64
			if err := w.d.Update(context.Background(), db.XAPI, func(tx *db.Tx) (err error) {
				n, err = tx.Exec(`DELETE FROM `+tb.Name+` WHERE `+tb.Person+` = ?1`, officer)
				return err
			}); err != nil {
				w.Fatal(err)
			}
			if want := map[string]int64{"lrs_statements": 2, "lrs_documents": 1, "lrs_accounts": 1}[tb.Name]; n != want {
				w.Errorf("%s: %d rows are hers, want %d", tb.Name, n, want)
			}
		}
		equal(w, "left", w.find().ids(), "04 03")
		equal(w, "no longer found by hers", w.find("activity", "urn:a:1").ids(), "03")
		var stray int64
		if err := w.d.View(context.Background(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM lrs_index i WHERE NOT EXISTS (SELECT 1 FROM lrs_statements s WHERE s.stored = i.stored)`).Scan(&stray)
		}); err != nil || stray > 0 {
			w.Errorf("%d rows of the index find nothing, %v", stray, err)
		}
		equal(w, "left, by verb", w.find("verb", "urn:v:1").ids(), "03")
		if r, err := w.s.Verify(context.Background()); err != nil || !r.OK() || r.Gone != 2 {
			w.Errorf("verified: %+v, %v", r, err)
		}
		// Nobody brings her back by sending what was erased once more.
		w.want(http.StatusConflict, call{method: "POST", target: "/xapi/statements", body: simple(1, "x", "1", "1")})
	})
}

// Where she stands in somebody else's statement, that one stays as it came, and nobody
// finds it by her any more, whoever refers to it and whenever. A group that is she alone
// is she.
func TestNobodyIsFoundInOthersStatementsOnceErased(t *testing.T) {
	const officer, colleague = id.Person("01890a5d-ac96-774b-bcce-b302099a8057"), id.Person("01890a5d-ac96-774b-bcce-b302099a8058")
	each(t, func(w *world) {
		account := func(p id.Person) string {
			var a statement.Account
			if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) (err error) { a, err = w.s.Account(tx, p); return err }); err != nil {
				t.Fatal(err)
			}
			return `{"account":{"homePage":"` + a.HomePage + `","name":"` + a.Name + `"}}`
		}
		her, other := account(officer), account(colleague)
		agent := strings.Replace(her, "{", `{"objectType":"Agent",`, 1)
		said := func(n int, actor, more string) string {
			return `{"id":"` + sid(n) + `","actor":` + actor + `,"verb":{"id":"urn:v:1"}` + more + `}`
		}
		about := func(more string) string { return `,"object":{"id":"urn:a:1"}` + more }
		group := func(members string) string { return `{"objectType":"Group","member":[` + members + `]}` }
		w.post(
			said(1, group(her), about(`,"result":{"response":"what she wrote"}`)),
			said(2, group(her+","+her), about("")),
			said(3, mbox("coach"), `,"object":`+group(her)),
			said(4, group(her+","+other), about("")),
			said(5, `{"objectType":"Group","mbox":"mailto:team@example.org","member":[`+her+`]}`, about("")),
			said(6, other, about(`,"context":{"instructor":`+her+`}`)),
			said(7, mbox("coach"), about(`,"context":{"instructor":`+her+`}`)),
			said(8, other, about(`,"context":{"team":`+group(her)+`}`)),
			said(9, other, `,"object":`+agent),
			said(10, other, about(`,"context":{"contextAgents":[{"objectType":"contextAgent","agent":`+agent+`}]}`)),
			said(11, other, `,"object":{"objectType":"SubStatement","actor":`+her+`,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`),
			strings.Replace(said(12, mbox("coach"), `,"object":{"objectType":"StatementRef","id":"`+sid(4)+`"}`), "urn:v:1", "urn:v:2", 1),
			said(13, mbox("coach"), `,"object":{"objectType":"StatementRef","id":"`+sid(12)+`"}`),
			// The earlier version did not see that this one is hers.
			said(14, group(her), about("")),
		)
		equal(w, "hers before", w.find("agent", her, "related_agents", "true").ids(), "14 13 12 11 10 09 08 07 06 05 04 03 02 01")
		if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE lrs_statements SET person = '' WHERE stored = (SELECT MAX(stored) FROM lrs_ids)`); err != nil {
				return err
			}
			if err := lrs.Forget(tx, officer, home); err != nil {
				return err
			}
			n, err := tx.Exec(`DELETE FROM lrs_statements WHERE person = ?1`, officer)
			if err != nil || n != 4 {
				w.Errorf("%d statements were hers, %v", n, err)
			}
			_, err = tx.Exec(`DELETE FROM lrs_accounts WHERE person = ?1`, officer)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w.post(said(15, mbox("coach"), `,"object":{"objectType":"StatementRef","id":"`+sid(13)+`"}`), said(16, mbox("coach"), `,"object":{"objectType":"StatementRef","id":"`+sid(9)+`"}`))
		for _, more := range [][]string{nil, {"verb", "urn:v:1"}, {"activity", "urn:a:1"}, {"related_agents", "true"}, {"related_agents", "true", "verb", "urn:v:1"}} {
			equal(w, "found by her with "+strings.Join(more, " "), w.find(append([]string{"agent", her}, more...)...).ids(), "")
		}
		equal(w, "left", w.find().ids(), "16 15 13 12 11 10 09 08 07 06 05 04")
		equal(w, "her colleague's", w.find("agent", other).ids(), "16 15 13 12 11 10 09 08 06 04")
		if r, err := w.s.Verify(context.Background()); err != nil || !r.OK() || r.Gone != 4 {
			w.Errorf("verified: %+v, %v", r, err)
		}
	})
}

// On PostgreSQL each month has its partition, and what came before it moves in.
func TestMonthsArePartitions(t *testing.T) {
	w := newWorld(t, dbtest.Postgres(t))
	w.post(simple(1, "a", "1", "1"))
	rows := func(table string) (n int64) {
		w.Helper()
		if err := w.d.View(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n) }); err != nil {
			w.Fatal(err)
		}
		return n
	}
	w.later(62 * 24 * time.Hour) // as after a restored backup
	for range 2 {
		if err := w.s.MakeMonths(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	w.later(-62 * 24 * time.Hour)
	if err := w.s.MakeMonths(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := rows("lrs_statements_" + "202010"); n != 1 {
		t.Errorf("%d statements moved into their month", n)
	}
	w.later(31 * 24 * time.Hour)
	w.post(simple(2, "a", "1", "1"))
	if n := rows("lrs_statements_" + "202011"); n != 1 {
		t.Errorf("%d statements in the next month", n)
	}
	if n := rows("lrs_statements_" + "rest"); n != 0 {
		t.Errorf("%d statements without a month", n)
	}
	if n := rows("lrs_index_" + "rest"); n != 0 {
		t.Errorf("%d index rows without a month", n)
	}
	equal(t, "across months", w.find("agent", mbox("a"), "verb", "urn:v:1").ids(), "02 01")
	r := w.page("/xapi/statements?limit=1")
	equal(t, "page across months", w.page(r.More).ids(), "01")
}

// A clock that was wrong once makes no partitions for the decades in between.
func TestMonthsWithoutStatementsHaveNoPartition(t *testing.T) {
	w := newWorld(t, dbtest.Postgres(t))
	now := w.d.Clock().Now()
	w.later(time.Unix(86400, 0).Sub(now))
	w.post(simple(1, "a", "1", "1"))
	w.later(now.Sub(w.d.Clock().Now()))
	w.post(simple(2, "a", "1", "1"))
	w.later(62 * 24 * time.Hour)
	for range 2 {
		if err := w.s.MakeMonths(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	var made []string
	var rest int64
	if err := w.d.View(context.Background(), func(tx *db.Tx) (err error) {
		if made, err = db.Collect(tx, func(r *db.Rows) (name string, err error) { return name, r.Scan(&name) },
			`SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
			JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
			WHERE p.relname IN ('lrs_statements', 'lrs_index') ORDER BY c.relname`); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT (SELECT COUNT(*) FROM lrs_statements_rest) + (SELECT COUNT(*) FROM lrs_index_rest)`).Scan(&rest)
	}); err != nil || rest != 0 {
		t.Errorf("%d rows without a month, %v", rest, err)
	}
	var want []string
	for _, table := range []string{"lrs_index", "lrs_statements"} {
		for _, m := range []string{"197001", "202010", "202012", "202101", "202102", "202103", "rest"} {
			want = append(want, table+"_"+m)
		}
	}
	equal(t, "partitions", made, want)
	equal(t, "all", w.find().ids(), "02 01")
}
