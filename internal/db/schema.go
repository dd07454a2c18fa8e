package db

import (
	"context"
	"fmt"
	"strings"
)

// Schema describes the database's tables, columns, constraints and indexes as
// text in a fixed order, so that two databases can be compared. It is what
// schema/sqlite.sql and schema/postgres.sql hold.
func (d *DB) Schema(ctx context.Context) (string, error) {
	var b strings.Builder
	err := d.View(ctx, func(tx *Tx) error {
		lines, err := Collect(tx, func(r *Rows) (string, error) {
			var s string
			return s, r.Scan(&s)
		}, d.dialect.describe())
		for _, l := range lines {
			fmt.Fprintf(&b, "%s;\n", strings.TrimSuffix(strings.TrimSpace(l), ";"))
		}
		return err
	})
	return b.String(), err
}
