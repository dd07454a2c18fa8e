package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
)

// schemaName is what a schema may be called that [DB.Beside] makes.
var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Beside makes an empty schema of that name in the PostgreSQL database that d has
// open, and returns the URL that opens it as a database of its own. What d holds
// stays as it is; updates of the two take turns, as lanes are locked for the
// database as a whole.
//
// drop removes the schema with everything in it, whether d is still open or not.
// It waits for transactions that use it: whoever has it open closes it first. Only
// what was made here can be dropped: a schema of that name that is there already
// is an error.
func (d *DB) Beside(ctx context.Context, schema string) (at string, drop func(context.Context) error, err error) {
	if !IsPostgres(d.opt.URL) || !schemaName.MatchString(schema) {
		return "", nil, fmt.Errorf("db: no schema %q can be made beside this database", schema)
	}
	u, err := url.Parse(d.opt.URL)
	if err != nil {
		return "", nil, fmt.Errorf("db: the database's URL: %w", err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	if err := d.runAlone(ctx, "CREATE SCHEMA "+schema); err != nil {
		return "", nil, err
	}
	return u.String(), func(ctx context.Context) error { return d.runAlone(ctx, "DROP SCHEMA "+schema+" CASCADE") }, nil
}

// runAlone runs one statement on a connection of its own.
func (d *DB) runAlone(ctx context.Context, statement string) error {
	one, err := openPostgres(d.opt.URL)
	if err != nil {
		return err
	}
	if _, err = one.ExecContext(ctx, statement); err != nil {
		err = fmt.Errorf("db: %s: %w", statement, err)
	}
	return errors.Join(err, one.Close())
}
