package archive

import (
	"context"
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
)

// Kind is what was done with a backup.
type Kind string

// The kinds of runs.
const (
	RunMade     Kind = "made"
	RunTested   Kind = "tested"   // loaded into a database of its own and verified
	RunRestored Kind = "restored" // this database began from it
)

// Run is something that was done with a backup.
type Run struct {
	Kind Kind
	At   time.Time
	// Entry is the last entry of the journal that the backup holds.
	Entry int64
	Bytes int64
	// Sound says that verifying found no damage.
	Sound bool
}

// note keeps a run, for the administrator's page.
func note(tx *db.Tx, k Kind, entry, bytes int64, sound bool) error {
	_, err := tx.Exec(`INSERT INTO archive_runs (id, kind, at, entry, bytes, sound) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
		id.New[string](), k, db.Micros(tx.Now()), entry, bytes, db.Flag(sound))
	return err
}

// Last returns the latest run of each kind.
func Last(tx *db.Tx) (map[Kind]Run, error) {
	runs, err := db.Collect(tx, func(r *db.Rows) (run Run, err error) {
		var at, sound int64
		err = r.Scan(&run.Kind, &at, &run.Entry, &run.Bytes, &sound)
		run.At, run.Sound = db.Time(at), sound != 0
		return run, err
	}, `SELECT kind, at, entry, bytes, sound FROM archive_runs r
		WHERE NOT EXISTS (SELECT 1 FROM archive_runs n WHERE n.kind = r.kind AND (n.at > r.at OR n.at = r.at AND n.id > r.id))`)
	out := map[Kind]Run{}
	for _, r := range runs {
		out[r.Kind] = r
	}
	return out, err
}

// Test is [Check] of a backup of s, noted as a tested restore.
func Test(ctx context.Context, s Source, path string, progress Progress) (Checked, error) {
	c, err := Check(ctx, path, s.Tables, progress)
	if err != nil {
		return c, err
	}
	return c, s.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		return note(tx, RunTested, c.What.Head.Sequence, 0, c.Journal.OK())
	})
}

// Tables declares the package's table.
func Tables() []db.Table {
	return []db.Table{{
		Name: "archive_runs", Owner: "archive",
		Purpose: "When backups were made, tested and restored.", Keep: "as long as the database",
	}}
}
