package db_test

import (
	"context"
	"errors"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
)

// count returns how many rows words has.
func count(tx *db.Tx) (n int64, err error) {
	return n, tx.QueryRow(`SELECT COUNT(*) FROM words`).Scan(&n)
}

// What is run later is there for what is asked next, in its order, and is kept.
func TestWhatIsRunLaterIsThereForWhatComesNext(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE words (id BIGINT PRIMARY KEY, word TEXT NOT NULL)`); err != nil {
				return err
			}
			if err := tx.Later(`INSERT INTO words (id, word) VALUES (0, 'zero')`); err != nil {
				return err
			}
			args := []any{1, "one"}
			if err := tx.Later(`INSERT INTO words (id, word) VALUES (?1, ?2)`, args...); err != nil {
				return err
			}
			args[0], args[1] = 2, "two" // they were not kept
			if err := tx.Later(`INSERT INTO words (id, word) VALUES (?1, ?2)`, args...); err != nil {
				return err
			}
			if err := tx.Later(`UPDATE words SET word = ?2 WHERE id = ?1`, 1, "uno"); err != nil {
				return err
			}
			if n, err := tx.Exec(`DELETE FROM words WHERE word = ?1 OR word = ?2`, "uno", "one"); err != nil || n != 1 {
				t.Errorf("%d rows are deleted: %v", n, err)
			}
			if n, err := count(tx); err != nil || n != 2 {
				t.Errorf("%d words: %v", n, err)
			}
			return tx.Later(`INSERT INTO words (id, word) VALUES (?1, ?2)`, 3, "three") // and nothing is asked after it
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.View(ctx, func(tx *db.Tx) error {
			if n, err := count(tx); err != nil || n != 3 {
				t.Errorf("%d words are kept: %v", n, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// That what is run later has failed is told at the end at the latest, undoes the whole
// function, and nothing of another's; and what a function leaves behind that fails
// for another reason is not run at all.
func TestWhatIsRunLaterAndFailsIsTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		const insert = `INSERT INTO words (id, word) VALUES (?1, ?2)`
		update := func(f func(tx *db.Tx) error) error { return d.Update(ctx, db.Main, f) }
		if err := update(func(tx *db.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE words (id BIGINT PRIMARY KEY, word TEXT NOT NULL)`); err != nil {
				return err
			}
			return tx.Later(insert, 1, "one")
		}); err != nil {
			t.Fatal(err)
		}
		refused := errors.New("refused")
		for name, tc := range map[string]struct {
			f    func(tx *db.Tx) error
			want func(error) bool
		}{
			"at the end": {
				func(tx *db.Tx) error { return errors.Join(tx.Later(insert, 2, "two"), tx.Later(insert, 1, "again")) }, d.Dialect().IsUnique,
			},
			"by the next statement": {
				func(tx *db.Tx) error {
					if err := errors.Join(tx.Later(insert, 2, "two"), tx.Later(insert, 1, "again")); err != nil {
						return err
					}
					_, err := tx.Exec(insert, 3, "three")
					return err
				}, d.Dialect().IsUnique,
			},
			"by the next question": {
				func(tx *db.Tx) error {
					if err := errors.Join(tx.Later(insert, 2, "two"), tx.Later(insert, 1, "again")); err != nil {
						return err
					}
					_, err := count(tx)
					return err
				}, d.Dialect().IsUnique,
			},
			"where the caller goes on": {
				func(tx *db.Tx) error {
					_ = errors.Join(tx.Later(insert, 2, "two"), tx.Later(insert, 1, "again"))
					_, _ = count(tx)
					return nil
				}, func(err error) bool { return err != nil },
			},
			"after a refusal": {
				func(tx *db.Tx) error {
					if err := tx.Later(insert, 2, "two"); err != nil {
						return err
					}
					return refused
				}, func(err error) bool { return errors.Is(err, refused) },
			},
		} {
			t.Run(name, func(t *testing.T) {
				if err := update(tc.f); !tc.want(err) {
					t.Errorf("it is answered with %v", err)
				}
				var n int64
				if err := update(func(tx *db.Tx) (err error) { n, err = count(tx); return err }); err != nil || n != 1 {
					t.Errorf("%d words are left: %v", n, err)
				}
			})
		}
	})
}
