package db_test

import (
	"path/filepath"
	"sync"
	"testing"

	"cadre/internal/db"
)

// Whoever serves and whoever makes a key may be the first to open a new database at the
// same moment: both find it made.
func TestTwoThatStartTogetherBothFindTheDatabaseMade(t *testing.T) {
	for range 3 {
		path := filepath.Join(t.TempDir(), "new.db")
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				d, err := db.Open(ctx, db.Options{URL: path})
				if err != nil {
					t.Error(err)
					return
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}
