package db_test

import (
	"context"
	"fmt"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
)

// Rows are written and found whatever their number, also by a connection that has
// had to give up statements it had prepared.
func TestRowsOfAnyNumber(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		err := d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE words (id BIGINT PRIMARY KEY, word TEXT NOT NULL)`); err != nil {
				return err
			}
			next := int64(0)
			for n := range 200 {
				var values, ids []any
				for range n {
					values = append(values, next, fmt.Sprint("word ", next))
					ids = append(ids, next)
					next++
				}
				if err := tx.ExecRows(`INSERT INTO words (id, word)`, 2, values, ""); err != nil {
					return err
				}
				for i := 1; i < len(values); i += 2 {
					values[i] = fmt.Sprint(values[i], ", again")
				}
				if err := tx.ExecRows(`INSERT INTO words (id, word)`, 2, values, ` ON CONFLICT (id) DO UPDATE SET word = excluded.word`); err != nil {
					return err
				}
				found, err := db.QueryIn(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT word FROM words WHERE id IN `, ids)
				if err != nil {
					return err
				}
				each, err := db.QueryEach(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT word FROM words WHERE id =`, ids)
				if err != nil {
					return err
				}
				if len(found) != n || len(each) != n {
					t.Errorf("%d rows: %d and %d are found", n, len(found), len(each))
				}
				found = append(found, each...)
				for _, w := range found {
					var i int64
					if _, err := fmt.Sscanf(w, "word %d, again", &i); err != nil || i < next-int64(n) || i >= next {
						t.Errorf("%d rows: %q is found", n, w)
					}
				}
				var one int64
				if err := tx.QueryRow(fmt.Sprintf(`SELECT COUNT(*) + %d FROM words`, n)).Scan(&one); err != nil || one != next+int64(n) {
					return fmt.Errorf("%d rows: counted %d, %w", n, one, err)
				}
			}
			for n := range 400 { // more texts than are kept
				var got int64
				if err := tx.QueryRow(fmt.Sprintf(`SELECT id + %d FROM words WHERE id = ?1`, n), n).Scan(&got); err != nil || got != int64(2*n) {
					return fmt.Errorf("%d is found as %d, %w", n, got, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
