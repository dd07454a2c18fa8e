package app_test

import (
	"context"
	"testing"

	"cadre/internal/app"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/retention"
)

// Every table says whose data it holds, why, how long, and what erasing her does.
func TestEveryTableIsDeclared(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		wrong, err := retention.Check(context.Background(), d, app.Tables())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			t.Error(w)
		}
	})
}
