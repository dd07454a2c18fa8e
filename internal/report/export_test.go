package report

import (
	"context"
	"testing"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// CostOf is the cost per completer as a blueprint states it.
func CostOf(t *testing.T, s *Service, ctx context.Context, c id.Cohort, b *programme.Blueprint) Figure {
	t.Helper()
	var f Figure
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		m, err := gather(tx, c, tx.Now())
		if err != nil {
			return err
		}
		m.blueprint = b
		f = m.figure("cost-per-completer", "")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return f
}
