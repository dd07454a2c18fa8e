package db_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
)

var update = flag.Bool("update", false, "write schema/*.sql from the migrations")

// The migrations, run from nothing, make exactly the schema that a reader finds
// in schema/: change one without the other and this fails.
func TestMigrationsMakeTheCommittedSchema(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		got, err := d.Schema(ctx)
		if err != nil {
			t.Fatal(err)
		}
		file := "schema/" + d.Dialect().Name() + ".sql"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("schema (-%s +migrations), mend with go test ./internal/db -update:\n%s", file, diff)
		}
	})
}
